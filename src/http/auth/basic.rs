//! Basic authentication (RFC 7617) with a token as the password, for programs that know no bearer tokens, such as QGIS.
//!
//! The name is not read. No answer asks for it, so that browsers open no dialog: only who has tried it is told how.

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use base64::prelude::{BASE64_STANDARD, Engine};

use crate::error::Error;
use crate::http::address::{client_address, last_hop};
use crate::http::auth::csrf;
use crate::http::security::is_https;
use crate::http::state::App;
use crate::layers::Problem;
use crate::texts::text;

pub const CHALLENGE: &str = "Basic realm=\"Hatang\", charset=\"UTF-8\"";

/// The password of an `Authorization` header of this scheme; empty when it is malformed.
pub fn password(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = BASE64_STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    Some(text.and_then(|text| Some(text.split_once(':')?.1.to_owned())).unwrap_or_default())
}

/// Checks that nobody else could read the password on its way, and that no other page makes a browser send it: browsers
/// keep what their user has once entered.
///
/// # Errors
/// 403 over plain HTTP from another machine, and for a write from another page.
pub fn check(app: &App, request: &HttpRequest) -> Result<(), Error> {
    let (limits, headers) = (&app.limits, request.headers());
    let scheme = limits.trust_proxy.then(|| last_hop(headers, "x-forwarded-proto", "proto")).flatten();
    let is_secret = scheme.map_or_else(|| is_https(limits, headers), |scheme| scheme == "https");
    let from_here = || client_address(limits.trust_proxy, request).is_none_or(|address| address.is_loopback());
    if !is_secret && !from_here() {
        return Err(Error::Forbidden(Some(Problem::of_header("Authorization", text!("auth.basic")))));
    }
    if request.method().is_safe() { Ok(()) } else { csrf::check_origin(app, request) }
}
