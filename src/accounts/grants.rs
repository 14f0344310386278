//! Grants: what an account may do, and where.

use chrono::NaiveDate;
use diesel::deserialize::{self, FromSql};
use diesel::dsl::now;
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Record, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use serde_json::json;

use crate::accounts::account::managed;
use crate::accounts::audit::By;
use crate::accounts::schema::grants;
use crate::accounts::scope::{Scope, ScopeUnit, UnitColumns, check_unit};
use crate::accounts::{administrators, audit};
use crate::error::Error;
use crate::input::Members;
use crate::postgres::moment::Moment;
use crate::postgres::sql::{Bind, Sql};
use crate::texts::text;

/// A grant as administrators and its account see it.
#[derive(Debug, Serialize, QueryableByName)]
#[diesel(table_name = grants)]
pub struct UserGrant {
    pub id: i64,
    pub note: Option<String>,
    pub role: String,
    #[diesel(sql_type = Nullable<UnitColumns>)]
    pub unit: Option<ScopeUnit>,
    /// Whether it is in force today.
    #[diesel(sql_type = Bool)]
    pub holds: bool,
    /// The communes that its unit stands for today.
    #[diesel(sql_type = Nullable<Array<CommuneColumns>>)]
    pub communes: Option<Vec<Commune>>,
    pub operators: Option<Vec<String>>,
    pub starts_on: NaiveDate,
    pub created_at: Moment,
    pub created_by: String,
    pub expires_on: Option<NaiveDate>,
    pub revoked_at: Option<Moment>,
    pub revoked_by: Option<String>,
    pub collections: Option<Vec<String>>,
    pub needs_review: bool,
}

type CommuneColumns = Record<(Text, Text)>;

#[derive(Debug, Serialize)]
pub struct Commune {
    pub code: String,
    pub name: String,
}

impl FromSql<CommuneColumns, Pg> for Commune {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Commune> {
        let (code, name) = FromSql::<CommuneColumns, Pg>::from_sql(value)?;
        Ok(Commune { code, name })
    }
}

#[derive(Debug, Serialize)]
pub struct NewGrant {
    #[serde(flatten)]
    pub scope: Scope,
    pub starts_on: NaiveDate,
    pub expires_on: Option<NaiveDate>,
    pub note: Option<String>,
}

impl NewGrant {
    /// # Errors
    /// `Invalid` with every problem.
    pub fn read(mut fields: Members, today: NaiveDate) -> Result<NewGrant, Error> {
        let scope = Scope::read(&mut fields, today);
        fields.required("role", scope.role.as_ref());
        let starts_on = fields.date("starts_on").unwrap_or(today);
        let expires_on = fields.date("expires_on");
        if expires_on.is_some_and(|expires_on| expires_on <= starts_on.max(today)) {
            fields.problem("expires_on", text!("date.order/grant"));
        }
        let note = fields.text("note", 1000);
        fields.finish()?;
        Ok(NewGrant { scope, starts_on, expires_on, note })
    }
}

/// The grants of an account, with the names of their units: only those in force today, or all of them for
/// administrators.
pub async fn list(conn: &mut AsyncPgConnection, account: i64, only_holding: bool) -> QueryResult<Vec<UserGrant>> {
    let values = [Bind::Integer(account), Bind::Bool(only_holding)];
    Sql::file(include_str!("grants.sql"), &values).load(conn).await
}

/// # Errors
/// 403 for the console's account, 404, 422 for a unit that does not exist.
pub async fn create(conn: &mut AsyncPgConnection, by: &By, account: i64, new: &NewGrant) -> Result<i64, Error> {
    conn.transaction(async |conn| {
        let username = managed(conn, account).await?;
        check_unit(conn, &new.scope).await?;
        let values = (
            grants::account_id.eq(account),
            grants::role.eq(new.scope.role.as_deref().unwrap_or_default()),
            grants::unit_code.eq(&new.scope.unit_code),
            grants::unit_on.eq(new.scope.unit_on),
            grants::operators.eq(&new.scope.operators),
            grants::collections.eq(&new.scope.collections),
            grants::starts_on.eq(new.starts_on),
            grants::expires_on.eq(new.expires_on),
            grants::note.eq(&new.note),
            grants::created_by.eq(&by.actor),
        );
        let id: i64 = diesel::insert_into(grants::table).values(values).returning(grants::id).get_result(conn).await?;
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
        let could = administrators::number(conn).await?;
        let username = managed(conn, account).await?;
        let revoked = (grants::revoked_at.eq(now), grants::revoked_by.eq(&by.actor));
        if diesel::update(grants::table).filter(unrevoked(account, grant)).set(revoked).execute(conn).await? == 0 {
            return Err(Error::NotFound);
        }
        audit::add(conn, by, "grant.revoke", json!({"account": username, "grant": grant})).await?;
        administrators::keep_one(conn, could).await
    })
    .await
}

/// Records that an administrator has reviewed a grant whose unit ended and found it right.
///
/// # Errors
/// 403 for the console's account, 404.
pub async fn review(conn: &mut AsyncPgConnection, by: &By, account: i64, grant: i64) -> Result<(), Error> {
    conn.transaction(async |conn| {
        let username = managed(conn, account).await?;
        let reviewed = grants::needs_review.eq(false);
        if diesel::update(grants::table).filter(unrevoked(account, grant)).set(reviewed).execute(conn).await? == 0 {
            return Err(Error::NotFound);
        }
        audit::add(conn, by, "grant.review", json!({"account": username, "grant": grant})).await?;
        Ok(())
    })
    .await
}

#[diesel::dsl::auto_type]
fn unrevoked(account: i64, grant: i64) -> _ {
    grants::id.eq(grant).and(grants::account_id.eq(account)).and(grants::revoked_at.is_null())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::scope::tests::{TODAY, fields, pointers};
    use serde_json::json;

    #[test]
    fn a_grant_needs_a_role_and_ends_after_it_begins() {
        let refused = pointers(NewGrant::read(fields(json!({"expires_on": "2026-11-24"})), TODAY));
        assert_eq!(refused, ["Pointer(\"/role\") required", "Pointer(\"/expires_on\") date.order"]);
        let grant = NewGrant::read(fields(json!({"role": "editor", "unit": "00001"})), TODAY).unwrap();
        assert_eq!(grant.scope.unit_on, Some(TODAY));
    }
}
