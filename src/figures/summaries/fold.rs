//! Brings the kept sums up to date: builds those of new definitions, and folds in what was written.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use crate::figures::summaries::build::{begin, build};
use crate::figures::summaries::columns::{any_total, columns, listed, totals};
use crate::figures::summaries::fresh::{Records, fresh};
use crate::figures::summaries::marks::{mark, settle};
use crate::figures::summaries::read::quarter;
use crate::figures::summaries::source::{access_points, touched};
use crate::layers::{ALL, FACILITY, Layer, WIFI_POINT};
use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};

/// Records of one transaction. A writer never waits for it: it locks no record.
const CHUNK: i64 = 2_000;
/// If more records than this are queued, and more than a quarter of a layer, the layer is built anew instead.
const MOST_QUEUED: i64 = 10_000;

#[derive(QueryableByName)]
struct Summary {
    #[diesel(sql_type = Text)]
    collection: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    built_until: Option<i64>,
    #[diesel(sql_type = Nullable<Date>)]
    marked_until: Option<NaiveDate>,
}

#[derive(QueryableByName)]
pub(super) struct Ids {
    #[diesel(sql_type = Array<BigInt>)]
    pub ids: Vec<i64>,
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

/// Does all that there is to do, one transaction after the other. Returns whether it did: another process may be at it.
///
/// # Errors
/// The database's. What was committed before stays.
pub async fn fold(conn: &mut AsyncPgConnection, today: NaiveDate) -> QueryResult<bool> {
    if !is_behind(conn, today).await? {
        return Ok(true);
    }
    loop {
        let did = conn.transaction(async |conn| step(conn, today).await).await?;
        match did {
            None => return Ok(false),
            Some(false) => return Ok(true),
            Some(true) => {}
        }
    }
}

/// Whether there is anything to do: the job asks some times a second, and mostly there is not.
async fn is_behind(conn: &mut AsyncPgConnection, today: NaiveDate) -> QueryResult<bool> {
    let row: Row = Sql::new(
        "select exists (select from summary_queue) or exists (select from summaries \
         where built_until is not null or marked_until is null or marked_until < ",
    )
    .bind(Bind::Date(quarter(today).pred_opt().unwrap_or(today)))
    .text(")")
    .get_result(conn)
    .await?;
    Ok(matches!(row.cells[0], Cell::Bool(true)))
}

/// One transaction. `None` if another process holds the lock, otherwise whether there was something to do.
async fn step(conn: &mut AsyncPgConnection, today: NaiveDate) -> QueryResult<Option<bool>> {
    let lock: Locked = Sql::new("select pg_try_advisory_xact_lock(hashtextextended('hatang.summaries', 0)) as locked")
        .get_result(conn)
        .await?;
    if !lock.locked {
        return Ok(None);
    }
    Sql::new("set local statement_timeout = 0").execute(conn).await?;
    if units(conn).await? {
        return Ok(Some(true));
    }
    let summaries: Vec<Summary> =
        Sql::new("select collection, built_until, marked_until from summaries").load(conn).await?;
    // Access points come before the facilities that they are of.
    let layers = [&WIFI_POINT].into_iter().chain(ALL.iter().copied().filter(|layer| layer.collection != "wifi-points"));
    for layer in layers {
        let Some(summary) = summaries.iter().find(|summary| summary.collection == layer.collection) else { continue };
        let did = match summary.built_until {
            Some(part) => build(conn, layer, part, today).await?,
            None => {
                fold_queue(conn, layer).await?
                    || mark(conn, layer, summary.marked_until, today).await?
                    || settle(conn, layer, summary.marked_until, today).await?
            }
        };
        if did {
            return Ok(Some(true));
        }
    }
    Ok(Some(false))
}

/// Queues the records that are or were in changed units.
async fn units(conn: &mut AsyncPgConnection) -> QueryResult<bool> {
    let changed: Ids = Sql::new(
        "with taken as (delete from summary_queue where collection = 'units' returning record_id) \
         select array(select distinct record_id from taken) as ids",
    )
    .get_result(conn)
    .await?;
    if changed.ids.is_empty() {
        return Ok(false);
    }
    for layer in ALL.iter().copied().filter(|layer| layer.is_writable()) {
        let collection = || Bind::Text(layer.collection.into());
        let units = || Bind::Integers(changed.ids.clone());
        Sql::new("insert into summary_queue (collection, record_id) select ")
            .bind(collection())
            .text(", c.record_id from ")
            .name(layer.kept("contributions"))
            .text(" c where c.unit_id = any(")
            .bind(units())
            .text(") union select ")
            .bind(collection())
            .text(", t.id from ")
            .name(layer.table())
            .text(" t join admin_units u on u.id = any(")
            .bind(units())
            .text(") and st_intersects(t.geom, u.geom) union select ")
            .bind(collection())
            .text(", v.record_id from versions v join admin_units u on u.id = any(")
            .bind(units())
            .text(") and st_geomfromgeojson(v.changes ->> 'geom') && u.geom where v.collection = ")
            .bind(collection())
            .text(" and v.changes ? 'geom' union select ")
            .bind(collection())
            .text(", v.record_id from versions v where v.collection = ")
            .bind(collection())
            .text(" and v.changes ->> 'geom' is null and (v.version = 1 or v.changes ? 'geom') union select ")
            .bind(collection())
            .text(", t.id from ")
            .name(layer.table())
            .text(" t where t.geom is null or t.commune_id is null")
            .execute(conn)
            .await?;
    }
    Ok(true)
}

/// Takes up to a chunk of written records and brings their contributions up to date.
async fn fold_queue(conn: &mut AsyncPgConnection, layer: &'static Layer) -> QueryResult<bool> {
    if is_overrun(conn, layer).await? {
        begin(conn, layer).await?;
        return Ok(true);
    }
    let taken: Ids = Sql::new(
        "with taken as (delete from summary_queue where id in (select id from summary_queue where collection = ",
    )
    .bind(Bind::Text(layer.collection.into()))
    .text(" order by id limit ")
    .bind(Bind::Integer(CHUNK))
    .text(") returning record_id) select array(select distinct record_id from taken) as ids")
    .get_result(conn)
    .await?;
    if taken.ids.is_empty() {
        return Ok(false);
    }
    if layer.collection == WIFI_POINT.collection {
        // Their facilities, before and after.
        let facilities = touched(conn, &FACILITY, Vec::new(), &taken.ids, None).await?;
        queue(conn, &FACILITY, facilities).await?;
    }
    let ids = touched(conn, layer, taken.ids, &[], None).await?;
    refresh(conn, layer, ids, true).await?;
    Ok(true)
}

/// Whether building a layer takes less time than its queue.
async fn is_overrun(conn: &mut AsyncPgConnection, layer: &'static Layer) -> QueryResult<bool> {
    let row: Row = Sql::new("select q.n > ")
        .bind(Bind::Integer(MOST_QUEUED))
        .text(" and q.n > (select count(*) / 4 from ")
        .name(layer.table())
        .text(") from (select count(distinct record_id) as n from summary_queue where collection = ")
        .bind(Bind::Text(layer.collection.into()))
        .text(") q")
        .get_result(conn)
        .await?;
    Ok(matches!(row.cells[0], Cell::Bool(true)))
}

async fn queue(conn: &mut AsyncPgConnection, layer: &Layer, ids: Vec<i64>) -> QueryResult<()> {
    Sql::new("insert into summary_queue (collection, record_id) select ")
        .bind(Bind::Text(layer.collection.into()))
        .text(", unnest(")
        .bind(Bind::Integers(ids))
        .text("::bigint[])")
        .execute(conn)
        .await?;
    Ok(())
}

/// Computes contributions anew. `adds` also adds what changed to the deltas.
pub(super) async fn refresh(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    ids: Vec<i64>,
    adds: bool,
) -> QueryResult<()> {
    let wifi = access_points(conn, layer, &ids, Vec::new()).await?;
    let list = || Bind::Integers(ids.clone());
    let kept = layer.kept("contributions");
    let fresh = fresh(layer, &Records::listed(ids.clone(), wifi, None), None);
    if !adds || columns(layer).is_empty() {
        Sql::new("delete from ")
            .name(kept)
            .text(" where record_id = any(")
            .bind(list())
            .text(")")
            .execute(conn)
            .await?;
        Sql::new("insert into ").name(kept).text(" ").sql(fresh).execute(conn).await?;
        return Ok(());
    }
    let flow = |rows: &'static str, day: &'static str, sign: &'static str| {
        Sql::new("select unit_id, units_from, units_to, ")
            .text(day)
            .text(" as day, is_public, ")
            .sql(listed(layer, sign))
            .text(" from ")
            .text(rows)
    };
    let flows = [
        flow("added", "from_day", ""),
        flow("added", "to_day", "-"),
        flow("gone", "from_day", "-"),
        flow("gone", "to_day", ""),
    ];
    let sql = Sql::new("with gone as (delete from ")
        .name(kept)
        .text(" where record_id = any(")
        .bind(list())
        .text(") returning *), added as (insert into ")
        .name(kept)
        .text(" ")
        .sql(fresh)
        .text(" returning *) insert into ")
        .name(layer.kept("recent"))
        .text(" select unit_id, units_from, units_to, day, is_public, ")
        .sql(totals(layer))
        .text(" from (")
        .sql(Sql::join(flows, " union all "))
        .text(") x where day < 'infinity' group by 1, 2, 3, 4, 5 having ")
        .sql(any_total(layer));
    sql.execute(conn).await?;
    Ok(())
}
