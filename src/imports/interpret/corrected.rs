//! Cells that the sender has corrected since the file was sent.

use crate::files::sheet::{Cell, Row, Workbook};

/// The new text of a cell: row from 1, column from 0. An empty text empties the cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Corrected {
    pub sheet: String,
    pub row: u32,
    pub column: u32,
    pub text: String,
}

/// Puts the new texts into a file.
pub fn apply(corrected: &[Corrected], workbook: &mut Workbook) {
    for Corrected { sheet, row, column, text } in corrected {
        let Some(sheet) = workbook.sheets.iter_mut().find(|known| known.name == *sheet) else { continue };
        let at = sheet.rows.binary_search_by_key(row, |known| known.number).unwrap_or_else(|at| {
            sheet.rows.insert(at, Row { number: *row, cells: Vec::new() });
            at
        });
        sheet.rows[at].put(*column, Cell::text(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::sheet::{Format, Sheet};

    #[test]
    fn corrected_cells_are_replaced_added_and_emptied() {
        let cells = vec![(0, Cell::Number(1.0)), (2, Cell::Number(3.0))];
        let sheet = Sheet { name: "A".into(), rows: vec![Row { number: 4, cells }], ..Sheet::default() };
        let mut workbook = Workbook { format: Format::Xlsx, sheets: vec![sheet], remarks: Vec::new() };
        let new = |row, column, text: &str| Corrected { sheet: "A".into(), row, column, text: text.into() };
        apply(&[new(4, 0, ""), new(4, 1, "hai"), new(4, 2, "ba"), new(3, 0, "x")], &mut workbook);
        let text = |text: &str| Cell::Text(text.into());
        let rows = &workbook.sheets[0].rows;
        assert_eq!(rows[0], Row { number: 3, cells: vec![(0, text("x"))] });
        assert_eq!(rows[1].cells, [(1, text("hai")), (2, text("ba"))]);
    }
}
