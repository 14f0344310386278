//! Finds the header of a sheet. It may be below titles, have one row or two, and have merged cells.

use crate::files::sheet::{Cell, Merge, Row, Sheet};
use crate::imports::interpret::mapping::Overrides;
use crate::imports::interpret::target::Vocabulary;
use crate::layers::Layer;

/// How many rows are searched for the header, which may be below titles.
const SEARCHED_ROWS: usize = 40;

/// A header.
#[derive(Debug)]
pub struct Header {
    /// Its row numbers, from 1; 0 for formats without a header row.
    pub rows: Vec<u32>,
    pub cells: Vec<HeaderCell>,
}

#[derive(Debug)]
pub struct HeaderCell {
    pub column: u32,
    pub upper: String,
    /// Empty if the header has one row.
    pub lower: String,
}

impl HeaderCell {
    /// The text of both rows.
    pub fn text(&self) -> String {
        [self.upper.as_str(), self.lower.as_str()]
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" / ")
    }
}

/// The row, or the two rows, in which the most cells are headers of the layer: at least two, or one if there is only
/// one column.
pub fn find(layer: &'static Layer, sheet: &Sheet, vocabulary: &Vocabulary, overrides: &Overrides) -> Option<Header> {
    let mut best: Option<(usize, Header)> = None;
    for index in 0..sheet.rows.len().min(SEARCHED_ROWS) {
        let rows = &sheet.rows[index..];
        for cells in [one_row(&rows[0]), rows.get(1).map_or_else(Vec::new, |lower| two_rows(sheet, &rows[0], lower))] {
            let understood = |cell: &&HeaderCell| {
                overrides.target(layer, &cell.text(), cell.column).is_some()
                    || vocabulary.target(&cell.upper, &cell.lower).is_some_and(|(_, target)| target.is_used())
            };
            let mut known: Vec<String> = Vec::new();
            for cell in cells.iter().filter(understood) {
                let target = vocabulary.target(&cell.upper, &cell.lower).map(|(_, target)| target.name());
                known.push(target.unwrap_or_else(|| cell.text()));
            }
            // X and Y are two columns with the same target.
            let twice = known.iter().filter(|name| *name == "coordinate").count().min(2).saturating_sub(1);
            known.sort();
            known.dedup();
            let score = known.len() + twice;
            if score >= 2.min(cells.len()).max(1) && best.as_ref().is_none_or(|(best, _)| score > *best) {
                let two = cells.iter().any(|cell| !cell.lower.is_empty());
                let rows = rows.iter().take(if two { 2 } else { 1 }).map(|row| row.number).collect();
                best = Some((score, Header { rows, cells }));
            }
        }
    }
    best.map(|(_, header)| header)
}

fn one_row(row: &Row) -> Vec<HeaderCell> {
    let text = |(column, cell): &(u32, Cell)| match cell {
        Cell::Text(text) => Some(HeaderCell { column: *column, upper: text.clone(), lower: String::new() }),
        _ => None,
    };
    row.cells.iter().filter_map(text).collect()
}

/// Two rows as one header, if the second one also consists of words. A cell that spans columns, by a merge or by empty
/// cells to its right, stands above all of them.
fn two_rows(sheet: &Sheet, upper: &Row, lower: &Row) -> Vec<HeaderCell> {
    let is_word = |(_, cell): &(u32, Cell)| matches!(cell, Cell::Text(text) if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() < 4);
    if lower.number != upper.number + 1 || !lower.cells.iter().all(is_word) {
        return Vec::new();
    }
    let merges: Vec<_> =
        sheet.merges.iter().filter(|merge| merge.rows.0 <= upper.number && upper.number <= merge.rows.1).collect();
    let mut columns: Vec<u32> = upper.cells.iter().chain(&lower.cells).map(|(column, _)| *column).collect();
    columns.sort_unstable();
    columns.dedup();
    // A second row without gaps or merges above it is data.
    let spans = |merge: &&Merge| merge.columns.0 < merge.columns.1 || merge.rows.1 > upper.number;
    if !merges.iter().any(spans) && lower.cells.iter().all(|(column, _)| upper.cell(*column).is_some()) {
        return Vec::new();
    }
    let text = |row: &Row, column: u32| match row.cell(column) {
        Some(Cell::Text(text)) => text.clone(),
        Some(Cell::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let above = |column: u32| {
        if let Some(merge) = merges.iter().find(|merge| merge.columns.0 <= column && column <= merge.columns.1) {
            return text(upper, merge.columns.0);
        }
        let own = text(upper, column);
        if !own.is_empty() || !merges.is_empty() {
            return own;
        }
        // Without merges, as in CSV: the nearest cell to the left in the upper row, if only empty cells are between.
        upper.cells.iter().rfind(|(left, _)| *left < column).map(|(left, _)| text(upper, *left)).unwrap_or_default()
    };
    let cells: Vec<_> = columns
        .into_iter()
        .map(|column| HeaderCell { column, upper: above(column), lower: text(lower, column) })
        .filter(|cell| !cell.text().is_empty())
        .collect();
    // One text above everything is the title of the list. A place of two columns may also be all that a sheet has.
    let is_title = cells.len() > 2 && !cells[0].upper.is_empty() && cells.iter().all(|it| it.upper == cells[0].upper);
    if is_title { Vec::new() } else { cells }
}
