//! What a request may use of the database, and what it has used.

use std::rc::Rc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{ResponseError, web};
use tokio::time::timeout;

use crate::error::Error;
use crate::http::BASE;
use crate::http::address::{client_address, network};
use crate::http::clock::Clock;
use crate::http::items::search::only_reads;
use crate::http::rates::{credential, limits_of};
use crate::http::seats::Reader;
use crate::http::state::App;
use crate::layers::Layer;
use crate::postgres::work::Work;
use crate::postgres::{ANONYMOUS_LIMIT, WAIT};

/// The middleware. It ends the work of a request whose client has gone, and counts the time that the work took.
///
/// # Errors
/// The errors of the handler.
pub async fn share_out(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(app) = limits_of(&request) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let address = Reader::Address(client_address(app.limits.trust_proxy, request.request()).map(network));
    let has_credential = credential(request.request()).is_some();
    if !has_credential && let Err(refused) = app.limiters.spending.check(address) {
        return Ok(request.into_response(Error::from(refused).error_response()).map_into_boxed_body());
    }
    let path = request.match_info().as_str();
    let work = Work::new(is_dear(path), layer_of(path));
    // Counted after the work is dropped, whether it is done or not.
    let (live, today) = (app.clone(), Clock::of(request.request()).today());
    let bill = Bill { app, address, work: work.clone() };
    let reads = only_reads(request.method(), path);
    let answer = work.clone().run(next.call(request));
    let answer = if has_credential || !reads {
        answer.await
    } else {
        timeout(WAIT + ANONYMOUS_LIMIT, answer).await.unwrap_or_else(|_| Err(Error::TooDear.into()))
    };
    drop(bill);
    if !reads && matches!(&answer, Ok(response) if response.status().is_success()) {
        // The writer's next question may be answered from memory.
        if let Err(error) = live.live.catch_up(&live.store, today, true).await {
            tracing::warn!(?error, "a write is not in memory yet");
        }
    }
    match answer {
        Ok(response) if response.status() == StatusCode::GATEWAY_TIMEOUT && work.account().is_none() && reads => {
            Ok(response.into_response(Error::TooDear.error_response()))
        }
        Ok(response) => Ok(response.map_into_boxed_body()),
        Err(error) => Err(error),
    }
}

/// Whether a question counts over many records.
fn is_dear(path: &str) -> bool {
    let below = path.strip_prefix(BASE).unwrap_or_default();
    ["/stats", "/quality", "/rows"].iter().any(|name| below.starts_with(name))
}

/// The layer whose table a request reads or writes.
fn layer_of(path: &str) -> Option<&'static str> {
    let (_, rest) = path.split_once("/collections/")?;
    Layer::of_collection(rest.split('/').next()?).map(|layer| layer.collection)
}

struct Bill {
    app: web::Data<App>,
    address: Reader,
    work: Rc<Work>,
}

impl Drop for Bill {
    fn drop(&mut self) {
        let reader = self.work.account().map_or(self.address, Reader::Account);
        self.app.limiters.spending.note(reader, self.work.held());
    }
}
