//! Turns what the register says about planned rows into findings.

use std::collections::HashSet;

use serde_json::json;

use crate::access::View;
use crate::imports::interpret::{Finding, Mapping, Note, Record, Severity, Target};
use crate::imports::plan::Planner;
use crate::imports::snapshot::Pair;
use crate::register::writing::keys::Taken;
use crate::register::writing::near::Neighbour;
use crate::register::writing::place;
use crate::register::writing::scope::Outside;
use crate::texts::{Value, text};

/// The findings of a file, in its order, and the number of rows with errors and with warnings.
#[derive(Debug)]
pub struct Outcome {
    pub findings: Vec<Finding>,
    pub errors: usize,
    pub warnings: usize,
    /// New rows that are perhaps a missing record: `sheet`, `row`, `id`, `why`, `distance_m`.
    pub pairs: Vec<serde_json::Value>,
}

impl Planner<'_> {
    /// Notes the findings about places.
    pub fn judge_places(&mut self, found: Vec<(usize, place::Finding)>) {
        for (nth, finding) in found {
            match finding {
                place::Finding::Warning(it) => self.note(nth, Some("geom"), Note::warning(it.text)),
                place::Finding::Error(it) => {
                    let field = if it.code == "unit.not_valid" { "declared_commune_code" } else { "geom" };
                    self.note(nth, Some(field), Note::error(it.text));
                }
            }
        }
    }

    /// Notes rows whose keys are taken, although they are not the record that holds them.
    pub fn judge_keys(&mut self, taken: &[Taken]) {
        for Taken { nth, key, record_id } in taken {
            let is_external = key == "external_id";
            let text = match record_id.map(|id| id.to_string()) {
                Some(record) if is_external => text!("dup.external_id/record", record),
                Some(record) => text!("dup.code/record", record),
                None => text!("dup.row/key"),
            };
            self.note(*nth as usize, Some(if is_external { "external_id" } else { "code" }), Note::error(text));
        }
    }

    /// Notes rows outside the sender's scope, by operator or by place.
    pub fn judge_scope(&mut self, outside: &[Outside], view: &View<'_>) {
        let (layer, by_place) = (self.known.layer, view.writes_by_place());
        let operators = view.operators_written();
        for Outside { key, commune, operator } in outside {
            let foreign = operator.as_deref().filter(|own| operators.as_ref().is_some_and(|all| !all.contains(own)));
            let (field, text) = match (foreign, commune) {
                (Some(operator), _) => {
                    let choices = layer.field("operator").map(|field| field.value.choices()).unwrap_or_default();
                    let label = choices.iter().find(|choice| choice.value == operator).map(|choice| choice.label);
                    let operator = label.map_or_else(|| Value::from(operator), Value::from);
                    ("operator", text!("scope.outside/operator", operator))
                }
                (None, Some(commune)) if by_place => ("geom", text!("scope.outside/commune", commune)),
                (None, _) => (if by_place { "geom" } else { "operator" }, text!("scope.outside/row")),
            };
            self.note(*key as usize, Some(field), Note::error(text));
        }
    }

    /// The rows with an error, which do nothing.
    pub fn refused(&self) -> Vec<usize> {
        let errors = self.reading.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let errors: HashSet<_> = errors.filter_map(|finding| Some((finding.sheet.as_str(), finding.row?))).collect();
        let is_refused =
            |record: &Record| errors.contains(&(self.reading.mappings[record.mapping].sheet.as_str(), record.row));
        let rows = self.known.records.iter().enumerate();
        rows.filter(|(_, record)| is_refused(record)).map(|(nth, _)| nth).collect()
    }

    /// Notes rows near a record or an earlier row that is a likely duplicate or shares its site.
    pub fn note_neighbours(&mut self, neighbours: &[Neighbour]) {
        for Neighbour { key, id, code, name, distance_m, is_same } in neighbours {
            if id.is_some_and(|id| self.paired.contains(&(*key as usize, id))) {
                continue;
            }
            let what = [Some(code), name.as_ref()].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
            let distance_m = distance_m.round();
            let note = match is_same {
                true => Note::warning(text!("dup.near/row", what, distance_m)),
                false => Note::info(text!("hint.shared_site/row", what, distance_m)),
            };
            self.note(*key as usize, Some("geom"), note);
        }
    }

    /// Notes new rows that are perhaps a record that the list lacks. The sender decides: the suggestion is the id of the
    /// record.
    pub fn note_pairs(&mut self, pairs: &[Pair]) {
        for Pair { nth, id, why, distance_m, code, name } in pairs {
            let nth = *nth as usize;
            let record = &self.known.records[nth];
            self.pairs.push(json!({
                "sheet": self.reading.mappings[record.mapping].sheet,
                "row": record.row,
                "id": id,
                "why": why,
                "distance_m": distance_m.map(f64::round),
            }));
            self.paired.insert((nth, *id));
            let what = [Some(code), name.as_ref()].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
            let why = why.iter().map(|why| match why.as_str() {
                "own_code" => text!("pair.own_code"),
                "site" => text!("pair.site"),
                "place" => text!("pair.place", distance_m = distance_m.unwrap_or_default().round()),
                _ => text!("pair.name"),
            });
            let note =
                Note::warning(text!("snapshot.pair", what, why = why.collect::<Vec<_>>())).suggest(id.to_string());
            self.note(nth, Some("id"), note);
        }
    }

    /// Notes when the list of a source lacks many of its known records.
    pub fn note_missing(&mut self, missing: i64, known: i64, is_part: bool) {
        if is_part {
            self.reading.note("", None, None, None, None, Note::error(text!("snapshot.part")));
        }
        if missing * 10 <= known {
            return;
        }
        let note = Note::warning(text!("snapshot.many_missing", missing, known));
        self.reading.note("", None, None, None, None, note);
    }

    /// Notes how many rows were recognised without a code, and how many ids are not of the register.
    pub fn note_recognised(&mut self) {
        if self.by_place > 0 {
            let note = Note::info(text!("match.name_and_place", count = self.by_place));
            self.reading.note("", None, None, None, None, note);
        }
        for (mapping, count) in std::mem::take(&mut self.foreign_ids) {
            let Mapping { sheet, columns, .. } = &self.reading.mappings[mapping];
            let column = columns.iter().find(|column| matches!(column.target, Some(Target::Id)));
            let (sheet, column) = (sheet.clone(), column.map(|column| column.column.clone()));
            let note = Note::info(text!("match.foreign_id", count));
            self.reading.note(&sheet, None, column, Some("id"), None, note);
        }
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
        Outcome { findings: self.told_once(findings), errors, warnings, pairs: std::mem::take(&mut self.pairs) }
    }
}
