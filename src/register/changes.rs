//! The change feed. Changes are numbered after the commit, in one sequence for accounts and one for anonymous callers.

use diesel::result::{Error as DieselError, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::{Value, json};

use crate::access::Feed;
use crate::conditions::Property;
use crate::postgres::conditions::of_row;
use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};

/// Numbers all committed changes. Called after each commit, before the write is acknowledged, and on a timer for writes
/// made with psql. If others number for longer than two seconds, that is left to the timer: the write is done.
pub async fn number(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    // Statements that are sent together are one transaction.
    match conn.batch_execute("set local lock_timeout = '2s'; select number_changes()").await {
        Err(DieselError::DatabaseError(_, details)) if details.message().contains("lock timeout") => Ok(()),
        numbered => numbered,
    }
}

/// The same for a write that is committed: whatever happens, it is done, and the timer numbers what is left.
pub async fn number_written(conn: &mut AsyncPgConnection) {
    if let Err(error) = number(conn).await {
        tracing::warn!(%error, "the changes of a write are numbered later");
    }
}

/// How many numbers one page looks at. Without this limit, a reader who may see a thousandth of a million changes would
/// make the database read all of them at each poll.
const SPAN: i64 = 50_000;

/// A page of the feed.
pub struct Page {
    /// Oldest first, as JSON: `seq`, `collection`, `id`, `op`, `version`, `at`.
    pub changes: Vec<Value>,
    /// The number to ask after next time. Everything up to it has been reported.
    pub next: i64,
    /// Whether there are later numbers.
    pub more: bool,
}

/// At most `limit` changes after a number that the reader of the feed may see. A record that enters the reader's view
/// is reported as created, one that leaves it as deleted. If `collections` is empty, all are included.
pub async fn page(
    conn: &mut AsyncPgConnection,
    feed: &Feed,
    after: i64,
    collections: &[String],
    limit: usize,
) -> QueryResult<Page> {
    let last = last_of(conn, feed).await?;
    let upto = last.min(after.saturating_add(SPAN));
    let changes = if upto > after { between(conn, feed, after, upto, collections, limit).await? } else { Vec::new() };
    let seen = changes.last().filter(|_| changes.len() >= limit).and_then(|change| change["seq"].as_i64());
    let next = seen.unwrap_or(upto).max(after);
    Ok(Page { changes, next, more: next < last })
}

async fn between(
    conn: &mut AsyncPgConnection,
    feed: &Feed,
    after: i64,
    upto: i64,
    collections: &[String],
    limit: usize,
) -> QueryResult<Vec<Value>> {
    let numbers = |column: &'static str| {
        let sql = Sql::new(column).text(" > ").bind(Bind::Integer(after));
        let sql = sql.text(" and ").text(column).text(" <= ").bind(Bind::Integer(upto));
        match collections.is_empty() {
            true => sql,
            false => sql.text(" and c.collection = any(").bind(Bind::Texts(collections.to_vec())).text(")"),
        }
    };
    let sql = match feed {
        Feed::Public => Sql::new(
            "select public_seq as seq, collection, record_id, public_op, public_version, at from changes c where ",
        )
        .sql(numbers("c.public_seq")),
        Feed::Within(rows) => {
            let changes = Sql::new("select c.*, c.op <> 'create' and ")
                .sql(of_row(rows, before))
                .text(" as was_in, c.op <> 'delete' and ")
                .sql(of_row(rows, afterwards))
                .text(" as is_in from changes c where ")
                .sql(numbers("c.seq"));
            Sql::new(
                "select seq, collection, record_id, op, version, at from (\
                 select c.seq, c.collection, c.record_id, c.at, \
                 feed_op(c.was_in or c.was_public, c.is_in or c.is_public, \
                 c.was_in or c.is_in or c.public_op is not null) as op, \
                 case when c.is_in or c.was_in and not c.is_public then c.version else c.public_version end as version \
                 from (",
            )
            .sql(changes)
            .text(") c) told where op is not null")
        }
    };
    let limit = Bind::Integer(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows: Vec<Row> = sql.text(" order by seq limit ").bind(limit).load(conn).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let mut cells = row.cells.into_iter().map(|cell| cell.to_json());
            let mut next = || cells.next().unwrap_or(Value::Null);
            json!({"seq": next(), "collection": next(), "id": next(), "op": next(), "version": next(), "at": next()})
        })
        .collect())
}

/// The columns of `changes c` that say where a record was before the change.
fn before(property: Property) -> Sql {
    match property {
        Property::CommuneId => Sql::new("c.was_commune_id"),
        Property::HamletId => Sql::new("c.was_hamlet_id"),
        Property::Operator => Sql::new("c.was_operator"),
        other => Sql::new("c.").name(other.name()),
    }
}

/// The columns of `changes c` that say where a record is after the change.
fn afterwards(property: Property) -> Sql {
    match property {
        Property::CommuneId => Sql::new("c.is_commune_id"),
        Property::HamletId => Sql::new("c.is_hamlet_id"),
        Property::Operator => Sql::new("c.is_operator"),
        other => Sql::new("c.").name(other.name()),
    }
}

/// Whether there are committed changes that have no number yet.
pub async fn are_waiting(conn: &mut AsyncPgConnection) -> QueryResult<bool> {
    let row: Row = Sql::new("select exists (select from changes where seq is null)").get_result(conn).await?;
    Ok(matches!(row.cells[0], Cell::Bool(true)))
}

/// The last numbers given, in the sequence for accounts and in the public one.
pub async fn last(conn: &mut AsyncPgConnection) -> QueryResult<(i64, i64)> {
    let row: Row = Sql::new("select last_seq, last_public_seq from feed").get_result(conn).await?;
    Ok((row.cells[0].as_integer().unwrap_or(0), row.cells[1].as_integer().unwrap_or(0)))
}

/// The last number given in the sequence of a feed.
pub async fn last_of(conn: &mut AsyncPgConnection, feed: &Feed) -> QueryResult<i64> {
    let (last_seq, last_public_seq) = last(conn).await?;
    Ok(if matches!(feed, Feed::Public) { last_public_seq } else { last_seq })
}

/// What changes with the data.
pub struct State {
    /// The last number of the feed for accounts.
    pub seq: i64,
    /// The last number of the public feed.
    pub public_seq: i64,
    /// The version of the data that are not assets (`reference_state`).
    pub reference: i64,
}

pub async fn state(conn: &mut AsyncPgConnection) -> QueryResult<State> {
    let sql = "select feed.last_seq, feed.last_public_seq, reference_state.version from feed, reference_state";
    let row: Row = Sql::new(sql).get_result(conn).await?;
    let number = |at: usize| row.cells[at].as_integer().unwrap_or(0);
    Ok(State { seq: number(0), public_seq: number(1), reference: number(2) })
}
