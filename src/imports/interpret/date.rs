//! Reads dates as people type them.

use std::sync::LazyLock;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta};
use regex::{Captures, Regex};

use crate::imports::interpret::fold::fold;
use crate::time::{day_of, meant_day, nearest_day};

/// How the writer of a column writes dates, as its cells show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Habit {
    pub order: Order,
    /// Day and month of the cells that Excel took for dates were probably exchanged: no text has a day up to 12, and no
    /// date has a later one.
    pub is_swapped: bool,
    /// Whether numbers count days from 1904.
    pub since_1904: bool,
}

/// The order of day and month in a column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// No cell tells. It is Vietnamese: the day comes first.
    #[default]
    Untold,
    DayFirst,
    MonthFirst,
    /// Some cells can only be the one, others only the other.
    Both,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub date: NaiveDate,
    pub way: Way,
}

/// How sure the reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The text says this day.
    Exact,
    /// It names a month or a year, of which this is the first day.
    Partial,
    /// It writes something else, such as an instant in UTC or a number.
    Understood,
    /// It may as well be this other day.
    Ambiguous(NaiveDate),
}

impl Order {
    /// The order that texts show.
    pub fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Order {
        // Only programs of the United States write "2/1/2023 12:00:00 AM".
        let is_american = |text: &str| text.ends_with(" AM") || text.ends_with(" PM");
        let of_text = |text: &str| match numbers(text).map(shown_by) {
            Some(Order::Untold) if is_american(text) => Order::MonthFirst,
            shown => shown.unwrap_or_default(),
        };
        texts.fold(Order::Untold, |order, text| order.and(of_text(text)))
    }

    /// What two parts of a column show together.
    #[must_use]
    pub fn and(self, other: Order) -> Order {
        match (self, other) {
            (Order::Untold, other) => other,
            (own, Order::Untold) => own,
            (own, other) if own == other => own,
            _ => Order::Both,
        }
    }
}

fn shown_by((first, second): (u32, u32)) -> Order {
    match (first > 12, second > 12) {
        (true, false) => Order::DayFirst,
        (false, true) => Order::MonthFirst,
        _ => Order::Untold,
    }
}

/// The two numbers before the year: 13 and 2 in `13/02/2023`.
pub fn numbers(text: &str) -> Option<(u32, u32)> {
    let found = NUMBERS.captures(text.trim())?;
    Some((found["first"].parse().ok()?, found["second"].parse().ok()?))
}

const TIME: &str =
    r"(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second_of_minute>\d{2})(?:\.\d+)?)?(?: ?(?P<half>AM|PM|SA|CH))?";
static NUMBERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^(?P<first>\d{{1,2}})(?: ?[-/.] ?| )(?P<second>\d{{1,2}})(?: ?[-/.] ?| )(?P<year>\d{{4}}|\d{{2}})(?:,? +{TIME})?$"
    ))
});

/// Reads a date. The error holds the dates that were probably meant.
pub fn parse(text: &str, habit: Habit) -> Result<Reading, Vec<NaiveDate>> {
    static TIME_FIRST: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)^(\d{1,2}[:h]\d{2}(?::\d{2})?),? +(?:ngày )?(\d{1,2}[-/.]\d{1,2}[-/.]\d{4})$"));
    static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| {
        pattern(&format!(
            r"(?i)^(?P<year>\d{{4}})[-/.](?P<second>\d{{1,2}})[-/.](?P<first>\d{{1,2}})(?:,?[T ]+{TIME})?$"
        ))
    });
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = ["ngày ", "Ngày ", "NGÀY "].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(&text);
    if let Some(date) = meant_day(text) {
        let way = if text.starts_with(&date.to_string()) { Way::Exact } else { Way::Understood };
        return Ok(Reading { date, way });
    }
    if let Some(found) = TIME_FIRST.captures(text) {
        return parse(&format!("{} {}", &found[2], &found[1]), habit);
    }
    if let Some(found) = YEAR_FIRST.captures(text) {
        return date_of(&found, false).ok_or_else(Vec::new);
    }
    if let Some(found) = NUMBERS.captures(text) {
        let read = in_order(date_of(&found, false), date_of(&found, true), habit.order);
        return read.map_err(|meant| if meant.is_empty() { end_of_month(&found).into_iter().collect() } else { meant });
    }
    // "2.2023" is a month, although it is a number, too.
    let number = || of_number(text.parse().ok()?, habit);
    of_words(text).or_else(number).or_else(|| of_programs(text)).ok_or_else(|| dates_in(text, habit))
}

