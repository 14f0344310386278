//! Puts the corrections of a sender into the cells of a file, before it is interpreted.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::Error;
use crate::files::sheet::{self, Cell, Sheet, Workbook};
use crate::imports::interpret::corrected::Corrected;
use crate::imports::interpret::mapping::Mapping;
use crate::imports::interpret::target::Target;
use crate::layers::{Layer, Type};

/// A value that the sender gave for a field of a row after the file was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    pub sheet: String,
    pub row: u32,
    /// The field of the layer; `geom` for the place, `id` for the record.
    pub field: String,
    pub value: String,
    /// What the cell held.
    pub before: Option<String>,
}

/// Puts corrections into a file and returns the cells that they change. A field without a column gets a new one, right
/// of all others. `mappings` are those of the file before or after it is corrected.
pub fn correct(
    layer: &'static Layer,
    workbook: &mut Workbook,
    mappings: &[Mapping],
    corrections: &[Correction],
) -> Vec<Corrected> {
    let mut corrected = Vec::new();
    for mapping in mappings {
        let Some(sheet) = workbook.sheets.iter_mut().find(|sheet| sheet.name == mapping.sheet) else { continue };
        let mut added: HashMap<&str, u32> = HashMap::new();
        for correction in corrections.iter().filter(|correction| correction.sheet == mapping.sheet) {
            let mut cells = cells_of(layer, mapping, correction);
            let field = if correction.field == "geom" { "position" } else { &correction.field };
            if cells.is_empty() {
                let column = *added.entry(field).or_insert_with(|| width(sheet));
                cells = vec![(column, Cell::text(&correction.value))];
            }
            let is_titled = |row: &u32| sheet.row(*row).is_some_and(|row| row.cell(cells[0].0).is_some());
            if let (Some(header), false) = (mapping.header_rows.first(), mapping.header_rows.iter().any(is_titled)) {
                corrected.extend(set(sheet, *header, cells[0].0, Some(Cell::Text(field.to_owned()))));
            }
            for (column, cell) in cells {
                corrected.extend(set(sheet, correction.row, column, cell));
            }
        }
    }
    corrected
}

/// The cells of a file that corrections change.
///
/// # Errors
/// Those of the reader.
pub fn corrected_cells(
    layer: &'static Layer,
    file: &[u8],
    mappings: &[Mapping],
    corrections: &[Correction],
) -> Result<Vec<Corrected>, Error> {
    if corrections.is_empty() {
        return Ok(Vec::new());
    }
    let mut workbook = sheet::read(file).map_err(|problem| Error::Invalid(vec![problem]))?;
    Ok(correct(layer, &mut workbook, mappings, corrections))
}

/// The cells of a correction, by column; none if the field has no column.
fn cells_of(layer: &'static Layer, mapping: &Mapping, correction: &Correction) -> Vec<(u32, Option<Cell>)> {
    let Correction { field, value, .. } = correction;
    if field == "geom" {
        return place_cells(mapping, value);
    }
    let column = if field == "id" { mapping.column("id") } else { mapping.column_of_field(field) };
    let Some(column) = column else { return Vec::new() };
    let is_number =
        layer.field(field).is_some_and(|field| matches!(field.value, Type::Integer { .. } | Type::Number { .. }));
    let number = value.trim().parse().ok().filter(|_| is_number).map(Cell::Number);
    vec![(column.index, number.or_else(|| Cell::text(value)))]
}

/// Longitude and latitude go to their own columns. Otherwise the first column that places a record gets the text, and the
/// others are emptied.
fn place_cells(mapping: &Mapping, value: &str) -> Vec<(u32, Option<Cell>)> {
    let places: Vec<_> =
        mapping.columns.iter().filter(|column| column.target.is_some_and(|it| it.is_place())).collect();
    let degrees = degrees(value);
    let of = |name: &str| mapping.column(name).map(|column| column.index);
    let chosen = match (of("longitude"), of("latitude"), degrees) {
        (Some(longitude), Some(latitude), Some((east, north))) => {
            vec![(longitude, Some(Cell::Number(east))), (latitude, Some(Cell::Number(north)))]
        }
        _ => {
            let Some(first) = places.first() else { return Vec::new() };
            let cell = match (first.target, degrees) {
                (Some(Target::Geometry), Some((east, north))) => {
                    Some(Cell::Geometry(Box::new(json!({"type": "Point", "coordinates": [east, north]}))))
                }
                _ => Cell::text(value),
            };
            vec![(first.index, cell)]
        }
    };
    let is_chosen = |index: u32| chosen.iter().any(|(own, _)| *own == index);
    let emptied: Vec<_> = places.iter().filter(|column| !is_chosen(column.index)).map(|it| (it.index, None)).collect();
    chosen.into_iter().chain(emptied).collect()
}

