//! Writing features: `POST`, `PUT`, `PATCH`, `DELETE`. Checks in this order: 401, 404, 428, 412, 415, 422.

use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderMap, IF_MATCH, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::{Value, json};

use super::envelope::READING;
use super::extract::{Layer, RecordId, wants_vietnamese};
use super::items::{log_restricted, restricted_rows, single};
use super::links::base;
use super::today;
use crate::access::{Caller, View, keep_unseen, may_write};
use crate::app::App;
use crate::error::Error;
use crate::kinds::normalise::{Write, normalise};
use crate::kinds::{Kind, Problem, Properties};
use crate::store::assets::Locked;
use crate::store::{Connection, assets, changes, items};

/// `POST /api/v1/collections/{collection}/items`
pub async fn create_item(
    app: web::Data<App>,
    caller: Caller,
    Layer(kind): Layer,
    request: HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse, Error> {
    writable(kind)?;
    may_write(&caller, kind)?;
    let view = View::new(&caller, kind);
    let feature = read_feature(request.headers(), &body, &["application/geo+json", "application/json"])?;
    let mut given = properties(&feature)?;
    if let Some(organisation) = caller.account().and_then(|account| account.organisation.as_ref()) {
        given.entry("source_org").or_insert_with(|| json!(organisation));
    }
    let mut record =
        normalise(kind, Write::Create, &given, Some(&feature["geometry"]), today()).map_err(Error::Invalid)?;
    keep_unseen(kind, view.class_written(), &given, &mut record).map_err(Error::Invalid)?;
    let mut conn = app.store.connection().await?;
    let (id, warnings) = conn
        .transaction(async |conn| {
            let warnings = assets::check_place(conn, &record, today()).await?;
            let ids = assets::insert(conn, kind, vec![record], caller.name()).await?;
            assets::check_scope(conn, &view, &ids).await?;
            Ok::<_, Error>((ids[0], warnings))
        })
        .await?;
    let location = format!("{}/collections/{}/items/{id}", base(&app, &request), kind.collection);
    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, location));
    answer(&app, conn, &caller, kind, id, &request, response, &warnings).await
}

