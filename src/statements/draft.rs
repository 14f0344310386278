//! A statement as it was read, before its place is looked up.

use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value};

use crate::conditions::UnitRef;
use crate::error::Error;
use crate::input::Members;
use crate::layers::secret;
use crate::texts::{Text, text};

/// The longest text that names a document.
const LONGEST_SOURCE: usize = 500;

#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// `None` for the definition of an indicator.
    pub place: Option<Place>,
    /// Takes the statement back; its history stays.
    pub withdrawn: bool,
    /// The columns of its table, except the place.
    pub record: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// The version of a unit that is in force on a day.
    Unit { code: String, on: NaiveDate },
    /// A hamlet by its id.
    Hamlet(i64),
}

impl Draft {
    /// The value of a column that is a text.
    pub fn text(&self, column: &str) -> Option<&str> {
        self.record.get(column)?.as_str()
    }

    pub fn number(&self, column: &str) -> Option<f64> {
        self.record.get(column)?.as_f64()
    }

    pub fn day(&self, column: &str) -> Option<NaiveDate> {
        self.text(column)?.parse().ok()
    }
}

/// Takes the member `unit`. A code alone is read on `day`.
pub fn unit(members: &mut Members, day: NaiveDate) -> Option<Place> {
    let unit = members.read("unit", text!("expected.unit"), |value| UnitRef::parse(value.as_str()?));
    let UnitRef { code, on } = members.required("unit", unit)?;
    Some(Place::Unit { code, on: on.unwrap_or(day) })
}

/// Takes a day.
pub fn day(members: &mut Members, name: &'static str) -> Option<NaiveDate> {
    let day = members.date(name)?;
    if !is_known(day) {
        members.problem(name, text!("range/year", field = Text::new(name)));
    }
    Some(day)
}

/// Whether a day is of the years that statements may name. PostgreSQL cannot read every day of the calendar.
pub fn is_known(day: NaiveDate) -> bool {
    (1900..2200).contains(&day.year())
}

/// Takes a text of a document or a note.
pub fn words(members: &mut Members, name: &'static str) -> Option<String> {
    let text = members.text(name, LONGEST_SOURCE)?;
    if secret::is_in(&text) {
        members.problem(name, text!("secret.in_text", field = Text::new(name)));
    }
    Some(text)
}

/// The items of a list in a body.
///
/// # Errors
/// When the body has no such list, or it is empty or too long.
pub fn items(name: &'static str, mut body: Members) -> Result<Vec<Members>, Error> {
    let list = body.read(name, text!("expected.statements", max = MAX_ITEMS), |value| {
        let items = value.as_array()?.iter().map(|item| item.as_object().cloned().map(Members::new));
        items.collect::<Option<Vec<_>>>().filter(|items| (1..=MAX_ITEMS).contains(&items.len()))
    });
    let list = body.required(name, list);
    body.finish()?;
    Ok(list.unwrap_or_default())
}

/// A list for every commune of the country fits.
const MAX_ITEMS: usize = 10_000;
