//! Limits how often an address and a credential may send requests; answers 429 beyond that.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, ResponseError, web};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::http::BASE;
use crate::http::address::{client_address, network};
use crate::http::auth::basic;
use crate::http::auth::cookie::session_cookie;
use crate::http::items::search::is_search;
use crate::http::limiters::Asker;
use crate::http::state::App;

/// The middleware. `/healthz` and `/readyz` are not limited, so that monitoring always works.
///
/// # Errors
/// The errors of the handler.
pub async fn limit_rates(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(app) = limits_of(&request) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let asker = asker(&request, app.limits.trust_proxy);
    if let Err(refused) = app.limiters.admit(&asker) {
        return Ok(request.into_response(Error::from(refused).error_response()).map_into_boxed_body());
    }
    let mut response = next.call(request).await?.map_into_boxed_body();
    if response.status() == StatusCode::UNAUTHORIZED {
        if basic::password(response.request()).is_some() {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(basic::CHALLENGE));
        }
        if let Err(refused) = app.limiters.check_shut_out(&asker)
            && asker.secret.is_some()
        {
            return Ok(response.into_response(Error::from(refused).error_response()));
        }
        app.limiters.note_failure(&asker);
    }
    Ok(response)
}

/// The limits that hold for a request; `None` for what monitoring asks: it must not depend on what other callers do.
pub fn limits_of(request: &ServiceRequest) -> Option<web::Data<App>> {
    let app = request.app_data::<web::Data<App>>().cloned();
    app.filter(|_| !matches!(request.path(), "/healthz" | "/readyz"))
}

/// What the limiters need to know about a request.
fn asker(request: &ServiceRequest, trust_proxy: bool) -> Asker {
    // The decoded path, which the router uses: `%6Cogin` is `login`.
    let path = request.match_info().as_str();
    let method = request.method();
    let writes = !matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS") && !is_search(method.as_str(), path);
    let signs_in = path.strip_prefix(BASE).is_some_and(|rest| rest.starts_with("/auth/"));
    Asker {
        address: client_address(trust_proxy, request.request()).map(network),
        secret: credential(request.request()).map(|secret| Sha256::digest(secret).into()),
        writes,
        tries_password: writes && signs_in,
    }
}

/// The credential of a request: a token, however it is sent, as the text after the scheme in `Authorization`, otherwise the session's cookie.
pub fn credential(request: &HttpRequest) -> Option<Vec<u8>> {
    if let Some(password) = basic::password(request) {
        return Some(password.into_bytes());
    }
    if let Some(value) = request.headers().get(AUTHORIZATION) {
        let value = value.as_bytes();
        let scheme = value.iter().position(|byte| *byte == b' ').map_or(0, |space| space + 1);
        return Some(value[scheme..].trim_ascii().to_vec());
    }
    session_cookie(request).map(String::into_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_come_from_both_places() {
        let secret = |header: (&str, &str)| {
            credential(&actix_web::test::TestRequest::get().insert_header(header).to_http_request())
        };
        assert_eq!(secret(("authorization", "Bearer  abc")), Some(b"abc".to_vec()));
        assert_eq!(secret(("authorization", "abc")), Some(b"abc".to_vec()));
        for encoded in ["Basic YW46YWJj", "basic OmFiYw=="] {
            assert_eq!(secret(("authorization", encoded)), Some(b"abc".to_vec()), "whatever the name");
        }
        assert_eq!(secret(("authorization", "Basic %%%")), Some(Vec::new()));
        assert_eq!(secret(("cookie", "a=b; hatang_session=abc=; c=d")), Some(b"abc=".to_vec()));
        assert_eq!(secret(("cookie", "a=b; xhatang_session=abc")), None);
    }
}
