//! Failed requests as RFC 9457 problem documents, in the language of the client.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Value, json};

use crate::error::Error;
use crate::layers::Problem;
use crate::layers::problem::Place;
use crate::texts::title;

/// The base URL of the problem types.
const TYPES: &str = "https://hatang.example/problems";

/// The HTTP status of each code of `Error::code`.
const STATUSES: &[(&str, StatusCode)] = &[
    ("request.invalid", StatusCode::BAD_REQUEST),
    ("auth.required", StatusCode::UNAUTHORIZED),
    ("auth.forbidden", StatusCode::FORBIDDEN),
    ("not_found", StatusCode::NOT_FOUND),
    ("method.not_allowed", StatusCode::METHOD_NOT_ALLOWED),
    ("format.not_acceptable", StatusCode::NOT_ACCEPTABLE),
    ("conflict", StatusCode::CONFLICT),
    ("version.stale", StatusCode::PRECONDITION_FAILED),
    ("request.too_large", StatusCode::PAYLOAD_TOO_LARGE),
    ("request.too_long", StatusCode::URI_TOO_LONG),
    ("format.unsupported", StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ("validation.failed", StatusCode::UNPROCESSABLE_ENTITY),
    ("version.required", StatusCode::PRECONDITION_REQUIRED),
    ("rate.exceeded", StatusCode::TOO_MANY_REQUESTS),
    ("request.headers_too_large", StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
    ("overloaded", StatusCode::SERVICE_UNAVAILABLE),
    ("not_ready", StatusCode::SERVICE_UNAVAILABLE),
    ("timeout", StatusCode::GATEWAY_TIMEOUT),
    ("internal", StatusCode::INTERNAL_SERVER_ERROR),
];

/// A failed request before the client's language is known. The answer carries it in its extensions until
/// `http::envelope` writes the problem document.
#[derive(Debug, Clone)]
pub struct Failure {
    status: StatusCode,
    code: &'static str,
    problems: Vec<Problem>,
}

impl Failure {
    /// The failure for an error answer that actix-web made itself.
    pub fn of_status(status: StatusCode) -> Failure {
        let known = STATUSES.iter().find(|(_, known)| *known == status).map(|(code, _)| *code);
        let code = known.unwrap_or(if status.is_server_error() { "internal" } else { "request.invalid" });
        Failure { status, code, problems: Vec::new() }
    }

    /// The problem document.
    pub fn to_json(&self, vietnamese: bool, request_id: &str) -> Value {
        let title = title(self.code, self.problems.iter().map(|problem| problem.code)).say(vietnamese);
        let message = |problem: &Problem| problem.text.say(vietnamese);
        let detail = self.problems.first().map_or_else(|| title.to_owned(), message);
        let errors: Vec<_> = self
            .problems
            .iter()
            .map(|problem| {
                let (key, place) = match &problem.place {
                    Place::Pointer(pointer) => ("pointer", pointer.as_str()),
                    Place::Parameter(name) => ("parameter", name.as_str()),
                    Place::Header(name) => ("header", *name),
                };
                json!({key: place, "code": problem.code, "message": message(problem)})
            })
            .collect();
        let mut document = json!({
            "type": format!("{TYPES}/{}", self.code),
            "title": title,
            "status": self.status.as_u16(),
            "detail": detail,
            "code": self.code,
        });
        if !errors.is_empty() {
            document["errors"] = json!(errors);
        }
        document["request_id"] = json!(request_id);
        document
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        let status = STATUSES.iter().find(|(code, _)| *code == self.code()).map(|(_, status)| *status);
        status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        if let Error::Internal(source) = self {
            tracing::error!(error = format!("{source:#}"), "request failed");
        }
        let status = self.status_code();
        let mut response = HttpResponse::new(status);
        add_headers(self, response.headers_mut());
        let failure = Failure { status, code: self.code(), problems: self.problems().to_vec() };
        response.extensions_mut().insert(failure);
        response
    }
}

fn add_headers(error: &Error, headers: &mut HeaderMap) {
    match error {
        Error::Unauthorized | Error::LogInFailed(_) => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Error::Overloaded | Error::Contended | Error::NotReady(_) => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        Error::Unavailable(_) => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("10"));
        }
        Error::TooDear => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("30"));
        }
        Error::TooManyRequests { wait, limit } => {
            // Rounded up: otherwise a client that waits exactly this long could be rejected again.
            let wait = HeaderValue::from(wait.as_secs() + 1);
            headers.insert(RETRY_AFTER, wait.clone());
            headers.insert(HeaderName::from_static("ratelimit-limit"), HeaderValue::from(*limit));
            headers.insert(HeaderName::from_static("ratelimit-remaining"), HeaderValue::from(0));
            headers.insert(HeaderName::from_static("ratelimit-reset"), wait);
        }
        Error::MethodNotAllowed(allow) => {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_situation_has_a_title_and_a_status() {
        for (code, status) in STATUSES {
            assert!(Failure::of_status(*status).code == *code || *code == "not_ready", "{code}");
            assert!(!title(code, []).vi.is_empty(), "{code}");
        }
        assert_eq!(Failure::of_status(StatusCode::BAD_GATEWAY).code, "internal");
        assert_eq!(Failure::of_status(StatusCode::EXPECTATION_FAILED).code, "request.invalid");
    }

    #[test]
    fn documents_have_the_title_of_their_problem() {
        let document = |error: Error| {
            let response = error.error_response();
            let failure = response.extensions().get::<Failure>().cloned().unwrap();
            failure.to_json(true, "1")
        };
        let taken = document(Error::taken_key("code"));
        assert_eq!((&taken["title"], &taken["code"]), (&json!("Mã đã được dùng"), &json!("conflict")));
        assert_eq!(document(Error::Stale)["detail"], "Đã có người sửa trước, hãy tải lại");
    }
}
