//! Around every request: an id, the problem document of what failed, one log line.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, AUTHORIZATION, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse};

use super::caching::control;
use super::extract::wants_vietnamese;
use crate::error::Failure;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The methods of what can only be read.
pub const READING: &str = "GET, HEAD, OPTIONS";

/// The id of a request, in its extensions.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// The middleware.
///
/// # Errors
/// What no handler made an answer of.
pub async fn envelope(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let request_id = format!("{:016x}", rand::random::<u64>());
    request.extensions_mut().insert(RequestId(request_id.clone()));

    let method = request.method().clone();
    // The path alone: a query may name a person.
    let path = request.path().to_owned();
    let vietnamese = wants_vietnamese(request.headers());
    let is_private = request.headers().contains_key(AUTHORIZATION);

    let mut response = next.call(request).await?.map_into_boxed_body();
    let status = response.status();
    control(is_private, response.headers_mut());
    if status.is_client_error() || status.is_server_error() {
        let failure = response.response().extensions().get::<Failure>().cloned();
        let failure = failure.unwrap_or(Failure { status, problems: Vec::new() });
        response = response.map_body(|head, _| {
            let document = failure.to_json(vietnamese, &request_id).to_string();
            head.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
            let language = HeaderValue::from_static(if vietnamese { "vi" } else { "en" });
            head.headers_mut().insert(CONTENT_LANGUAGE, language);
            BoxBody::new(document)
        });
    }
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let duration_ms = started.elapsed().as_millis() as u64;
    tracing::info!(%method, path, status = response.status().as_u16(), duration_ms, request_id, "request");
    Ok(response)
}

/// What nothing else answers.
pub async fn not_found() -> HttpResponse {
    use actix_web::ResponseError;
    crate::error::Error::NotFound.error_response()
}

/// A path that is known, with a method that is not.
pub async fn method_not_allowed() -> HttpResponse {
    use actix_web::ResponseError;
    crate::error::Error::MethodNotAllowed(READING).error_response()
}

/// `OPTIONS` of what can only be read.
pub async fn allow_reading() -> HttpResponse {
    HttpResponse::Ok().insert_header((ALLOW, READING)).finish()
}
