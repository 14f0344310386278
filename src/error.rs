//! The reasons why a request fails. What the database or a panic said is logged, never sent to the client.

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
    /// 401: a wrong name or password, which the answer does not tell apart, or a wrong code. The problem says what to give.
    LogInFailed(Problem),
    /// 403: the caller is known and not allowed to do this.
    Forbidden(Option<Problem>),
    /// 404: it does not exist, or the caller may not know that it exists.
    NotFound,
    /// 404, with a problem that says which unit is missing or on which days it exists.
    NoSuchUnit(Problem),
    /// 405, with the methods that the path has.
    MethodNotAllowed(&'static str),
    /// 406: no format that the client accepts.
    NotAcceptable,
    /// 409: another record already uses the key.
    Conflict(Problem),
    /// 409: the plan can no longer be carried out. The problems say why.
    Outdated(Vec<Problem>),
    /// 412: somebody else has written the record since the client read it.
    Stale,
    /// 413: the body is too large.
    TooLarge,
    /// 414: the query is too long.
    UriTooLong,
    /// 415: the media type of the body is not supported.
    UnsupportedMediaType,
    /// 422: the body can be read but is wrong. Lists every problem.
    Invalid(Vec<Problem>),
    /// 428: a write lacks `If-Match`.
    PreconditionRequired,
    /// 429: how long to wait, and how many requests a minute are allowed.
    TooManyRequests { wait: Duration, limit: u32 },
    /// 431: the headers are too large.
    HeadersTooLarge,
    /// 503: no database connection became free in time.
    Overloaded,
    /// 503: other writes stood in the way, time and again.
    Contended,
    /// 503: the database cannot do it at present. The problem says why.
    Unavailable(Problem),
    /// 503: the service cannot serve. The problems say why.
    NotReady(Vec<Problem>),
    /// 503: the question of an anonymous caller took too long and was cancelled.
    TooDear,
    /// 504: the query took too long and was cancelled.
    Timeout,
    /// 500: a bug or a failure of the service.
    Internal(anyhow::Error),
}

impl Error {
    /// The stable code that clients read.
    pub fn code(&self) -> &'static str {
        match self {
            Error::BadRequest(_) => "request.invalid",
            Error::Unauthorized | Error::LogInFailed(_) => "auth.required",
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
            Error::Overloaded | Error::Contended | Error::Unavailable(_) | Error::TooDear => "overloaded",
            Error::NotReady(_) => "not_ready",
            Error::Timeout => "timeout",
            Error::Internal(_) => "internal",
        }
    }

    /// The problems to show to the client.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Error::BadRequest(problems)
            | Error::Invalid(problems)
            | Error::Outdated(problems)
            | Error::NotReady(problems) => problems,
            Error::Conflict(problem)
            | Error::NoSuchUnit(problem)
            | Error::LogInFailed(problem)
            | Error::Forbidden(Some(problem))
            | Error::Unavailable(problem) => std::slice::from_ref(problem),
            Error::TooDear => std::slice::from_ref(&*TOO_DEAR),
            _ => &[],
        }
    }

    /// A copy of an error that the client caused: `anyhow::Error` cannot be cloned. Others become `Internal`.
    pub fn again(&self) -> Error {
        match self {
            Error::Invalid(problems) => Error::Invalid(problems.clone()),
            Error::UnsupportedMediaType => Error::UnsupportedMediaType,
            Error::TooLarge => Error::TooLarge,
            other => Error::Internal(anyhow::anyhow!("{other}")),
        }
    }

    /// The problems of one part of a body, with pointers that start with `pointer`.
    pub fn problems_at(&self, pointer: &str) -> Vec<Problem> {
        let problems = self.problems();
        if problems.is_empty() {
            if matches!(self, Error::PreconditionRequired) {
                // For one record the missing version is a header; in a list each record has a version of its own.
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

    /// 400 for one wrong parameter.
    pub fn of_parameter(name: &str, text: Text) -> Error {
        Error::BadRequest(vec![Problem::of_parameter(name, text)])
    }
}

static TOO_DEAR: LazyLock<Problem> = LazyLock::new(|| Problem::in_body("", text!("overloaded/anonymous")));

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
        match error {
            PoolError::Backend(error) => Error::unavailable(text!("unavailable/restarting"), &error),
            error => {
                tracing::warn!(%error, "no database connection");
                Error::Overloaded
            }
        }
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Error {
        match &error {
            DieselError::NotFound => Error::NotFound,
            DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Error::Contended,
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                _,
            ) => Error::unavailable(text!("unavailable/restarting"), &error),
            DieselError::DatabaseError(_, details) => {
                Error::of_message(details.message()).unwrap_or_else(|| Error::Internal(anyhow::Error::new(error)))
            }
            _ => Error::Internal(anyhow::Error::new(error)),
        }
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Error {
        let is_full = |cause: &(dyn std::error::Error + 'static)| {
            cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::StorageFull)
                || FULL.iter().any(|words| cause.to_string().contains(words))
        };
        if error.chain().any(is_full) {
            Error::unavailable(text!("unavailable/disk"), &error)
        } else {
            Error::Internal(error)
        }
    }
}

/// What the operating system and SQLite say of a full disk.
const FULL: [&str; 2] = ["No space left on device", "database or disk is full"];

impl Error {
    /// The situation that PostgreSQL describes; diesel does not tell its codes.
    fn of_message(message: &str) -> Option<Error> {
        let has = |parts: &[&str]| parts.iter().any(|part| message.contains(part));
        if message.starts_with("canceling statement") {
            return Some(Error::Timeout);
        }
        if has(&["deadlock detected", "could not serialize access"]) {
            return Some(Error::Contended);
        }
        let text = if has(&[FULL[0], "could not extend file", "temporary file size exceeds"]) {
            text!("unavailable/disk")
        } else if has(&["read-only transaction"]) {
            text!("unavailable/read_only")
        } else if has(&[
            "terminating connection",
            "the database system is",
            "connection closed",
            "communicating with the server",
            "connection slots",
            "too many clients",
        ]) {
            text!("unavailable/restarting")
        } else {
            return None;
        };
        Some(Error::unavailable(text, &message))
    }

    /// 503 in words. The cause is logged.
    pub fn unavailable(text: Text, cause: &dyn fmt::Display) -> Error {
        tracing::warn!(%cause, "not available at present");
        Error::Unavailable(Problem::in_body("", text))
    }
}

impl Error {
    /// 409: another record of the same organisation has this `external_id` or `code`.
    pub fn taken_key(name: &str) -> Error {
        Error::Conflict(if name == "external_id" {
            Problem::of_field("external_id", text!("dup.external_id"))
        } else {
            Problem::of_field("code", text!("dup.code"))
        })
    }

    /// 422: a field refers to a record that does not exist.
    pub fn unknown_reference(field: &str) -> Error {
        Error::Invalid(vec![Problem::of_field(field, text!("reference.unknown"))])
    }

    /// Turns the constraint that rejected a write into a problem of the field that the constraint guards.
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
                tracing::warn!(constraint, "a constraint rejected a value that validation accepted");
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
