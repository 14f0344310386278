//! Bearer tokens: shown once, stored hashed.

use diesel::result::QueryResult;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::accounts::account::taken;
use crate::accounts::asked::NewToken;
use crate::accounts::audit;
use crate::accounts::audit::By;
use crate::accounts::grants::check_unit;
use crate::error::Error;
use crate::postgres::row::{integer, jsons};
use crate::postgres::sql::{Bind, Sql};

/// Makes a token of an account and returns its id and its secret: 256 random bits, never seen again.
///
/// # Errors
/// 409 when the account has one of this name, 422 when there is no such unit.
pub async fn give(conn: &mut AsyncPgConnection, by: &By, account: i64, new: &NewToken) -> Result<(i64, String), Error> {
    conn.transaction(async |conn| {
        check_unit(conn, &new.scope).await?;
        let secret = format!("hatang_{}", random());
        let values = [Bind::Integer(account), Bind::Json(json!(new)), Bind::Text(hash(&secret))];
        let id = integer(conn, Sql::file(include_str!("give_token.sql"), &values)).await;
        let id = id.map_err(|error| taken(error, "/name"))?.ok_or(Error::NotFound)?;
        let mut detail = json!(new);
        detail["token"] = json!(id);
        audit::add(conn, by, "token.create", detail).await?;
        Ok((id, secret))
    })
    .await
}

/// Makes a token of the console, an administrator's, that is valid for so many days, and returns its secret.
///
/// # Errors
/// As [`give`].
pub async fn create(conn: &mut AsyncPgConnection, name: &str, days: u32) -> Result<String, Error> {
    let account = crate::accounts::account::by_name(conn, "console").await?.ok_or(Error::NotFound)?;
    let new = NewToken { name: name.into(), days: days.into(), sees_restricted: true, ..NewToken::default() };
    Ok(give(conn, &By::console(), account, &new).await?.1)
}

/// The tokens of an account, without their secrets, which nobody has.
pub async fn list(conn: &mut AsyncPgConnection, account: i64) -> QueryResult<Vec<Value>> {
    jsons(conn, Sql::file(include_str!("tokens.sql"), &[Bind::Integer(account)])).await
}

/// # Errors
/// 404 when the account has no such token that is not revoked.
pub async fn revoke(conn: &mut AsyncPgConnection, by: &By, account: i64, id: i64) -> Result<(), Error> {
    conn.transaction(async |conn| {
        let sql = "update tokens set revoked_at = now() where id = $1 and account_id = $2 and revoked_at is null";
        if Sql::file(sql, &[Bind::Integer(id), Bind::Integer(account)]).execute(conn).await? == 0 {
            return Err(Error::NotFound);
        }
        audit::add(conn, by, "token.revoke", json!({"token": id})).await?;
        Ok(())
    })
    .await
}

/// 256 random bits, hexadecimal.
pub fn random() -> String {
    hex(&rand::random::<[u8; 32]>())
}

/// SHA-256, hexadecimal.
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
