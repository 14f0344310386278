//! Browsers in which an account has signed in. Guesses from elsewhere do not lock the account for them.

use diesel::dsl::{IntervalDsl, now};
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::accounts::schema::{NEVER, devices};
use crate::accounts::secrets::{digest, random};

/// How long a device is known after its last use, days.
pub const KEPT_DAYS: i32 = 365;

/// Remembers a device of an account, and returns its secret. Forgets those that were not used for long.
pub async fn remember(conn: &mut AsyncPgConnection, account: i64) -> QueryResult<String> {
    let old = devices::used_at.lt(now.into_sql::<Timestamptz>() - KEPT_DAYS.days());
    diesel::delete(devices::table.filter(devices::account_id.eq(account).and(old))).execute(conn).await?;
    let secret = random();
    let values = (devices::account_id.eq(account), devices::secret_hash.eq(digest(&secret)));
    diesel::insert_into(devices::table).values(values).execute(conn).await?;
    Ok(secret)
}

/// Clears the failed sign-ins of a device.
pub async fn clear(conn: &mut AsyncPgConnection, secret: &str) -> QueryResult<()> {
    let cleared = (devices::failed_logins.eq(0), devices::locked_until.eq(NEVER), devices::used_at.eq(now));
    diesel::update(devices::table.find(digest(secret))).set(cleared).execute(conn).await?;
    Ok(())
}
