//! Checks that keys are unique: `(source_org, code)` and `(source_org, external_id)`. Deleted records hold no keys.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::View;
use crate::error::Error;
use crate::layers::{Problem, Properties};
use crate::postgres::sql::{Bind, Sql};
use crate::register::writing::statements::of_import;
use crate::register::writing::{PlannedRow, Refused};
use crate::texts::text;

/// The columns that make up keys, and the one that gives a restored record its keys back.
const COLUMNS: [&str; 4] = ["code", "external_id", "source_org", "deleted_at"];

/// A row whose key is taken.
#[derive(Debug, QueryableByName)]
pub struct Taken {
    #[diesel(sql_type = BigInt)]
    pub nth: i64,
    /// `code` or `external_id`.
    #[diesel(sql_type = Text)]
    pub key: String,
    /// The record that holds the key; `None` if an earlier row does.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub record_id: Option<i64>,
}

impl Taken {
    fn error(&self) -> Error {
        match (self.key.as_str(), self.record_id) {
            (key, None) => Error::taken_key(key),
            ("external_id", Some(record)) => {
                let text = text!("dup.external_id/record", record = record.to_string());
                Error::Conflict(Problem::of_field("external_id", text))
            }
            (_, Some(record)) => {
                Error::Conflict(Problem::of_field("code", text!("dup.code/record", record = record.to_string())))
            }
        }
    }
}

/// The rows of a list whose key is taken, by a record or by an earlier row. For a single row the constraint reports it,
/// unless the row restores a record: then the record that holds the key is named.
pub(super) async fn check(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    rows: &[PlannedRow],
) -> Result<Vec<(usize, Error)>, Refused> {
    let restores = rows.iter().any(|row| row.changes.get("deleted_at") == Some(&Value::Null));
    if !restores && rows.iter().filter(|row| row.touches(&COLUMNS)).count() < 2 {
        return Ok(Vec::new());
    }
    let taken = of_rows(conn, view, rows).await?;
    Ok(taken.iter().map(|taken| (taken.nth as usize, taken.error())).collect())
}

/// The rows of a list whose key is taken.
pub async fn of_rows(conn: &mut AsyncPgConnection, view: &View<'_>, rows: &[PlannedRow]) -> QueryResult<Vec<Taken>> {
    let keys = |row: &PlannedRow| {
        let keys = COLUMNS.into_iter().filter_map(|name| Some((name.to_owned(), row.changes.get(name)?.clone())));
        json!({"nth": row.nth, "record_id": row.id, "changes": keys.collect::<Properties>()})
    };
    let rows: Vec<_> = rows.iter().filter(|row| row.touches(&COLUMNS)).map(keys).collect();
    let listed = Sql::new("select * from jsonb_to_recordset(")
        .bind(Bind::Json(Value::Array(rows)))
        .text(") as r (nth bigint, record_id bigint, changes jsonb)");
    // A key may pass from one record of the list to another.
    let freed = " and t.id not in (select id from given)";
    Sql::new("select distinct on (nth, key) nth, key, record_id from (")
        .sql(taken(view, listed, freed))
        .text(") taken order by nth, key, record_id")
        .load(conn)
        .await
}

/// The rows of an import whose keys are taken.
pub async fn of_import_rows(conn: &mut AsyncPgConnection, view: &View<'_>, import: Uuid) -> QueryResult<Vec<Taken>> {
    Sql::new("select distinct on (nth) nth, key, record_id from (")
        .sql(taken_from_import(view, import))
        .text(") taken order by nth, record_id")
        .load(conn)
        .await
}

/// The rows of an import whose keys are taken, as rows of `nth, key, record_id`.
pub fn taken_from_import(view: &View<'_>, import: Uuid) -> Sql {
    let rows = "select nth::bigint, record_id, changes from import_rows where op in ('create', 'update', 'restore')";
    taken(view, Sql::new(rows).sql(of_import(import)), "")
}

/// The records that hold the keys of rows `nth, record_id, changes`, as rows of `nth, key, record_id`. `record_id` is
/// null if an earlier row holds the key. Records that the caller may not see are ignored: hidden records have keys of
/// their own.
fn taken(view: &View<'_>, rows: Sql, freed: &'static str) -> Sql {
    let value = |name: &'static str| {
        Sql::new("case when r.changes ? '")
            .text(name)
            .text("' then r.changes ->> '")
            .text(name)
            .text("' else was.")
            .name(name)
            .text(" end")
    };
    // One join per key: with an `or`, every row was compared with every record.
    let by = |key: &'static str| {
        Sql::new("select g.nth, '")
            .text(key)
            .text("' as key, t.id as record_id from given g join ")
            .name(view.layer.table())
            .text(" t on t.deleted_at is null and (t.public or ")
            .sql(view.class_of_row())
            .text(" is not null) and coalesce(t.source_org, '') = g.org and t.")
            .name(key)
            .text(" = g.")
            .name(key)
            .text(" and t.id <> g.id")
            .text(freed)
            // The rows of a list are numbered within each key: compared in pairs, 5,000 rows took five seconds.
            .text(" union all select d.nth, '")
            .text(key)
            .text("', null from (select g.nth, row_number() over (partition by g.org, g.")
            .name(key)
            .text(" order by g.nth) as place from given g where g.")
            .name(key)
            .text(" is not null) d where d.place > 1")
    };
    Sql::new("with given as materialized (select r.nth, r.record_id as id, coalesce(")
        .sql(value("source_org"))
        .text(", '') as org, ")
        .sql(value("code"))
        .text(" as code, ")
        .sql(value("external_id"))
        .text(" as external_id from (")
        .sql(rows)
        .text(") r left join ")
        .name(view.layer.table())
        .text(
            " was on was.id = r.record_id \
             where r.changes ?| '{code,external_id,source_org,deleted_at}' and r.changes ->> 'deleted_at' is null) ",
        )
        .sql(Sql::join(["code", "external_id"].map(by), " union all "))
}
