//! Records that the list of a source no longer has, and new rows that are perhaps one of them.

use std::collections::HashSet;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::access::View;
use crate::layers::Layer;
use crate::postgres::sql::{Bind, Sql};

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Adds rows to an import that decommission the records of a source missing from its file. Returns how many are
/// missing, out of how many known records.
pub async fn plan_missing(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    import: Uuid,
    source_org: &str,
    effective_on: NaiveDate,
) -> QueryResult<(i64, i64)> {
    let id = || Bind::Text(import.to_string());
    let missing = Sql::new(
        "insert into import_rows (import_id, nth, sheet, op, record_id, version, changes, before, commune_id, hamlet_id) \
         select ",
    )
    .bind(id())
    .text("::uuid, (select coalesce(max(nth), -1) from import_rows where import_id = ")
    .bind(id())
    .text(
        "::uuid) + row_number() over (order by t.id), '', 'missing', t.id, t.version, \
         jsonb_build_object('lifecycle_status', 'decommissioned', 'decommissioned_on', greatest(t.installed_on, ",
    )
    .bind(Bind::Date(effective_on))
    .text("), 'effective_on', ")
    .bind(Bind::Date(effective_on))
    .text("), jsonb_build_object('code', t.code, 'name', ")
    .sql(view.name_of_row())
    .text(
        ", 'lifecycle_status', t.lifecycle_status, \
         'decommissioned_on', t.decommissioned_on), t.commune_id, t.hamlet_id from ",
    )
    .name(view.layer.table())
    .text(" t where t.deleted_at is null and t.lifecycle_status <> 'decommissioned' and t.source_org = ")
    .bind(Bind::Text(source_org.into()))
    .text(" and ")
    .sql(view.writable())
    .text(" and not exists (select from import_rows r where r.record_id = t.id and r.import_id = ")
    .bind(id())
    .text("::uuid)")
    .execute(conn)
    .await?;
    let known: Known = Sql::new(
        "select count(*) as count from import_rows where op <> 'create' and record_id is not null and import_id = ",
    )
    .bind(id())
    .text("::uuid")
    .get_result(conn)
    .await?;
    Ok((missing as i64, known.count))
}

/// A new row that is perhaps a missing record: a station that was renamed, moved, or both.
#[derive(Debug, Clone, QueryableByName)]
pub struct Pair {
    /// The number of the row.
    #[diesel(sql_type = BigInt)]
    pub nth: i64,
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    /// What they have in common: `own_code`, `site`, `place`, `name`.
    #[diesel(sql_type = Array<Text>)]
    pub why: Vec<String>,
    #[diesel(sql_type = Nullable<Double>)]
    pub distance_m: Option<f64>,
    #[diesel(sql_type = Text)]
    pub code: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub name: Option<String>,
}

/// Places nearer than this are one place, in layers that have no distance of duplicates.
const SAME_PLACE_M: f64 = 30.0;
/// A name that more missing records have identifies none of them.
const MOST_NAMESAKES: i64 = 20;

/// Pairs of new rows and missing records, the most certain first. A row or a record is in one pair only.
pub async fn pairs(conn: &mut AsyncPgConnection, view: &View<'_>, import: Uuid) -> QueryResult<Vec<Pair>> {
    let found: Vec<Pair> = Sql::new("with gone as materialized (select t.*, ")
        .sql(view.name_of_row())
        .text(" as shown_name from import_rows m join ")
        .name(view.layer.table())
        .text(" t on t.id = m.record_id where m.op = 'missing' and m.import_id = ")
        .bind(Bind::Text(import.to_string()))
        .text("::uuid), found as (")
        .sql(Sql::join(likenesses(view.layer, import), " union all "))
        .text(
            "), alike as (select nth, id, min(rank) as rank, array_agg(why order by rank) as why from found group by nth, id) \
             select a.nth::bigint, a.id, a.why, st_distance(n.place::geography, g.geom::geography) as distance_m, g.code, \
             g.shown_name as name from alike a join gone g on g.id = a.id join import_rows n on n.nth = a.nth and n.import_id = ",
        )
        .bind(Bind::Text(import.to_string()))
        .text("::uuid order by a.rank, distance_m, a.nth, a.id")
        .load(conn)
        .await?;
    let (mut rows, mut records) = (HashSet::new(), HashSet::new());
    let is_free = |pair: &Pair| {
        let free = !rows.contains(&pair.nth) && !records.contains(&pair.id);
        if free {
            rows.insert(pair.nth);
            records.insert(pair.id);
        }
        free
    };
    Ok(found.into_iter().filter(is_free).collect())
}

/// What makes a new row and a missing record alike, each as rows of `nth, id, rank, why`.
fn likenesses(layer: &'static Layer, import: Uuid) -> Vec<Sql> {
    let has = |name: &str| layer.fields().any(|field| field.name == name);
    let same = |name: &'static str| Sql::new("n.changes ->> '").text(name).text("' = g.").name(name);
    let new = || {
        let new =
            Sql::new(" where n.op = 'create' and n.import_id = ").bind(Bind::Text(import.to_string())).text("::uuid");
        if has("operator") { new.text(" and n.operator = g.operator") } else { new }
    };
    let mut found = Vec::new();
    if let Some((within, own_code)) = layer.own_code {
        let own = Sql::new("select n.nth, g.id, 1 as rank, 'own_code' as why from import_rows n join gone g on ");
        found.push(own.sql(same(within)).text(" and ").sql(same(own_code)).sql(new()));
        // A corrected operator makes no other station: code and name have stayed.
        let moved = Sql::new("select n.nth, g.id, 5 as rank, 'own_code' as why from import_rows n join gone g on ");
        let moved = moved
            .sql(same(own_code))
            .text(" and fold(n.changes ->> 'name') = fold(g.shown_name) where n.op = 'create' and n.import_id = ");
        found.push(moved.bind(Bind::Text(import.to_string())).text("::uuid"));
    }
    if has("site_code") {
        let site = Sql::new("select n.nth, g.id, 2 as rank, 'site' as why from import_rows n join gone g on ");
        found.push(site.sql(same("site_code")).sql(new()));
    }
    let reach_m = layer.near.map_or(SAME_PLACE_M, |near| near.distance_m);
    let place = Sql::new("select n.nth, g.id, 3 as rank, 'place' as why from gone g join import_rows n on n.moved and n.place && st_expand(g.geom, ")
        .bind(Bind::Double(reach_m / 100_000.0))
        .text(")")
        .sql(new())
        .text(" and st_distance(n.place::geography, g.geom::geography) <= ")
        .bind(Bind::Double(reach_m));
    let name = Sql::new(
        "select n.nth, g.id, 4 as rank, 'name' as why from import_rows n join (\
         select *, fold(shown_name) as folded, count(*) over (partition by fold(shown_name)) as namesakes from gone) g \
         on fold(n.changes ->> 'name') = g.folded",
    )
    .sql(new())
    .text(" and g.namesakes <= ")
    .bind(Bind::Integer(MOST_NAMESAKES));
    found.extend([place, name]);
    found
}
