//! The audit trail: who signed in, who was given what, who read or exported what. Events are only ever added.

use std::net::IpAddr;

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::accounts::schema::audit;

/// An event to record.
#[derive(Debug, Clone, Default)]
pub struct Event<'a> {
    /// The account's name. For a failed sign-in, the name that was tried.
    pub actor: &'a str,
    /// The action as `subject.verb`: `token.create`, `restricted.read`, `auth.failure`.
    pub action: &'static str,
    pub collection: Option<&'static str>,
    /// Never a secret or the value of a restricted field: the trail keeps it for ever.
    pub detail: Value,
    pub request_id: Option<&'a str>,
    pub address: Option<IpAddr>,
}

/// Adds an event to the audit trail.
pub async fn record(conn: &mut AsyncPgConnection, event: &Event<'_>) -> QueryResult<()> {
    let values = (
        audit::actor.eq(event.actor),
        audit::action.eq(event.action),
        audit::collection.eq(event.collection),
        audit::detail.eq(if event.detail.is_null() { json!({}) } else { event.detail.clone() }),
        audit::request_id.eq(event.request_id),
        audit::address.eq(event.address.map(|address| address.to_string())),
    );
    diesel::insert_into(audit::table).values(values).execute(conn).await?;
    Ok(())
}

/// Who acts, and in which request.
#[derive(Debug, Clone)]
pub struct By {
    pub actor: String,
    pub request_id: Option<String>,
    pub address: Option<IpAddr>,
}

impl By {
    /// For commands that run on the server itself.
    pub fn console() -> By {
        By { actor: "console".into(), request_id: None, address: None }
    }
}

/// Records an action on accounts, in the transaction that performs it.
pub async fn add(conn: &mut AsyncPgConnection, by: &By, action: &'static str, detail: Value) -> QueryResult<()> {
    let By { actor, request_id, address } = by;
    let request_id = request_id.as_deref();
    record(conn, &Event { actor, action, detail, request_id, address: *address, ..Event::default() }).await
}

/// Filters for events. `from` is inclusive, `to` exclusive.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub actor: Option<String>,
    pub action: Option<String>,
    pub collection: Option<String>,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
}

/// A recorded event.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = audit)]
pub struct NotedEvent {
    pub id: i64,
    #[serde(serialize_with = "rfc3339_millis")]
    pub at: DateTime<Utc>,
    pub actor: String,
    pub action: String,
    pub collection: Option<String>,
    pub detail: Value,
    pub request_id: Option<String>,
    pub address: Option<String>,
}

fn rfc3339_millis<S: Serializer>(moment: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&moment.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// At most `limit` events older than the event `before`, newest first.
pub async fn events(
    conn: &mut AsyncPgConnection,
    asked: Asked,
    before: Option<i64>,
    limit: i64,
) -> QueryResult<Vec<NotedEvent>> {
    let mut events = audit::table.select(NotedEvent::as_select()).into_boxed();
    if let Some(actor) = asked.actor {
        events = events.filter(audit::actor.eq(actor));
    }
    if let Some(action) = asked.action {
        events = events.filter(audit::action.eq(action));
    }
    if let Some(collection) = asked.collection {
        events = events.filter(audit::collection.eq(collection));
    }
    if let Some(from) = asked.from {
        events = events.filter(audit::at.ge(from));
    }
    if let Some(to) = asked.to {
        events = events.filter(audit::at.lt(to));
    }
    if let Some(before) = before {
        events = events.filter(audit::id.lt(before));
    }
    events.order(audit::id.desc()).limit(limit).load(conn).await
}

/// At most `limit` events from `from` to `to`, both included, that come after the event `after`; oldest first.
pub async fn span(
    conn: &mut AsyncPgConnection,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    after: i64,
    limit: i64,
) -> QueryResult<Vec<NotedEvent>> {
    let within = audit::at.ge(from).and(audit::at.le(to)).and(audit::id.gt(after));
    audit::table.select(NotedEvent::as_select()).filter(within).order(audit::id).limit(limit).load(conn).await
}
