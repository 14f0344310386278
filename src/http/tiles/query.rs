//! The query parameters of tiles: those of items that say which records, and `properties`.

use chrono::{DateTime, Utc};

use crate::access::View;
use crate::error::Error;
use crate::http::items::query::ItemsQuery;
use crate::input::Params;
use crate::layers::Problem;
use crate::texts::text;

/// The parameters of items that say how a list is written, how long it is and how it is sorted.
const OF_LISTS: &[&str] = &[
    "crs",
    "cursor",
    "include-unlocated",
    "labels",
    "limit",
    "offset",
    "resultType",
    "resulttype",
    "skipGeometry",
    "sortby",
    "zoom-level",
];

/// Parses the parameters of a tile.
///
/// # Errors
/// 400 for a parameter that is unknown or malformed. The problem names it.
pub fn parse(view: &View<'_>, mut params: Params, now: DateTime<Utc>) -> Result<ItemsQuery, Error> {
    params.format(&["mvt"])?;
    let of_lists = params.rest().filter(|name| OF_LISTS.contains(name));
    let unknown: Vec<_> = of_lists.map(|name| Problem::of_parameter(name, text!("parameter.unknown", name))).collect();
    if !unknown.is_empty() {
        return Err(Error::BadRequest(unknown));
    }
    ItemsQuery::parse(view, params, now)
}
