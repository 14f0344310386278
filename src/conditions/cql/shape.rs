//! The geometries of filters: checked, and in WGS 84.

use geo::{
    Coord, CoordsIter, Geometry, LineString, MapCoords, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon,
};

use crate::layers::{NamedCrs, validity};
use crate::texts::{Text, text};

/// A side of a box in another system is no straight line in degrees; it gets so many parts.
const PARTS: usize = 16;

/// A geometry of a filter in WGS 84.
///
/// # Errors
/// What is wrong with it. PostGIS would fail on an invalid area, or answer nonsense.
pub fn checked(geometry: &Geometry, crs: &NamedCrs) -> Result<Geometry, Text> {
    let geometry = simplified(geometry)?;
    let geometry = geometry.try_map_coords(|Coord { x, y }| {
        let [x, y] = crs.read([x, y]).ok_or_else(|| text!("cql.position", x = x.to_string(), y = y.to_string()))?;
        Ok(Coord { x, y })
    })?;
    check(&geometry)?;
    Ok(geometry)
}

/// The area of a box in WGS 84: two areas when it crosses the antimeridian, a line or a point when it is flat.
///
/// # Errors
/// When corners are not on Earth, or the wrong way round.
pub fn of_box(corners: [f64; 4], crs: &NamedCrs) -> Result<Geometry, Text> {
    let [a, b, c, d] = corners;
    let [west, south, east, north] = if crs.is_latitude_first() { [b, a, d, c] } else { [a, b, c, d] };
    let degrees = crs.is_wgs84();
    if south > north || west > east && !degrees {
        return Err(text!("cql.bbox"));
    }
    if west > east {
        let parts = [[west, south, 180.0, north], [-180.0, south, east, north]];
        let areas: Result<Vec<_>, _> = parts.into_iter().map(|part| outline(part, crs, 1)).collect();
        return Ok(Geometry::MultiPolygon(MultiPolygon(areas?)));
    }
    let area = outline([west, south, east, north], crs, if degrees { 1 } else { PARTS })?;
    let ring = area.exterior();
    Ok(match (west == east, south == north) {
        (true, true) => Geometry::Point(Point(ring.0[0])),
        (true, false) | (false, true) => Geometry::LineString(LineString(ring.0[..=ring.0.len() / 2].to_vec())),
        (false, false) => Geometry::Polygon(area),
    })
}

/// A box, given with east first.
fn outline([west, south, east, north]: [f64; 4], crs: &NamedCrs, parts: usize) -> Result<Polygon, Text> {
    let corners = [[west, south], [east, south], [east, north], [west, north]];
    let mut ring = Vec::new();
    for (nth, from) in corners.iter().enumerate() {
        let to = corners[(nth + 1) % 4];
        for part in 0..parts {
            let along = |axis: usize| from[axis] + (to[axis] - from[axis]) * part as f64 / parts as f64;
            let [x, y] = [along(0), along(1)];
            let given = if crs.is_latitude_first() { [y, x] } else { [x, y] };
            let outside = || text!("cql.position", x = given[0].to_string(), y = given[1].to_string());
            let [x, y] = crs.read(given).ok_or_else(outside)?;
            ring.push(Coord { x, y });
        }
    }
    Ok(Polygon::new(LineString(ring), Vec::new()))
}

/// A collection of one kind becomes a geometry of several parts. The kinds of another are left as they are.
fn simplified(geometry: &Geometry) -> Result<Geometry, Text> {
    let Geometry::GeometryCollection(collection) = geometry else { return Ok(geometry.clone()) };
    let (mut points, mut lines, mut areas) = (Vec::new(), Vec::new(), Vec::new());
    for part in &collection.0 {
        match part.clone() {
            Geometry::Point(point) => points.push(point),
            Geometry::MultiPoint(several) => points.extend(several.0),
            Geometry::LineString(line) => lines.push(line),
            Geometry::MultiLineString(several) => lines.extend(several.0),
            Geometry::Polygon(area) => areas.push(area),
            Geometry::MultiPolygon(several) => areas.extend(several.0),
            _ => return Err(text!("cql.collection/nested")),
        }
    }
    Ok(match (points.is_empty(), lines.is_empty(), areas.is_empty()) {
        (false, true, true) => Geometry::MultiPoint(MultiPoint(points)),
        (true, false, true) => Geometry::MultiLineString(MultiLineString(lines)),
        (true, true, false) => Geometry::MultiPolygon(MultiPolygon(areas)),
        _ => geometry.clone(),
    })
}

fn check(geometry: &Geometry) -> Result<(), Text> {
    if geometry.coords_count() == 0 {
        return Err(text!("cql.geometry"));
    }
    match geometry {
        Geometry::LineString(line) => check_line(line),
        Geometry::MultiLineString(lines) => lines.iter().try_for_each(check_line),
        Geometry::Polygon(area) => check_areas(&MultiPolygon(vec![area.clone()])),
        Geometry::MultiPolygon(areas) => check_areas(areas),
        Geometry::GeometryCollection(parts) => parts.iter().try_for_each(check),
        _ => Ok(()),
    }
}

fn check_line(line: &LineString) -> Result<(), Text> {
    if line.0.iter().any(|position| position != &line.0[0]) { Ok(()) } else { Err(text!("cql.geometry")) }
}

fn check_areas(areas: &MultiPolygon) -> Result<(), Text> {
    let has_rings = areas.iter().all(|area| area.exterior().0.len() >= 4);
    if has_rings && validity::check(areas).is_ok() { Ok(()) } else { Err(text!("cql.geometry")) }
}
