//! GeoPackage 1.3 (OGC 12-128r18): a table a layer, in a temporary SQLite file.

use std::fs::File;

use chrono::NaiveDate;
use geo::{BoundingRect, Rect};
use geozero::{CoordDimensions, ToWkb};
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use tempfile::TempPath;

use crate::files::export::shape::{is_of_lines, shape, united};
use crate::files::export::{Columns, text_of};
use crate::layers::Type;
use crate::postgres::row::{Cell, Row};

/// The reference systems that every GeoPackage lists, and the table of tables.
const BEGIN: &str = "
pragma journal_mode = off;
pragma synchronous = off;
pragma application_id = 0x47504B47;
pragma user_version = 10300;
create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer primary key, organization text not null,
  organization_coordsys_id integer not null, definition text not null, description text);
insert into gpkg_spatial_ref_sys values
  ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', null),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', null),
  ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563,AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],AUTHORITY[\"EPSG\",\"4326\"]]', null);
create table gpkg_contents (table_name text not null primary key, data_type text not null, identifier text unique,
  description text default '', last_change datetime not null,
  min_x double, min_y double, max_x double, max_y double, srs_id integer references gpkg_spatial_ref_sys (srs_id));
create table gpkg_geometry_columns (table_name text not null references gpkg_contents (table_name),
  column_name text not null, geometry_type_name text not null, srs_id integer not null references gpkg_spatial_ref_sys (srs_id),
  z tinyint not null, m tinyint not null, primary key (table_name, column_name));
begin;
";

pub struct GeoPackage {
    connection: Connection,
    path: TempPath,
    today: NaiveDate,
    /// The layer that is being written, with its insert.
    open: Option<Table>,
}

struct Table {
    columns: Columns,
    insert: String,
    extent: Option<Rect>,
}

impl GeoPackage {
    /// `today` is what the file says of its last change, so that the same rows give the same file.
    ///
    /// # Errors
    /// When no temporary file can be created.
    pub fn new(today: NaiveDate) -> Result<GeoPackage, anyhow::Error> {
        let path = tempfile::Builder::new().suffix(".gpkg").tempfile()?.into_temp_path();
        let connection = Connection::open(&path)?;
        connection.execute_batch(BEGIN)?;
        Ok(GeoPackage { connection, path, today, open: None })
    }

    /// Begins the table of a layer. Rows belong to the layer begun last.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn begin(&mut self, columns: Columns) -> Result<(), anyhow::Error> {
        let layer = columns.layer;
        let table = layer.table();
        let kind = match layer.geometry {
            [one] => one.to_ascii_uppercase(),
            all if is_of_lines(all) => "MULTILINESTRING".to_owned(),
            _ => "GEOMETRY".to_owned(),
        };
        // Names come from layers only.
        let fields: String = columns
            .columns
            .iter()
            .map(|column| format!(", \"{}\" {}", column.name(), sql_type(&column.field.value)))
            .collect();
        self.connection
            .execute(&format!("create table \"{table}\" (id INTEGER PRIMARY KEY, geom {kind}{fields})"), [])?;
        self.connection.execute(
            "insert into gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) \
             values (?, 'features', ?, ?, ?, 4326)",
            params![table, layer.collection, columns.pick(layer.title), format!("{}T00:00:00.000Z", self.today)],
        )?;
        self.connection
            .execute("insert into gpkg_geometry_columns values (?, 'geom', ?, 4326, 0, 0)", params![table, kind])?;
        let places = ", ?".repeat(columns.columns.len());
        let insert = format!("insert into \"{table}\" values (?, ?{places})");
        self.end()?;
        self.open = Some(Table { columns, insert, extent: None });
        Ok(())
    }

    /// # Errors
    /// When the file cannot be written.
    pub fn row(&mut self, row: &Row) -> Result<(), anyhow::Error> {
        let Some(Table { columns, insert, extent }) = &mut self.open else { return Ok(()) };
        let several = is_of_lines(columns.layer.geometry);
        let place = shape(&row.cells[1]).map(|place| match place {
            geo::Geometry::LineString(line) if several => geo::MultiLineString(vec![line]).into(),
            place => place,
        });
        if let Some(own) = place.as_ref().and_then(BoundingRect::bounding_rect) {
            *extent = Some(extent.map_or(own, |extent| united(extent, own)));
        }
        let place = place.map(|place| place.to_gpkg_wkb(CoordDimensions::xy(), Some(4326), Vec::new())).transpose()?;
        let fields = columns.columns.iter().map(|column| value(&column.cell(row)));
        let place = place.map_or(Value::Null, Value::Blob);
        let values = [value(&row.cells[0]), place].into_iter().chain(fields);
        self.connection.prepare_cached(&*insert)?.execute(params_from_iter(values))?;
        Ok(())
    }

    /// Says where the rows of the open table are.
    fn end(&mut self) -> Result<(), anyhow::Error> {
        if let Some((Table { columns, .. }, extent)) =
            self.open.take().and_then(|open| open.extent.map(|of| (open, of)))
        {
            let (min, max) = (extent.min(), extent.max());
            self.connection.execute(
                "update gpkg_contents set min_x = ?, min_y = ?, max_x = ?, max_y = ? where table_name = ?",
                params![min.x, min.y, max.x, max.y, columns.layer.table()],
            )?;
        }
        Ok(())
    }

    /// The file, which is deleted when its handle is closed.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self) -> Result<File, anyhow::Error> {
        self.end()?;
        self.connection.execute_batch("commit")?;
        self.connection.close().map_err(|(_, error)| error)?;
        Ok(File::open(&self.path)?)
    }
}

fn sql_type(of: &Type) -> &'static str {
    match of {
        Type::Integer { .. } => "MEDIUMINT",
        Type::Reference { .. } => "INTEGER",
        Type::Number { .. } => "DOUBLE",
        Type::Boolean => "BOOLEAN",
        Type::Date => "DATE",
        Type::Timestamp => "DATETIME",
        _ => "TEXT",
    }
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => Value::Integer(*number),
        Cell::Double(number) => Value::Real(*number),
        Cell::Bool(value) => Value::Integer((*value).into()),
        Cell::Moment(moment) => Value::Text(moment.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()),
        other => text_of(other).map_or(Value::Null, Value::Text),
    }
}
