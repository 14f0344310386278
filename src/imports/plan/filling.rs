//! Fills in what the rows of a file leave open: with what the sender says for the whole file, and with what the sender's
//! grants leave no choice about.

use std::collections::HashSet;

use serde_json::Value;

use crate::imports::interpret::{Note, Origin, Place, Record};
use crate::imports::plan::Planner;
use crate::layers::{Field, Properties};
use crate::texts::{self, text};

impl Planner<'_> {
    /// Adds to what a row says.
    pub(super) fn fill(&self, record: &Record, current: Option<&Properties>, given: &mut Properties) {
        for nth in self.fitting(record, current) {
            let filling = &self.reading.fillings[nth];
            given.insert(filling.field.name.into(), filling.value.clone());
        }
    }

    /// Counts what a row got.
    pub(super) fn count_filled(&mut self, nth: usize, current: Option<&Properties>) {
        for filling in self.fitting(&self.known.records[nth], current) {
            self.reading.fillings[filling].rows += 1;
        }
    }

    /// What a row gets: for fields of which neither it nor its record in the register says anything. Grants speak about
    /// new records only, and the commune of a grant only about those without a place.
    fn fitting(&self, record: &Record, current: Option<&Properties>) -> Vec<usize> {
        let is_open = |field: &Field| {
            !record.values.contains_key(field.name)
                && !record.broken.contains(&field.name)
                && current.is_none_or(|current| current.get(field.name).is_none_or(Value::is_null))
        };
        let fits = |origin: Origin, field: &Field| match origin {
            Origin::Grant => {
                current.is_none() && (field.name != "declared_commune_code" || record.place == Place::Unsaid)
            }
            Origin::Sent | Origin::Remembered => true,
        };
        let fillings = self.reading.fillings.iter().enumerate();
        let fitting = fillings.filter(|(_, filling)| is_open(filling.field) && fits(filling.origin, filling.field));
        // What the sender says stands before what the grants say.
        let mut filled = HashSet::new();
        fitting.filter(|(_, filling)| filled.insert(filling.field.name)).map(|(nth, _)| nth).collect()
    }

    /// Notes what was filled in, once for the file.
    pub fn note_filled(&mut self) {
        for filling in std::mem::take(&mut self.reading.fillings).iter().filter(|filling| filling.rows > 0) {
            let choice = filling.field.value.choices().iter().find(|choice| filling.value == choice.value);
            let value = match (choice, &filling.value) {
                (Some(choice), _) => texts::Value::from(choice.label),
                (None, Value::String(text)) => text.into(),
                (None, other) => other.to_string().into(),
            };
            let text = match filling.origin {
                Origin::Grant => text!("default.used/grant"),
                Origin::Sent => text!("default.used"),
                Origin::Remembered => text!("default.used/remembered"),
            };
            let text = text.with("field", filling.field.label).with("value", value).with("count", filling.rows);
            self.reading.note("", None, None, Some(filling.field.name), None, Note::info(text));
        }
    }
}
