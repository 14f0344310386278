//! What single cells say.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;
use serde_json::{Value, json};

use crate::files::sheet::Cell;
use crate::imports::interpret::date::{self, Habit, Order, Way};
use crate::imports::interpret::number::{Decimal, Digits};
use crate::imports::interpret::{Note, choice, fold};
use crate::layers::TOWER;
use crate::statements::Period;
use crate::statements::sheet::columns::{Column, Holds};
use crate::texts::text;

/// How a column writes numbers and dates.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    pub decimal: Decimal,
    pub order: Order,
    /// The header says percent.
    pub is_percent: bool,
}

impl Habits {
    /// What the cells of a column show together. A number that may be written either way is Vietnamese.
    pub fn of<'a>(header: &str, cells: impl Iterator<Item = &'a Cell> + Clone) -> Habits {
        let texts =
            || cells.clone().filter_map(|cell| if let Cell::Text(text) = cell { Some(text.as_str()) } else { None });
        let mut shown = texts().filter_map(|text| Digits::read(bare_percent(text))?.shows());
        let decimal = shown.next().unwrap_or(Decimal::Comma);
        Habits { decimal, order: Order::of(texts()), is_percent: header.contains('%') }
    }
}

/// The value of a cell; null if the cell says nothing.
///
/// # Errors
/// What is wrong with it.
pub fn read(column: &Column, habits: Habits, cell: &Cell) -> Result<Value, Note> {
    let shown = cell.shown();
    let field = column.label;
    if matches!(cell, Cell::Failed(_) | Cell::Uncomputed) {
        return Err(Note::error(text!("list.type", given = shown, expected = text!("expected.text"))));
    }
    let folded = fold(&shown);
    if ["", "-", "–", "—", "…", "..."].contains(&shown.trim()) {
        return Ok(Value::Null);
    }
    match column.holds {
        Holds::Text | Holds::Unit | Holds::Hamlet | Holds::Indicator => Ok(json!(shown)),
        Holds::Number => match number(cell, habits.decimal) {
            Some(number) if column.name == "decimals" => Ok(json!(number as i64)),
            Some(number) => Ok(json!(number)),
            None => Err(Note::error(text!("type/given", field, given = shown, expected = text!("expected.number")))),
        },
        Holds::Share => share(cell, habits)
            .map(|share| json!(share))
            .ok_or_else(|| Note::error(text!("range/percent_sign", given = shown))),
        Holds::Day => day(cell, habits.order)
            .map(|day| json!(day))
            .ok_or_else(|| Note::error(text!("type/day", field, given = shown))),
        Holds::Period => period(cell, habits.order)
            .map(|Period { from, to }| json!([from, to]))
            .ok_or_else(|| Note::error(text!("type/given", field, given = shown, expected = text!("expected.period")))),
        Holds::OneOf(values) => {
            let fits =
                |(value, spellings): &&(&str, &[&str])| fold(value) == folded || spellings.contains(&folded.as_str());
            let known = || {
                values
                    .iter()
                    .map(|(value, spellings)| spellings.first().map_or(*value, |first| *first))
                    .collect::<Vec<_>>()
            };
            let found = values.iter().find(fits);
            found
                .map(|(value, _)| json!(value))
                .ok_or_else(|| Note::error(text!("enum.unknown/listed", given = shown, known = known())))
        }
        Holds::Operator => {
            if ["tat ca", "moi nha mang", "chung", "any", "all"].contains(&folded.as_str()) {
                return Ok(Value::Null);
            }
            let operator = TOWER.field("operator").ok_or_else(|| Note::error(text!("range/refused")))?;
            choice::resolve(operator, &shown).map(|(value, _)| json!(value))
        }
        Holds::Tick => match (cell, folded.as_str()) {
            (Cell::Bool(value), _) => Ok(json!(value)),
            (_, "x" | "co" | "yes" | "true" | "1") => Ok(json!(true)),
            (_, "khong" | "no" | "false" | "0") => Ok(json!(false)),
            _ => Err(Note::error(text!("type/given", field, given = shown, expected = text!("expected.tick")))),
        },
    }
}

/// A number of a cell; `80%` is 80.
pub fn number(cell: &Cell, decimal: Decimal) -> Option<f64> {
    match cell {
        Cell::Number(number) => Some(*number),
        Cell::Text(text) => Some(Digits::read(bare_percent(text))?.with(decimal)),
        _ => None,
    }
}

/// `52/63`: a rank, or a part with its whole.
pub fn part_of_whole(cell: &Cell, decimal: Decimal) -> Option<(f64, f64)> {
    let Cell::Text(text) = cell else { return None };
    let (part, whole) = text.split_once('/')?;
    let number = |text: &str| Some(Digits::read(text.trim())?.with(decimal));
    Some((number(part)?, number(whole)?))
}

