//! Small workbooks of tables: a bold header, numbers as numbers, sums that Excel can check.

use rust_xlsxwriter::{Color, Format, FormatAlign, Formula, Workbook, XlsxError};

use crate::files::formula::unmistaken;
use crate::files::sheet::letter;

#[derive(Debug, Clone, PartialEq)]
pub enum Put {
    Nothing,
    Text(String),
    Number(f64),
    /// The sum of the rows of this column below the header, with its value.
    Sum(f64),
}

impl From<&str> for Put {
    fn from(text: &str) -> Put {
        Put::Text(text.to_owned())
    }
}

#[derive(Debug, Default)]
pub struct Page {
    pub name: &'static str,
    /// How many of the rows are the header.
    pub head: u32,
    pub rows: Vec<Vec<Put>>,
    /// Widths in characters. Further columns have the width of the last.
    pub widths: Vec<u16>,
}

/// Writes sheets to a workbook.
///
/// # Errors
/// What the library rejects.
pub fn write(pages: &[Page]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let head = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_background_color(Color::RGB(0x00DD_EBF7));
    let text = Format::new().set_num_format("@").set_quote_prefix();
    let sum = Format::new().set_bold();
    for page in pages {
        let sheet = book.add_worksheet().set_name(page.name)?;
        let columns = page.rows.iter().map(Vec::len).max().unwrap_or(0);
        for column in 0..columns {
            let width = page.widths.get(column).or(page.widths.last()).copied().unwrap_or(12);
            sheet.set_column_width(column as u16, width)?;
        }
        sheet.set_freeze_panes(page.head, 0)?;
        for (row, cells) in (0..).zip(&page.rows) {
            for (column, cell) in (0_u16..).zip(cells) {
                match cell {
                    Put::Nothing => continue,
                    Put::Text(words) if row < page.head => sheet.write_string_with_format(row, column, words, &head)?,
                    Put::Text(words) => sheet.write_string_with_format(row, column, unmistaken(words), &text)?,
                    Put::Number(number) => sheet.write_number(row, column, *number)?,
                    Put::Sum(number) => {
                        let name = letter(column.into());
                        let formula = format!("=SUM({name}{}:{name}{row})", page.head + 1);
                        let formula = Formula::new(formula).set_result(number.to_string());
                        sheet.write_formula_with_format(row, column, formula, &sum)?
                    }
                };
            }
        }
    }
    book.save_to_buffer()
}
