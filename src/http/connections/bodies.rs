//! Bodies that a handler does not read to their end, and the phases of a connection.
//!
//! When a handler drops an unread body, actix-web stops listening to the connection: it stays open for ever, even after
//! the client has gone. So the body is kept until the answer is sent. A short rest is read; after a long one actix-web
//! closes the connection.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpResponse};
use futures_util::{Stream, StreamExt};
use tokio::time::timeout;

use crate::http::connections::connection::{Connection, Phase};

/// How much of a refused body is read, bytes, and for how long, so that its client can send another request on the
/// same connection.
const DRAINED: usize = 64 * 1024;
const DRAIN: Duration = Duration::from_millis(200);

/// The middleware.
///
/// # Errors
/// The errors of the handler.
pub async fn keep_bodies(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let connection = request.conn_data::<Arc<Connection>>().cloned();
    if let Some(connection) = &connection {
        connection.enter(Phase::Busy);
    }
    let payload = request.take_payload();
    let body = KeptBody(Rc::new(RefCell::new(Some(payload))));
    if !body.is_read() {
        request.set_payload(Payload::Stream { payload: Box::pin(body.clone()) });
    }
    let answer = next.call(request).await;
    if !body.is_read() {
        // A rest that is too long or too late is left to the dispatcher.
        let _ = timeout(DRAIN, body.clone().drain()).await;
    }
    match answer {
        Ok(response) => {
            let response = response.map_into_boxed_body();
            Ok(response.map_body(|_, answer| BoxBody::new(Answer { answer, body, connection })))
        }
        Err(mut error) => {
            error.add_response_mapper(move |response: HttpResponse| {
                let (body, connection) = (body.clone(), connection.clone());
                response.map_body(|_, answer| BoxBody::new(Answer { answer, body, connection }))
            });
            Err(error)
        }
    }
}

/// The body of a request; `None` when it is read to its end.
#[derive(Clone)]
struct KeptBody(Rc<RefCell<Option<Payload>>>);

impl KeptBody {
    fn is_read(&self) -> bool {
        matches!(*self.0.borrow(), None | Some(Payload::None))
    }

    async fn drain(mut self) {
        let mut left = DRAINED;
        while let Some(Ok(chunk)) = self.next().await {
            let Some(rest) = left.checked_sub(chunk.len()) else { return };
            left = rest;
        }
    }
}

impl Stream for KeptBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut kept = self.0.borrow_mut();
        let Some(payload) = kept.as_mut() else { return Poll::Ready(None) };
        let chunk = Pin::new(payload).poll_next(cx);
        if matches!(chunk, Poll::Ready(None | Some(Err(_)))) {
            *kept = None;
        }
        chunk
    }
}

/// The body of an answer. The connection waits for its next request when this is dropped.
struct Answer {
    answer: BoxBody,
    /// Dropped with the answer.
    body: KeptBody,
    connection: Option<Arc<Connection>>,
}

impl MessageBody for Answer {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.answer.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.answer).poll_next(cx)
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        drop(self.body.0.take());
        if let Some(connection) = &self.connection {
            connection.enter(Phase::Idle);
        }
    }
}
