//! `GET /imports/{import}/rows`: the rows of a planned file with their cells.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::access::Caller;
use crate::error::Error;
use crate::http::heavy;
use crate::http::imports::visible;
use crate::http::paging::{DEFAULT_LIMIT, Paging};
use crate::http::state::App;
use crate::imports::interpret::{Correction, shown, stored_mappings};
use crate::imports::{self, Asked};
use crate::input::Params;
use crate::texts::text;

const OPS: [&str; 5] = ["create", "update", "restore", "unchanged", "error"];

/// From the one that says most, so that `severity=warning` asks for those before it too.
const SEVERITIES: [&str; 3] = ["error", "warning", "info"];

/// `GET /api/v1/imports/{import}/rows`: rows in the order of the file, each with its cells as they are now, what it would
/// do, and its place. With `severity` only the rows that have a finding at least as severe.
pub async fn list_import_rows(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut params = Params::parse(request.query_string());
    params.format(&["json"])?;
    let known = |known: &'static [&'static str]| move |text: &str| known.iter().position(|name| *name == text);
    let op = params.read("op", text!("expected.one_of", known = OPS.to_vec()), known(&OPS))?;
    let severity =
        params.read("severity", text!("expected.one_of", known = SEVERITIES.to_vec()), known(&SEVERITIES))?;
    let sheet = params.take("sheet")?;
    let paging = Paging::read(&mut params, DEFAULT_LIMIT, |text| text.parse().ok().filter(|nth| *nth >= 0))?;
    params.finish()?;
    let mut conn = app.store.connection().await?;
    let (import, layer) = visible(&mut conn, &caller, &path).await?;
    let file = imports::file(&mut conn, import.id).await?.ok_or(Error::NotFound)?;
    let asked = Asked {
        op: op.map(|nth| OPS[nth]),
        sheet,
        rows: severity.map(|nth| with_findings(&import.findings, &SEVERITIES[..=nth])),
        after: paging.cursor,
        limit: paging.sought(),
    };
    let mut rows = imports::page(&mut conn, import.id, &asked).await?;
    drop(conn);
    let links = paging.links(&app, &request, &mut rows, |row| row["nth"].to_string());
    let wanted: Vec<_> = rows.iter().filter_map(place_of).collect();
    let corrections: Vec<Correction> = serde_json::from_value(import.corrections).map_err(anyhow::Error::new)?;
    let mappings = stored_mappings(layer, &import.mappings);
    let file: Arc<[u8]> = file.into();
    let place = app.heavy.place_for(Arc::clone(&file)).await?;
    let read = heavy::run(place, move || async move { shown(layer, &file, &mappings, &corrections, &wanted) });
    for (row, read) in rows.iter_mut().zip(read.await?) {
        row["cells"] = json!(read.cells);
        row["corrected"] = json!(read.corrected);
    }
    Ok(HttpResponse::Ok().json(json!({"rows": rows, "links": links})))
}

/// The rows that have a finding of one of these severities.
fn with_findings(findings: &Value, severities: &[&str]) -> Vec<(String, u32)> {
    let findings = findings.as_array().into_iter().flatten();
    let meant = findings.filter(|finding| severities.iter().any(|severity| finding["severity"] == *severity));
    meant.filter_map(place_of).collect::<BTreeSet<_>>().into_iter().collect()
}

fn place_of(value: &Value) -> Option<(String, u32)> {
    Some((value["sheet"].as_str()?.to_owned(), u32::try_from(value["row"].as_u64()?).ok()?))
}
