//! Values that fill the gaps of sentences, formatted for each language.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};

use crate::texts::{Label, Text};

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// The same in both languages: a name, a code, user input.
    Word(String),
    /// `1.234,5` in Vietnamese, `1,234.5` in English.
    Number(f64),
    /// `01/02/2023` and `20/9/2023` in Vietnamese (Decree 30/2020/NĐ-CP: no zero before the months 3 to 9),
    /// `2023-09-20` in English.
    Day(NaiveDate),
    Label(Label),
    Text(Text),
    /// Separated by commas.
    List(Vec<Value>),
}

impl Value {
    pub fn say(&self, vietnamese: bool) -> String {
        let mut said = String::new();
        self.write(&mut said, vietnamese);
        said
    }

    pub(super) fn write(&self, said: &mut String, vietnamese: bool) {
        match self {
            Value::Word(word) => push_short(said, word),
            Value::Number(number) => write_number(said, *number, if vietnamese { ('.', ',') } else { (',', '.') }),
            Value::Day(day) if vietnamese => {
                let month = format!("{:0width$}", day.month(), width = if day.month() < 3 { 2 } else { 1 });
                let _ = write!(said, "{:02}/{month}/{}", day.day(), day.year());
            }
            Value::Day(day) => {
                let _ = write!(said, "{day}");
            }
            Value::Label(label) => said.push_str(label.say(vietnamese)),
            Value::Text(text) => text.write(said, vietnamese),
            Value::List(values) => {
                for (nth, value) in values.iter().enumerate() {
                    said.push_str(if nth == 0 { "" } else { ", " });
                    value.write(said, vietnamese);
                }
            }
        }
    }
}

/// A sentence that quotes a cell of a megabyte says no more than its start.
fn push_short(said: &mut String, word: &str) {
    const LONGEST: usize = 2000;
    let end = word.char_indices().nth(LONGEST).map_or(word.len(), |(end, _)| end);
    said.push_str(&word[..end]);
    said.push_str(if end < word.len() { "…" } else { "" });
}

fn write_number(said: &mut String, number: f64, (thousands, decimal): (char, char)) {
    let written = number.to_string();
    let (whole, decimals) = written.split_once('.').unwrap_or((&written, ""));
    let digits = whole.trim_start_matches('-').len();
    for (nth, digit) in whole.chars().enumerate() {
        let left = whole.len() - nth;
        if left < digits && left % 3 == 0 {
            said.push(thousands);
        }
        said.push(digit);
    }
    if !decimals.is_empty() {
        said.push(decimal);
        said.push_str(decimals);
    }
}

macro_rules! from {
    ($($type:ty: $value:expr),+ $(,)?) => {
        $(impl From<$type> for Value {
            fn from(value: $type) -> Value {
                $value(value)
            }
        })+
    };
}
from! {
    String: Value::Word,
    &String: |word: &String| Value::Word(word.clone()),
    &str: |word: &str| Value::Word(word.to_owned()),
    f64: Value::Number,
    u64: |number: u64| Value::Number(number as f64),
    i64: |number: i64| Value::Number(number as f64),
    usize: |number: usize| Value::Number(number as f64),
    NaiveDate: Value::Day,
    Label: Value::Label,
    Text: Value::Text,
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Value {
        Value::List(values.into_iter().map(Into::into).collect())
    }
}
impl<T: Copy + Into<Value>> From<&[T]> for Value {
    fn from(values: &[T]) -> Value {
        values.to_vec().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_writes_numbers_and_days_its_own_way() {
        let said = |value: Value, vietnamese| {
            let mut said = String::new();
            value.write(&mut said, vietnamese);
            said
        };
        for (number, vi, en) in [
            (1234.5, "1.234,5", "1,234.5"),
            (-1_000_000.0, "-1.000.000", "-1,000,000"),
            (-123.0, "-123", "-123"),
            (0.25, "0,25", "0.25"),
        ] {
            assert_eq!((said(number.into(), true), said(number.into(), false)), (vi.into(), en.into()));
        }
        for (day, vi) in [("2023-09-20", "20/9/2023"), ("2022-01-01", "01/01/2022"), ("2025-12-05", "05/12/2025")] {
            assert_eq!(said(day.parse::<NaiveDate>().unwrap().into(), true), vi);
            assert_eq!(said(day.parse::<NaiveDate>().unwrap().into(), false), day);
        }
    }
}
