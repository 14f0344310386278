//! Accounts: people and programs that may sign in.

use diesel::result::{DatabaseErrorKind, Error as DieselError, QueryResult};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::accounts::asked::{AccountChange, NewAccount};
use crate::accounts::audit::By;
use crate::accounts::{audit, passwords, sessions};
use crate::error::Error;
use crate::layers::Problem;
use crate::postgres::row::{integer, json, jsons};
use crate::postgres::sql::{Bind, Sql};

/// An account as administrators see it.
const ACCOUNT: &str = "jsonb_build_object('id', a.id, 'username', a.username, 'display_name', a.display_name,
  'organisation', a.organisation, 'has_password', a.password_hash is not null,
  'locked_until', case when a.locked_until > now() then a.locked_until end, 'disabled_at', a.disabled_at,
  'created_at', a.created_at, 'created_by', a.created_by) from accounts a ";

pub async fn list(conn: &mut AsyncPgConnection) -> QueryResult<Vec<Value>> {
    jsons(conn, Sql::new("select ").text(ACCOUNT).text("order by a.username")).await
}

pub async fn find(conn: &mut AsyncPgConnection, id: i64) -> QueryResult<Option<Value>> {
    json(conn, Sql::new("select ").text(ACCOUNT).text("where a.id = ").bind(Bind::Integer(id))).await
}

/// The id of an account.
pub async fn by_name(conn: &mut AsyncPgConnection, username: &str) -> QueryResult<Option<i64>> {
    integer(conn, Sql::new("select id from accounts where username = ").bind(Bind::Text(username.into()))).await
}

/// # Errors
/// 409 when the name is taken.
pub async fn create(conn: &mut AsyncPgConnection, by: &By, new: &NewAccount) -> Result<i64, Error> {
    conn.transaction(async |conn| {
        let optional = |text: &Option<String>| text.clone().map_or(Bind::NullText, Bind::Text);
        let values = [
            Bind::Text(new.username.clone()),
            optional(&new.display_name),
            optional(&new.organisation),
            Bind::Text(by.actor.clone()),
        ];
        let sql = "insert into accounts (username, display_name, organisation, created_by)
            values ($1, $2, $3, $4) returning id";
        let created = integer(conn, Sql::file(sql, &values)).await;
        let id = created.map_err(|error| taken(error, "/username"))?.ok_or(Error::NotFound)?;
        audit::add(conn, by, "user.create", json!({"account": new.username})).await?;
        Ok(id)
    })
    .await
}

/// # Errors
/// 403 for the console's, 404, 409 when nobody could administer any more.
pub async fn update(conn: &mut AsyncPgConnection, by: &By, id: i64, change: AccountChange) -> Result<(), Error> {
    conn.transaction(async |conn| {
        let could = administrators(conn).await?;
        let username = managed(conn, id).await?;
        let mut detail = json!({"account": username});
        for (column, value) in [("display_name", change.display_name), ("organisation", change.organisation)] {
            let Some(value) = value else { continue };
            detail[column] = json!(value);
            Sql::new("update accounts set ")
                .name(column)
                .text(" = ")
                .bind(value.map_or(Bind::NullText, Bind::Text))
                .text(" where id = ")
                .bind(Bind::Integer(id))
                .execute(conn)
                .await?;
        }
        if detail.as_object().is_some_and(|detail| detail.len() > 1) {
            audit::add(conn, by, "user.update", detail).await?;
        }
        match change.disabled {
            Some(true) => disable(conn, by, id, &username).await?,
            Some(false) => enable(conn, by, id, &username).await?,
            None => {}
        }
        keep_an_administrator(conn, could).await
    })
    .await
}

/// With it end the account's sessions, tokens and links: enabling it again does not bring them back.
async fn disable(conn: &mut AsyncPgConnection, by: &By, id: i64, username: &str) -> Result<(), Error> {
    let account = [Bind::Integer(id)];
    let sql = "update accounts set disabled_at = now() where id = $1 and disabled_at is null";
    if Sql::file(sql, &account).execute(conn).await? == 0 {
        return Ok(());
    }
    sessions::end_all(conn, id, None).await?;
    passwords::void_links(conn, id).await?;
    let sql = "update tokens set revoked_at = now() where account_id = $1 and revoked_at is null";
    Sql::file(sql, &account).execute(conn).await?;
    audit::add(conn, by, "user.disable", json!({"account": username})).await?;
    Ok(())
}

