//! The rows of a sheet as statements.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel_async::AsyncPgConnection;
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::files::sheet::{Cell, Row, Sheet, Workbook, letter};
use crate::imports::interpret::{Finding, Message, Note, Severity, fold};
use crate::input::Members;
use crate::layers::Problem;
use crate::statements::sheet::Cells;
use crate::statements::sheet::cells::{self, Habits};
use crate::statements::sheet::columns::{self, Column, Holds};
use crate::statements::sheet::named::Names;
use crate::statements::{Draft, Kind, Place, availability, baseline, indicator, value};
use crate::texts::{Text, text};

/// A header stands within these rows.
const HEADER_ROWS: usize = 20;

pub struct SheetRow {
    pub sheet: String,
    pub number: u32,
    pub cells: Cells,
    /// A cell could not be read.
    pub is_broken: bool,
    item: Map<String, Value>,
    hamlet: Option<i64>,
}

impl SheetRow {
    /// The statement of the row.
    ///
    /// # Errors
    /// Every problem, with pointers to the columns.
    pub fn draft(&self, kind: Kind, today: NaiveDate) -> Result<Draft, Error> {
        let members = Members::new(self.item.clone());
        match kind {
            Kind::Indicators => indicator::read(members),
            Kind::Values => value::read(members, None, today),
            Kind::Baselines => baseline::read(members, today),
            Kind::Availability => match self.hamlet {
                Some(id) => availability::read(members, Some(Place::Hamlet(id)), today),
                None => availability::read_of_unit(members, today),
            },
        }
    }
}

/// Where a column stands in a sheet.
struct Found {
    column: &'static Column,
    at: u32,
    habits: Habits,
}

/// Reads the rows of every sheet that has a header of the kind.
///
/// # Errors
/// 422 when no sheet has one.
pub async fn read(
    conn: &mut AsyncPgConnection,
    kind: Kind,
    workbook: &Workbook,
    today: NaiveDate,
) -> Result<(Vec<SheetRow>, Vec<Finding>), Error> {
    let mut names = Names::of(conn, kind, today).await?;
    let mut rows = Vec::new();
    let mut findings = Vec::new();
    let mut has_header = false;
    for sheet in workbook.sheets.iter().filter(|sheet| !sheet.is_hidden) {
        let Some((first, found, unread)) = header(kind, sheet) else { continue };
        has_header = true;
        for (at, header) in unread {
            let note = Note { severity: Severity::Info, ..Note::error(text!("sheet.column_unread", header)) };
            findings.push(of_cell(sheet, sheet.rows[first - 1].number, Some(letter(at)), None, None, &note));
        }
        for row in &sheet.rows[first..] {
            if found.iter().all(|found| row.cell(found.at).is_none()) {
                continue;
            }
            if let Some(on) = day_of(row, &found, today).filter(|_| kind == Kind::Availability) {
                names.read_hamlets(conn, on).await?;
            }
            rows.push(of_row(&names, sheet, row, &found, today, &mut findings));
        }
    }
    if !has_header {
        let needed = columns::of(kind).iter().filter(|column| column.is_required).map(|column| column.label);
        let text = text!("sheet.no_header", columns = needed.collect::<Vec<_>>());
        return Err(Error::Invalid(vec![Problem::in_body("", text)]));
    }
    if rows.is_empty() {
        findings.push(of_file(&text!("sheet.no_rows")));
    }
    Ok((rows, findings))
}

/// The row after the header, its columns, and the headers that are not read.
type Header = (usize, Vec<Found>, Vec<(u32, String)>);

/// The first row that names most of the required columns.
fn header(kind: Kind, sheet: &Sheet) -> Option<Header> {
    let required = columns::of(kind).iter().filter(|column| column.is_required);
    for (index, row) in sheet.rows.iter().enumerate().take(HEADER_ROWS) {
        let mut found: Vec<Found> = Vec::new();
        let mut unread = Vec::new();
        for (at, cell) in &row.cells {
            let Cell::Text(header) = cell else { continue };
            let folded = fold(header);
            let is_header = |column: &&Column| {
                [column.name, column.label.vi, column.label.en].iter().any(|name| fold(name) == folded)
                    || column.also.contains(&folded.as_str())
            };
            match columns::of(kind).iter().find(is_header) {
                Some(column) if !found.iter().any(|other| other.column.name == column.name) => {
                    let cells = sheet.rows[index + 1..].iter().filter_map(|row| row.cell(*at));
                    found.push(Found { column, at: *at, habits: Habits::of(header, cells) });
                }
                _ => unread.push((*at, header.clone())),
            }
        }
        let has = |column: &Column| found.iter().any(|found| found.column.name == column.name);
        if required.clone().filter(|column| has(column)).count() * 2 > required.clone().count() {
            return Some((index + 1, found, unread));
        }
    }
    None
}

