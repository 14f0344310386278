//! The link by which the first administrator gets in.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::json;

use crate::accounts::account::{NewAccount, by_name, create};
use crate::accounts::audit::By;
use crate::accounts::schema::{accounts, grants};
use crate::accounts::{administrators, audit, password_links};
use crate::error::Error;

/// Creates the account of the first administrator and a link to set its password; earlier links end. `None` once any
/// account has a password or an account other than `console` and `admin` exists.
///
/// # Errors
/// Those of the database.
pub async fn first_link(conn: &mut AsyncPgConnection) -> Result<Option<String>, Error> {
    conn.transaction(async |conn| {
        administrators::number(conn).await?;
        let in_use = accounts::password_hash.is_not_null().or(accounts::username.ne_all(["console", "admin"]));
        if accounts::table.filter(in_use).count().get_result::<i64>(conn).await? != 0 {
            return Ok(None);
        }
        let by = By::console();
        let id = match by_name(conn, "admin").await? {
            Some(id) => id,
            None => {
                let (username, display_name) = ("admin".to_owned(), Some("Quản trị viên".to_owned()));
                let id = create(
                    conn,
                    &by,
                    &NewAccount {
                        username,
                        display_name,
                        organisation: None,
                        mail: None,
                        second_factor_required: false,
                    },
                )
                .await?;
                let of_everything =
                    (grants::account_id.eq(id), grants::role.eq("administrator"), grants::created_by.eq(&by.actor));
                diesel::insert_into(grants::table).values(of_everything).execute(conn).await?;
                audit::add(conn, &by, "grant.create", json!({"account": "admin", "role": "administrator"})).await?;
                id
            }
        };
        Ok(Some(password_links::give(conn, &by, id).await?))
    })
    .await
}
