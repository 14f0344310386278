//! `POST /imports/{import}/plan`: says more about a planned file, and plans it again.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use serde_json::Value;

use crate::access::may_write;
use crate::error::Error;
use crate::http::extract::WriteRequest;
use crate::http::imports::upload::{contradiction, meridian};
use crate::http::imports::{answer, members_of, patiently, visible};
use crate::imports;
use crate::imports::Said;
use crate::imports::interpret::Correction;
use crate::imports::interpret::instructions::malformed;
use crate::input::Members;
use crate::layers::Crs;
use crate::texts::{Text, text};

/// The most corrections that a request holds.
const MOST_CELLS: usize = 10_000;

/// `POST /api/v1/imports/{import}/plan`: the new plan. What the body does not name stays as it was said. Answers `202` if
/// planning takes long.
pub async fn plan_import(path: web::Path<String>, write: WriteRequest) -> Result<HttpResponse, Error> {
    let WriteRequest { app, caller, request, body } = &write;
    let mut conn = write.connection().await?;
    let (import, layer) = visible(&mut conn, caller, &path).await?;
    may_write(caller, layer)?;
    let said = read(members_of(body)?)?;
    let file: Arc<[u8]> = imports::file(&mut conn, import.id).await?.unwrap_or_default().into();
    // No connection is held while waiting.
    drop(conn);
    let place = app.heavy.place_for(file).await?;
    let mut conn = write.connection().await?;
    let sent = imports::say(&mut conn, layer, import.id, said).await?;
    let planner = caller.clone();
    let done =
        patiently(place, move || async move { imports::plan(&mut conn, &planner, layer, import.id, sent).await })
            .await?;
    let mut conn = app.store.connection().await?;
    let import = imports::find(&mut conn, caller, import.id).await?.ok_or(Error::NotFound)?;
    let document = answer::document(&mut conn, app, request, &import).await?;
    Ok(if done { HttpResponse::Ok() } else { HttpResponse::Accepted() }.json(document))
}

fn read(mut members: Members) -> Result<Said, Error> {
    let object = |value: &Value| value.is_object().then(|| value.clone());
    let mut part = |name| stated(&mut members, name, malformed(name), object).map(|part| part.unwrap_or_default());
    let (mapping, defaults, values) = (part("mapping"), part("defaults"), part("values"));
    let crs = stated(&mut members, "crs", text!("expected.crs"), |value| Crs::read(value.as_str()?));
    let grid = stated(&mut members, "central_meridian", text!("expected.meridian"), |value| match value {
        Value::String(text) => meridian(text),
        other => meridian(&other.to_string()),
    });
    if let Some(text) = contradiction(crs.flatten(), grid.flatten()) {
        members.problem("central_meridian", text);
    }
    let (units_as_of, effective_on) = (members.date("units_as_of"), members.date("effective_on"));
    let corrections = members.read("corrections", text!("expected.cells", max = MOST_CELLS), |cells| {
        let cells: Vec<Correction> = serde_json::from_value(cells.clone()).ok()?;
        (cells.len() <= MOST_CELLS).then_some(cells)
    });
    members.finish()?;
    let epsg = |crs: Option<Crs>| crs.map(Crs::epsg);
    Ok(Said {
        mapping,
        defaults,
        values,
        epsg: crs.map(epsg),
        grid: grid.map(epsg),
        units_as_of,
        effective_on,
        corrections,
    })
}

/// A member that null withdraws.
fn stated<T>(
    members: &mut Members,
    name: &'static str,
    expected: Text,
    parse: impl FnOnce(&Value) -> Option<T>,
) -> Option<Option<T>> {
    members.has(name).then(|| members.read(name, expected, parse))
}
