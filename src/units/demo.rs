//! The demo's units: loaded once, and giving way to what is imported.

use anyhow::Context;
use diesel::sql_query;
use diesel::sql_types::{Array, Date, Jsonb, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use crate::units::read::boundaries::Boundary;
use crate::units::read::{boundaries, demo};
use crate::units::{Summary, availability, baselines, begin, finish};

/// The text of each of the demo's files on units.
#[derive(Debug, Clone, Copy)]
pub struct DemoFiles<'a> {
    pub units: &'a str,
    pub boundaries: &'a str,
    pub changes: &'a str,
    pub availability: &'a str,
    pub baselines: &'a str,
}

/// Loads the demo's units, boundaries, changes, availability and baselines. What is known of a code at that time stays:
/// imported units are never replaced, and loading the demo again changes nothing. May be a part of a larger transaction.
///
/// # Errors
/// As [`crate::units::lists::import`].
pub async fn load(conn: &mut AsyncPgConnection, files: DemoFiles<'_>) -> anyhow::Result<Summary> {
    let units = demo::read_units(files.units).context("units")?;
    let given = boundaries::read(files.boundaries).context("boundaries")?;
    let changes = demo::read_changes(files.changes).context("changes")?;
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
        availability::load(conn, files.availability).await.context("availability")?;
        baselines::load(conn, files.baselines).await.context("baselines")?;
        finish(conn).await?;
        anyhow::Ok(summary)
    })
    .await
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
