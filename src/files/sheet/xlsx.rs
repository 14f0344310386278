//! Reads workbooks of Excel 2007 and later.

use std::collections::{HashMap, HashSet};
use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use chrono::NaiveDate;

use crate::files::sheet::archive::Archive;
use crate::files::sheet::{
    Cell, Format, MAX_CELLS, MAX_ROWS, Merge, Remark, Row, Sheet, Workbook, archive, formulas, letter, refused,
    too_large,
};
use crate::layers::Problem;
use crate::texts::text;

/// Columns to the right of this one are ignored.
const MAX_COLUMN: u32 = 500;
const MAX_SHEETS: usize = 100;

/// Reads a workbook that [`archive::inspect`] has accepted. Formulas are read as the values that Excel saved.
///
/// # Errors
/// A damaged file, or too many cells.
pub fn read(bytes: &[u8], archive: &Archive) -> Result<Workbook, Problem> {
    let mut xlsx: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let mut remarks = Vec::new();
    if archive.has_macros {
        remarks.push(Remark { sheet: String::new(), text: text!("file.macros") });
    }
    let names = xlsx.sheet_names();
    let mut sheets = Vec::new();
    let mut budget = Budget { rows: MAX_ROWS, cells: MAX_CELLS };
    let parts = if archive.has_formulas { formulas::parts(bytes) } else { HashMap::new() };
    for name in names.into_iter().take(MAX_SHEETS) {
        let xml = parts.get(&name).and_then(|part| archive::text(bytes, part));
        let open = xml.map(|xml| formulas::uncomputed(&xml)).unwrap_or_default();
        let mut sheet = Sheet { name, ..Sheet::default() };
        read_cells(&mut xlsx, &mut sheet, &open, &mut budget, &mut remarks)?;
        let merges = xlsx.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default();
        sheet.merges = merges
            .into_iter()
            .map(|merge| Merge { rows: (merge.start.0 + 1, merge.end.0 + 1), columns: (merge.start.1, merge.end.1) })
            .collect();
        sheets.push(sheet);
    }
    Ok(Workbook { format: Format::Xlsx, sheets, remarks })
}

struct Budget {
    rows: usize,
    cells: usize,
}

fn read_cells(
    xlsx: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &mut Sheet,
    open: &HashSet<(u32, u32)>,
    budget: &mut Budget,
    remarks: &mut Vec<Remark>,
) -> Result<(), Problem> {
    let mut reader = match xlsx.worksheet_cells_reader(&sheet.name) {
        // A chart sheet has no cells.
        Err(XlsxError::WorksheetNotFound(_) | XlsxError::FileNotFound(_)) => return Ok(()),
        reader => reader.map_err(|error| damaged(&error))?,
    };
    let mut too_wide = false;
    while let Some(cell) = reader.next_cell().map_err(|error| damaged(&error))? {
        let (row, column) = cell.get_position();
        let number = row.saturating_add(1);
        let Some(cell) = cell_of(cell.get_value()).or(open.contains(&(number, column)).then_some(Cell::Uncomputed))
        else {
            continue;
        };
        if column > MAX_COLUMN {
            too_wide = true;
            continue;
        }
        if sheet.rows.last().is_none_or(|last| last.number != number) {
            budget.rows = budget.rows.checked_sub(1).ok_or_else(too_large)?;
            sheet.rows.push(Row { number, cells: Vec::new() });
        }
        budget.cells = budget.cells.checked_sub(1).ok_or_else(too_large)?;
        if let Some(last) = sheet.rows.last_mut() {
            last.cells.push((column, cell));
        }
    }
    // Excel writes rows in order. A file from another program must not yield a row twice.
    if !sheet.rows.is_sorted_by(|a, b| a.number < b.number)
        || sheet.rows.iter().any(|row| !row.cells.is_sorted_by(|a, b| a.0 < b.0))
    {
        return Err(refused(text!("file.damaged/order")));
    }
    if too_wide {
        let text = text!("sheet.too_wide", column = letter(MAX_COLUMN));
        remarks.push(Remark { sheet: sheet.name.clone(), text });
    }
    Ok(())
}

fn cell_of(value: &DataRef<'_>) -> Option<Cell> {
    match value {
        DataRef::Empty => None,
        DataRef::Int(number) => Some(Cell::Number(*number as f64)),
        DataRef::Float(number) => Some(Cell::Number(*number)),
        DataRef::String(text) => Cell::disarmed(text),
        DataRef::SharedString(text) => Cell::disarmed(text),
        DataRef::Bool(value) => Some(Cell::Bool(*value)),
        DataRef::DateTime(moment) if moment.is_datetime() => match moment.as_datetime() {
            Some(moment) => Some(Cell::Date(moment.date())),
            None => Some(Cell::Number(moment.as_f64())),
        },
        DataRef::DateTime(moment) => Some(Cell::Number(moment.as_f64())),
        DataRef::DateTimeIso(text) => match text.get(..10).and_then(|day| day.parse::<NaiveDate>().ok()) {
            Some(date) => Some(Cell::Date(date)),
            None => Cell::text(text),
        },
        DataRef::DurationIso(text) => Cell::text(text),
        DataRef::Error(error) => Some(Cell::Failed(error.to_string())),
    }
}

fn damaged(error: &XlsxError) -> Problem {
    tracing::info!(error = error.to_string(), "an xlsx file cannot be read");
    refused(text!("file.damaged"))
}
