//! The places of answers in the system that the client asked for (OGC API Features, part 2).
//!
//! Positions are turned here and not by PostGIS: its table of systems lacks half of VN-2000, and an owner who may not
//! write to that table could not add them. The definitions are those of writes (`layers/crs.rs`).

use postgis_diesel::types::{GeometryContainer, Point};

use crate::layers::NamedCrs;
use crate::postgres::row::{Cell, Row};

/// Turns the places of rows from WGS 84 into a system. A place that the system does not reach becomes null.
pub fn turn(rows: &mut [Row], crs: &NamedCrs) {
    if crs == NamedCrs::crs84() {
        return;
    }
    for row in rows {
        if let Cell::Geometry(geometry) = &mut row.cells[1]
            && !turn_geometry(geometry, crs)
        {
            row.cells[1] = Cell::Null;
        }
    }
}

fn turn_geometry(geometry: &mut GeometryContainer<Point>, crs: &NamedCrs) -> bool {
    let all = |points: &mut [Point]| points.iter_mut().all(|point| turn_point(point, crs));
    match geometry {
        GeometryContainer::Point(point) => turn_point(point, crs),
        GeometryContainer::MultiPoint(several) => all(&mut several.points),
        GeometryContainer::LineString(line) => all(&mut line.points),
        GeometryContainer::MultiLineString(several) => several.lines.iter_mut().all(|line| all(&mut line.points)),
        GeometryContainer::Polygon(area) => area.rings.iter_mut().all(|ring| all(ring)),
        GeometryContainer::MultiPolygon(several) => {
            several.polygons.iter_mut().flat_map(|area| &mut area.rings).all(|ring| all(ring))
        }
        GeometryContainer::GeometryCollection(_) => false,
    }
}

fn turn_point(point: &mut Point, crs: &NamedCrs) -> bool {
    let turned = crs.write([point.x, point.y]);
    if let Some([x, y]) = turned {
        (point.x, point.y) = (x, y);
    }
    turned.is_some()
}
