//! Reads workbooks of Excel 2007 and later.

mod details;
mod format;
mod values;

use std::collections::{HashMap, HashSet};
use std::io::Cursor;

use calamine::{Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use crate::files::sheet::archive::Archive;
use crate::files::sheet::{
    Cell, Format, MAX_CELLS, MAX_ROWS, Merge, PART_MARK, Remark, Row, Sheet, Workbook, archive, letter, refused,
    too_large,
};
use crate::layers::Problem;
use crate::texts::{Text, text};
use details::Details;
use format::NumberFormat;

/// Columns to the right of this one are ignored.
const MAX_COLUMN: u32 = 500;
const MAX_SHEETS: usize = 100;
/// The most bytes of texts, in all cells.
const MAX_TEXT: usize = 64 << 20;

/// Reads a workbook that [`archive::inspect`] has accepted. Formulas are read as the values that Excel saved.
///
/// # Errors
/// A damaged file, or too many cells.
pub fn read(bytes: &[u8], archive: &Archive) -> Result<Workbook, Problem> {
    let mut xlsx: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| refused(damaged(&error)))?;
    let mut remarks = Vec::new();
    if archive.has_macros {
        remarks.push(Remark::info(text!("file.macros")));
    }
    if xlsx.defined_names().iter().any(|(name, _)| name == PART_MARK) {
        remarks.push(Remark::info(text!("file.part/refused")));
    }
    let known = xlsx.sheets_metadata().to_vec();
    let worksheets: Vec<_> = known.into_iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).collect();
    if worksheets.len() > MAX_SHEETS {
        let count = worksheets.len() - MAX_SHEETS;
        remarks.push(Remark::warning(text!("sheet.too_many", count, max = MAX_SHEETS)));
    }
    let mut sheets = Vec::new();
    let mut budget = Budget { rows: MAX_ROWS, cells: MAX_CELLS, text: MAX_TEXT };
    let parts = if archive.has_details { details::parts(bytes) } else { HashMap::new() };
    let mut unread = 0;
    for calamine::Sheet { name, visible, .. } in worksheets.into_iter().take(MAX_SHEETS) {
        let xml = parts.get(&name).and_then(|part| archive::text(bytes, part));
        let details = xml.map(|xml| details::of(&xml)).unwrap_or_default();
        let is_hidden = visible != SheetVisible::Visible;
        let mut sheet = Sheet { name, is_hidden, date_1904: xlsx.has_1904_epoch(), ..Sheet::default() };
        if let Some(why) = read_cells(&mut xlsx, &mut sheet, &details, &mut budget, &mut remarks)? {
            sheet.rows.clear();
            remarks.push(Remark::warning(why).of_sheet(&sheet.name));
            unread += 1;
        }
        let merges = xlsx.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default();
        sheet.merges = merges
            .into_iter()
            .take(MAX_ROWS)
            .map(|merge| Merge { rows: (merge.start.0 + 1, merge.end.0 + 1), columns: (merge.start.1, merge.end.1) })
            .collect();
        remarks.extend(hidden(&sheet, &details).into_iter().map(|text| Remark::info(text).of_sheet(&sheet.name)));
        sheets.push(sheet);
    }
    if unread > 0 && unread == sheets.len() {
        return Err(refused(text!("file.damaged")));
    }
    Ok(Workbook { format: Format::Xlsx, sheets, remarks })
}

struct Budget {
    rows: usize,
    cells: usize,
    /// Bytes: a text that is stored once may stand in every cell.
    text: usize,
}

/// Reads the cells of a sheet. Returns why it cannot be read, so that the others can.
fn read_cells(
    xlsx: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &mut Sheet,
    details: &Details,
    budget: &mut Budget,
    remarks: &mut Vec<Remark>,
) -> Result<Option<Text>, Problem> {
    let unreadable = |error: &XlsxError| {
        damaged(error);
        Ok(Some(text!("sheet.damaged")))
    };
    let mut reader = match xlsx.worksheet_cells_reader(&sheet.name) {
        Ok(reader) => reader,
        Err(error) => return unreadable(&error),
    };
    let code =
        |style: &calamine::Style| style.number_format.as_ref().map_or("General", |it| &it.format_code).to_owned();
    let formats: Vec<NumberFormat> = reader.styles().iter().map(|style| NumberFormat::parse(&code(style))).collect();
    let mut too_wide = 0_usize;
    loop {
        let (cell, style) = match reader.next_cell_with_style_id() {
            Ok(Some(cell)) => cell,
            Ok(None) => break,
            Err(error) => return unreadable(&error),
        };
        let (row, column) = cell.get_position();
        let number = row.saturating_add(1);
        let value = values::cell(cell.get_value(), formats.get(style));
        let Some(cell) = value.or_else(|| details.uncomputed(number, column)) else { continue };
        if column > MAX_COLUMN {
            too_wide += 1;
            continue;
        }
        if sheet.rows.last().is_none_or(|last| last.number != number) {
            budget.rows = budget.rows.checked_sub(1).ok_or_else(too_large)?;
            sheet.rows.push(Row { number, cells: Vec::new() });
        }
        budget.cells = budget.cells.checked_sub(1).ok_or_else(too_large)?;
        if let Cell::Text(text) = &cell {
            budget.text = budget.text.checked_sub(text.len()).ok_or_else(too_large)?;
        }
        if let Some(last) = sheet.rows.last_mut() {
            last.cells.push((column, cell));
        }
    }
    // Excel writes rows in order; other programs may not.
    sheet.rows.sort_by_key(|row| row.number);
    sheet.rows.iter_mut().for_each(|row| row.cells.sort_by_key(|(column, _)| *column));
    if !sheet.rows.is_sorted_by(|a, b| a.number < b.number)
        || sheet.rows.iter().any(|row| !row.cells.is_sorted_by(|a, b| a.0 < b.0))
    {
        return Ok(Some(text!("sheet.damaged/twice")));
    }
    if too_wide > 0 {
        let text = text!("sheet.too_wide", column = letter(MAX_COLUMN), count = too_wide);
        remarks.push(Remark::info(text).of_sheet(&sheet.name));
    }
    Ok(None)
}

/// What is hidden in a sheet and read nevertheless: a filter must not take rows from a list.
fn hidden(sheet: &Sheet, details: &Details) -> Vec<Text> {
    let rows = sheet.rows.iter().filter(|row| details.hidden_rows.contains(&row.number)).count();
    let used: HashSet<u32> = match details.hidden_columns.is_empty() {
        true => HashSet::new(),
        false => sheet.rows.iter().flat_map(|row| &row.cells).map(|(column, _)| *column).collect(),
    };
    let columns = details.hidden_columns.iter().filter(|column| used.contains(column));
    let columns: Vec<String> = columns.map(|column| letter(*column)).collect();
    let mut told = Vec::new();
    if rows > 0 {
        told.push(text!("sheet.hidden/rows", count = rows));
    }
    if !columns.is_empty() {
        told.push(text!("sheet.hidden/columns", columns = columns.join(", ")));
    }
    told
}

fn damaged(error: &XlsxError) -> Text {
    tracing::info!(error = error.to_string(), "an xlsx file cannot be read");
    text!("file.damaged")
}
