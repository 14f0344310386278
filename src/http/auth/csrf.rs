//! Checks that a write with a session cookie comes from our own page: browsers send the cookie with requests of other
//! pages, too.

use actix_web::HttpRequest;
use actix_web::http::header::ORIGIN;
use ctutils::CtEq;

use crate::accounts::secrets::hash;
use crate::error::Error;
use crate::http::links::home;
use crate::http::state::App;
use crate::layers::Problem;
use crate::texts::{Text, text};

const HEADER: &str = "X-CSRF-Token";

/// The token that a page sends with each write. Other pages cannot read our answers, so they do not know it.
pub fn token(secret: &str) -> String {
    hash(&format!("hatang csrf {secret}"))
}

/// Checks the token and the origin of a write.
///
/// # Errors
/// 403 without the session's token, or from another page.
pub fn check(app: &App, request: &HttpRequest, secret: &str) -> Result<(), Error> {
    let given = request.headers().get(HEADER).map_or(&[][..], |value| value.as_bytes());
    if !given.ct_eq(token(secret).as_bytes()).to_bool() {
        return Err(refused(HEADER, text!("auth.csrf")));
    }
    check_origin(app, request)
}

/// Checks that `Origin`, if the request has one, is our own page or a configured origin.
///
/// # Errors
/// 403 from any other page.
pub fn check_origin(app: &App, request: &HttpRequest) -> Result<(), Error> {
    let Some(origin) = request.headers().get(ORIGIN) else { return Ok(()) };
    let known = |origin: &str| home(app, request) == origin || app.limits.write_origins.iter().any(|it| it == origin);
    if origin.to_str().is_ok_and(known) {
        return Ok(());
    }
    Err(refused("Origin", text!("auth.origin")))
}

fn refused(header: &'static str, text: Text) -> Error {
    Error::Forbidden(Some(Problem::of_header(header, text)))
}
