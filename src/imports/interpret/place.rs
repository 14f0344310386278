//! Reads the place of a record from the cells of a row.

use serde_json::{Value, json};

use crate::files::sheet::Cell;
use crate::imports::interpret::cell::is_clear;
use crate::imports::interpret::coordinate::{Axis, axis_of, parse, parse_pair};
use crate::imports::interpret::finding::Note;
use crate::imports::interpret::target::Target;
use crate::texts::text;

/// Where a record is, as far as the file tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Place {
    /// The file has no column for it, or the cells are empty.
    #[default]
    Unsaid,
    /// A GeoJSON geometry in degrees.
    Degrees(Value),
    /// A GeoJSON geometry in metres, with its CRS if the file or the sender declares one.
    Metres(Value, Option<i32>),
    /// The place is to be cleared: the record is no longer located.
    Cleared,
    /// A place is given, but it is wrong.
    Wrong,
}

/// Reads the cells that place a record. `epsg` is the CRS that the file or the sender declares.
///
/// # Errors
/// What is wrong with them.
pub fn read(cells: &[(Target, &Cell)], epsg: Option<i32>) -> Result<Place, Note> {
    if cells.is_empty() {
        return Ok(Place::Unsaid);
    }
    if cells.iter().all(|(_, cell)| matches!(cell, Cell::Text(text) if is_clear(text))) {
        return Ok(Place::Cleared);
    }
    for (target, cell) in cells {
        match (target, cell) {
            (Target::Geometry, Cell::Geometry(geometry)) => return Ok(of_geometry(geometry, epsg)),
            (Target::Geometry, Cell::Text(text)) => {
                let geometry = serde_json::from_str(text).map_err(|_| no_geojson(text))?;
                return Ok(of_geometry(&geometry, epsg));
            }
            (_, Cell::Failed(error)) => return Err(crate::imports::interpret::cell::failed(error)),
            (_, Cell::Uncomputed) => return Err(crate::imports::interpret::cell::uncomputed()),
            _ => {}
        }
    }
    let mut numbers: Vec<(Target, f64)> = Vec::new();
    for (target, cell) in cells {
        let shown = cell.shown();
        match (target, cell) {
            (Target::Position, Cell::Text(text)) => {
                let (first, second) = parse_pair(text).ok_or_else(|| unreadable(&shown))?;
                numbers.extend([(Target::Coordinate, first), (Target::Coordinate, second)]);
            }
            (_, Cell::Number(number)) => numbers.push((*target, *number)),
            // One cell may hold both coordinates.
            (_, Cell::Text(text)) => match (parse(text), parse_pair(text)) {
                (Some(number), _) => numbers.push((*target, number)),
                (None, Some((first, second))) => {
                    numbers.extend([(Target::Coordinate, first), (Target::Coordinate, second)]);
                }
                (None, None) => return Err(unreadable(&shown)),
            },
            _ => return Err(unreadable(&shown)),
        }
    }
    match numbers.as_slice() {
        [first, second] => of_pair(*first, *second, epsg),
        [_] => Err(Note::error(text!("geo.incomplete"))),
        _ => Err(Note::error(text!("geo.ambiguous"))),
    }
}

fn no_geojson(text: &str) -> Note {
    let starts = ["POINT", "LINESTRING", "POLYGON", "MULTI", "GEOMETRYCOLLECTION", "SRID="];
    if starts.iter().any(|start| text.to_ascii_uppercase().starts_with(start)) {
        return Note::error(text!("geo.wkt"));
    }
    Note::error(text!("geo.malformed"))
}

fn unreadable(shown: &str) -> Note {
    Note::error(text!("geo.unreadable", given = shown)).suggest("19.8170, 105.7330")
}

fn of_pair(first: (Target, f64), second: (Target, f64), epsg: Option<i32>) -> Result<Place, Note> {
    let (a, b) = (first.1, second.1);
    let declared = match (first.0, second.0) {
        (Target::Longitude, Target::Latitude) => Some((a, b)),
        (Target::Latitude, Target::Longitude) => Some((b, a)),
        // X and Y in degrees: longitude first, unless their size tells otherwise.
        _ => None,
    };
    match (axis_of(a), axis_of(b)) {
        (Some(Axis::East), Some(Axis::North)) => Ok(Place::Metres(point(a, b), epsg)),
        (Some(Axis::North), Some(Axis::East)) => Ok(Place::Metres(point(b, a), epsg)),
        (Some(Axis::Longitude), Some(Axis::Latitude)) if declared.is_none() => Ok(Place::Degrees(point(a, b))),
        (Some(Axis::Latitude), Some(Axis::Longitude)) if declared.is_none() => Ok(Place::Degrees(point(b, a))),
        // Later checks of the place find the rest: swapped, zero, outside.
        _ => {
            let (longitude, latitude) = declared.unwrap_or((a, b));
            Ok(Place::Degrees(point(longitude, latitude)))
        }
    }
}

