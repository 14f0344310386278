//! Finds rows that cannot be taken as they are: repeated rows, codes of other records, wrong values.

use std::collections::hash_map::Entry;

use serde_json::Value;

use crate::imports::interpret::{Note, Place, Record};
use crate::imports::matching::Match;
use crate::imports::plan::Planner;
use crate::layers::problem::Place as ProblemPlace;
use crate::layers::{ALL, Problem};
use crate::texts::text;

impl Planner<'_> {
    /// Whether an earlier row is the same record. If so, notes it.
    pub(super) fn note_repeated(&mut self, nth: usize, matched: Option<&Match>) -> bool {
        let record = &self.known.records[nth];
        let Some(first) = self.first_with_same_key(record, matched) else { return false };
        let values = &record.values;
        let field = if values.contains_key("external_id") { "external_id" } else { "code" };
        let field = values.contains_key(field).then_some(field);
        let first = first.to_string();
        let text = match field {
            Some("external_id") => text!("dup.external_id/row", first),
            _ => text!("dup.row", first),
        };
        self.note(nth, field, Note::error(text));
        true
    }

    /// The first row with the same key.
    fn first_with_same_key(&mut self, record: &Record, matched: Option<&Match>) -> Option<u32> {
        let text = |name: &str| record.values.get(name).and_then(Value::as_str);
        let org = text("source_org").or(self.known.source_org).unwrap_or_default();
        let of_file =
            ["external_id", "code"].iter().find_map(|name| Some(format!("{name}\u{1f}{org}\u{1f}{}", text(name)?)));
        let place = match &record.place {
            Place::Degrees(geometry) => Some(geometry.to_string()),
            _ => None,
        };
        let of_place = || Some(format!("{}\u{1f}{}", text("name").unwrap_or_default(), place?));
        let of_register = matched.and_then(|matched| Some(format!("id\u{1f}{}", matched.record.get("id")?)));
        let key = of_register.or(of_file).or_else(of_place)?;
        match self.seen.entry(key) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(record.row);
                None
            }
        }
    }

    /// A warning when the code may belong to another record. Otherwise data from another sender would be overwritten,
    /// or two records taken for one.
    pub(super) fn doubt(&self, record: &Record, matched: &Match) -> Option<Note> {
        let of_record = |name: &str| matched.record.get(name).and_then(Value::as_str);
        let given = record.values.get("external_id").and_then(Value::as_str);
        match (of_record("source_org"), of_record("external_id")) {
            (Some(org), _) if matched.by == "code_of_other" && self.known.source_org.is_some() => {
                Some(Note::warning(text!("match.other_source", org)))
            }
            (_, Some(known)) if matched.by.starts_with("code") && given.is_some_and(|given| given != known) => {
                Some(Note::warning(text!("match.other_id", known)))
            }
            _ => None,
        }
    }

    /// Notes a problem of a row, unless its cell has been reported already.
    pub(super) fn note_problem(&mut self, nth: usize, problem: &Problem) {
        let record = &self.known.records[nth];
        let field = field_of(problem);
        let is_told = field.is_some_and(|field| record.broken.contains(&field));
        // If the place or the commune could not be read, it is not also reported as missing.
        let misplaced = || ["geom", "declared_commune_code"].iter().any(|field| record.broken.contains(field));
        if is_told || field == Some("geom") && problem.code == "required" && misplaced() {
            return;
        }
        let mut note = Note::error(problem.text.clone());
        if let ("geo.swapped", Place::Degrees(geometry)) = (problem.code, &record.place) {
            note = note.suggest(format!("{}, {}", geometry["coordinates"][1], geometry["coordinates"][0]));
        }
        self.note(nth, field, note);
    }
}

/// The field that a problem is about.
fn field_of(problem: &Problem) -> Option<&'static str> {
    let ProblemPlace::Pointer(pointer) = &problem.place else { return None };
    if pointer.starts_with("/geometry") {
        return Some("geom");
    }
    let name = pointer.strip_prefix("/properties/")?;
    ALL.iter().find_map(|layer| layer.field(name)).map(|field| field.name)
}
