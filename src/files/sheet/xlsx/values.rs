//! Cells of a workbook as the sender sees them.

use std::sync::LazyLock;

use calamine::{DataRef, ExcelDateTime};
use chrono::{Days, NaiveDate, NaiveDateTime, Timelike};
use regex::{Captures, Regex};

use crate::files::sheet::Cell;
use crate::files::sheet::xlsx::format::NumberFormat;

/// A cell; `None` if it is empty.
pub fn cell(value: &DataRef<'_>, format: Option<&NumberFormat>) -> Option<Cell> {
    match value {
        DataRef::Empty => None,
        DataRef::Int(number) => Some(self::number(*number as f64, format)),
        DataRef::Float(number) => Some(self::number(*number, format)),
        DataRef::String(text) => self::text(text),
        DataRef::SharedString(text) => self::text(text),
        DataRef::Bool(value) => Some(Cell::Bool(*value)),
        DataRef::DateTime(moment) if moment.is_duration() || format.is_some_and(NumberFormat::is_time) => {
            Some(Cell::Text(clock(moment)))
        }
        DataRef::DateTime(moment) => match moment.as_datetime().and_then(day) {
            Some(date) => Some(Cell::Date(date)),
            None => Some(Cell::Number(moment.as_f64())),
        },
        DataRef::DateTimeIso(text) => match iso(text) {
            Some(date) => Some(Cell::Date(date)),
            None => Cell::text(text),
        },
        DataRef::DurationIso(text) => Cell::text(text),
        DataRef::Error(error) => Some(Cell::Failed(error.to_string())),
    }
}

fn number(number: f64, format: Option<&NumberFormat>) -> Cell {
    format.and_then(|format| format.shown(number)).map_or(Cell::Number(number), Cell::Text)
}

/// The day of a moment. Programs that count days as fractions, or with the local time of 1900, write midnight up to a
/// minute too early (<https://github.com/SheetJS/sheetjs/issues/1565>).
fn day(moment: NaiveDateTime) -> Option<NaiveDate> {
    let is_almost_midnight = moment.hour() == 23 && moment.minute() == 59;
    if is_almost_midnight { moment.date().checked_add_days(Days::new(1)) } else { Some(moment.date()) }
}

fn iso(text: &str) -> Option<NaiveDate> {
    let moment = text.get(..19).and_then(|text| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok());
    moment.and_then(day).or_else(|| text.get(..10)?.parse().ok())
}

/// A time of day or a duration: "12:30", "30:15:20".
fn clock(moment: &ExcelDateTime) -> String {
    let whole = if moment.is_duration() { moment.as_f64() } else { moment.as_f64().rem_euclid(1.0) };
    let seconds = (whole * 86_400.0).round();
    let (sign, seconds) = if seconds < 0.0 { ("-", -seconds as u64) } else { ("", seconds as u64) };
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match seconds {
        0 => format!("{sign}{hours:02}:{minutes:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}:{seconds:02}"),
    }
}

/// A text. The reader has decoded Excel's escapes; programs that escape twice leave control characters escaped once.
fn text(text: &str) -> Option<Cell> {
    static CONTROL: LazyLock<Regex> = LazyLock::new(|| Regex::new("(?i)_x(00[01][0-9A-F])_").expect("a valid pattern"));
    let character = |found: &Captures<'_>| {
        let code = u32::from_str_radix(&found[1], 16).ok();
        code.and_then(char::from_u32).map_or_else(|| found[0].to_owned(), String::from)
    };
    Cell::disarmed(&CONTROL.replace_all(text, character))
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType::{DateTime, TimeDelta};

    use super::*;

    fn shown(value: &DataRef<'_>, code: &str) -> String {
        cell(value, Some(&NumberFormat::parse(code))).unwrap().shown()
    }

    #[test]
    fn dates_almost_at_midnight_are_the_next_day() {
        for (days, is_1904, date) in [
            (44_958.0, false, "2023-02-01"),
            (44_957.999_99, false, "2023-02-01"),
            (44_957.999_5, false, "2023-02-01"),
            (44_957.97, false, "2023-01-31"),
            (44_958.0 - 1462.0, true, "2023-02-01"),
        ] {
            let moment = DataRef::DateTime(ExcelDateTime::new(days, DateTime, is_1904));
            assert_eq!(shown(&moment, "dd/mm/yyyy"), date, "{days}");
        }
        for text in ["2023-01-31T23:59:17", "2023-02-01", "2023-02-01T08:30:00.000"] {
            assert_eq!(shown(&DataRef::DateTimeIso(text.into()), "General"), "2023-02-01", "{text}");
        }
    }

    #[test]
    fn times_durations_and_percents_are_texts() {
        let moment = |days, kind| DataRef::DateTime(ExcelDateTime::new(days, kind, false));
        assert_eq!(shown(&moment(0.520_833_333, DateTime), "h:mm"), "12:30");
        assert_eq!(shown(&moment(1.260_416_667, TimeDelta), "[h]:mm"), "30:15");
        assert_eq!(cell(&DataRef::Float(0.3), Some(&NumberFormat::parse("0%"))), Some(Cell::Text("30%".into())));
        assert_eq!(cell(&DataRef::Float(8.98e18), None).unwrap().shown(), "8980000000000000000");
    }

    #[test]
    fn control_characters_that_are_still_escaped_are_decoded() {
        for (written, meant) in [
            ("a_x000D_\nb", "a\r\nb"),
            ("a_X000d_b", "a\rb"),
            ("_x0041_", "_x0041_"),
            ("nhà_xưởng_x1", "nhà_xưởng_x1"),
            ("_xD800_", "_xD800_"),
        ] {
            assert_eq!(text(written), Some(Cell::Text(meant.into())), "{written}");
        }
    }
}
