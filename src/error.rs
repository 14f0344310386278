//! The situations in which a request fails, and what the client is told: RFC 9457 problem documents in the language
//! that it asks for. What the database or a panic said is logged, never sent.

use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::pooled_connection::deadpool::PoolError;
use serde_json::{Value, json};

use crate::layers::problem::Place;
use crate::layers::{Label, Layer, Problem};
use crate::texts::{Text, text};

/// Where the problem types are described.
const TYPES: &str = "https://hatang.example/problems";

#[derive(Debug)]
pub enum Error {
    /// 400: a parameter is unknown or malformed.
    BadRequest(Vec<Problem>),
    /// 401: no valid credentials.
    Unauthorized,
    /// 401: whatever is wrong with a name and password, nobody is told.
    LogInFailed,
    /// 403: the caller is known and may not.
    Forbidden(Option<Problem>),
    /// 404: there is no such thing, or none that the caller may know of.
    NotFound,
    /// 404, with what can be said about it.
    NoSuchUnit(Problem),
    /// 405, with the methods there are.
    MethodNotAllowed(&'static str),
    /// 406.
    NotAcceptable,
    /// 409: a key is taken.
    Conflict(Problem),
    /// 409: what was planned cannot be done any more; why.
    Outdated(Vec<Problem>),
    /// 412: somebody else has written since.
    Stale,
    /// 413.
    TooLarge,
    /// 414.
    UriTooLong,
    /// 415.
    UnsupportedMediaType,
    /// 422: the body is understood and wrong; every problem of it.
    Invalid(Vec<Problem>),
    /// 428: a write without `If-Match`.
    PreconditionRequired,
    /// 429, with the number allowed in a minute.
    TooManyRequests { wait: Duration, limit: u32 },
    /// 431.
    HeadersTooLarge,
    /// 503: no connection in time.
    Overloaded,
    /// 504: the query took too long and was cancelled.
    Timeout,
    /// 500: our fault.
    Internal(anyhow::Error),
}

impl Error {
    fn status(&self) -> StatusCode {
        match self {
            Error::BadRequest(_) => StatusCode::BAD_REQUEST,
            Error::Unauthorized | Error::LogInFailed => StatusCode::UNAUTHORIZED,
            Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::NotFound | Error::NoSuchUnit(_) => StatusCode::NOT_FOUND,
            Error::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Error::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Error::Conflict(_) | Error::Outdated(_) => StatusCode::CONFLICT,
            Error::Stale => StatusCode::PRECONDITION_FAILED,
            Error::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Error::UriTooLong => StatusCode::URI_TOO_LONG,
            Error::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Error::TooManyRequests { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Error::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Error::Timeout => StatusCode::GATEWAY_TIMEOUT,
            Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What can be said of it, for the client.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Error::BadRequest(problems) | Error::Invalid(problems) | Error::Outdated(problems) => problems,
            Error::Conflict(problem) | Error::NoSuchUnit(problem) | Error::Forbidden(Some(problem)) => {
                std::slice::from_ref(problem)
            }
            Error::LogInFailed => std::slice::from_ref(&*LOG_IN_FAILED),
            _ => &[],
        }
    }

    /// The same situation once more, of one that is the client's.
    pub fn again(&self) -> Error {
        match self {
            Error::Invalid(problems) => Error::Invalid(problems.clone()),
            Error::UnsupportedMediaType => Error::UnsupportedMediaType,
            Error::TooLarge => Error::TooLarge,
            other => Error::Internal(anyhow::anyhow!("{other}")),
        }
    }

    /// What is wrong with a part of a body, as problems at and below its pointer.
    pub fn problems_at(&self, pointer: &str) -> Vec<Problem> {
        let problems = self.problems();
        if problems.is_empty() {
            let (code, title) = situation(self.status());
            if matches!(self, Error::PreconditionRequired) {
                // In a list each record says for itself what a header says for one.
                return vec![Problem::in_body(pointer, text!("version.required"))];
            }
            return vec![Problem::at(pointer, code, title.vi, title.en)];
        }
        let below = |problem: &Problem| match &problem.place {
            Place::Pointer(place) => Problem { place: Place::Pointer(format!("{pointer}{place}")), ..problem.clone() },
            _ => problem.clone(),
        };
        problems.iter().map(below).collect()
    }

    /// One parameter that is wrong.
    pub fn of_parameter(name: &str, text: Text) -> Error {
        Error::BadRequest(vec![Problem::of_parameter(name, text)])
    }

    pub fn parameter(name: &str, vi: impl Into<String>, en: impl Into<String>) -> Error {
        Error::BadRequest(vec![Problem::parameter(name, vi, en)])
    }
}

static LOG_IN_FAILED: LazyLock<Problem> = LazyLock::new(|| Problem::in_body("", text!("auth.failed")));

/// What a client is told of a failed request, before its language is known. The answer carries it in its extensions
/// until `api::envelope` writes it.
#[derive(Debug, Clone)]
pub struct Failure {
    pub status: StatusCode,
    pub problems: Vec<Problem>,
}

impl Failure {
    /// The problem document.
    pub fn to_json(&self, vietnamese: bool, request_id: &str) -> Value {
        let (code, title) = situation(self.status);
        let pick = |label: Label| if vietnamese { label.vi } else { label.en };
        let message = |problem: &Problem| problem.text.say(vietnamese);
        let detail = self.problems.first().map_or_else(|| pick(title).to_owned(), message);
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
            "type": format!("{TYPES}/{code}"),
            "title": pick(title),
            "status": self.status.as_u16(),
            "detail": detail,
            "code": code,
        });
        if !errors.is_empty() {
            document["errors"] = json!(errors);
        }
        document["request_id"] = json!(request_id);
        document
    }
}

