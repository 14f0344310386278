//! Conditions on the place of a row `t`, as SQL.

use geo::{BoundingRect, Rect};
use wkt::ToWkt;

use crate::conditions::{Relation, Shape};
use crate::postgres::sql::{Bind, Sql};

pub fn in_bbox([west, south, east, north]: [f64; 4]) -> Sql {
    let meets = |west, east| Sql::new("st_intersects(t.geom, ").sql(envelope([west, south, east, north])).text(")");
    match west <= east {
        true => meets(west, east),
        false => Sql::new("(").sql(meets(west, 180.0)).text(" or ").sql(meets(-180.0, east)).text(")"),
    }
}

pub fn envelope(edges: [f64; 4]) -> Sql {
    let edges = edges.into_iter().map(|edge| Sql::default().bind(Bind::Double(edge)));
    Sql::new("st_makeenvelope(").sql(Sql::join(edges, ", ")).text(", 4326)")
}

fn place(shape: &Shape) -> Sql {
    match shape {
        Shape::Own => Sql::new("t.geom"),
        Shape::Given(geometry) => Sql::new("st_geomfromtext(").bind(Bind::Text(geometry.wkt_string())).text(", 4326)"),
    }
}

pub fn relates(one: &Shape, relation: Relation, other: &Shape) -> Sql {
    let function = match relation {
        Relation::Intersects => "st_intersects(",
        Relation::Equals => "st_equals(",
        Relation::Touches => "st_touches(",
        Relation::Within => "st_within(",
        Relation::Overlaps => "st_overlaps(",
        Relation::Crosses => "st_crosses(",
    };
    Sql::new(function).sql(place(one)).text(", ").sql(place(other)).text(")")
}

/// Metres on the ellipsoid. The index on degrees finds what may be so near.
pub fn is_within_distance(one: &Shape, other: &Shape, metres: f64) -> Sql {
    let is_near = Sql::new("st_dwithin(")
        .sql(place(one))
        .text("::geography, ")
        .sql(place(other))
        .text("::geography, ")
        .bind(Bind::Double(metres))
        .text(")");
    let around = match (one, other) {
        (Shape::Own, Shape::Given(geometry)) | (Shape::Given(geometry), Shape::Own) => {
            geometry.bounding_rect().and_then(|bounds| widened(bounds, metres))
        }
        _ => None,
    };
    match around {
        Some(edges) => Sql::new("t.geom && ").sql(envelope(edges)).text(" and ").sql(is_near),
        None => is_near,
    }
}

/// The box of everything within so many metres; `None` near the poles and the antimeridian, where there is no such box.
fn widened(bounds: Rect, metres: f64) -> Option<[f64; 4]> {
    // A degree of latitude has at least 110,574 m, one of longitude at least 111,319 m times the cosine of the latitude.
    let north_south = metres / 110_500.0;
    let (south, north) = (bounds.min().y - north_south, bounds.max().y + north_south);
    let farthest = south.abs().max(north.abs());
    let east_west = metres / (111_300.0 * farthest.to_radians().cos());
    let (west, east) = (bounds.min().x - east_west, bounds.max().x + east_west);
    (farthest < 85.0 && west > -180.0 && east < 180.0).then_some([west, south, east, north])
}
