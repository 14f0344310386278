//! Signing in with a password, and setting one.

use diesel::dsl::now;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::accounts::schema::{NEVER, accounts};
use crate::accounts::secrets::hash;
use crate::accounts::{devices, password_links, sessions};
use crate::postgres::sql::{Bind, Sql};

/// An attempt to sign in.
#[derive(Debug, Default, QueryableByName)]
#[diesel(table_name = accounts)]
pub struct Attempt {
    /// The account, if one has this name.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub account: Option<i64>,
    /// The hash to match. `None` if no password can be right: the account does not exist, has no password, is disabled
    /// or is locked.
    pub password_hash: Option<String>,
    /// Whether the account has signed in with this device before.
    #[diesel(sql_type = Bool)]
    pub knows_device: bool,
    /// Why no password can be right, for the audit trail.
    #[diesel(sql_type = Nullable<Text>)]
    pub refused: Option<String>,
}

/// Starts an attempt. It counts as failed until it succeeds, so that simultaneous attempts are counted too. From the
/// fifth in a row on, the next attempts are refused for 1, 2, 4 … at most 60 seconds. So an attacker cannot shut out
/// the owner for longer, and gets 1440 guesses a day. A device with which the account signed in before has a count of
/// its own: there the owner can sign in while others guess.
pub async fn attempt(conn: &mut AsyncPgConnection, username: &str, device: Option<&str>) -> QueryResult<Attempt> {
    let values = [Bind::Text(username.into()), Bind::Text(device.map(hash).unwrap_or_default())];
    let sql = Sql::file(include_str!("attempt.sql"), &values);
    let attempt = sql.get_result(conn).await.optional()?;
    Ok(attempt.unwrap_or_else(|| Attempt { refused: Some("unknown".into()), ..Attempt::default() }))
}

/// Ends an attempt with the right password, which may have come from a known device. False if the account has changed
/// since the attempt started.
pub async fn succeed(
    conn: &mut AsyncPgConnection,
    account: i64,
    password_hash: &str,
    known_device: Option<&str>,
) -> QueryResult<bool> {
    let unchanged = accounts::password_hash.eq(password_hash).and(accounts::disabled_at.is_null());
    let account = accounts::table.find(account).filter(unchanged);
    if let Some(device) = known_device {
        devices::clear(conn, device).await?;
        return diesel::select(diesel::dsl::exists(account)).get_result(conn).await;
    }
    let forgotten = (accounts::failed_logins.eq(0), accounts::locked_until.eq(NEVER));
    Ok(diesel::update(account).set(forgotten).execute(conn).await? == 1)
}

/// Sets a password. Ends all sessions but one, and every link.
pub async fn set_password(
    conn: &mut AsyncPgConnection,
    account: i64,
    password_hash: String,
    session: Option<i64>,
) -> QueryResult<()> {
    let password = (
        accounts::password_hash.eq(password_hash),
        accounts::password_changed_at.eq(now),
        accounts::failed_logins.eq(0),
        accounts::locked_until.eq(NEVER),
    );
    diesel::update(accounts::table.find(account)).set(password).execute(conn).await?;
    sessions::end_all(conn, account, session).await?;
    password_links::end_all(conn, account).await
}
