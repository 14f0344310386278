//! Days and instants. All days are in Vietnam's time (UTC+7, no summer time), as is `current_date` in every connection.

use std::sync::LazyLock;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta, Utc};
use regex::Regex;

pub fn today() -> NaiveDate {
    day_of(Utc::now())
}

/// The day of an instant, in Vietnam.
pub fn day_of(moment: DateTime<Utc>) -> NaiveDate {
    in_vietnam(moment).date_naive()
}

/// An instant in Vietnam's time zone.
pub fn in_vietnam(moment: DateTime<Utc>) -> DateTime<FixedOffset> {
    moment.with_timezone(&vietnam())
}

/// The instant at which a day begins in Vietnam.
pub fn start_of(day: NaiveDate) -> Option<DateTime<Utc>> {
    Some(day.and_time(NaiveTime::MIN).and_local_timezone(vietnam()).single()?.to_utc())
}

/// The last instant of a day in Vietnam that the database keeps.
pub fn end_of(day: NaiveDate) -> Option<DateTime<Utc>> {
    Some(start_of(day.succ_opt()?)? - TimeDelta::microseconds(1))
}

/// An instant in UTC, to the microsecond, as the database keeps it.
pub fn rfc3339(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A day as programs write it: a date, or a time with its zone, which is its day in Vietnam, or without one. QGIS writes
/// the years 0000 and 9999 for an open end; as dates they work just as well.
pub fn day(text: &str) -> Option<NaiveDate> {
    let latest = NaiveDate::from_ymd_opt(9999, 12, 31)?;
    Some(moment(text)?.date().min(latest))
}

/// The day that a record means: that of [`day`], but the last minute of a day belongs to the next. `JavaScript` rounds the
/// local time of the years before 1911 to minutes, so that spreadsheets which it writes are some seconds short.
pub fn meant_day(text: &str) -> Option<NaiveDate> {
    nearest_day(moment(text)?)
}

/// The day of a local time, with the last minute of a day belonging to the next.
pub fn nearest_day(moment: NaiveDateTime) -> Option<NaiveDate> {
    Some((moment + TimeDelta::try_milliseconds(59_999)?).date())
}

/// The local time in Vietnam of a date with a time of day or without (`2023-09-20T`), with a zone or without.
fn moment(text: &str) -> Option<NaiveDateTime> {
    // A plus sign that the client did not encode arrives as a space.
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?: ?(Z|z|UTC|GMT)|([-+ ])(\d{2})(?::?(\d{2}))?)?$")
            .expect("the pattern is valid")
    });
    let (date, rest) = text.split_at_checked(10)?;
    let date = date_of(date)?;
    let Some(time) = rest.strip_prefix(['T', 't', ' ']).filter(|time| !time.is_empty()) else {
        return matches!(rest, "" | "T" | "t").then(|| date.and_time(NaiveTime::MIN));
    };
    let found = TIME.captures(time)?;
    let part = |group| found.get(group).map_or(Some(0), |part| part.as_str().parse::<u32>().ok());
    let local = date.and_hms_opt(part(1)?, part(2)?, part(3)?.min(59))?;
    if found.get(4).is_none() && found.get(5).is_none() {
        return Some(local);
    }
    let east = i32::try_from(part(6)? * 3600 + part(7)? * 60).ok()?;
    let west = found.get(5).is_some_and(|sign| sign.as_str() == "-");
    let zone = FixedOffset::east_opt(if west { -east } else { east })?;
    Some(in_vietnam(local.and_local_timezone(zone).single()?.to_utc()).naive_local())
}

/// A date with exactly 4, 2 and 2 digits. chrono also reads signed years, and some of them are too early for
/// PostgreSQL.
pub fn date_of(text: &str) -> Option<NaiveDate> {
    let starts_with_digit = text.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| starts_with_digit && text.len() == 10)
}

fn vietnam() -> FixedOffset {
    FixedOffset::east_opt(7 * 3600).expect("seven hours")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_its_day_in_vietnam() {
        for (text, expected) in [
            ("2023-09-20", "2023-09-20"),
            ("2023-09-20T", "2023-09-20"),
            ("2023-09-20T23:59:59", "2023-09-20"),
            ("2023-09-19T20:00:00Z", "2023-09-20"),
            ("2023-09-19T16:59:59.999Z", "2023-09-19"),
            ("2023-09-20T00:00:00+07:00", "2023-09-20"),
            ("2023-09-20T00:00:00 07:00", "2023-09-20"),
            ("2023-09-20 03:00:00+0900", "2023-09-20"),
            ("2023-09-20T00:30:00+09", "2023-09-19"),
            ("2023-09-19T12:00-05:00", "2023-09-20"),
            ("0000-01-01T00:00:00Z", "0000-01-01"),
            ("9999-12-31T23:59:59Z", "9999-12-31"),
        ] {
            assert_eq!(day(text), Some(date_of(expected).unwrap()), "{text}");
        }
        for text in
            ["2023-09-20x", "2023-09-20T25:00:00Z", "2023-09-20T00:00:00Zx", "2023-09-20T00:00:00+99:00", "2023-9-2"]
        {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn some_seconds_short_of_midnight_mean_the_next_day() {
        for (text, expected) in [
            ("2023-01-31T16:59:17Z", "2023-02-01"),
            ("2023-01-31T17:00:00.000Z", "2023-02-01"),
            ("2023-01-31 23:59:59", "2023-02-01"),
            ("2023-01-31 23:59:00", "2023-01-31"),
            ("2023-02-01", "2023-02-01"),
        ] {
            assert_eq!(meant_day(text), Some(date_of(expected).unwrap()), "{text}");
        }
    }
}
