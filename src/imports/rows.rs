//! The planned rows of an import.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::layers::Properties;
use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};

/// What a row would do.
#[derive(Debug, Serialize)]
pub struct PlannedRow {
    pub nth: usize,
    pub sheet: String,
    pub row: u32,
    pub op: &'static str,
    pub record_id: Option<i64>,
    pub version: Option<i64>,
    pub changes: Option<Properties>,
    pub before: Option<Properties>,
    /// The fields by which duplicates are told.
    pub compared: Properties,
    /// Whether the place is new.
    pub moved: bool,
    /// Of the whole record: its place and what says whose it is.
    pub place: Option<Value>,
    pub declared_code: Option<Value>,
    pub declared_on: Option<Value>,
    pub hamlet_id: Option<Value>,
    pub operator: Option<Value>,
}

/// Keeps some rows; the commune of each is found on the way.
pub async fn insert(conn: &mut AsyncPgConnection, import: Uuid, rows: &[PlannedRow]) -> QueryResult<()> {
    let values = [Bind::Text(import.to_string()), Bind::Json(json!(rows))];
    Sql::file(include_str!("insert_rows.sql"), &values).execute(conn).await?;
    Ok(())
}

/// Forgets all rows of an import.
pub async fn delete(conn: &mut AsyncPgConnection, import: Uuid) -> QueryResult<()> {
    Sql::new("delete from import_rows where import_id = ")
        .bind(Bind::Text(import.to_string()))
        .text("::uuid")
        .execute(conn)
        .await?;
    Ok(())
}

/// Rows of an operation, as JSON: `sheet`, `row`, `id`, `code`, `name`, and of updates `fields`, each with `before` and
/// `after`. At most so many.
pub async fn listed(conn: &mut AsyncPgConnection, import: Uuid, op: &str, limit: i64) -> QueryResult<Vec<Value>> {
    let values = [Bind::Text(import.to_string()), Bind::Text(op.into()), Bind::Integer(limit)];
    let rows: Vec<Row> = Sql::file(include_str!("listed.sql"), &values).load(conn).await?;
    Ok(rows.into_iter().map(|row| row.cells[0].to_json()).collect())
}

/// What every row of the file does: sheet, row, operation, and of updates what changes: `{"height_m": [42, 45]}`.
pub async fn operations(
    conn: &mut AsyncPgConnection,
    import: Uuid,
) -> QueryResult<Vec<((String, u32), (String, Value))>> {
    let rows: Vec<Row> = Sql::new(
        "select sheet, row, op, case when op = 'update' then (\
         select jsonb_object_agg(c.key, jsonb_build_array(before -> c.key, c.value)) \
         from jsonb_each(changes) c where c.key <> 'effective_on') end \
         from import_rows where row is not null and import_id = ",
    )
    .bind(Bind::Text(import.to_string()))
    .text("::uuid order by nth")
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let text = |index: usize| row.cells[index].as_text().map(str::to_owned);
            let number = u32::try_from(row.cells[1].as_integer()?).ok()?;
            Some(((text(0)?, number), (text(2)?, row.cells[3].to_json())))
        })
        .collect())
}
