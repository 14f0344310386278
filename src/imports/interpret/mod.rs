//! Reads a file for a layer: finds columns, reads cells, notes findings. Uses no PostgreSQL: what only the register
//! knows (communes by name, metres to degrees, duplicates) is found later, for all rows at once.

mod amount;
mod answers;
mod cell;
pub mod choice;
pub mod commune_text;
mod communes;
mod compass;
mod coordinate;
mod correct;
mod corrected;
pub mod date;
mod defaults;
mod doubled;
mod example;
mod finding;
mod fitting;
mod fold;
mod frame;
mod habits;
mod header;
mod in_place;
pub mod instructions;
mod limits;
mod link;
mod mapping;
mod merged;
mod meridian;
mod nested;
pub mod number;
mod outlier;
mod paint;
mod pair;
mod place;
mod quantity;
mod reading;
pub mod refused;
pub mod returned;
mod rows;
mod scale;
mod shape;
mod shown;
mod sign;
mod state;
mod stored;
mod target;
pub mod template;
pub mod typed;
mod wkb;

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::files::sheet::{Cell, Remark, Row, Sheet, Weight, Workbook, letter};
use crate::layers::{Crs, Layer, Properties, Type};
use crate::texts::text;
use fold::without_brackets;
use frame::Frame;
use habits::Habits;
use rows::Role;

pub use commune_text::Above;
pub use communes::{Commune, Communes, Meant};
pub use coordinate::{Axis, axis_of};
pub use correct::{Correction, correct, corrected_cells};
pub use corrected::Corrected;
pub use defaults::{Defaults, Filling, Origin};
pub use example::Locality;
pub use finding::{Finding, Message, Note, Severity};
pub use fold::fold;
pub use instructions::Instructions;
pub use mapping::{Column, Mapping, Overrides};
pub use meridian::epsg_of_province;
pub use place::{Place, Said};
pub use reading::Reading;
pub use shown::shown;
pub use stored::stored_mappings;
pub use target::Target;

/// How to read a file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The EPSG code of the coordinates.
    pub epsg: Option<i32>,
    /// The EPSG code of coordinates in metres that declare nothing else.
    pub grid: Option<i32>,
    pub instructions: Instructions,
}

/// A row that is a record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// Index of its mapping, and so of its sheet.
    pub mapping: usize,
    pub row: u32,
    /// The values of the cells. Empty cells are left out.
    pub values: Properties,
    pub place: Place,
    /// What the row says of its commune, which the register has to resolve: the letter of the column (none for a heading)
    /// and the text.
    pub communes: Vec<(Option<String>, String)>,
    /// The code of a former commune that the row names. Its successor is in `values`.
    pub former_commune: Option<String>,
    /// The units that tell the commune from others of the same name.
    pub district: Option<String>,
    pub province: Option<String>,
    pub hamlet: Option<String>,
    /// Codes or names of other records, as field and text.
    pub references: Vec<(&'static str, String)>,
    /// Fields whose cells could not be read; `geom` for the place.
    pub broken: Vec<&'static str>,
}

/// Reads every sheet that has a header of the layer.
pub fn interpret(layer: &'static Layer, workbook: &Workbook, options: &Options) -> Reading {
    let Instructions { overrides, defaults, .. } = &options.instructions;
    let mut reading = Reading::with(defaults.values(layer));
    for Remark { sheet, row, column, weight, text } in &workbook.remarks {
        let text = text.clone();
        let note = match weight {
            Weight::Info => Note::info(text),
            Weight::Warning => Note::warning(text),
            Weight::Error => Note::error(text),
        };
        reading.note(sheet, *row, column.map(letter), None, None, note);
    }
    for (sheet, found) in workbook.sheets.iter().zip(mappings(layer, workbook, overrides)) {
        match found {
            Some((mapping, notes)) => {
                for (column, note) in notes {
                    reading.note(&sheet.name, None, column, None, None, note);
                }
                if sheet.is_hidden {
                    reading.note(&sheet.name, None, None, None, None, Note::warning(text!("sheet.hidden/read")));
                }
                read_sheet(layer, sheet, mapping, options, &mut reading);
            }
            _ if sheet.rows.is_empty() || is_guide(sheet) => {}
            _ if sheet.is_hidden => {
                reading.note(&sheet.name, None, None, None, None, Note::info(text!("sheet.hidden")));
            }
            _ => {
                reading.note(&sheet.name, None, None, None, None, Note::info(text!("sheet.ignored")));
            }
        }
    }
    refuse_rows(workbook, &mut reading);
    let columns: Vec<&Column> = reading.mappings.iter().flat_map(|mapping| &mapping.columns).collect();
    for header in overrides.unused(&columns) {
        reading.note("", None, None, None, None, Note::warning(text!("column.not_found", header)));
    }
    reading.note_answered(layer, &options.instructions.answers);
    if reading.mappings.is_empty() {
        reading.note("", None, None, None, None, Note::error(text!("file.no_header")));
    } else if reading.records.is_empty() {
        reading.note("", None, None, None, None, Note::error(text!("file.no_rows")));
    }
    reading
}

