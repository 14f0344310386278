//! The `datetime` parameter: an instant or an interval (OGC API Features, 7.15.4), read as days.

use chrono::NaiveDate;

/// Both ends included; `None` is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Interval {
    /// Reads `2023-09-20`, `2023-01-01/2023-12-31`, `../2023-12-31`, with or without a time of day.
    pub fn parse(text: &str) -> Option<Interval> {
        let interval = match text.split_once('/') {
            Some((from, to)) => Interval { from: end(from)?, to: end(to)? },
            None => {
                let day = day(text)?;
                Interval { from: Some(day), to: Some(day) }
            }
        };
        let reversed = interval.from.zip(interval.to).is_some_and(|(from, to)| from > to);
        (!reversed).then_some(interval)
    }
}

fn end(text: &str) -> Option<Option<NaiveDate>> {
    if text.is_empty() || text == ".." { Some(None) } else { day(text).map(Some) }
}

/// A date, or the date of a timestamp. QGIS writes year 0000 and 9999 for an open end, which is what they are.
pub fn day(text: &str) -> Option<NaiveDate> {
    let (date, time) = text.split_at_checked(10)?;
    let date = date_of(date)?;
    let timestamp = || chrono::DateTime::parse_from_rfc3339(text).is_ok();
    (time.is_empty() || timestamp()).then_some(date)
}

/// A date of four, two and two digits: chrono also reads signed years, of which some are before PostgreSQL's time.
pub fn date_of(text: &str) -> Option<NaiveDate> {
    let starts_with_digit = text.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| starts_with_digit && text.len() == 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_clients_send() {
        for text in [
            "2023-09-20",
            "2021-01-01T00:00:00Z",
            "2021-01-01/2021-02-01",
            "../2021-02-01",
            "2021-02-01/",
            "0000-01-01T00:00:00Z/9999-12-31T00:00:00Z",
        ] {
            assert!(Interval::parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn refuses_nonsense() {
        for text in ["", "yesterday", "2021-13-01", "2021-02-01/2021-01-01", "2021-02-01T25:00:00Z", "2021-02-01x"] {
            assert!(Interval::parse(text).is_none(), "{text}");
        }
    }
}
