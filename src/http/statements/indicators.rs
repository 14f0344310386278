//! `/indicators`: the indicators that are declared and not counted. Administrators define them.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::AsyncPgConnection;
use serde_json::{Map, Value, json};

use crate::access::{Caller, may_state};
use crate::error::Error;
use crate::http::extract::WriteRequest;
use crate::http::state::App;
use crate::http::statements::{page, stated};
use crate::input::{Members, Params};
use crate::layers::Problem;
use crate::statements::reading::{self, Asked, shown};
use crate::statements::{Kind, indicator};
use crate::texts::text;

/// `GET /api/v1/indicators`
pub async fn list_indicators(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let asked = (Kind::Indicators, "indicators", Asked::default());
    page(&app, &caller, &request, Params::parse(request.query_string()), asked).await
}

/// `GET /api/v1/indicators/{indicator}`
pub async fn find_indicator(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json"])?;
    let mut conn = app.store.connection().await?;
    Ok(HttpResponse::Ok().json(find(&mut conn, &path, caller.is_anonymous()).await?))
}

/// `POST /api/v1/indicators`
pub async fn define_indicator(write: WriteRequest) -> Result<HttpResponse, Error> {
    may_state(&write.caller, Kind::Indicators.stated())?;
    let draft = indicator::read(write.members()?)?;
    let code = draft.text("code").unwrap_or_default().to_owned();
    let mut conn = write.connection().await?;
    if find(&mut conn, &code, false).await.is_ok() {
        return Err(Error::Conflict(Problem::in_body("/code", text!("dup.code/indicator", code))));
    }
    stated(&mut conn, &write, (Kind::Indicators, None), vec![Ok(draft)]).await?;
    let location = write.url(format_args!("/indicators/{code}"));
    Ok(HttpResponse::Created().insert_header((LOCATION, location)).json(find(&mut conn, &code, false).await?))
}

/// `PATCH /api/v1/indicators/{indicator}`: changes the members that are given.
pub async fn update_indicator(path: web::Path<String>, write: WriteRequest) -> Result<HttpResponse, Error> {
    may_state(&write.caller, Kind::Indicators.stated())?;
    let given = write.members()?.rest();
    let mut conn = write.connection().await?;
    let mut definition = find(&mut conn, &path, true).await?;
    for name in ["id", "stated_at"] {
        definition.shift_remove(name);
    }
    merge(&mut definition, given);
    if definition.get("code") != Some(&json!(*path)) {
        return Err(Error::Invalid(vec![Problem::in_body("/code", text!("indicator.code_stays"))]));
    }
    let draft = indicator::read(Members::new(definition))?;
    stated(&mut conn, &write, (Kind::Indicators, None), vec![Ok(draft)]).await?;
    Ok(HttpResponse::Ok().json(find(&mut conn, &path, false).await?))
}

/// `DELETE /api/v1/indicators/{indicator}`: only without values.
pub async fn delete_indicator(path: web::Path<String>, write: WriteRequest) -> Result<HttpResponse, Error> {
    may_state(&write.caller, Kind::Indicators.stated())?;
    let mut conn = write.connection().await?;
    find(&mut conn, &path, true).await?;
    let withdrawal = Map::from_iter([("code".into(), json!(*path)), ("withdrawn".into(), json!(true))]);
    let draft = indicator::read(Members::new(withdrawal))?;
    stated(&mut conn, &write, (Kind::Indicators, None), vec![Ok(draft)]).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// # Errors
/// 404 when there is none.
pub async fn find(conn: &mut AsyncPgConnection, code: &str, is_anonymous: bool) -> Result<Map<String, Value>, Error> {
    if !indicator::is_code(code) {
        return Err(Error::NotFound);
    }
    let asked = Asked { indicator: Some(code.to_owned()), ..Asked::default() };
    let found = reading::list(conn, Kind::Indicators, asked).await?.pop();
    found.map(|stored| shown(stored, is_anonymous)).ok_or(Error::NotFound)
}

/// A merge patch (RFC 7396).
fn merge(target: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, value) in patch {
        match (target.get_mut(&name), value) {
            (_, Value::Null) => drop(target.shift_remove(&name)),
            (Some(Value::Object(target)), Value::Object(patch)) => merge(target, patch),
            (_, value) => drop(target.insert(name, value)),
        }
    }
}
