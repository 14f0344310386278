//! Browser sessions.

use diesel::dsl::{IntervalDsl, now};
use diesel::pg::data_types::PgInterval;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;

use crate::accounts::audit::By;
use crate::accounts::schema::sessions;
use crate::accounts::secrets::{digest, random};
use crate::config::Sessions;
use crate::postgres::moment::Moment;

/// A session as its account sees it.
#[derive(Debug, Serialize, Queryable)]
pub struct Session {
    pub id: i64,
    pub address: Option<String>,
    /// Whether it is the session of this request.
    pub current: bool,
    pub created_at: Moment,
    pub expires_at: Moment,
    pub user_agent: Option<String>,
    pub last_seen_at: Moment,
}

/// Starts a session and returns its secret. The secret is always new, never one that a browser sent.
pub async fn start(
    conn: &mut AsyncPgConnection,
    by: &By,
    account: i64,
    user_agent: Option<&str>,
    settings: &Sessions,
) -> QueryResult<String> {
    let secret = random();
    let values = (
        sessions::account_id.eq(account),
        sessions::secret_hash.eq(digest(&secret)),
        sessions::expires_at.eq(now.into_sql::<Timestamptz>() + i64::from(settings.hours).hours()),
        sessions::address.eq(by.address.map(|address| address.to_string())),
        sessions::user_agent.eq(user_agent.map(|agent| agent.chars().take(300).collect::<String>())),
    );
    diesel::insert_into(sessions::table).values(values).execute(conn).await?;
    Ok(secret)
}

/// Notes that the account has proven who it is in this session.
pub async fn confirm(conn: &mut AsyncPgConnection, id: i64) -> QueryResult<()> {
    diesel::update(sessions::table.find(id)).set(sessions::confirmed_at.eq(now)).execute(conn).await?;
    Ok(())
}

/// The sessions of an account that have not ended. `current` is the session of this request.
pub async fn list(
    conn: &mut AsyncPgConnection,
    account: i64,
    current: i64,
    settings: &Sessions,
) -> QueryResult<Vec<Session>> {
    sessions::table
        .filter(sessions::account_id.eq(account).and(goes_on(settings.idle_min.into())))
        .select((
            sessions::id,
            sessions::address,
            sessions::id.eq(current),
            sessions::created_at,
            sessions::expires_at,
            sessions::user_agent,
            sessions::last_seen_at,
        ))
        .order(sessions::id)
        .load(conn)
        .await
}

/// Whether a session has not ended. It also ends after `idle_min` minutes without use.
#[diesel::dsl::auto_type]
pub fn goes_on(idle_min: i64) -> _ {
    let idle: PgInterval = idle_min.minutes();
    let used = sessions::last_seen_at.gt(now.into_sql::<Timestamptz>() - idle);
    sessions::revoked_at.is_null().and(sessions::expires_at.gt(now)).and(used)
}

/// Ends a session of an account. False if the account has no such session, or it has ended already.
pub async fn end(conn: &mut AsyncPgConnection, account: i64, id: i64) -> QueryResult<bool> {
    let session = sessions::table.find(id).filter(sessions::account_id.eq(account).and(sessions::revoked_at.is_null()));
    Ok(diesel::update(session).set(sessions::revoked_at.eq(now)).execute(conn).await? == 1)
}

/// Ends all sessions of an account except `but`.
pub async fn end_all(conn: &mut AsyncPgConnection, account: i64, but: Option<i64>) -> QueryResult<()> {
    let others = sessions::account_id.eq(account).and(sessions::id.ne(but.unwrap_or(0)));
    let sessions = sessions::table.filter(others.and(sessions::revoked_at.is_null()));
    diesel::update(sessions).set(sessions::revoked_at.eq(now)).execute(conn).await?;
    Ok(())
}