/// `PUT /api/v1/collections/{collection}/items/{id}`
pub async fn replace_item(
    app: web::Data<App>,
    caller: Caller,
    Layer(kind): Layer,
    RecordId(id): RecordId,
    request: HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse, Error> {
    let headers = request.headers();
    let change = |current: &Properties| {
        let feature = read_feature(headers, &body, &["application/geo+json", "application/json"])?;
        same_id(&feature, id)?;
        let given = properties(&feature)?;
        let record = normalise(kind, Write::Replace { current }, &given, Some(&feature["geometry"]), today());
        Ok((given, record.map_err(Error::Invalid)?))
    };
    change_item(&app, &caller, kind, id, &request, change).await
}

/// `PATCH /api/v1/collections/{collection}/items/{id}`, a JSON merge patch (RFC 7396) of the feature.
pub async fn update_item(
    app: web::Data<App>,
    caller: Caller,
    Layer(kind): Layer,
    RecordId(id): RecordId,
    request: HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse, Error> {
    let headers = request.headers();
    let change = |current: &Properties| {
        let types = ["application/merge-patch+json", "application/geo+json", "application/json"];
        let patch = read_feature(headers, &body, &types)?;
        same_id(&patch, id)?;
        let given = properties(&patch)?;
        let record = normalise(kind, Write::Patch { current }, &given, patch.get("geometry"), today());
        Ok((given, record.map_err(Error::Invalid)?))
    };
    change_item(&app, &caller, kind, id, &request, change).await
}

/// `DELETE /api/v1/collections/{collection}/items/{id}`: history keeps the record.
pub async fn delete_item(
    app: web::Data<App>,
    caller: Caller,
    Layer(kind): Layer,
    RecordId(id): RecordId,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    writable(kind)?;
    may_write(&caller, kind)?;
    let view = View::new(&caller, kind);
    let headers = request.headers();
    let mut conn = app.store.connection().await?;
    conn.transaction(async |conn| {
        lock(conn, &view, &caller, id, headers).await?;
        assets::delete(conn, kind, id, caller.name()).await?;
        Ok::<_, Error>(())
    })
    .await?;
    changes::number(&mut conn).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `OPTIONS`: what this caller may do here (OGC API Features, part 4).
pub async fn show_options(caller: Caller, Layer(kind): Layer, request: HttpRequest) -> HttpResponse {
    let allow = if may_write(&caller, kind).is_ok() { methods(kind, &request) } else { READING };
    HttpResponse::Ok().insert_header((ALLOW, allow)).finish()
}

/// A method that features, or a feature, do not have.
pub async fn refuse_method(Layer(kind): Layer, request: HttpRequest) -> Result<HttpResponse, Error> {
    Err(Error::MethodNotAllowed(methods(kind, &request)))
}

fn methods(kind: &Kind, request: &HttpRequest) -> &'static str {
    match (kind.is_writable(), request.match_info().get("id")) {
        (true, Some(_)) => "GET, HEAD, OPTIONS, PUT, PATCH, DELETE",
        (true, None) => "GET, HEAD, OPTIONS, POST",
        (false, _) => READING,
    }
}

async fn change_item(
    app: &App,
    caller: &Caller,
    kind: &'static Kind,
    id: i64,
    request: &HttpRequest,
    change: impl Fn(&Properties) -> Result<(Properties, Properties), Error> + Sync,
) -> Result<HttpResponse, Error> {
    writable(kind)?;
    may_write(caller, kind)?;
    let view = View::new(caller, kind);
    let headers = request.headers();
    let mut conn = app.store.connection().await?;
    let warnings = conn
        .transaction(async |conn| {
            let Locked { record: current, class, .. } = lock(conn, &view, caller, id, headers).await?;
            let (given, mut changes) = change(&current)?;
            keep_unseen(kind, class, &given, &mut changes).map_err(Error::Invalid)?;
            let differs = |name: &str, value: &Value| !same(value, current.get(name).unwrap_or(&Value::Null));
            let moved = ["geom", "declared_commune_code", "declared_on"]
                .iter()
                .any(|name| changes.get(*name).is_some_and(|value| differs(name, value)));
            let mut warnings = Vec::new();
            if moved {
                let mut whole = current.clone();
                whole.extend(changes.clone());
                warnings = assets::check_place(conn, &whole, today()).await?;
            }
            if changes.iter().any(|(name, value)| name != "effective_on" && differs(name, value)) {
                assets::update(conn, kind, id, changes, caller.name()).await?;
                assets::check_scope(conn, &view, &[id]).await?;
            }
            Ok::<_, Error>(warnings)
        })
        .await?;
    answer(app, conn, caller, kind, id, request, HttpResponse::Ok(), &warnings).await
}

/// The record to change, locked: 404 or 403, then 428 and 412.
async fn lock(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    caller: &Caller,
    id: i64,
    headers: &HeaderMap,
) -> Result<Locked, Error> {
    let locked = assets::lock(conn, view, id).await?.ok_or_else(|| missing(headers))?;
    if !locked.is_writable {
        return Err(Error::Forbidden(None));
    }
    if !caller.writes_unconditionally() || headers.contains_key(IF_MATCH) {
        check_version(headers, &locked.record)?;
    }
    Ok(locked)
}

/// Whether two values are stored alike: 30 and 30.0 are.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// The record as it is after a write, which by then has its number in the change feed.
#[expect(clippy::too_many_arguments, reason = "the end of every write")]
async fn answer(
    app: &App,
    mut conn: Connection,
    caller: &Caller,
    kind: &'static Kind,
    id: i64,
    request: &HttpRequest,
    response: actix_web::HttpResponseBuilder,
    warnings: &[Problem],
) -> Result<HttpResponse, Error> {
    changes::number(&mut conn).await?;
    let view = View::new(caller, kind);
    let row = items::find(&mut conn, &view, id).await?.ok_or(Error::NotFound)?;
    log_restricted(&mut conn, caller, kind, restricted_rows(kind, std::slice::from_ref(&row)), request).await?;
    let vietnamese = wants_vietnamese(request.headers());
    let warnings: Vec<_> = warnings
        .iter()
        .map(|problem| json!({"code": problem.code, "message": if vietnamese { &problem.vi } else { &problem.en }}))
        .collect();
    let more = if warnings.is_empty() { vec![] } else { vec![("warnings", json!(warnings))] };
    Ok(single(app, request, &view, &row, response, &more))
}

fn writable(kind: &Kind) -> Result<(), Error> {
    if kind.is_writable() { Ok(()) } else { Err(Error::MethodNotAllowed(READING)) }
}

/// An unknown id with `If-Match` is a failed precondition (RFC 9110), without it not found.
fn missing(headers: &HeaderMap) -> Error {
    if headers.contains_key(IF_MATCH) { Error::Stale } else { Error::NotFound }
}

fn check_version(headers: &HeaderMap, current: &Properties) -> Result<(), Error> {
    let tags = headers.get(IF_MATCH).ok_or(Error::PreconditionRequired)?.to_str().map_err(|_| Error::Stale)?;
    let etag = format!("\"{}\"", current["version"]);
    let matches = tags.split(',').map(str::trim).any(|tag| tag == "*" || tag == etag);
    if matches { Ok(()) } else { Err(Error::Stale) }
}

fn read_feature(headers: &HeaderMap, body: &[u8], types: &[&str]) -> Result<Value, Error> {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if !types.iter().any(|known| known.eq_ignore_ascii_case(essence)) {
        return Err(Error::UnsupportedMediaType);
    }
    let invalid =
        |pointer: &str, vi: String, en: String| Error::Invalid(vec![Problem::at(pointer, "json.malformed", vi, en)]);
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        invalid(
            "",
            format!("JSON sai ở dòng {line}, cột {column}."),
            format!("The JSON is broken at line {line}, column {column}."),
        )
    })?;
    let is_feature = value.get("type").map_or(essence == "application/merge-patch+json", |name| name == "Feature");
    if !value.is_object()
        || !(is_feature || value.get("type").is_none() && types.contains(&"application/merge-patch+json"))
    {
        return Err(invalid("/type", "Cần một GeoJSON Feature.".into(), "A GeoJSON Feature is needed.".into()));
    }
    Ok(value)
}

fn properties(feature: &Value) -> Result<Properties, Error> {
    match feature.get("properties") {
        Some(Value::Object(properties)) => Ok(properties.clone()),
        None | Some(Value::Null) => Ok(Properties::new()),
        Some(_) => Err(Error::Invalid(vec![Problem::at(
            "/properties",
            "type",
            "“properties” phải là một đối tượng.",
            "“properties” must be an object.",
        )])),
    }
}

fn same_id(feature: &Value, id: i64) -> Result<(), Error> {
    match feature.get("id") {
        Some(given) if given != id && given.as_str() != Some(&id.to_string()) => {
            Err(Error::Invalid(vec![Problem::at(
                "/id",
                "id.mismatch",
                "“id” khác với địa chỉ.",
                "“id” differs from the address.",
            )]))
        }
        _ => Ok(()),
    }
}
