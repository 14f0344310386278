//! Checks the size and the host headers of every request before a handler reads it.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Version;
use actix_web::http::header::{HOST, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, ResponseError, web};
use percent_encoding::percent_decode_str;

use crate::error::Error;
use crate::http::accept;
use crate::http::address::last_hop;
use crate::http::encodings::NoCoding;
use crate::http::state::App;
use crate::layers::Problem;
use crate::texts::text;

/// The longest path and the longest query, bytes: room for a filter with the outline of a province.
const QUERY: usize = 16 * 1024;

/// The longest headers together, bytes.
const HEADERS: usize = 32 * 1024;

/// The middleware.
///
/// # Errors
/// The errors of the handler.
pub async fn check_wire(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match check(&request) {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(error) => Ok(request.into_response(error.error_response()).map_into_boxed_body()),
    }
}

fn check(request: &ServiceRequest) -> Result<(), Error> {
    if request.query_string().len() > QUERY || request.path().len() > QUERY {
        return Err(Error::UriTooLong);
    }
    check_encoding(request.query_string())?;
    let headers = request.headers();
    if headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() > HEADERS {
        return Err(Error::HeadersTooLarge);
    }
    // `Host` becomes part of links.
    let mut hosts = headers.get_all(HOST);
    let is_valid_host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().is_ok_and(is_host),
        (None, _) => request.version() != Version::HTTP_11,
        _ => false,
    };
    if !is_valid_host {
        return Err(malformed("Host"));
    }
    if request.app_data::<web::Data<App>>().is_some_and(|app| app.limits.trust_proxy) {
        if last_hop(headers, "x-forwarded-host", "host").is_some_and(|host| !is_host(&host)) {
            return Err(malformed("X-Forwarded-Host"));
        }
        if last_hop(headers, "x-forwarded-proto", "proto").is_some_and(|scheme| scheme != "http" && scheme != "https") {
            return Err(malformed("X-Forwarded-Proto"));
        }
    }
    if request.method().is_safe() && request.extensions().get::<NoCoding>().is_some() {
        return Err(Error::NotAcceptable);
    }
    accept::check(request)
}

/// Checks that each parameter is percent-encoded UTF-8: otherwise it would be read as something else, or filter by it.
fn check_encoding(query: &str) -> Result<(), Error> {
    let broken = |part: &str| {
        let mut escapes = part.split('%').skip(1);
        escapes.any(|escape| !escape.as_bytes().get(..2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)))
            || percent_decode_str(part).decode_utf8().is_err()
    };
    let problems: Vec<_> = query
        .split('&')
        .filter(|pair| broken(pair))
        .map(|pair| {
            let name = percent_decode_str(pair.split('=').next().unwrap_or_default()).decode_utf8_lossy();
            Problem::of_parameter(&name, text!("parameter.invalid/encoding", name = &*name))
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Error::BadRequest(problems)) }
}

fn malformed(header: &'static str) -> Error {
    Error::BadRequest(vec![Problem::of_header(header, text!("header.invalid", header))])
}

/// Whether a text is a host name or an address, with or without a port.
fn is_host(text: &str) -> bool {
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (text, None),
    };
    let is_address = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    (is_address || is_name)
        && text.len() <= 261
        && port.is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok())
}

/// The `Vary` header of answers: the headers from which their links are made.
pub fn varies_by(app: &App) -> Option<HeaderValue> {
    match (&app.limits.public_url, app.limits.trust_proxy) {
        (Some(_), _) => None,
        (None, false) => Some(HeaderValue::from_static("Host")),
        (None, true) => Some(HeaderValue::from_static("Host, X-Forwarded-Host, X-Forwarded-Proto, Forwarded")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_percent_encoded_utf8() {
        for good in ["", "a=b&c", "q=%E1%BB%93&name=x%25", "filter=a%3D'b'&crs=http://x/y", "q=a+b", "q=hồ"] {
            assert!(check_encoding(good).is_ok(), "{good}");
        }
        for (bad, names) in [
            ("q=%ff", &["q"][..]),
            ("a=1&name=%", &["name"]),
            ("q=%4", &["q"]),
            ("q=%zz&b=%C3", &["q", "b"]),
            ("%ff=1", &["\u{fffd}"]),
        ] {
            let error = check_encoding(bad).unwrap_err();
            let named: Vec<_> = error.problems().iter().map(|problem| problem.place.clone()).collect();
            let expected: Vec<_> =
                names.iter().map(|name| Problem::of_parameter(name, text!("expected.flag")).place).collect();
            assert_eq!(named, expected, "{bad}");
        }
    }

    #[test]
    fn hosts_are_names_or_addresses() {
        for good in ["localhost", "hatang.example:8080", "127.0.0.1:80", "[::1]:8080", "[2001:db8::1]", "xn--a.vn"] {
            assert!(is_host(good), "{good}");
        }
        for bad in [
            "", ":80", "a b", "a/b", "a@b", "a\\b", "a?b", "a#b", "<a>", "a:b", "a:", "a:99999", "a:+80", "[::1",
            "[x]", "a,b", "a:80:80",
        ] {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
