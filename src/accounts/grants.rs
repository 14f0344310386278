//! Grants: what an account may do, and where.

use diesel::result::QueryResult;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::accounts::account::{administrators, keep_an_administrator, managed};
use crate::accounts::asked::{NewGrant, Scope};
use crate::accounts::audit;
use crate::accounts::audit::By;
use crate::error::Error;
use crate::layers::Problem;
use crate::postgres::row::{integer, json, jsons};
use crate::postgres::sql::{Bind, Sql};

/// The grants of an account, with the names of their units. All of them, for administrators; or those that hold.
pub async fn list(conn: &mut AsyncPgConnection, account: i64, only_holding: bool) -> QueryResult<Vec<Value>> {
    let values = [Bind::Integer(account), Bind::Bool(only_holding)];
    jsons(conn, Sql::file(include_str!("grants.sql"), &values)).await
}

/// # Errors
/// 403 for the console's account, 404, 422 when there is no such unit.
pub async fn create(conn: &mut AsyncPgConnection, by: &By, account: i64, new: &NewGrant) -> Result<i64, Error> {
    conn.transaction(async |conn| {
        let username = managed(conn, account).await?;
        check_unit(conn, &new.scope).await?;
        let values = [Bind::Integer(account), Bind::Json(json!(new)), Bind::Text(by.actor.clone())];
        let sql = "insert into grants (account_id, role, unit_code, unit_on, operators, collections, starts_on, expires_on,
              note, created_by)
            select $1, role, unit_code, unit_on, operators, collections, starts_on, expires_on, note, $3
            from jsonb_to_record($2) as g (role text, unit_code text, unit_on date, operators text[], collections text[],
              starts_on date, expires_on date, note text)
            returning id";
        let id = integer(conn, Sql::file(sql, &values)).await?.ok_or(Error::NotFound)?;
        let mut detail = json!(new);
        detail["account"] = json!(username);
        detail["grant"] = json!(id);
        audit::add(conn, by, "grant.create", detail).await?;
        Ok(id)
    })
    .await
}

/// # Errors
/// 403 for the console's account, 404, 409 when nobody could administer any more.
pub async fn revoke(conn: &mut AsyncPgConnection, by: &By, account: i64, grant: i64) -> Result<(), Error> {
    conn.transaction(async |conn| {
        let could = administrators(conn).await?;
        let username = managed(conn, account).await?;
        let values = [Bind::Integer(grant), Bind::Integer(account), Bind::Text(by.actor.clone())];
        let sql = "update grants set revoked_at = now(), revoked_by = $3
            where id = $1 and account_id = $2 and revoked_at is null";
        if Sql::file(sql, &values).execute(conn).await? == 0 {
            return Err(Error::NotFound);
        }
        audit::add(conn, by, "grant.revoke", json!({"account": username, "grant": grant})).await?;
        keep_an_administrator(conn, could).await
    })
    .await
}

/// An administrator has looked at a grant whose unit ended, and it is right.
///
/// # Errors
/// 403 for the console's account, 404.
pub async fn review(conn: &mut AsyncPgConnection, by: &By, account: i64, grant: i64) -> Result<(), Error> {
    conn.transaction(async |conn| {
        let username = managed(conn, account).await?;
        let sql = "update grants set needs_review = false where id = $1 and account_id = $2 and revoked_at is null";
        if Sql::file(sql, &[Bind::Integer(grant), Bind::Integer(account)]).execute(conn).await? == 0 {
            return Err(Error::NotFound);
        }
        audit::add(conn, by, "grant.review", json!({"account": username, "grant": grant})).await?;
        Ok(())
    })
    .await
}

/// # Errors
/// 422 when a scope names a unit that there was not on its day.
pub async fn check_unit(conn: &mut AsyncPgConnection, scope: &Scope) -> Result<(), Error> {
    let (Some(code), Some(on)) = (&scope.unit_code, scope.unit_on) else { return Ok(()) };
    let sql =
        "select to_jsonb(count(*)) from admin_units u where u.code = $1 and in_force(u.valid_from, u.valid_to, $2)";
    if json(conn, Sql::file(sql, &[Bind::Text(code.clone()), Bind::Date(on)])).await? == Some(json!(0)) {
        let (vi, en) = (format!("Không có đơn vị {code} ngày {on}."), format!("There was no unit {code} on {on}."));
        return Err(Error::Invalid(vec![Problem::at("/unit", "unit.not_valid", vi, en)]));
    }
    Ok(())
}
