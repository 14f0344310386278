//! Features in answers: their GeoJSON, their ETag, and the audit of restricted fields.

use actix_web::http::header::EntityTag;
use diesel_async::AsyncPgConnection;
use serde_json::{Value, json};

use crate::access::{Caller, View};
use crate::error::Error;
use crate::files::export::{Columns, write_feature};
use crate::http::audit::Trace;
use crate::http::caching::hash;
use crate::http::links::link;
use crate::layers::{Class, Layer, NamedCrs};
use crate::live::Found;
use crate::postgres::row::Row;
use crate::register::items;

pub const GEOJSON: &str = "application/geo+json";

pub const CONTENT_CRS: &str = "content-crs";

/// The JSON of a feature with its links, and its ETag. `more` are additional members.
pub fn tagged_feature(
    base: &str,
    view: &View<'_>,
    columns: &Columns,
    row: &Row,
    more: &[(&str, Value)],
) -> (EntityTag, Vec<u8>) {
    let id = row.cells[0].as_integer().unwrap_or_default();
    let mut members = vec![("links", links(base, view.layer, id))];
    members.extend(more.iter().cloned());
    let mut body = Vec::new();
    write_feature(&mut body, columns, row, &members);
    (etag(view, row, &body), body)
}

/// The same of a feature in memory, which anonymous callers see.
pub fn tagged_in_memory(base: &str, layer: &Layer, found: Found<'_>) -> (EntityTag, Vec<u8>) {
    let mut body = found.json.to_vec();
    body.pop();
    body.extend_from_slice(format!(",\"links\":{}}}", links(base, layer, found.id)).as_bytes());
    let tag = found.version().map_or_else(|| hash_tag(&body), |version| EntityTag::new_strong(format!("p{version}")));
    (tag, body)
}

fn links(base: &str, layer: &Layer, id: i64) -> Value {
    let collection = format!("{base}/collections/{}", layer.collection);
    json!([
        link("self", &format!("{collection}/items/{id}"), GEOJSON, "This feature"),
        link("collection", &collection, "application/json", layer.title.vi),
    ])
}

/// The strong tag of a feature: its version, with `p` in the public view, or a hash if it has no versions.
fn etag(view: &View<'_>, row: &Row, body: &[u8]) -> EntityTag {
    let version = view.field("version").and_then(|field| items::position(view, field));
    let tag = match version.and_then(|at| row.cells[at].as_integer()) {
        Some(version) if row.class() > Class::Public => version.to_string(),
        Some(version) => format!("p{version}"),
        None => return hash_tag(body),
    };
    EntityTag::new_strong(tag)
}

/// The strong tag of a body that has no version: a correction changes the past of a record.
pub fn hash_tag(body: &[u8]) -> EntityTag {
    EntityTag::new_strong(hash(body))
}

/// How many of the rows show restricted fields.
pub fn restricted_rows(layer: &'static Layer, rows: &[Row]) -> usize {
    if !layer.fields().any(|field| layer.class(field) == Class::Restricted) {
        return 0;
    }
    rows.iter().filter(|row| row.class() == Class::Restricted).count()
}

/// Records in the audit trail that restricted fields were read.
pub async fn log_restricted(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
    rows: usize,
    trace: &Trace,
) -> Result<(), Error> {
    if rows == 0 {
        return Ok(());
    }
    trace.record_reading(conn, caller, "restricted.read", layer, rows).await
}

/// The `Content-Crs` header of answers with features (OGC API Features, part 2).
pub fn content_crs(crs: &NamedCrs) -> String {
    format!("<{}>", crs.uri())
}
