//! Builds the kept sums of a layer whose definitions changed, or of which much was written, in parts, and adds them up.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::figures::summaries::columns::{any_total, columns, listed, totals};
use crate::figures::summaries::fold::{Ids, refresh};
use crate::figures::summaries::fresh::Facts;
use crate::figures::summaries::marks::mark;
use crate::layers::Layer;
use crate::postgres::sql::{Bind, Sql};

/// About how many records are computed in one transaction.
const PART: i64 = 10_000;

/// Does one step: lists the parts of a layer, builds one of them, or adds all of them up. `built_until` is how far it got.
pub(super) async fn build(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    built_until: i64,
    today: NaiveDate,
) -> QueryResult<bool> {
    let collection = || Bind::Text(layer.collection.into());
    if built_until == 0 {
        list_parts(conn, layer).await?;
        return Ok(true);
    }
    let part: Option<Ids> = Sql::new("delete from summary_parts where (collection, part) = (select collection, min(part) from summary_parts where collection = ")
        .bind(collection())
        .text(" group by 1) returning ids")
        .get_result(conn)
        .await
        .optional()?;
    if let Some(Ids { ids }) = part {
        refresh(conn, layer, ids, false).await?;
        return Ok(true);
    }
    if !columns(layer).is_empty() {
        add_up(conn, layer).await?;
    }
    if matches!(Facts::of(layer), Facts::Group { .. }) {
        // These were of other groups before, whose records are in other parts.
        Sql::new("insert into summary_queue (collection, record_id) select ")
            .bind(collection())
            .text(", record_id from ")
            .name(layer.kept("contributions"))
            .text(" group by record_id having count(distinct coalesce(group_key, '')) > 1")
            .execute(conn)
            .await?;
    }
    Sql::new("update summaries set built_until = null where collection = ").bind(collection()).execute(conn).await?;
    mark(conn, layer, None, today).await?;
    Ok(true)
}

/// Has a layer built anew.
pub(super) async fn begin(conn: &mut AsyncPgConnection, layer: &'static Layer) -> QueryResult<()> {
    Sql::new("update summaries set built_until = 0 where collection = ")
        .bind(Bind::Text(layer.collection.into()))
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes what is kept and lists the records in parts. The records of a group are in one part.
async fn list_parts(conn: &mut AsyncPgConnection, layer: &'static Layer) -> QueryResult<()> {
    let collection = || Bind::Text(layer.collection.into());
    for table in ["contributions", "deltas", "recent", "marks"] {
        Sql::new("delete from ").name(layer.kept(table)).execute(conn).await?;
    }
    // What is queued until here is built.
    for of_layer in ["delete from summary_queue where collection = ", "delete from summary_parts where collection = "] {
        Sql::new(of_layer).bind(collection()).execute(conn).await?;
    }
    let key = match Facts::of(layer) {
        Facts::Group { .. } => Facts::key(layer),
        _ => Sql::new("null::text"),
    };
    Sql::new("insert into summary_parts (collection, part, ids) select ")
        .bind(collection())
        .text(", abs(hashtext(coalesce(")
        .sql(key)
        .text(", t.id::text)) % n.parts), array_agg(t.id) from ")
        .name(layer.table())
        .text(" t cross join (select count(*)::integer / ")
        .bind(Bind::Integer(PART))
        .text(" + 1 as parts from ")
        .name(layer.table())
        .text(") n group by 2")
        .execute(conn)
        .await?;
    Sql::new("update summaries set built_until = 1, marked_until = null where collection = ")
        .bind(collection())
        .execute(conn)
        .await?;
    Ok(())
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
