//! Imports boundaries of communes, and derives those of districts and provinces.

use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Date, Text};
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
            if !changed.is_empty() {
                let carried = carry_over(conn, &changed).await?;
                let parents = set_parents(conn, &changed, day).await?;
                for (count, what) in
                    [(carried, "demo boundaries replaced"), (parents, "districts and provinces united")]
                {
                    if count > 0 {
                        summary.notes.push(format!("{count} {what}"));
                    }
                }
                finish(conn).await?;
            }
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

/// Also replaces the demo's boundary of the versions that only changed name or parent to or from the given ones.
async fn carry_over(conn: &mut AsyncPgConnection, changed: &[i64]) -> QueryResult<usize> {
    sql_query(include_str!("carry_boundaries.sql")).bind::<Array<BigInt>, _>(changed).execute(conn).await
}

async fn set_parents(conn: &mut AsyncPgConnection, changed: &[i64], day: NaiveDate) -> QueryResult<usize> {
    sql_query(include_str!("unite_boundaries.sql"))
        .bind::<Array<BigInt>, _>(changed)
        .bind::<Date, _>(day)
        .execute(conn)
        .await
}
