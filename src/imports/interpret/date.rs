//! Reads dates as people type them, with the day first.

use std::sync::LazyLock;

use chrono::{Days, NaiveDate};
use regex::Regex;

use crate::imports::interpret::fold::fold;

/// A date. A month or a year alone is read as its first day and is not `exact`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub date: NaiveDate,
    pub exact: bool,
}

/// Reads a date. For an impossible one such as `02/13/2023`, the error is the date that was probably meant.
pub fn parse(text: &str) -> Result<Reading, Option<NaiveDate>> {
    static ISO: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$"));
    static DAY_FIRST: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: \d{1,2}:.*)?$"));
    static WORDS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(?:ngay )?(\d{1,2}) (?:thang|thg) ?(\d{1,2}) (?:nam )?(\d{4})$"));
    static MONTH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:thang |thg |t)?(\d{1,2}) (?:nam )?(\d{4})$"));
    static YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:nam )?(\d{4})$"));
    static QUARTER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^quy (i{1,3}|iv|[1-4]) (?:nam )?(\d{4})$"));

    let text = text.trim();
    let folded = fold(text);
    let number = |text: &str| text.parse::<i32>().unwrap_or(-1);
    let exact = |year: i32, month: i32, day: i32| Reading { date: day_of(year, month, day), exact: true }.valid();
    if let Some(found) = ISO.captures(text) {
        return exact(number(&found[1]), number(&found[2]), number(&found[3])).ok_or(None);
    }
    if let Some(found) = DAY_FIRST.captures(text).or_else(|| WORDS.captures(&folded)) {
        let (day, month, year) = (number(&found[1]), number(&found[2]), number(&found[3]));
        let year = if year < 100 { 2000 + year } else { year };
        return exact(year, month, day).ok_or_else(|| exact(year, day, month).map(|reading| reading.date));
    }
    let first = |year: i32, month: i32| Reading { date: day_of(year, month, 1), exact: false }.valid().ok_or(None);
    if let Some(found) = MONTH.captures(&folded) {
        return first(number(&found[2]), number(&found[1]));
    }
    if let Some(found) = QUARTER.captures(&folded) {
        let quarter = match &found[1] {
            "i" | "1" => 1,
            "ii" | "2" => 2,
            "iii" | "3" => 3,
            _ => 4,
        };
        return first(number(&found[2]), quarter * 3 - 2);
    }
    if let Some(found) = YEAR.captures(&folded) {
        return first(number(&found[1]), 1);
    }
    match text.parse() {
        Ok(serial) => of_number(serial).ok_or(None),
        Err(_) => Err(None),
    }
}

/// A number in a date column: a year, or a day number of Excel.
pub fn of_number(number: f64) -> Option<Reading> {
    if number.fract() == 0.0 && (1900.0..=2199.0).contains(&number) {
        return Reading { date: day_of(number as i32, 1, 1), exact: false }.valid();
    }
    // The years 1954 to 2118. Smaller numbers are not day numbers.
    let days = (20_000.0..80_000.0).contains(&number).then_some(number as u64)?;
    let date = NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))?;
    Some(Reading { date, exact: true })
}

impl Reading {
    fn valid(self) -> Option<Reading> {
        (self.date != NaiveDate::MIN).then_some(self)
    }
}

fn day_of(year: i32, month: i32, day: i32) -> NaiveDate {
    let part = |part: i32| u32::try_from(part).unwrap_or(0);
    NaiveDate::from_ymd_opt(year, part(month), part(day)).unwrap_or(NaiveDate::MIN)
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is valid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_habit_of_writing_a_date_is_read() {
        for (text, date, exact) in [
            ("01/02/2023", "2023-02-01", true),
            ("1.2.2023", "2023-02-01", true),
            ("01/02/23", "2023-02-01", true),
            ("01/02/2023 08:30", "2023-02-01", true),
            ("2023-02-01", "2023-02-01", true),
            ("2023-02-01T00:00:00Z", "2023-02-01", true),
            ("ngày 01 tháng 02 năm 2023", "2023-02-01", true),
            ("44958", "2023-02-01", true),
            ("tháng 2/2023", "2023-02-01", false),
            ("T2/2023", "2023-02-01", false),
            ("02-2023", "2023-02-01", false),
            ("Quý II/2023", "2023-04-01", false),
            ("2023", "2023-01-01", false),
            ("năm 2023", "2023-01-01", false),
        ] {
            let expected = Reading { date: date.parse().unwrap(), exact };
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn month_first_is_refused_with_what_was_meant() {
        assert_eq!(parse("02/13/2023"), Err(NaiveDate::from_ymd_opt(2023, 2, 13)));
        for text in ["31/02/2023", "12", "trước 2020", "2023-13-01", ""] {
            assert_eq!(parse(text), Err(None), "{text}");
        }
    }
}
