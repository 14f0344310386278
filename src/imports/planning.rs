//! Makes the plan of a file: resolves and matches its rows in sets, plans and stores them, and lets the register check
//! them. Writes nothing to a layer.

use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::json;
use uuid::Uuid;

use crate::access::{Caller, View};
use crate::error::Error;
use crate::files::sheet;
use crate::imports::interpret::{Correction, Instructions};
use crate::imports::matching::Places;
use crate::imports::plan::{Known, Outcome, Planner};
use crate::imports::{
    Mode, Options, imports, interpret, lock, matching, remember, remembered, resolve, rows, snapshot,
};
use crate::layers::{Layer, Problem};
use crate::register::writing::{keys, near, place, scope};
use crate::time::today;

/// How many rows are matched and stored together.
const CHUNK: usize = 2000;

/// A file, and what its sender says about it.
#[derive(Debug, Clone)]
pub struct Sent {
    pub file: Arc<[u8]>,
    pub file_name: Option<String>,
    pub mode: Mode,
    /// The organisation whose records these are, unless a row names another.
    pub source_org: Option<String>,
    pub options: Options,
    pub instructions: Instructions,
}

/// Plans an import that [`create`](crate::imports::create) has stored, without leaving its thread to others: reading and
/// interpreting a file may take seconds. What is wrong with the file becomes findings. A
/// plan that fails for another reason is marked as failed.
///
/// # Errors
/// A file that cannot be read at all; those of the database.
pub async fn plan(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
    id: Uuid,
    sent: Sent,
) -> Result<(), Error> {
    conn.batch_execute("set statement_timeout = '10min'").await?;
    let planned = make(conn, caller, layer, id, sent).await;
    conn.batch_execute("reset statement_timeout").await?;
    if let Err(error) = &planned {
        let failure = match error {
            Error::Invalid(problems) | Error::BadRequest(problems) => {
                <[Problem]>::first(problems).map_or_else(String::new, |problem| problem.code.to_owned())
            }
            other => other.to_string(),
        };
        diesel::update(imports::table.find(id))
            .set((imports::status.eq("failed"), imports::failure.eq(failure)))
            .execute(conn)
            .await?;
    }
    lock("select pg_advisory_unlock", id).execute(conn).await?;
    planned
}

async fn make(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
    id: Uuid,
    sent: Sent,
) -> Result<(), Error> {
    let Sent { file, mode, source_org, mut options, instructions, .. } = sent;
    let view = View::new(caller, layer);
    let source_org = source_org.as_deref();
    let instructions = instructions.over(remembered(conn, caller, layer).await?, &options.forget);
    options.remembered = instructions.remembered();
    let corrections: serde_json::Value = imports::table.find(id).select(imports::corrections).first(conn).await?;
    let corrections: Vec<Correction> = serde_json::from_value(corrections).map_err(anyhow::Error::new)?;
    let reading_options =
        interpret::Options { epsg: options.epsg, grid: options.grid, instructions: instructions.clone() };
    let mut workbook = sheet::read(&file).map_err(|problem| Error::Invalid(vec![problem]))?;
    drop(file);
    if !corrections.is_empty() {
        let mappings = interpret::detected(layer, &workbook, &reading_options.instructions.overrides);
        interpret::correct(layer, &mut workbook, &mappings, &corrections);
    }
    let mut reading = interpret::interpret(layer, &workbook, &reading_options);
    diesel::update(imports::table.find(id))
        .set((
            imports::total.eq(reading.records.len() as i32),
            imports::format
                .eq(serde_json::to_value(workbook.format).ok().and_then(|name| name.as_str().map(str::to_owned))),
            imports::mappings.eq(json!(reading.mappings)),
            imports::options.eq(json!(options)),
            imports::alive_at.eq(diesel::dsl::now),
        ))
        .execute(conn)
        .await?;

    resolve::resolve(conn, &view, &workbook, &mut reading, &instructions.defaults, options.units_as_of).await?;
    // What is not understood is refused before it can stand in the way of the next file.
    let lasting = Instructions { overrides: instructions.overrides.lasting(&reading.mappings), ..instructions.clone() };
    remember(conn, caller, layer, &lasting).await?;
    let records = std::mem::take(&mut reading.records);
    let class_of_new = view.class_written();
    let today = today();
    let known = Known {
        layer,
        workbook: &workbook,
        records: &records,
        options: &options,
        source_org,
        class_of_new,
        corrections: &corrections,
        is_complete: mode == Mode::Snapshot,
        today,
    };
    let places = Places::of(&records, &reading.fillings);
    let mut planner = Planner::new(known, reading);
    for (chunk, part) in records.chunks(CHUNK).enumerate() {
        let from = chunk * CHUNK;
        let matches = matching::find(conn, &view, from, part, source_org, &places).await?;
        let to = from + part.len();
        let planned: Vec<_> = (from..to).map(|nth| planner.plan(nth, matches.get(&nth))).collect();
        rows::insert(conn, id, &planned).await?;
        diesel::update(imports::table.find(id))
            .set((imports::done.eq(to as i32), imports::alive_at.eq(diesel::dsl::now)))
            .execute(conn)
            .await?;
    }
    planner.note_recognised();
    planner.note_filled();
    if let (Mode::Snapshot, Some(source_org)) = (mode, source_org) {
        let (missing, of) = snapshot::plan_missing(conn, &view, id, source_org, options.effective_on).await?;
        planner.note_missing(missing, of, workbook.is_part());
    }
    rows::refresh_statistics(conn, "import_rows", records.len()).await?;
    planner.judge_places(place::of_import_rows(conn, id, today).await?);
    planner.judge_scope(&scope::of_import_rows(conn, &view, id).await?, &view);
    planner.judge_keys(&keys::of_import_rows(conn, &view, id).await?);
    // Rows with an error do not count as neighbours.
    rows::refuse(conn, id, &planner.refused()).await?;
    let pairs = match mode {
        Mode::Snapshot => snapshot::pairs(conn, &view, id).await?,
        Mode::Upsert => Vec::new(),
    };
    planner.note_pairs(&pairs);
    planner.note_neighbours(&near::of_import_rows(conn, &view, id).await?);
    keep(conn, id, planner.finish()).await
}

/// Stores the result: counts, hash and findings.
async fn keep(conn: &mut AsyncPgConnection, id: Uuid, outcome: Outcome) -> Result<(), Error> {
    let mut counts = rows::counts(conn, id).await?;
    counts["error"] = json!(outcome.errors);
    counts["warning"] = json!(outcome.warnings);
    let hash = rows::hash(conn, id).await?;
    let finished = diesel::update(imports::table.find(id).filter(imports::status.eq("planning")))
        .set((
            imports::status.eq("planned"),
            imports::plan.eq(format!("sha256:{hash}")),
            imports::counts.eq(counts),
            imports::findings.eq(json!(outcome.findings)),
            imports::pairs.eq(json!(outcome.pairs)),
            imports::planned_at.eq(diesel::dsl::now),
        ))
        .execute(conn)
        .await?;
    if finished == 0 {
        // Values in this file were erased during planning, and the import was marked as failed. Its rows hold the
        // values too.
        rows::delete(conn, id).await?;
    }
    Ok(())
}
