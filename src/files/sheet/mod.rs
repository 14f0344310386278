//! Reads files of any format into sheets of cells. [`import`](crate::imports::interpret) interprets the cells.

mod archive;
mod clean;
mod csv;
mod encoding;
mod geojson;
mod kml;
mod legacy;
mod markup;
mod promises;
mod remark;
mod xlsx;

use std::panic::catch_unwind;

use chrono::NaiveDate;
use serde_json::Value;

use crate::files::formula::restore;
use crate::input::measure;
use crate::layers::value::is_blank;
use crate::layers::{Crs, Problem};
use crate::texts::{Text, text};

pub use archive::INFLATED_LIMIT;
pub use remark::{Remark, Weight};

/// A file that was sent, read into memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Workbook {
    pub format: Format,
    pub sheets: Vec<Sheet>,
    pub remarks: Vec<Remark>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// Empty if the format has only one sheet.
    pub name: String,
    /// In order, without blank rows.
    pub rows: Vec<Row>,
    pub merges: Vec<Merge>,
    pub is_hidden: bool,
    /// The system that the file itself declares for its geometries.
    pub crs: Option<Crs>,
    /// How many cells the first rows of a text have as written, empty ones too. Other formats have no such width.
    pub widths: Vec<u32>,
    /// Whether numbers count days from 1904, as in workbooks of Excel for Mac, and not from 1900.
    pub date_1904: bool,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// Counts from 1 as the sender sees it: the row of a sheet, the line of a text, the number of a feature.
    pub number: u32,
    /// Only cells with content, by column from 0: a cell at XFD1048576 costs no more than one at A1.
    pub cells: Vec<(u32, Cell)>,
}

/// Merged cells: rows from 1, columns from 0, inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    pub rows: (u32, u32),
    pub columns: (u32, u32),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Clean, as the register stores texts, and not empty.
    Text(String),
    Number(f64),
    Bool(bool),
    Date(NaiveDate),
    /// A GeoJSON geometry, or another object of JSON.
    Geometry(Box<Value>),
    /// An error such as `#REF!`.
    Failed(String),
    /// A formula without a computed value.
    Uncomputed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Xlsx,
    Csv,
    Geojson,
    Kml,
}

/// Files with more rows or cells than this are rejected: they would need more memory than an import may take, which is
/// some 300 bytes a cell.
pub const MAX_ROWS: usize = 250_000;
pub const MAX_CELLS: usize = 1_500_000;

/// The most separators of a text: a geometry in a cell has many, and is not counted as cells.
const MAX_SEPARATORS: usize = 2 * MAX_CELLS;

/// The code of the remark about a file that is only a part of a list.
const PART: &str = "file.part";

/// A workbook with this defined name holds only the rows that a commit left.
pub const PART_MARK: &str = "_hatang_part";

/// Texts with more columns are no tables. Finding a header among them would take minutes.
pub const MAX_COLUMNS: usize = 2000;

/// Reads a file. Its content decides the format; names and media types are often wrong.
///
/// # Errors
/// Why the file cannot be read at all.
pub fn read(bytes: &[u8]) -> Result<Workbook, Problem> {
    let mut workbook = read_format(bytes)?;
    clean::clean(&mut workbook);
    Ok(workbook)
}

fn read_format(bytes: &[u8]) -> Result<Workbook, Problem> {
    if bytes.starts_with(b"PK\x03\x04") {
        let archive = archive::inspect(bytes)?;
        if !archive.kml.is_empty() {
            return kml::read_zipped(bytes, &archive.kml);
        }
        // A library that panics on a file refuses it.
        return catch_unwind(|| xlsx::read(bytes, &archive)).unwrap_or_else(|_| Err(refused(text!("file.damaged"))));
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(refused(text!("file.format/xls")));
    }
    if measure::separators(bytes) > MAX_SEPARATORS {
        return Err(too_large());
    }
    let (text, encoding) = encoding::decode(bytes)?;
    // A GeoJSON sequence puts a record separator before each text (RFC 8142).
    let mut workbook =
        match text.trim_start_matches(|c: char| c.is_whitespace() || c == geojson::SEPARATOR).chars().next() {
            Some('{' | '[') => geojson::read(&text)?,
            Some('<') => kml::read(&text)?,
            Some(_) => csv::read(&text)?,
            None => return Err(refused(text!("file.empty"))),
        };
    workbook.remarks.extend(encoding);
    Ok(workbook)
}

impl Workbook {
    /// Whether the file itself says that it is only a part of a list.
    pub fn is_part(&self) -> bool {
        self.remarks.iter().any(|remark| remark.text.code() == PART)
    }
}

