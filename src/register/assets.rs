//! Writing assets: the one way in. Each write is one transaction; triggers add its version and its change.

use std::collections::{HashMap, HashSet};

use diesel::result::{Error as DieselError, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::View;
use crate::error::Error;
use crate::layers::{Class, Layer, Problem, Properties, Storage};
use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};
use crate::register::items::class_of_cell;

/// Writes new records, all or none, and returns their ids in order. Each is what
/// [`normalise`](crate::layers::normalise::normalise) gave; the id, and a code where there is none, are made here.
///
/// # Errors
/// Conflict when a key is taken; what the constraints refuse.
pub async fn insert(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    mut records: Vec<Properties>,
    actor: &str,
) -> Result<Vec<i64>, Error> {
    let mut ids = Vec::with_capacity(records.len());
    for record in &mut records {
        ids.push(identify(layer, record));
        record.insert("created_by".into(), json!(actor));
        record.insert("updated_by".into(), json!(actor));
    }
    let columns = || {
        let names = ["id", "geom", "created_by", "updated_by"].into_iter().chain(writable(layer));
        Sql::join(names.map(|name| Sql::new("").name(name)), ", ")
    };
    Sql::new("insert into ")
        .name(layer.table())
        .text(" (")
        .sql(columns())
        .text(") select ")
        .sql(columns())
        .text(" from jsonb_populate_recordset(null::")
        .name(layer.table())
        .text(", ")
        .bind(Bind::Json(json!(records)))
        .text(")")
        .execute(conn)
        .await
        .map_err(|error| Error::of_write(layer, error))?;
    Ok(ids)
}

/// A record that is locked until the transaction ends.
#[derive(Debug)]
pub struct Locked {
    /// Its columns, with the geometry as `geom`.
    pub record: Properties,
    /// The class of fields that the writer sees of it.
    pub class: Class,
    pub is_writable: bool,
}

/// The records as they are, locked in the order of their ids, by id; without those that do not exist, are deleted (or,
/// with `deleted`, are not), or are not shown to the writer.
pub async fn lock(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    ids: &[i64],
    deleted: bool,
) -> QueryResult<HashMap<i64, Locked>> {
    let rows: Vec<Row> = Sql::new("select record_json(t, t.geom, null), ")
        .sql(view.class_of_row())
        .text(", ")
        .sql(view.writable())
        .text(" from ")
        .name(view.layer.table())
        .text(" t where t.id = any(")
        .bind(Bind::Integers(ids.to_vec()))
        .text(if deleted { ") and t.deleted_at is not null" } else { ") and t.deleted_at is null" })
        .text(" order by t.id for update")
        .load(conn)
        .await?;
    let mut locked = HashMap::with_capacity(rows.len());
    for row in rows {
        let Ok([record, class, is_writable]) = <[Cell; 3]>::try_from(row.cells) else {
            return Err(DieselError::NotFound);
        };
        let Some(class) = class_of_cell(&class) else { continue };
        let (Cell::Json(Value::Object(record)), Cell::Bool(is_writable)) = (record, is_writable) else { continue };
        let Some(id) = record.get("id").and_then(Value::as_i64) else { continue };
        locked.insert(id, Locked { record, class, is_writable });
    }
    Ok(locked)
}

/// Refuses what was written where the writer may not write: nobody moves a record into what is not theirs. The database
/// has by now found the commune in which each lies.
///
/// # Errors
/// Forbidden, which undoes the transaction.
pub async fn check_scope(conn: &mut AsyncPgConnection, view: &View<'_>, ids: &[i64]) -> Result<(), Error> {
    if outside_scope(conn, view, ids).await?.is_empty() { Ok(()) } else { Err(outside()) }
}

/// Which of the records that were written lie where the writer may not write.
pub async fn outside_scope(conn: &mut AsyncPgConnection, view: &View<'_>, ids: &[i64]) -> QueryResult<HashSet<i64>> {
    let rows: Vec<Row> = Sql::new("select t.id from ")
        .name(view.layer.table())
        .text(" t where t.id = any(")
        .bind(Bind::Integers(ids.to_vec()))
        .text(") and not ")
        .sql(view.writable())
        .load(conn)
        .await?;
    Ok(rows.iter().filter_map(|row| row.cells[0].as_integer()).collect())
}

/// What is told of such a record.
pub fn outside() -> Error {
    Error::Forbidden(Some(Problem::at(
        "",
        "scope.outside",
        "Bản ghi sẽ nằm ngoài phạm vi được giao cho bạn.",
        "The record would lie outside of what is yours.",
    )))
}

