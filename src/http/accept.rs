//! Which of several media types a client prefers (RFC 9110, section 12.5.1).

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{Accept, Header, Quality, QualityItem};
use actix_web::mime::{self, Mime};

use crate::error::Error;
use crate::http::{BASE, openapi, vary};

/// The position of the offer that a client prefers; `None` when it accepts none. The quality decides, then how precisely the
/// client names the type, then the order of the offers. A client that names nothing accepts everything.
pub fn preferred(request: &impl HttpMessage, offers: &[&str]) -> Option<usize> {
    vary::note(request, vary::On::Format);
    let accepted = Accept::parse(request).map(|accept| accept.0).unwrap_or_default();
    if accepted.is_empty() {
        return Some(0);
    }
    let rated = offers.iter().enumerate().filter_map(|(at, offer)| {
        let (precision, quality) = accepted.iter().filter_map(|range| rate(range, offer)).max()?;
        (quality > Quality::ZERO).then_some(((quality, precision, offers.len() - at), at))
    });
    rated.max().map(|(_, at)| at)
}

/// How precisely a range of types names a type, and its quality; `None` when it does not fit.
fn rate(range: &QualityItem<Mime>, offer: &str) -> Option<(u8, Quality)> {
    let offer: Mime = offer.parse().ok()?;
    let QualityItem { item, quality } = range;
    let precision = if item.essence_str() == offer.essence_str() {
        3
    // JSON by another of its names: clients write `application/json` for each, and read it.
    } else if is_json(item) && is_json(&offer) && *quality > Quality::ZERO {
        2
    } else if item.type_() == offer.type_() && item.subtype() == mime::STAR {
        1
    } else if item.type_() == mime::STAR {
        0
    } else {
        return None;
    };
    Some((precision, *quality))
}

fn is_json(of: &Mime) -> bool {
    of.subtype() == mime::JSON || of.suffix() == Some(mime::JSON)
}

/// The media types of the answers to `GET`, by path without the names of its parameters, as the document of the API has them.
static OFFERS: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let document = openapi::document();
    let paths = document["paths"].as_object().into_iter().flatten();
    let offers = paths.filter_map(|(path, item)| {
        let types = item["get"]["responses"]["200"]["content"].as_object()?.keys().cloned().collect();
        Some((nameless(path.trim_end_matches('/')), types))
    });
    offers.collect()
});

/// `/units/{unit}` as `/units/{}`: the document and the routes have their own names.
fn nameless(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.find('{') {
        Some(at) => format!("{}{{}}{}", &part[..at], part.rsplit('}').next().unwrap_or_default()),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Checks that a client accepts a type in which its address can be answered. A request that names its format in `f` gets that.
///
/// # Errors
/// 406.
pub fn check(request: &ServiceRequest) -> Result<(), Error> {
    let names_format = form_urlencoded::parse(request.query_string().as_bytes()).any(|(name, _)| name == "f");
    if !request.method().is_safe() || names_format {
        return Ok(());
    }
    let Some(pattern) = request.match_pattern() else { return Ok(()) };
    let Some(offers) = pattern.strip_prefix(BASE).and_then(|path| OFFERS.get(&nameless(path))) else { return Ok(()) };
    let offers: Vec<_> = offers.iter().map(String::as_str).collect();
    preferred(request, &offers).map(|_| ()).ok_or(Error::NotAcceptable)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::ACCEPT;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn quality_then_precision_then_the_order_of_the_offers_decide() {
        let offers = ["application/geo+json", "application/json", "text/html", "text/csv"];
        for (accept, expected) in [
            ("", Some("application/geo+json")),
            ("*/*", Some("application/geo+json")),
            ("text/csv", Some("text/csv")),
            ("text/csv;q=0", None),
            ("text/csv;q=0, */*", Some("application/geo+json")),
            ("text/csv;q=0, text/*;q=0.1", Some("text/html")),
            ("application/geo+json;q=0, application/json;q=0, */*;q=0.5", Some("text/html")),
            ("*/*;q=0", None),
            ("*/*;q=0, text/csv;q=0.001", Some("text/csv")),
            ("text/csv;q=0.5, application/json", Some("application/json")),
            ("text/csv, application/geo+json", Some("application/geo+json")),
            ("text/csv, */*", Some("text/csv")),
            ("text/csv; header=present; q=0.4, text/html;q=0.3", Some("text/csv")),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Some("text/html")),
            ("text/html, application/json", Some("application/json")),
            ("application/problem+json", Some("application/geo+json")),
            ("image/png", None),
            ("image/png, nonsense", None),
            ("nonsense", Some("application/geo+json")),
        ] {
            let request = TestRequest::get().insert_header((ACCEPT, accept)).to_http_request();
            assert_eq!(preferred(&request, &offers).map(|at| offers[at]), expected, "{accept}");
        }
        assert_eq!(preferred(&TestRequest::get().to_http_request(), &offers), Some(0));
    }

    #[test]
    fn paths_of_the_document_are_found_by_those_of_the_routes() {
        assert_eq!(nameless("/collections/{collection}/items/{id}"), "/collections/{}/items/{}");
        assert_eq!(OFFERS["/collections/{}/items/{}"], ["application/geo+json", "text/html"]);
        assert_eq!(OFFERS["/stats/definitions"], ["application/json"]);
    }
}