/// The mappings of the sheets that are read.
pub fn detected(layer: &'static Layer, workbook: &Workbook, overrides: &Overrides) -> Vec<Mapping> {
    mappings(layer, workbook, overrides).flatten().map(|(mapping, _)| mapping).collect()
}

/// Marks the records that the reader of the file could not read rightly.
fn refuse_rows(workbook: &Workbook, reading: &mut Reading) {
    let refused = workbook.remarks.iter().filter(|remark| remark.weight == Weight::Error);
    let refused: HashSet<_> = refused.filter_map(|remark| Some((remark.sheet.as_str(), remark.row?))).collect();
    for record in &mut reading.records {
        if refused.contains(&(reading.mappings[record.mapping].sheet.as_str(), record.row)) {
            record.broken.push("row");
        }
    }
}

/// The mapping of each sheet with notes about its columns; `None` for sheets that are not read.
fn mappings(
    layer: &'static Layer,
    workbook: &Workbook,
    overrides: &Overrides,
) -> impl Iterator<Item = Option<(Mapping, mapping::ColumnNotes)>> {
    let of_sheet = |sheet: &Sheet| if is_guide(sheet) { None } else { mapping::detect(layer, sheet, overrides) };
    let found: Vec<_> = workbook.sheets.iter().map(of_sheet).collect();
    let fit =
        |mapping: &Mapping| mapping.columns.iter().filter(|column| column.target.is_some_and(|t| t.is_used())).count();
    // A hidden sheet is an old copy or a list of words, unless the file has no other list.
    let is_read = |(sheet, found): &(&Sheet, &Option<_>)| found.is_some() && !sheet.is_hidden;
    let has_visible = workbook.sheets.iter().zip(&found).any(|pair| is_read(&pair));
    let sheets = workbook.sheets.iter().zip(found);
    let found: Vec<_> = sheets.map(|(sheet, found)| found.filter(|_| !(has_visible && sheet.is_hidden))).collect();
    let best = found.iter().flatten().map(|(mapping, _)| fit(mapping)).max().unwrap_or(0);
    // A sheet of totals has only a few of the columns; lists have them all.
    found.into_iter().map(move |found| found.filter(|(mapping, _)| fit(mapping) * 2 > best))
}

/// Explanatory sheets of our own workbooks.
fn is_guide(sheet: &Sheet) -> bool {
    // A file that had a sheet of this name gets another one with a number: "Danh mục (2)".
    let name = fold(&without_brackets(&sheet.name));
    matches!(name.as_str(), "huong dan" | "danh muc" | "thieu" | "thong tin" | "guide" | "lists" | "about")
}

fn read_sheet(layer: &'static Layer, sheet: &Sheet, mapping: Mapping, options: &Options, reading: &mut Reading) {
    let default = options.instructions.defaults.epsg();
    let is_degrees = |epsg: &i32| Crs::of_epsg(*epsg).is_some_and(Crs::is_degrees);
    let epsg = options.epsg.or(default.filter(is_degrees));
    let grid = options.grid.or(default.filter(|epsg| !is_degrees(epsg)));
    let options = &Options { epsg, grid, ..options.clone() };
    let (frame, notes) = Frame::of(sheet, &mapping, options);
    for (column, note) in notes {
        reading.note(&sheet.name, None, column, Some("geom"), None, note);
    }
    let merged = merged::Merged::of(sheet);
    let index = reading.mappings.len();
    let (habits, notes) = habits::of_columns(sheet, &mapping);
    for (column, note) in notes {
        let field = column.target.map(|target| target.name());
        reading.note(&sheet.name, None, Some(column.column), field.as_deref(), None, note);
    }
    let width = mapping.header_rows.iter().filter_map(|number| sheet.width(*number)).max();
    let mut heading = None;
    for (row, role) in rows::roles(layer, sheet, &mapping) {
        let ignored = match role {
            Role::Record => {
                let mut record = read_row(sheet, &mapping, &habits, &merged, row, &frame, options, reading);
                record.mapping = index;
                let above = |name| options.instructions.defaults.text(name);
                record.district = record.district.or_else(|| above("district"));
                record.province = record.province.or_else(|| above("province"));
                if let Some(note) = too_wide(row, width) {
                    record.broken.push("row");
                    reading.note(&sheet.name, Some(row.number), None, None, None, note);
                }
                if record.communes.is_empty() && !record.values.contains_key("declared_commune_code") {
                    record.communes.extend(heading.clone().map(|name| (None, name)));
                }
                reading.records.push(record);
                continue;
            }
            Role::Numbering => continue,
            Role::Total => Note::info(text!("row.total")),
            Role::Commune(name) => {
                let note = Note::info(text!("row.heading", name = &name));
                heading = Some(name);
                note
            }
            Role::Header => Note::info(text!("row.header")),
            Role::OtherTable => Note::warning(text!("row.other_table")),
            Role::Signature | Role::Remark => Note::info(text!("row.ignored")),
        };
        let shown = row.cells.first().map(|(_, cell)| cell.shown());
        reading.note(&sheet.name, Some(row.number), None, None, shown, ignored);
    }
    reading.mappings.push(mapping);
}

