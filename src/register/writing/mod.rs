//! The one write engine. Whoever writes (one record, a list, an import, an undo, the demo) hands it planned rows; it
//! checks place, keys, references, scope and duplicates, each in one file, and writes by one statement a layer, all or
//! none, in the transaction of the caller.

mod actions;
pub mod keys;
mod lock;
pub mod near;
pub mod place;
mod planned;
mod references;
mod refused;
pub mod scope;
mod statements;

use chrono::NaiveDate;
use diesel_async::AsyncPgConnection;

use crate::access::View;
use crate::error::Error;
use crate::layers::Problem;

pub use actions::{Draft, Written, change, create, set_deleted, verify};
pub use lock::{Expected, Locked, changed_since_import, lock};
pub use planned::{PlannedRow, Rows};
pub use refused::Refused;

/// Who writes, and what they say of it.
#[derive(Debug)]
pub struct Writing<'a> {
    pub view: View<'a>,
    /// The name that versions bear.
    pub actor: &'a str,
    pub today: NaiveDate,
    /// Kept with each version.
    pub reason: Option<String>,
    /// Warnings that the writer has seen and confirms, by their codes.
    pub confirmed: Vec<String>,
    /// From clients that can neither confirm nor send `If-Match`.
    pub unconditional: bool,
    /// The bulk write that this is part of.
    pub batch: Option<i64>,
}

/// Checks planned rows, writes them and looks around them. `refused` are rows of the same list, of `count`, that are
/// refused already. Returns the warnings of each row of the list.
async fn write(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    rows: &[PlannedRow],
    mut refused: Vec<(usize, Error)>,
    count: usize,
) -> Result<Vec<Vec<Problem>>, Refused> {
    let mut warnings = vec![Vec::new(); count];
    refused.extend(place::check(conn, writing, rows, &mut warnings).await?);
    refused.extend(keys::check(conn, &writing.view, rows).await?);
    refused.extend(references::check(conn, writing.view.layer, rows).await?);
    Refused::unless_none(refused)?;
    put(conn, writing, &Rows::Listed(rows)).await?;
    near::check(conn, writing, rows, &mut warnings).await?;
    Ok(warnings)
}

/// Writes planned rows whose places and keys need no check, or were checked when they were planned. Afterwards none lies
/// where the writer may not write.
///
/// # Errors
/// Forbidden for each row that would lie outside; conflict when a key is taken; what the constraints refuse.
pub async fn put(conn: &mut AsyncPgConnection, writing: &Writing<'_>, rows: &Rows<'_>) -> Result<(), Refused> {
    if matches!(rows, Rows::Listed([])) {
        return Ok(());
    }
    statements::set_context(conn, writing).await?;
    statements::insert(conn, writing, rows).await?;
    statements::update(conn, writing, rows).await?;
    scope::check(conn, &writing.view, rows).await
}
