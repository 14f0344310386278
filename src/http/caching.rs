//! What may be kept, and when it is still true.

use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, VARY};
use actix_web::{HttpRequest, HttpResponse};
use diesel_async::AsyncPgConnection;

use crate::access::Caller;
use crate::error::Error;
use crate::register::changes;
use crate::time::today;

/// The weak tag of every answer that a stranger's list or figure can be: it moves with each change that they may know
/// of, with the units, and with the day. None for others, whose answers are not shared.
///
/// Read before the answer is: the tag may then be older than the answer, never newer.
pub async fn public_tag(conn: &mut AsyncPgConnection, caller: &Caller) -> Result<Option<String>, Error> {
    if !caller.is_stranger() {
        return Ok(None);
    }
    let (seq, reference) = changes::public_state(conn).await?;
    Ok(Some(format!("W/\"{seq}-{reference}-{}\"", today())))
}

/// 304, when the client has what the tag names.
pub fn not_modified(request: &HttpRequest, tag: &str) -> Option<HttpResponse> {
    let known = request.headers().get(IF_NONE_MATCH)?.to_str().ok()?;
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let same = known.trim() == "*" || known.split(',').any(|known| opaque(known) == opaque(tag));
    same.then(|| HttpResponse::NotModified().insert_header((ETAG, tag)).finish())
}

/// The answer under its tag.
pub fn with_tag(mut answer: HttpResponse, tag: Option<String>) -> HttpResponse {
    if let Some(value) = tag.and_then(|tag| HeaderValue::from_str(&tag).ok()) {
        answer.headers_mut().insert(ETAG, value);
    }
    answer
}

/// Says of an answer who may keep it: a stranger's anyone, asking first whether it still holds; others' nobody else.
pub fn control(is_private: bool, response: &mut HeaderMap) {
    if !response.contains_key(CACHE_CONTROL) {
        let control = if is_private { "private, no-cache" } else { "public, no-cache" };
        response.insert(CACHE_CONTROL, HeaderValue::from_static(control));
    }
    response.append(VARY, HeaderValue::from_static("Accept, Authorization, Cookie, Accept-Language"));
}
