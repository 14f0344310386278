//! Which state of the records a query reads: valid time and record time.

use chrono::{DateTime, NaiveDate, Utc};

use crate::error::Error;
use crate::input::Params;
use crate::texts::text;
use crate::time::{date_of, day_of, end_of};

/// Records as they are now, as they were on a day, or as the register had them at an instant. With both: what the
/// register said of that day at that instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// `None`: the current row, or the row that the table held at `known_at`.
    pub day: Option<NaiveDate>,
    /// Later writes are not read.
    pub known_at: Option<DateTime<Utc>>,
}

impl AsOf {
    pub const NOW: AsOf = AsOf { day: None, known_at: None };

    /// A day on or after the horizon (today, or the day of `known_at`) becomes `None`: the register knows nothing of
    /// the future.
    pub fn new(day: Option<NaiveDate>, known_at: Option<DateTime<Utc>>, today: NaiveDate) -> AsOf {
        let horizon = known_at.map_or(today, day_of);
        AsOf { day: day.filter(|day| *day < horizon), known_at }
    }
}

/// The two days of a figure: the day on which rows are counted, and the day whose units they are counted in. They
/// differ when a comparison keeps its territory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    pub as_of: NaiveDate,
    pub unit_date: NaiveDate,
    /// Later writes are not counted.
    pub known_at: Option<DateTime<Utc>>,
    pub today: NaiveDate,
}

impl Days {
    /// The state of the records to read.
    pub fn versions(&self) -> AsOf {
        AsOf::new(Some(self.as_of), self.known_at, self.today)
    }

    /// Whether both records and units are those of today. Then the stored commune of each row is right.
    pub fn are_current(&self) -> bool {
        self.versions() == AsOf::NOW && self.unit_date == self.today
    }
}

/// Reads `known_at`: an instant (RFC 3339), or a day, which means the end of that day in Vietnam.
///
/// # Errors
/// 400 for any other text, and for times in the future.
pub fn known_at(params: &mut Params, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
    params.read("known_at", text!("expected.past"), |text| {
        read(text).filter(|known_at| *known_at <= now || date_of(text).is_some_and(|day| day <= day_of(now)))
    })
}

fn read(text: &str) -> Option<DateTime<Utc>> {
    let first = NaiveDate::from_ymd_opt(1900, 1, 1)?;
    let moment = match date_of(text) {
        Some(day) => end_of(day)?,
        // A plus sign that the client did not encode arrives as a space.
        None => DateTime::parse_from_rfc3339(&text.replace(' ', "+")).ok()?.to_utc(),
    };
    Some(moment).filter(|moment| moment.date_naive() >= first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_known_at_its_end_in_vietnam() {
        let moment = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        for (text, expected) in [
            ("2026-11-25", "2026-11-25T16:59:59.999999Z"),
            ("2026-11-25T08:00:00+07:00", "2026-11-25T01:00:00Z"),
            ("2026-11-25T08:00:00 07:00", "2026-11-25T01:00:00Z"),
            ("2026-11-25T01:00:00.5Z", "2026-11-25T01:00:00.5Z"),
        ] {
            assert_eq!(read(text), Some(moment(expected)), "{text}");
        }
        for text in ["", "today", "2026-13-01", "0001-01-01", "+99999-01-01T00:00:00Z", "2026-11-25T08:00:00"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn days_from_the_horizon_on_are_the_table() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-25");
        let known_at = read("2026-06-30");
        for (asked, known_at, expected) in [
            ("2026-11-25", None, None),
            ("2026-11-24", None, Some("2026-11-24")),
            ("2026-06-30", known_at, None),
            ("2026-11-24", known_at, None),
            ("2026-06-29", known_at, Some("2026-06-29")),
        ] {
            assert_eq!(AsOf::new(Some(day(asked)), known_at, today).day, expected.map(day), "{asked}");
        }
    }
}
