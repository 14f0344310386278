//! Undoes what an import wrote, where nobody has written since.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::access::{Caller, View};
use crate::error::Error;
use crate::imports::{Import, imports};
use crate::layers::{Layer, Problem};
use crate::postgres::limit_statements;
use crate::register::writing::{Refused, Writing};
use crate::register::{changes, undo};
use crate::texts::text;
use crate::time::today;

/// Undoes an import that [`find`](crate::imports::find) returned: deletes what it created and restores what it changed.
/// Of an import that is undone, what an earlier undo left. No statement takes longer than `limit_s` seconds.
///
/// # Errors
/// Conflict when it is not committed, or nothing of it can be restored; those of [`undo`](undo::undo).
pub async fn undo(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    layer: &'static Layer,
    id: Uuid,
    limit_s: u64,
) -> Result<(), Error> {
    conn.transaction(async |conn| {
        limit_statements(conn, limit_s).await?;
        let import: Import = imports::table.find(id).select(Import::as_select()).for_update().first(conn).await?;
        let batch = match (import.status.as_str(), import.batch_id) {
            ("committed" | "undone", Some(batch)) => batch,
            _ => {
                let problem = Problem::in_body("", text!("import.not_committed"));
                return Err(Refused::Whole(Error::Outdated(vec![problem])));
            }
        };
        let writing = Writing {
            view: View::new(caller, layer),
            actor: caller.name(),
            today: today(),
            reason: None,
            confirmed: Vec::new(),
            unconditional: false,
            batch: None,
        };
        let undone = undo::undo(conn, caller, writing, batch).await?;
        if undone.restored.is_empty() && import.status == "committed" {
            return Err(undone.refused().into());
        }
        Ok(())
    })
    .await
    .map_err(Refused::of_one)?;
    changes::number_written(conn).await;
    Ok(())
}
