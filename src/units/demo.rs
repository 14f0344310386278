//! Loads the demo's units once. Imports replace them.

use anyhow::Context;
use diesel::sql_query;
use diesel::sql_types::{Array, Date, Jsonb, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use crate::units::read::boundaries::Boundary;
use crate::units::read::{boundaries, demo};
use crate::units::{Summary, availability, baselines, begin, finish};

/// Loads the demo's units, boundaries and changes. It adds nothing where a code is known at
/// that time: it never replaces imported units, and a second load changes nothing. It may run inside a larger
/// transaction.
///
/// # Errors
/// As [`crate::units::lists::import`].
pub async fn load<'a>(
    conn: &mut AsyncPgConnection,
    file: impl Fn(&str) -> Option<&'a str> + Send + Sync,
) -> anyhow::Result<Summary> {
    let units = demo::read_units(file("units.csv").context("there is no units.csv")?).context("units")?;
    let given = file("boundaries.geojson").map(boundaries::read).transpose().context("boundaries")?.unwrap_or_default();
    let changes = file("changes.csv").map(demo::read_changes).transpose().context("changes")?.unwrap_or_default();
    conn.transaction(async |conn| {
        begin(conn).await?;
        let mut summary = Summary { what: "demo units".to_owned(), ..Summary::default() };
        summary.created = sql_query(include_str!("demo_units.sql"))
            .bind::<Jsonb, _>(serde_json::to_value(&units)?)
            .execute(conn)
            .await?;
        summary.unchanged = units.len() - summary.created;
        summary.updated = set_boundaries(conn, &given).await?;
        summary.changes_added = sql_query(include_str!("demo_changes.sql"))
            .bind::<Jsonb, _>(serde_json::to_value(&changes)?)
            .execute(conn)
            .await?;
        finish(conn, &mut summary).await?;
        anyhow::Ok(summary)
    })
    .await
}

/// Loads what the demo states about its units and hamlets: availability and baselines.
///
/// # Errors
/// As [`availability::load`] and [`baselines::load`].
pub async fn load_statements<'a>(
    conn: &mut AsyncPgConnection,
    file: impl Fn(&str) -> Option<&'a str> + Send + Sync,
) -> anyhow::Result<()> {
    if let Some(statements) = file("availability.csv") {
        availability::load(conn, statements).await.context("availability")?;
    }
    if let Some(published) = file("baselines.csv") {
        baselines::load(conn, published).await.context("baselines")?;
    }
    Ok(())
}

async fn set_boundaries(conn: &mut AsyncPgConnection, given: &[Boundary]) -> anyhow::Result<usize> {
    let dated: Vec<_> = given.iter().filter_map(|boundary| Some((boundary, boundary.valid_from?))).collect();
    let set = sql_query(include_str!("demo_boundaries.sql"))
        .bind::<Array<Text>, _>(dated.iter().map(|(boundary, _)| boundary.code.as_str()).collect::<Vec<_>>())
        .bind::<Array<Date>, _>(dated.iter().map(|(_, day)| *day).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(dated.iter().map(|(boundary, _)| boundary.geometry.as_str()).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    conn.batch_execute(include_str!("demo_districts.sql")).await?;
    Ok(set)
}
