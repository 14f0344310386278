//! Which answers may be stored, and how a client checks that a stored response is still valid.

use actix_web::http::header::{
    CACHE_CONTROL, ETAG, ETag, EntityTag, Header, HeaderMap, HeaderValue, IfNoneMatch, TryIntoHeaderValue, VARY,
};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use diesel_async::AsyncPgConnection;

use crate::access::Caller;
use crate::error::Error;
use crate::live::Version;
use crate::register::changes;

/// The weak tag of lists and figures for anonymous callers. It changes with each public change, with each change of the
/// units or other reference data, and with the day. `form` names what else the body depends on: its format, if `Accept`
/// chose it, and its language, if it has sentences. `None` for accounts, whose answers are not shared.
///
/// Read the tag before the answer: it may then be older than the answer, but never newer.
pub async fn public_tag(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    today: NaiveDate,
    form: &[&str],
) -> Result<Option<EntityTag>, Error> {
    if !caller.is_anonymous() {
        return Ok(None);
    }
    let (seq, reference) = changes::public_state(conn).await?;
    Ok(Some(tag_of(Version { seq, reference, today }, form)))
}

/// The tag of a version of everything that is public.
pub fn tag_of(Version { seq, reference, today }: Version, form: &[&str]) -> EntityTag {
    let form: String = form.iter().map(|part| format!("-{part}")).collect();
    EntityTag::new_weak(format!("{seq}-{reference}-{today}{form}"))
}

/// 304 if the client already has the version that the tag names.
pub fn not_modified(request: &HttpRequest, tag: &EntityTag) -> Option<HttpResponse> {
    let is_known = match IfNoneMatch::parse(request).ok()? {
        IfNoneMatch::Any => true,
        IfNoneMatch::Items(known) => known.iter().any(|known| uncoded(known.tag()) == tag.tag()),
    };
    is_known.then(|| HttpResponse::NotModified().insert_header(ETag(tag.clone())).finish())
}

/// A tag as this service made it: Apache adds the coding of the answer that it compressed, nginx makes the tag weak.
pub fn uncoded(tag: &str) -> &str {
    let coded = tag.rsplit_once(['-', ';']).filter(|(_, coding)| ["gzip", "br", "zstd", "deflate"].contains(coding));
    coded.map_or(tag, |(tag, _)| tag.trim_end_matches('-'))
}

/// Adds the tag to the answer.
pub fn with_tag(mut answer: HttpResponse, tag: Option<EntityTag>) -> HttpResponse {
    if let Some(Ok(value)) = tag.map(EntityTag::try_into_value) {
        answer.headers_mut().insert(ETAG, value);
    }
    answer
}

/// Sets `Cache-Control`: `public` for anonymous callers, otherwise `private`. Either way a cache must revalidate.
pub fn control(is_private: bool, response: &mut HeaderMap) {
    if !response.contains_key(CACHE_CONTROL) {
        let control = if is_private { "private, no-cache" } else { "public, no-cache" };
        response.insert(CACHE_CONTROL, HeaderValue::from_static(control));
    }
    response.append(VARY, HeaderValue::from_static("Accept, Authorization, Cookie, Accept-Language"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_leave_the_version_in_the_tag() {
        for (seen, made) in [
            ("3", "3"),
            ("3-gzip", "3"),
            ("3--gzip", "3"),
            ("3;br", "3"),
            ("12-4-2026-11-27-en", "12-4-2026-11-27-en"),
            ("12-4-2026-11-27-en-gzip", "12-4-2026-11-27-en"),
            ("gzip", "gzip"),
        ] {
            assert_eq!(uncoded(seen), made);
        }
    }
}
