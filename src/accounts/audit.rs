//! The audit trail: who signed in, who was given what, who read or exported what. Events are only ever added.

use std::net::IpAddr;

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::accounts::schema::audit;
use crate::postgres::sql::{Bind, Sql};

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

/// What an account is told of itself.
const OF_ACCOUNTS: &[&str] = &[
    "session.login",
    "session.failed",
    "session.revoke",
    "token.create",
    "token.rotate",
    "token.revoke",
    "password.change",
    "password.reset",
    "password.link",
    "factor.create",
    "factor.renew",
    "factor.delete",
    "factor.reset",
    "grant.create",
    "grant.revoke",
];

/// The last `limit` events of an account's sign-ins, credentials and grants, newest first.
pub async fn of_account(conn: &mut AsyncPgConnection, username: &str, limit: i64) -> QueryResult<Vec<NotedEvent>> {
    let about_it = sql::<Bool>("detail ->> 'account' = ").bind::<Text, _>(username);
    audit::table
        .select(NotedEvent::as_select())
        .filter(audit::action.eq_any(OF_ACCOUNTS).and(audit::actor.eq(username).or(about_it)))
        .order(audit::id.desc())
        .limit(limit)
        .load(conn)
        .await
}

/// Seals events that have no seal yet, at most so many.
pub async fn seal(conn: &mut AsyncPgConnection, at_most: i64) -> QueryResult<()> {
    Sql::new("select seal_audit(").bind(Bind::Integer(at_most)).text("::integer)").execute(conn).await?;
    Ok(())
}

/// What the seals say of the trail.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Seals {
    /// Events that say something else than when they were sealed.
    #[diesel(sql_type = BigInt)]
    pub changed: i64,
    #[diesel(sql_type = BigInt)]
    pub removed: i64,
    /// Events that were slipped in.
    #[diesel(sql_type = BigInt)]
    pub unknown: i64,
    /// Seals that do not follow from the one before.
    #[diesel(sql_type = BigInt)]
    pub broken: i64,
    /// Events from which personal data was erased.
    #[diesel(sql_type = BigInt)]
    pub erased: i64,
    #[diesel(sql_type = BigInt)]
    pub sealed: i64,
    /// Keep it elsewhere: whoever makes all seals anew cannot make this one again.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_hash: Option<String>,
}

impl Seals {
    pub fn are_whole(&self) -> bool {
        (self.changed, self.removed, self.unknown, self.broken) == (0, 0, 0, 0)
    }
}

/// Checks all seals.
pub async fn seals(conn: &mut AsyncPgConnection) -> QueryResult<Seals> {
    Sql::new("select * from audit_faults()").get_result(conn).await
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
