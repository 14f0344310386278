//! A place of a row as the crates of file formats take it.

use geo::{Coord, Geometry, MapCoords, Rect};

use crate::layers::geometry::rounded;
use crate::postgres::row::Cell;

/// Whether a layer holds lines only, of one part or several: then files call all of them multi lines.
pub fn is_of_lines(geometry: &[&str]) -> bool {
    geometry.iter().all(|kind| kind.ends_with("LineString"))
}

/// The geometry of a cell, with the decimals that every other format has; `None` where there is no place.
pub fn shape(cell: &Cell) -> Option<Geometry> {
    cell.geometry().map(|place| place.map_coords(|Coord { x, y }| Coord { x: rounded(x), y: rounded(y) }))
}

/// The rectangle around two.
pub fn united(one: Rect, other: Rect) -> Rect {
    let (a, b, c, d) = (one.min(), one.max(), other.min(), other.max());
    Rect::new((a.x.min(c.x), a.y.min(c.y)), (b.x.max(d.x), b.y.max(d.y)))
}
