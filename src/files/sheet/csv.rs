//! Reads text with commas, semicolons, tabs or bars as separators.

use crate::files::sheet::{Cell, Format, MAX_CELLS, MAX_ROWS, Row, Sheet, Workbook, refused, too_large};
use crate::layers::Problem;
use crate::texts::text;

/// Number of lines that decide which separator the file uses.
const SAMPLE: usize = 50;

/// Reads a text as one sheet.
///
/// # Errors
/// Text that the CSV reader rejects, and too many rows or cells.
pub fn read(text: &str) -> Result<Workbook, Problem> {
    // Excel declares the separator in this way.
    let declared = text.strip_prefix("sep=").and_then(|rest| rest.chars().next()).filter(char::is_ascii);
    let delimiter = declared.map_or_else(|| separator(text), |separator| separator as u8);
    let mut rows = Vec::new();
    let mut cells_read = 0;
    let mut lines = Lines { text, read: 0, line: 1 };
    for record in reader(text, delimiter).records() {
        let record = record.map_err(|error| refused(text!("file.csv", reason = error.to_string())))?;
        let number = lines.of(record.position().map_or(0, |position| position.byte() as usize));
        if number == 1 && declared.is_some() {
            continue;
        }
        let cells: Vec<_> =
            (0..).zip(&record).filter_map(|(column, text)| Some((column, Cell::disarmed(text)?))).collect();
        cells_read += cells.len();
        if cells.is_empty() {
            continue;
        }
        if rows.len() == MAX_ROWS || cells_read > MAX_CELLS {
            return Err(too_large());
        }
        rows.push(Row { number, cells });
    }
    Ok(Workbook { format: Format::Csv, sheets: vec![Sheet { rows, ..Sheet::default() }], remarks: Vec::new() })
}

/// Counts lines. The CSV reader's own count is one too low after each Windows line ending.
struct Lines<'a> {
    text: &'a str,
    read: usize,
    line: u32,
}

impl Lines<'_> {
    /// The line, from 1, of the record that the reader started at this byte. Line endings may come before the record.
    fn of(&mut self, byte: usize) -> u32 {
        let bytes = self.text.as_bytes();
        let ends = bytes[byte..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        while self.read < byte + ends {
            let is_end = match bytes[self.read] {
                b'\r' => bytes.get(self.read + 1) != Some(&b'\n'),
                other => other == b'\n',
            };
            self.line += u32::from(is_end);
            self.read += 1;
        }
        self.line
    }
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().flexible(true).has_headers(false).delimiter(delimiter).from_reader(text.as_bytes())
}

/// The separator that splits the most lines into the same number of cells, more than one.
fn separator(text: &str) -> u8 {
    let regularity = |delimiter: u8| {
        let widths: Vec<usize> =
            reader(text, delimiter).records().take(SAMPLE).map_while(Result::ok).map(|record| record.len()).collect();
        let same = |width: usize| widths.iter().filter(|other| **other == width).count();
        widths.iter().filter(|width| **width > 1).map(|width| (same(*width), *width)).max().unwrap_or_default()
    };
    // In a tie the last one wins: a comma may be a decimal comma.
    *b"|,\t;".iter().max_by_key(|delimiter| regularity(**delimiter)).unwrap_or(&b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(u32, Vec<String>)> {
        let sheet = read(text).unwrap().sheets.remove(0);
        let shown = |row: &Row| row.cells.iter().map(|(_, cell)| cell.shown()).collect();
        sheet.rows.iter().map(|row| (row.number, shown(row))).collect()
    }

    #[test]
    fn separator_is_found() {
        let expected = vec![(1, vec!["Tên".to_owned(), "Số".into()]), (2, vec!["A, B".into(), "1,5".into()])];
        for text in ["Tên;Số\nA, B;1,5\n", "Tên\tSố\nA, B\t1,5\n", "Tên,Số\n\"A, B\",\"1,5\"\n", "Tên|Số\nA, B|1,5"]
        {
            assert_eq!(texts(text), expected, "{text}");
        }
    }

    #[test]
    fn rows_have_the_numbers_of_their_lines_with_any_end_of_line() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "1,2", "", "3,\"4", "5\"", "6,7", ""].join(end);
            let numbers: Vec<u32> = texts(&text).iter().map(|(number, _)| *number).collect();
            assert_eq!(numbers, [1, 2, 4, 6], "{end:?}");
        }
    }

    #[test]
    fn declared_separator_and_blank_lines_are_no_rows() {
        assert_eq!(
            texts("sep=;\na;b\n\n;\n1;2\n"),
            [(2, vec!["a".into(), "b".into()]), (5, vec!["1".into(), "2".into()])]
        );
    }
}