/// A decimal comma in a file with commas moves all cells behind it to other columns.
fn too_wide(row: &Row, width: Option<u32>) -> Option<Note> {
    let (cells, columns) = (row.cells.last()?.0 + 1, width?);
    (cells > columns).then(|| Note::error(text!("row.too_wide", cells = cells as usize, columns = columns as usize)))
}

#[expect(clippy::too_many_arguments, reason = "what is known of the sheet, the column, the place and the file")]
fn read_row(
    sheet: &Sheet,
    mapping: &Mapping,
    habits: &[Habits],
    merged: &merged::Merged,
    row: &Row,
    frame: &Frame,
    options: &Options,
    reading: &mut Reading,
) -> Record {
    let mut record = Record { row: row.number, ..Record::default() };
    let mut places: Vec<(&Column, &Cell)> = Vec::new();
    let mut declared = None;
    for (column, habits) in mapping.columns.iter().zip(habits) {
        let Some(target) = column.target else { continue };
        let Some(cell) = merged.cell(sheet, row, column.index) else { continue };
        let letter = || Some(column.column.clone());
        let cell = match target {
            Target::Field(field) => match options.instructions.answers.about(field, cell) {
                Some(answer) => {
                    *reading.answered.entry((field.name, answer.text.clone())).or_default() += 1;
                    let Some(cell) = &answer.cell else { continue };
                    cell
                }
                None => cell,
            },
            _ => cell,
        };
        match target {
            Target::Field(field) => match nested::read(field, cell, column, habits) {
                Ok((value, notes)) => {
                    for note in notes {
                        reading.note(
                            &sheet.name,
                            Some(row.number),
                            letter(),
                            Some(field.name),
                            Some(cell.shown()),
                            note,
                        );
                    }
                    match (field.value, value) {
                        (_, None) => {}
                        (Type::CommuneCode, Some(Value::String(text))) => record.communes.push((letter(), text)),
                        (_, Some(value)) => {
                            let earlier = record.values.get(field.name).filter(|earlier| **earlier != value);
                            if earlier.is_none() {
                                record.values.insert(field.name.into(), value);
                                continue;
                            }
                            let cells = |column: u32| merged.cell(sheet, row, column);
                            let note = doubled::differ(mapping, column, field, cells);
                            if note.severity == Severity::Error {
                                record.broken.push(field.name);
                            }
                            let shown = Some(cell.shown());
                            reading.note(&sheet.name, Some(row.number), letter(), Some(field.name), shown, note);
                        }
                    }
                }
                Err(_) if matches!(field.value, Type::Reference { .. }) => {
                    let text = cell.shown();
                    if field.name == "hamlet_id" {
                        record.hamlet = Some(text);
                    } else {
                        record.references.push((field.name, text));
                    }
                }
                Err(note) => {
                    record.broken.push(field.name);
                    reading.note(&sheet.name, Some(row.number), letter(), Some(field.name), Some(cell.shown()), note);
                }
            },
            Target::Tick(field, choice) => match cell::truth(cell) {
                Some(true) => {
                    tick(&mut record.values, field.name, choice.value, matches!(field.value, Type::SomeOf(_)))
                }
                Some(false) => {}
                None if is_placeholder(cell) => {}
                None => {
                    record.broken.push(field.name);
                    let note = Note::error(text!("type/tick", header = &column.header));
                    let shown = Some(cell.shown());
                    reading.note(&sheet.name, Some(row.number), letter(), Some(field.name), shown, note);
                }
            },
            _ if is_placeholder(cell) => {}
            Target::Id => {
                record.values.insert("id".into(), json!(cell.shown()));
            }
            Target::District => record.district = record.district.or_else(|| Some(cell.shown())),
            Target::Province => record.province = record.province.or_else(|| Some(cell.shown())),
            Target::Crs => declared = Some(cell),
            Target::Ignored => {}
            _ => places.push((column, cell)),
        }
    }
    let (place, notes) = match declared.map(|cell| frame.of_row(cell)).transpose() {
        Ok(own) => place::read(own.as_ref().unwrap_or(frame), &places),
        Err(note) => (Place::Wrong, vec![note]),
    };
    if place == Place::Wrong {
        record.broken.push("geom");
    }
    record.place = place;
    for note in notes {
        let shown = places.iter().map(|(_, cell)| cell.shown()).collect::<Vec<_>>().join(", ");
        let letter = places.first().map(|(column, _)| column.column.clone());
        reading.note(&sheet.name, Some(row.number), letter, Some("geom"), Some(shown), note);
    }
    record
}

fn is_placeholder(cell: &Cell) -> bool {
    matches!(cell, Cell::Text(text) if cell::is_placeholder(text))
}

fn tick(values: &mut Properties, field: &str, value: &str, several: bool) {
    if !several {
        values.insert(field.into(), json!(value));
    } else if let Value::Array(ticked) = values.entry(field).or_insert_with(|| json!([])) {
        ticked.push(json!(value));
    }
}
