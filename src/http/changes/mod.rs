//! `GET /changes`: the changes after a number, and the same as a stream. Numbers only grow: no change is ever inserted
//! before a number that a reader has passed.

mod event;
mod stream;
pub mod streams;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::AsyncPgConnection;
use serde_json::json;

use crate::access::{Caller, Feed, View};
use crate::error::Error;
use crate::http::paging;
use crate::http::state::App;
use crate::input::Params;
use crate::layers::Layer;
use crate::register::changes;
use crate::register::changes::Page;
use crate::texts::text;

pub use stream::stream_changes;

const DEFAULT_LIMIT: usize = 1000;
const MAX_LIMIT: usize = 10_000;

/// Lists the changes that the caller may see. `next` is the number to send as `after` next time; `more` says whether
/// more can be read at once. `scope` identifies what the caller may see: when it differs from last time, the client
/// must read the layers again.
pub async fn list_changes(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut params = Params::parse(request.query_string());
    params.format(&["json"])?;
    let after = After::of(&mut params)?;
    let limit = paging::limit(&mut params, DEFAULT_LIMIT, MAX_LIMIT)?;
    let collections = collections_of(&mut params)?;
    params.finish()?;

    let mut conn = app.store.connection().await?;
    let feed = View::feed(&caller);
    let after = after.number(&mut conn, &feed).await?;
    let Page { changes, next, more } = changes::page(&mut conn, &feed, after, &collections, limit).await?;
    let scope = View::scope(&caller);
    let links = paging::links(&app, &request, "after", more.then(|| next.to_string()));
    let page = json!({"changes": changes, "next": next, "more": more, "scope": scope, "links": links});
    let mut answer = HttpResponse::Ok();
    if caller.is_anonymous() {
        // Who follows the feed wants to know now.
        answer.insert_header((CACHE_CONTROL, "public, no-cache"));
    }
    Ok(answer.json(page))
}

/// Parses a number of the feed.
fn number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number| *number >= 0)
}

/// Where to begin.
#[derive(Debug, Clone, Copy)]
enum After {
    Number(i64),
    /// At the end, for a client that has just read what it shows and wants only what comes.
    Latest,
}

impl After {
    fn of(params: &mut Params) -> Result<After, Error> {
        let after = params.read("after", text!("expected.number_or_latest"), |text| match text {
            "latest" => Some(After::Latest),
            text => number(text).map(After::Number),
        })?;
        Ok(after.unwrap_or(After::Number(0)))
    }

    async fn number(self, conn: &mut AsyncPgConnection, feed: &Feed) -> Result<i64, Error> {
        match self {
            After::Number(number) => Ok(number),
            After::Latest => Ok(changes::last_of(conn, feed).await?),
        }
    }
}

/// The layers to follow. Empty means all.
fn collections_of(params: &mut Params) -> Result<Vec<String>, Error> {
    let collections = params.read("collections", text!("expected.layers"), |text| {
        let known = text.split(',').all(|name| Layer::of_collection(name).is_some_and(Layer::is_writable));
        known.then(|| text.split(',').map(str::to_owned).collect())
    })?;
    Ok(collections.unwrap_or_default())
}
