//! `Accept-Encoding` that no coding satisfies.

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT_ENCODING, AcceptEncoding, ContentEncoding, Encoding};
use actix_web::middleware::Next;

/// The middleware. A client that accepts nothing that the service can send gets the answer as it is, which RFC 9110
/// allows; actix-web would answer 406 without a problem document.
///
/// # Errors
/// The errors of the handler.
pub async fn accept_any_encoding<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let known = [ContentEncoding::Identity, ContentEncoding::Gzip, ContentEncoding::Deflate].map(Encoding::Known);
    let given = request.get_header::<AcceptEncoding>();
    if given.is_some_and(|given| given.negotiate(known.iter()).is_none()) {
        request.headers_mut().remove(ACCEPT_ENCODING);
    }
    next.call(request).await
}
