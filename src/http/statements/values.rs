//! `/indicators/{indicator}/values`: what documents say of units.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::access::{Caller, may_state};
use crate::error::Error;
use crate::http::clock::Clock;
use crate::http::extract::WriteRequest;
use crate::http::state::App;
use crate::http::statements::{indicators, page, stated, unit_parameter};
use crate::input::Params;
use crate::statements::reading::Asked;
use crate::statements::{Kind, items, value};

/// `GET /api/v1/indicators/{indicator}/values`
pub async fn list_values(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut params = Params::parse(request.query_string());
    let mut conn = app.store.connection().await?;
    let units = unit_parameter(&mut conn, &mut params, Clock::of(&request).today()).await?;
    indicators::find(&mut conn, &path, true).await?;
    drop(conn);
    let asked = Asked { indicator: Some(path.into_inner()), units, ..Asked::default() };
    page(&app, &caller, &request, params, (Kind::Values, "values", asked)).await
}

/// `PUT /api/v1/indicators/{indicator}/values`: writes all values of a list, or none.
pub async fn state_values(path: web::Path<String>, write: WriteRequest) -> Result<HttpResponse, Error> {
    may_state(&write.caller, Kind::Values.stated())?;
    let mut conn = write.connection().await?;
    indicators::find(&mut conn, &path, true).await?;
    let today = write.clock().today();
    let items = items("values", write.members()?)?;
    let drafts = items.into_iter().map(|item| value::read(item, Some(&path), today)).collect();
    Ok(HttpResponse::Ok().json(stated(&mut conn, &write, (Kind::Values, Some("/values")), drafts).await?))
}
