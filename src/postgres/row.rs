//! Rows with any columns, decoded from PostgreSQL's binary format by type, and written as JSON.

use std::io::Write;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::pg::{Pg, PgValue};
use diesel::row::{Field as _, NamedRow};
use diesel::sql_types::{Array, BigInt, Bool, Date, Double, Integer, Jsonb, Text, Timestamptz};
use postgis_diesel::sql_types::Geometry;
use postgis_diesel::types::{GeometryContainer, LineString, Point, Polygon};
use serde_json::Value;

use crate::conditions;
use crate::layers::Class;
use crate::layers::geometry::rounded;

#[derive(Debug, Clone)]
pub enum Cell {
    Null,
    Text(String),
    Texts(Vec<Option<String>>),
    Integer(i64),
    Double(f64),
    Bool(bool),
    Date(NaiveDate),
    Moment(DateTime<Utc>),
    Json(Value),
    Geometry(GeometryContainer<Point>),
}

/// The values of a row, in the order of the select list.
#[derive(Debug, Clone)]
pub struct Row {
    pub cells: Vec<Cell>,
}

impl Row {
    /// The class of fields that a row of items shows: its last cell.
    pub fn class(&self) -> Class {
        self.cells.last().and_then(Cell::as_class).unwrap_or(Class::Public)
    }
}

impl QueryableByName<Pg> for Row {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        let mut cells = Vec::with_capacity(row.field_count());
        for index in 0..row.field_count() {
            let field = diesel::row::Row::get(row, index).ok_or("a row ended early")?;
            cells.push(match field.value() {
                None => Cell::Null,
                Some(value) => decode(value)?,
            });
        }
        Ok(Row { cells })
    }
}

/// A class, from the number that a view gives it in SQL.
impl FromSql<Integer, Pg> for Class {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Class> {
        Ok(class_of(<i32 as FromSql<Integer, Pg>>::from_sql(value)?.into()))
    }
}

fn class_of(number: i64) -> Class {
    match number {
        2 => Class::Restricted,
        1 => Class::Internal,
        _ => Class::Public,
    }
}

/// The OIDs are those of PostgreSQL's catalogue (`pg_type.dat`), the same in every database. A geometry has no
/// fixed OID.
fn decode(value: PgValue<'_>) -> deserialize::Result<Cell> {
    Ok(match value.get_oid().get() {
        16 => Cell::Bool(FromSql::<Bool, Pg>::from_sql(value)?),
        20 => Cell::Integer(FromSql::<BigInt, Pg>::from_sql(value)?),
        23 => Cell::Integer(<i32 as FromSql<Integer, Pg>>::from_sql(value)?.into()),
        25 | 1043 => Cell::Text(FromSql::<Text, Pg>::from_sql(value)?),
        701 => Cell::Double(FromSql::<Double, Pg>::from_sql(value)?),
        1009 => Cell::Texts(FromSql::<Array<diesel::sql_types::Nullable<Text>>, Pg>::from_sql(value)?),
        1082 => Cell::Date(FromSql::<Date, Pg>::from_sql(value)?),
        1184 => Cell::Moment(FromSql::<Timestamptz, Pg>::from_sql(value)?),
        3802 => Cell::Json(FromSql::<Jsonb, Pg>::from_sql(value)?),
        _ => Cell::Geometry(FromSql::<Geometry, Pg>::from_sql(value)?),
    })
}

