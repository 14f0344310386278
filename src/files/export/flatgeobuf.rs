//! FlatGeobuf: one layer, with a spatial index. The crate keeps the rows in a temporary file and 60 bytes a row in memory.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Seek, Write};

use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use geozero::error::Result;
use geozero::{ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor};

use crate::files::export::shape::{is_of_lines, shape};
use crate::files::export::{Columns, text_of};
use crate::layers::Type;
use crate::postgres::row::{Cell, Row};

pub struct FlatGeobuf {
    columns: Columns,
    writer: FgbWriter<'static>,
}

impl FlatGeobuf {
    /// # Errors
    /// When no temporary file can be created.
    pub fn new(columns: Columns) -> std::result::Result<FlatGeobuf, anyhow::Error> {
        let layer = columns.layer;
        let kind = kind(layer.geometry);
        let options = FgbWriterOptions {
            // Rows of several kinds bear their own.
            detect_type: false,
            crs: FgbCrs { code: 4326, ..FgbCrs::default() },
            title: Some(columns.pick(layer.title)),
            ..FgbWriterOptions::default()
        };
        let mut writer = FgbWriter::create_with_options(layer.collection, kind, options)?;
        writer.add_column("id", ColumnType::Long, |_, column| column.nullable = false);
        for column in &columns.columns {
            let title = columns.pick(column.field.label);
            writer.add_column(&column.name(), column_type(&column.field.value), |buffer, column| {
                column.title = Some(buffer.create_string(title));
            });
        }
        Ok(FlatGeobuf { columns, writer })
    }

    /// # Errors
    /// When the temporary file cannot be written.
    pub fn row(&mut self, row: &Row) -> std::result::Result<(), anyhow::Error> {
        let fields = self.columns.columns.iter();
        let fields = fields.map(|column| (column.name(), column_type(&column.field.value), column.cell(row)));
        let id = ("id".into(), ColumnType::Long, Cow::Borrowed(&row.cells[0]));
        let mut written = Ok(());
        let properties = |feature: &mut dyn PropertyProcessor| {
            let mut all = [id].into_iter().chain(fields).enumerate();
            written = all.try_for_each(|(index, (name, of, cell))| property(feature, index, &name, of, &cell));
        };
        match shape(&row.cells[1]) {
            Some(place) => self.writer.add_feature_geom(place, |feature| properties(feature))?,
            None => self
                .writer
                .add_feature_geom(Nowhere(kind(self.columns.layer.geometry)), |feature| properties(feature))?,
        }
        Ok(written?)
    }

    /// Sorts the rows by place into a file that is deleted when its handle is closed.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(self) -> std::result::Result<File, anyhow::Error> {
        let mut file = tempfile::tempfile()?;
        let mut out = BufWriter::new(&file);
        self.writer.write(&mut out)?;
        out.flush()?;
        drop(out);
        file.rewind()?;
        Ok(file)
    }
}

/// One kind for a layer of one kind, also if it may have several parts; else each row has its own.
fn kind(geometry: &[&str]) -> GeometryType {
    match geometry {
        ["Point"] => GeometryType::Point,
        all if is_of_lines(all) => GeometryType::MultiLineString,
        all if all.iter().all(|kind| kind.ends_with("Polygon")) => GeometryType::MultiPolygon,
        _ => GeometryType::Unknown,
    }
}

fn column_type(of: &Type) -> ColumnType {
    match of {
        Type::Integer { .. } => ColumnType::Int,
        Type::Reference { .. } => ColumnType::Long,
        Type::Number { .. } => ColumnType::Double,
        Type::Boolean => ColumnType::Bool,
        Type::Date | Type::Timestamp => ColumnType::DateTime,
        _ => ColumnType::String,
    }
}

fn property(feature: &mut dyn PropertyProcessor, index: usize, name: &str, of: ColumnType, cell: &Cell) -> Result<()> {
    let text;
    let value = match (cell, of) {
        (Cell::Null, _) => return Ok(()),
        // Columns of these fields hold no more.
        (Cell::Integer(number), ColumnType::Int) => ColumnValue::Int(i32::try_from(*number).unwrap_or(i32::MAX)),
        (Cell::Integer(number), _) => ColumnValue::Long(*number),
        (Cell::Double(number), _) => ColumnValue::Double(*number),
        (Cell::Bool(value), _) => ColumnValue::Bool(*value),
        (other, of) => {
            text = text_of(other).unwrap_or_default();
            if of == ColumnType::DateTime { ColumnValue::DateTime(&text) } else { ColumnValue::String(&text) }
        }
    };
    feature.property(index, name, &value).map(|_| ())
}

/// The place of a row that has none. The format has no place of its own for it, and GDAL reads no further at one without
/// coordinates.
struct Nowhere(GeometryType);

impl GeozeroGeometry for Nowhere {
    fn process_geom<P: GeomProcessor>(&self, processor: &mut P) -> Result<()> {
        let corner = |processor: &mut P, index| processor.xy(f64::NAN, f64::NAN, index);
        match self.0 {
            GeometryType::MultiLineString => {
                processor.multilinestring_begin(1, 0)?;
                processor.linestring_begin(false, 2, 0)?;
                (0..2).try_for_each(|index| corner(processor, index))?;
                processor.linestring_end(false, 0)?;
                processor.multilinestring_end(0)
            }
            GeometryType::MultiPolygon => {
                processor.multipolygon_begin(1, 0)?;
                processor.polygon_begin(false, 1, 0)?;
                processor.linestring_begin(false, 4, 0)?;
                (0..4).try_for_each(|index| corner(processor, index))?;
                processor.linestring_end(false, 0)?;
                processor.polygon_end(false, 0)?;
                processor.multipolygon_end(0)
            }
            _ => {
                processor.point_begin(0)?;
                corner(processor, 0)?;
                processor.point_end(0)
            }
        }
    }
}
