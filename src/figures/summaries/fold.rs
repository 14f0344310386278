//! Brings the kept sums up to date: builds those of new definitions, and folds in what was written.

use chrono::{Months, NaiveDate};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use crate::figures::summaries::columns::columns;
use crate::figures::summaries::fresh::{Facts, Records, fresh};
use crate::figures::summaries::read::{FIRST_MARK, quarter};
use crate::figures::summaries::source::{access_points, touched};
use crate::layers::{ALL, FACILITY, Layer, WIFI_POINT};
use crate::postgres::sql::{Bind, Sql};

/// Records of one transaction. A writer never waits for it: it locks no record.
const CHUNK: i64 = 2_000;
/// While the sums of a large layer are built, its records are taken in this many parts, a power of two.
const PARTS: i64 = 64;
/// A layer with fewer records is built at once.
const SMALL: i64 = 20_000;
/// From this many changed units on, everything is built anew instead.
const MOST_UNITS: i64 = 200;

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
struct Ids {
    #[diesel(sql_type = Array<BigInt>)]
    ids: Vec<i64>,
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
    loop {
        let did = conn.transaction(async |conn| step(conn, today).await).await?;
        match did {
            None => return Ok(false),
            Some(false) => return Ok(true),
            Some(true) => {}
        }
    }
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
            None => fold_queue(conn, layer, summary.marked_until).await? || mark(conn, layer, summary, today).await?,
        };
        if did {
            return Ok(Some(true));
        }
    }
    Ok(Some(false))
}

/// Queues the records in changed units; builds everything anew if there are many.
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
    if changed.ids.len() as i64 > MOST_UNITS {
        Sql::new("update summaries set built_until = 0").execute(conn).await?;
        return Ok(true);
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
            .text(", t.id from ")
            .name(layer.table())
            .text(" t where t.geom is null or t.commune_id is null or t.version > 1")
            .execute(conn)
            .await?;
    }
    Ok(true)
}

/// Takes up to a chunk of written records and brings their contributions up to date.
async fn fold_queue(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    marked_until: Option<NaiveDate>,
) -> QueryResult<bool> {
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
        let facilities = touched(conn, &FACILITY, Vec::new(), &taken.ids).await?;
        queue(conn, &FACILITY, facilities).await?;
    }
    let ids = touched(conn, layer, taken.ids, &[]).await?;
    refresh(conn, layer, ids, Some(marked_until)).await?;
    Ok(true)
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

/// Computes contributions anew. With `marked_until` also adds what changed to the deltas and the marks.
async fn refresh(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    ids: Vec<i64>,
    adds: Option<Option<NaiveDate>>,
) -> QueryResult<()> {
    let wifi = access_points(conn, layer, &ids, Vec::new()).await?;
    let list = || Bind::Integers(ids.clone());
    let kept = layer.kept("contributions");
    let sums: Vec<_> = columns(layer).iter().map(|column| column.name).collect();
    let plain = |before: &'static str| Sql::join(sums.iter().map(|sum| Sql::new(before).text(sum)), ", ");
    let records = Records::listed(ids.clone(), wifi);
    let Some(marked_until) = adds.filter(|_| !sums.is_empty()) else {
        Sql::new("delete from ")
            .name(kept)
            .text(" where record_id = any(")
            .bind(list())
            .text(")")
            .execute(conn)
            .await?;
        Sql::new("insert into ").name(kept).text(" ").sql(fresh(layer, &records)).execute(conn).await?;
        return Ok(());
    };
    let flow = |rows: &'static str, day: &'static str, sign: &'static str| {
        Sql::new("select unit_id, units_from, units_to, ")
            .text(day)
            .text(" as day, is_public, ")
            .sql(plain(sign))
            .text(" from ")
            .text(rows)
    };
    let flows = [
        flow("added", "from_day", ""),
        flow("added", "to_day", "-"),
        flow("gone", "from_day", "-"),
        flow("gone", "to_day", ""),
    ];
    let totals = || Sql::join(sums.iter().map(|sum| Sql::new("sum(").text(sum).text(")")), ", ");
    let any = Sql::join(sums.iter().map(|sum| Sql::new("sum(").text(sum).text(") <> 0")), " or ");
    let sql = Sql::new("with gone as (delete from ")
        .name(kept)
        .text(" where record_id = any(")
        .bind(list())
        .text(") returning *), fresh as materialized (")
        .sql(fresh(layer, &records))
        .text("), added as (insert into ")
        .name(kept)
        .text(" select * from fresh returning *), flow as (select unit_id, units_from, units_to, day, is_public, ")
        .sql(Sql::join(sums.iter().map(|sum| Sql::new("sum(").text(sum).text(") as ").text(sum)), ", "))
        .text(" from (")
        .sql(Sql::join(flows, " union all "))
        .text(") x where day < 'infinity' group by 1, 2, 3, 4, 5 having ")
        .sql(any)
        .text("), deltas as (insert into ")
        .name(layer.kept("deltas"))
        .text(" select * from flow) insert into ")
        .name(layer.kept("marks"))
        .text(" as m select unit_id, units_from, units_to, q.mark, is_public, ")
        .sql(totals())
        .text(" from flow cross join lateral (")
        .sql(marks(marked_until))
        .text(") q where q.mark >= flow.day group by 1, 2, 3, 4, 5 on conflict (unit_id, units_from, units_to, mark, is_public) do update set ")
        .sql(Sql::join(
            sums.iter().map(|sum| Sql::new(sum).text(" = m.").text(sum).text(" + excluded.").text(sum)),
            ", ",
        ));
    sql.execute(conn).await?;
    Ok(())
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

