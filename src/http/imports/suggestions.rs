//! `POST /imports/{import}/suggestions`: corrects cells of a planned file, and plans it again.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::access::may_write;
use crate::error::Error;
use crate::http::extract::WriteRequest;
use crate::http::imports::{answer, members_of, patiently, vietnamese, visible};
use crate::imports;
use crate::imports::{Accepted, Wish};
use crate::texts::text;

/// The most cells that a request names, and that an answer lists.
const MOST_CELLS: usize = 10_000;

/// `POST /api/v1/imports/{import}/suggestions`: the new plan, with the number of corrections and what was left. Answers
/// `202` if planning takes long.
pub async fn accept_suggestions(path: web::Path<String>, write: WriteRequest) -> Result<HttpResponse, Error> {
    let WriteRequest { app, caller, request, body } = &write;
    let mut conn = write.connection().await?;
    let (import, layer) = visible(&mut conn, caller, &path).await?;
    may_write(caller, layer)?;
    let mut members = members_of(body)?;
    let all = members.flag("all");
    let codes = members.texts("codes");
    let cells = members.read("rows", text!("expected.cells", max = MOST_CELLS), |rows| {
        let cells: Vec<imports::WishedCell> = serde_json::from_value(rows.clone()).ok()?;
        (cells.len() <= MOST_CELLS).then_some(cells)
    });
    members.finish()?;
    // An empty list names nothing; only a body that names no list means all.
    let all = all.unwrap_or(codes.is_none() && cells.is_none());
    let wish = Wish { all, codes: codes.unwrap_or_default(), cells: cells.unwrap_or_default() };
    let file: Arc<[u8]> = imports::file(&mut conn, import.id).await?.unwrap_or_default().into();
    // No connection is held while waiting.
    drop(conn);
    let place = app.heavy.place_for(file).await?;
    let mut conn = write.connection().await?;
    let Accepted { applied, left, sent } = imports::accept(&mut conn, layer, import.id, &wish).await?;
    let done = match sent {
        None => true,
        Some(sent) => {
            let planner = caller.clone();
            patiently(place, move || async move { imports::plan(&mut conn, &planner, layer, import.id, sent).await })
                .await?
        }
    };
    let mut conn = app.store.connection().await?;
    let import = imports::find(&mut conn, caller, import.id).await?.ok_or(Error::NotFound)?;
    let mut document = answer::document(&mut conn, app, request, &import).await?;
    let vietnamese = vietnamese(request);
    let not_applied = left.into_iter().take(MOST_CELLS).map(|(mut cell, reason)| {
        cell["code"] = json!(reason.code());
        cell["message"] = json!(if vietnamese { reason.vi() } else { reason.en() });
        cell
    });
    document["applied"] = json!(applied);
    document["not_applied"] = not_applied.collect();
    Ok(if done { HttpResponse::Ok() } else { HttpResponse::Accepted() }.json(document))
}