/// The code and title of a status.
fn situation(status: StatusCode) -> (&'static str, Label) {
    let label = |vi, en| Label { vi, en };
    match status.as_u16() {
        400 => ("request.invalid", label("Yêu cầu không hợp lệ", "The request is not valid")),
        401 => ("auth.required", label("Cần đăng nhập", "Credentials are required")),
        403 => ("auth.forbidden", label("Không được phép", "Not allowed")),
        404 => ("not_found", label("Không tìm thấy", "Not found")),
        405 => ("method.not_allowed", label("Phương thức không được hỗ trợ", "The method is not supported here")),
        406 => ("format.not_acceptable", label("Không có định dạng được yêu cầu", "No such format")),
        409 => ("conflict", label("Bị trùng với bản ghi khác", "Another record is in the way")),
        412 => ("version.stale", label("Bản ghi đã được sửa", "The record has changed since it was read")),
        413 => ("request.too_large", label("Nội dung quá lớn", "The body is too large")),
        414 => ("request.too_long", label("Địa chỉ quá dài", "The address is too long")),
        415 => ("format.unsupported", label("Kiểu nội dung không được hỗ trợ", "The media type is not supported")),
        422 => ("validation.failed", label("Dữ liệu không hợp lệ", "The data is not valid")),
        428 => ("version.required", label("Cần tiêu đề If-Match", "If-Match is required")),
        429 => ("rate.exceeded", label("Quá nhiều yêu cầu, hãy chờ", "Too many requests: wait")),
        431 => ("request.headers_too_large", label("Tiêu đề quá lớn", "The headers are too large")),
        503 => ("overloaded", label("Hệ thống đang bận, hãy thử lại", "Busy: try again")),
        504 => ("timeout", label("Yêu cầu quá lâu nên đã dừng", "The request took too long and was stopped")),
        _ if status.is_server_error() => ("internal", label("Lỗi hệ thống", "Internal error")),
        _ => ("request.invalid", label("Yêu cầu không hợp lệ", "The request is not valid")),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Internal(source) => write!(f, "internal error: {source:#}"),
            other => write!(f, "{}", situation(other.status()).0),
        }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        if let Error::Internal(source) = self {
            tracing::error!(error = format!("{source:#}"), "request failed");
        }
        let mut response = HttpResponse::new(self.status());
        match self {
            Error::Unauthorized | Error::LogInFailed => {
                response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Error::Overloaded => {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Error::TooManyRequests { wait, limit } => {
                // Rounded up: whoever waits as told must not be refused again.
                let wait = HeaderValue::from(wait.as_secs() + 1);
                let headers = response.headers_mut();
                headers.insert(RETRY_AFTER, wait.clone());
                headers.insert(HeaderName::from_static("ratelimit-limit"), HeaderValue::from(*limit));
                headers.insert(HeaderName::from_static("ratelimit-remaining"), HeaderValue::from(0));
                headers.insert(HeaderName::from_static("ratelimit-reset"), wait);
            }
            Error::MethodNotAllowed(allow) => {
                response.headers_mut().insert(actix_web::http::header::ALLOW, HeaderValue::from_static(allow));
            }
            _ => {}
        }
        response.extensions_mut().insert(Failure { status: self.status(), problems: self.problems().to_vec() });
        response
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Error {
        tracing::warn!(error = %error, "no database connection");
        Error::Overloaded
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Error {
        match &error {
            DieselError::NotFound => Error::NotFound,
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => Error::Overloaded,
            DieselError::DatabaseError(_, details) if details.message().starts_with("canceling statement") => {
                Error::Timeout
            }
            _ => Error::Internal(anyhow::Error::new(error)),
        }
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Error {
        Error::Internal(error)
    }
}

impl Error {
    /// A key of a record that another one of the same organisation has: `external_id` or `code`.
    pub fn taken_key(name: &str) -> Error {
        Error::Conflict(if name == "external_id" {
            Problem::of_field("external_id", text!("dup.external_id"))
        } else {
            Problem::of_field("code", text!("dup.code"))
        })
    }

    /// A field names a record that is not there.
    pub fn unknown_reference(field: &str) -> Error {
        Error::Invalid(vec![Problem::of_field(field, text!("reference.unknown"))])
    }

    /// A failed write: the constraint that refused it becomes a problem of the field that it guards.
    pub fn of_write(layer: &Layer, error: DieselError) -> Error {
        let DieselError::DatabaseError(violation, details) = &error else { return error.into() };
        let constraint = details.constraint_name().unwrap_or_default().to_owned();
        let rest = constraint.strip_prefix(layer.table()).unwrap_or(&constraint).trim_start_matches('_');
        match violation {
            DatabaseErrorKind::UniqueViolation if rest == "external_id_key" => Error::taken_key("external_id"),
            DatabaseErrorKind::UniqueViolation => Error::taken_key("code"),
            DatabaseErrorKind::ForeignKeyViolation => {
                let field = layer
                    .fields()
                    .find(|field| field.name.strip_suffix("_id").is_some_and(|name| rest.starts_with(name)));
                Error::unknown_reference(field.map_or("id", |field| field.name))
            }
            DatabaseErrorKind::CheckViolation | DatabaseErrorKind::NotNullViolation => {
                tracing::warn!(constraint, "a constraint refused what validation had let through");
                let rest = rest.strip_suffix("_check").unwrap_or(rest);
                let field = layer.fields().find(|field| field.name.starts_with(rest));
                let pointer =
                    field.map_or_else(|| "/properties".to_owned(), |field| format!("/properties/{}", field.name));
                Error::Invalid(vec![Problem::in_body(pointer, text!("range/refused"))])
            }
            _ => error.into(),
        }
    }
}