async fn enable(conn: &mut AsyncPgConnection, by: &By, id: i64, username: &str) -> Result<(), Error> {
    let sql = "update accounts set disabled_at = null where id = $1 and disabled_at is not null";
    if Sql::file(sql, &[Bind::Integer(id)]).execute(conn).await? > 0 {
        audit::add(conn, by, "user.enable", json!({"account": username})).await?;
    }
    Ok(())
}

/// Forgets failed log-ins.
///
/// # Errors
/// 403 for the console's, 404.
pub async fn unlock(conn: &mut AsyncPgConnection, by: &By, id: i64) -> Result<(), Error> {
    conn.transaction(async |conn| {
        let username = managed(conn, id).await?;
        let sql = "update accounts set failed_logins = 0, locked_until = null where id = $1";
        Sql::file(sql, &[Bind::Integer(id)]).execute(conn).await?;
        audit::add(conn, by, "user.unlock", json!({"account": username})).await?;
        Ok(())
    })
    .await
}

/// The name of an account that is to be changed, which is locked. The console's is nobody's to change.
///
/// # Errors
/// 403 for the console's, 404.
pub async fn managed(conn: &mut AsyncPgConnection, id: i64) -> Result<String, Error> {
    let sql = "select to_jsonb(username) from accounts where id = $1 for no key update";
    let name = json(conn, Sql::file(sql, &[Bind::Integer(id)])).await?.ok_or(Error::NotFound)?;
    let name = name.as_str().unwrap_or_default().to_owned();
    if name == "console" {
        let (vi, en) = ("Không đổi được tài khoản của máy chủ.", "The account of the server itself cannot be changed.");
        return Err(Error::Forbidden(Some(Problem::at("", "user.console", vi, en))));
    }
    Ok(name)
}

/// How many people could administer: by a password, and a grant of everything that holds. Those who change that wait for
/// each other, so that two administrators do not disable each other at the same time.
pub async fn administrators(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
    Sql::new("select pg_advisory_xact_lock(hashtext('hatang administrators'))").execute(conn).await?;
    let sql = "select count(distinct a.id) from accounts a join grants g on g.account_id = a.id
        where a.username <> 'console' and a.disabled_at is null and a.password_hash is not null
          and g.role = 'administrator' and g.revoked_at is null and g.unit_code is null and g.operators is null
          and g.collections is null and g.starts_on <= current_date
          and (g.expires_on is null or g.expires_on > current_date)";
    Ok(integer(conn, Sql::new(sql)).await?.unwrap_or_default())
}

/// Refuses what has just been done when it leaves nobody who could administer.
///
/// # Errors
/// 409.
pub async fn keep_an_administrator(conn: &mut AsyncPgConnection, before: i64) -> Result<(), Error> {
    if before > 0 && administrators(conn).await? == 0 {
        let (vi, en) = ("Phải còn ít nhất một quản trị viên.", "At least one administrator must remain.");
        return Err(Error::Conflict(Problem::at("", "user.last_administrator", vi, en)));
    }
    Ok(())
}

/// The account of the first administrator, with a link by which they set their password, as long as no account has one;
/// earlier links end. `None` afterwards.
///
/// # Errors
/// The database's.
pub async fn first_link(conn: &mut AsyncPgConnection) -> Result<Option<String>, Error> {
    conn.transaction(async |conn| {
        administrators(conn).await?;
        let known = Sql::new(
            "select count(*) from accounts where password_hash is not null or username not in ('console', 'admin')",
        );
        if integer(conn, known).await? != Some(0) {
            return Ok(None);
        }
        let by = By::console();
        let id = match by_name(conn, "admin").await? {
            Some(id) => id,
            None => {
                let (username, display_name) = ("admin".to_owned(), Some("Quản trị viên".to_owned()));
                let id = create(conn, &by, &NewAccount { username, display_name, organisation: None }).await?;
                let sql = "insert into grants (account_id, role, created_by) values ($1, 'administrator', $2)";
                Sql::file(sql, &[Bind::Integer(id), Bind::Text(by.actor.clone())]).execute(conn).await?;
                audit::add(conn, &by, "grant.create", json!({"account": "admin", "role": "administrator"})).await?;
                id
            }
        };
        Ok(Some(passwords::link(conn, &by, id).await?))
    })
    .await
}

/// A unique key that is taken, at its member of the body.
pub fn taken(error: DieselError, pointer: &str) -> Error {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
            Error::Conflict(Problem::at(pointer, "dup.name", "Tên này đã có.", "This name is taken."))
        }
        error => error.into(),
    }
}
