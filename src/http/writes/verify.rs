//! Confirms that records are still true: `POST …/items/{id}/verify` for one record,
//! `POST /collections/{collection}/verify` for many. There is no precondition: it confirms the current values.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::access::Caller;
use crate::error::Error;
use crate::http::extract::{LayerPath, RecordId};
use crate::http::items::query::ItemsQuery;
use crate::http::state::App;
use crate::http::writes::body::MOST_FEATURES;
use crate::http::writes::idempotency::Request;
use crate::http::writes::{Context, Received, body, bulk, permit};
use crate::input::Params;
use crate::layers::Problem;
use crate::register::idempotency::Stored;
use crate::register::writing::Refused;
use crate::register::{items, writing};
use crate::texts::text;

/// `POST /api/v1/collections/{collection}/items/{id}/verify`
pub async fn verify_item(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    RecordId(id): RecordId,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<HttpResponse, Error> {
    permit(&caller, layer)?;
    let body = body::read_optional(request.headers(), &bytes)?;
    body::only_members(&body, &["reason", "confirm"])?;
    let once = Request::new(&caller, &request, &bytes)?;
    let context = Context::new(&app, &caller, layer, &request);
    let writing = context.writing(body::remarks(&body)?, None);
    once.answer(&app, async |conn| {
        writing::verify(conn, &writing, vec![id]).await?;
        Ok(context.answer(conn, 200, id, &[]).await?)
    })
    .await
    .map_err(Refused::of_one)
}

/// `POST /api/v1/collections/{collection}/verify`: verifies `{"items": [ids]}`, or every record that the query
/// parameters select and the caller may write. Without `items` at least one parameter is required.
pub async fn verify_items(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Error> {
    Received::read(app, caller, layer, &request, payload).await?.written(verify).await
}

async fn verify(received: &Received) -> Result<Stored, Error> {
    let Received { app, caller, layer, asked, bytes, .. } = received;
    let body = body::read_optional(&asked.headers, bytes)?;
    body::only_members(&body, &["items", "reason", "confirm"])?;
    let once = Request::of(caller, asked, bytes)?;
    let context = Context::of(app, caller, layer, asked);
    let params = Params::parse(&asked.query);
    let (listed, query) = if body.get("items").is_some() {
        params.finish()?;
        let targets = body::targets(body::list(&body, "items")?, "items")?;
        (Some(targets.into_iter().map(|(id, _)| id).collect::<Vec<_>>()), None)
    } else if asked.query.is_empty() {
        return Err(Error::Invalid(vec![Problem::in_body("/items", text!("required/items"))]));
    } else {
        (None, Some(ItemsQuery::parse(&context.view, params, context.clock.now)?))
    };
    let remarks = body::remarks(&body)?;
    once.stored(app, async |conn| {
        let ids = match (&listed, &query) {
            (Some(ids), _) => ids.clone(),
            (None, Some(query)) => {
                let most = MOST_FEATURES;
                within_bounds(items::writable_ids(conn, &context.view, &query.question, most + 1).await?)?
            }
            (None, None) => Vec::new(),
        };
        let writing = bulk::begin(conn, &context, "verify", remarks.clone()).await?;
        let written = writing::verify(conn, &writing, ids).await?;
        Ok(bulk::answer(conn, &context, &writing, 200, "verified", &written).await?)
    })
    .await
    .map_err(|refused| refused.of_list("/items"))
}

/// Checks that a query selects no more records than one write may contain.
pub fn within_bounds(ids: Vec<i64>) -> Result<Vec<i64>, Error> {
    if ids.len() <= MOST_FEATURES {
        return Ok(ids);
    }
    Err(Error::Invalid(vec![Problem::in_body("", text!("bulk.too_many", max = MOST_FEATURES))]))
}
