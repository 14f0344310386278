//! The marks: the sums of each unit at the end of each quarter, and the deltas that are not in them yet.

use chrono::{Months, NaiveDate};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::figures::summaries::columns::{any_total, columns, each, listed, totals};
use crate::figures::summaries::read::{FIRST_MARK, quarter};
use crate::layers::Layer;
use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};

/// From this many recent deltas on, all marks are computed anew: each delta belongs to all marks after it.
const MOST_RECENT: i64 = 10_000;

/// Takes recent deltas up into the marks. Returns whether there were any.
pub(super) async fn settle(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    marked_until: Option<NaiveDate>,
    today: NaiveDate,
) -> QueryResult<bool> {
    let recent: Row = Sql::new("select count(*) from ").name(layer.kept("recent")).get_result(conn).await?;
    let recent = recent.cells[0].as_integer().unwrap_or(0);
    if recent == 0 {
        return Ok(false);
    }
    let moved = Sql::new("with moved as (delete from ")
        .name(layer.kept("recent"))
        .text(" returning *), kept as (insert into ")
        .name(layer.kept("deltas"))
        .text(" select * from moved) ");
    if recent > MOST_RECENT {
        moved.text("select from moved limit 0").execute(conn).await?;
        Sql::new("delete from ").name(layer.kept("marks")).execute(conn).await?;
        mark(conn, layer, None, today).await?;
        return Ok(true);
    }
    moved
        .text("insert into ")
        .name(layer.kept("marks"))
        .text(" as m select unit_id, units_from, units_to, q.mark, is_public, ")
        .sql(totals(layer))
        .text(" from moved cross join lateral (")
        .sql(marks(marked_until))
        .text(") q where q.mark >= moved.day group by 1, 2, 3, 4, 5 on conflict (unit_id, units_from, units_to, mark, is_public) do update set ")
        .sql(each(layer, ", ", |sum| Sql::new(sum).text(" = m.").text(sum).text(" + excluded.").text(sum)))
        .execute(conn)
        .await?;
    Ok(true)
}

/// Adds the marks of quarters that have ended since the last mark, or all to a layer that has none. Returns whether there were any.
pub(super) async fn mark(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    marked_until: Option<NaiveDate>,
    today: NaiveDate,
) -> QueryResult<bool> {
    let (year, month, day) = FIRST_MARK;
    let Some(first) = NaiveDate::from_ymd_opt(year, month, day) else { return Ok(false) };
    let mut last = marked_until;
    let mut did = false;
    while let Some(next) = last
        .map_or(Some(first), |last| last.succ_opt()?.checked_add_months(Months::new(3))?.pred_opt())
        .filter(|next| *next < today)
    {
        if !columns(layer).is_empty() {
            let before = last.map(|last| {
                Sql::new("select unit_id, units_from, units_to, is_public, ")
                    .sql(listed(layer, ""))
                    .text(" from ")
                    .name(layer.kept("marks"))
                    .text(" where mark = ")
                    .bind(Bind::Date(last))
                    .text(" union all ")
            });
            let since = Sql::new("select unit_id, units_from, units_to, is_public, ")
                .sql(listed(layer, ""))
                .text(" from ")
                .name(layer.kept("deltas"))
                .text(" where day <= ")
                .bind(Bind::Date(next));
            let since = match last {
                Some(last) => since.text(" and day > ").bind(Bind::Date(last)),
                None => since,
            };
            Sql::new("insert into ")
                .name(layer.kept("marks"))
                .text(" select unit_id, units_from, units_to, ")
                .bind(Bind::Date(next))
                .text(", is_public, ")
                .sql(totals(layer))
                .text(" from (")
                .sql(before.unwrap_or_default())
                .sql(since)
                .text(") x group by unit_id, units_from, units_to, is_public having ")
                .sql(any_total(layer))
                .execute(conn)
                .await?;
        }
        last = Some(next);
        did = true;
    }
    if did && let Some(last) = last {
        Sql::new("update summaries set marked_until = ")
            .bind(Bind::Date(last))
            .text(" where collection = ")
            .bind(Bind::Text(layer.collection.into()))
            .execute(conn)
            .await?;
    }
    Ok(did)
}

/// The days of the marks: the last of each quarter.
fn marks(until: Option<NaiveDate>) -> Sql {
    let (year, month, day) = FIRST_MARK;
    let first = NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let days =
        Sql::new("select (g.first + interval '3 months' - interval '1 day')::date as mark from generate_series(")
            .bind(Bind::Date(quarter(first)))
            .text("::timestamp, ");
    match until {
        Some(until) => days.bind(Bind::Date(until)).text("::timestamp, '3 months') g (first)"),
        None => Sql::new("select null::date as mark where false"),
    }
}
