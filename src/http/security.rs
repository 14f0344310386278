//! The security headers of every answer.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::web;

use crate::config::Limits;
use crate::http::BASE;
use crate::http::address::last_hop;
use crate::http::envelope::with_headers;
use crate::http::rates::credential;
use crate::http::state::App;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
pub const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// What pages may use of the browser's machine: nothing.
pub const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()";

/// The middleware. It keeps a header that the handler has set.
///
/// # Errors
/// The errors of the handler.
pub async fn secure<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let app = request.app_data::<web::Data<App>>().cloned();
    let is_https = app.as_ref().is_some_and(|app| is_https(&app.limits, request.headers()));
    // Any page may embed public data. Answers to a credential are only for pages of our own origin.
    let is_open = request.path().starts_with(BASE) && credential(request.request()).is_none();
    let answer = next.call(request).await;
    // With 304 a stored page keeps its own policy.
    let is_unchanged = matches!(&answer, Ok(answer) if answer.status() == StatusCode::NOT_MODIFIED);
    let add = move |headers: &mut HeaderMap| {
        let mut set = |name: HeaderName, value: &'static str| {
            if !headers.contains_key(&name) {
                headers.insert(name, HeaderValue::from_static(value));
            }
        };
        if !is_unchanged {
            set(CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
        }
        set(X_CONTENT_TYPE_OPTIONS, "nosniff");
        set(REFERRER_POLICY, "same-origin");
        set(RESOURCE_POLICY, if is_open { "cross-origin" } else { "same-origin" });
        set(OPENER_POLICY, "same-origin");
        set(PERMISSIONS_POLICY, PERMISSIONS);
        if is_https {
            set(STRICT_TRANSPORT_SECURITY, "max-age=31536000");
        }
    };
    with_headers(answer, add)
}

/// Whether clients reach the service over TLS.
pub fn is_https(limits: &Limits, headers: &HeaderMap) -> bool {
    match &limits.public_url {
        Some(url) => url.starts_with("https://"),
        None => limits.trust_proxy && last_hop(headers, "x-forwarded-proto", "proto").as_deref() == Some("https"),
    }
}
