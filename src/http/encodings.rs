//! The coding in which an answer is sent (`Accept-Encoding`).

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT_ENCODING, AcceptEncoding, ContentEncoding, Encoding, HeaderMap, HeaderValue, Preference, Quality,
    TryIntoHeaderValue,
};
use actix_web::middleware::Next;

use crate::http::envelope::with_headers;
use crate::http::{BASE, vary};
use ContentEncoding::{Brotli, Deflate, Gzip, Identity, Zstd};

/// The codings of answers of the API, of equal quality the cheaper one first: actix-web compresses as they are sent, by
/// zstd at level 3, brotli at 3, gzip at 1.
const CODINGS: [ContentEncoding; 5] = [Zstd, Brotli, Gzip, Deflate, Identity];

/// The files of the page are there in gzip already.
const OF_FILES: [ContentEncoding; 5] = [Gzip, Zstd, Brotli, Deflate, Identity];

/// No coding that the client accepts. It is kept in the request's extensions.
pub struct NoCoding;

/// The middleware: leaves only the chosen coding in the header, for those that compress.
///
/// # Errors
/// The errors of the handler.
pub async fn choose_coding<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    if let Some(given) = request.get_header::<AcceptEncoding>().filter(|given| !given.0.is_empty()) {
        let codings = if request.path().starts_with(BASE) { CODINGS } else { OF_FILES };
        let chosen = preferred(&given, &codings);
        if chosen.is_none() {
            request.extensions_mut().insert(NoCoding);
        }
        let value = chosen.unwrap_or(Identity).try_into_value();
        let value = value.unwrap_or_else(|_| HeaderValue::from_static("identity"));
        request.headers_mut().insert(ACCEPT_ENCODING, value);
    }
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    with_headers(next.call(request).await, move |headers: &mut HeaderMap| vary::merge(headers, reads))
}

/// The coding of the best quality. A client that does not speak of the plain form accepts it, as the last choice.
fn preferred(accepted: &AcceptEncoding, codings: &[ContentEncoding]) -> Option<ContentEncoding> {
    let quality_of = |preference: &Preference<Encoding>| {
        accepted.0.iter().filter(|item| item.item == *preference).map(|item| item.quality).max()
    };
    let rated = codings.iter().enumerate().filter_map(|(at, coding)| {
        let quality = quality_of(&Preference::Specific(Encoding::Known(*coding))).or(quality_of(&Preference::Any));
        let quality = match quality {
            Some(quality) if quality > Quality::ZERO => Some(quality),
            None if *coding == Identity => Some(Quality::ZERO),
            _ => None,
        };
        Some(((quality?, codings.len() - at), *coding))
    });
    rated.max_by_key(|(rate, _)| *rate).map(|(_, coding)| coding)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn quality_decides_then_cost() {
        for (header, expected) in [
            ("gzip, deflate, br, zstd", Some(Zstd)),
            ("gzip, deflate, br", Some(Brotli)),
            ("gzip;q=1.0, br;q=0.5", Some(Gzip)),
            ("identity, gzip;q=0.5", Some(Identity)),
            ("compress", Some(Identity)),
            ("*", Some(Zstd)),
            ("zstd;q=0, *", Some(Brotli)),
            ("gzip;q=0", Some(Identity)),
            ("identity;q=0, gzip", Some(Gzip)),
            ("identity;q=0", None),
            ("*;q=0", None),
            ("*;q=0, identity;q=0.1", Some(Identity)),
            ("compress, identity;q=0", None),
        ] {
            let request = TestRequest::get().insert_header((ACCEPT_ENCODING, header)).to_http_request();
            let accepted = request.get_header::<AcceptEncoding>().unwrap();
            assert_eq!(preferred(&accepted, &CODINGS), expected, "{header}");
        }
    }
}
