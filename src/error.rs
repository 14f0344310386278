//! The situations in which a request fails. What the database or a panic said is logged, never sent.

use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::pooled_connection::deadpool::PoolError;

use crate::layers::problem::Place;
use crate::layers::{Layer, Problem};
use crate::texts::{Text, text, title};

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
    /// The stable code of the situation.
    pub fn code(&self) -> &'static str {
        match self {
            Error::BadRequest(_) => "request.invalid",
            Error::Unauthorized | Error::LogInFailed => "auth.required",
            Error::Forbidden(_) => "auth.forbidden",
            Error::NotFound | Error::NoSuchUnit(_) => "not_found",
            Error::MethodNotAllowed(_) => "method.not_allowed",
            Error::NotAcceptable => "format.not_acceptable",
            Error::Conflict(_) | Error::Outdated(_) => "conflict",
            Error::Stale => "version.stale",
            Error::TooLarge => "request.too_large",
            Error::UriTooLong => "request.too_long",
            Error::UnsupportedMediaType => "format.unsupported",
            Error::Invalid(_) => "validation.failed",
            Error::PreconditionRequired => "version.required",
            Error::TooManyRequests { .. } => "rate.exceeded",
            Error::HeadersTooLarge => "request.headers_too_large",
            Error::Overloaded => "overloaded",
            Error::Timeout => "timeout",
            Error::Internal(_) => "internal",
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
            if matches!(self, Error::PreconditionRequired) {
                // In a list each record says for itself what a header says for one.
                return vec![Problem::in_body(pointer, text!("version.required"))];
            }
            let text = text!("situation", title = title(self.code(), []));
            return vec![Problem { code: self.code(), ..Problem::in_body(pointer, text) }];
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
}

static LOG_IN_FAILED: LazyLock<Problem> = LazyLock::new(|| Problem::in_body("", text!("auth.failed")));

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Internal(source) => write!(f, "internal error: {source:#}"),
            other => f.write_str(other.code()),
        }
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
