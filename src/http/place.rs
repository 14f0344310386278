//! `GET /place`: the place that somebody typed, and the units in which it lies today.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::access::Caller;
use crate::error::Error;
use crate::http::clock::Clock;
use crate::http::state::App;
use crate::http::units::unit_json;
use crate::imports::interpret::typed::typed_place;
use crate::input::Params;
use crate::layers::Crs;
use crate::texts::text;
use crate::units::territory::containing;

/// No text of a place is longer.
const LONGEST: usize = 200;

/// `GET /api/v1/place`
pub async fn find_place(app: web::Data<App>, _: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut params = Params::parse(request.query_string());
    params.format(&["json"])?;
    let at = params.take("at")?.filter(|at| at.len() <= LONGEST);
    let at = at.ok_or_else(|| Error::of_parameter("at", text!("geo.unreadable", given = "")))?;
    let crs = params.read("crs", text!("expected.crs"), Crs::read)?;
    params.finish()?;
    let [longitude, latitude] = typed_place(&at, crs).map_err(|text| Error::of_parameter("at", text))?;
    let mut conn = app.store.connection().await?;
    let units = containing(&mut conn, [longitude, latitude], Clock::of(&request).today()).await?;
    let rounded = |degrees: f64| (degrees * 1e7).round() / 1e7;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(json!({
        "geometry": {"type": "Point", "coordinates": [rounded(longitude), rounded(latitude)]},
        "units": units.iter().map(unit_json).collect::<Vec<_>>(),
    })))
}
