//! An administrative unit as a URL names it.

use chrono::NaiveDate;

use crate::time::date_of;

/// What names of groups begin with.
const GROUP: &str = "group:";

/// A code and the day on which it is read: `405@2023-09-20`, or `405` alone; or a named group: `group:dong-son`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRef {
    pub code: String,
    pub on: Option<NaiveDate>,
}

impl UnitRef {
    /// Reads `code`, `code@date` or `group:code`; `None` for any other text.
    pub fn parse(text: &str) -> Option<UnitRef> {
        if let Some(group) = text.strip_prefix(GROUP) {
            let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            let well_formed = (1..=50).contains(&group.len()) && group.bytes().all(fits);
            return well_formed.then(|| UnitRef { code: text.to_owned(), on: None });
        }
        let (code, on) = match text.split_once('@') {
            Some((code, date)) => (code, Some(date_of(date)?)),
            None => (text, None),
        };
        // Hamlets without a number have generated codes: THON-3F9A2C.
        let of_hamlet = |byte: u8| byte.is_ascii_uppercase() && code.contains('-');
        let fits = |byte: u8| byte.is_ascii_digit() || byte == b'-' || of_hamlet(byte);
        let well_formed = (2..=20).contains(&code.len()) && code.bytes().all(fits);
        well_formed.then(|| UnitRef { code: code.to_owned(), on })
    }

    /// The code of a named group.
    pub fn group(&self) -> Option<&str> {
        group_of(&self.code)
    }
}

/// The code of the named group that a text stands for; `None` for the code of a unit.
pub fn group_of(code: &str) -> Option<&str> {
    code.strip_prefix(GROUP)
}

/// A unit or a group as URLs name it. A group has a day of its own.
pub fn named(code: &str, day: NaiveDate) -> String {
    if group_of(code).is_some() { code.to_owned() } else { format!("{code}@{day}") }
}