fn bare_percent(text: &str) -> &str {
    text.trim().trim_end_matches('%').trim_end()
}

/// A share from 0 to 1. Without a percent sign in the cell or the header, a number above 1 says nothing.
fn share(cell: &Cell, habits: Habits) -> Option<f64> {
    let given = number(cell, habits.decimal)?;
    let has_sign = matches!(cell, Cell::Text(text) if text.trim_end().ends_with('%'));
    let share = if has_sign || habits.is_percent { given / 100.0 } else { given };
    (0.0..=1.0).contains(&share).then_some(share)
}

fn day(cell: &Cell, order: Order) -> Option<NaiveDate> {
    match cell {
        Cell::Date(date) => Some(*date),
        Cell::Text(text) => {
            let reading = date::parse(text, Habit { order, ..Habit::default() }).ok()?;
            matches!(reading.way, Way::Exact | Way::Understood).then_some(reading.date)
        }
        _ => None,
    }
}

/// "2023", "Năm 2023", "Quý III/2023", "tháng 9/2023", "9 tháng năm 2023", a day.
fn period(cell: &Cell, order: Order) -> Option<Period> {
    static WORDS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^(?:(?:ky )?quy (?P<quarter>iii|ii|iv|i|[1-4])|(?:ky )?thang (?P<month>\d{1,2})|(?P<first>\d{1,2}) thang(?: dau)?|nam)? ?(?:nam )?(?P<year>\d{4})$",
        )
        .expect("the pattern is valid")
    });
    let shown = match cell {
        Cell::Number(number) => format!("{number}"),
        other => other.shown(),
    };
    if let Some(period) = Period::parse(shown.trim()) {
        return Some(period);
    }
    let folded = fold(&shown);
    let Some(found) = WORDS.captures(&folded) else {
        return day(cell, order).map(|day| Period { from: day, to: day });
    };
    let year = &found["year"];
    let part = |name: &str| found.name(name).map(|part| part.as_str());
    if let Some(quarter) = part("quarter") {
        let number = ["i", "ii", "iii", "iv"]
            .iter()
            .position(|roman| *roman == quarter)
            .map_or(quarter.to_owned(), |at| (at + 1).to_string());
        return Period::parse(&format!("{year}-Q{number}"));
    }
    if let Some(month) = part("month") {
        return Period::parse(&format!("{year}-{month:0>2}"));
    }
    if let Some(months) = part("first") {
        let to = Period::parse(&format!("{year}-{months:0>2}"))?.to;
        return Some(Period { from: Period::parse(year)?.from, to });
    }
    Period::parse(year)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HABITS: Habits = Habits { decimal: Decimal::Comma, order: Order::Untold, is_percent: false };

    #[test]
    fn periods_are_read_as_officers_write_them() {
        for (text, name) in [
            ("Năm 2023", "2023"),
            ("Quý III/2023", "2023-Q3"),
            ("quý 4 năm 2023", "2023-Q4"),
            ("Tháng 9/2023", "2023-09"),
            ("9 tháng năm 2023", "2023-01-01/2023-09-30"),
            ("6 tháng đầu năm 2023", "2023-01-01/2023-06-30"),
            ("20/9/2023", "2023-09-20"),
            ("2023-Q1", "2023-Q1"),
        ] {
            assert_eq!(
                period(&Cell::Text(text.into()), Order::Untold).map(Period::name).as_deref(),
                Some(name),
                "{text}"
            );
        }
        assert_eq!(period(&Cell::Number(2023.0), Order::Untold).map(Period::name).as_deref(), Some("2023"));
        assert_eq!(period(&Cell::Text("nhiệm kỳ".into()), Order::Untold), None);
    }

    #[test]
    fn a_share_needs_a_percent_sign_or_is_a_fraction() {
        let percent = Habits { is_percent: true, ..HABITS };
        for (cell, habits, expected) in [
            (Cell::Text("90%".into()), HABITS, Some(0.9)),
            (Cell::Number(0.9), HABITS, Some(0.9)),
            (Cell::Number(90.0), HABITS, None),
            (Cell::Number(90.0), percent, Some(0.9)),
            (Cell::Text("87,5".into()), percent, Some(0.875)),
            (Cell::Text("120%".into()), HABITS, None),
        ] {
            assert_eq!(share(&cell, habits), expected, "{cell:?}");
        }
    }

    #[test]
    fn a_rank_may_be_written_with_its_whole() {
        assert_eq!(part_of_whole(&Cell::Text("52/63".into()), Decimal::Comma), Some((52.0, 63.0)));
        assert_eq!(part_of_whole(&Cell::Text("hạng 52".into()), Decimal::Comma), None);
    }
}
