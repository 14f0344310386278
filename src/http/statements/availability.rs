//! Availability of a hamlet, and of a commune, district or province as a whole, with what was stated before.

use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::AsyncPgConnection;
use serde_json::{Value, json};

use crate::access::{Caller, may_state};
use crate::conditions::UnitRef;
use crate::error::Error;
use crate::http::clock::Clock;
use crate::http::extract::{RecordId, WriteRequest, id_in_path};
use crate::http::state::App;
use crate::http::statements::{find_unit, stated, unit_json};
use crate::input::Params;
use crate::statements::history::{Of, versions};
use crate::statements::reading::{self, Asked, shown};
use crate::statements::{Kind, Place, availability, items, places};

/// How many former statements an answer holds.
const HISTORY: i64 = 100;

/// `GET /api/v1/collections/hamlets/items/{id}/availability`
pub async fn show_hamlet_availability(
    app: web::Data<App>,
    caller: Caller,
    RecordId(id): RecordId,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json"])?;
    let mut conn = app.store.connection().await?;
    check_hamlet(&mut conn, id).await?;
    let asked = Asked { hamlet: Some(id), ..Asked::default() };
    answer(&mut conn, &caller, asked, Of::Hamlet(id), json!({"hamlet": id})).await
}

/// `GET /api/v1/units/{unit}/availability`
pub async fn show_unit_availability(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json"])?;
    let mut conn = app.store.connection().await?;
    let unit = UnitRef::parse(&path).ok_or(Error::NotFound)?;
    let unit = find_unit(&mut conn, &unit, Clock::of(&request).today()).await?;
    let asked = Asked { units: Some(vec![unit.id]), ..Asked::default() };
    answer(&mut conn, &caller, asked, Of::Units(&[unit.id]), json!({"unit": unit_json(&unit)})).await
}

/// `PUT /api/v1/collections/hamlets/items/{id}/availability`: writes all statements of a list, or none.
pub async fn state_hamlet_availability(write: WriteRequest) -> Result<HttpResponse, Error> {
    may_state(&write.caller, Kind::Availability.stated())?;
    let id = id_in_path(&write.request, "id")?;
    let mut conn = write.connection().await?;
    check_hamlet(&mut conn, id).await?;
    put(&mut conn, &write, &Place::Hamlet(id)).await
}

/// `PUT /api/v1/units/{unit}/availability`: the same for a commune, district or province.
pub async fn state_unit_availability(path: web::Path<String>, write: WriteRequest) -> Result<HttpResponse, Error> {
    may_state(&write.caller, Kind::Availability.stated())?;
    let mut conn = write.connection().await?;
    let unit = UnitRef::parse(&path).ok_or(Error::NotFound)?;
    let unit = find_unit(&mut conn, &unit, write.clock().today()).await?;
    put(&mut conn, &write, &Place::Unit { code: unit.code, on: unit.valid_from }).await
}

async fn put(conn: &mut AsyncPgConnection, write: &WriteRequest, place: &Place) -> Result<HttpResponse, Error> {
    let today = write.clock().today();
    let items = items("statements", write.members()?)?;
    let drafts = items.into_iter().map(|item| availability::read(item, Some(place.clone()), today)).collect();
    Ok(HttpResponse::Ok().json(stated(conn, write, (Kind::Availability, Some("/statements")), drafts).await?))
}

async fn check_hamlet(conn: &mut AsyncPgConnection, id: i64) -> Result<(), Error> {
    let found = places::hamlets(conn, vec![id]).await?;
    if found.is_empty() { Err(Error::NotFound) } else { Ok(()) }
}

async fn answer(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    asked: Asked,
    of: Of<'_>,
    mut answer: Value,
) -> Result<HttpResponse, Error> {
    let statements = reading::list(conn, Kind::Availability, asked).await?;
    let is_anonymous = caller.is_anonymous();
    answer["statements"] = statements
        .into_iter()
        .map(|stored| {
            let mut stored = shown(stored, is_anonymous);
            stored.shift_remove("unit");
            Value::from(stored)
        })
        .collect();
    answer["history"] = versions(conn, Kind::Availability, of, None, HISTORY, is_anonymous).await?.into();
    Ok(HttpResponse::Ok().json(answer))
}
