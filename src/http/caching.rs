//! Which answers may be stored, and how a client checks that a stored response is still valid.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, ETag, EntityTag, Header, HeaderValue, IfNoneMatch, TryIntoHeaderValue,
};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use diesel_async::AsyncPgConnection;
use sha2::{Digest, Sha256};

use crate::access::{Caller, View};
use crate::accounts::secrets::hex;
use crate::error::Error;
use crate::http::BASE;
use crate::live::Version;
use crate::register::changes;

/// How long a cache may give a public answer to others without asking, and how long more while it asks.
const SHARED: &str = "public, max-age=10, stale-while-revalidate=60";

/// The weak tag of what is read from the register. It changes with each change that the caller can hear of in the feed, with
/// each change of the units or other reference data, with the day, and with what an account may see. `form` names what else
/// the body depends on: its format, if `Accept` chose it, and its language, if it has words.
///
/// Read the tag before the answer: it may then be older than the answer, but never newer.
pub async fn tag_of_register(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    today: NaiveDate,
    form: &[&str],
) -> Result<EntityTag, Error> {
    let state = changes::state(conn).await?;
    let version = Version { seq: state.public_seq, reference: state.reference, today };
    if caller.is_anonymous() {
        return Ok(tag_of(version, form));
    }
    let scope = View::scope(caller);
    let form: Vec<_> = [scope.as_str()].into_iter().chain(form.iter().copied()).collect();
    Ok(tag_of(Version { seq: state.seq, ..version }, &form))
}

/// The tag of a version of everything that a caller may see.
pub fn tag_of(Version { seq, reference, today }: Version, form: &[&str]) -> EntityTag {
    let form: String = form.iter().map(|part| format!("-{part}")).collect();
    EntityTag::new_weak(format!("{seq}-{reference}-{today}{form}"))
}

/// The weak tag of a body.
pub fn tag_of_body(body: &[u8]) -> EntityTag {
    EntityTag::new_weak(hash(body))
}

pub fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..8])
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
pub fn with_tag(mut answer: HttpResponse, tag: EntityTag) -> HttpResponse {
    if let Ok(value) = tag.try_into_value() {
        answer.headers_mut().insert(ETAG, value);
    }
    answer
}

/// Gives an answer that is whole and has no tag the tag of its body, or answers 304.
pub fn tagged(request: &HttpRequest, response: HttpResponse<BoxBody>) -> HttpResponse<BoxBody> {
    let headers = response.headers();
    let is_kept = headers.get(CACHE_CONTROL).is_some_and(|control| control == "no-store");
    let is_data = request.method().is_safe() && request.path().starts_with(BASE);
    if !is_data || response.status() != StatusCode::OK || headers.contains_key(ETAG) || is_kept {
        return response;
    }
    let (mut head, body) = response.into_parts();
    match body.try_into_bytes() {
        // `HEAD` of a file has no body of its own.
        Ok(bytes) if bytes.is_empty() => head.set_body(BoxBody::new(bytes)),
        Ok(bytes) => {
            let tag = tag_of_body(&bytes);
            if not_modified(request, &tag).is_none() {
                return with_tag(head.set_body(BoxBody::new(bytes)), tag);
            }
            *head.status_mut() = StatusCode::NOT_MODIFIED;
            head.headers_mut().remove(CONTENT_TYPE);
            with_tag(head.set_body(BoxBody::new(())), tag)
        }
        Err(body) => head.set_body(body),
    }
}

/// Sets `Cache-Control`: `private` for who shows a credential. Others share an answer that has a tag for some seconds; each
/// other answer must be asked for again.
pub fn control(is_private: bool, response: &mut HttpResponse<BoxBody>) {
    let is_shared = response.headers().contains_key(ETAG)
        && [StatusCode::OK, StatusCode::NOT_MODIFIED].contains(&response.status());
    let headers = response.headers_mut();
    if !headers.contains_key(CACHE_CONTROL) {
        let control = match (is_private, is_shared) {
            (true, _) => "private, no-cache",
            (false, true) => SHARED,
            (false, false) => "public, no-cache",
        };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(control));
    }
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
