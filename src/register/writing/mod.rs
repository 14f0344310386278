//! The one write engine. Every writer (one record, a list, an import, an undo, the demo) hands it planned rows. It
//! checks place, keys, references, scope and duplicates, each in its own file. It writes all rows or none, with one
//! insert and one update a layer, in the caller's transaction.

mod actions;
pub mod keys;
mod later;
mod lock;
mod namesakes;
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
pub use lock::{Expected, Locked, changed_since_import, lock, lock_of_import};
pub use planned::{PlannedRow, Rows};
pub use refused::Refused;

/// Who writes, and what applies to the whole write.
#[derive(Debug)]
pub struct Writing<'a> {
    pub view: View<'a>,
    /// The writer's name, stored with each version.
    pub actor: &'a str,
    pub today: NaiveDate,
    /// Stored with each version.
    pub reason: Option<String>,
    /// The codes of the warnings that the writer has seen and confirms.
    pub confirmed: Vec<String>,
    /// For clients that can neither confirm warnings nor send `If-Match`.
    pub unconditional: bool,
    /// The batch that this write is part of.
    pub batch: Option<i64>,
}

/// Checks planned rows, writes them and then looks for duplicates around them. `refused` holds the rows of the list
/// already refused; `count` is the length of the list. Returns the warnings of each row of the list.
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
    namesakes::check(conn, writing, rows, &mut warnings).await?;
    later::warn(conn, writing, rows, &mut warnings).await?;
    Ok(warnings)
}

/// Writes planned rows whose places and keys need no check, or were checked when planned. Afterwards checks that none
/// lies outside the writer's scope.
///
/// # Errors
/// Forbidden for each row outside the scope; conflict when a key is taken; violated constraints.
pub async fn put(conn: &mut AsyncPgConnection, writing: &Writing<'_>, rows: &Rows<'_>) -> Result<(), Refused> {
    if matches!(rows, Rows::Listed([])) {
        return Ok(());
    }
    statements::set_context(conn, writing).await?;
    statements::say(conn, writing, rows).await?;
    statements::insert(conn, writing, rows).await?;
    statements::update(conn, writing, rows).await?;
    scope::check(conn, &writing.view, rows).await
}
