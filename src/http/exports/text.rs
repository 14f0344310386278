//! Export formats that are written row by row.

use crate::access::View;
use crate::files::export::{Columns, Csv, Format, Kml};
use crate::http::feature;
use crate::postgres::row::Row;

/// A writer for one of the formats.
pub enum Text {
    Csv(Csv),
    Kml(Kml),
    Geojson,
    Geojsonseq,
}

impl Text {
    /// Chooses the writer. A workbook is not written row by row, so `Xlsx` is treated as CSV here.
    pub fn new(format: Format, columns: Columns) -> Text {
        match format {
            Format::Csv | Format::Xlsx => Text::Csv(Csv::new(columns)),
            Format::Kml => Text::Kml(Kml::new(columns)),
            Format::Geojson => Text::Geojson,
            Format::Geojsonseq => Text::Geojsonseq,
        }
    }

    pub fn head(&self, out: &mut Vec<u8>) {
        match self {
            Text::Csv(csv) => csv.head(out),
            Text::Kml(kml) => kml.head(out),
            Text::Geojson => out.extend_from_slice(b"{\"type\":\"FeatureCollection\",\"features\":[\n"),
            Text::Geojsonseq => {}
        }
    }

    pub fn row(&self, out: &mut Vec<u8>, view: &View<'_>, row: &Row, is_first: bool) {
        match self {
            Text::Csv(csv) => csv.row(out, row),
            Text::Kml(kml) => kml.row(out, row),
            Text::Geojson => {
                out.extend_from_slice(if is_first { b"" } else { b",\n" });
                feature::write(out, view, row, &[]);
            }
            Text::Geojsonseq => {
                out.push(0x1e);
                feature::write(out, view, row, &[]);
                out.push(b'\n');
            }
        }
    }

    pub fn tail(&self, out: &mut Vec<u8>) {
        match self {
            Text::Csv(_) | Text::Geojsonseq => {}
            Text::Kml(kml) => kml.tail(out),
            Text::Geojson => out.extend_from_slice(b"\n]}\n"),
        }
    }
}