/// The day on which the row's units are read: today if the row has none, `None` if it has one that cannot be read.
fn day_of(row: &Row, found: &[Found], today: NaiveDate) -> Option<NaiveDate> {
    let cell = |name: &&str| {
        let found = found.iter().find(|found| found.column.name == *name)?;
        Some((found, row.cell(found.at)?))
    };
    let Some((found, cell)) = ["unit_on", "as_of", "on", "period", "to"].iter().find_map(cell) else {
        return Some(today);
    };
    let value = cells::read(found.column, found.habits, cell).ok()?;
    if value.is_null() {
        return Some(today);
    }
    let value = value.as_array().and_then(|period| period.last()).unwrap_or(&value);
    Some(value.as_str()?.parse::<NaiveDate>().ok()?.min(today))
}

fn of_row(
    names: &Names,
    sheet: &Sheet,
    row: &Row,
    found: &[Found],
    today: NaiveDate,
    findings: &mut Vec<Finding>,
) -> SheetRow {
    let on = day_of(row, found, today);
    let mut read = SheetRow {
        sheet: sheet.name.clone(),
        number: row.number,
        cells: HashMap::new(),
        is_broken: false,
        item: Map::new(),
        hamlet: None,
    };
    let mut hamlet = None;
    for Found { column, at, habits } in found {
        let Some(cell) = row.cell(*at) else { continue };
        read.cells.insert(column.name, (letter(*at), cell.shown()));
        let whole =
            Some(cell).filter(|_| column.name == "value").and_then(|cell| cells::part_of_whole(cell, habits.decimal));
        let value = match whole {
            Some((part, whole)) => {
                read.item.insert("of".into(), json!(whole));
                Ok(json!(part))
            }
            None => cells::read(column, *habits, cell),
        };
        let value = value.and_then(|value| match (column.holds, value.as_str()) {
            (Holds::Unit, Some(given)) => {
                on.map_or(Ok(Value::Null), |on| names.unit(given, on).map(|unit| json!(unit)))
            }
            (Holds::Indicator, Some(given)) => Ok(json!(names.indicator(given))),
            _ => Ok(value),
        });
        match value {
            Err(note) => {
                read.is_broken = true;
                findings.push(of_cell(
                    sheet,
                    row.number,
                    Some(letter(*at)),
                    Some(column.name),
                    Some(cell.shown()),
                    &note,
                ));
            }
            Ok(Value::Null) => {}
            Ok(value) if column.name == "hamlet" => hamlet = value.as_str().map(str::to_owned),
            Ok(value) => put(&mut read.item, column, value),
        }
    }
    if let (Some(given), Some(on), false) = (hamlet, on, read.is_broken) {
        let commune = read.item.shift_remove("unit");
        let commune = commune.as_ref().and_then(Value::as_str).and_then(|unit| unit.split('@').next());
        match names.hamlet(&given, commune, on) {
            Ok(id) => read.hamlet = Some(id),
            Err(note) => {
                read.is_broken = true;
                let column = read.cells.get("hamlet").map(|(column, _)| column.clone());
                findings.push(of_cell(sheet, row.number, column, Some("hamlet"), Some(given), &note));
            }
        }
    }
    read
}

/// Puts a value of a column into a statement.
fn put(item: &mut Map<String, Value>, column: &Column, value: Value) {
    let (name, language) = match column.name {
        "period" => {
            let day = |nth: usize| value[nth].clone();
            item.insert("from".into(), day(0));
            item.insert("to".into(), day(1));
            return;
        }
        "unit_on" => return,
        "sentence_vi" => ("sentence", "vi"),
        "sentence_en" => ("sentence", "en"),
        "unit_vi" => ("unit_label", "vi"),
        "unit_en" => ("unit_label", "en"),
        name => {
            item.insert(name.into(), value);
            return;
        }
    };
    let names = item.entry(name).or_insert_with(|| json!({}));
    names[language] = value;
}

/// The column that holds a member of a statement.
pub fn column_of<'a>(field: &'a str, cells: &Cells) -> &'a str {
    match field {
        "sentence" => "sentence_vi",
        "unit_label" => "unit_vi",
        "period" | "from" | "to" if cells.contains_key("period") => "period",
        "unit" if !cells.contains_key("unit") => "hamlet",
        field => field,
    }
}

pub fn of_file(text: &Text) -> Finding {
    Finding::of_file(&Note::error(text.clone()))
}

fn of_cell(
    sheet: &Sheet,
    row: u32,
    column: Option<String>,
    field: Option<&str>,
    value: Option<String>,
    note: &Note,
) -> Finding {
    Finding {
        sheet: sheet.name.clone(),
        row: Some(row),
        column,
        field: field.map(str::to_owned),
        code: note.code.into(),
        severity: note.severity,
        message: Message { vi: note.text.vi(), en: note.text.en() },
        value,
        suggestion: note.suggestion.clone(),
    }
}
