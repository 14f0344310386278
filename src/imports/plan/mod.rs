//! Plans what the rows of a file would do. Pure functions, given what the register knows about the rows.

mod answers;
mod doubts;
mod filling;
mod identity;
mod missing;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::access::keep_unseen;
use crate::files::sheet::Workbook;
use crate::imports::Options;
use crate::imports::interpret::{Correction, Note, Place, Reading, Record, Severity};
use crate::imports::matching::Match;
use crate::imports::rows::ImportRow;
use crate::layers::normalise::{Write, normalise};
use crate::layers::{Class, Layer, Problem, Properties};
use crate::register::writing::{PlannedRow, place};
use crate::texts::text;

pub use answers::Outcome;

/// What is known before any row is planned.
pub struct Known<'a> {
    pub layer: &'static Layer,
    pub workbook: &'a Workbook,
    /// The rows, with names resolved.
    pub records: &'a [Record],
    pub options: &'a Options,
    /// The organisation whose records these are, unless a row names another.
    pub source_org: Option<&'a str>,
    /// The class of fields that the sender may write in a new record.
    pub class_of_new: Class,
    /// Cells that the sender corrected in an earlier plan of the file.
    pub corrections: &'a [Correction],
    /// Whether the list is complete for its source.
    pub is_complete: bool,
    pub today: NaiveDate,
}

/// Turns rows into planned rows and findings.
pub struct Planner<'a> {
    known: Known<'a>,
    reading: Reading,
    /// The keys seen so far, with the first row of each.
    seen: HashMap<String, u32>,
    /// How many rows were recognised by name and place.
    by_place: usize,
    /// How many rows of each sheet have an id that is no id of the register, by the index of the mapping.
    foreign_ids: BTreeMap<usize, usize>,
    /// New rows that are perhaps a missing record, as in the plan, and by row and id.
    pairs: Vec<Value>,
    paired: HashSet<(usize, i64)>,
}

