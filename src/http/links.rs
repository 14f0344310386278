//! Absolute links, with the address at which the client sees the service.

use actix_web::HttpRequest;
use actix_web::http::header::HOST;
use serde_json::{Value, json};

use crate::http::BASE;
use crate::http::address::last_hop;
use crate::http::state::App;
use crate::http::vary::{On, note};

/// The URL of the API for this client: `https://hatang.example/api/v1`.
pub fn base(app: &App, request: &HttpRequest) -> String {
    format!("{}{BASE}", home(app, request))
}

/// The URL of the service for this client: `https://hatang.example`.
pub fn home(app: &App, request: &HttpRequest) -> String {
    if let Some(url) = &app.limits.public_url {
        return url.trim_end_matches('/').to_owned();
    }
    note(request, On::Host);
    if app.limits.trust_proxy {
        let headers = request.headers();
        let scheme = last_hop(headers, "x-forwarded-proto", "proto").unwrap_or_else(|| "http".into());
        let host = last_hop(headers, "x-forwarded-host", "host").unwrap_or_else(|| host(request).into());
        return format!("{scheme}://{host}");
    }
    format!("http://{}", host(request))
}

fn host(request: &HttpRequest) -> &str {
    request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost")
}

pub fn link(rel: &str, href: &str, media_type: &str, title: &str) -> Value {
    json!({"rel": rel, "href": href, "type": media_type, "title": title})
}

/// The URL of this request with one parameter replaced.
pub fn with_parameter(base: &str, request: &HttpRequest, name: &str, value: &str) -> String {
    let address = at(base, request);
    let kept = form_urlencoded::parse(request.query_string().as_bytes()).filter(|(key, _)| key != name);
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).append_pair(name, value).finish();
    format!("{address}?{query}")
}

/// The URL of this request without some parameters.
pub fn without_parameters(base: &str, request: &HttpRequest, names: &[&str]) -> String {
    let address = at(base, request);
    let kept =
        form_urlencoded::parse(request.query_string().as_bytes()).filter(|(key, _)| !names.contains(&key.as_ref()));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    if query.is_empty() { address } else { format!("{address}?{query}") }
}

/// The URL of this request without its query.
pub fn at(base: &str, request: &HttpRequest) -> String {
    format!("{base}{}", request.path().strip_prefix(BASE).unwrap_or_default())
}

/// The URL of this request.
pub fn own(base: &str, request: &HttpRequest) -> String {
    let address = at(base, request);
    match request.query_string() {
        "" => address,
        query => format!("{address}?{query}"),
    }
}
