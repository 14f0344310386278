//! Links with which people set their passwords. Each can be used once.

use diesel::dsl::{IntervalDsl, now};
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::json;

use crate::accounts::account::managed;
use crate::accounts::audit;
use crate::accounts::audit::By;
use crate::accounts::schema::{accounts, password_links};
use crate::accounts::secrets::{digest, random};
use crate::error::Error;
use crate::layers::Problem;
use crate::texts::text;

/// Creates the only link of an account, valid for 24 hours; earlier links end. Returns its secret, which is never shown
/// again.
///
/// # Errors
/// 403 for the console's account, 404, 409 for a disabled account.
pub async fn give(conn: &mut AsyncPgConnection, by: &By, account: i64) -> Result<String, Error> {
    conn.transaction(async |conn| {
        let username = managed(conn, account).await?;
        end_all(conn, account).await?;
        let enabled = accounts::table.find(account).filter(accounts::disabled_at.is_null()).count();
        if enabled.get_result::<i64>(conn).await? == 0 {
            return Err(Error::Conflict(Problem::in_body("", text!("user.disabled"))));
        }
        let secret = random();
        let values = (
            password_links::secret_hash.eq(digest(&secret)),
            password_links::account_id.eq(account),
            password_links::created_by.eq(&by.actor),
            password_links::expires_at.eq(now.into_sql::<Timestamptz>() + 24_i32.hours()),
        );
        diesel::insert_into(password_links::table).values(values).execute(conn).await?;
        audit::add(conn, by, "password.link", json!({"account": username})).await?;
        Ok(secret)
    })
    .await
}

/// The account of a link.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub struct LinkHolder {
    pub id: i64,
    pub username: String,
    pub organisation: Option<String>,
}

/// The account of a link that can still be used.
pub async fn holder(conn: &mut AsyncPgConnection, secret: &str) -> QueryResult<Option<LinkHolder>> {
    password_links::table
        .find(digest(secret))
        .inner_join(accounts::table)
        .filter(usable().and(accounts::disabled_at.is_null()))
        .select(LinkHolder::as_select())
        .first(conn)
        .await
        .optional()
}

/// Uses up a link. False if it has been used already, or has ended.
pub async fn use_up(conn: &mut AsyncPgConnection, secret: &str) -> QueryResult<bool> {
    let link = password_links::table.find(digest(secret)).filter(usable());
    Ok(diesel::update(link).set(password_links::used_at.eq(now)).execute(conn).await? == 1)
}

/// Ends the links of an account.
pub async fn end_all(conn: &mut AsyncPgConnection, account: i64) -> QueryResult<()> {
    let links = password_links::table.filter(password_links::account_id.eq(account).and(usable()));
    diesel::update(links).set(password_links::expires_at.eq(now)).execute(conn).await?;
    Ok(())
}

#[diesel::dsl::auto_type]
fn usable() -> _ {
    password_links::used_at.is_null().and(password_links::expires_at.gt(now))
}
