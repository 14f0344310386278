//! `GET /collections/{collection}/items/{id}/history`

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::audit::Trace;
use super::extract::{Layer, RecordId};
use super::items::log_restricted;
use super::links::{base, link, own};
use crate::access::{Caller, View};
use crate::app::App;
use crate::error::Error;
use crate::kinds::Class;
use crate::query::Params;
use crate::store::{history, items};

/// Every version that the caller may see, oldest first.
pub async fn list_versions(
    app: web::Data<App>,
    caller: Caller,
    Layer(kind): Layer,
    RecordId(id): RecordId,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json"])?;
    let view = View::new(&caller, kind);
    let mut conn = app.store.connection().await?;
    // Whoever may not see the record may not see what it was; a deleted one keeps its history for insiders.
    if !view.has_versions() {
        return Err(Error::NotFound);
    }
    let class = items::class_of(&mut conn, &view, id).await?.ok_or(Error::NotFound)?;
    let versions = history::versions(&mut conn, kind, class, id).await?;
    let restricted = if class == Class::Restricted { versions.len() } else { 0 };
    log_restricted(&mut conn, &caller, kind, restricted, &Trace::of(&request)).await?;
    let url = own(&base(&app, &request), &request);
    Ok(HttpResponse::Ok().json(
        json!({"id": id, "versions": versions, "links": [link("self", &url, "application/json", "This history")]}),
    ))
}
