//! Loads declared baselines from files. A later file corrects an earlier one.

use anyhow::Context;
use diesel::sql_query;
use diesel::sql_types::Jsonb;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use crate::units::loaded::{Loaded, check_units};
use crate::units::read::baselines;

/// Loads a file. It replaces a figure of the same indicator, group, unit and day if it differs.
///
/// # Errors
/// [`Refused`](crate::files::Refused) with every problem, unknown units included, or the database's. Then nothing is
/// written.
pub async fn load(conn: &mut AsyncPgConnection, text: &str) -> anyhow::Result<Loaded> {
    let baselines = baselines::read(text)?;
    conn.transaction(async |conn| {
        let units = baselines.iter().map(|row| (row.line, row.unit_code.as_str(), row.unit_on));
        check_units(conn, "unit_code", &["province", "district", "commune"], units).await?;
        let rows = serde_json::to_value(&baselines).context("baselines are JSON")?;
        let written = sql_query(include_str!("load_baselines.sql")).bind::<Jsonb, _>(rows).execute(conn).await?;
        anyhow::Ok(Loaded { written, unchanged: baselines.len() - written })
    })
    .await
}
