//! `GET /batches`, `GET /batches/{batchId}`, `POST /batches/{batchId}/undo`: bulk writes, and undoing one.

use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use crate::access::{Caller, View, may_write};
use crate::error::Error;
use crate::http::extract::WriteRequest;
use crate::http::paging;
use crate::http::paging::{DEFAULT_LIMIT, Paging};
use crate::http::state::App;
use crate::http::writes::{Context, Request, body};
use crate::input::Params;
use crate::layers::Layer;
use crate::postgres::limit_statements;
use crate::register::batches::Batch;
use crate::register::idempotency::Stored;
use crate::register::writing::Refused;
use crate::register::{batches, items, undo};
use crate::texts::text;

/// Lists the bulk writes that the caller may see, newest first.
pub async fn list_batches(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    if caller.is_anonymous() {
        return Err(Error::Unauthorized);
    }
    let mut params = Params::parse(request.query_string());
    params.format(&["json"])?;
    let before = params.read("before", text!("expected.batch"), paging::id)?;
    let paging = Paging::read(&mut params, DEFAULT_LIMIT, paging::id)?;
    let collection = params.read("collection", text!("expected.layer"), |text| {
        Layer::of_collection(text).filter(|layer| layer.is_writable())
    })?;
    params.finish()?;
    let mut conn = app.store.connection().await?;
    let collection = collection.map(|layer| layer.collection);
    let before = paging.cursor.or(before);
    let mut batches = batches::list(&mut conn, &caller, collection, before, paging.sought()).await?;
    let links = paging.links(&app, &request, &mut batches, |batch| batch.id.to_string());
    Ok(HttpResponse::Ok().json(json!({"batches": batches, "links": links})))
}

/// A bulk write, and what it did to each record that the caller may see.
pub async fn find_batch(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json"])?;
    let mut conn = app.store.connection().await?;
    let (batch, layer) = visible(&mut conn, &caller, number_of(&request)?).await?;
    let items = batches::records(&mut conn, &View::new(&caller, layer), batch.id).await?;
    let mut batch = json!(batch);
    batch["items"] = json!(items);
    Ok(HttpResponse::Ok().json(batch))
}

/// Undoes a bulk write: every record gets its earlier values back, except those changed since, which are listed.
pub async fn undo_batch(write: WriteRequest) -> Result<HttpResponse, Error> {
    let WriteRequest { app, caller, request, body: bytes } = &write;
    let id = number_of(request)?;
    let (_, layer) = visible(&mut *write.connection().await?, caller, id).await?;
    may_write(caller, layer)?;
    let body = body::read_optional(request.headers(), bytes)?;
    body::only_members(&body, &["reason", "confirm"])?;
    let remarks = body::remarks(&body)?;
    let once = Request::new(caller, request, bytes)?;
    let context = Context::new(app, caller, layer, request);
    once.answer(app, async |conn| {
        limit_statements(conn, app.limits.request_timeout_s).await?;
        let undone = undo::undo(conn, caller, context.writing(remarks.clone(), None), id).await?;
        if undone.restored.is_empty() {
            return Err(undone.refused().into());
        }
        let versions = items::versions_of(conn, layer, &undone.restored).await?;
        let restored =
            undone.restored.iter().enumerate().map(
                |(index, id)| json!({"index": index, "id": id, "version": versions.get(id), "status": "restored"}),
            );
        let left = undone.left.iter().map(|(id, why)| json!({"id": id, "why": why}));
        let body =
            json!({"items": restored.collect::<Vec<_>>(), "left": left.collect::<Vec<_>>(), "batch": undone.batch});
        Ok(Stored::json(200, &body))
    })
    .await
    .map_err(Refused::of_one)
}

fn number_of(request: &HttpRequest) -> Result<i64, Error> {
    request.match_info().get("batchId").and_then(|id| id.parse().ok()).ok_or(Error::NotFound)
}

/// Finds a batch that the caller may see, and its layer.
async fn visible(conn: &mut AsyncPgConnection, caller: &Caller, id: i64) -> Result<(Batch, &'static Layer), Error> {
    if caller.is_anonymous() {
        return Err(Error::Unauthorized);
    }
    let batch = batches::find(conn, caller, id).await?.ok_or(Error::NotFound)?;
    let layer = Layer::of_collection(&batch.collection).ok_or(Error::NotFound)?;
    Ok((batch, layer))
}
