//! Plans a file again that waits to be committed, after its sender has said more about it.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Error;
use crate::imports::interpret::{Correction, Instructions};
use crate::imports::suggestions::is_correctable;
use crate::imports::{Import, Mode, Options, Sent, imports, lock, rows};
use crate::layers::problem::Place;
use crate::layers::{Layer, Problem};
use crate::texts::text;
use crate::time::today;

/// An import that waits to be committed, locked until the transaction ends, with its file.
pub struct Waiting {
    pub import: Import,
    pub file: Vec<u8>,
}

impl Waiting {
    /// # Errors
    /// Conflict when the import does not wait to be committed, or its file is gone.
    pub async fn find(conn: &mut AsyncPgConnection, id: Uuid) -> Result<Waiting, Error> {
        let import: Import = imports::table.find(id).select(Import::as_select()).for_update().first(conn).await?;
        let file: Option<Vec<u8>> = imports::table.find(id).select(imports::file).first(conn).await?;
        match (file, import.status.as_str()) {
            (Some(file), "planned") => Ok(Waiting { import, file }),
            _ => Err(Error::Outdated(vec![Problem::in_body("", text!("import.not_planned"))])),
        }
    }
}

/// What a sender says anew. What is `None` stays as it was said; the inner `None` withdraws it.
#[derive(Debug, Default)]
pub struct Said {
    /// Null also forgets what was said for earlier files.
    pub mapping: Option<Value>,
    pub defaults: Option<Value>,
    pub values: Option<Value>,
    pub epsg: Option<Option<i32>>,
    pub grid: Option<Option<i32>>,
    pub units_as_of: Option<NaiveDate>,
    pub effective_on: Option<NaiveDate>,
    /// All corrections of cells, in place of those before.
    pub corrections: Option<Vec<Correction>>,
}

/// Changes what the sender said about a file, and deletes its plan. Returns the file to plan again, on the same connection:
/// it holds the lock of the planner.
///
/// # Errors
/// Invalid for what is no option of the layer; conflict when the import does not wait to be committed.
pub async fn say(conn: &mut AsyncPgConnection, layer: &'static Layer, id: Uuid, said: Said) -> Result<Sent, Error> {
    lock("select pg_advisory_lock", id).execute(conn).await?;
    let sent = conn.transaction(async |conn| change(conn, layer, id, said).await).await;
    if sent.is_err() {
        lock("select pg_advisory_unlock", id).execute(conn).await?;
    }
    sent
}

async fn change(conn: &mut AsyncPgConnection, layer: &'static Layer, id: Uuid, said: Said) -> Result<Sent, Error> {
    let waiting = Waiting::find(conn, id).await?;
    let mut options: Options = serde_json::from_value(waiting.import.options.clone()).map_err(anyhow::Error::new)?;
    let Options { mapping, defaults, values, forget, .. } = &mut options;
    for (name, known, new) in
        [("mapping", mapping, said.mapping), ("defaults", defaults, said.defaults), ("values", values, said.values)]
    {
        let Some(new) = new else { continue };
        forget.retain(|forgotten| forgotten != name);
        forget.extend(new.is_null().then(|| name.to_owned()));
        *known = new;
    }
    options.epsg = said.epsg.unwrap_or(options.epsg);
    options.grid = said.grid.unwrap_or(options.grid);
    options.units_as_of = said.units_as_of.unwrap_or(options.units_as_of);
    options.effective_on = said.effective_on.unwrap_or(options.effective_on);
    let corrections = match said.corrections {
        Some(corrections) => corrections,
        None => serde_json::from_value(waiting.import.corrections.clone()).map_err(anyhow::Error::new)?,
    };
    if let Some(wrong) = corrections.iter().position(|it| !is_correctable(layer, &it.field)) {
        let pointer = format!("/corrections/{wrong}/field");
        let text = text!("property.unknown", name = &corrections[wrong].field);
        return Err(Error::Invalid(vec![Problem::in_body(pointer, text)]));
    }
    plan_again(conn, layer, waiting, options, &corrections).await
}

/// Deletes the plan of an import and stores what its sender says now.
pub async fn plan_again(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    Waiting { import, file }: Waiting,
    options: Options,
    corrections: &[Correction],
) -> Result<Sent, Error> {
    let said = [&options.mapping, &options.defaults, &options.values];
    let instructions =
        Instructions::read(layer, said, today()).map_err(|problems| Error::Invalid(in_body(problems)))?;
    diesel::update(imports::table.find(import.id))
        .set((imports::status.eq("planning"), imports::corrections.eq(json!(corrections)), imports::done.eq(0)))
        .execute(conn)
        .await?;
    rows::delete(conn, import.id).await?;
    Ok(Sent {
        file: file.into(),
        file_name: import.file_name,
        mode: Mode::of_name(&import.mode).unwrap_or(Mode::Upsert),
        source_org: import.source_org,
        options,
        instructions,
    })
}

/// The same problems, of members of a body.
fn in_body(mut problems: Vec<Problem>) -> Vec<Problem> {
    for problem in &mut problems {
        if let Place::Parameter(name) = &problem.place {
            problem.place = Place::Pointer(format!("/{name}"));
        }
    }
    problems
}
