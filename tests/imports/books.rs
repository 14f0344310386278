//! Invented workbooks that imitate the habits of real sheets.

use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

/// A cell as a test writes it.
#[derive(Debug, Clone, Copy)]
pub enum Put<'a> {
    T(&'a str),
    N(f64),
    /// A real date of Excel, as its day number.
    D(f64),
    /// A formula, with the value that Excel saved.
    F(&'a str, &'a str),
    /// An empty cell.
    E,
}

pub use Put::{D, E, F, N, T};

/// Builds a workbook sheet by sheet and row by row.
pub struct Book {
    workbook: Workbook,
    row: u32,
}

impl Book {
    pub fn new() -> Book {
        Book { workbook: Workbook::new(), row: 0 }
    }

    /// One sheet of rows.
    pub fn of(name: &str, rows: &[&[Put<'_>]]) -> Book {
        rows.iter().fold(Book::new().sheet(name), |book, row| book.row(row))
    }

    pub fn sheet(mut self, name: &str) -> Book {
        self.workbook.add_worksheet().set_name(name).unwrap();
        self.row = 0;
        self
    }

    pub fn row(mut self, cells: &[Put<'_>]) -> Book {
        let row = self.row;
        self.row += 1;
        let sheet = self.last();
        for (column, cell) in (0..).zip(cells) {
            match cell {
                T(text) => sheet.write_string(row, column, *text).unwrap(),
                N(number) => sheet.write_number(row, column, *number).unwrap(),
                D(days) => {
                    let format = Format::new().set_num_format("dd/mm/yyyy");
                    sheet.write_number_with_format(row, column, *days, &format).unwrap()
                }
                F(formula, value) => {
                    sheet.write_formula(row, column, Formula::new(*formula).set_result(*value)).unwrap()
                }
                E => continue,
            };
        }
        self
    }

    /// Merges cells of rows that are already written. Rows and columns count from 0 and are inclusive. The first cell
    /// keeps its text.
    pub fn merged(mut self, text: &str, rows: (u32, u32), columns: (u16, u16)) -> Book {
        self.last().merge_range(rows.0, columns.0, rows.1, columns.1, text, &Format::new()).unwrap();
        self
    }

    /// The sheet that was begun last, for what the other methods do not write.
    pub fn with(mut self, change: impl FnOnce(&mut Worksheet)) -> Book {
        change(self.last());
        self
    }

    pub fn bytes(mut self) -> Vec<u8> {
        self.workbook.save_to_buffer().unwrap()
    }

    fn last(&mut self) -> &mut Worksheet {
        let last = self.workbook.worksheets().len() - 1;
        self.workbook.worksheet_from_index(last).unwrap()
    }
}
