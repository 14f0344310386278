//! Which pages of other origins may call (CORS).

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName, HeaderValue,
};
use actix_web::middleware::Next;

use crate::config::Limits;
use crate::http::BASE;
use crate::http::envelope::{READING, with_headers};
use crate::http::items::search::{SEARCHING, is_search};

/// What pages of other origins may read of an answer besides its body.
const EXPOSED: &str = "etag, location, link, retry-after, content-disposition, allow, content-crs, content-language, \
    x-request-id, ratelimit-limit, ratelimit-remaining, ratelimit-reset";

/// Pages of any origin may read; only configured origins may write.
pub fn cors(limits: &Limits) -> Cors {
    let write_origins = limits.write_origins.clone();
    Cors::default()
        .allowed_origin_fn(move |origin, request| {
            let asked = request.headers.get("access-control-request-method").and_then(|method| method.to_str().ok());
            let method = asked.unwrap_or(request.method.as_str());
            matches!(method, "GET" | "HEAD" | "OPTIONS")
                || is_search(method, request.uri.path())
                || write_origins.iter().any(|allowed| origin == allowed.as_str())
        })
        .allowed_methods(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
        .allow_any_header()
        .expose_headers(EXPOSED.split(", "))
        .max_age(3600)
}

/// Answers to reads, and to preflights for them, name any origin, also when none is given, so that one cached answer serves
/// all pages. A preflight
/// for a read names only the reading methods: browsers store it for all methods that it names, so naming the others would
/// allow them, too.
///
/// # Errors
/// The errors of the handler.
pub async fn open_reads<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let asked = request.headers().get(ACCESS_CONTROL_REQUEST_METHOD).and_then(|method| method.to_str().ok());
    let method = asked.unwrap_or(request.method().as_str());
    let searches = is_search(method, request.path());
    let reads = matches!(method, "GET" | "HEAD") || searches;
    let is_data = asked.is_none() && reads && request.path().starts_with(BASE);
    let open = move |headers: &mut HeaderMap| {
        if is_data {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        }
        let mut set = |name: HeaderName, value: &'static str| {
            if reads && headers.contains_key(&name) {
                headers.insert(name, HeaderValue::from_static(value));
            }
        };
        set(ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        set(ACCESS_CONTROL_ALLOW_METHODS, if searches { SEARCHING } else { READING });
    };
    with_headers(next.call(request).await, open)
}
