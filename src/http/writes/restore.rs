//! `POST …/items/{id}/restore`: restores a deleted record, or the values of an earlier version as a new version.

use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::AsyncPgConnection;
use serde_json::Value;

use crate::access::{Caller, is_masked};
use crate::error::Error;
use crate::http::extract::{LayerPath, RecordId};
use crate::http::state::App;
use crate::http::writes::idempotency::Request;
use crate::http::writes::{Context, body, permit};
use crate::layers::normalise::{Write, normalise};
use crate::layers::{Class, Problem, Properties};
use crate::register::writing::{Draft, Expected, Refused, Writing};
use crate::register::{history, items, writing};
use crate::texts::text;

/// `POST /api/v1/collections/{collection}/items/{id}/restore`
pub async fn restore_item(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    RecordId(id): RecordId,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<HttpResponse, Error> {
    permit(&caller, layer)?;
    let body = body::read_optional(request.headers(), &bytes)?;
    body::only_members(&body, &["version", "reason", "confirm"])?;
    let version = version_of(&body)?;
    let once = Request::new(&caller, &request, &bytes)?;
    let context = Context::new(&app, &caller, layer, &request);
    let writing = context.writing(body::remarks(&body)?, None);
    let expected = body::expected(&request);
    once.answer(&app, async |conn| {
        let warnings = match version {
            None => undelete(conn, &writing, id, expected.clone()).await?,
            Some(version) => put_back(conn, &writing, id, expected.clone(), version).await?,
        };
        Ok(context.answer(conn, 200, id, &warnings).await?)
    })
    .await
    .map_err(Refused::of_one)
}

/// `If-Match` is not required: nobody can have written a deleted record.
async fn undelete(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    id: i64,
    expected: Expected,
) -> Result<Vec<Problem>, Refused> {
    if let Some(living) = writing::lock(conn, &writing.view, &[id], false).await?.remove(&id) {
        let problem = Problem::in_body("", text!("restore.not_deleted"));
        let error = if living.is_writable { Error::Conflict(problem) } else { Error::Forbidden(None) };
        return Err(error.into());
    }
    let expected = if matches!(expected, Expected::Unsaid) { Expected::Unneeded } else { expected };
    writing::set_deleted(conn, writing, &[(id, expected)], false).await?;
    Ok(Vec::new())
}

/// Restores the fields that the writer may see to their values in a version. Other fields keep their values.
async fn put_back(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    id: i64,
    expected: Expected,
    version: i64,
) -> Result<Vec<Problem>, Refused> {
    let layer = writing.view.layer;
    let class = items::class_of(conn, &writing.view, id).await?.ok_or(Error::NotFound)?;
    let was = history::at_version(conn, layer, class, id, version).await?;
    let was = was.map(|record| {
        let (mut properties, geometry) = history::feature(layer, class, &record);
        // The restored values are valid from today.
        properties.remove("effective_on");
        // A null may be a value that is hidden from the writer; it must not erase the field.
        let is_hidden = |name: &str| class < Class::Restricted && layer.field(name).is_some_and(is_masked);
        properties.retain(|name, value| !(value.is_null() && is_hidden(name)));
        (properties, geometry)
    });
    let read = |_: usize, current: &Properties| {
        let (given, geometry) = was
            .as_ref()
            .ok_or_else(|| Error::Invalid(vec![Problem::in_body("/version", text!("version.unknown", version))]))?;
        let record = normalise(layer, Write::Patch { current }, given, Some(geometry), writing.today);
        Ok(Draft { given: given.clone(), record: record.map_err(Error::Invalid)? })
    };
    let mut written = writing::change(conn, writing, &[(id, expected)], read).await?;
    Ok(written.warnings.swap_remove(0))
}

fn version_of(body: &Value) -> Result<Option<i64>, Error> {
    match body.get("version") {
        None | Some(Value::Null) => Ok(None),
        Some(version) => match version.as_i64().filter(|version| *version > 0) {
            Some(version) => Ok(Some(version)),
            None => Err(body::wrong_type("version", text!("expected.positive"))),
        },
    }
}