/// Longitude and latitude in degrees, given in any order: in Vietnam the longitude is the greater.
fn degrees(value: &str) -> Option<(f64, f64)> {
    let (a, b) = value.split_once([',', ';'])?;
    let (a, b) = (a.trim().parse::<f64>().ok()?, b.trim().parse::<f64>().ok()?);
    (a.abs() <= 180.0 && b.abs() <= 180.0).then_some((a.max(b), a.min(b)))
}

/// The first column right of all cells.
fn width(sheet: &Sheet) -> u32 {
    let last = sheet.rows.iter().filter_map(|row| row.cells.last()).map(|(column, _)| *column).max();
    last.map_or(0, |last| last + 1)
}

/// Sets a cell. The rows below that are merged with it keep what it held.
fn set(sheet: &mut Sheet, row: u32, column: u32, cell: Option<Cell>) -> Option<Corrected> {
    let index = sheet.rows.binary_search_by_key(&row, |row| row.number).ok()?;
    let held = sheet.rows[index].cell(column).cloned();
    let merge = sheet.merges.iter().find(|merge| merge.rows.0 == row && merge.columns.0 == column);
    if let Some(last) = merge.map(|merge| merge.rows.1) {
        for below in sheet.rows[index + 1..].iter_mut().take_while(|below| below.number <= last) {
            if below.cell(column).is_none() {
                below.put(column, held.clone());
            }
        }
    }
    let text = cell.as_ref().map(Cell::shown).unwrap_or_default();
    sheet.rows[index].put(column, cell);
    Some(Corrected { sheet: sheet.name.clone(), row, column, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::sheet::{Format, Merge, Row};
    use crate::imports::interpret::{Overrides, detected};
    use crate::layers::TOWER;

    fn sheet(rows: &[&[&str]]) -> Workbook {
        let row = |(number, cells): (u32, &&[&str])| Row {
            number,
            cells: (0..).zip(*cells).filter_map(|(at, text)| Some((at, Cell::text(text)?))).collect(),
        };
        let sheet = Sheet { name: "S".into(), rows: (1..).zip(rows).map(row).collect(), ..Sheet::default() };
        Workbook { format: Format::Xlsx, sheets: vec![sheet], remarks: Vec::new() }
    }

    fn corrected(workbook: &mut Workbook, field: &str, value: &str) -> Vec<(u32, u32, String)> {
        let correction =
            Correction { sheet: "S".into(), row: 2, field: field.into(), value: value.into(), before: None };
        let mappings = detected(&TOWER, workbook, &Overrides::default());
        correct(&TOWER, workbook, &mappings, &[correction]).into_iter().map(|it| (it.row, it.column, it.text)).collect()
    }

    #[test]
    fn place_goes_to_its_columns_or_to_the_first_of_them() {
        let rows: &[&[&str]] = &[&["Tên", "Vĩ độ", "Kinh độ"], &["A", "105.7", "19.8"]];
        let two = vec![(2, 2, "105.7".to_owned()), (2, 1, "19.8".to_owned())];
        assert_eq!(corrected(&mut sheet(rows), "geom", "19.8, 105.7"), two);
        let rows: &[&[&str]] = &[&["Tên", "X", "Y"], &["A", "1", "2"]];
        let first = vec![(2, 1, "19.8, 105.7".to_owned()), (2, 2, String::new())];
        assert_eq!(corrected(&mut sheet(rows), "geom", "19.8, 105.7"), first);
    }

    #[test]
    fn field_without_a_column_gets_one() {
        let mut workbook = sheet(&[&["Tên", "Nhà mạng"], &["A", "Viettel"]]);
        let added = vec![(1, 2, "position".to_owned()), (2, 2, "19.8, 105.7".to_owned())];
        assert_eq!(corrected(&mut workbook, "geom", "19.8, 105.7"), added);
        assert_eq!(workbook.sheets[0].rows[1].cell(2), Some(&Cell::Text("19.8, 105.7".into())));
    }

    #[test]
    fn rows_merged_with_a_corrected_cell_keep_its_value() {
        let mut workbook = sheet(&[&["Tên", "Nhà mạng"], &["A", "Vietel"], &["B"]]);
        workbook.sheets[0].merges.push(Merge { rows: (2, 3), columns: (1, 1) });
        corrected(&mut workbook, "operator", "Viettel");
        let cells: Vec<_> = workbook.sheets[0].rows.iter().map(|row| row.cell(1).unwrap().shown()).collect();
        assert_eq!(cells, ["Nhà mạng", "Viettel", "Vietel"]);
    }
}
