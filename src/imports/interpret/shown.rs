//! The cells of rows as their sender sees them, with what was corrected since.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::files::sheet::{self, letter};
use crate::imports::interpret::correct::{Correction, correct};
use crate::imports::interpret::mapping::Mapping;
use crate::imports::interpret::merged::Merged;
use crate::layers::Layer;

/// The cells of a row by the letters of their columns, and the letters of those that were corrected.
#[derive(Debug, Default)]
pub struct Shown {
    pub cells: BTreeMap<String, String>,
    pub corrected: Vec<String>,
}

/// The cells of rows, in the order in which they are wanted. A row that the file does not have is empty.
///
/// # Errors
/// Those of the reader.
pub fn shown(
    layer: &'static Layer,
    file: &[u8],
    mappings: &[Mapping],
    corrections: &[Correction],
    wanted: &[(String, u32)],
) -> Result<Vec<Shown>, Error> {
    let mut workbook = sheet::read(file).map_err(|problem| Error::Invalid(vec![problem]))?;
    let corrected = correct(layer, &mut workbook, mappings, corrections);
    let sheets = workbook.sheets.iter().filter_map(|sheet| {
        let mapping = mappings.iter().find(|mapping| mapping.sheet == sheet.name)?;
        Some((sheet.name.as_str(), (sheet, mapping, Merged::of(sheet))))
    });
    let sheets: BTreeMap<_, _> = sheets.collect();
    let of_row = |(name, number): &(String, u32)| {
        let (sheet, mapping, merged) = sheets.get(name.as_str())?;
        let row = sheet.row(*number)?;
        let cells = mapping
            .columns
            .iter()
            .filter_map(|column| Some((letter(column.index), merged.cell(sheet, row, column.index)?.shown())));
        let of_row = corrected.iter().filter(|it| it.row == *number && it.sheet == *name);
        Some(Shown { cells: cells.collect(), corrected: of_row.map(|it| letter(it.column)).collect() })
    };
    Ok(wanted.iter().map(|at| of_row(at).unwrap_or_default()).collect())
}
