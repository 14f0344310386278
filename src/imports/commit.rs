//! Commits a plan: writes all of it or nothing, or its rows without errors.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::{Caller, View};
use crate::accounts::audit;
use crate::accounts::audit::Event;
use crate::error::Error;
use crate::imports::interpret::{Finding, Note};
use crate::imports::{Import, imports, rows};
use crate::layers::{Layer, Problem};
use crate::postgres::sql::{Bind, Sql};
use crate::postgres::{Tries, limit_statements};
use crate::register::writing::{Refused, Rows, Writing, keys};
use crate::register::{batches, changes, writing};
use crate::texts::text;
use crate::time::today;

/// What the caller has seen and agrees to.
#[derive(Debug, Clone, Default)]
pub struct Consent {
    /// The hash of the plan.
    pub plan: String,
    pub accept_warnings: bool,
    /// Agrees that more than a tenth of a source's records are decommissioned.
    pub confirm_missing: bool,
    /// Agrees that the new rows which are perhaps a missing record are new.
    pub confirm_new: bool,
    /// Writes the rows without errors and leaves the others.
    pub only_valid: bool,
}

/// Commits an import: all of it, or with [`Consent::only_valid`] its rows without errors. It is one that [`find`](crate::imports::find) returned. Does nothing if it is committed already. No
/// statement takes longer than `limit_s` seconds.
///
/// # Errors
/// Conflict when the plan is a different one, or a record has changed since (names them); invalid when there are
/// errors, or warnings that were not accepted.
pub async fn commit(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
    id: Uuid,
    consent: &Consent,
    limit_s: u64,
) -> Result<(), Error> {
    let mut tries = Tries::default();
    let written = loop {
        match attempt(conn, caller, layer, id, consent, limit_s).await {
            Err(Error::Contended) if tries.again().await => {}
            done => break done?,
        }
    };
    changes::number_written(conn).await;
    if let Err(error) = rows::refresh_statistics(conn, layer.table(), written).await {
        tracing::warn!(%error, "the planner does not know of what was imported yet");
    }
    Ok(())
}

/// Commits an import in one transaction. Returns the number of its rows.
async fn attempt(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
    id: Uuid,
    consent: &Consent,
    limit_s: u64,
) -> Result<usize, Error> {
    let view = View::new(caller, layer);
    conn.transaction(async |conn| {
        limit_statements(conn, limit_s).await?;
        let import: Import = imports::table.find(id).select(Import::as_select()).for_update().first(conn).await?;
        if import.plan.as_deref() != Some(&consent.plan) {
            return Err(Error::Outdated(vec![Problem::in_body("/plan", text!("import.other_plan"))]));
        }
        match import.status.as_str() {
            "committed" => return Ok(0),
            "planned" => {}
            _ => return Err(Error::Outdated(vec![Problem::in_body("", text!("import.not_planned"))])),
        }
        agreed(&import, consent)?;
        let held = if consent.only_valid { rows::hold_missing(conn, id).await? } else { 0 };
        writing::lock_of_import(conn, layer, id).await?;
        still_holds(conn, &view, id).await?;
        let batch = write(conn, caller, view, &import, id).await?;
        diesel::update(imports::table.find(id))
            .set((
                imports::status.eq("committed"),
                imports::counts.eq(counts(conn, &import, held).await?),
                imports::findings.eq(findings(&import, held)),
                imports::committed_at.eq(diesel::dsl::now),
                imports::batch_id.eq(batch),
            ))
            .execute(conn)
            .await?;
        Ok(import.total.and_then(|total| usize::try_from(total).ok()).unwrap_or_default())
    })
    .await
}

