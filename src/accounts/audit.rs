//! The audit trail: who signed in, who was given what, who read or took away what. Only ever added to.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};

/// What is to be noted.
#[derive(Debug, Clone, Default)]
pub struct Event<'a> {
    /// The account's name; of a failed log-in, the name that was tried.
    pub actor: &'a str,
    /// What was done, as `subject.verb`: `token.create`, `restricted.read`, `auth.failure`.
    pub action: &'static str,
    pub collection: Option<&'static str>,
    /// Never a secret, and never the value of a restricted field: it would be here for ever.
    pub detail: Value,
    pub request_id: Option<&'a str>,
    pub address: Option<IpAddr>,
}

/// Adds to the audit trail.
pub async fn record(conn: &mut AsyncPgConnection, event: &Event<'_>) -> QueryResult<()> {
    let optional = |text: Option<&str>| text.map_or(Bind::NullText, |text| Bind::Text(text.into()));
    Sql::new("insert into audit (actor, action, collection, detail, request_id, address) values (")
        .bind(Bind::Text(event.actor.into()))
        .text(", ")
        .bind(Bind::Text(event.action.into()))
        .text(", ")
        .bind(optional(event.collection))
        .text(", ")
        .bind(Bind::Json(if event.detail.is_null() { json!({}) } else { event.detail.clone() }))
        .text(", ")
        .bind(optional(event.request_id))
        .text(", ")
        .bind(optional(event.address.map(|address| address.to_string()).as_deref()))
        .text(")")
        .execute(conn)
        .await?;
    Ok(())
}

/// By whom something is done, and in which request.
#[derive(Debug, Clone)]
pub struct By {
    pub actor: String,
    pub request_id: Option<String>,
    pub address: Option<IpAddr>,
}

impl By {
    /// Whoever runs a verb on the server itself.
    pub fn console() -> By {
        By { actor: "console".into(), request_id: None, address: None }
    }
}

/// Adds what somebody did with accounts, in the transaction in which it is done.
pub async fn add(conn: &mut AsyncPgConnection, by: &By, action: &'static str, detail: Value) -> QueryResult<()> {
    let By { actor, request_id, address } = by;
    let request_id = request_id.as_deref();
    record(conn, &Event { actor, action, detail, request_id, address: *address, ..Event::default() }).await
}

/// What is asked of the trail. Times are from, inclusive, and to, exclusive.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub actor: Option<String>,
    pub action: Option<String>,
    pub collection: Option<String>,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
    /// Only events before this one.
    pub before: Option<i64>,
}

/// Events, newest first, as JSON: `id`, `at`, `actor`, `action`, `collection`, `detail`, `request_id`, `address`.
pub async fn events(conn: &mut AsyncPgConnection, asked: &Asked, limit: i64) -> QueryResult<Vec<Value>> {
    let text = |column, value: &Option<String>| {
        value.as_ref().map(|value| Sql::new(column).text(" = ").bind(Bind::Text(value.clone())))
    };
    let conditions = [
        text("actor", &asked.actor),
        text("action", &asked.action),
        text("collection", &asked.collection),
        asked.from.map(|from| Sql::new("at >= ").bind(Bind::Moment(from))),
        asked.to.map(|to| Sql::new("at < ").bind(Bind::Moment(to))),
        asked.before.map(|before| Sql::new("id < ").bind(Bind::Integer(before))),
    ];
    let rows: Vec<Row> =
        Sql::new("select id, at, actor, action, collection, detail, request_id, address from audit where ")
            .sql(Sql::all(conditions.into_iter().flatten()))
            .text(" order by id desc limit ")
            .bind(Bind::Integer(limit))
            .load(conn)
            .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let mut cells = row.cells.into_iter().map(|cell| cell.to_json());
            let mut next = || cells.next().unwrap_or(Value::Null);
            json!({
                "id": next(), "at": next(), "actor": next(), "action": next(), "collection": next(),
                "detail": next(), "request_id": next(), "address": next(),
            })
        })
        .collect())
}
