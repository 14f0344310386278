//! From what a request brings to the account behind it, with what it may do.

use std::net::IpAddr;

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Deserialize;

use crate::access::{Account, Credential, Grant, Limits};
use crate::accounts::tokens::hash;
use crate::postgres::row::json;
use crate::postgres::sql::{Bind, Sql};

/// The account part of what a credential leads to.
#[derive(Deserialize)]
struct Known {
    account_id: i64,
    name: String,
    organisation: Option<String>,
    credential_id: i64,
    grants: Vec<Limits>,
    /// Of tokens only.
    #[serde(default)]
    unconditional_writes: bool,
    limits: Option<Limits>,
    #[serde(default)]
    used_lately: bool,
}

impl Known {
    fn into_account(self, credential: Credential) -> Account {
        let grants = self.grants.iter().filter_map(Grant::of);
        let grants = match &self.limits {
            Some(limits) => grants.filter_map(|grant| grant.within(limits)).collect(),
            None => grants.collect(),
        };
        Account { id: self.account_id, name: self.name, organisation: self.organisation, grants, credential }
    }
}

/// The account of the token with this secret, when neither is ended and the token may be used from this address. An
/// address that is not known is in no network. `is_use`: whether the token was used by that.
pub async fn by_token(
    conn: &mut AsyncPgConnection,
    secret: &str,
    address: Option<IpAddr>,
    is_use: bool,
) -> QueryResult<Option<Account>> {
    let address = address.map_or(Bind::NullText, |address| Bind::Text(address.to_string()));
    // Found by the hash: comparing takes the same time whatever the secret.
    let sql = Sql::file(include_str!("caller_by_token.sql"), &[Bind::Text(hash(secret)), address]);
    let Some(known) = known(conn, sql).await? else { return Ok(None) };
    if is_use && !known.used_lately {
        Sql::new("update tokens set last_used_at = now() where id = ")
            .bind(Bind::Integer(known.credential_id))
            .execute(conn)
            .await?;
    }
    let credential = Credential::Token { id: known.credential_id, unconditional_writes: known.unconditional_writes };
    Ok(Some(known.into_account(credential)))
}

/// The account of the browser session with this secret, when it has not ended. `is_use`: whether that keeps it from
/// ending as idle.
pub async fn by_session(
    conn: &mut AsyncPgConnection,
    secret: &str,
    idle_min: u32,
    is_use: bool,
) -> QueryResult<Option<Account>> {
    let values = [Bind::Text(hash(secret)), Bind::Integer(idle_min.into())];
    let Some(known) = known(conn, Sql::file(include_str!("caller_by_session.sql"), &values)).await? else {
        return Ok(None);
    };
    let id = known.credential_id;
    if is_use && !known.used_lately {
        Sql::new("update sessions set last_seen_at = now() where id = ").bind(Bind::Integer(id)).execute(conn).await?;
    }
    Ok(Some(known.into_account(Credential::Session { id })))
}

async fn known(conn: &mut AsyncPgConnection, sql: Sql) -> QueryResult<Option<Known>> {
    let Some(value) = json(conn, sql).await? else { return Ok(None) };
    serde_json::from_value(value).map(Some).map_err(|error| diesel::result::Error::DeserializationError(error.into()))
}
