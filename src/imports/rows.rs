//! The planned rows of an import, in the table `import_rows`.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::{Integer, Jsonb, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::layers::Properties;
use crate::postgres::sql::{Bind, Sql};

/// What a row would do.
#[derive(Debug, Serialize)]
pub struct ImportRow {
    pub nth: usize,
    pub sheet: String,
    pub row: u32,
    pub op: &'static str,
    pub record_id: Option<i64>,
    pub version: Option<i64>,
    pub changes: Option<Properties>,
    pub before: Option<Properties>,
    pub said: Option<Properties>,
    /// The fields that are compared to find duplicates.
    pub compared: Properties,
    /// Whether the place is new.
    pub moved: bool,
    /// The values of the whole record that give its place and scope.
    pub place: Value,
    pub declared_code: Value,
    pub declared_on: Value,
    pub hamlet_id: Value,
    pub operator: Value,
}

#[derive(QueryableByName)]
struct Json {
    #[diesel(sql_type = Jsonb)]
    value: Value,
}

/// Stores rows. The statement also finds the commune of each.
pub async fn insert(conn: &mut AsyncPgConnection, import: Uuid, rows: &[ImportRow]) -> QueryResult<()> {
    let values = [Bind::Text(import.to_string()), Bind::Json(json!(rows))];
    Sql::file(include_str!("insert_rows.sql"), &values).execute(conn).await?;
    Ok(())
}

/// Marks rows as errors: they do nothing, and do not count as neighbours.
pub async fn refuse(conn: &mut AsyncPgConnection, import: Uuid, nths: &[usize]) -> QueryResult<()> {
    let nths = nths.iter().map(|nth| *nth as i64).collect();
    of("update import_rows set op = 'error' where import_id = ", import)
        .text(" and nth = any(")
        .bind(Bind::Integers(nths))
        .text(")")
        .execute(conn)
        .await?;
    Ok(())
}

/// Leaves missing records as they are if the record of a refused row is unknown: it may be one of them. Returns how many.
pub async fn hold_missing(conn: &mut AsyncPgConnection, import: Uuid) -> QueryResult<usize> {
    of("update import_rows set op = 'unchanged' where op = 'missing' and import_id = ", import)
        .text(" and exists (select from import_rows r where r.op = 'error' and r.version is null and r.import_id = ")
        .bind(Bind::Text(import.to_string()))
        .text("::uuid)")
        .execute(conn)
        .await
}

/// Deletes all rows of an import.
pub async fn delete(conn: &mut AsyncPgConnection, import: Uuid) -> QueryResult<()> {
    of("delete from import_rows where import_id = ", import).execute(conn).await?;
    Ok(())
}

/// With fewer rows, a wrong plan costs less than statistics, which one transaction at a time may make.
const MANY: usize = 1000;

/// Updates PostgreSQL's statistics of `import_rows` or a layer's table, if many rows were written; otherwise the query
/// planner takes the table for empty.
pub async fn refresh_statistics(conn: &mut AsyncPgConnection, table: &str, written: usize) -> QueryResult<()> {
    if written < MANY {
        return Ok(());
    }
    Sql::new("select refresh_statistics(").bind(Bind::Text(table.into())).text(")").execute(conn).await?;
    Ok(())
}

/// The number of rows by operation.
pub async fn counts(conn: &mut AsyncPgConnection, import: Uuid) -> QueryResult<Value> {
    let counts: Json = of(
        "select jsonb_build_object('create', count(*) filter (where op = 'create'), 'update', count(*) filter (where op = 'update'), \
         'restore', count(*) filter (where op = 'restore'), \
         'unchanged', count(*) filter (where op = 'unchanged'), 'missing', count(*) filter (where op = 'missing')) as value \
         from import_rows where import_id = ",
        import,
    )
    .get_result(conn)
    .await?;
    Ok(counts.value)
}

/// The hash of what the rows would do.
pub async fn hash(conn: &mut AsyncPgConnection, import: Uuid) -> QueryResult<String> {
    #[derive(QueryableByName)]
    struct Hash {
        #[diesel(sql_type = Text)]
        hash: String,
    }
    let hash: Hash = of(
        "select encode(sha256(convert_to(coalesce(string_agg(concat_ws('|', nth, op, record_id, version, md5(changes::text)), \
         E'\\n' order by nth), ''), 'UTF8')), 'hex') as hash from import_rows where import_id = ",
        import,
    )
    .get_result(conn)
    .await?;
    Ok(hash.hash)
}

