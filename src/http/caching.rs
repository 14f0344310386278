//! Which answers may be kept, and how a client asks whether they still hold.

use actix_web::http::header::{
    CACHE_CONTROL, ETAG, ETag, EntityTag, Header, HeaderMap, HeaderValue, IfNoneMatch, TryIntoHeaderValue, VARY,
};
use actix_web::{HttpRequest, HttpResponse};
use diesel_async::AsyncPgConnection;

use crate::access::Caller;
use crate::error::Error;
use crate::register::changes;
use crate::time::today;

/// The weak tag of each list and figure for anonymous callers: it moves with each change that they may know of, with the
/// units, and with the day. None for others, whose answers are not shared.
///
/// Read it before the answer: the tag may then be older than the answer, never newer.
pub async fn public_tag(conn: &mut AsyncPgConnection, caller: &Caller) -> Result<Option<EntityTag>, Error> {
    if !caller.is_stranger() {
        return Ok(None);
    }
    let (seq, reference) = changes::public_state(conn).await?;
    Ok(Some(EntityTag::new_weak(format!("{seq}-{reference}-{}", today()))))
}

/// 304, when the client has what the tag names.
pub fn not_modified(request: &HttpRequest, tag: &EntityTag) -> Option<HttpResponse> {
    let is_known = match IfNoneMatch::parse(request).ok()? {
        IfNoneMatch::Any => true,
        IfNoneMatch::Items(known) => known.iter().any(|known| known.weak_eq(tag)),
    };
    is_known.then(|| HttpResponse::NotModified().insert_header(ETag(tag.clone())).finish())
}

/// The answer under its tag.
pub fn with_tag(mut answer: HttpResponse, tag: Option<EntityTag>) -> HttpResponse {
    if let Some(Ok(value)) = tag.map(EntityTag::try_into_value) {
        answer.headers_mut().insert(ETAG, value);
    }
    answer
}

/// Sets `Cache-Control`: anyone may keep the answer to an anonymous caller, and must ask first whether it still holds.
pub fn control(is_private: bool, response: &mut HeaderMap) {
    if !response.contains_key(CACHE_CONTROL) {
        let control = if is_private { "private, no-cache" } else { "public, no-cache" };
        response.insert(CACHE_CONTROL, HeaderValue::from_static(control));
    }
    response.append(VARY, HeaderValue::from_static("Accept, Authorization, Cookie, Accept-Language"));
}
