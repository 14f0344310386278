//! Features in answers: their GeoJSON, their ETag, and the audit of restricted fields.

use actix_web::http::header::EntityTag;
use diesel_async::AsyncPgConnection;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::access::{Caller, View};
use crate::accounts::secrets::hex;
use crate::error::Error;
use crate::files::export::Columns;
use crate::http::audit::Trace;
use crate::http::links::link;
use crate::layers::{Class, Layer, NamedCrs};
use crate::postgres::row::Row;
use crate::register::items;

pub const GEOJSON: &str = "application/geo+json";

pub const CONTENT_CRS: &str = "content-crs";

/// Appends a row of [`Page`](crate::register::items::Page) as a GeoJSON feature, without the fields that are hidden in
/// it. `more` are additional members.
pub fn write(out: &mut Vec<u8>, columns: &Columns, row: &Row, more: &[(&str, Value)]) {
    out.extend_from_slice(b"{\"type\":\"Feature\",\"id\":");
    row.cells[0].write_json(out);
    out.extend_from_slice(b",\"geometry\":");
    row.cells[1].write_json(out);
    out.extend_from_slice(b",\"properties\":{");
    let class = items::class_of_row(row);
    let shown = columns.columns.iter().filter(|column| columns.layer.class(column.field) <= class);
    for (index, column) in shown.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.push(b'"');
        out.extend_from_slice(column.name().as_bytes());
        out.extend_from_slice(b"\":");
        column.cell(row).write_json(out);
    }
    out.push(b'}');
    for (name, value) in more {
        out.extend_from_slice(format!(",\"{name}\":{value}").as_bytes());
    }
    out.push(b'}');
}

/// The JSON of a feature with its links, and its ETag. `more` are additional members.
pub fn tagged_feature(
    base: &str,
    view: &View<'_>,
    columns: &Columns,
    row: &Row,
    more: &[(&str, Value)],
) -> (EntityTag, Vec<u8>) {
    let collection = format!("{base}/collections/{}", view.layer.collection);
    let id = row.cells[0].as_integer().unwrap_or_default();
    let links = json!([
        link("self", &format!("{collection}/items/{id}"), GEOJSON, "This feature"),
        link("collection", &collection, "application/json", view.layer.title.vi),
    ]);
    let mut members = vec![("links", links)];
    members.extend(more.iter().cloned());
    let mut body = Vec::new();
    write(&mut body, columns, row, &members);
    (etag(view, row, &body), body)
}

/// The strong tag of a feature: its version, with `p` in the public view, or a hash if it has no versions.
fn etag(view: &View<'_>, row: &Row, body: &[u8]) -> EntityTag {
    let version = view.field("version").and_then(|field| items::position(view, field));
    let tag = match version.and_then(|at| row.cells[at].as_integer()) {
        Some(version) if items::class_of_row(row) > Class::Public => version.to_string(),
        Some(version) => format!("p{version}"),
        None => return hash_tag(body),
    };
    EntityTag::new_strong(tag)
}

/// The strong tag of a body that has no version: a correction changes the past of a record.
pub fn hash_tag(body: &[u8]) -> EntityTag {
    EntityTag::new_strong(hex(&Sha256::digest(body)[..8]))
}

/// How many of the rows show restricted fields.
pub fn restricted_rows(layer: &'static Layer, rows: &[Row]) -> usize {
    if !layer.fields().any(|field| layer.class(field) == Class::Restricted) {
        return 0;
    }
    rows.iter().filter(|row| items::class_of_row(row) == Class::Restricted).count()
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
