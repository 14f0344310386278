//! What the register says of planned rows, as findings.

use crate::imports::interpret::{Finding, Note, Severity};
use crate::imports::plan::Planner;
use crate::register::writing::near::Neighbour;
use crate::register::writing::place;
use crate::register::writing::scope::Outside;

/// What there is to say of a file, in its order, and how many rows have errors and warnings.
#[derive(Debug)]
pub struct Outcome {
    pub findings: Vec<Finding>,
    pub errors: usize,
    pub warnings: usize,
}

impl Planner<'_> {
    /// What the units say of places; returns the rows that are refused.
    pub fn judge_places(&mut self, found: Vec<(usize, place::Finding)>) -> Vec<usize> {
        let mut refused = Vec::new();
        for (nth, finding) in found {
            match finding {
                place::Finding::Warning(it) => self.note(nth, Some("geom"), Note::of_problem(Severity::Warning, it)),
                place::Finding::Error(it) => {
                    let field = if it.code == "unit.not_valid" { "declared_commune_code" } else { "geom" };
                    self.note(nth, Some(field), Note::of_problem(Severity::Error, it));
                    refused.push(nth);
                }
            }
        }
        refused
    }

    /// Rows outside of what the sender may write, by place or by operator; returns them, refused.
    pub fn judge_scope(&mut self, outside: &[Outside], by_place: bool) -> Vec<usize> {
        let mut refused = Vec::new();
        for Outside { key, commune } in outside {
            let nth = *key as usize;
            let commune = commune.as_ref().filter(|_| by_place);
            let place = commune.map_or(String::new(), |commune| format!(" ({commune})"));
            let note = Note::error(
                "scope.outside",
                format!("Dòng này{place} nằm ngoài phạm vi được giao cho bạn."),
                format!("This row{place} lies outside of what is yours."),
            );
            self.note(nth, Some(if by_place { "geom" } else { "operator" }), note);
            refused.push(nth);
        }
        refused
    }

    /// Rows near a record, or an earlier row, that is likely the same or shares its site.
    pub fn note_neighbours(&mut self, neighbours: &[Neighbour]) {
        for Neighbour { key, code, name, distance_m, is_same, .. } in neighbours {
            let what = [Some(code), name.as_ref()].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
            let note = if *is_same {
                Note::warning(
                    "dup.near",
                    format!("Cách {what} {distance_m:.0} m: có thể trùng."),
                    format!("{distance_m:.0} m from {what}: perhaps the same."),
                )
            } else {
                Note::info(
                    "hint.shared_site",
                    format!("Cách {what} của nhà mạng khác {distance_m:.0} m: có thể dùng chung vị trí."),
                    format!("{distance_m:.0} m from {what} of another operator: perhaps a shared site."),
                )
            };
            self.note(*key as usize, Some("geom"), note);
        }
    }

    /// Says so when the list of a source lacks much of what is known.
    pub fn note_missing(&mut self, missing: i64, known: i64) {
        if missing * 10 <= known {
            return;
        }
        let note = Note::warning(
            "snapshot.many_missing",
            format!(
                "Danh sách thiếu {missing} trong {known} bản ghi hiện có, quá 10%: cần xác nhận riêng (confirm_missing)."
            ),
            format!(
                "The list lacks {missing} of {known} records, more than 10%: to be confirmed by itself (confirm_missing)."
            ),
        );
        self.reading.note("", None, None, None, None, note);
    }

    /// How many rows had no code.
    pub fn note_recognised(&mut self) {
        if self.by_place == 0 {
            return;
        }
        let note = Note::info(
            "match.name_and_place",
            format!("Tệp không có mã: {} dòng được nhận ra theo tên và vị trí.", self.by_place),
            format!("The file has no codes: {} rows were recognised by name and place.", self.by_place),
        );
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
