//! Changes of accounts, including disabling and enabling them.

use diesel::dsl::now;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::json;

use crate::accounts::account::{mail_of, managed};
use crate::accounts::audit::By;
use crate::accounts::schema::{NEVER, accounts};
use crate::accounts::{administrators, audit, password_links, sessions, tokens};
use crate::error::Error;
use crate::input::Members;

/// What to change in an account. The outer `None` leaves a member as it is, `Some(None)` clears it.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = accounts)]
pub struct AccountChange {
    pub display_name: Option<Option<String>>,
    pub organisation: Option<Option<String>>,
    pub mail: Option<Option<String>>,
    pub second_factor_required: Option<bool>,
    #[diesel(skip_update)]
    pub disabled: Option<bool>,
}

impl AccountChange {
    /// # Errors
    /// `Invalid` with every problem.
    pub fn read(mut fields: Members) -> Result<AccountChange, Error> {
        let mut text = |name: &'static str| fields.has(name).then(|| fields.text(name, 200));
        let (display_name, organisation) = (text("display_name"), text("organisation"));
        let mail = fields.has("mail").then(|| mail_of(&mut fields));
        let (disabled, second_factor_required) = (fields.flag("disabled"), fields.flag("second_factor_required"));
        fields.finish()?;
        Ok(AccountChange { display_name, organisation, mail, second_factor_required, disabled })
    }
}

/// # Errors
/// 403 for the console's account, 404, 409 when nobody could administer any more.
pub async fn update(conn: &mut AsyncPgConnection, by: &By, id: i64, change: AccountChange) -> Result<(), Error> {
    conn.transaction(async |conn| {
        let could = administrators::number(conn).await?;
        let username = managed(conn, id).await?;
        let mut detail = json!({"account": username});
        for (name, value) in [("display_name", &change.display_name), ("organisation", &change.organisation)] {
            if let Some(value) = value {
                detail[name] = json!(value);
            }
        }
        // The trail keeps what it is told for ever, so it is not told the address.
        if change.mail.is_some() {
            detail["mail"] = json!("changed");
        }
        if let Some(required) = change.second_factor_required {
            detail["second_factor_required"] = json!(required);
        }
        if detail.as_object().is_some_and(|detail| detail.len() > 1) {
            diesel::update(accounts::table.find(id)).set(&change).execute(conn).await?;
            audit::add(conn, by, "user.update", detail).await?;
        }
        match change.disabled {
            Some(true) => disable(conn, by, id, &username).await?,
            Some(false) => enable(conn, by, id, &username).await?,
            None => {}
        }
        administrators::keep_one(conn, could).await
    })
    .await
}

/// Also ends the account's sessions, tokens and links. Enabling it again does not bring them back.
async fn disable(conn: &mut AsyncPgConnection, by: &By, id: i64, username: &str) -> Result<(), Error> {
    let enabled = accounts::table.find(id).filter(accounts::disabled_at.is_null());
    if diesel::update(enabled).set(accounts::disabled_at.eq(now)).execute(conn).await? == 0 {
        return Ok(());
    }
    sessions::end_all(conn, id, None).await?;
    password_links::end_all(conn, id).await?;
    tokens::revoke_all(conn, id).await?;
    audit::add(conn, by, "user.disable", json!({"account": username})).await?;
    Ok(())
}

async fn enable(conn: &mut AsyncPgConnection, by: &By, id: i64, username: &str) -> Result<(), Error> {
    let disabled = accounts::table.find(id).filter(accounts::disabled_at.is_not_null());
    if diesel::update(disabled).set(accounts::disabled_at.eq(NEVER)).execute(conn).await? > 0 {
        audit::add(conn, by, "user.enable", json!({"account": username})).await?;
    }
    Ok(())
}