/// Chooses between the two orders.
fn in_order(day_first: Option<Reading>, month_first: Option<Reading>, order: Order) -> Result<Reading, Vec<NaiveDate>> {
    let (one, other) = if order == Order::MonthFirst { (month_first, day_first) } else { (day_first, month_first) };
    match (one, other) {
        (Some(one), Some(other)) if order == Order::Both && one.date != other.date => {
            Ok(Reading { way: Way::Ambiguous(other.date), ..one })
        }
        (Some(one), _) => Ok(one),
        (None, other) => Err(other.map(|reading| reading.date).into_iter().collect()),
    }
}

/// The last day of the month, for a day that its month does not have: 31/4, 30/2.
fn end_of_month(found: &Captures<'_>) -> Option<NaiveDate> {
    let part = |name: &str| found[name].parse::<u32>().ok();
    let (day, month) = (part("first")?, part("second")?);
    let year = i32::try_from(part("year")?).ok().filter(|_| found["year"].len() == 4)?;
    let last = (28..=30).rev().find_map(|last| NaiveDate::from_ymd_opt(year, month, last))?;
    (29..=31).contains(&day).then_some(last)
}

/// The date of a match, with its time of day, if it has one.
fn date_of(found: &Captures<'_>, month_first: bool) -> Option<Reading> {
    let part = |name: &str| found.name(name).map_or(Some(0), |part| part.as_str().parse::<u32>().ok());
    let (day, month) = if month_first { (part("second")?, part("first")?) } else { (part("first")?, part("second")?) };
    let year = match (found["year"].len(), part("year")?) {
        (2, year @ 0..50) => 2000 + year,
        (2, year) => 1900 + year,
        (_, year) => year,
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let afternoon = found.name("half").is_some_and(|half| matches!(&half.as_str().to_uppercase()[..], "PM" | "CH"));
    let hour = match part("hour")? {
        12 if found.name("half").is_some() => 12 * u32::from(afternoon),
        hour => hour + 12 * u32::from(afternoon),
    };
    let time = NaiveTime::from_hms_opt(hour, part("minute")?, part("second_of_minute")?)?;
    let meant = nearest_day(date.and_time(time))?;
    Some(Reading { date: meant, way: if meant == date { Way::Exact } else { Way::Understood } })
}

/// "ngày 01 tháng 02 năm 2023", "tháng 2/2023", "Quý II/2023", "2023".
fn of_words(text: &str) -> Option<Reading> {
    static WORDS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^(?:ngay )?(\d{1,2}) (?:thang|thg) ?(\d{1,2}) (?:nam )?(\d{4})$"));
    static MONTH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:thang |thg |t)?(\d{1,2}) (?:nam )?(\d{4})$"));
    static YEAR_MONTH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{4}) (\d{1,2})$"));
    static YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"^nam (\d{4})$"));
    static QUARTER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:quy |q)(i{1,3}|iv|[1-4]) (?:nam )?(\d{4})$"));
    // Folding drops signs. "<2020" is not 2020, and "05/2023 - 06/2023" not a month.
    if !text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '/' | '.' | '-' | ',')) || text.starts_with('-') {
        return None;
    }
    let folded = fold(text);
    let number = |text: &str| text.parse::<u32>().ok();
    let day = |year: &str, month: u32, day: u32| NaiveDate::from_ymd_opt(year.parse().ok()?, month, day);
    if let Some(found) = WORDS.captures(&folded) {
        let date = day(&found[3], number(&found[2])?, number(&found[1])?)?;
        return Some(Reading { date, way: Way::Exact });
    }
    let date = if let Some(found) = MONTH.captures(&folded) {
        day(&found[2], number(&found[1])?, 1)?
    } else if let Some(found) = YEAR_MONTH.captures(&folded) {
        day(&found[1], number(&found[2])?, 1)?
    } else if let Some(found) = QUARTER.captures(&folded) {
        let quarter = match &found[1] {
            "i" | "1" => 1,
            "ii" | "2" => 2,
            "iii" | "3" => 3,
            _ => 4,
        };
        day(&found[2], quarter * 3 - 2, 1)?
    } else {
        day(&YEAR.captures(&folded)?[1], 1, 1)?
    };
    Some(Reading { date, way: Way::Partial })
}

