//! A write as it was received, with everything that it needs on whichever thread does it.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::access::Caller;
use crate::error::Error;
use crate::http::heavy::{self, Asked, Body, Room, SMALL};
use crate::http::state::App;
use crate::http::writes::idempotency;
use crate::http::writes::permit;
use crate::layers::Layer;
use crate::register::idempotency::Stored;

pub struct Received {
    pub app: web::Data<App>,
    pub caller: Caller,
    pub layer: &'static Layer,
    pub asked: Asked,
    pub bytes: web::Bytes,
    /// What the body takes in memory, as long as it does.
    _room: Room,
}

impl Received {
    /// A write with a body as large as those of many records.
    ///
    /// # Errors
    /// 401, 403; those of [`Body::read`].
    pub async fn read(
        app: web::Data<App>,
        caller: Caller,
        layer: &'static Layer,
        request: &HttpRequest,
        payload: web::Payload,
    ) -> Result<Received, Error> {
        permit(&caller, layer)?;
        let (bytes, room) = Body::read(&app.heavy, payload, app.limits.bulk_limit).await?.split();
        let asked = Asked::of(&app, request);
        Ok(Received { app, caller, layer, asked, bytes, _room: room })
    }

    /// A write whose body was read already.
    ///
    /// # Errors
    /// 401, 403.
    pub fn of(
        app: web::Data<App>,
        caller: Caller,
        layer: &'static Layer,
        request: &HttpRequest,
        bytes: web::Bytes,
    ) -> Result<Received, Error> {
        permit(&caller, layer)?;
        let asked = Asked::of(&app, request);
        Ok(Received { app, caller, layer, asked, bytes, _room: None })
    }

    /// Does the write on the worker that read its body or, if that is large, on a thread for heavy work.
    ///
    /// # Errors
    /// Those of the write; `Overloaded` when there is no place for it.
    pub async fn written(
        self,
        write: impl AsyncFnOnce(&Received) -> Result<Stored, Error> + Send + 'static,
    ) -> Result<HttpResponse, Error> {
        let stored = if self.bytes.len() <= SMALL {
            write(&self).await?
        } else {
            let place = self.app.heavy.place_for(self.bytes.clone()).await?;
            heavy::run(place, move || async move { write(&self).await }).await?
        };
        Ok(idempotency::send(stored))
    }
}