impl Cell {
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Cell::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// The class that a view gave as a number.
    pub fn as_class(&self) -> Option<Class> {
        self.as_integer().map(class_of)
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Cell::Text(value) => Some(value),
            _ => None,
        }
    }

    /// The value as conditions use it; `None` for null, and for arrays, JSON and geometries.
    pub fn to_value(&self) -> Option<conditions::Value> {
        Some(match self {
            Cell::Text(text) => conditions::Value::Text(text.clone()),
            Cell::Integer(number) => conditions::Value::Integer(*number),
            Cell::Double(number) => conditions::Value::Number(*number),
            Cell::Bool(value) => conditions::Value::Boolean(*value),
            Cell::Date(date) => conditions::Value::Date(*date),
            Cell::Moment(moment) => conditions::Value::Instant(*moment),
            Cell::Null | Cell::Texts(_) | Cell::Json(_) | Cell::Geometry(_) => return None,
        })
    }

    /// The geometry; `None` where there is no place.
    pub fn geometry(&self) -> Option<geo::Geometry> {
        let Cell::Geometry(geometry) = self else { return None };
        Some(match geometry {
            GeometryContainer::Point(point) => geo::Geometry::Point(position(point).into()),
            GeometryContainer::LineString(of) => geo::Geometry::LineString(line(&of.points)),
            GeometryContainer::Polygon(of) => geo::Geometry::Polygon(polygon(of)),
            GeometryContainer::MultiPoint(of) => geo::Geometry::MultiPoint(geo::MultiPoint(
                of.points.iter().map(|point| position(point).into()).collect(),
            )),
            GeometryContainer::MultiLineString(of) => geo::Geometry::MultiLineString(geo::MultiLineString(
                of.lines.iter().map(|of| line(&of.points)).collect(),
            )),
            GeometryContainer::MultiPolygon(of) => {
                geo::Geometry::MultiPolygon(geo::MultiPolygon(of.polygons.iter().map(polygon).collect()))
            }
            // No column holds a collection.
            GeometryContainer::GeometryCollection(_) => return None,
        })
    }

    /// Appends the value as JSON; a geometry as GeoJSON with at most 7 decimals.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        match self {
            Cell::Null => out.extend_from_slice(b"null"),
            Cell::Text(text) => write_json(out, text),
            Cell::Texts(texts) => write_json(out, texts),
            Cell::Integer(number) => write_json(out, number),
            Cell::Double(number) => write_json(out, number),
            Cell::Bool(value) => write_json(out, value),
            Cell::Date(date) => write_json(out, date),
            Cell::Moment(moment) => write_json(out, &moment.to_rfc3339_opts(SecondsFormat::Millis, true)),
            Cell::Json(value) => write_json(out, value),
            Cell::Geometry(geometry) => write_geometry(out, geometry),
        }
    }

    /// The value as JSON.
    pub fn to_json(&self) -> Value {
        let mut out = Vec::new();
        self.write_json(&mut out);
        serde_json::from_slice(&out).expect("what was written is JSON")
    }
}

fn position(point: &Point) -> geo::Coord {
    geo::Coord { x: point.x, y: point.y }
}

fn line(points: &[Point]) -> geo::LineString {
    geo::LineString(points.iter().map(position).collect())
}

fn polygon(of: &Polygon<Point>) -> geo::Polygon {
    let mut rings = of.rings.iter().map(|ring| line(ring));
    let outer = rings.next().unwrap_or_else(|| geo::LineString(Vec::new()));
    geo::Polygon::new(outer, rings.collect())
}

/// Removes the CRS from a geometry that PostgreSQL wrote as JSON: PostGIS adds it, but RFC 7946 does not have it.
pub fn without_crs(mut value: Value) -> Value {
    if let Value::Object(geometry) = &mut value {
        geometry.remove("crs");
    }
    value
}

fn write_json(out: &mut Vec<u8>, value: &impl serde::Serialize) {
    serde_json::to_writer(out, value).expect("writing to memory does not fail");
}

fn write_geometry(out: &mut Vec<u8>, geometry: &GeometryContainer<Point>) {
    let mut with_type = |name: &str, write: &dyn Fn(&mut Vec<u8>)| {
        let _ = write!(out, "{{\"type\":\"{name}\",\"coordinates\":");
        write(out);
        out.push(b'}');
    };
    match geometry {
        GeometryContainer::Point(point) => with_type("Point", &|out| write_position(out, point)),
        GeometryContainer::LineString(line) => with_type("LineString", &|out| write_line(out, line)),
        GeometryContainer::Polygon(polygon) => with_type("Polygon", &|out| write_polygon(out, polygon)),
        GeometryContainer::MultiPoint(multi) => {
            with_type("MultiPoint", &|out| write_array(out, &multi.points, write_position));
        }
        GeometryContainer::MultiLineString(multi) => {
            with_type("MultiLineString", &|out| write_array(out, &multi.lines, write_line));
        }
        GeometryContainer::MultiPolygon(multi) => {
            with_type("MultiPolygon", &|out| write_array(out, &multi.polygons, write_polygon));
        }
        // No column holds a collection.
        GeometryContainer::GeometryCollection(_) => out.extend_from_slice(b"null"),
    }
}

fn write_array<T>(out: &mut Vec<u8>, items: &[T], write: fn(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

#[expect(clippy::ptr_arg, reason = "the shape that write_array takes")]
fn write_ring(out: &mut Vec<u8>, ring: &Vec<Point>) {
    write_array(out, ring, write_position);
}

fn write_line(out: &mut Vec<u8>, line: &LineString<Point>) {
    write_array(out, &line.points, write_position);
}

fn write_polygon(out: &mut Vec<u8>, polygon: &Polygon<Point>) {
    write_array(out, &polygon.rings, write_ring);
}

fn write_position(out: &mut Vec<u8>, point: &Point) {
    write_json(out, &[rounded(point.x), rounded(point.y)]);
}
