//! The cookie of a browser's session.

use actix_web::HttpRequest;
use actix_web::http::header::{COOKIE, HeaderMap};

use crate::http::links::home;
use crate::http::state::App;

const NAME: &str = "hatang_session";

/// The secret that a browser sent.
pub fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(COOKIE).filter_map(|header| header.to_str().ok());
    let pairs = cookies.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| *name == NAME).map(|(_, secret)| secret).next()
}

/// Without an age: it goes with the browser, and earlier with the session.
pub fn set(app: &App, request: &HttpRequest, secret: &str) -> String {
    let secure = if home(app, request).starts_with("https:") { "; Secure" } else { "" };
    format!("{NAME}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}")
}

pub fn clear(app: &App, request: &HttpRequest) -> String {
    set(app, request, "") + "; Max-Age=0"
}
