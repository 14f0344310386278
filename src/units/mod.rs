//! Administrative units, and statements about them. Each file is imported in one transaction, one file at a time.

pub mod availability;
pub mod baselines;
pub mod boundaries;
pub mod census;
pub mod demo;
pub mod groups;
pub mod import;
pub mod kin;
mod known;
mod level;
pub mod lists;
mod loaded;
pub mod lookup;
pub mod mappings;
pub mod names;
pub mod plan;
pub mod read;
pub mod relations;
mod summary;
pub mod territory;
mod write;

pub use summary::Summary;

use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};
use diesel::result::QueryResult;
use diesel::sql_query;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

/// The author that the feed shows when records move to other communes.
const ACTOR: &str = "units import";

/// Starts a change of units inside its transaction: no other one runs, and its statements may take as long as they need.
async fn begin(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    conn.batch_execute(
        "set local statement_timeout = 0; set local lock_timeout = '10min';
         select pg_advisory_xact_lock(hashtextextended('hatang.units', 0))",
    )
    .await
}

/// Finishes an import inside its transaction: derives boundaries, then moves records to the communes now in force. The
/// summary says how many boundaries it derived.
async fn finish(conn: &mut AsyncPgConnection, summary: &mut Summary) -> QueryResult<()> {
    let derived: Row = sql_query("select carried, united from derive_boundaries()").get_result(conn).await?;
    for (cell, what) in derived.cells.iter().zip(["boundaries carried over", "districts and provinces united"]) {
        if let Some(count) = cell.as_integer().filter(|count| *count > 0) {
            summary.notes.push(format!("{count} {what}"));
        }
    }
    refresh(conn, ACTOR).await
}

/// Finds again the communes of all records, and those that grants on units stand for, where units were written or others
/// came into force since the last time.
pub async fn refresh(conn: &mut AsyncPgConnection, actor: &str) -> QueryResult<()> {
    sql_query("select refresh_communes($1)").bind::<diesel::sql_types::Text, _>(actor).execute(conn).await?;
    sql_query("select refresh_grants()").execute(conn).await?;
    Ok(())
}

/// Brings records and grants up to the units of today, if they are not: on a new day, and after units were written with
/// psql. Looking at all records of a country takes minutes.
pub async fn keep_up(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    let behind: Row = sql_query("select communes_are_behind()").get_result(conn).await?;
    if !matches!(behind.cells[..], [Cell::Bool(true)]) {
        return Ok(());
    }
    conn.transaction(async |conn| {
        begin(conn).await?;
        refresh(conn, "system").await
    })
    .await
}

/// Gives feed numbers to the records that an import has moved, after its transaction.
async fn number_changes(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    sql_query("select number_changes()").execute(conn).await?;
    Ok(())
}

/// Longitude and latitude of a place in the commune that has this code today. `None` without a boundary.
pub async fn place_in_commune(conn: &mut AsyncPgConnection, code: &str) -> QueryResult<Option<(f64, f64)>> {
    let rows: Vec<Row> = Sql::new(
        "select st_x(place), st_y(place) from (select st_pointonsurface(geom) as place from admin_units \
         where level = 'commune' and in_force(valid_from, valid_to, current_date) and geom is not null and code = ",
    )
    .bind(Bind::Text(code.into()))
    .text(") as commune")
    .load(conn)
    .await?;
    Ok(rows.into_iter().next().and_then(|row| match row.cells[..] {
        [Cell::Double(longitude), Cell::Double(latitude)] => Some((longitude, latitude)),
        _ => None,
    }))
}

/// The communes in force today, all or those with these ids, as lists show them: "00004 Phường Trúc Bạch".
pub async fn communes_of_today(conn: &mut AsyncPgConnection, ids: Option<Vec<i64>>) -> QueryResult<Vec<String>> {
    let all = ids.is_none();
    let rows: Vec<Row> = Sql::new(
        "select code || ' ' || name from admin_units \
         where level = 'commune' and in_force(valid_from, valid_to, current_date) and (",
    )
    .bind(Bind::Bool(all))
    .text(" or id = any(")
    .bind(Bind::Integers(ids.unwrap_or_default()))
    .text(")) order by code")
    .load(conn)
    .await?;
    Ok(rows.iter().filter_map(|row| row.cells[0].as_text().map(str::to_owned)).collect())
}
