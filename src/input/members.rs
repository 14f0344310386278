//! The members of a small JSON body, each taken once; what is left over is unknown. Every problem is told at once.

use chrono::NaiveDate;
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

use crate::error::Error;
use crate::layers::Problem;
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

    /// From the body of a request.
    ///
    /// # Errors
    /// When it is no JSON object.
    pub fn of_body(body: &[u8]) -> Result<Members, Error> {
        // What serde says would quote the body, which may be a password.
        serde_json::from_slice(body).map(Members::new).map_err(|_| {
            let (vi, en) = ("Cần một đối tượng JSON.", "A JSON object is needed.");
            Error::Invalid(vec![Problem::at("", "json.malformed", vi, en)])
        })
    }

    /// Whether a member is there, be it null.
    pub fn has(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    pub fn refuse(&mut self, name: &str, code: &'static str, vi: impl Into<String>, en: impl Into<String>) {
        self.problems.push(Problem::at(format!("/{name}"), code, vi, en));
    }

    /// Takes a member and reads it. Null is as if it were not there.
    pub fn read<T>(
        &mut self,
        name: &str,
        expected: (&str, &str),
        parse: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.given.shift_remove(name).filter(|value| !value.is_null())?;
        let read = parse(&value);
        if read.is_none() {
            let (vi, en) = (format!("“{name}” phải là {}.", expected.0), format!("“{name}” must be {}.", expected.1));
            self.refuse(name, "type", vi, en);
        }
        read
    }

    /// A text of 1 to `max` characters without control characters, trimmed and composed.
    pub fn text(&mut self, name: &str, max: usize) -> Option<String> {
        let expected = (format!("văn bản từ 1 đến {max} ký tự"), format!("a text of 1 to {max} characters"));
        self.read(name, (&expected.0, &expected.1), |value| {
            let text: String = value.as_str()?.trim().nfc().collect();
            let fits = (1..=max).contains(&text.chars().count()) && !text.chars().any(char::is_control);
            fits.then_some(text)
        })
    }

    /// A text as it is, such as a password.
    pub fn secret(&mut self, name: &str) -> String {
        let secret = self.read(name, ("văn bản", "a text"), |value| value.as_str().map(str::to_owned));
        self.required(name, secret).unwrap_or_default()
    }

    /// A list of one or more texts.
    pub fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        self.read(name, ("một danh sách văn bản", "a list of texts"), |value| {
            let texts: Option<Vec<_>> = value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect();
            texts.filter(|texts| (1..=100).contains(&texts.len()))
        })
    }

    /// A list of one or more of the values that there are.
    pub fn some_of(&mut self, name: &str, known: &[&str]) -> Option<Vec<String>> {
        let texts = self.texts(name)?;
        if let Some(unknown) = texts.iter().find(|text| !known.contains(&text.as_str())) {
            let list = known.join(", ");
            let (vi, en) =
                (format!("Không có “{unknown}”; có: {list}."), format!("No “{unknown}”; there are: {list}."));
            self.refuse(name, "enum.unknown", vi, en);
        }
        Some(texts)
    }

    pub fn one_of(&mut self, name: &str, known: &[&str]) -> Option<String> {
        let list = known.join(", ");
        self.read(name, (&list, &list), |value| value.as_str().filter(|text| known.contains(text)).map(str::to_owned))
    }

    pub fn flag(&mut self, name: &str) -> Option<bool> {
        self.read(name, ("true hoặc false", "true or false"), Value::as_bool)
    }

    pub fn date(&mut self, name: &str) -> Option<NaiveDate> {
        let expected = ("ngày, như 2026-07-01", "a date such as 2026-07-01");
        self.read(name, expected, |value| date_of(value.as_str()?))
    }

    pub fn integer(&mut self, name: &str, bounds: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let (from, to) = bounds.clone().into_inner();
        let expected = (format!("số nguyên từ {from} đến {to}"), format!("an integer from {from} to {to}"));
        self.read(name, (&expected.0, &expected.1), |value| value.as_i64().filter(|number| bounds.contains(number)))
    }

    /// Complains when a member that is needed was not there.
    pub fn required<T>(&mut self, name: &str, value: Option<T>) -> Option<T> {
        let pointer = format!("/{name}");
        let told = self
            .problems
            .iter()
            .any(|problem| problem.place == crate::layers::problem::Place::Pointer(pointer.clone()));
        if value.is_none() && !told {
            self.refuse(name, "required", format!("Thiếu “{name}”."), format!("“{name}” is missing."));
        }
        value
    }

    /// Refuses what was wrong and what nobody took.
    ///
    /// # Errors
    /// Every problem of the body.
    pub fn finish(mut self) -> Result<(), Error> {
        for name in self.given.keys() {
            self.problems.push(Problem::at(
                format!("/{}", name.replace('~', "~0").replace('/', "~1")),
                "property.unknown",
                format!("Không có “{name}”."),
                format!("There is no “{name}”."),
            ));
        }
        if self.problems.is_empty() { Ok(()) } else { Err(Error::Invalid(self.problems)) }
    }
}
