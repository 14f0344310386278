//! Makes sure that somebody can always administer.

use diesel::dsl::count;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::accounts::schema::{accounts, grants};
use crate::accounts::scope::holds;
use crate::error::Error;
use crate::layers::Problem;
use crate::postgres::sql::Sql;
use crate::texts::text;

/// The number of people who can administer: they have a password, and a grant of everything that is in force and
/// has no end.
/// Transactions that change this wait for each other, so that two administrators cannot disable each other at the same
/// time.
pub async fn number(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
    Sql::new("select pg_advisory_xact_lock(hashtext('hatang administrators'))").execute(conn).await?;
    let of_everything = grants::unit_code.is_null().and(grants::operators.is_null()).and(grants::collections.is_null());
    accounts::table
        .inner_join(grants::table)
        .filter(accounts::username.ne("console"))
        .filter(accounts::disabled_at.is_null().and(accounts::password_hash.is_not_null()))
        .filter(grants::role.eq("administrator").and(of_everything).and(holds()).and(grants::expires_on.is_null()))
        .select(count(accounts::id).aggregate_distinct())
        .get_result(conn)
        .await
}

/// Refuses the change just made if it leaves nobody who can administer. `before` is the [`number`] before the change.
///
/// # Errors
/// 409.
pub async fn keep_one(conn: &mut AsyncPgConnection, before: i64) -> Result<(), Error> {
    if before > 0 && number(conn).await? == 0 {
        return Err(Error::Conflict(Problem::in_body("", text!("user.last_administrator"))));
    }
    Ok(())
}
