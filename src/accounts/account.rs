//! Accounts: people and programs that may sign in.

use diesel::dsl::{case_when, now, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::Bool;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use serde_json::json;

use crate::accounts::audit;
use crate::accounts::audit::By;
use crate::accounts::mail::is_address;
use crate::accounts::schema::{NEVER, accounts};
use crate::error::Error;
use crate::input::Members;
use crate::layers::Problem;
use crate::postgres::moment::Moment;
use crate::texts::text;

/// Reserved names: versions and the audit trail use them for writers that are not people.
const RESERVED: &[&str] = &["console", "stranger", "system", "migration", "demo"];

/// An account as administrators see it.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = accounts)]
pub struct User {
    pub id: i64,
    /// Where notices of new sign-ins and tokens go.
    pub mail: Option<String>,
    pub username: String,
    pub created_at: Moment,
    pub created_by: String,
    pub disabled_at: Option<Moment>,
    pub display_name: Option<String>,
    #[diesel(select_expression = accounts::password_hash.is_not_null())]
    pub has_password: bool,
    /// When the current lock ends; null if the account is not locked.
    #[diesel(select_expression = case_when(accounts::locked_until.gt(now), accounts::locked_until))]
    pub locked_until: Option<Moment>,
    pub organisation: Option<String>,
    #[diesel(select_expression = sql(HAS_SECOND_FACTOR), select_expression_type = SqlLiteral<Bool>)]
    pub has_second_factor: bool,
    /// Whether its sessions may only set up a second factor until it has one.
    pub second_factor_required: bool,
}

const HAS_SECOND_FACTOR: &str =
    "exists (select from second_factors f where f.account_id = accounts.id and f.confirmed_at is not null)";

#[derive(Debug)]
pub struct NewAccount {
    pub username: String,
    pub display_name: Option<String>,
    pub organisation: Option<String>,
    pub mail: Option<String>,
    pub second_factor_required: bool,
}

impl NewAccount {
    /// # Errors
    /// `Invalid` with every problem.
    pub fn read(mut fields: Members) -> Result<NewAccount, Error> {
        let username = fields.read("username", text!("expected.username"), |value| {
            value.as_str().filter(|name| is_username(name)).map(str::to_owned)
        });
        let username = fields.required("username", username).unwrap_or_default();
        if RESERVED.contains(&username.as_str()) {
            fields.problem("username", text!("username.reserved"));
        }
        let (display_name, organisation) = (fields.text("display_name", 200), fields.text("organisation", 200));
        let (mail, second_factor_required) = (mail_of(&mut fields), fields.flag("second_factor_required"));
        fields.finish()?;
        let second_factor_required = second_factor_required.unwrap_or_default();
        Ok(NewAccount { username, display_name, organisation, mail, second_factor_required })
    }
}

/// The member with a mail address.
pub fn mail_of(fields: &mut Members) -> Option<String> {
    fields.read("mail", text!("expected.mail"), |value| {
        value.as_str().filter(|address| is_address(address)).map(str::to_owned)
    })
}

fn is_username(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._@-".contains(&byte);
    (2..=60).contains(&name.len())
        && name.bytes().all(allowed)
        && name.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
}

/// At most `limit` accounts with names after `after`, in the order of their names.
pub async fn list(conn: &mut AsyncPgConnection, after: Option<&str>, limit: i64) -> QueryResult<Vec<User>> {
    let later = accounts::username.gt(after.unwrap_or_default());
    accounts::table.filter(later).select(User::as_select()).order(accounts::username).limit(limit).load(conn).await
}

pub async fn find(conn: &mut AsyncPgConnection, id: i64) -> QueryResult<Option<User>> {
    accounts::table.find(id).select(User::as_select()).first(conn).await.optional()
}

/// The id of the account with this name.
pub async fn by_name(conn: &mut AsyncPgConnection, username: &str) -> QueryResult<Option<i64>> {
    accounts::table.filter(accounts::username.eq(username)).select(accounts::id).first(conn).await.optional()
}

/// # Errors
/// 409 when the name is taken.
pub async fn create(conn: &mut AsyncPgConnection, by: &By, new: &NewAccount) -> Result<i64, Error> {
    conn.transaction(async |conn| {
        let values = (
            accounts::username.eq(&new.username),
            accounts::display_name.eq(&new.display_name),
            accounts::organisation.eq(&new.organisation),
            accounts::mail.eq(&new.mail),
            accounts::second_factor_required.eq(new.second_factor_required),
            accounts::created_by.eq(&by.actor),
        );
        let created =
            diesel::insert_into(accounts::table).values(values).returning(accounts::id).get_result(conn).await;
        let id = created.map_err(|error| taken(error, "/username", &new.username))?;
        audit::add(conn, by, "user.create", json!({"account": new.username})).await?;
        Ok(id)
    })
    .await
}

/// Clears the failed sign-ins of an account.
///
/// # Errors
/// 403 for the console's account, 404.
pub async fn unlock(conn: &mut AsyncPgConnection, by: &By, id: i64) -> Result<(), Error> {
    conn.transaction(async |conn| {
        let username = managed(conn, id).await?;
        let unlocked = (accounts::failed_logins.eq(0), accounts::locked_until.eq(NEVER));
        diesel::update(accounts::table.find(id)).set(unlocked).execute(conn).await?;
        audit::add(conn, by, "user.unlock", json!({"account": username})).await?;
        Ok(())
    })
    .await
}

/// Locks the row of an account that is about to be changed, and returns its name. Nobody may change the console's
/// account.
///
/// # Errors
/// 403 for the console's account, 404.
pub async fn managed(conn: &mut AsyncPgConnection, id: i64) -> Result<String, Error> {
    let locked = accounts::table.find(id).select(accounts::username).for_no_key_update();
    let name: String = locked.first(conn).await.optional()?.ok_or(Error::NotFound)?;
    if name == "console" {
        return Err(Error::Forbidden(Some(Problem::in_body("", text!("user.console")))));
    }
    Ok(name)
}

/// Turns a unique violation into a 409 at the member `pointer` of the body, which is `name`.
pub fn taken(error: DieselError, pointer: &str, name: &str) -> Error {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
            Error::Conflict(Problem::in_body(pointer, text!("dup.name", name)))
        }
        error => error.into(),
    }
}