/// At most `limit` rows with one operation, as JSON: `sheet`, `row`, `id`, `code`, `name`, and for updates `fields`,
/// each with `before` and `after`.
pub async fn listed(conn: &mut AsyncPgConnection, import: Uuid, op: &str, limit: i64) -> QueryResult<Vec<Value>> {
    let values = [Bind::Text(import.to_string()), Bind::Text(op.into()), Bind::Integer(limit)];
    let listed: Vec<Json> = Sql::file(include_str!("listed.sql"), &values).load(conn).await?;
    Ok(listed.into_iter().map(|row| row.value).collect())
}

/// Which rows of a file are asked for.
#[derive(Debug, Default)]
pub struct Asked {
    pub op: Option<&'static str>,
    pub sheet: Option<String>,
    /// Only these.
    pub rows: Option<Vec<(String, u32)>>,
    /// The place in the file of the last row of the previous page.
    pub after: Option<i64>,
    pub limit: i64,
}

/// Rows in the order of the file, as JSON: `nth`, `sheet`, `row`, `op`, the `id` of a known record, and the `geometry`.
pub async fn page(conn: &mut AsyncPgConnection, import: Uuid, asked: &Asked) -> QueryResult<Vec<Value>> {
    let text = |text: Option<&str>| text.map_or(Bind::NullText, |text| Bind::Text(text.into()));
    let rows = asked.rows.as_deref();
    let (sheets, numbers) =
        rows.unwrap_or_default().iter().map(|(sheet, row)| (sheet.clone(), i64::from(*row))).unzip();
    let values = [
        Bind::Text(import.to_string()),
        text(asked.op),
        text(asked.sheet.as_deref()),
        Bind::Integer(asked.after.unwrap_or(-1)),
        Bind::Bool(rows.is_some()),
        Bind::Texts(sheets),
        Bind::Integers(numbers),
        Bind::Integer(asked.limit),
    ];
    let page: Vec<Json> = Sql::file(include_str!("page.sql"), &values).load(conn).await?;
    Ok(page.into_iter().map(|row| row.value).collect())
}

/// Those of the planned rows that have one of these numbers.
pub async fn numbered(
    conn: &mut AsyncPgConnection,
    import: Uuid,
    numbers: &[u32],
) -> QueryResult<HashSet<(String, u32)>> {
    let numbers = numbers.iter().map(|number| i64::from(*number)).collect();
    let found: Vec<Json> =
        of("select jsonb_build_array(sheet, row) as value from import_rows where import_id = ", import)
            .text(" and row = any(")
            .bind(Bind::Integers(numbers))
            .text(")")
            .load(conn)
            .await?;
    Ok(found.into_iter().filter_map(|row| serde_json::from_value(row.value).ok()).collect())
}

/// What every row of the file does: sheet, row, operation, and for updates the changes: `{"height_m": [42, 45]}`.
pub async fn operations(
    conn: &mut AsyncPgConnection,
    import: Uuid,
) -> QueryResult<Vec<((String, u32), (String, Value))>> {
    #[derive(QueryableByName)]
    struct Operation {
        #[diesel(sql_type = Text)]
        sheet: String,
        #[diesel(sql_type = Integer, column_name = row)]
        number: i32,
        #[diesel(sql_type = Text)]
        op: String,
        #[diesel(sql_type = Nullable<Jsonb>)]
        fields: Option<Value>,
    }
    let operations: Vec<Operation> = of(
        "select sheet, row, op, case when op in ('update', 'restore') then (\
         select jsonb_object_agg(c.key, jsonb_build_array(before -> c.key, c.value)) \
         from jsonb_each(changes) c where c.key not in ('effective_on', 'deleted_at')) end as fields \
         from import_rows where row is not null and import_id = ",
        import,
    )
    .text(" order by nth")
    .load(conn)
    .await?;
    let rows = operations.into_iter().filter_map(|Operation { sheet, number, op, fields }| {
        Some(((sheet, u32::try_from(number).ok()?), (op, fields.unwrap_or_default())))
    });
    Ok(rows.collect())
}

fn of(statement: &'static str, import: Uuid) -> Sql {
    Sql::new(statement).bind(Bind::Text(import.to_string())).text("::uuid")
}
