//! Reads text with commas, semicolons, tabs or bars as separators.

mod records;

use crate::files::sheet::{Cell, Format, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Remark, Row, Sheet, Workbook, too_large};
use crate::layers::Problem;
use crate::texts::text;
use records::Records;

/// Number of lines that decide which separator the file uses.
const SAMPLE: usize = 50;

/// How many rows keep their width: the header is among them.
const WIDTHS: usize = 50;

/// At most this many rows are told one by one; the others are counted.
const TOLD: usize = 100;

/// Reads a text as one sheet.
///
/// # Errors
/// Too many rows or cells.
pub fn read(text: &str) -> Result<Workbook, Problem> {
    // Excel declares the separator in this way.
    let declared = text.strip_prefix("sep=").and_then(|rest| rest.chars().next()).filter(char::is_ascii);
    let delimiter = declared.map_or_else(|| separator(text), |separator| separator as u8);
    let mut sheet = Sheet::default();
    let mut unbalanced = Vec::new();
    let mut cells_read = 0;
    let skipped = text.lines().next().filter(|_| declared.is_some()).map_or(0, str::len);
    for record in Records::of(text, delimiter).from(skipped) {
        if record.fields.len() > MAX_COLUMNS {
            return Err(too_large());
        }
        let fields = (0..).zip(&record.fields);
        let cells: Vec<_> = fields.filter_map(|(column, text)| Some((column, cell_of(text)?))).collect();
        cells_read += cells.len();
        if cells.is_empty() {
            continue;
        }
        if sheet.rows.len() == MAX_ROWS || cells_read > MAX_CELLS {
            return Err(too_large());
        }
        if record.is_unbalanced {
            unbalanced.push(record.line);
        }
        if sheet.rows.len() < WIDTHS {
            sheet.widths.push(record.fields.len() as u32);
        }
        sheet.rows.push(Row { number: record.line, cells });
    }
    Ok(Workbook { format: Format::Csv, sheets: vec![sheet], remarks: told(&unbalanced) })
}

/// Remarks about lines with a quotation mark that is not closed.
fn told(lines: &[u32]) -> Vec<Remark> {
    let each = lines.iter().take(TOLD).map(|line| Remark::warning(text!("csv.quote")).at_row(*line));
    let rest = lines.len().saturating_sub(TOLD);
    each.chain((rest > 0).then(|| Remark::warning(text!("csv.quote/more", count = rest)))).collect()
}

/// The separator that splits the most lines into the same number of cells, more than one.
fn separator(text: &str) -> u8 {
    let regularity = |delimiter: u8| {
        let widths: Vec<usize> = Records::of(text, delimiter).take(SAMPLE).map(|record| record.fields.len()).collect();
        let same = |width: usize| widths.iter().filter(|other| **other == width).count();
        widths.iter().filter(|width| **width > 1).map(|width| (same(*width), *width)).max().unwrap_or_default()
    };
    // In a tie the last one wins: a comma may be a decimal comma.
    *b"|,\t;".iter().max_by_key(|delimiter| regularity(**delimiter)).unwrap_or(&b',')
}

/// A cell: `="00123"` guards a text against Excel.
fn cell_of(text: &str) -> Option<Cell> {
    let text = text.trim();
    if let Some(guarded) = text.strip_prefix("=\"").and_then(|text| text.strip_suffix('"')) {
        return Cell::text(guarded);
    }
    Cell::disarmed(text)
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
