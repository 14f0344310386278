//! What statements were before: each write of a statement, newest first.

use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::postgres::sql::{Bind, Sql};
use crate::statements::Kind;
use crate::statements::reading::{objects, shown};

/// Of which statements.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    Statement(i64),
    Units(&'a [i64]),
    Hamlet(i64),
}

#[derive(Debug, Deserialize)]
struct Version {
    id: i64,
    statement_id: i64,
    op: String,
    at: String,
    by: String,
    before: Option<Map<String, Value>>,
    after: Option<Map<String, Value>>,
}

/// At most `limit` versions older than the version `before`.
pub async fn versions(
    conn: &mut AsyncPgConnection,
    kind: Kind,
    of: Of<'_>,
    before: Option<i64>,
    limit: i64,
    is_anonymous: bool,
) -> QueryResult<Vec<Value>> {
    let sql =
        Sql::new("select to_jsonb(v) from statement_versions v where kind = ").bind(Bind::Text(kind.name().into()));
    let sql = match of {
        Of::Statement(id) => sql.text(" and statement_id = ").bind(Bind::Integer(id)),
        Of::Units(ids) => sql.text(" and unit_id = any(").bind(Bind::Integers(ids.to_vec())).text(")"),
        Of::Hamlet(id) => sql.text(" and hamlet_id = ").bind(Bind::Integer(id)),
    };
    let sql = match before {
        Some(id) => sql.text(" and id < ").bind(Bind::Integer(id)),
        None => sql,
    };
    let versions = objects(conn, sql.text(" order by id desc limit ").bind(Bind::Integer(limit))).await?;
    let as_shown = |version: Version| {
        let Version { id, statement_id, op, at, by, before, after } = version;
        let [before, after] = [before, after].map(|stored| stored.map(|stored| shown(stored, is_anonymous)));
        let mut version =
            json!({"id": id, "statement": statement_id, "op": op, "at": at, "before": before, "after": after});
        if !is_anonymous {
            version["by"] = json!(by);
        }
        version
    };
    Ok(versions.into_iter().map(as_shown).collect())
}