/// Builds one part of the contributions of a layer, or after the last part its deltas.
async fn build(conn: &mut AsyncPgConnection, layer: &'static Layer, part: i64, today: NaiveDate) -> QueryResult<bool> {
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
    let summary = Summary { collection: layer.collection.into(), built_until: None, marked_until: None };
    mark(conn, layer, &summary, today).await?;
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
    let sums: Vec<_> = columns(layer).iter().map(|column| column.name).collect();
    let plain = |sign: &'static str| Sql::join(sums.iter().map(|sum| Sql::new(sign).text(sum)), ", ");
    let any = Sql::join(sums.iter().map(|sum| Sql::new("sum(").text(sum).text(") <> 0")), " or ");
    let of = |day: &'static str, sign: &'static str| {
        Sql::new("select unit_id, units_from, units_to, ")
            .text(day)
            .text(" as day, is_public, ")
            .sql(plain(sign))
            .text(" from ")
            .name(layer.kept("contributions"))
    };
    Sql::new("insert into ")
        .name(layer.kept("deltas"))
        .text(" select unit_id, units_from, units_to, day, is_public, ")
        .sql(Sql::join(sums.iter().map(|sum| Sql::new("sum(").text(sum).text(")")), ", "))
        .text(" from (")
        .sql(of("from_day", ""))
        .text(" union all ")
        .sql(of("to_day", "-"))
        .text(") x where day < 'infinity' group by 1, 2, 3, 4, 5 having ")
        .sql(any)
        .text(" order by day, unit_id")
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds the marks of quarters that have ended since. Returns whether there were any.
async fn mark(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    summary: &Summary,
    today: NaiveDate,
) -> QueryResult<bool> {
    let (year, month, day) = FIRST_MARK;
    let Some(first) = NaiveDate::from_ymd_opt(year, month, day) else { return Ok(false) };
    let mut last = summary.marked_until;
    let mut did = false;
    while let Some(next) = last
        .map_or(Some(first), |last| last.succ_opt()?.checked_add_months(Months::new(3))?.pred_opt())
        .filter(|next| *next < today)
    {
        let sums: Vec<_> = columns(layer).iter().map(|column| column.name).collect();
        if !sums.is_empty() {
            let plain = || Sql::join(sums.iter().map(|sum| Sql::new(sum)), ", ");
            let before = last.map(|last| {
                Sql::new("select unit_id, units_from, units_to, is_public, ")
                    .sql(plain())
                    .text(" from ")
                    .name(layer.kept("marks"))
                    .text(" where mark = ")
                    .bind(Bind::Date(last))
                    .text(" union all ")
            });
            let since = Sql::new("select unit_id, units_from, units_to, is_public, ")
                .sql(plain())
                .text(" from ")
                .name(layer.kept("deltas"))
                .text(" where day <= ")
                .bind(Bind::Date(next));
            let since = match last {
                Some(last) => since.text(" and day > ").bind(Bind::Date(last)),
                None => since,
            };
            let any = Sql::join(sums.iter().map(|sum| Sql::new("sum(").text(sum).text(") <> 0")), " or ");
            Sql::new("insert into ")
                .name(layer.kept("marks"))
                .text(" select unit_id, units_from, units_to, ")
                .bind(Bind::Date(next))
                .text(", is_public, ")
                .sql(Sql::join(sums.iter().map(|sum| Sql::new("sum(").text(sum).text(")")), ", "))
                .text(" from (")
                .sql(before.unwrap_or_default())
                .sql(since)
                .text(") x group by unit_id, units_from, units_to, is_public having ")
                .sql(any)
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
