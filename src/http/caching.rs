//! Which answers may be stored, and how a client checks that a stored response is still valid.

use actix_web::http::header::{
    CACHE_CONTROL, ETAG, ETag, EntityTag, Header, HeaderMap, HeaderValue, IfNoneMatch, TryIntoHeaderValue, VARY,
};
use actix_web::{HttpRequest, HttpResponse};
use diesel_async::AsyncPgConnection;

use crate::access::Caller;
use crate::error::Error;
use crate::register::changes;
use crate::time::today;

/// The weak tag of lists and figures for anonymous callers. It changes with each public change, with each change of the
/// units or other reference data, and with the day. `None` for accounts, whose answers are not shared.
///
/// Read the tag before the answer: it may then be older than the answer, but never newer.
pub async fn public_tag(conn: &mut AsyncPgConnection, caller: &Caller) -> Result<Option<EntityTag>, Error> {
    if !caller.is_anonymous() {
        return Ok(None);
    }
    let (seq, reference) = changes::public_state(conn).await?;
    Ok(Some(EntityTag::new_weak(format!("{seq}-{reference}-{}", today()))))
}

/// 304 if the client already has the version that the tag names.
pub fn not_modified(request: &HttpRequest, tag: &EntityTag) -> Option<HttpResponse> {
    let is_known = match IfNoneMatch::parse(request).ok()? {
        IfNoneMatch::Any => true,
        IfNoneMatch::Items(known) => known.iter().any(|known| known.weak_eq(tag)),
    };
    is_known.then(|| HttpResponse::NotModified().insert_header(ETag(tag.clone())).finish())
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