impl Sheet {
    /// The width as written of a row near the top of a text file.
    pub fn width(&self, number: u32) -> Option<u32> {
        let index = self.rows.binary_search_by_key(&number, |row| row.number).ok()?;
        let last = self.rows[index].cells.last().map_or(0, |(column, _)| column + 1);
        self.widths.get(index).map(|width| last.max(*width))
    }

    pub fn row(&self, number: u32) -> Option<&Row> {
        self.rows.binary_search_by_key(&number, |row| row.number).ok().map(|index| &self.rows[index])
    }
}

impl Row {
    pub fn cell(&self, column: u32) -> Option<&Cell> {
        self.cells.binary_search_by_key(&column, |(at, _)| *at).ok().map(|index| &self.cells[index].1)
    }

    /// Sets a cell, or empties it.
    pub fn put(&mut self, column: u32, cell: Option<Cell>) {
        let found = self.cells.binary_search_by_key(&column, |(at, _)| *at);
        match (found, cell) {
            (Ok(at), Some(cell)) => self.cells[at].1 = cell,
            (Ok(at), None) => drop(self.cells.remove(at)),
            (Err(at), Some(cell)) => self.cells.insert(at, (column, cell)),
            (Err(_), None) => {}
        }
    }
}

impl Cell {
    /// A text cell as it was read; `None` when the text is blank. [`read`] cleans it.
    pub fn text(text: &str) -> Option<Cell> {
        let text = trimmed(text);
        (!text.is_empty()).then(|| Cell::Text(text.to_owned()))
    }

    /// The same for a spreadsheet file: restores a text that an export disarmed (`'=1+1`).
    fn disarmed(text: &str) -> Option<Cell> {
        Cell::text(restore(trimmed(text)))
    }

    /// Roughly what the sender sees in the cell.
    pub fn shown(&self) -> String {
        match self {
            Cell::Text(text) | Cell::Failed(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::Bool(value) => value.to_string(),
            Cell::Date(date) => date.to_string(),
            Cell::Geometry(geometry) => geometry.to_string(),
            Cell::Uncomputed => "=".into(),
        }
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// The name of a column in a spreadsheet: A, Z, AA.
pub fn letter(column: u32) -> String {
    let mut letters = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.insert(0, char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters
}

/// The number of a column from 0, by its name in a spreadsheet.
pub fn index(letters: &str) -> Option<u32> {
    let number = letters.bytes().try_fold(0_u32, |number, letter| {
        let digit = letter.is_ascii_uppercase().then(|| u32::from(letter - b'A') + 1)?;
        number.checked_mul(26)?.checked_add(digit)
    })?;
    number.checked_sub(1)
}

/// A cell by its reference: `B7` is row 7, column 1. Dollars are skipped.
pub fn position(reference: &str) -> Option<(u32, u32)> {
    let reference = reference.replace('$', "").to_ascii_uppercase();
    let (letters, digits) = reference.split_at(reference.find(|c: char| c.is_ascii_digit())?);
    Some((digits.parse().ok()?, index(letters)?))
}

/// The problem of a file that is rejected as a whole.
fn refused(text: Text) -> Problem {
    Problem::in_body("", text)
}

fn too_large() -> Problem {
    refused(text!("file.too_large", rows = MAX_ROWS, cells = MAX_CELLS, columns = MAX_COLUMNS))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        assert_eq!([0, 25, 26, 701, 702, 16_383].map(letter), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
        assert_eq!(["A", "XFD", "", "a1"].map(index), [Some(0), Some(16_383), None, None]);
    }

    #[test]
    fn old_excel_and_empty_files_are_refused_with_advice() {
        assert_eq!(read(&[0xD0, 0xCF, 0x11, 0xE0, 0]).unwrap_err().code, "file.format");
        assert_eq!(read(b" \n").unwrap_err().code, "file.empty");
    }

    #[test]
    fn disarmed_formula_is_the_text_it_was() {
        assert_eq!(Cell::disarmed("'=1+1"), Some(Cell::Text("=1+1".into())));
        assert_eq!(Cell::disarmed("'quoted'"), Some(Cell::Text("'quoted'".into())));
        assert_eq!(Cell::text("'=1+1"), Some(Cell::Text("'=1+1".into())));
        assert_eq!(Cell::text(" \u{a0} "), None);
    }

    proptest! {
        #[test]
        fn no_bytes_stop_a_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[<>/a\",;&\n{}\\[\\]: 1.]{0,80}") {
            let _ = read(&bytes);
            let _ = read(text.as_bytes());
            let _ = read(format!("<kml><Placemark>{text}</Placemark></kml>").as_bytes());
            let _ = read(&[b"PK\x03\x04", bytes.as_slice()].concat());
        }
    }
}
