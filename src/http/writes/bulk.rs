//! Bulk writes: many features in one transaction, all or none, with a result for each in order.

use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::AsyncPgConnection;
use serde_json::{Value, json};

use crate::access::Caller;
use crate::error::Error;
use crate::http::extract::LayerPath;
use crate::http::state::App;
use crate::http::writes::body::{FEATURE, PATCH, Remarks};
use crate::http::writes::idempotency::Request;
use crate::http::writes::{Context, Received, body, crs, with_altitude};
use crate::layers::Properties;
use crate::layers::normalise::Write;
use crate::postgres::limit_statements;
use crate::register::idempotency::Stored;
use crate::register::writing::{Writing, Written};
use crate::register::{batches, items, writing};

/// `POST …/items` with a FeatureCollection.
pub async fn create_items(app: &App, context: &Context<'_>, once: &Request<'_>, body: &Value) -> Result<Stored, Error> {
    let features = body::list(body, "features")?;
    let remarks = body::remarks(body)?;
    let drafts = || {
        let draft = |feature| {
            body::check_feature(feature, false)?;
            body::draft(context.view.layer, context.caller, feature, context.clock.today())
        };
        features.iter().map(draft).collect::<Vec<_>>()
    };
    once.stored(app, async |conn| {
        let writing = begin(conn, context, "create", remarks.clone()).await?;
        let mut written = writing::create(conn, &writing, drafts()).await?;
        note_altitudes(&mut written, features);
        Ok(answer(conn, context, &writing, 201, "created", &written).await?)
    })
    .await
    .map_err(|refused| refused.of_list("/features"))
}

/// `PATCH …/items`: `{"features": [{"id", "version", "properties", "geometry"}]}`, each a merge patch of a feature.
pub async fn update_items(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    Received::read(app, caller, layer, &request, payload).await?.written(update).await
}

async fn update(received: &Received) -> Result<Stored, Error> {
    let Received { app, caller, layer, asked, bytes, .. } = received;
    let body = crs::into_wgs84(&asked.headers, body::read_object(&asked.headers, bytes, PATCH)?)?;
    let once = Request::of(caller, asked, bytes)?;
    let features = body::list(&body, "features")?;
    let targets = body::targets(features, "features")?;
    let remarks = body::remarks(&body)?;
    let context = Context::of(app, caller, layer, asked);
    let today = context.clock.today();
    let read =
        |index: usize, current: &Properties| body::change(layer, Write::Patch { current }, &features[index], today);
    once.stored(app, async |conn| {
        let writing = begin(conn, &context, "update", remarks.clone()).await?;
        let mut written = writing::change(conn, &writing, &targets, &read).await?;
        note_altitudes(&mut written, features);
        Ok(answer(conn, &context, &writing, 200, "updated", &written).await?)
    })
    .await
    .map_err(|refused| refused.of_list("/features"))
}

/// `DELETE …/items`: `{"items": [{"id", "version"}]}`.
pub async fn delete_items(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    Received::read(app, caller, layer, &request, payload).await?.written(delete).await
}

async fn delete(received: &Received) -> Result<Stored, Error> {
    let Received { app, caller, layer, asked, bytes, .. } = received;
    let body = body::read_object(&asked.headers, bytes, FEATURE)?;
    let once = Request::of(caller, asked, bytes)?;
    let targets = body::targets(body::list(&body, "items")?, "items")?;
    let remarks = body::remarks(&body)?;
    let context = Context::of(app, caller, layer, asked);
    once.stored(app, async |conn| {
        let writing = begin(conn, &context, "delete", remarks.clone()).await?;
        let written = writing::set_deleted(conn, &writing, &targets, true).await?;
        Ok(answer(conn, &context, &writing, 200, "deleted", &written).await?)
    })
    .await
    .map_err(|refused| refused.of_list("/items"))
}

/// Adds the warnings about altitudes of the features that were written.
fn note_altitudes(written: &mut Written, features: &[Value]) {
    for (warnings, feature) in written.warnings.iter_mut().zip(features) {
        *warnings = with_altitude(warnings, Some(feature));
    }
}

/// Begins a bulk write. All versions of the transaction belong to it.
pub async fn begin<'a>(
    conn: &mut AsyncPgConnection,
    context: &'a Context<'_>,
    op: &'static str,
    remarks: Remarks,
) -> Result<Writing<'a>, Error> {
    limit_statements(conn, context.limit_s).await?;
    let batch = batches::begin(conn, context.caller, context.view.layer, op, remarks.reason.as_deref(), None).await?;
    Ok(context.writing(remarks, Some(batch)))
}

/// The answer: `{"items": [{"index", "id", "version", "status", "warnings"}], "batch"}`.
pub async fn answer(
    conn: &mut AsyncPgConnection,
    context: &Context<'_>,
    writing: &Writing<'_>,
    status: u16,
    done: &str,
    written: &Written,
) -> Result<Stored, Error> {
    let versions = items::versions_of(conn, context.view.layer, &written.ids).await?;
    let items = written.ids.iter().enumerate().map(|(index, id)| {
        let status = if written.changed[index] { done } else { "unchanged" };
        let mut item = json!({"index": index, "id": id, "version": versions.get(id), "status": status});
        if !written.warnings[index].is_empty() {
            item["warnings"] = json!(context.warnings(&written.warnings[index]));
        }
        item
    });
    let body = json!({"items": items.collect::<Vec<_>>(), "batch": writing.batch});
    Ok(Stored::json(status, &body))
}
