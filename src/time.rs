//! Days and instants. All days are in Vietnam's time (UTC+7, no summer time), as is `current_date` in every connection.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, SecondsFormat, Utc};

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

/// An instant in UTC, to the microsecond, as the database keeps it.
pub fn rfc3339(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A date, or the date of a timestamp. QGIS writes the years 0000 and 9999 for an open end; as dates they work just as
/// well.
pub fn day(text: &str) -> Option<NaiveDate> {
    let (date, time) = text.split_at_checked(10)?;
    let date = date_of(date)?;
    let timestamp = || DateTime::parse_from_rfc3339(text).is_ok();
    (time.is_empty() || timestamp()).then_some(date)
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
