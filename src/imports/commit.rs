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
use crate::texts::{self, text};
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

/// Commits an import: all of it, or with [`Consent::only_valid`] its rows without errors that still hold. It is one that
/// [`find`](crate::imports::find) returned. Does nothing if it is committed already. No statement takes longer than
/// `limit_s` seconds.
///
/// # Errors
/// Conflict when the plan is a different one, or rows no longer hold (names them), unless only valid rows are written;
/// invalid when there are errors, or warnings that were not accepted.
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
        writing::lock_of_import(conn, layer, id).await?;
        let stale = stale(conn, &view, id).await?;
        let mut held = 0;
        if consent.only_valid {
            held = rows::hold_missing(conn, id).await?;
            rows::refuse(conn, id, &stale.iter().map(|row| row.nth as usize).collect::<Vec<_>>()).await?;
        } else if !stale.is_empty() {
            return Err(Error::Outdated(stale.iter().take(100).map(Stale::problem).collect()));
        }
        let batch = write(conn, caller, view, &import, id).await?;
        diesel::update(imports::table.find(id))
            .set((
                imports::status.eq("committed"),
                imports::counts.eq(counts(conn, &import, held, stale.len()).await?),
                imports::findings.eq(findings(&import, held, &stale)),
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
async fn counts(conn: &mut AsyncPgConnection, import: &Import, held: usize, stale: usize) -> QueryResult<Value> {
    let mut counts = rows::counts(conn, import.id).await?;
    let errors = import.counts["error"].as_i64().unwrap_or_default() + stale as i64;
    let written: i64 =
        ["create", "update", "restore", "missing"].iter().filter_map(|name| counts[*name].as_i64()).sum();
    counts["error"] = json!(errors);
    counts["warning"] = import.counts["warning"].clone();
    counts["written"] = json!(written);
    counts["left"] = json!(errors + held as i64);
    Ok(counts)
}

/// The findings after the commit: also the rows and missing records that were left.
fn findings(import: &Import, held: usize, stale: &[Stale]) -> Value {
    let mut findings = import.findings.clone();
    if let Some(findings) = findings.as_array_mut() {
        if held > 0 {
            findings.insert(0, json!(Finding::of_file(&Note::info(text!("snapshot.held", count = held)))));
        }
        findings.extend(stale.iter().map(|row| json!(row.finding())));
    }
    findings
}

/// A row that can no longer be written as planned.
#[derive(QueryableByName)]
struct Stale {
    #[diesel(sql_type = Integer)]
    nth: i32,
    #[diesel(sql_type = Text)]
    sheet: String,
    /// `None` for a record that is missing from the list.
    #[diesel(sql_type = Nullable<Integer>, column_name = row)]
    number: Option<i32>,
    #[diesel(sql_type = BigInt)]
    record_id: i64,
}

impl Stale {
    fn text(&self) -> texts::Text {
        let place = self.number.map_or_else(|| "–".into(), |number| format!("{} {number}", self.sheet));
        text!("import.stale", row = place.trim(), record = self.record_id.to_string())
    }

    fn problem(&self) -> Problem {
        Problem::in_body(format!("/rows/{}", self.number.unwrap_or_default()), self.text())
    }

    fn finding(&self) -> Finding {
        let row = self.number.and_then(|number| u32::try_from(number).ok());
        Finding { sheet: self.sheet.clone(), row, ..Finding::of_file(&Note::error(self.text())) }
    }
}

/// The rows whose record was changed since the plan in what they write, and those whose key was taken since.
async fn stale(conn: &mut AsyncPgConnection, view: &View<'_>, id: Uuid) -> QueryResult<Vec<Stale>> {
    Sql::new("select distinct on (r.nth) r.nth, r.sheet, r.row, stale.record_id from (")
        .sql(writing::changed_since_import(view, id))
        .text(" union all select nth, record_id from (")
        .sql(keys::taken_from_import(view, id))
        .text(") taken where record_id is not null) stale join import_rows r on r.nth = stale.nth and r.import_id = ")
        .bind(Bind::Text(id.to_string()))
        .text("::uuid order by r.nth")
        .load(conn)
        .await
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
