//! Writing one or many features: `POST`, `PUT`, `PATCH`, `DELETE`. Errors are checked in this order: 401, 403 or 404,
//! 428, 412, 415, 422.

pub mod body;
mod bulk;
mod crs;
mod idempotency;
mod options;
mod received;
mod reclassify;
mod restore;
mod verify;

pub use body::read_object;
pub use bulk::{delete_items, update_items};
pub use idempotency::Request;
pub use options::{refuse_method, show_options};
pub use received::Received;
pub use reclassify::{reclassify, show_reclassification};
pub use restore::restore_item;
pub use verify::{verify_item, verify_items};

use actix_web::http::header::HeaderMap;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, ETAG, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::AsyncPgConnection;
use serde_json::{Value, json};

use crate::access::{Caller, View, may_write};
use crate::error::Error;
use crate::files::export::Columns;
use crate::http::audit::Trace;
use crate::http::clock::Clock;
use crate::http::envelope::READING;
use crate::http::extract::{LayerPath, RecordId};
use crate::http::feature::{CONTENT_CRS, GEOJSON, content_crs, log_restricted, restricted_rows, tagged_feature};
use crate::http::heavy::Asked;
use crate::http::state::App;
use crate::layers::normalise::Write;
use crate::layers::{Choice, Layer, NamedCrs, Problem, Properties};
use crate::register::idempotency::Stored;
use crate::register::items::Shape;
use crate::register::writing::{Expected, Refused, Writing};
use crate::register::{items, writing};
use body::{FEATURE, PATCH, Remarks};

/// `POST /api/v1/collections/{collection}/items`: creates a feature, or many with a FeatureCollection.
pub async fn create_item(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    Received::read(app, caller, layer, &request, payload).await?.written(create).await
}

async fn create(received: &Received) -> Result<Stored, Error> {
    let Received { app, caller, layer, asked, bytes, .. } = received;
    let body = crs::into_wgs84(&asked.headers, read_object(&asked.headers, bytes, FEATURE)?)?;
    let once = Request::of(caller, asked, bytes)?;
    let context = Context::of(app, caller, layer, asked);
    if body["type"] == "FeatureCollection" {
        return bulk::create_items(app, &context, &once, &body).await;
    }
    if bytes.len() > app.limits.body_limit {
        return Err(Error::TooLarge);
    }
    body::check_feature(&body, false)?;
    let writing = context.writing(body::remarks(&body)?, None);
    let draft = body::draft(layer, caller, &body, context.clock.today())?;
    once.stored(app, async |conn| {
        let written = writing::create(conn, &writing, vec![Ok(draft.clone())]).await?;
        let warnings = with_altitude(&written.warnings[0], Some(&body));
        let mut answer = context.answer(conn, 201, written.ids[0], &warnings).await?;
        let location = format!("{}/collections/{}/items/{}", context.base, layer.collection, written.ids[0]);
        answer.headers.push((LOCATION.to_string(), location));
        Ok(answer)
    })
    .await
    .map_err(Refused::of_one)
}