fn of_geometry(geometry: &Value, epsg: Option<i32>) -> Place {
    match first_number(&geometry["coordinates"]) {
        _ if geometry.is_null() => Place::Unsaid,
        Some(number) if number.abs() > 180.0 => Place::Metres(geometry.clone(), epsg),
        _ => Place::Degrees(geometry.clone()),
    }
}

/// Visits each position of a GeoJSON geometry, an array of two or more numbers.
pub fn each_position(geometry: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    fn walk(coordinates: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
        let Value::Array(parts) = coordinates else { return };
        if parts.first().is_some_and(Value::is_number) {
            visit(coordinates);
        } else {
            parts.iter_mut().for_each(|part| walk(part, visit));
        }
    }
    if let Some(coordinates) = geometry.get_mut("coordinates") {
        walk(coordinates, visit);
    }
}

fn first_number(coordinates: &Value) -> Option<f64> {
    match coordinates {
        Value::Array(parts) => parts.first().and_then(first_number),
        number => number.as_f64(),
    }
}

fn point(x: f64, y: f64) -> Value {
    json!({"type": "Point", "coordinates": [x, y]})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(cells: &[(Target, &str)]) -> Result<Place, &'static str> {
        let cells: Vec<_> = cells.iter().map(|(target, text)| (*target, Cell::Text((*text).into()))).collect();
        let cells: Vec<_> = cells.iter().map(|(target, cell)| (*target, cell)).collect();
        read(&cells, None).map_err(|note| note.code)
    }

    #[test]
    fn x_and_y_are_told_apart_by_their_size() {
        let metres = Ok(Place::Metres(point(576_592.3, 2_192_163.6), None));
        assert_eq!(place(&[(Target::Coordinate, "2192163,6"), (Target::Coordinate, "576592,3")]), metres);
        assert_eq!(place(&[(Target::Coordinate, "576592.3"), (Target::Coordinate, "2192163.6")]), metres);
        assert_eq!(place(&[(Target::Longitude, "2192163,6"), (Target::Latitude, "576592,3")]), metres);
        let degrees = Ok(Place::Degrees(point(105.7, 19.8)));
        assert_eq!(place(&[(Target::Coordinate, "19,8"), (Target::Coordinate, "105,7")]), degrees);
        assert_eq!(place(&[(Target::Position, "19,8; 105,7")]), degrees);
        assert_eq!(place(&[(Target::Longitude, "19.8, 105.7")]), degrees);
    }

    #[test]
    fn declared_longitude_and_latitude_are_not_silently_swapped() {
        let swapped = Ok(Place::Degrees(point(19.8, 105.7)));
        assert_eq!(place(&[(Target::Longitude, "19.8"), (Target::Latitude, "105.7")]), swapped);
    }

    #[test]
    fn geometry_that_is_no_geojson_says_what_to_do() {
        assert_eq!(place(&[(Target::Geometry, "MultiPolygon (((105.7 19.8, 105.8 19.8)))")]), Err("geo.wkt"));
        assert_eq!(place(&[(Target::Geometry, "{")]), Err("geo.malformed"));
    }

    #[test]
    fn half_a_place_is_not_a_place() {
        assert_eq!(place(&[(Target::Longitude, "(xóa)"), (Target::Latitude, "(Xóa)")]), Ok(Place::Cleared));
        assert_eq!(place(&[(Target::Longitude, "(xóa)"), (Target::Latitude, "19.8")]), Err("geo.unreadable"));
        assert_eq!(place(&[(Target::Longitude, "105.7")]), Err("geo.incomplete"));
        assert_eq!(place(&[(Target::Longitude, "gần chợ"), (Target::Latitude, "19.8")]), Err("geo.unreadable"));
        assert_eq!(place(&[]), Ok(Place::Unsaid));
    }
}
