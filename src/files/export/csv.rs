//! CSV (RFC 4180) in UTF-8 with a byte order mark; without the mark Excel assumes another encoding.

use csv::{Terminator, WriterBuilder};
use postgis_diesel::types::GeometryContainer;

use crate::files::export::{Columns, text_of};
use crate::files::formula::neutralise;
use crate::layers::geometry::rounded;
use crate::postgres::row::{Cell, Row};

/// Writes field names as header and enumerations as codes, for programs and for the importer.
pub struct Csv {
    columns: Columns,
}

impl Csv {
    pub fn new(columns: Columns) -> Csv {
        Csv { columns }
    }

    pub fn head(&self, out: &mut Vec<u8>) {
        out.extend_from_slice("\u{feff}".as_bytes());
        let places: &[&str] = match (self.columns.has_place, self.columns.of_points()) {
            (false, _) => &[],
            (true, true) => &["lon", "lat"],
            (true, false) => &["geometry"],
        };
        let names = self.columns.columns.iter().map(|column| column.name().into_owned());
        let (id, places) = (["id".to_owned()], places.iter().map(|&place| place.to_owned()));
        record(out, id.into_iter().chain(names).chain(places));
    }

    pub fn row(&self, out: &mut Vec<u8>, row: &Row) {
        let value = |cell: &Cell| match cell {
            Cell::Text(text) => neutralise(text).into_owned(),
            other => text_of(other).unwrap_or_default(),
        };
        let place = match (&row.cells[1], self.columns.of_points()) {
            _ if !self.columns.has_place => Vec::new(),
            (Cell::Geometry(GeometryContainer::Point(point)), true) => {
                vec![rounded(point.x).to_string(), rounded(point.y).to_string()]
            }
            (_, true) => vec![String::new(); 2],
            (geometry, false) => vec![text_of(geometry).unwrap_or_default()],
        };
        let fields = self.columns.columns.iter().map(|column| value(&column.cell(row)));
        record(out, [value(&row.cells[0])].into_iter().chain(fields).chain(place));
    }
}

fn record(out: &mut Vec<u8>, cells: impl Iterator<Item = String>) {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    writer.write_record(cells.map(String::into_bytes)).expect("writing to memory does not fail");
    writer.flush().expect("writing to memory does not fail");
}