/// `PUT /api/v1/collections/{collection}/items/{id}`
pub async fn replace_item(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    RecordId(id): RecordId,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<HttpResponse, Error> {
    let target = (id, body::expected(&request));
    let change = async move |received: &Received| {
        change_item(received, target, FEATURE, |current| Write::Replace { current }).await
    };
    Received::of(app, caller, layer, &request, bytes)?.written(change).await
}

/// `PATCH /api/v1/collections/{collection}/items/{id}`: a JSON merge patch (RFC 7396) of the feature.
pub async fn update_item(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    RecordId(id): RecordId,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<HttpResponse, Error> {
    let target = (id, body::expected(&request));
    let change =
        async move |received: &Received| change_item(received, target, PATCH, |current| Write::Patch { current }).await;
    Received::of(app, caller, layer, &request, bytes)?.written(change).await
}

/// `DELETE /api/v1/collections/{collection}/items/{id}`: deletes the record and keeps its history. A body may give a
/// reason.
pub async fn delete_item(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    RecordId(id): RecordId,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<HttpResponse, Error> {
    permit(&caller, layer)?;
    let context = Context::new(&app, &caller, layer, &request);
    let writing = context.writing(body::remarks(&body::read_optional(request.headers(), &bytes)?)?, None);
    let targets = [(id, body::expected(&request))];
    let once = Request::new(&caller, &request, &bytes)?;
    once.answer(&app, async |conn| {
        writing::set_deleted(conn, &writing, &targets, true).await?;
        Ok(Stored { status: 204, headers: Vec::new(), body: String::new() })
    })
    .await
    .map_err(Refused::of_one)
}

async fn change_item(
    received: &Received,
    target: (i64, Expected),
    types: &[&str],
    write: impl for<'c> Fn(&'c Properties) -> Write<'c> + Sync,
) -> Result<Stored, Error> {
    let Received { app, caller, layer, asked, bytes, .. } = received;
    let context = Context::of(app, caller, layer, asked);
    let once = Request::of(caller, asked, bytes)?;
    let headers: &HeaderMap = &asked.headers;
    let id = target.0;
    let targets = [target];
    // Errors of the body are reported after errors of the precondition, so `read` returns them later.
    let parsed = read_object(headers, bytes, types).and_then(|body| crs::into_wgs84(headers, body));
    let remarks = parsed.as_ref().map_or(Ok(Remarks::default()), body::remarks);
    let writing = context.writing(remarks.as_ref().map_or(Remarks::default(), Clone::clone), None);
    let parsed = parsed.and_then(|body| remarks.map(|_| body));
    let read = |_: usize, current: &Properties| {
        let body = parsed.as_ref().map_err(Error::again)?;
        body::check_feature(body, types == PATCH)?;
        body::same_id(body, id)?;
        body::change(layer, write(current), body, context.clock.today())
    };
    once.stored(app, async |conn| {
        let written = writing::change(conn, &writing, &targets, &read).await?;
        let warnings = with_altitude(&written.warnings[0], parsed.as_ref().ok());
        Ok(context.answer(conn, 200, id, &warnings).await?)
    })
    .await
    .map_err(Refused::of_one)
}

/// The warnings of a write, and that altitudes of the feature were left out.
fn with_altitude(warnings: &[Problem], feature: Option<&Value>) -> Vec<Problem> {
    warnings.iter().cloned().chain(feature.and_then(crs::altitude)).collect()
}

/// The parts of a request that a write needs.
pub struct Context<'a> {
    pub caller: &'a Caller,
    pub view: View<'a>,
    pub base: String,
    pub clock: Clock,
    /// The time limit of an SQL statement, seconds: that of the request.
    limit_s: u64,
    vietnamese: bool,
    trace: Trace,
}

impl<'a> Context<'a> {
    pub fn new(app: &App, caller: &'a Caller, layer: &'static Layer, request: &HttpRequest) -> Context<'a> {
        Context::of(app, caller, layer, &Asked::of(app, request))
    }

    pub fn of(app: &App, caller: &'a Caller, layer: &'static Layer, asked: &Asked) -> Context<'a> {
        Context {
            caller,
            view: View::new(caller, layer),
            base: asked.base.clone(),
            clock: asked.clock,
            limit_s: app.limits.request_timeout_s,
            vietnamese: asked.vietnamese,
            trace: asked.trace.clone(),
        }
    }

    pub fn writing(&self, Remarks { reason, confirm }: Remarks, batch: Option<i64>) -> Writing<'_> {
        Writing {
            view: self.view,
            actor: self.caller.name(),
            today: self.clock.today(),
            reason,
            confirmed: confirm,
            unconditional: self.caller.writes_unconditionally(),
            batch,
        }
    }

    /// The label of a value, in the language of the answer.
    pub fn label(&self, choice: &Choice) -> &'static str {
        if self.vietnamese { choice.label.vi } else { choice.label.en }
    }

    /// Warnings as JSON, in the language of the answer.
    pub fn warnings(&self, warnings: &[Problem]) -> Vec<Value> {
        let message = |problem: &Problem| problem.text.say(self.vietnamese);
        warnings.iter().map(|problem| json!({"code": problem.code, "message": message(problem)})).collect()
    }

    /// The response with the record as it is after the write.
    pub async fn answer(
        &self,
        conn: &mut AsyncPgConnection,
        status: u16,
        id: i64,
        warnings: &[Problem],
    ) -> Result<Stored, Error> {
        let row = items::find(conn, &self.view, Shape::default(), id).await?.ok_or(Error::NotFound)?;
        let rows = restricted_rows(self.view.layer, std::slice::from_ref(&row));
        log_restricted(conn, self.caller, self.view.layer, rows, &self.trace).await?;
        let warnings = self.warnings(warnings);
        let more = if warnings.is_empty() { vec![] } else { vec![("warnings", json!(warnings))] };
        let columns = Columns::new(self.view.layer, self.view.fields(), self.vietnamese);
        let (etag, body) = tagged_feature(&self.base, &self.view, &columns, &row, &more);
        let headers = vec![
            (ETAG.to_string(), etag.to_string()),
            (CONTENT_CRS.to_owned(), content_crs(NamedCrs::crs84())),
            // A strong tag stands for exact bytes, so this answer is never compressed.
            (CONTENT_ENCODING.to_string(), "identity".to_owned()),
            (CONTENT_TYPE.to_string(), GEOJSON.to_owned()),
        ];
        Ok(Stored { status, headers, body: String::from_utf8(body).map_err(anyhow::Error::new)? })
    }
}

/// Checks that the caller may write to the layer at all: 405, 401, 403.
fn permit(caller: &Caller, layer: &'static Layer) -> Result<(), Error> {
    writable(layer)?;
    may_write(caller, layer)
}

/// Answers 405 for a read-only layer.
pub fn writable(layer: &Layer) -> Result<(), Error> {
    if layer.is_writable() { Ok(()) } else { Err(Error::MethodNotAllowed(READING)) }
}
