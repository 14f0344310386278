//! Forms (multipart) whose body ends too early. actix-multipart waits for ever for the rest of such a body.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use actix_multipart::Multipart;
use actix_web::{HttpRequest, web};
use futures_util::{Stream, StreamExt, stream};

/// Whether the body has ended.
#[derive(Default)]
pub struct Ended(Rc<Cell<bool>>);

/// The parts of a form.
pub fn parts(request: &HttpRequest, payload: web::Payload) -> (Multipart, Ended) {
    let ended = Ended::default();
    let noted = ended.0.clone();
    let end = stream::poll_fn(move |_| {
        noted.set(true);
        Poll::Ready(None)
    });
    (Multipart::new(request.headers(), payload.into_inner().chain(end)), ended)
}

impl Ended {
    /// The next part, or the next chunk of a part.
    ///
    /// # Errors
    /// When the body has ended in the middle of it.
    pub async fn next<S: Stream + Unpin>(&self, parts: &mut S) -> Result<Option<S::Item>, ()> {
        poll_fn(|cx| {
            let mut polled = parts.poll_next_unpin(cx);
            if polled.is_pending() && self.0.get() {
                // It may not have looked at the end yet.
                polled = parts.poll_next_unpin(cx);
                if polled.is_pending() {
                    return Poll::Ready(Err(()));
                }
            }
            polled.map(Ok)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use actix_web::FromRequest;
    use actix_web::test::TestRequest;

    use super::*;

    #[actix_web::test]
    async fn a_form_without_its_end_is_an_error() {
        let whole = "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\na\r\n--x--\r\n";
        for length in 0..=whole.len() {
            let request = TestRequest::post().insert_header(("Content-Type", "multipart/form-data; boundary=x"));
            let (request, mut payload) = request.set_payload(whole[..length].to_owned()).to_http_parts();
            let payload = web::Payload::from_request(&request, &mut payload).await.unwrap();
            let (mut form, ended) = parts(&request, payload);
            let read = async {
                let mut read = 0;
                while let Some(part) = ended.next(&mut form).await? {
                    let mut part = part.map_err(|_| ())?;
                    while let Some(chunk) = ended.next(&mut part).await? {
                        read += chunk.map_err(|_| ())?.len();
                    }
                }
                Ok::<_, ()>(read)
            };
            let read = tokio::time::timeout(std::time::Duration::from_secs(5), read).await;
            // The last line break is optional, but not half of it.
            let is_whole = length == whole.len() || length == whole.len() - 2;
            let expected = if is_whole { Ok(1) } else { Err(()) };
            assert_eq!(read.unwrap(), expected, "{length} bytes");
        }
    }
}
