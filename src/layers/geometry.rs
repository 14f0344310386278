//! The geometry of a request: GeoJSON in WGS 84 lon/lat (RFC 7946), checked before PostGIS sees it.

use std::str::FromStr;

use geo::{MultiPolygon, Orient, orient::Direction};
use geojson::{Geometry, GeometryValue};
use serde_json::Value;

use crate::layers::validity::{self, Fault};
use crate::layers::{Layer, Problem};
use crate::texts::{Text, text};

/// Vietnam with its sea areas, degrees: west, south, east, north.
pub const VIETNAM: [f64; 4] = [102.0, 6.0, 118.0, 24.0];

/// Reads the geometry of a feature and checks its type, coordinates, place and validity. JSON null means that the
/// record is not located yet.
///
/// A single polygon becomes a multi polygon where the layer stores those. Coordinates are rounded to 7 decimals (1 cm),
/// and rings get the direction of RFC 7946.
///
/// # Errors
/// All problems, each with a pointer below `/geometry`.
pub fn read(layer: &Layer, given: &Value) -> Result<Value, Vec<Problem>> {
    if given.is_null() {
        return Ok(Value::Null);
    }
    let geometry = Geometry::from_str(&given.to_string()).map_err(|_| vec![malformed()])?;
    Ok(serde_json::to_value(check(layer, geometry)?).expect("a geometry is JSON"))
}

/// Checks a geometry as [`read`] does, and returns it as it is stored.
///
/// # Errors
/// As [`read`].
pub fn check(layer: &Layer, geometry: Geometry) -> Result<Geometry, Vec<Problem>> {
    let mut value = promote(layer, geometry.value)?;
    let mut problems = Vec::new();
    each_position(&mut value, &mut |position| {
        if problems.is_empty()
            && let Err(problem) = check_position(position)
        {
            problems.push(problem);
        }
    });
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Geometry::new(check_shape(value)?))
}

/// A coordinate as it is stored and written: at most 7 decimals.
pub fn rounded(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

fn malformed() -> Problem {
    Problem::in_body("/geometry", text!("geo.malformed"))
}

fn promote(layer: &Layer, value: GeometryValue) -> Result<GeometryValue, Vec<Problem>> {
    let value = match value {
        GeometryValue::Polygon { coordinates } if !layer.geometry.contains(&"Polygon") => {
            GeometryValue::MultiPolygon { coordinates: vec![coordinates] }
        }
        // A collection of one point is the point.
        GeometryValue::MultiPoint { coordinates }
            if coordinates.len() == 1 && !layer.geometry.contains(&"MultiPoint") =>
        {
            GeometryValue::Point { coordinates: coordinates.into_iter().next().expect("there is one") }
        }
        GeometryValue::GeometryCollection { geometries } if geometries.len() == 1 => {
            return promote(layer, geometries.into_iter().next().expect("there is one").value);
        }
        value => value,
    };
    let given = value.type_name();
    if layer.geometry.contains(&given) {
        return Ok(value);
    }
    // The name of a geometry type is also the id of its text.
    let expected: Vec<_> = layer.geometry.iter().map(|name| Text::new(name)).collect();
    Err(vec![Problem::in_body("/geometry/type", text!("geo.type", expected, given = Text::new(given)))])
}

fn each_position(value: &mut GeometryValue, visit: &mut impl FnMut(&mut geojson::Position)) {
    match value {
        GeometryValue::Point { coordinates } => visit(coordinates),
        GeometryValue::LineString { coordinates } | GeometryValue::MultiPoint { coordinates } => {
            coordinates.iter_mut().for_each(visit);
        }
        GeometryValue::MultiLineString { coordinates } | GeometryValue::Polygon { coordinates } => {
            coordinates.iter_mut().flatten().for_each(visit);
        }
        GeometryValue::MultiPolygon { coordinates } => coordinates.iter_mut().flatten().flatten().for_each(visit),
        GeometryValue::GeometryCollection { geometries } => {
            geometries.iter_mut().for_each(|geometry| each_position(&mut geometry.value, visit));
        }
    }
}

fn check_position(position: &mut geojson::Position) -> Result<(), Problem> {
    let wrong = |text: Text| Err(Problem::in_body("/geometry/coordinates", text));
    // A third number is the altitude (RFC 7946), which is not stored.
    let &[lon, lat, ..] = position.as_slice() else { return wrong(text!("geo.dimension")) };
    let [west, south, east, north] = VIETNAM;
    let inside = |lon: f64, lat: f64| (west..=east).contains(&lon) && (south..=north).contains(&lat);
    if inside(lon, lat) {
        *position = geojson::Position::from([rounded(lon), rounded(lat)]);
        return Ok(());
    }
    // Coordinates have a decimal point in both languages, as on maps and GPS receivers.
    let [x, y] = [lon.to_string(), lat.to_string()];
    wrong(if lon == 0.0 && lat == 0.0 {
        text!("geo.zero")
    } else if inside(lat, lon) {
        text!("geo.swapped", longitude = y, latitude = x)
    } else if lon.abs() > 180.0 || lat.abs() > 180.0 {
        text!("geo.vn2000")
    } else {
        text!("geo.outside_vietnam", longitude = x, latitude = y)
    })
}

fn check_shape(value: GeometryValue) -> Result<GeometryValue, Vec<Problem>> {
    let invalid = |text: Text| vec![Problem::in_body("/geometry", text)];
    match &value {
        GeometryValue::LineString { coordinates } => check_line(coordinates).map_err(invalid)?,
        GeometryValue::MultiLineString { coordinates } => {
            if coordinates.is_empty() {
                return Err(invalid(text!("geo.invalid/empty")));
            }
            coordinates.iter().try_for_each(|line| check_line(line)).map_err(invalid)?;
        }
        GeometryValue::MultiPolygon { coordinates } => {
            let closed = coordinates.iter().flatten().all(|ring| ring.len() >= 4 && ring.first() == ring.last());
            if coordinates.is_empty() || coordinates.iter().any(Vec::is_empty) || !closed {
                return Err(invalid(text!("geo.invalid/ring")));
            }
            let polygon = MultiPolygon::<f64>::try_from(value).map_err(|_| vec![malformed()])?;
            validity::check(&polygon).map_err(|fault| invalid(told(fault)))?;
            return Ok(GeometryValue::from(&polygon.orient(Direction::Default)));
        }
        _ => {}
    }
    Ok(value)
}

fn told(fault: Fault) -> Text {
    let (text, at) = match fault {
        Fault::Corners => return text!("geo.invalid/ring"),
        Fault::Crossing(at) => (text!("geo.invalid/crossing"), at),
        Fault::Nesting(at) => (text!("geo.invalid/nesting"), at),
        Fault::Cut(at) => (text!("geo.invalid/cut"), at),
    };
    text.with("longitude", at.x.to_string()).with("latitude", at.y.to_string())
}

fn check_line(line: &[geojson::Position]) -> Result<(), Text> {
    if line.iter().skip(1).any(|position| position != &line[0]) { Ok(()) } else { Err(text!("geo.invalid/line")) }
}

/// Half a pixel, in degrees, of a map whose world at zoom level 0 is 256 pixels wide.
pub fn half_pixel(zoom: u8) -> f64 {
    360.0 / 512.0 / f64::from(zoom).exp2()
}
