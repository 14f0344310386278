//! Checks the records that rows refer to, such as the facility of a Wi-Fi point.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::error::Error;
use crate::layers::{Layer, Type};
use crate::postgres::sql::{Bind, Sql};
use crate::register::writing::{PlannedRow, Refused};

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// The rows of a list that refer to a record that does not exist. For a single row the constraint reports it.
pub(super) async fn check(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    rows: &[PlannedRow],
) -> Result<Vec<(usize, Error)>, Refused> {
    let mut refused = Vec::new();
    if rows.len() < 2 {
        return Ok(refused);
    }
    for field in layer.fields() {
        let Type::Reference { collection } = field.value else { continue };
        let Some(named) = Layer::of_collection(collection) else { continue };
        let id_of = |row: &PlannedRow| row.value(field.name).as_i64();
        let known = existing(conn, named, rows.iter().filter_map(id_of).collect()).await?;
        let wrong = rows.iter().filter(|row| id_of(row).is_some_and(|id| !known.contains(&id)));
        refused.extend(wrong.map(|row| (row.nth, Error::unknown_reference(field.name))));
    }
    Ok(refused)
}

/// Which of these ids exist in a layer, whether or not the caller may see them. The constraints do the same.
async fn existing(conn: &mut AsyncPgConnection, layer: &Layer, ids: Vec<i64>) -> QueryResult<HashSet<i64>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let known: Vec<Known> = Sql::new("select id from ")
        .name(layer.table())
        .text(" where id = any(")
        .bind(Bind::Integers(ids))
        .text(")")
        .load(conn)
        .await?;
    Ok(known.into_iter().map(|known| known.id).collect())
}
