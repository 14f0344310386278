//! Finds the record of each row of a file: by id, by the sender's id, by code, by its operator's own code, by name and
//! place. Only then, by their keys, among the deleted records.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Jsonb, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::View;
use crate::imports::interpret::{Filling, Place, Record};
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
    /// The row would restore it.
    pub is_deleted: bool,
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
    #[diesel(sql_type = Bool)]
    is_deleted: bool,
    #[diesel(sql_type = Text)]
    by: String,
    #[diesel(sql_type = BigInt)]
    candidates: i64,
}

/// The rows of a file without a code, by name and place. Several cameras on one pole may have one name.
#[derive(Debug, Default)]
pub struct Places {
    counts: HashMap<String, usize>,
    /// The commune of the rows that name none.
    commune: Option<String>,
}

impl Places {
    pub fn of(records: &[Record], fillings: &[Filling]) -> Places {
        let mut counts = HashMap::new();
        for record in records.iter().filter(|record| is_by_place(record)) {
            *counts.entry(place_key(record)).or_default() += 1;
        }
        let filled = fillings.iter().find(|filling| filling.field.name == "declared_commune_code");
        Places { counts, commune: filled.and_then(|filling| filling.value.as_str()).map(str::to_owned) }
    }

    fn is_alone(&self, record: &Record) -> bool {
        self.counts.get(&place_key(record)).is_none_or(|count| *count < 2)
    }
}

/// The matches of some records, by their row numbers. The first record has the number `from`.
pub async fn find(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    from: usize,
    records: &[Record],
    source_org: Option<&str>,
    places: &Places,
) -> QueryResult<HashMap<usize, Match>> {
    let keys: Vec<Value> =
        (from..).zip(records).map(|(nth, record)| key(view.layer, nth, record, source_org, places)).collect();
    let sql = Sql::new(
        "with k as materialized (select k.*, st_setsrid(st_geomfromgeojson(k.place), 4326) as at from jsonb_to_recordset(",
    )
    .bind(Bind::Json(json!(keys)))
    .text(
        ") as k (nth integer, id bigint, org text, org_said boolean, external_id text, code text, within text, own_code text, \
         name text, place jsonb, commune text, operator text, direction double precision, is_alone boolean, by_place boolean)), found as (",
    )
    .sql(Sql::join(ways(view), " union all "))
    .text("), shown as (select f.*, t.deleted_at, ")
    .sql(view.class_of_row())
    .text(" as class from found f join ")
    .name(view.layer.table())
    .text(
        " t on t.id = f.id), best as (\
         select *, min(rank) over (partition by nth) as least from shown where class is not null), one as (\
         select distinct on (nth) nth, id, class, by, case when deleted_at is null then count(*) over (partition by nth, rank) \
         else 1 end as candidates from best where rank = least order by nth, deleted_at desc, id) \
         select one.nth, one.class, one.by, one.candidates, t.deleted_at is not null as is_deleted, ",
    )
    .sql(view.writable())
    .text(" as is_writable, record_json(t, t.geom, null) as record from one join ")
    .name(view.layer.table())
    .text(" t on t.id = one.id");
    let found: Vec<Found> = sql.load(conn).await?;
    let matches = found.into_iter().filter_map(|found| {
        let Found { nth, record, class, is_writable, is_deleted, by, candidates } = found;
        let Value::Object(record) = record else { return None };
        Some((usize::try_from(nth).ok()?, Match { record, class, is_writable, is_deleted, by, candidates }))
    });
    Ok(matches.collect())
}

/// The ways to find a record, each as rows of `nth, id, rank, by`.
fn ways(view: &View<'_>) -> Vec<Sql> {
    let layer = view.layer;
    let table = || Sql::new("").name(layer.table());
    let from = |select: &'static str, on: &'static str| Sql::new(select).text(" from k join ").sql(table()).text(on);
    let mut ways = vec![
        from("select k.nth, t.id, 1 as rank, 'id' as by", " t on t.id = k.id where t.deleted_at is null"),
        from(
            "select k.nth, t.id, 2, 'external_id'",
            " t on coalesce(t.source_org, '') = coalesce(k.org, '') and t.external_id = k.external_id where t.deleted_at is null",
        ),
        from(
            "select k.nth, t.id, case when coalesce(t.source_org, '') = coalesce(k.org, '') then 3 else 4 end, \
             case when coalesce(t.source_org, '') = coalesce(k.org, '') then 'code' else 'code_of_other' end",
            " t on t.code = k.code where t.deleted_at is null \
             and (coalesce(t.source_org, '') = coalesce(k.org, '') or not k.org_said)",
        ),
    ];
    if let Some((within, own_code)) = layer.own_code {
        ways.push(
            from(
                "select k.nth, t.id, case when coalesce(t.source_org, '') = coalesce(k.org, '') then 5 else 6 end, \
                 case when coalesce(t.source_org, '') = coalesce(k.org, '') then 'own_code' else 'code_of_other' end",
                " t on t.",
            )
            .name(within)
            .text(" = k.within and t.")
            .name(own_code)
            // A record with another external id is another station of the sender.
            .text(
                " = k.own_code where t.deleted_at is null and (coalesce(t.source_org, '') = coalesce(k.org, '') or not k.org_said) \
                 and (t.external_id is null or k.external_id is null or t.external_id = k.external_id)",
            ),
        );
    }
    ways.extend(by_place(view));
    // A key that comes again restores its record, if the sender may write it and nothing was erased from it.
    let deleted = |rank: &'static str, on: &'static str| {
        from(rank, on)
            .text(" where t.deleted_at is not null and not exists (select from versions e where e.collection = ")
            .bind(Bind::Text(layer.collection.into()))
            .text(" and e.record_id = t.id and e.erased is not null) and ")
            .sql(view.writable())
    };
    let same_org = "coalesce(t.source_org, '') = coalesce(k.org, '')";
    ways.push(deleted("select k.nth, t.id, 11, 'id'", " t on t.id = k.id"));
    ways.push(deleted(
        "select k.nth, t.id, 12, 'external_id'",
        " t on coalesce(t.source_org, '') = coalesce(k.org, '') and t.external_id = k.external_id",
    ));
    ways.push(deleted("select k.nth, t.id, 13, 'code'", " t on t.code = k.code").text(" and ").text(same_org));
    ways
}

