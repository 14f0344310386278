//! Writing assets: the one way in. Each write is one transaction; triggers add its version and its change.

use chrono::NaiveDate;
use diesel::result::{Error as DieselError, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use super::items::class_of_cell;
use super::row::{Cell, Row, without_crs};
use super::sql::{Bind, Sql};
use crate::access::View;
use crate::error::Error;
use crate::kinds::{Class, Kind, Problem, Properties, Storage};

/// Writes new records, all or none, and returns their ids in order. Each is what
/// [`normalise`](crate::kinds::normalise::normalise) gave; the id, and a code where there is none, are made here.
///
/// # Errors
/// Conflict when a key is taken; what the constraints refuse.
pub async fn insert(
    conn: &mut AsyncPgConnection,
    kind: &'static Kind,
    mut records: Vec<Properties>,
    actor: &str,
) -> Result<Vec<i64>, Error> {
    let mut ids = Vec::with_capacity(records.len());
    for record in &mut records {
        let id = random_id();
        ids.push(id);
        record.insert("id".into(), json!(id));
        record.insert("created_by".into(), json!(actor));
        record.insert("updated_by".into(), json!(actor));
        if record.get("code").is_none_or(Value::is_null) {
            record.insert("code".into(), json!(random_code(kind)));
        }
    }
    let columns = || {
        let own = kind.fields().filter(|field| field.writable).map(|field| field.name);
        Sql::join(
            ["id", "geom", "created_by", "updated_by"].into_iter().chain(own).map(|name| Sql::new("").name(name)),
            ", ",
        )
    };
    Sql::new("insert into ")
        .name(kind.table())
        .text(" (")
        .sql(columns())
        .text(") select ")
        .sql(columns())
        .text(" from jsonb_populate_recordset(null::")
        .name(kind.table())
        .text(", ")
        .bind(Bind::Json(json!(records)))
        .text(")")
        .execute(conn)
        .await
        .map_err(|error| Error::of_write(kind, error))?;
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

/// The record as it is, locked; `None` when it does not exist, is deleted, or is not shown to the writer.
pub async fn lock(conn: &mut AsyncPgConnection, view: &View<'_>, id: i64) -> QueryResult<Option<Locked>> {
    let sql = Sql::new("select to_jsonb(t), ")
        .sql(view.class_of_row())
        .text(", ")
        .sql(view.writable())
        .text(" from ")
        .name(view.kind.table())
        .text(" t where t.id = ")
        .bind(Bind::Integer(id))
        .text(" and t.deleted_at is null for update");
    let Some(row) = sql.load::<Row>(conn).await?.pop() else { return Ok(None) };
    let [record, class, is_writable] = &row.cells[..] else { return Err(DieselError::NotFound) };
    let (Value::Object(mut record), Some(class)) = (record.to_json(), class_of_cell(class)) else { return Ok(None) };
    if let Some(geom) = record.get_mut("geom") {
        *geom = without_crs(geom.take());
    }
    Ok(Some(Locked { record, class, is_writable: is_writable.to_json() == true }))
}

/// Refuses what was written where the writer may not write: nobody moves a record into what is not theirs. The database
/// has by now found the commune in which each lies.
///
/// # Errors
/// Forbidden, which undoes the transaction.
pub async fn check_scope(conn: &mut AsyncPgConnection, view: &View<'_>, ids: &[i64]) -> Result<(), Error> {
    let row: Row = Sql::new("select coalesce(bool_and(")
        .sql(view.writable())
        .text("), true) from ")
        .name(view.kind.table())
        .text(" t where t.id = any(")
        .bind(Bind::Integers(ids.to_vec()))
        .text(")")
        .get_result(conn)
        .await?;
    if row.cells[0].to_json() == true {
        return Ok(());
    }
    Err(Error::Forbidden(Some(Problem::at(
        "",
        "scope.outside",
        "Bản ghi sẽ nằm ngoài phạm vi được giao cho bạn.",
        "The record would lie outside of what is yours.",
    ))))
}

/// Writes the given columns of a record that [`lock`] has locked.
///
/// # Errors
/// Conflict when a key is taken; what the constraints refuse.
pub async fn update(
    conn: &mut AsyncPgConnection,
    kind: &'static Kind,
    id: i64,
    mut changes: Properties,
    actor: &str,
) -> Result<(), Error> {
    changes.insert("updated_by".into(), json!(actor));
    let writable = kind.fields().filter(|field| field.writable).map(|field| field.name);
    let names: Vec<_> =
        ["geom", "updated_by"].into_iter().chain(writable).filter(|name| changes.contains_key(*name)).collect();
    let columns = |prefix| Sql::join(names.iter().map(move |name| Sql::new(prefix).name(name)), ", ");
    Sql::new("update ")
        .name(kind.table())
        .text(" t set (")
        .sql(columns(""))
        .text(") = (select ")
        .sql(columns("r."))
        .text(" from jsonb_populate_record(t, ")
        .bind(Bind::Json(Value::Object(changes)))
        .text(") r) where t.id = ")
        .bind(Bind::Integer(id))
        .execute(conn)
        .await
        .map_err(|error| Error::of_write(kind, error))?;
    Ok(())
}

/// Marks a record that [`lock`] has locked as deleted. Its history stays.
pub async fn delete(conn: &mut AsyncPgConnection, kind: &'static Kind, id: i64, actor: &str) -> QueryResult<()> {
    Sql::new("update ")
        .name(kind.table())
        .text(" set deleted_at = now(), updated_by = ")
        .bind(Bind::Text(actor.into()))
        .text(", effective_on = current_date where id = ")
        .bind(Bind::Integer(id))
        .execute(conn)
        .await?;
    Ok(())
}

/// What the database alone knows about where a record says it is: the declared commune, the one it lies in.
/// Returns warnings.
///
/// # Errors
/// The problems that refuse the record.
pub async fn check_place(
    conn: &mut AsyncPgConnection,
    record: &Properties,
    today: NaiveDate,
) -> Result<Vec<Problem>, Error> {
    let text = |name: &str| match record.get(name).and_then(Value::as_str) {
        Some(text) => Bind::Text(text.into()),
        None => Bind::NullText,
    };
    let geom = match record.get("geom") {
        Some(geom) if !geom.is_null() => Bind::Text(geom.to_string()),
        _ => Bind::NullText,
    };
    let values = [geom, text("declared_commune_code"), text("declared_on"), Bind::Date(today)];
    let row: Row = Sql::file(include_str!("check_place.sql"), &values).get_result(conn).await?;
    let [code_unknown, known_as, successors, distance_m, declared_name, lies_in, outside_any] = &row.cells[..] else {
        return Err(DieselError::NotFound.into());
    };
    let lies_in = lies_in.as_text().unwrap_or("?");
    if matches!(code_unknown, Cell::Bool(true)) {
        let code = record.get("declared_commune_code").and_then(Value::as_str).unwrap_or_default();
        let (vi, en) = match (known_as.as_text(), successors.as_text()) {
            (Some(name), Some(successors)) => (
                format!("Mã {code} là {name}; vào ngày này là: {successors}."),
                format!("{code} was {name}; on this day it is: {successors}."),
            ),
            (Some(name), None) => (format!("Mã {code} là {name}."), format!("{code} was {name}.")),
            (None, _) => (format!("Không có xã mang mã {code}."), format!("There is no commune {code}.")),
        };
        return Err(Error::Invalid(vec![Problem::property("declared_commune_code", "unit.not_valid", vi, en)]));
    }
    if let Cell::Double(distance_m) = distance_m
        && *distance_m > 0.0
    {
        let declared_name = declared_name.as_text().unwrap_or("?");
        let problem = Problem::at(
            "/geometry",
            "geo.commune_mismatch",
            format!("Vị trí nằm ngoài {declared_name} đã khai báo {distance_m:.0} m; nó thuộc {lies_in}."),
            format!("The place lies {distance_m:.0} m outside the declared {declared_name}, in {lies_in}."),
        );
        if *distance_m > MISMATCH_TOLERANCE_M {
            return Err(Error::Invalid(vec![problem]));
        }
        return Ok(vec![problem]);
    }
    if matches!(outside_any, Cell::Bool(true)) {
        return Err(Error::Invalid(vec![Problem::at(
            "/geometry",
            "geo.outside_any_commune",
            "Vị trí không thuộc xã, phường nào.",
            "The place lies in no commune.",
        )]));
    }
    Ok(Vec::new())
}

/// Boundaries are good to about this: nearer is a warning, farther an error.
const MISMATCH_TOLERANCE_M: f64 = 100.0;

/// 52 bits: GDAL, vector tiles and JavaScript hold it, and it gives away neither order nor gaps.
fn random_id() -> i64 {
    (rand::random::<u64>() >> 12).max(1) as i64
}

/// An unguessable code: the layer's prefix and 40 random bits.
fn random_code(kind: &Kind) -> String {
    let Storage::Assets { code_prefix, .. } = kind.storage else { return String::new() };
    // Without I, L, O and U: Crockford's base 32.
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = rand::random::<u64>();
    let code: String = (0..8).map(|index| ALPHABET[(bits >> (5 * index) & 31) as usize] as char).collect();
    format!("{code_prefix}-{code}")
}
