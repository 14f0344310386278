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
use crate::register::{batches, changes, undo};
use crate::texts::text;
use crate::time::today;

/// Undoes an import that [`find`](crate::imports::find) returned: deletes what it created and restores what it changed.
/// Does nothing if it is undone already. No statement takes longer than `limit_s` seconds.
///
/// # Errors
/// Conflict when it is not committed; those of [`undo`](undo::undo).
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
            ("undone", _) => return Ok(()),
            ("committed", Some(batch)) => batch,
            _ => {
                let problem = Problem::in_body("", text!("import.not_committed"));
                return Err(Refused::Whole(Error::Outdated(vec![problem])));
            }
        };
        let own = batches::begin(conn, caller, layer, "undo", None, Some(batch)).await?;
        let writing = Writing {
            view: View::new(caller, layer),
            actor: caller.name(),
            today: today(),
            reason: None,
            confirmed: Vec::new(),
            unconditional: false,
            batch: Some(own),
        };
        undo::undo(conn, &writing, batch).await?;
        Ok(())
    })
    .await
    .map_err(Refused::of_one)?;
    changes::number_written(conn).await;
    Ok(())
}