impl<'a> Planner<'a> {
    /// New findings are added to `reading`.
    pub fn new(known: Known<'a>, reading: Reading) -> Planner<'a> {
        Planner {
            known,
            reading,
            seen: HashMap::new(),
            by_place: 0,
            foreign_ids: BTreeMap::new(),
            pairs: Vec::new(),
            paired: HashSet::new(),
        }
    }

    /// What a row would do. `matched` is its record in the register, if there is one.
    pub fn plan(&mut self, nth: usize, matched: Option<&Match>) -> ImportRow {
        let record = &self.known.records[nth];
        let matched = matched.filter(|matched| !identity::is_weak(record, matched));
        if record.values.contains_key("id") && matched.is_none_or(|matched| matched.by != "id") {
            *self.foreign_ids.entry(record.mapping).or_default() += 1;
        }
        let mut broken = !record.broken.is_empty();
        broken |= self.note_repeated(nth, matched);
        if let Some(matched) = matched {
            if matched.candidates > 1 {
                let note = Note::error(text!("match.ambiguous", count = matched.candidates));
                self.note(nth, Some("code"), note);
                // None of the candidates is the record of this row.
                return self.row(nth, None, Properties::new(), true);
            } else if !matched.is_writable {
                let field =
                    ["id", "external_id", "code", "name"].into_iter().find(|name| record.values.contains_key(*name));
                self.note(nth, field, Note::error(text!("scope.outside/record")));
                return self.row(nth, Some(matched), Properties::new(), true);
            }
            self.by_place += usize::from(matched.by == "name_and_place");
            for (field, note) in self.doubts(record, matched) {
                broken |= note.severity == Severity::Error;
                self.note(nth, field, note);
            }
        }
        self.count_filled(nth, matched.map(|matched| &matched.record));
        match self.columns(record, matched) {
            Ok(columns) => self.row(nth, matched, columns, broken),
            Err(problems) => {
                for problem in &problems {
                    self.note_problem(nth, problem);
                }
                self.row(nth, matched, Properties::new(), true)
            }
        }
    }

    /// The columns to write, without those that the sender may not see.
    fn columns(&self, record: &Record, matched: Option<&Match>) -> Result<Properties, Vec<Problem>> {
        let Known { layer, class_of_new, today, .. } = self.known;
        let given = self.given(record, matched);
        let write = matched.map_or(Write::Create, |matched| Write::Patch { current: &matched.record });
        let geometry = match &record.place {
            Place::Degrees(geometry) => Some(geometry),
            Place::Cleared => Some(&Value::Null),
            _ => None,
        };
        let mut columns = normalise(layer, write, &given, geometry, today)?;
        let class = matched.map_or(class_of_new, |matched| matched.class);
        keep_unseen(layer, class, matched.map(|matched| &matched.record), &given, &mut columns)?;
        if let Some(matched) = matched.filter(|matched| matched.is_deleted) {
            columns.insert("deleted_at".into(), Value::Null);
            // A day before the deletion would leave the record deleted from then on.
            let deleted_on = matched.record.get("effective_on").and_then(Value::as_str);
            if deleted_on > columns.get("effective_on").and_then(Value::as_str) {
                columns.insert("effective_on".into(), json!(deleted_on));
            }
        }
        Ok(columns)
    }

    fn row(&self, nth: usize, matched: Option<&Match>, columns: Properties, broken: bool) -> ImportRow {
        let layer = self.known.layer;
        let record = &self.known.records[nth];
        let row = match matched {
            Some(matched) => {
                // A list of an earlier day than the record's last statement may say what no longer shows today.
                let day = |record: &Properties| record.get("effective_on").and_then(Value::as_str).map(str::to_owned);
                let is_of_past = day(&columns) < day(&matched.record);
                PlannedRow::change(nth, matched.record.clone(), columns, is_of_past)
            }
            None => PlannedRow::create(layer, nth, &self.given(record, None), columns),
        };
        let restores = matched.is_some_and(|matched| matched.is_deleted);
        let op = match (broken, row.is_new, row.says_new()) {
            (true, ..) => "error",
            (false, true, _) => "create",
            (false, false, true) if restores => "restore",
            (false, false, true) => "update",
            (false, false, false) => "unchanged",
        };
        let writes = matches!(op, "create" | "update" | "restore");
        let was = |name: &str| (name.to_owned(), row.current.get(name).cloned().unwrap_or_default());
        // A changed record is told by its name, which mostly does not change.
        let told = || row.changes.keys().map(String::as_str).chain(["code", "name"]);
        let known = |name: &'static str| Some(row.value(name)).filter(|value| !value.is_null()).cloned();
        let compared = layer.near.iter().flat_map(|near| near.compared());
        let mut compared: Properties = compared.filter_map(|name| Some((name.to_owned(), known(name)?))).collect();
        compared.extend(identity::of(layer, record, &row).map(|identity| ("identity".to_owned(), json!(identity))));
        ImportRow {
            nth,
            sheet: self.reading.mappings[record.mapping].sheet.clone(),
            row: record.row,
            op,
            record_id: (writes || !row.is_new).then_some(row.id),
            version: row.current.get("version").and_then(Value::as_i64),
            moved: writes && (restores || row.touches(&place::COLUMNS)),
            place: row.value("geom").clone(),
            declared_code: row.value("declared_commune_code").clone(),
            declared_on: row.value("declared_on").clone(),
            hamlet_id: row.value("hamlet_id").clone(),
            operator: row.value("operator").clone(),
            compared,
            before: (writes && !row.is_new).then(|| told().map(was).collect()),
            said: writes.then(|| row.said.clone()),
            changes: writes.then_some(row.changes),
        }
    }

    /// What the row says, plus defaults that the sender need not repeat in each row.
    fn given(&self, record: &Record, matched: Option<&Match>) -> Properties {
        let mut given = record.values.clone();
        given.shift_remove("id");
        let current = matched.map(|matched| &matched.record);
        // The record keeps a code of its own day, also when the row repeats it without the day.
        if let (Some(former), Some(current)) = (&record.former_commune, current)
            && current.get("declared_commune_code").and_then(Value::as_str) == Some(former)
        {
            given.shift_remove("declared_commune_code");
        }
        self.fill(record, current, &mut given);
        if let Some(code) = given.get("declared_commune_code").filter(|code| !code.is_null())
            && !given.contains_key("declared_on")
            && current.is_none_or(|current| current.get("declared_commune_code") != Some(code))
        {
            given.insert("declared_on".into(), json!(self.known.options.units_as_of));
        }
        // Without a day of its own, a list holds from today, or from the day of its counts.
        let effective_on = self.known.options.effective_on;
        if effective_on != self.known.today {
            given.entry("effective_on").or_insert_with(|| json!(effective_on));
        }
        if current.is_none() {
            given.entry("source").or_insert_with(|| json!("import"));
            if let Some(source_org) = self.known.source_org {
                given.entry("source_org").or_insert_with(|| json!(source_org));
            }
        }
        given
    }

    fn note(&mut self, nth: usize, field: Option<&str>, note: Note) {
        if let Some(record) = self.known.records.get(nth) {
            self.reading.note_record(self.known.workbook, record, field, note);
        }
    }
}
