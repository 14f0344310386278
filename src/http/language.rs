//! The language of an answer.

use actix_web::HttpMessage;
use actix_web::http::header::{AcceptLanguage, Header, Quality};

use crate::http::vary::{On, note};

/// Whether the answer is in Vietnamese. It is, unless the client prefers English.
pub fn wants_vietnamese(request: &impl HttpMessage) -> bool {
    note(request, On::Language);
    prefers_vietnamese(request)
}

/// The same before it is known whether the answer has words.
pub fn prefers_vietnamese(request: &impl HttpMessage) -> bool {
    let accepted = AcceptLanguage::parse(request).map(|accepted| accepted.0).unwrap_or_default();
    // A named language takes precedence over `*`.
    let quality = |language: &str| {
        let named = accepted
            .iter()
            .filter(|range| range.item.item().is_some_and(|tag| tag.primary_language().eq_ignore_ascii_case(language)));
        let any = accepted.iter().filter(|range| range.item.is_any());
        let quality = named.map(|range| range.quality).max().or_else(|| any.map(|range| range.quality).max());
        quality.unwrap_or(Quality::ZERO)
    };
    quality("vi") >= quality("en")
}

/// The code of a language, for headers and tags.
pub fn code(vietnamese: bool) -> &'static str {
    if vietnamese { "vi" } else { "en" }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::ACCEPT_LANGUAGE;
    use actix_web::test::TestRequest;

    use super::*;

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
            ("en; q=0.9", false),
            ("EN-us ; q=0.9 , vi ; q=0.8", false),
            ("vi-VN, vi; q=0.9, en-GB; q=0.8", true),
            ("en, vi", true),
            ("*", true),
            ("en, *; q=0.5", false),
            ("en; q=0.5, *", true),
            ("vi; q=0.5, *", false),
            ("en; q=0", true),
            ("vi; q=0, *", false),
            ("en; q=much", true),
        ] {
            let request = TestRequest::get().insert_header((ACCEPT_LANGUAGE, header)).to_http_request();
            assert_eq!(wants_vietnamese(&request), vietnamese, "{header}");
        }
    }
}
