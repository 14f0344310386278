//! Loads statements of availability from files. A later file corrects an earlier one.

use anyhow::Context;
use diesel::sql_query;
use diesel::sql_types::Jsonb;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use crate::units::loaded::{Loaded, check_units};
use crate::units::read::availability;

/// Loads a file. It replaces a statement of the same hamlet, technology, operator and day if it differs.
///
/// # Errors
/// [`Refused`](crate::files::Refused) with every problem, unknown hamlets included, or the database's. Then nothing is
/// written.
pub async fn load(conn: &mut AsyncPgConnection, text: &str) -> anyhow::Result<Loaded> {
    let statements = availability::read(text)?;
    conn.transaction(async |conn| {
        let units = statements.iter().map(|row| (row.line, row.hamlet_code.as_str(), row.hamlet_on));
        check_units(conn, "hamlet_code", &["hamlet"], units).await?;
        let rows = serde_json::to_value(&statements).context("statements are JSON")?;
        let written = sql_query(include_str!("load_availability.sql")).bind::<Jsonb, _>(rows).execute(conn).await?;
        anyhow::Ok(Loaded { written, unchanged: statements.len() - written })
    })
    .await
}
