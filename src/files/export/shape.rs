//! A place of a row as the crates of file formats take it.

use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Polygon};
use postgis_diesel::types::{self, GeometryContainer, Point};

use crate::layers::geometry::rounded;
use crate::postgres::row::Cell;

/// Whether a layer holds lines only, of one part or several: then files call all of them multi lines.
pub fn is_of_lines(geometry: &[&str]) -> bool {
    geometry.iter().all(|kind| kind.ends_with("LineString"))
}

/// The geometry of a cell, with the decimals that every other format has; `None` where there is no place.
pub fn shape(cell: &Cell) -> Option<Geometry> {
    let Cell::Geometry(geometry) = cell else { return None };
    Some(match geometry {
        GeometryContainer::Point(point) => Geometry::Point(position(point).into()),
        GeometryContainer::LineString(of) => Geometry::LineString(line(&of.points)),
        GeometryContainer::Polygon(of) => Geometry::Polygon(polygon(of)),
        GeometryContainer::MultiPoint(of) => {
            Geometry::MultiPoint(MultiPoint(of.points.iter().map(|point| position(point).into()).collect()))
        }
        GeometryContainer::MultiLineString(of) => {
            Geometry::MultiLineString(MultiLineString(of.lines.iter().map(|of| line(&of.points)).collect()))
        }
        GeometryContainer::MultiPolygon(of) => {
            Geometry::MultiPolygon(MultiPolygon(of.polygons.iter().map(polygon).collect()))
        }
        // No column holds a collection.
        GeometryContainer::GeometryCollection(_) => return None,
    })
}

fn position(point: &Point) -> Coord {
    Coord { x: rounded(point.x), y: rounded(point.y) }
}

fn line(points: &[Point]) -> LineString {
    LineString(points.iter().map(position).collect())
}

fn polygon(of: &types::Polygon<Point>) -> Polygon {
    let mut rings = of.rings.iter().map(|ring| line(ring));
    let outer = rings.next().unwrap_or_else(|| LineString(Vec::new()));
    Polygon::new(outer, rings.collect())
}
