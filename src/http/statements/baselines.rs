//! `/baselines`: figures that were published before the register could count them.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::access::{Caller, may_state};
use crate::error::Error;
use crate::figures;
use crate::http::clock::Clock;
use crate::http::extract::WriteRequest;
use crate::http::state::App;
use crate::http::statements::{page, stated, unit_parameter};
use crate::input::{Members, Params};
use crate::statements::reading::{self, Asked};
use crate::statements::{Kind, baseline, items};
use crate::texts::text;

/// `GET /api/v1/baselines`
pub async fn list_baselines(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut params = Params::parse(request.query_string());
    let indicator = params.read("indicator", text!("expected.counted"), figures::find)?;
    let indicator = indicator.map(|indicator| indicator.code.to_owned());
    let mut conn = app.store.connection().await?;
    let units = unit_parameter(&mut conn, &mut params, Clock::of(&request).today()).await?;
    drop(conn);
    let asked = Asked { indicator, units, ..Asked::default() };
    page(&app, &caller, &request, params, (Kind::Baselines, "baselines", asked)).await
}

/// `PUT /api/v1/baselines`: writes all figures of a list, or none.
pub async fn state_baselines(write: WriteRequest) -> Result<HttpResponse, Error> {
    may_state(&write.caller, Kind::Baselines.stated())?;
    let today = write.clock().today();
    let items = items("baselines", write.members()?)?;
    let drafts = items.into_iter().map(|item| baseline::read(item, today)).collect();
    let mut conn = write.connection().await?;
    Ok(HttpResponse::Ok().json(stated(&mut conn, &write, (Kind::Baselines, Some("/baselines")), drafts).await?))
}

/// `DELETE /api/v1/baselines/{baseline}`: takes a figure back. Its history stays.
pub async fn withdraw_baseline(write: WriteRequest) -> Result<HttpResponse, Error> {
    may_state(&write.caller, Kind::Baselines.stated())?;
    let mut conn = write.connection().await?;
    let asked = Asked { id: Some(write.id("baseline")?), ..Asked::default() };
    let stored = reading::list(&mut conn, Kind::Baselines, asked).await?.pop().ok_or(Error::NotFound)?;
    let unit = &stored["unit"];
    let text = |name: &str| unit[name].as_str().unwrap_or_default();
    let withdrawal = json!({
        "indicator": stored["indicator"],
        "group": stored["group_value"],
        "unit": format!("{}@{}", text("code"), text("valid_from")),
        "on": stored["on_day"],
        "withdrawn": true,
    });
    let members = Members::new(withdrawal.as_object().cloned().unwrap_or_default());
    let draft = baseline::read(members, write.clock().today())?;
    stated(&mut conn, &write, (Kind::Baselines, None), vec![Ok(draft)]).await?;
    Ok(HttpResponse::NoContent().finish())
}
