//! Imports a mapping of old communes to new ones.

use chrono::NaiveDate;
use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::units::plan::mapping_plan;
use crate::units::read::mapping;
use crate::units::{Summary, begin, finish, known, number_changes, write};

/// Imports what became of each old commune on the day of a reform.
///
/// # Errors
/// As [`crate::units::lists::import`].
pub async fn import(conn: &mut AsyncPgConnection, text: &str, on: NaiveDate) -> anyhow::Result<Summary> {
    let mapping = mapping::read(text)?;
    let summary = conn
        .transaction(async |conn| {
            begin(conn).await?;
            let stored = known::timeline(conn).await?;
            let mut timeline = stored.clone();
            let mapped = mapping_plan::apply(&mut timeline, &mapping, on)?;

            let mut summary = Summary { what: format!("mapping of {on}"), ..Summary::default() };
            let difference = timeline.difference(&stored);
            summary.count(&difference);
            write::versions(conn, &difference).await?;
            let written = write::mapped_changes(conn, &mapped, on).await?;
            (summary.changes_added, summary.changes_removed, summary.unchanged) = written;
            if mapping.doubtful > 0 {
                summary.notes.push(format!("{} rows that its cross-check doubts are loaded", mapping.doubtful));
            }
            finish(conn, &mut summary).await?;
            anyhow::Ok(summary)
        })
        .await?;
    number_changes(conn).await?;
    Ok(summary)
}
