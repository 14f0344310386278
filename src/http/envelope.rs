//! Wraps every request: gives it an id, turns its failure into a problem document, logs it in one line.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use futures_util::FutureExt;

use crate::error::Error;
use crate::http::caching::{control, tagged};
use crate::http::language::{self, prefers_vietnamese};
use crate::http::problem::Failure;
use crate::http::rates::credential;
use crate::http::state::App;
use crate::http::vary::{Noted, On};
use crate::http::wire::varies_by;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The methods of paths that can only be read.
pub const READING: &str = "GET, HEAD, OPTIONS";

/// The methods of paths that only accept `POST`.
pub const POSTING: &str = "OPTIONS, POST";

/// Changes the headers of an answer, also of one that is an error until it is sent.
///
/// # Errors
/// The error of the answer.
pub fn with_headers<B: MessageBody>(
    answer: Result<ServiceResponse<B>, actix_web::Error>,
    change: impl Fn(&mut HeaderMap) + 'static,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    match answer {
        Ok(mut response) => {
            change(response.headers_mut());
            Ok(response)
        }
        Err(mut error) => {
            error.add_response_mapper(move |mut response| {
                change(response.headers_mut());
                response
            });
            Err(error)
        }
    }
}

/// The id of a request. It is kept in the request's extensions.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// What a handler learned that belongs in the log line of its request. It is kept in the request's extensions.
#[derive(Debug, Clone, Copy, Default)]
pub struct Learned {
    /// The number of the caller's account; a name would be personal data.
    pub account: Option<i64>,
    /// How many rows the answer has.
    pub rows: Option<usize>,
}

/// Notes something for the log line.
pub fn learn(request: &HttpRequest, change: impl FnOnce(&mut Learned)) {
    if let Some(learned) = request.extensions().get::<Rc<Cell<Learned>>>() {
        let mut known = learned.get();
        change(&mut known);
        learned.set(known);
    }
}

/// The middleware.
///
/// # Errors
/// A panic or a timeout, as an error that becomes a problem document when it is answered.
pub async fn envelope(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let request_id = format!("{:016x}", rand::random::<u64>());
    // Shared, because a request that fails is gone before its line is written.
    let learned = Rc::new(Cell::new(Learned::default()));
    request.extensions_mut().insert(RequestId(request_id.clone()));
    request.extensions_mut().insert(Rc::clone(&learned));
    let noted = Noted::default();
    request.extensions_mut().insert(noted.clone());

    let method = request.method().clone();
    // Only the path: a query may contain the name of a person.
    let path = request.path().to_owned();
    let route = request.match_pattern().unwrap_or_else(|| "unknown".to_owned());
    let vietnamese = prefers_vietnamese(&request);
    let is_private = credential(request.request()).is_some();
    let hosts = request.app_data::<web::Data<App>>().and_then(|app| varies_by(app));

    let finish = move |response: HttpResponse| {
        let mut response = complete(response, vietnamese, &noted, &request_id);
        control(is_private, &mut response);
        noted.write(response.headers_mut(), hosts.as_ref());
        let (status, took) = (response.status().as_u16(), started.elapsed());
        let labels = [("route", route.clone()), ("method", method.to_string()), ("status", status.to_string())];
        metrics::counter!("hatang_requests_total", &labels).increment(1);
        metrics::histogram!("hatang_request_seconds", "route" => route.clone()).record(took);
        let Learned { account, rows } = learned.get();
        let duration_ms = took.as_millis() as u64;
        tracing::info!(%method, path, route, account, status, duration_ms, rows, request_id, "request");
        response
    };
    match outcome(request, next).await {
        Ok(response) => {
            let (request, response) = response.into_parts();
            let response = finish(tagged(&request, response));
            Ok(ServiceResponse::new(request, response))
        }
        // The request no longer exists, so `finish` runs when an outer middleware turns the error into an answer.
        Err(mut error) => {
            error.add_response_mapper(finish);
            Err(error)
        }
    }
}

/// The answer, or an error if the handler panicked or took too long.
async fn outcome(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let timeout_s = request.app_data::<web::Data<App>>().map_or(60, |app| app.limits.request_timeout_s);
    // This is sound: nothing that the panic left behind is used again.
    let handling = AssertUnwindSafe(next.call(request)).catch_unwind();
    match tokio::time::timeout(Duration::from_secs(timeout_s), handling).await {
        Ok(Ok(answer)) => Ok(answer?.map_into_boxed_body()),
        // The panic hook has already written the message to standard error.
        Ok(Err(_panic)) => Err(Error::Internal(anyhow::anyhow!("a handler panicked")).into()),
        Err(_elapsed) => Err(Error::Timeout.into()),
    }
}

fn complete(mut response: HttpResponse, vietnamese: bool, noted: &Noted, request_id: &str) -> HttpResponse {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        let failure = response.extensions().get::<Failure>().cloned();
        let failure = failure.unwrap_or_else(|| Failure::of_status(status));
        response = response.set_body(BoxBody::new(failure.to_json(vietnamese, request_id).to_string()));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        let language = HeaderValue::from_static(language::code(vietnamese));
        response.headers_mut().insert(CONTENT_LANGUAGE, language);
        noted.add(On::Language);
    }
    if let Ok(value) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Answers paths that do not exist.
pub async fn not_found() -> HttpResponse {
    use actix_web::ResponseError;
    Error::NotFound.error_response()
}

/// Answers a method that the path does not have.
pub fn refuse_method(allow: &'static str) -> HttpResponse {
    use actix_web::ResponseError;
    Error::MethodNotAllowed(allow).error_response()
}

/// Answers `OPTIONS`.
pub fn allow(methods: &'static str) -> HttpResponse {
    HttpResponse::Ok().insert_header((ALLOW, methods)).finish()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{ACCEPT_LANGUAGE, ORIGIN};
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, init_service, try_call_service};

    use super::*;
    use crate::http::security::secure;

    async fn panics() -> HttpResponse {
        panic!("secret")
    }

    #[actix_web::test]
    async fn a_panic_answers_a_problem_without_details() {
        let service = init_service(
            actix_web::App::new()
                .route("/", web::get().to(panics))
                .wrap(from_fn(envelope))
                .wrap(actix_cors::Cors::default().allow_any_origin().send_wildcard())
                .wrap(from_fn(secure)),
        )
        .await;
        let request = TestRequest::get().insert_header((ACCEPT_LANGUAGE, "en")).insert_header((ORIGIN, "https://a.vn"));
        let error = try_call_service(&service, request.to_request()).await.unwrap_err();
        let response = error.error_response();
        assert_eq!(response.status(), 500);
        for name in ["x-request-id", "access-control-allow-origin", "content-security-policy", "cache-control"] {
            assert!(response.headers().contains_key(name), "{name}");
        }
        let body = actix_web::body::to_bytes(response.into_body()).await.ok().unwrap();
        let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&problem["code"], &problem["detail"]), (&"internal".into(), &"Internal error".into()));
    }
}
