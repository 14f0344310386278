//! The cookies of a browser: of its session, and of the device.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::web::Data;

use crate::accounts::devices::KEPT_DAYS;
use crate::http::security::is_https;
use crate::http::state::App;

const SESSION: &str = "hatang_session";
const DEVICE: &str = "hatang_device";

/// The secret of the session, from the cookie.
pub fn session_cookie(request: &HttpRequest) -> Option<String> {
    value(request, SESSION)
}

/// The secret of the device, which stays when the session ends.
pub fn device_cookie(request: &HttpRequest) -> Option<String> {
    value(request, DEVICE)
}

fn value(request: &HttpRequest, name: &str) -> Option<String> {
    let is_https = request.app_data::<Data<App>>().is_some_and(|app| is_https(&app.limits, request.headers()));
    let found = if is_https { request.cookie(&host_only(name)) } else { request.cookie(name) };
    found.map(|cookie| cookie.value().to_owned())
}

/// Browsers accept a cookie with this prefix only from the host itself, over TLS: no other host of the domain can plant
/// one.
fn host_only(name: &str) -> String {
    format!("__Host-{name}")
}

/// The cookie for a session. It has no age: the browser drops it when it closes. The session may end earlier.
pub fn set(app: &App, request: &HttpRequest, secret: &str) -> Cookie<'static> {
    cookie(app, request, SESSION, secret)
}

/// The cookie for a device.
pub fn set_device(app: &App, request: &HttpRequest, secret: &str) -> Cookie<'static> {
    let mut cookie = cookie(app, request, DEVICE, secret);
    cookie.set_max_age(Duration::days(KEPT_DAYS.into()));
    cookie
}

fn cookie(app: &App, request: &HttpRequest, name: &str, secret: &str) -> Cookie<'static> {
    let is_https = is_https(&app.limits, request.headers());
    let name = if is_https { host_only(name) } else { name.to_owned() };
    let cookie = Cookie::build(name, secret.to_owned()).path("/").http_only(true).same_site(SameSite::Lax);
    cookie.secure(is_https).finish()
}

pub fn clear(app: &App, request: &HttpRequest) -> Cookie<'static> {
    let mut cookie = set(app, request, "");
    cookie.make_removal();
    cookie
}