/// Writes the given columns of records that [`lock`] has locked: `id` to column to value.
///
/// # Errors
/// Conflict when a key is taken; what the constraints refuse.
pub async fn update(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    changes: Vec<(i64, Properties)>,
    actor: &str,
) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = SETTABLE
        .iter()
        .copied()
        .chain(writable(layer))
        .filter(|name| changes.iter().any(|(_, record)| record.contains_key(*name)))
        .collect();
    let changes = changes.into_iter().map(|(id, mut record)| {
        record.insert("id".into(), json!(id));
        Value::Object(record)
    });
    let columns = |prefix| Sql::join(names.iter().map(move |name| Sql::new(prefix).name(name)), ", ");
    // What a record does not name stays: the row itself is the base on which its changes are laid.
    Sql::new("update ")
        .name(layer.table())
        .text(" t set (updated_by, ")
        .sql(columns(""))
        .text(") = (select ")
        .bind(Bind::Text(actor.into()))
        .text(", ")
        .sql(columns("r."))
        .text(" from jsonb_populate_record(t, given.record) r) from jsonb_array_elements(")
        .bind(Bind::Json(changes.collect()))
        .text(") as given (record) where t.id = (given.record ->> 'id')::bigint")
        .execute(conn)
        .await
        .map_err(|error| Error::of_write(layer, error))?;
    Ok(())
}

/// Columns that a change may name besides the fields that clients write.
const SETTABLE: [&str; 4] = ["geom", "verified_at", "verified_by", "deleted_at"];

fn writable(layer: &'static Layer) -> impl Iterator<Item = &'static str> {
    layer.fields().filter(|field| field.writable).map(|field| field.name)
}

/// Keys, as `(source_org, code)` or `(source_org, external_id)`, that other records of the layer have: which of the given
/// records meet one, by their place in the list. Records that the caller may not know of have keys of their own.
pub async fn taken_keys(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    records: &[(Option<i64>, &Properties)],
) -> QueryResult<Vec<(usize, &'static str)>> {
    let given: Vec<_> = records
        .iter()
        .map(|(id, record)| {
            let value = |name: &str| record.get(name).cloned().unwrap_or(Value::Null);
            json!({"id": id, "org": value("source_org"), "code": value("code"), "external_id": value("external_id")})
        })
        .collect();
    let mut taken = Vec::new();
    for key in ["code", "external_id"] {
        let rows: Vec<Row> = Sql::new("with given as materialized (select r.id, coalesce(r.org, '') as org, r.")
            .name(key)
            .text(" as key, row_number() over () as nth from jsonb_to_recordset(")
            .bind(Bind::Json(json!(given)))
            .text(") as r (id bigint, org text, code text, external_id text)) select distinct g.nth from given g where g.key is not null and (exists (select from ")
            .name(view.layer.table())
            .text(" t where (t.public or ")
            .sql(view.class_of_row())
            .text(" is not null) and coalesce(t.source_org, '') = g.org and t.")
            .name(key)
            .text(" = g.key and t.id is distinct from g.id and t.id <> all (select id from given where id is not null)) or exists (select from given other where other.org = g.org and other.key = g.key and other.nth < g.nth)) order by 1")
            .load(conn)
            .await?;
        let nths = rows.iter().filter_map(|row| row.cells[0].as_integer());
        taken.extend(nths.filter_map(|nth| Some((usize::try_from(nth - 1).ok()?, key))));
    }
    Ok(taken)
}

/// Which of some ids a layer has, whoever may see them, as the constraints do.
pub async fn existing(conn: &mut AsyncPgConnection, layer: &Layer, ids: Vec<i64>) -> QueryResult<HashSet<i64>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let rows: Vec<Row> = Sql::new("select id from ")
        .name(layer.table())
        .text(" where id = any(")
        .bind(Bind::Integers(ids))
        .text(")")
        .load(conn)
        .await?;
    Ok(rows.iter().filter_map(|row| row.cells[0].as_integer()).collect())
}

/// Gives a new record its id, and a code where it has none; returns the id.
pub fn identify(layer: &Layer, record: &mut Properties) -> i64 {
    let id = random_id();
    record.insert("id".into(), json!(id));
    if record.get("code").is_none_or(Value::is_null) {
        record.insert("code".into(), json!(random_code(layer)));
    }
    id
}

/// 52 bits: GDAL, vector tiles and JavaScript hold it, and it gives away neither order nor gaps.
fn random_id() -> i64 {
    (rand::random::<u64>() >> 12).max(1) as i64
}

/// An unguessable code: the layer's prefix and 40 random bits.
fn random_code(layer: &Layer) -> String {
    let Storage::Assets { code_prefix, .. } = layer.storage else { return String::new() };
    // Without I, L, O and U: Crockford's base 32.
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = rand::random::<u64>();
    let code: String = (0..8).map(|index| ALPHABET[(bits >> (5 * index) & 31) as usize] as char).collect();
    format!("{code_prefix}-{code}")
}
