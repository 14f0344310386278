//! `GET /changes`: what changed after a number, in an order in which nothing appears behind a reader.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::access::{Caller, View};
use crate::app::App;
use crate::error::Error;
use crate::kinds::Kind;
use crate::query::{Params, limit_of};
use crate::store::changes;

const DEFAULT_LIMIT: usize = 1000;
const MAX_LIMIT: usize = 10_000;

/// The changes that the caller may know of; `next` is the number to ask after next time, `scope` says what they may see:
/// when it is another than last time, what was followed so far is to be read anew.
pub async fn list_changes(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut params = Params::parse(request.query_string());
    params.format(&["json"])?;
    let number = |text: &str| text.parse::<i64>().ok().filter(|number| *number >= 0);
    let after = params.read("after", ("số thứ tự từ 0", "a number from 0"), number)?.unwrap_or(0);
    let limit = params.read("limit", ("số nguyên từ 1", "an integer from 1"), |text| limit_of(text, MAX_LIMIT))?;
    let limit = limit.unwrap_or(DEFAULT_LIMIT) as i64;
    let collections = params.read(
        "collections",
        ("tên các lớp, cách nhau bằng dấu phẩy", "ids of layers, separated by commas"),
        |text| {
            let known = text.split(',').all(|name| Kind::of_collection(name).is_some_and(Kind::is_writable));
            known.then(|| text.split(',').map(str::to_owned).collect::<Vec<_>>())
        },
    )?;
    params.finish()?;

    let feed = View::feed(&caller);
    let mut conn = app.store.connection().await?;
    // Read first: a filtered page that ends early has then seen everything up to here.
    let last = changes::last(&mut conn, &feed).await?;
    let changes = changes::after(&mut conn, &feed, after, collections.unwrap_or_default(), limit).await?;
    let full = changes.len() as i64 == limit;
    let seen = changes.last().and_then(|change| change["seq"].as_i64());
    let next = if full { seen.unwrap_or(after) } else { seen.unwrap_or(after).max(last).max(after) };
    Ok(HttpResponse::Ok().json(json!({"changes": changes, "next": next, "scope": View::scope(&caller)})))
}
