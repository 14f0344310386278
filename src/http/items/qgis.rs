//! `datetime` from QGIS.
//!
//! QGIS (3.22 always, later versions where they have no CQL2) sends a comparison on any column with dates as `datetime=`,
//! without the column's name, and trusts the answer: `installed_on = '2022-10-26'` showed 183 cameras for 2. Elsewhere
//! `datetime` means the valid time of features, and QGIS never means that.

use actix_web::HttpRequest;
use actix_web::http::header::USER_AGENT;

use crate::error::Error;
use crate::input::Params;
use crate::texts::text;

/// Whether an answer depends on which client asks: a stored response for others must not be given to QGIS.
pub fn varies(request: &HttpRequest) -> bool {
    Params::parse(request.query_string()).rest().any(|name| name == "datetime")
}

/// Refuses `datetime` of QGIS.
///
/// # Errors
/// 400 that says how to filter by a date.
pub fn check(request: &HttpRequest) -> Result<(), Error> {
    let agent = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    match varies(request) && agent.contains("QGIS/") {
        true => Err(Error::of_parameter("datetime", text!("parameter.invalid/datetime_of_qgis"))),
        false => Ok(()),
    }
}
