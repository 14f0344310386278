//! Export formats that are written row by row.

use serde_json::json;

use crate::files::export::{Columns, Csv, Format, Kml, write_feature};
use crate::layers::NamedCrs;
use crate::postgres::row::Row;

/// A writer for one of the formats.
pub enum Text {
    Csv(Csv),
    Kml(Kml),
    Geojson(Columns, &'static NamedCrs),
    Geojsonseq(Columns),
}

impl Text {
    /// Chooses the writer. What is not written row by row is treated as CSV here.
    pub fn new(format: Format, columns: Columns, crs: &'static NamedCrs) -> Text {
        match format {
            Format::Kml => Text::Kml(Kml::new(columns)),
            Format::Geojson => Text::Geojson(columns, crs),
            Format::Geojsonseq => Text::Geojsonseq(columns),
            _ => Text::Csv(Csv::new(columns)),
        }
    }

    pub fn head(&self, out: &mut Vec<u8>) {
        match self {
            Text::Csv(csv) => csv.head(out),
            Text::Kml(kml) => kml.head(out),
            Text::Geojson(_, crs) => {
                out.extend_from_slice(b"{\"type\":\"FeatureCollection\",");
                if *crs != NamedCrs::crs84() {
                    let name = format!("urn:ogc:def:crs:EPSG::{}", crs.crs().epsg());
                    let member = json!({"type": "name", "properties": {"name": name}});
                    out.extend_from_slice(format!("\"crs\":{member},").as_bytes());
                }
                out.extend_from_slice(b"\"features\":[\n");
            }
            Text::Geojsonseq(_) => {}
        }
    }

    pub fn row(&self, out: &mut Vec<u8>, row: &Row, is_first: bool) {
        match self {
            Text::Csv(csv) => csv.row(out, row),
            Text::Kml(kml) => kml.row(out, row),
            Text::Geojson(columns, _) => {
                out.extend_from_slice(if is_first { b"" } else { b",\n" });
                write_feature(out, columns, row, &[]);
            }
            Text::Geojsonseq(columns) => {
                out.push(0x1e);
                write_feature(out, columns, row, &[]);
                out.push(b'\n');
            }
        }
    }

    pub fn tail(&self, out: &mut Vec<u8>) {
        match self {
            Text::Csv(_) | Text::Geojsonseq(_) => {}
            Text::Kml(kml) => kml.tail(out),
            Text::Geojson(..) => out.extend_from_slice(b"\n]}\n"),
        }
    }
}
