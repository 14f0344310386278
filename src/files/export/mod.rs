//! Exports: the rows of a layer as files for other programs. Texts are sent row by row; others are first written to a
//! file.

pub mod book;
mod columns;
mod csv;
mod feature;
mod flatgeobuf;
mod geopackage;
mod kml;
pub mod report;
mod shape;
mod whole;
mod xlsx;

use chrono::SecondsFormat;

use crate::postgres::row::Cell;
use crate::time::in_vietnam;

pub use columns::{Column, Columns};
pub use csv::Csv;
pub use feature::write_feature;
pub use geopackage::GeoPackage;
pub use kml::Kml;
pub use whole::Whole;
pub use xlsx::{About, Xlsx};

/// A format in which a whole layer can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
    /// One FeatureCollection of all rows.
    Geojson,
    /// One feature a line, each after a record separator (RFC 8142).
    Geojsonseq,
    Kml,
    FlatGeobuf,
    GeoPackage,
}

impl Format {
    pub const ALL: [Format; 7] = [
        Format::Csv,
        Format::Xlsx,
        Format::Geojson,
        Format::Geojsonseq,
        Format::Kml,
        Format::FlatGeobuf,
        Format::GeoPackage,
    ];

    /// The value of the parameter `f`, and the ending of file names.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Geojson => "geojson",
            Format::Geojsonseq => "geojsonseq",
            Format::Kml => "kml",
            Format::FlatGeobuf => "fgb",
            Format::GeoPackage => "gpkg",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Geojson => "application/geo+json",
            Format::Geojsonseq => "application/geo+json-seq",
            Format::Kml => "application/vnd.google-earth.kml+xml",
            Format::FlatGeobuf => "application/vnd.flatgeobuf",
            Format::GeoPackage => "application/geopackage+sqlite3",
        }
    }

    /// Whether it is sent row by row. Others have words of the reader's language, and are sent when they are complete.
    pub fn is_streamed(self) -> bool {
        matches!(self, Format::Csv | Format::Geojson | Format::Geojsonseq | Format::Kml)
    }

    pub fn of_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// A value as text. Several values of an enumeration are separated by semicolons.
fn text_of(cell: &Cell) -> Option<String> {
    Some(match cell {
        Cell::Null => return None,
        Cell::Text(text) => text.clone(),
        Cell::Texts(texts) => texts.iter().flatten().map(String::as_str).collect::<Vec<_>>().join("; "),
        Cell::Integer(number) => number.to_string(),
        Cell::Double(number) => number.to_string(),
        Cell::Bool(value) => value.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Moment(moment) => in_vietnam(*moment).to_rfc3339_opts(SecondsFormat::Secs, false),
        Cell::Json(value) => value.to_string(),
        Cell::Geometry(_) => cell.to_json().to_string(),
    })
}
