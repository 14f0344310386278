//! The members of a small JSON body. A handler takes each one once; those left over are rejected as unknown, together
//! with every other problem. The name of a member is also the id of its label in `texts`.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::input::json;
use crate::layers::Problem;
use crate::layers::problem::Place;
use crate::layers::value::{clean, has_controls};
use crate::texts::{Text, text};
use crate::time::date_of;

#[derive(Debug, Default)]
pub struct Members {
    given: Map<String, Value>,
    problems: Vec<Problem>,
}

impl Members {
    pub fn new(given: Map<String, Value>) -> Members {
        Members { given, problems: Vec::new() }
    }

    /// Parses the body of a request.
    ///
    /// # Errors
    /// When it is not a JSON object.
    pub fn of_body(body: &[u8]) -> Result<Members, Error> {
        let wrong = |text| Err(Error::Invalid(vec![Problem::in_body("", text)]));
        match json::parse(body) {
            Ok(Value::Object(given)) => Ok(Members::new(given)),
            Ok(_) => wrong(text!("json.malformed/object")),
            Err(malformed) => wrong(malformed.text()),
        }
    }

    /// The members that have not been taken, as they were given.
    pub fn rest(self) -> Map<String, Value> {
        self.given
    }

    /// Whether the body has this member, even if it is null.
    pub fn has(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    pub fn problem(&mut self, name: &'static str, text: Text) {
        self.problems.push(Problem::in_body(format!("/{name}"), text));
    }

    /// Takes a member out and parses it. Null counts as absent.
    pub fn read<T>(
        &mut self,
        name: &'static str,
        expected: Text,
        parse: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.given.shift_remove(name).filter(|value| !value.is_null())?;
        let read = parse(&value);
        if read.is_none() {
            self.problem(name, text!("type", field = Text::new(name), expected));
        }
        read
    }

    /// A cleaned text of 1 to `max` characters.
    pub fn text(&mut self, name: &'static str, max: usize) -> Option<String> {
        let text = self.read(name, text!("expected.text_to", max), |value| {
            Some(clean(value.as_str()?)).filter(|text| (1..=max).contains(&text.chars().count()))
        })?;
        if has_controls(&text) {
            self.problem(name, text!("text.control", field = Text::new(name)));
        }
        Some(text)
    }

    /// A required text that is not trimmed or normalised, such as a password.
    pub fn secret(&mut self, name: &'static str) -> String {
        let secret = self.read(name, text!("expected.text"), |value| value.as_str().map(str::to_owned));
        self.required(name, secret).unwrap_or_default()
    }

    /// A list of 1 to 100 texts.
    pub fn texts(&mut self, name: &'static str) -> Option<Vec<String>> {
        self.read(name, text!("expected.texts"), |value| {
            let texts: Option<Vec<_>> = value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect();
            texts.filter(|texts| (1..=100).contains(&texts.len()))
        })
    }

    /// A list of one or more of the known values.
    pub fn some_of(&mut self, name: &'static str, known: &[&str]) -> Option<Vec<String>> {
        let texts = self.texts(name)?;
        if let Some(unknown) = texts.iter().find(|text| !known.contains(&text.as_str())) {
            self.problem(name, text!("enum.unknown/listed", given = unknown, known));
        }
        Some(texts)
    }

    pub fn one_of(&mut self, name: &'static str, known: &[&str]) -> Option<String> {
        let find = |value: &Value| value.as_str().filter(|text| known.contains(text)).map(str::to_owned);
        self.read(name, text!("expected.one_of", known), find)
    }

    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.read(name, text!("expected.flag"), Value::as_bool)
    }

    pub fn date(&mut self, name: &'static str) -> Option<NaiveDate> {
        self.read(name, text!("expected.day"), |value| date_of(value.as_str()?))
    }

    pub fn integer(&mut self, name: &'static str, bounds: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let expected = text!("expected.integer_in", min = *bounds.start(), max = *bounds.end());
        self.read(name, expected, |value| value.as_i64().filter(|number| bounds.contains(number)))
    }

    /// Adds a problem if the value is missing.
    pub fn required<T>(&mut self, name: &'static str, value: Option<T>) -> Option<T> {
        let place = Place::Pointer(format!("/{name}"));
        if value.is_none() && !self.problems.iter().any(|problem| problem.place == place) {
            self.problem(name, text!("required", field = Text::new(name)));
        }
        value
    }

    /// Rejects the body if a member was wrong, missing or unknown.
    ///
    /// # Errors
    /// Every problem of the body.
    pub fn finish(mut self) -> Result<(), Error> {
        for name in self.given.keys() {
            let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            self.problems.push(Problem::in_body(pointer, text!("property.unknown", name)));
        }
        if self.problems.is_empty() { Ok(()) } else { Err(Error::Invalid(self.problems)) }
    }
}
