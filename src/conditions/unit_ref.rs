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
        let well_formed =
            (2..=10).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        well_formed.then(|| UnitRef { code: code.to_owned(), on })
    }

    /// The code of a named group.
    pub fn group(&self) -> Option<&str> {
        self.code.strip_prefix(GROUP)
    }
}
