//! The `datetime` parameter: an instant or an interval (OGC API Features, 7.15.4), read as days.

use chrono::NaiveDate;

use crate::time::day;

/// Both ends are included; `None` is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl Interval {
    /// Reads `2023-09-20`, `2023-01-01/2023-12-31`, `../2023-12-31`, with or without a time of day. An instant is its day
    /// in Vietnam.
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
            "2021-01-01T/2021-02-01T",
            "2021-01-01T00:00:00.123Z/..",
            "2021-01-01T00:00:00 07:00",
        ] {
            assert!(Interval::parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn ends_are_days_in_vietnam() {
        let interval = Interval::parse("2023-09-19T20:00:00Z/2023-12-31T23:59:59+07:00").unwrap();
        let ends = [interval.from, interval.to].map(|day| day.unwrap().to_string());
        assert_eq!(ends, ["2023-09-20", "2023-12-31"]);
        assert_eq!(Interval::parse("../.."), Some(Interval { from: None, to: None }));
    }

    #[test]
    fn refuses_nonsense() {
        for text in ["", "yesterday", "2021-13-01", "2021-02-01/2021-01-01", "2021-02-01T25:00:00Z", "2021-02-01x"] {
            assert!(Interval::parse(text).is_none(), "{text}");
        }
    }
}
