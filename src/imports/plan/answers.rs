//! Turns what the register says about planned rows into findings.

use crate::imports::interpret::{Finding, Note, Severity};
use crate::imports::plan::Planner;
use crate::register::writing::near::Neighbour;
use crate::register::writing::place;
use crate::register::writing::scope::Outside;
use crate::texts::text;

/// The findings of a file, in its order, and the number of rows with errors and with warnings.
#[derive(Debug)]
pub struct Outcome {
    pub findings: Vec<Finding>,
    pub errors: usize,
    pub warnings: usize,
}

impl Planner<'_> {
    /// Notes the findings about places. Returns the rows that are refused.
    pub fn judge_places(&mut self, found: Vec<(usize, place::Finding)>) -> Vec<usize> {
        let mut refused = Vec::new();
        for (nth, finding) in found {
            match finding {
                place::Finding::Warning(it) => self.note(nth, Some("geom"), Note::warning(it.text)),
                place::Finding::Error(it) => {
                    let field = if it.code == "unit.not_valid" { "declared_commune_code" } else { "geom" };
                    self.note(nth, Some(field), Note::error(it.text));
                    refused.push(nth);
                }
            }
        }
        refused
    }

    /// Refuses and returns rows outside the sender's scope, by place or by operator.
    pub fn judge_scope(&mut self, outside: &[Outside], by_place: bool) -> Vec<usize> {
        let mut refused = Vec::new();
        for Outside { key, commune } in outside {
            let nth = *key as usize;
            let text = match commune.as_ref().filter(|_| by_place) {
                Some(commune) => text!("scope.outside/commune", commune),
                None => text!("scope.outside/row"),
            };
            self.note(nth, Some(if by_place { "geom" } else { "operator" }), Note::error(text));
            refused.push(nth);
        }
        refused
    }

    /// Notes rows near a record or an earlier row that is a likely duplicate or shares its site.
    pub fn note_neighbours(&mut self, neighbours: &[Neighbour]) {
        for Neighbour { key, code, name, distance_m, is_same, .. } in neighbours {
            let what = [Some(code), name.as_ref()].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
            let distance_m = distance_m.round();
            let note = match is_same {
                true => Note::warning(text!("dup.near/row", what, distance_m)),
                false => Note::info(text!("hint.shared_site/row", what, distance_m)),
            };
            self.note(*key as usize, Some("geom"), note);
        }
    }

    /// Notes when the list of a source lacks many of its known records.
    pub fn note_missing(&mut self, missing: i64, known: i64) {
        if missing * 10 <= known {
            return;
        }
        let note = Note::warning(text!("snapshot.many_missing", missing, known));
        self.reading.note("", None, None, None, None, note);
    }

    /// Notes how many rows were recognised without a code.
    pub fn note_recognised(&mut self) {
        if self.by_place == 0 {
            return;
        }
        let note = Note::info(text!("match.name_and_place", count = self.by_place));
        self.reading.note("", None, None, None, None, note);
    }

    /// The findings in the order of the file.
    pub fn finish(mut self) -> Outcome {
        self.reading.note_rest();
        let order = |sheet: &str| self.reading.mappings.iter().position(|mapping| mapping.sheet == sheet);
        let mut findings = std::mem::take(&mut self.reading.findings);
        findings.sort_by_cached_key(|finding| {
            let column = finding.column.clone().unwrap_or_default();
            (order(&finding.sheet), finding.row, column.len(), column)
        });
        let rows_with = |severity: Severity| {
            let of_severity = findings.iter().filter(|finding| finding.severity == severity);
            let mut rows: Vec<_> = of_severity.map(|finding| (&finding.sheet, finding.row)).collect();
            rows.sort_unstable();
            rows.dedup();
            rows.len()
        };
        let (errors, warnings) = (rows_with(Severity::Error), rows_with(Severity::Warning));
        Outcome { findings, errors, warnings }
    }
}
