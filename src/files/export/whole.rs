//! Files that can be sent only when they are complete.

use std::fs::File;

use chrono::NaiveDate;

use crate::files::export::flatgeobuf::FlatGeobuf;
use crate::files::export::{About, Columns, Format, GeoPackage, Xlsx};
use crate::postgres::row::Row;

/// A file that is being written.
pub enum Whole {
    Xlsx(Box<Xlsx>),
    FlatGeobuf(Box<FlatGeobuf>),
    GeoPackage(Box<GeoPackage>),
}

impl Whole {
    /// A file of one layer. A format that is sent row by row has no such file; a workbook stands for it.
    ///
    /// # Errors
    /// When no temporary file can be created.
    pub fn new(format: Format, columns: Columns, today: NaiveDate) -> Result<Whole, anyhow::Error> {
        Ok(match format {
            Format::FlatGeobuf => Whole::FlatGeobuf(Box::new(FlatGeobuf::new(columns)?)),
            Format::GeoPackage => {
                let mut package = GeoPackage::new(today)?;
                package.begin(columns)?;
                Whole::GeoPackage(Box::new(package))
            }
            _ => Whole::Xlsx(Box::new(Xlsx::new(columns)?)),
        })
    }

    /// # Errors
    /// When the temporary file cannot be written.
    pub fn row(&mut self, row: &Row) -> Result<(), anyhow::Error> {
        match self {
            Whole::Xlsx(xlsx) => Ok(xlsx.row(row)?),
            Whole::FlatGeobuf(file) => file.row(row),
            Whole::GeoPackage(package) => package.row(row),
        }
    }

    /// The file, which is deleted when its handle is closed. A workbook says what it is about on a sheet of its own.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(self, about: About) -> Result<File, anyhow::Error> {
        match self {
            Whole::Xlsx(xlsx) => xlsx.finish(about),
            Whole::FlatGeobuf(file) => file.finish(),
            Whole::GeoPackage(package) => package.finish(),
        }
    }
}
