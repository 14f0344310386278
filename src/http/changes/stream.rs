//! `GET /changes/stream`: the feed as it happens, as server-sent events.
//!
//! Each stream has a task that writes into a channel with room for one page, and waits until the client takes it. The
//! task holds a database connection only while it reads. Before each page and each heartbeat it checks what the reader
//! may still see.

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
use crate::http::changes::event::{RETRY, end, event, heartbeat};
use crate::http::changes::streams::News;
use crate::http::changes::{After, collections_of, number};
use crate::http::extract::Presented;
use crate::http::seats::{Reader, Seat};
use crate::http::state::App;
use crate::input::Params;
use crate::layers::Problem;
use crate::postgres::work::{self, Share, Work};
use crate::register::changes;
use crate::register::changes::Page;
use crate::texts::text;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The most changes that are read and sent at once.
const PAGE: usize = 500;

/// A client that takes nothing for this long is considered gone.
const STALLED: Duration = Duration::from_secs(60);

/// Sends a `change` event for each change of `GET /changes`, with its number as id. Sends a `scope` event first and
/// whenever the scope changes, and an `end` event when the reader may no longer read.
pub async fn stream_changes(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut params = Params::parse(request.query_string());
    let after = After::of(&mut params)?;
    let collections = collections_of(&mut params)?;
    params.finish()?;
    let resumed = last_event_id(&request)?;

    let reader = Reader::of(&caller, app.limits.trust_proxy, &request);
    let presented = match (&caller, Presented::of(&app, &request)?) {
        // The session has ended. The number belongs to the account's feed; the anonymous feed has other numbers.
        (Caller::Anonymous, Presented::Session { .. }) if resumed.is_some() => return Err(Error::Unauthorized),
        (Caller::Anonymous, _) => Presented::Nothing,
        (_, presented) => presented,
    };
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        // Buffers must not hold events back: neither compression nor nginx.
        .insert_header((CONTENT_ENCODING, HeaderValue::from_static("identity")))
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        // Otherwise a shutdown would wait for the next request on this connection.
        .force_close();
    if request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    let seat = app.streams.seat(reader)?;
    let after = match resumed {
        Some(resumed) => resumed,
        None => after.number(&mut *app.store.connection().await?, &View::feed(&caller)).await?,
    };
    let mut follower = Follower {
        app: App::clone(&app),
        _seat: seat,
        news: app.streams.subscribe(),
        presented,
        share: work::share(),
        collections,
        after,
        scope: None,
    };
    // An error of the first read is answered with its status, as for any request.
    let first = follower.read().await?;
    let (sender, receiver) = channel(1);
    actix_web::rt::spawn(follower.follow(first, sender));
    let pages = stream::unfold(receiver, async |mut pages| Some((Ok::<_, Infallible>(pages.recv().await?), pages)));
    Ok(response.streaming(pages))
}

/// The number of the last event that the client has seen. Browsers send it when they reconnect.
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

/// An open stream.
struct Follower {
    app: App,
    _seat: Seat,
    news: watch::Receiver<News>,
    presented: Presented,
    /// Of the request that opened the stream.
    share: Option<Share>,
    collections: Vec<String>,
    /// Everything up to this number has been sent.
    after: i64,
    /// The scope that the client was told last.
    scope: Option<String>,
}

/// The next part of the stream.
struct Part {
    text: String,
    /// Whether more changes can be read at once.
    more: bool,
    /// Whether the reader may still read.
    may_read: bool,
}

impl Follower {
    /// Sends until the client is gone or stalled, the reader may no longer read, or the service stops.
    async fn follow(mut self, first: Part, sender: Sender<Bytes>) {
        let mut part = Part { text: RETRY.to_owned() + &first.text, ..first };
        let mut due = Instant::now();
        loop {
            if part.text.is_empty() && Instant::now() >= due {
                part.text = heartbeat(self.after);
            }
            if !part.text.is_empty() {
                due = Instant::now() + self.app.streams.heartbeat();
                if !matches!(timeout(STALLED, sender.send(part.text.into())).await, Ok(Ok(()))) {
                    return;
                }
            }
            if !part.may_read || !(part.more || self.wait(&sender, due).await) || self.news.borrow().closing {
                return;
            }
            let read = tokio::select! {
                read = self.read() => read,
                () = sender.closed() => return,
            };
            part = match read {
                Ok(part) => part,
                // The client reconnects and continues where it was.
                Err(error) => return tracing::warn!(%error, "a stream of changes was cut off"),
            };
        }
    }

    /// Reads the changes since the last read that the reader may see now.
    async fn read(&mut self) -> Result<Part, Error> {
        let work = self.share.map(Work::part_of);
        match work {
            Some(work) => work.run(self.read_now()).await,
            None => self.read_now().await,
        }
    }

    async fn read_now(&mut self) -> Result<Part, Error> {
        let _turn = self.app.streams.turn().await;
        let mut conn = self.app.store.connection().await?;
        let Some(caller) = self.presented.caller(&self.app, &mut conn, false).await? else {
            return Ok(Part { text: end(), more: false, may_read: false });
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
        Ok(Part { text, more, may_read: true })
    }

    /// Waits for news or until the time `until`. Returns false if the client is gone.
    async fn wait(&mut self, sender: &Sender<Bytes>, until: Instant) -> bool {
        let after = self.after;
        let is_anonymous = matches!(self.presented, Presented::Nothing);
        let is_news = |news: &News| {
            let last = if is_anonymous { news.last_public_seq } else { news.last_seq };
            news.closing || last > after
        };
        tokio::select! {
            () = sender.closed() => false,
            _ = timeout_at(until, self.news.wait_for(is_news)) => true,
        }
    }
}
