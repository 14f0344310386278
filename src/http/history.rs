//! `GET /collections/{collection}/items/{id}/history` and `…/history/{version}`: the history of a record.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::access::{Caller, View};
use crate::error::Error;
use crate::http::audit::Trace;
use crate::http::extract::{LayerPath, RecordId};
use crate::http::feature::{CONTENT_CRS, GEOJSON, content_crs, log_restricted};
use crate::http::links::{base, link, own};
use crate::http::state::App;
use crate::input::Params;
use crate::layers::{Class, Layer, NamedCrs};
use crate::register::{history, items};

/// Lists every version that the caller may see, oldest first.
pub async fn list_versions(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    RecordId(id): RecordId,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json"])?;
    let view = View::new(&caller, layer);
    let mut conn = app.store.connection().await?;
    // Whoever may not see the record may not see its history. Accounts may see the history of deleted records.
    if !view.has_versions() {
        return Err(Error::NotFound);
    }
    let class = items::class_of(&mut conn, &view, id).await?.ok_or(Error::NotFound)?;
    let versions = history::versions(&mut conn, layer, class, id).await?;
    let restricted = if class == Class::Restricted { versions.len() } else { 0 };
    log_restricted(&mut conn, &caller, layer, restricted, &Trace::of(&request)).await?;
    let url = own(&base(&app, &request), &request);
    Ok(HttpResponse::Ok().json(
        json!({"id": id, "versions": versions, "links": [link("self", &url, "application/json", "This history")]}),
    ))
}

/// The record as it was in a version, as far as the caller may see it.
pub async fn find_version(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    RecordId(id): RecordId,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json", "geojson"])?;
    let view = View::new(&caller, layer);
    if !view.has_versions() {
        return Err(Error::NotFound);
    }
    let version = request.match_info().get("version").and_then(|version| version.parse().ok());
    let version = version.ok_or(Error::NotFound)?;
    let mut conn = app.store.connection().await?;
    let class = items::class_of(&mut conn, &view, id).await?.ok_or(Error::NotFound)?;
    let record = history::at_version(&mut conn, layer, class, id, version).await?.ok_or(Error::NotFound)?;
    let restricted = restricted_fields(layer, class);
    log_restricted(&mut conn, &caller, layer, restricted.into(), &Trace::of(&request)).await?;
    let (properties, geometry) = history::feature(layer, class, &record);
    let base = base(&app, &request);
    let links = [
        link("self", &own(&base, &request), GEOJSON, "This version"),
        link(
            "latest-version",
            &format!("{base}/collections/{}/items/{id}", layer.collection),
            GEOJSON,
            "The record as it is",
        ),
    ];
    let feature = json!({"type": "Feature", "id": id, "geometry": geometry, "properties": properties, "links": links});
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_CRS, content_crs(NamedCrs::crs84())));
    Ok(response.content_type(GEOJSON).body(feature.to_string()))
}

fn restricted_fields(layer: &'static Layer, class: Class) -> bool {
    class == Class::Restricted && layer.fields().any(|field| layer.class(field) == Class::Restricted)
}
