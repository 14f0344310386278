//! Documents of a past day: `?as_of=2023-09-20`, `?known_at=…`, and the same as a path, `/api/v1/as-of/2023-09-20/…`.
//!
//! Clients append their own path to a link, or drop its query, so the links of such a document have the path. To every
//! handler a path is its query.

use actix_web::HttpRequest;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::uri::PathAndQuery;
use actix_web::http::{Method, Uri};
use actix_web::middleware::Next;
use chrono::{DateTime, NaiveDate, Utc};

use crate::conditions::{known_at, parameters};
use crate::error::Error;
use crate::http::BASE;
use crate::http::clock::Clock;
use crate::http::html;
use crate::http::links::base;
use crate::http::state::App;
use crate::input::Params;
use crate::layers::Layer;
use crate::time::{day_of, end_of, rfc3339};

/// Each segment of a path with its parameter.
const SEGMENTS: [(&str, &str); 2] = [("as-of", "as_of"), ("known-at", "known_at")];

/// The middleware: reads below a past day become reads with parameters. Other methods find only [`PATHS`].
///
/// # Errors
/// The errors of the handler.
pub async fn look_back<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    if [Method::GET, Method::HEAD].contains(request.method())
        && let Some(uri) = with_parameters(request.uri())
    {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
    next.call(request).await
}

/// The paths below a past day, for methods that do not read.
pub const PATHS: &str = "/api/v1/{segment:as-of|known-at}/{rest:.*}";

/// `/api/v1/as-of/2023-09-20/collections?f=json` as `/api/v1/collections?f=json&as_of=2023-09-20`.
fn with_parameters(uri: &Uri) -> Option<Uri> {
    let mut rest = uri.path().strip_prefix(BASE)?;
    let mut pairs = Vec::new();
    while let Some((name, value, below)) = split(rest) {
        pairs.push((name, value));
        rest = below;
    }
    if pairs.is_empty() {
        return None;
    }
    let mut query: Vec<_> = uri.query().filter(|query| !query.is_empty()).map(str::to_owned).into_iter().collect();
    // Clients add the query of their address to links that have it as a path.
    let given: Vec<_> = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).collect();
    let is_new = |(name, value): &&(&str, &str)| !given.iter().any(|(key, text)| key == name && text == value);
    query.extend(pairs.iter().filter(is_new).map(|(name, value)| format!("{name}={value}")));
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(format!("{BASE}{rest}?{}", query.join("&"))).ok();
    Uri::from_parts(parts).ok()
}

/// The parameter and value of the first two segments, and what is below them.
fn split(path: &str) -> Option<(&'static str, &str, &str)> {
    let (segment, rest) = path.strip_prefix('/')?.split_once('/')?;
    let (_, name) = SEGMENTS.iter().find(|(known, _)| *known == segment)?;
    let end = rest.find('/').unwrap_or(rest.len());
    // Whatever else stands here is no value, and could be another parameter.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":.+-%".contains(&byte);
    let (value, below) = rest.split_at(end);
    (!value.is_empty() && value.bytes().all(is_plain)).then_some((*name, value, below))
}

/// The day and the instant to which a document looks back.
#[derive(Debug, Clone, Copy, Default)]
pub struct Back {
    pub as_of: Option<NaiveDate>,
    pub known_at: Option<DateTime<Utc>>,
}

impl Back {
    /// Takes the parameters; `known_at` only where records have versions.
    ///
    /// # Errors
    /// 400 for a malformed day or instant, and for one to come.
    pub fn take(params: &mut Params, clock: Clock, has_versions: bool) -> Result<Back, Error> {
        let as_of = parameters::day_until(params, "as_of", clock.today())?;
        Ok(Back { as_of, known_at: if has_versions { known_at(params, clock.now)? } else { None } })
    }

    /// Reads the query of a document that has no other parameter except the format.
    ///
    /// # Errors
    /// 400 for any other.
    pub fn only(request: &HttpRequest) -> Result<Back, Error> {
        let mut params = Params::parse(request.query_string());
        params.format(&["json"])?;
        let back = Back::take(&mut params, Clock::of(request), true)?;
        params.finish()?;
        Ok(back)
    }

    /// The same for a document that is also a web page, and whether it is wanted as one.
    ///
    /// # Errors
    /// Also 406, when the client accepts neither.
    pub fn of_page(request: &HttpRequest) -> Result<(Back, bool), Error> {
        let mut params = Params::parse(request.query_string());
        let as_page = html::is_wanted(request, &mut params)?;
        let back = Back::take(&mut params, Clock::of(request), true)?;
        params.finish()?;
        Ok((back, as_page))
    }

    /// As far as a layer has a past: units are those of a day, and have no versions.
    #[must_use]
    pub fn of(self, layer: &Layer) -> Back {
        Back { known_at: self.known_at.filter(|_| layer.is_writable()), ..self }
    }

    /// The URL of the API that looks back as far.
    pub fn base(self, app: &App, request: &HttpRequest) -> String {
        let day = self.as_of.map(|day| format!("/as-of/{day}"));
        let known_at = self.known_at.map(|moment| format!("/known-at/{}", written(moment)));
        [Some(base(app, request)), day, known_at].into_iter().flatten().collect()
    }

    /// The same as parameters.
    pub fn params(self) -> Params {
        let day = self.as_of.map(|day| ("as_of".to_owned(), day.to_string()));
        let known_at = self.known_at.map(|moment| ("known_at".to_owned(), written(moment)));
        Params::of(day.into_iter().chain(known_at))
    }

    pub fn is_now(self) -> bool {
        self.as_of.is_none() && self.known_at.is_none()
    }
}

/// The end of a day as that day: the end of today is still to come, and no instant that a client may give.
fn written(moment: DateTime<Utc>) -> String {
    let day = day_of(moment);
    if end_of(day) == Some(moment) { day.to_string() } else { rfc3339(moment) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_parameters() {
        for (path, expected) in [
            ("/api/v1/as-of/2023-09-20", Some("/api/v1?as_of=2023-09-20")),
            ("/api/v1/as-of/2023-09-20/collections?f=json", Some("/api/v1/collections?f=json&as_of=2023-09-20")),
            (
                "/api/v1/as-of/2023-09-20/known-at/2026-01-01T00:00:00Z/conformance",
                Some("/api/v1/conformance?as_of=2023-09-20&known_at=2026-01-01T00:00:00Z"),
            ),
            ("/api/v1/as-of/2023-09-20?as_of=2023-09-20", Some("/api/v1?as_of=2023-09-20")),
            ("/api/v1/as-of/2023-09-20&limit=5/collections", None),
            ("/api/v1/as-of", None),
            ("/api/v1/as-of/", None),
            ("/api/v1/collections", None),
            ("/as-of/2023-09-20", None),
        ] {
            let uri: Uri = path.parse().unwrap();
            assert_eq!(with_parameters(&uri).map(|uri| uri.to_string()).as_deref(), expected, "{path}");
        }
    }
}