fn agreed(import: &Import, consent: &Consent) -> Result<(), Error> {
    let count = |name: &str| import.counts[name].as_i64().unwrap_or_default();
    let findings = import.findings.as_array().map(Vec::as_slice).unwrap_or_default();
    let has = |code: &str| findings.iter().any(|finding| finding["code"] == code);
    let mut problems = Vec::new();
    let of_file = |finding: &Value| finding["severity"] == "error" && finding["row"].is_null();
    if consent.only_valid {
        if findings.iter().any(of_file) {
            problems.push(Problem::in_body("/only", text!("import.file_error")));
        }
    } else if count("error") > 0 {
        problems.push(Problem::in_body("", text!("import.has_errors", count = count("error"))));
    }
    if count("warning") > 0 && !consent.accept_warnings {
        problems.push(Problem::in_body("/accept_warnings", text!("import.warnings", count = count("warning"))));
    }
    if has("snapshot.pair") && !consent.confirm_new {
        problems.push(Problem::in_body("/confirm_new", text!("import.pairs")));
    }
    if has("snapshot.many_missing") && !consent.confirm_missing {
        problems.push(Problem::in_body("/confirm_missing", text!("import.many_missing")));
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// The counts after the commit: `written` and `left` rows besides.
async fn counts(conn: &mut AsyncPgConnection, import: &Import, held: usize) -> QueryResult<Value> {
    let mut counts = rows::counts(conn, import.id).await?;
    let written: i64 =
        ["create", "update", "restore", "missing"].iter().filter_map(|name| counts[*name].as_i64()).sum();
    for name in ["error", "warning"] {
        counts[name] = import.counts[name].clone();
    }
    counts["written"] = json!(written);
    counts["left"] = json!(import.counts["error"].as_i64().unwrap_or_default() + held as i64);
    Ok(counts)
}

/// The findings after the commit: also that missing records were left.
fn findings(import: &Import, held: usize) -> Value {
    let mut findings = import.findings.clone();
    if let (Some(findings), true) = (findings.as_array_mut(), held > 0) {
        findings.insert(0, json!(Finding::of_file(&Note::info(text!("snapshot.held", count = held)))));
    }
    findings
}

/// A row that can no longer be written as planned.
#[derive(QueryableByName)]
struct Stale {
    #[diesel(sql_type = Text)]
    sheet: String,
    /// `None` for a record that is missing from the list.
    #[diesel(sql_type = Nullable<Integer>, column_name = row)]
    number: Option<i32>,
    #[diesel(sql_type = BigInt)]
    record_id: i64,
}

/// Checks that every record is still as it was planned with, and that no key has been taken since.
async fn still_holds(conn: &mut AsyncPgConnection, view: &View<'_>, id: Uuid) -> Result<(), Error> {
    let stale: Vec<Stale> = Sql::new("select distinct r.sheet, r.row, stale.record_id from (")
        .sql(writing::changed_since_import(view, id))
        .text(" union all select nth, record_id from (")
        .sql(keys::taken_from_import(view, id))
        .text(") taken where record_id is not null) stale join import_rows r on r.nth = stale.nth and r.import_id = ")
        .bind(Bind::Text(id.to_string()))
        .text("::uuid order by r.sheet, r.row limit 100")
        .load(conn)
        .await?;
    if stale.is_empty() {
        return Ok(());
    }
    let problems = stale.iter().map(|Stale { sheet, number, record_id: record }| {
        let place = number.map_or_else(|| "–".into(), |number| format!("{sheet} {number}"));
        let text = text!("import.stale", row = place.trim(), record = record.to_string());
        Problem::in_body(format!("/rows/{}", number.unwrap_or_default()), text)
    });
    Err(Error::Outdated(problems.collect()))
}

/// Writes all rows as one batch, and records it in the audit trail.
async fn write(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    view: View<'_>,
    import: &Import,
    id: Uuid,
) -> Result<i64, Error> {
    let layer = view.layer;
    let reason = match &import.file_name {
        Some(name) => format!("import {name}"),
        None => "import".to_owned(),
    };
    let batch = batches::begin(conn, caller, layer, "import", Some(&reason), None).await?;
    let writing = Writing {
        view,
        actor: caller.name(),
        today: today(),
        reason: Some(reason),
        confirmed: Vec::new(),
        unconditional: false,
        batch: Some(batch),
    };
    writing::put(conn, &writing, &Rows::Import(id)).await.map_err(Refused::of_one)?;
    let event = Event {
        actor: caller.name(),
        action: "import.commit",
        collection: Some(layer.collection),
        detail: json!({"import": id.to_string(), "batch": batch, "counts": import.counts}),
        ..Event::default()
    };
    audit::record(conn, &event).await?;
    Ok(batch)
}
