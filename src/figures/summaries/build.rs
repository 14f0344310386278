//! Builds the kept sums of a layer whose definitions changed, in parts, and adds them up.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::figures::summaries::columns::{any_total, columns, listed, totals};
use crate::figures::summaries::fold::{Ids, refresh};
use crate::figures::summaries::fresh::Facts;
use crate::figures::summaries::marks::mark;
use crate::layers::Layer;
use crate::postgres::sql::{Bind, Sql};

/// While the sums of a large layer are built, its records are taken in this many parts, a power of two.
const PARTS: i64 = 64;
/// A layer with fewer records is built at once.
const SMALL: i64 = 20_000;

/// Builds one part of the contributions of a layer, or after the last part its deltas.
pub(super) async fn build(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    part: i64,
    today: NaiveDate,
) -> QueryResult<bool> {
    let state = |until: Option<i64>| {
        let set = Sql::new("update summaries set built_until = ");
        let set = match until {
            Some(until) => set.bind(Bind::Integer(until)),
            None => set.text("null"),
        };
        set.text(" where collection = ").bind(Bind::Text(layer.collection.into()))
    };
    if part == 0 {
        for table in ["contributions", "deltas", "marks"] {
            Sql::new("delete from ").name(layer.kept(table)).execute(conn).await?;
        }
        // What is queued until here is built below.
        Sql::new("delete from summary_queue where collection = ")
            .bind(Bind::Text(layer.collection.into()))
            .execute(conn)
            .await?;
        Sql::new("update summaries set marked_until = null where collection = ")
            .bind(Bind::Text(layer.collection.into()))
            .execute(conn)
            .await?;
    }
    let parts = if part == 0 && is_small(conn, layer).await? { 1 } else { PARTS };
    if part < parts {
        let key = match Facts::of(layer) {
            Facts::Group { .. } => Facts::key(layer),
            _ => Sql::new("null::text"),
        };
        let found: Ids = Sql::new("select array(select t.id from ")
            .name(layer.table())
            .text(" t where (hashtext(coalesce(")
            .sql(key)
            .text(", t.id::text)) & ")
            .bind(Bind::Integer(parts - 1))
            .text(") = ")
            .bind(Bind::Integer(part))
            .text(") as ids")
            .get_result(conn)
            .await?;
        if !found.ids.is_empty() {
            refresh(conn, layer, found.ids, None).await?;
        }
        if part + 1 < parts {
            state(Some(part + 1)).execute(conn).await?;
            return Ok(true);
        }
    }
    if !columns(layer).is_empty() {
        add_up(conn, layer).await?;
    }
    // A record may have been of other groups before.
    if matches!(Facts::of(layer), Facts::Group { .. }) {
        Sql::new("insert into summary_queue (collection, record_id) select ")
            .bind(Bind::Text(layer.collection.into()))
            .text(", id from ")
            .name(layer.table())
            .text(" where version > 1")
            .execute(conn)
            .await?;
    }
    state(None).execute(conn).await?;
    mark(conn, layer, None, today).await?;
    Ok(true)
}

async fn is_small(conn: &mut AsyncPgConnection, layer: &'static Layer) -> QueryResult<bool> {
    let found: Ids = Sql::new("select array(select id from ")
        .name(layer.table())
        .text(" limit ")
        .bind(Bind::Integer(SMALL))
        .text(") as ids")
        .get_result(conn)
        .await?;
    Ok((found.ids.len() as i64) < SMALL)
}

/// The deltas of all contributions.
async fn add_up(conn: &mut AsyncPgConnection, layer: &'static Layer) -> QueryResult<()> {
    let of = |day: &'static str, sign: &'static str| {
        Sql::new("select unit_id, units_from, units_to, ")
            .text(day)
            .text(" as day, is_public, ")
            .sql(listed(layer, sign))
            .text(" from ")
            .name(layer.kept("contributions"))
    };
    Sql::new("insert into ")
        .name(layer.kept("deltas"))
        .text(" select unit_id, units_from, units_to, day, is_public, ")
        .sql(totals(layer))
        .text(" from (")
        .sql(of("from_day", ""))
        .text(" union all ")
        .sql(of("to_day", "-"))
        .text(") x where day < 'infinity' group by 1, 2, 3, 4, 5 having ")
        .sql(any_total(layer))
        .text(" order by day, unit_id")
        .execute(conn)
        .await?;
    Ok(())
}
