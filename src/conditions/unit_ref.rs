//! An administrative unit as a URL names it.

use chrono::NaiveDate;

use crate::time::date_of;

/// A code and the day on which it is read: `405@2023-09-20`, or `405` alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRef {
    pub code: String,
    pub on: Option<NaiveDate>,
}

impl UnitRef {
    /// Reads `code` or `code@date`; `None` for any other text.
    pub fn parse(text: &str) -> Option<UnitRef> {
        let (code, on) = match text.split_once('@') {
            Some((code, date)) => (code, Some(date_of(date)?)),
            None => (text, None),
        };
        let well_formed =
            (2..=10).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        well_formed.then(|| UnitRef { code: code.to_owned(), on })
    }
}
