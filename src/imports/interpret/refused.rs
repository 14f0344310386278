//! The rows of a file that a commit leaves, as a workbook of their own: below their header, without gaps.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::error::Error;
use crate::files::sheet::{self, Format, Row, Sheet, Workbook};
use crate::imports::interpret::correct::{Correction, correct};
use crate::imports::interpret::finding::Finding;
use crate::imports::interpret::mapping::Mapping;
use crate::imports::interpret::merged::Merged;
use crate::imports::interpret::returned::{Outcome, write};
use crate::imports::interpret::rows::{Role, roles};
use crate::layers::Layer;

/// The numbers of rows, by sheet and the number in the file that was sent.
type Numbers = HashMap<(String, u32), u32>;

/// Writes the refused rows with their reasons. `states` are those of all rows.
///
/// # Errors
/// Not found for a file without a sheet of the layer; those of the reader and the writer.
pub fn answer(
    layer: &'static Layer,
    file: &[u8],
    mut mappings: Vec<Mapping>,
    corrections: &[Correction],
    mut findings: Vec<Finding>,
    states: HashMap<(String, u32), (String, Value)>,
) -> Result<Vec<u8>, Error> {
    let mut workbook = sheet::read(file).map_err(|problem| Error::Invalid(vec![problem]))?;
    correct(layer, &mut workbook, &mappings, corrections);
    let refused: HashSet<_> = states.iter().filter(|(_, (op, _))| op == "error").map(|(at, _)| at.clone()).collect();
    let numbers = keep(layer, &mut workbook, &mappings, &refused);
    if workbook.sheets.is_empty() {
        return Err(Error::NotFound);
    }
    let number = |sheet: &str, row: u32| numbers.get(&(sheet.to_owned(), row)).copied();
    findings.retain_mut(|finding| {
        let Some(row) = finding.row else { return true };
        finding.row = number(&finding.sheet, row);
        finding.row.is_some()
    });
    for mapping in &mut mappings {
        mapping.header_rows = mapping.header_rows.iter().filter_map(|row| number(&mapping.sheet, *row)).collect();
    }
    let is_refused = states.into_iter().filter(|(at, _)| refused.contains(at));
    let states = is_refused.filter_map(|(at, state)| Some(((at.0.clone(), *numbers.get(&at)?), state))).collect();
    let outcome = Outcome { findings: &findings, states: &states, missing: &[], corrected: &[] };
    let part = Some(sheet::PART_MARK);
    write(layer, &workbook, &mappings, &outcome, part).map_err(|error| anyhow::Error::new(error).into())
}

/// Keeps the refused rows, with the header and the headings that say their commune. Sheets without such rows are left
/// out. Returns the new numbers.
fn keep(
    layer: &'static Layer,
    workbook: &mut Workbook,
    mappings: &[Mapping],
    refused: &HashSet<(String, u32)>,
) -> Numbers {
    // A format without header rows has its header in row 0.
    let first = if matches!(workbook.format, Format::Geojson | Format::Kml) { 0 } else { 1 };
    let mut numbers = HashMap::new();
    workbook.sheets.retain_mut(|sheet| {
        let is_refused = |row: u32| refused.contains(&(sheet.name.clone(), row));
        let Some(mapping) = mappings.iter().find(|mapping| mapping.sheet == sheet.name) else { return false };
        if !refused.is_empty() && !sheet.rows.iter().any(|row| is_refused(row.number)) {
            return false;
        }
        let rows = rows_of(layer, sheet, mapping, is_refused);
        let renumbered = (first..).zip(rows).map(|(number, row)| {
            numbers.insert((sheet.name.clone(), row.number), number);
            Row { number, cells: row.cells }
        });
        sheet.rows = renumbered.collect();
        sheet.merges.clear();
        true
    });
    numbers
}

/// The header, the refused rows, and before them the heading that they are below. Merged cells become cells of each row.
fn rows_of(layer: &'static Layer, sheet: &Sheet, mapping: &Mapping, is_refused: impl Fn(u32) -> bool) -> Vec<Row> {
    let mut kept = mapping.split(sheet).0.to_vec();
    let merged = Merged::of(sheet);
    let mut heading = None;
    for (row, role) in roles(layer, sheet, mapping) {
        if is_refused(row.number) {
            kept.extend(heading.take());
            let mut row = row.clone();
            for column in mapping.columns.iter().map(|column| column.index) {
                let cell = merged.cell(sheet, &row, column).cloned();
                row.put(column, cell);
            }
            kept.push(row);
        } else if matches!(role, Role::Commune(_)) {
            heading = Some(row.clone());
        }
    }
    kept
}