/// By exact name and place, and by name alone among the records of a commune without a place (with any place, if its
/// records have names of their own). Only where the sender sees
/// the exact place: otherwise an import would find hidden places and names.
fn by_place(view: &View<'_>) -> [Sql; 2] {
    let exact = if view.layer.hides_place() { " > 0" } else { " is not null" };
    let has_operator = view.layer.field("operator").is_some();
    let begin = |rank: Sql, on: &'static str| {
        Sql::new("select k.nth, t.id, ")
            .sql(rank)
            .text(", 'name_and_place' from k join ")
            .name(view.layer.table())
            .text(on)
            .sql(view.name_of_row())
            .text(" is not distinct from k.name and t.deleted_at is null and ")
            .sql(view.class_of_row())
            .text(exact)
            // Operators may name their stations at one site alike.
            .text(if has_operator { " and coalesce(t.operator = k.operator, true)" } else { "" })
    };
    let same_direction = || {
        let direction = view.layer.near.and_then(|near| near.direction);
        direction.map(|direction| Sql::new("t.").name(direction).text(" is not distinct from k.direction"))
    };
    let rank = same_direction()
        .map_or_else(|| Sql::new("7"), |same| Sql::new("case when ").sql(same).text(" then 7 else 8 end"));
    let mut located = begin(
        rank,
        " t on t.geom @ st_expand(k.at, 0.0000005) and k.at @ st_expand(t.geom, 0.0000005) where k.by_place and k.at is not null and ",
    );
    if let Some(same) = same_direction() {
        located = located.text(" and (k.is_alone or ").sql(same).text(")");
    }
    let unlocated = if view.layer.named_in_commune {
        " t on t.name = k.name and k.commune in (t.commune_code, t.declared_commune_code) where k.by_place and "
    } else {
        " t on t.name = k.name and t.geom is null and t.declared_commune_code = k.commune where k.by_place and k.at is null and "
    };
    let unlocated = begin(Sql::new("7"), unlocated);
    [located, unlocated]
}

/// Whether the row has no code to find its record by. An id alone may be the sender's running number.
fn is_by_place(record: &Record) -> bool {
    ["external_id", "code"].iter().all(|name| text(record, name).is_none())
}

/// The name and place of a row.
fn place_key(record: &Record) -> String {
    let place = match &record.place {
        Place::Degrees(geometry) => geometry.to_string(),
        _ => text(record, "declared_commune_code").unwrap_or_default().to_owned(),
    };
    let [name, operator] = ["name", "operator"].map(|name| text(record, name).unwrap_or_default());
    format!("{name}\u{1f}{operator}\u{1f}{place}")
}

fn text<'a>(record: &'a Record, name: &str) -> Option<&'a str> {
    record.values.get(name).and_then(Value::as_str)
}

fn key(layer: &'static Layer, nth: usize, record: &Record, source_org: Option<&str>, places: &Places) -> Value {
    let text = |name: &str| text(record, name);
    let by_place = is_by_place(record);
    let filled = places.commune.as_deref().filter(|_| layer.named_in_commune);
    let place = match &record.place {
        Place::Degrees(geometry) if by_place => geometry::read(layer, geometry).ok(),
        _ => None,
    };
    let direction = layer.near.and_then(|near| near.direction).and_then(|name| record.values.get(name));
    json!({
        "nth": nth,
        "id": text("id").and_then(|id| id.parse::<i64>().ok()),
        "org": text("source_org").or(source_org),
        "org_said": text("source_org").is_some(),
        "external_id": text("external_id"),
        "code": text("code"),
        "within": layer.own_code.and_then(|(within, _)| text(within)),
        "own_code": layer.own_code.and_then(|(_, own_code)| text(own_code)),
        "name": text("name"),
        "place": place,
        "commune": text("declared_commune_code").or(filled),
        "operator": text("operator"),
        "direction": direction,
        "is_alone": places.is_alone(record),
        "by_place": by_place,
    })
}
