//! Finds the record of each row of a file: by id, by the sender's id, by code, by name and place.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Jsonb, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::View;
use crate::imports::interpret::{Place, Record};
use crate::layers::{Class, Layer, Properties, geometry};
use crate::postgres::sql::{Bind, Sql};

/// The record of a row.
#[derive(Debug, Clone)]
pub struct Match {
    /// Its columns, with the geometry as `geom`.
    pub record: Properties,
    /// The class of fields that the sender may see of it.
    pub class: Class,
    pub is_writable: bool,
    /// How it was found.
    pub by: String,
    /// The number of records found. With more than one the row is ambiguous.
    pub candidates: i64,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Integer)]
    nth: i32,
    #[diesel(sql_type = Jsonb)]
    record: Value,
    #[diesel(sql_type = Integer)]
    class: Class,
    #[diesel(sql_type = Bool)]
    is_writable: bool,
    #[diesel(sql_type = Text)]
    by: String,
    #[diesel(sql_type = BigInt)]
    candidates: i64,
}

/// The matches of some records, by their row numbers. The first record has the number `from`.
pub async fn find(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    from: usize,
    records: &[Record],
    source_org: Option<&str>,
) -> QueryResult<HashMap<usize, Match>> {
    let keys: Vec<Value> =
        (from..).zip(records).map(|(nth, record)| key(view.layer, nth, record, source_org)).collect();
    let table = || Sql::new("").name(view.layer.table());
    let sql = Sql::new(
        "with k as materialized (select * from jsonb_to_recordset(",
    )
    .bind(Bind::Json(json!(keys)))
    .text(
        ") as k (nth integer, id bigint, org text, org_said boolean, external_id text, code text, name text, \
         place jsonb, commune text, by_place boolean)), found as (\
         select k.nth, t.id, 1 as rank, 'id' as by from k join ",
    )
    .sql(table())
    .text(" t on t.id = k.id where t.deleted_at is null union all select k.nth, t.id, 2, 'external_id' from k join ")
    .sql(table())
    .text(
        " t on coalesce(t.source_org, '') = coalesce(k.org, '') and t.external_id = k.external_id where t.deleted_at is null \
         union all select k.nth, t.id, case when coalesce(t.source_org, '') = coalesce(k.org, '') then 3 else 4 end, \
         case when coalesce(t.source_org, '') = coalesce(k.org, '') then 'code' else 'code_of_other' end from k join ",
    )
    .sql(table())
    .text(
        " t on t.code = k.code where t.deleted_at is null and (coalesce(t.source_org, '') = coalesce(k.org, '') or not k.org_said) \
         union all select k.nth, t.id, 5, 'name_and_place' from k join ",
    )
    .sql(table())
    .text(
        " t on t.geom && st_expand(st_setsrid(st_geomfromgeojson(k.place), 4326), 0.0000005) \
         and st_dwithin(t.geom, st_setsrid(st_geomfromgeojson(k.place), 4326), 0.0000005) \
         where k.by_place and k.place is not null and t.name is not distinct from k.name and t.deleted_at is null \
         union all select k.nth, t.id, 5, 'name_and_place' from k join ",
    )
    .sql(table())
    .text(
        " t on t.name = k.name and t.geom is null and t.declared_commune_code = k.commune \
         where k.by_place and k.place is null and t.deleted_at is null\
         ), shown as (select f.*, ",
    )
    .sql(view.class_of_row())
    .text(" as class, ")
    .sql(view.writable())
    .text(" as is_writable, record_json(t, t.geom, null) as record from found f join ")
    .sql(table())
    .text(
        " t on t.id = f.id), best as (\
         select *, min(rank) over (partition by nth) as least from shown where class is not null) \
         select distinct on (nth) nth, record, class, is_writable, by, \
         count(*) over (partition by nth, rank) as candidates from best where rank = least order by nth, id",
    );
    let found: Vec<Found> = sql.load(conn).await?;
    let matches = found.into_iter().filter_map(|Found { nth, record, class, is_writable, by, candidates }| {
        let Value::Object(record) = record else { return None };
        Some((usize::try_from(nth).ok()?, Match { record, class, is_writable, by, candidates }))
    });
    Ok(matches.collect())
}

fn key(layer: &'static Layer, nth: usize, record: &Record, source_org: Option<&str>) -> Value {
    let text = |name: &str| record.values.get(name).and_then(Value::as_str);
    let said = text("source_org");
    let id = text("id").and_then(|id| id.parse::<i64>().ok());
    let by_place = id.is_none() && text("external_id").is_none() && text("code").is_none();
    let place = match &record.place {
        Place::Degrees(geometry) if by_place => geometry::read(layer, geometry).ok(),
        _ => None,
    };
    json!({
        "nth": nth,
        "id": id,
        "org": said.or(source_org),
        "org_said": said.is_some(),
        "external_id": text("external_id"),
        "code": text("code"),
        "name": text("name"),
        "place": place,
        "commune": text("declared_commune_code"),
        "by_place": by_place,
    })
}
