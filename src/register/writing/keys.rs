//! Checks that keys are unique: `(source_org, code)` and `(source_org, external_id)`.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::View;
use crate::error::Error;
use crate::postgres::sql::{Bind, Sql};
use crate::register::writing::statements::of_import;
use crate::register::writing::{PlannedRow, Refused};

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = BigInt)]
    nth: i64,
    #[diesel(sql_type = Text)]
    key: String,
}

/// The rows of a list whose key is taken, by a record or by an earlier row. For a single row the constraint reports it.
pub(super) async fn check(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    rows: &[PlannedRow],
) -> Result<Vec<(usize, Error)>, Refused> {
    let rows: Vec<_> = rows.iter().filter(|row| row.touches(&["code", "external_id", "source_org"])).collect();
    if rows.len() < 2 {
        return Ok(Vec::new());
    }
    let given = rows.iter().map(|row| {
        let id = (!row.is_new).then_some(row.id);
        let [org, code, external_id] = ["source_org", "code", "external_id"].map(|name| row.value(name));
        json!({"nth": row.nth, "id": id, "org": org, "code": code, "external_id": external_id})
    });
    let given = Sql::new("select nth, id, coalesce(org, '') as org, code, external_id from jsonb_to_recordset(")
        .bind(Bind::Json(Value::Array(given.collect())))
        .text(") as r (nth bigint, id bigint, org text, code text, external_id text)");
    let taken: Vec<Taken> = Sql::new("select distinct nth, key from (")
        .sql(taken(view, given))
        .text(") taken order by key, nth")
        .load(conn)
        .await?;
    let refused = taken.iter().map(|taken| (taken.nth as usize, Error::taken_key(&taken.key)));
    Ok(refused.collect())
}

/// The new rows of an import whose keys have been taken since, as rows of `nth, key, record_id`.
pub fn taken_from_import(view: &View<'_>, import: Uuid) -> Sql {
    let given = Sql::new(
        "select nth::bigint, null::bigint as id, coalesce(changes ->> 'source_org', '') as org, \
         changes ->> 'code' as code, changes ->> 'external_id' as external_id from import_rows where op = 'create'",
    );
    taken(view, given.sql(of_import(import)))
}

/// The records that hold the keys of given rows, as rows of `nth, key, record_id`. `record_id` is null if an earlier
/// row holds the key. Records that the caller may not see are ignored: hidden records have keys of their own.
fn taken(view: &View<'_>, given: Sql) -> Sql {
    // One join per key: with an `or`, every row was compared with every record.
    let by = |key: &'static str| {
        Sql::new("select g.nth, '")
            .text(key)
            .text("' as key, t.id as record_id from given g join ")
            .name(view.layer.table())
            .text(" t on (t.public or ")
            .sql(view.class_of_row())
            .text(" is not null) and coalesce(t.source_org, '') = g.org and t.")
            .name(key)
            .text(" = g.")
            .name(key)
            .text(" and t.id is distinct from g.id and t.id not in (select id from given where id is not null) union all select g.nth, '")
            .text(key)
            .text("', null from given g join given other on other.org = g.org and other.nth < g.nth and other.")
            .name(key)
            .text(" = g.")
            .name(key)
    };
    Sql::new("with given as materialized (")
        .sql(given)
        .text(") ")
        .sql(Sql::join(["code", "external_id"].map(by), " union all "))
}