/// What programs write: "Wed, 01 Feb 2023 00:00:00 GMT", "Wed Feb 01 2023 00:00:00 GMT+0700 (Indochina Time)", "1-Feb-2023".
fn of_programs(text: &str) -> Option<Reading> {
    let script = |text: &str| DateTime::parse_from_str(text.split(" (").next()?, "%a %b %d %Y %H:%M:%S GMT%z").ok();
    if let Some(moment) = DateTime::parse_from_rfc2822(text).ok().or_else(|| script(text)) {
        let moment = moment.to_utc().checked_add_signed(TimeDelta::seconds(59))?;
        return Some(Reading { date: day_of(moment), way: Way::Understood });
    }
    let formats = ["%d-%b-%y", "%d %b %y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y"];
    let date = formats.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok())?;
    Some(Reading { date, way: Way::Exact })
}

/// The dates inside a text that is more than a date: "01/02/2023 (dự kiến)".
fn dates_in(text: &str, habit: Habit) -> Vec<NaiveDate> {
    static DATE: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"\b(?:\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{4}-\d{2}-\d{2})\b"));
    let mut dates: Vec<_> = DATE
        .find_iter(text)
        .filter_map(|found| parse(found.as_str(), habit).ok())
        .map(|reading| reading.date)
        .collect();
    dates.dedup();
    dates
}

/// A number in a column of dates: a year, a day number of Excel, 20230201, 202302, or the seconds or milliseconds of a
/// program.
pub fn of_number(number: f64, habit: Habit) -> Option<Reading> {
    let reading = |date: NaiveDate, way| Some(Reading { date, way });
    let is_year = |year: u32| (1900..=2199).contains(&year);
    let whole = (number.fract() == 0.0 && (0.0..4e12).contains(&number)).then_some(number as u64);
    match whole {
        Some(year @ 1900..=2199) => return reading(NaiveDate::from_ymd_opt(year as i32, 1, 1)?, Way::Partial),
        Some(month @ 190_001..=219_912) => {
            let month = month as u32;
            return reading(NaiveDate::from_ymd_opt((month / 100) as i32, month % 100, 1)?, Way::Partial);
        }
        Some(day @ 19_000_101..=21_991_231) => {
            let day = day as u32;
            let date = NaiveDate::from_ymd_opt((day / 10_000) as i32, day / 100 % 100, day % 100)?;
            return reading(date, Way::Understood).filter(|_| is_year(day / 10_000));
        }
        // From 2001 on. Earlier numbers may be anything.
        Some(seconds @ 1_000_000_000..4_000_000_000) => {
            return reading(day_of(DateTime::from_timestamp(seconds as i64 + 59, 0)?), Way::Understood);
        }
        Some(millis @ 1_000_000_000_000..4_000_000_000_000) => {
            return reading(day_of(DateTime::from_timestamp_millis(millis as i64 + 59_000)?), Way::Understood);
        }
        _ => {}
    }
    // The years 1954 to 2118. Smaller numbers are not day numbers.
    let days = if habit.since_1904 { number + 1462.0 } else { number };
    let days = (20_000.0..80_000.0).contains(&days).then_some((days + 59.0 / 86_400.0) as u64)?;
    reading(NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))?, Way::Exact)
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is valid")
}

#[cfg(test)]
mod tests;
