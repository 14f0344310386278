//! The period of a figure: a year, a quarter, a month, a day, or any days.

use chrono::{Datelike, NaiveDate};

use crate::input::Members;
use crate::statements::draft::{day, is_known};
use crate::texts::{Text, text};
use crate::time::date_of;

/// From its first to its last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Period {
    /// Reads `2023`, `2023-Q3`, `2023-09` or `2023-09-20`.
    pub fn parse(text: &str) -> Option<Period> {
        let months = |year: &str, first: u32, count: u32| {
            let year: i32 = Some(year).filter(|year| year.len() == 4)?.parse().ok()?;
            let from = NaiveDate::from_ymd_opt(year, first, 1)?;
            let after = (first + count - 1) % 12 + 1;
            let to = NaiveDate::from_ymd_opt(if after == 1 { year + 1 } else { year }, after, 1)?.pred_opt()?;
            Some(Period { from, to })
        };
        if let Some(day) = date_of(text) {
            return Some(Period { from: day, to: day });
        }
        match text.split_once('-') {
            None => months(text, 1, 12),
            Some((year, rest)) => match rest.strip_prefix(['Q', 'q']) {
                Some(quarter) => {
                    let quarter: u32 = quarter.parse().ok().filter(|quarter| (1..=4).contains(quarter))?;
                    months(year, 3 * quarter - 2, 3)
                }
                None => months(year, Some(rest).filter(|month| month.len() == 2)?.parse().ok()?, 1),
            },
        }
    }

    /// Takes `period`, or `from` and `to`.
    pub fn read(members: &mut Members, today: NaiveDate) -> Option<Period> {
        let period = members.read("period", text!("expected.period"), |value| Period::parse(value.as_str()?));
        let (from, to) = (day(members, "from"), day(members, "to"));
        let period = match (period, from, to) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                members.problem("period", text!("parameter.invalid/period"));
                return None;
            }
            (None, Some(from), Some(to)) => Some(Period { from, to }),
            (None, Some(_), None) => {
                members.required("to", to);
                return None;
            }
            (period, ..) => members.required("period", period),
        }?;
        if !(is_known(period.from) && is_known(period.to)) && from.is_none() {
            members.problem("period", text!("range/year", field = Text::new("period")));
        } else if period.to < period.from {
            members.problem("to", text!("date.order/period"));
        } else if period.from > today {
            members.problem(if from.is_some() { "from" } else { "period" }, text!("date.future/period"));
        }
        Some(period)
    }

    /// The shortest way to write it.
    pub fn name(self) -> String {
        let year = self.from.format("%Y").to_string();
        let month = self.from.format("%Y-%m").to_string();
        let quarter = format!("{year}-Q{}", self.from.month0() / 3 + 1);
        let names = [year, quarter, month, self.from.to_string()];
        let fits = |name: &String| Period::parse(name) == Some(self);
        names.into_iter().find(fits).unwrap_or_else(|| format!("{}/{}", self.from, self.to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_has_all_its_days() {
        for (text, from, to) in [
            ("2023", "2023-01-01", "2023-12-31"),
            ("2023-Q1", "2023-01-01", "2023-03-31"),
            ("2023-Q4", "2023-10-01", "2023-12-31"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2023-12", "2023-12-01", "2023-12-31"),
            ("2023-09-20", "2023-09-20", "2023-09-20"),
        ] {
            let period = Period { from: from.parse().unwrap(), to: to.parse().unwrap() };
            assert_eq!(Period::parse(text), Some(period), "{text}");
            assert_eq!(period.name(), text);
        }
        for text in ["", "23", "2023-Q5", "2023-Q0", "2023-13", "2023-9", "2023-02-30", "năm 2023"] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn other_days_are_named_by_the_first_and_the_last() {
        let period = Period { from: "2022-10-15".parse().unwrap(), to: "2023-09-30".parse().unwrap() };
        assert_eq!(period.name(), "2022-10-15/2023-09-30");
    }
}
