//! `GET /changes/stream`: the feed as it happens, as server-sent events.
//!
//! A task for each stream writes into a channel that holds one page; it waits while the client has not taken that. It
//! holds a connection only while it reads, and asks before each page and each heartbeat who its reader is now.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream;
use serde_json::json;
use tokio::sync::mpsc::{Sender, channel};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use crate::access::{Caller, View};
use crate::error::Error;
use crate::http::address::{client_address, network};
use crate::http::changes::event::{RETRY, end, event, heartbeat};
use crate::http::changes::streams::{News, Reader, Seat};
use crate::http::changes::{after_of, collections_of, number};
use crate::http::extract::Claim;
use crate::http::state::App;
use crate::input::Params;
use crate::layers::Problem;
use crate::register::changes;
use crate::register::changes::Page;
use crate::texts::text;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Changes read and sent at once.
const PAGE: usize = 500;

/// A client that does not take what is sent for so long is gone.
const STALLED: Duration = Duration::from_secs(60);

/// `change` events with what `GET /changes` gives, each under its number; before them, and whenever it becomes another,
/// a `scope` event; an `end` event when the reader may not read any more.
pub async fn stream_changes(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut params = Params::parse(request.query_string());
    let after = after_of(&mut params)?;
    let collections = collections_of(&mut params)?;
    params.finish()?;
    let resumed = last_event_id(&request)?;

    let reader = match &caller {
        Caller::Account(account) => Reader::Account(account.id),
        Caller::Stranger => Reader::Address(client_address(app.limits.trust_proxy, &request).map(network)),
    };
    let claim = match (&caller, Claim::of(&app, &request)?) {
        // What an ended session had read is no number of the strangers' feed.
        (Caller::Stranger, Claim::Session { .. }) if resumed.is_some() => return Err(Error::Unauthorized),
        (Caller::Stranger, _) => Claim::Nothing,
        (_, claim) => claim,
    };
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        // Nothing may wait until there is enough to compress, or to pass on (nginx).
        .insert_header((CONTENT_ENCODING, HeaderValue::from_static("identity")))
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        // A stop of the service would else wait for the next request of this client.
        .force_close();
    if request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    let mut follower = Follower {
        app: App::clone(&app),
        _seat: app.streams.seat(reader)?,
        news: app.streams.subscribe(),
        claim,
        collections,
        after: resumed.unwrap_or(after),
        scope: None,
    };
    // What fails at once is answered as everywhere.
    let first = follower.read().await?;
    let (sender, receiver) = channel(1);
    actix_web::rt::spawn(follower.follow(first, sender));
    let pages = stream::unfold(receiver, async |mut pages| Some((Ok::<_, Infallible>(pages.recv().await?), pages)));
    Ok(response.streaming(pages))
}

/// The number of the last event that the client has seen; browsers send it when they come back.
fn last_event_id(request: &HttpRequest) -> Result<Option<i64>, Error> {
    let Some(header) = request.headers().get(LAST_EVENT_ID) else { return Ok(None) };
    let header = header.to_str().unwrap_or("?").trim();
    match number(header) {
        Some(number) => Ok(Some(number)),
        None if header.is_empty() => Ok(None),
        None => Err(Error::BadRequest(vec![Problem::of_header(
            "Last-Event-ID",
            text!("header.invalid/number", header = "Last-Event-ID"),
        )])),
    }
}

/// A stream on its way.
struct Follower {
    app: App,
    _seat: Seat,
    news: watch::Receiver<News>,
    claim: Claim,
    collections: Vec<String>,
    /// Everything up to here has been told.
    after: i64,
    /// The scope that the client knows.
    scope: Option<String>,
}

/// What there is to send.
struct Told {
    text: String,
    /// Whether the reader's feed goes on.
    more: bool,
    /// Whether the reader is still one.
    goes_on: bool,
}

impl Follower {
    /// Until the client is gone or stalled, the reader may not read any more, or the service stops.
    async fn follow(mut self, first: Told, sender: Sender<Bytes>) {
        let mut told = Told { text: RETRY.to_owned() + &first.text, ..first };
        let mut due = Instant::now();
        loop {
            if told.text.is_empty() && Instant::now() >= due {
                told.text = heartbeat(self.after);
            }
            if !told.text.is_empty() {
                due = Instant::now() + self.app.streams.heartbeat();
                if !matches!(timeout(STALLED, sender.send(told.text.into())).await, Ok(Ok(()))) {
                    return;
                }
            }
            if !told.goes_on || !(told.more || self.wait(&sender, due).await) || self.news.borrow().closing {
                return;
            }
            told = match self.read().await {
                Ok(told) => told,
                // The client comes back, to where it was.
                Err(error) => return tracing::warn!(%error, "a stream of changes was cut off"),
            };
        }
    }

    /// What happened since, as far as who reads now may know.
    async fn read(&mut self) -> Result<Told, Error> {
        let _turn = self.app.streams.turn().await;
        let mut conn = self.app.store.connection().await?;
        let Some(caller) = self.claim.caller(&self.app, &mut conn, false).await? else {
            return Ok(Told { text: end(), more: false, goes_on: false });
        };
        let feed = View::feed(&caller);
        let Page { changes, next, more } = changes::page(&mut conn, &feed, self.after, &self.collections, PAGE).await?;
        let mut text = String::new();
        let scope = View::scope(&caller);
        if self.scope.as_ref() != Some(&scope) {
            text = event("scope", self.after, &json!({"scope": scope}));
            self.scope = Some(scope);
        }
        for change in changes {
            text += &event("change", change["seq"].as_i64().unwrap_or(next), &change);
        }
        self.after = next;
        Ok(Told { text, more, goes_on: true })
    }

    /// Waits for news, or until it is time; false when there is nobody to tell.
    async fn wait(&mut self, sender: &Sender<Bytes>, until: Instant) -> bool {
        let after = self.after;
        let is_stranger = matches!(self.claim, Claim::Nothing);
        let is_news = |news: &News| {
            let last = if is_stranger { news.last_public_seq } else { news.last_seq };
            news.closing || last > after
        };
        tokio::select! {
            () = sender.closed() => false,
            _ = timeout_at(until, self.news.wait_for(is_news)) => true,
        }
    }
}
