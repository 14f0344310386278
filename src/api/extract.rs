//! What handlers take from a request: who asks, which layer, which language.

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, HeaderMap};
use actix_web::{FromRequest, HttpRequest, web};
use std::future::{Ready, ready};
use std::pin::Pin;

use crate::access::Caller;
use crate::app::App;
use crate::error::Error;
use crate::kinds::Kind;
use crate::store::callers;

impl FromRequest for Caller {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Caller, Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Some(header) = request.headers().get(AUTHORIZATION) else { return Ok(Caller::Stranger) };
            let header = header.to_str().map_err(|_| Error::Unauthorized)?;
            let (scheme, secret) = header.split_once(' ').ok_or(Error::Unauthorized)?;
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(Error::Unauthorized);
            }
            let app = request.app_data::<web::Data<App>>().ok_or(Error::NotFound)?;
            let mut conn = app.store.connection().await?;
            let address = request.peer_addr().map(|address| address.ip());
            let account = callers::by_token(&mut conn, secret.trim(), address).await?;
            account.map(Caller::Account).ok_or(Error::Unauthorized)
        })
    }
}

/// The layer that the path names.
pub struct Layer(pub &'static Kind);

impl FromRequest for Layer {
    type Error = Error;
    type Future = Ready<Result<Layer, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let kind = request.match_info().get("collection").and_then(Kind::of_collection);
        ready(kind.map(Layer).ok_or(Error::NotFound))
    }
}

/// The id of the record that the path names; what is not a number is no record.
pub struct RecordId(pub i64);

impl FromRequest for RecordId {
    type Error = Error;
    type Future = Ready<Result<RecordId, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().get("id").and_then(|id| id.parse().ok()).filter(|id| *id > 0);
        ready(id.map(RecordId).ok_or(Error::NotFound))
    }
}

/// Whether the client wants Vietnamese, which it gets unless it prefers English.
pub fn wants_vietnamese(headers: &HeaderMap) -> bool {
    let header = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let quality = |language: &str| {
        header
            .split(',')
            .filter_map(|part| {
                let (tag, quality) = part.split_once(";q=").unwrap_or((part, "1"));
                let primary = tag.trim().split('-').next().unwrap_or_default();
                primary.eq_ignore_ascii_case(language).then(|| quality.trim().parse::<f64>().unwrap_or(0.0))
            })
            .fold(0.0, f64::max)
    };
    quality("vi") >= quality("en")
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn vietnamese_unless_english_is_preferred() {
        for (header, vietnamese) in [
            ("", true),
            ("vi", true),
            ("en", false),
            ("en-GB,en;q=0.9", false),
            ("en;q=0.5, vi-VN", true),
            ("fr, en;q=0.3", false),
            ("fr", true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(header));
            assert_eq!(wants_vietnamese(&headers), vietnamese, "{header}");
        }
    }
}
