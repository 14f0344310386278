//! Imports boundaries. Others are derived from them by `derive_boundaries()`.

use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel::sql_query;
use diesel::sql_types::{Array, Date, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use crate::postgres::row::Row;
use crate::units::read::boundaries;
use crate::units::read::boundaries::Boundary;
use crate::units::{Summary, begin, finish, known, number_changes};

/// Number of boundaries sent in one statement, about 1.5 MB.
const BATCH: usize = 250;

/// Imports boundaries for the versions in force on a day. Calls `progress` with the numbers written and in all.
///
/// # Errors
/// As [`crate::units::lists::import`].
pub async fn import(
    conn: &mut AsyncPgConnection,
    text: &str,
    day: NaiveDate,
    progress: fn(usize, usize),
) -> anyhow::Result<Summary> {
    let given = boundaries::read(text)?;
    let summary = conn
        .transaction(async |conn| {
            begin(conn).await?;
            boundaries::check_known(&given, &known::timeline(conn).await?, day)?;
            let mut changed = Vec::new();
            for (index, batch) in given.chunks(BATCH).enumerate() {
                changed.extend(set(conn, batch, day).await?);
                progress((index * BATCH + batch.len()).min(given.len()), given.len());
            }
            let mut summary = Summary { what: format!("boundaries as of {day}"), ..Summary::default() };
            summary.updated = changed.len();
            summary.unchanged = given.len() - changed.len();
            finish(conn, &mut summary).await?;
            anyhow::Ok(summary)
        })
        .await?;
    number_changes(conn).await?;
    Ok(summary)
}

async fn set(conn: &mut AsyncPgConnection, batch: &[Boundary], day: NaiveDate) -> QueryResult<Vec<i64>> {
    let codes: Vec<&str> = batch.iter().map(|boundary| boundary.code.as_str()).collect();
    let geometries: Vec<&str> = batch.iter().map(|boundary| boundary.geometry.as_str()).collect();
    let rows: Vec<Row> = sql_query(include_str!("set_boundaries.sql"))
        .bind::<Array<Text>, _>(codes)
        .bind::<Array<Text>, _>(geometries)
        .bind::<Date, _>(day)
        .load(conn)
        .await?;
    Ok(rows.iter().filter_map(|row| row.cells[0].as_integer()).collect())
}
