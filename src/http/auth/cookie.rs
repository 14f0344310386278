//! The cookie of a browser's session.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};

use crate::http::links::home;
use crate::http::state::App;

const NAME: &str = "hatang_session";

/// The secret of the session, from the cookie.
pub fn session_cookie(request: &HttpRequest) -> Option<String> {
    request.cookie(NAME).map(|cookie| cookie.value().to_owned())
}

/// The cookie for a session. It has no age: the browser drops it when it closes. The session may end earlier.
pub fn set(app: &App, request: &HttpRequest, secret: &str) -> Cookie<'static> {
    let is_https = home(app, request).starts_with("https:");
    let cookie = Cookie::build(NAME, secret.to_owned()).path("/").http_only(true).same_site(SameSite::Lax);
    cookie.secure(is_https).finish()
}

pub fn clear(app: &App, request: &HttpRequest) -> Cookie<'static> {
    let mut cookie = set(app, request, "");
    cookie.make_removal();
    cookie
}
