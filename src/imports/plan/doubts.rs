//! Finds rows that cannot be taken as they are: repeated rows, codes of other records, wrong values.

use std::collections::hash_map::Entry;

use chrono::NaiveDate;
use serde_json::Value;

use crate::imports::interpret::{Note, Place, Record};
use crate::imports::matching::Match;
use crate::imports::plan::{Planner, identity};
use crate::layers::problem::Place as ProblemPlace;
use crate::layers::{ALL, Problem};
use crate::texts::text;

impl Planner<'_> {
    /// Whether an earlier row is the same record. If so, notes it.
    pub(super) fn note_repeated(&mut self, nth: usize, matched: Option<&Match>) -> bool {
        let record = &self.known.records[nth];
        let (layer, values) = (self.known.layer, &record.values);
        let own = ["external_id", "code"].into_iter().find(|name| values.contains_key(*name));
        if let Some(first) = self.first_with(self.key(record, matched), record.row) {
            let first = first.to_string();
            let text = match own {
                Some("external_id") => text!("dup.external_id/row", first),
                None if matched.is_none() => text!("dup.row/place", first),
                _ => text!("dup.row", first),
            };
            self.note(nth, own, Note::error(text));
            return true;
        }
        let Some((_, own_code)) = layer.own_code else { return false };
        let Some(first) = self.first_with(identity::own_code(layer, record), record.row) else { return false };
        let text = text!("dup.own_code", first = first.to_string());
        // Numbers of the sender's own tell the rows apart.
        let note = if own.is_some() { Note::warning(text) } else { Note::error(text) };
        self.note(nth, Some(own_code), note);
        own.is_none()
    }

    /// The first row with a key; `None` if this row is the first.
    fn first_with(&mut self, key: Option<String>, row: u32) -> Option<u32> {
        match self.seen.entry(key?) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(row);
                None
            }
        }
    }

    /// What rows of the same record have in common.
    fn key(&self, record: &Record, matched: Option<&Match>) -> Option<String> {
        let text = |name: &str| record.values.get(name).and_then(Value::as_str);
        let org = text("source_org").or(self.known.source_org).unwrap_or_default();
        let of_file =
            ["external_id", "code"].iter().find_map(|name| Some(format!("{name}\u{1f}{org}\u{1f}{}", text(name)?)));
        let place = match &record.place {
            Place::Degrees(geometry) => Some(geometry.to_string()),
            _ => None,
        };
        // Several devices on one pole look in several directions.
        let direction = self.known.layer.near.and_then(|near| record.values.get(near.direction?));
        let direction = direction.map(Value::to_string).unwrap_or_default();
        let [name, operator] = ["name", "operator"].map(|name| text(name).unwrap_or_default());
        let of_place = || Some(format!("{name}\u{1f}{operator}\u{1f}{}\u{1f}{direction}", place?));
        let of_one = matched.filter(|matched| matched.candidates == 1);
        let of_register = of_one.and_then(|matched| Some(format!("id\u{1f}{}", matched.record.get("id")?)));
        of_register.or(of_file).or_else(of_place)
    }

    /// Whether a row is one of this organisation.
    fn is_own(&self, record: &Record, org: &str) -> bool {
        record.values.get("source_org").and_then(Value::as_str).or(self.known.source_org) == Some(org)
    }

    /// What is doubtful about the record of a row, by field. Otherwise data from another sender would be overwritten, two
    /// records taken for one, or a record come back without a word.
    pub(super) fn doubts(&self, record: &Record, matched: &Match) -> Vec<(Option<&'static str>, Note)> {
        let of_record = |name: &str| matched.record.get(name).and_then(Value::as_str);
        let given = record.values.get("external_id").and_then(Value::as_str);
        let mut doubts = Vec::new();
        match (of_record("source_org"), of_record("external_id")) {
            (Some(org), _)
                if self.known.source_org.is_some()
                    && (matched.by == "code_of_other"
                        || matched.by == "name_and_place" && !self.is_own(record, org)) =>
            {
                doubts.push((Some("code"), Note::warning(text!("match.other_source", org))));
            }
            (_, Some(known)) if matched.by.starts_with("code") && given.is_some_and(|given| given != known) => {
                doubts.push((Some("code"), Note::warning(text!("match.other_id", known))));
            }
            _ => {}
        }
        if matched.by == "id" && !self.is_corrected(record, "id") {
            doubts.extend(identity::disagreement(record, matched).map(|note| (Some("id"), note)));
        }
        if matched.is_deleted {
            let on = of_record("deleted_at").and_then(|at| at.get(..10)?.parse::<NaiveDate>().ok()).unwrap_or_default();
            doubts.push((None, Note::info(text!("match.restored", on))));
        } else if self.known.is_complete
            && of_record("lifecycle_status") == Some("decommissioned")
            && !record.values.contains_key("lifecycle_status")
        {
            doubts.push((Some("lifecycle_status"), Note::warning(text!("match.decommissioned"))));
        }
        doubts
    }

    fn is_corrected(&self, record: &Record, field: &str) -> bool {
        let sheet = &self.reading.mappings[record.mapping].sheet;
        self.known.corrections.iter().any(|it| it.row == record.row && it.field == field && it.sheet == *sheet)
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
