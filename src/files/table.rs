//! Reads a CSV file (UTF-8, with or without byte order mark) as rows, and their cells by column name. Text is NFC.

use std::collections::HashMap;
use std::str::FromStr;

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

use crate::files::refused::{Refused, Spot};
use crate::texts::{Text, text};

/// The rows below a header.
pub struct Table {
    columns: HashMap<String, usize>,
    rows: Vec<(u64, Vec<String>)>,
}

/// One row. Its cells are trimmed.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    columns: &'a HashMap<String, usize>,
    cells: &'a [String],
    /// The line on which it starts.
    pub line: u64,
}

impl Table {
    /// Reads a file. Further columns are allowed, in any order.
    ///
    /// # Errors
    /// Every missing or repeated column; every row with more or fewer cells than the header; a file without rows.
    pub fn read(text: &str, required: &[&str]) -> Result<Table, Refused> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut refused = Refused::new();
        let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
        let mut columns = HashMap::new();
        let mut rows = Vec::new();
        let mut width = 0;
        for (index, record) in reader.records().enumerate() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    refused.add(Spot::File, "csv", text!("list.unreadable", reason = error.to_string()));
                    break;
                }
            };
            let line = record.position().map_or(0, csv::Position::line);
            let cells: Vec<String> = record.iter().map(|cell| cell.trim().nfc().collect()).collect();
            if index == 0 {
                width = cells.len();
                for (place, name) in cells.into_iter().enumerate() {
                    if columns.insert(name.clone(), place).is_some() {
                        refused.add(Spot::Line(line), name, text!("list.column_twice"));
                    }
                }
                for name in required.iter().filter(|name| !columns.contains_key(**name)) {
                    refused.add(Spot::Line(line), *name, text!("list.column_missing"));
                }
            } else if cells.len() == width {
                rows.push((line, cells));
            } else {
                refused.add(Spot::Line(line), "row", text!("list.width", cells = cells.len(), width));
            }
        }
        if rows.is_empty() && refused.problems.is_empty() {
            refused.add(Spot::File, "rows", text!("list.no_rows"));
        }
        refused.unless_empty(Table { columns, rows })
    }

    pub fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(line, cells)| Row { columns: &self.columns, cells, line: *line })
    }
}

impl<'a> Row<'a> {
    /// The text of a cell; empty if the file has no such column.
    pub fn text(&self, column: &str) -> &'a str {
        self.columns.get(column).map_or("", |place| self.cells[*place].as_str())
    }

    /// The text of a cell, or `None` when it is empty.
    pub fn optional(&self, column: &str) -> Option<&'a str> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }

    /// The text of a cell that must not be empty.
    pub fn required(&self, column: &str, refused: &mut Refused) -> Option<&'a str> {
        let text = self.optional(column);
        if text.is_none() {
            refused.add(Spot::Line(self.line), column, text!("list.empty"));
        }
        text
    }

    /// The parsed value of a cell. An empty cell is `None`, without a problem.
    pub fn parsed<T: FromStr>(&self, column: &str, expected: Text, refused: &mut Refused) -> Option<T> {
        let text = self.optional(column)?;
        let read = text.parse().ok();
        if read.is_none() {
            refused.add(Spot::Line(self.line), column, text!("list.type", given = text, expected));
        }
        read
    }

    /// A day such as 2025-06-30. An empty cell is `None`, without a problem.
    pub fn day(&self, column: &str, refused: &mut Refused) -> Option<NaiveDate> {
        let text = self.optional(column)?;
        let read = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        if read.is_none() {
            refused.add(
                Spot::Line(self.line),
                column,
                text!("list.type", given = text, expected = text!("expected.day")),
            );
        }
        read
    }

    /// One of these values.
    pub fn one_of(&self, column: &str, values: &[&'static str], refused: &mut Refused) -> Option<&'static str> {
        let text = self.required(column, refused)?;
        let found = values.iter().find(|value| **value == text).copied();
        if found.is_none() {
            refused.add(Spot::Line(self.line), column, text!("list.one_of", given = text, known = values));
        }
        found
    }

    /// A code with this number of digits.
    pub fn code(&self, column: &str, digits: usize, refused: &mut Refused) -> Option<&'a str> {
        let text = self.required(column, refused)?;
        if is_code(text, digits) {
            return Some(text);
        }
        refused.add(Spot::Line(self.line), column, text!("list.code", given = text, digits));
        None
    }
}

/// Whether a text is a code with this number of digits.
pub fn is_code(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_mark_and_decomposed_letters_do_not_matter() {
        let table = Table::read("\u{feff}code,name\n00001, Pho\u{0302}́\n", &["code"]).unwrap();
        let row = table.rows().next().unwrap();
        assert_eq!((row.line, row.text("name"), row.text("elsewhere")), (2, "Phố", ""));
    }

    #[test]
    fn every_problem_is_listed() {
        let refused = Table::read("a,a\n1\n", &["b", "c"]).err().unwrap();
        let text = refused.to_string();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "refused, nothing was written: 4 problems",
                "  line 1, a: this column is there twice",
                "  line 1, b: this column is missing",
                "  line 1, c: this column is missing",
                "  line 2, row: 1 cells where the header has 2",
            ]
        );
    }

    #[test]
    fn file_without_rows_is_refused() {
        assert_eq!(Table::read("a\n", &["a"]).err().unwrap().problems[0].reason, text!("list.no_rows"));
    }

    #[test]
    fn code_without_its_zeros_is_a_problem() {
        let mut refused = Refused::new();
        let table = Table::read("code\n4\n00004\n", &["code"]).unwrap();
        let codes: Vec<_> = table.rows().map(|row| row.code("code", 5, &mut refused)).collect();
        assert_eq!(codes, [None, Some("00004")]);
        assert_eq!(refused.problems[0].spot, Spot::Line(2));
    }
}
