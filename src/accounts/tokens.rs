//! Bearer tokens: shown once, stored as hashes.

use chrono::NaiveDate;
use diesel::dsl::{IntervalDsl, now};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use ipnet::IpNet;
use serde::Serialize;
use serde_json::json;

use crate::accounts::account::{by_name, taken};
use crate::accounts::audit;
use crate::accounts::audit::By;
use crate::accounts::schema::tokens;
use crate::accounts::scope::{Scope, ScopeUnit, UnitColumns, check_unit};
use crate::accounts::secrets::{digest, random};
use crate::error::Error;
use crate::input::Members;
use crate::postgres::moment::Moment;
use crate::postgres::sql::{Bind, Sql};
use crate::texts::text;

/// The longest validity of a token, in days.
pub const MAX_TOKEN_DAYS: i64 = 366;

/// A token as its account sees it, without the secret.
#[derive(Debug, Serialize, QueryableByName)]
#[diesel(table_name = tokens)]
pub struct Token {
    pub id: i64,
    pub name: String,
    pub role: Option<String>,
    #[diesel(sql_type = Nullable<UnitColumns>)]
    pub unit: Option<ScopeUnit>,
    pub addresses: Option<Vec<String>>,
    pub operators: Option<Vec<String>>,
    pub created_at: Moment,
    pub expires_at: Moment,
    pub collections: Option<Vec<String>>,
    pub last_used_at: Option<Moment>,
    pub sees_restricted: bool,
    pub unconditional_writes: bool,
}

#[derive(Debug, Default, Serialize)]
pub struct NewToken {
    pub name: String,
    pub days: i64,
    #[serde(flatten)]
    pub scope: Scope,
    pub sees_restricted: bool,
    pub addresses: Option<Vec<String>>,
    pub unconditional_writes: bool,
}

impl NewToken {
    /// # Errors
    /// `Invalid` with every problem.
    pub fn read(mut fields: Members, today: NaiveDate) -> Result<NewToken, Error> {
        let name = fields.read("name", text!("expected.token_name"), |value| {
            value.as_str().filter(|name| is_token_name(name)).map(str::to_owned)
        });
        let name = fields.required("name", name).unwrap_or_default();
        let days = fields.integer("days", 1..=MAX_TOKEN_DAYS);
        let days = fields.required("days", days).unwrap_or_default();
        let scope = Scope::read(&mut fields, today);
        let sees_restricted = fields.flag("sees_restricted").unwrap_or(true);
        let addresses = fields.read("addresses", text!("expected.networks"), |value| {
            let networks: Option<Vec<_>> =
                value.as_array()?.iter().map(|network| network_of(network.as_str()?)).collect();
            networks.filter(|networks| (1..=100).contains(&networks.len()))
        });
        let unconditional_writes = fields.flag("unconditional_writes").unwrap_or(false);
        fields.finish()?;
        Ok(NewToken { name, days, scope, sees_restricted, addresses, unconditional_writes })
    }
}

fn is_token_name(name: &str) -> bool {
    let allowed = |letter: char| letter.is_alphanumeric() || "_.@ -".contains(letter);
    (1..=60).contains(&name.chars().count()) && name.chars().all(allowed) && name.trim() == name
}

/// A network as PostgreSQL's `cidr` takes it, with its host bits cleared. An address becomes a network of one address.
fn network_of(text: &str) -> Option<String> {
    let network = text.parse::<IpNet>().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))?;
    Some(network.trunc().to_string())
}

/// Creates a token of an account. Returns its id and its secret, which is never shown again.
///
/// # Errors
/// 409 when the account has a token of this name, 422 for a unit that does not exist.
pub async fn give(conn: &mut AsyncPgConnection, by: &By, account: i64, new: &NewToken) -> Result<(i64, String), Error> {
    conn.transaction(async |conn| {
        check_unit(conn, &new.scope).await?;
        let secret = format!("hatang_{}", random());
        let values = (
            tokens::account_id.eq(account),
            tokens::name.eq(&new.name),
            tokens::secret_hash.eq(digest(&secret)),
            tokens::expires_at.eq(now.into_sql::<Timestamptz>() + new.days.days()),
            tokens::role.eq(&new.scope.role),
            tokens::unit_code.eq(&new.scope.unit_code),
            tokens::unit_on.eq(new.scope.unit_on),
            tokens::operators.eq(&new.scope.operators),
            tokens::collections.eq(&new.scope.collections),
            tokens::sees_restricted.eq(new.sees_restricted),
            tokens::addresses.eq(&new.addresses),
            tokens::unconditional_writes.eq(new.unconditional_writes),
        );
        let given = diesel::insert_into(tokens::table).values(values).returning(tokens::id).get_result(conn).await;
        let id: i64 = given.map_err(|error| taken(error, "/name", &new.name))?;
        let mut detail = json!(new);
        detail["token"] = json!(id);
        audit::add(conn, by, "token.create", detail).await?;
        Ok((id, secret))
    })
    .await
}

/// Creates an administrator's token for the console, valid for so many days, and returns its secret.
///
/// # Errors
/// Those of [`give`].
pub async fn create(conn: &mut AsyncPgConnection, name: &str, days: u32) -> Result<String, Error> {
    let account = by_name(conn, "console").await?.ok_or(Error::NotFound)?;
    let new = NewToken { name: name.into(), days: days.into(), sees_restricted: true, ..NewToken::default() };
    Ok(give(conn, &By::console(), account, &new).await?.1)
}

/// At most `limit` tokens of an account that are not revoked, with ids above `after`, oldest first.
pub async fn list(conn: &mut AsyncPgConnection, account: i64, after: i64, limit: i64) -> QueryResult<Vec<Token>> {
    let values = [account, after, limit].map(Bind::Integer);
    Sql::file(include_str!("tokens.sql"), &values).load(conn).await
}

pub async fn find(conn: &mut AsyncPgConnection, account: i64, id: i64) -> QueryResult<Option<Token>> {
    let next = list(conn, account, id - 1, 1).await?.into_iter().next();
    Ok(next.filter(|token| token.id == id))
}

/// Gives a token a new secret, which is returned, and perhaps more days. The old secret is valid for an hour more.
///
/// # Errors
/// 404 when the account has no such token, or it has ended.
pub async fn rotate(
    conn: &mut AsyncPgConnection,
    by: &By,
    account: i64,
    id: i64,
    days: Option<i64>,
) -> Result<String, Error> {
    conn.transaction(async |conn| {
        let valid = tokens::account_id.eq(account).and(tokens::revoked_at.is_null()).and(tokens::expires_at.gt(now));
        let secret = format!("hatang_{}", random());
        let rotated = (
            tokens::old_secret_hash.eq(tokens::secret_hash.nullable()),
            tokens::old_until.eq((now.into_sql::<Timestamptz>() + 1.hour()).nullable()),
            tokens::secret_hash.eq(digest(&secret)),
        );
        if diesel::update(tokens::table.find(id)).filter(valid).set(rotated).execute(conn).await? == 0 {
            return Err(Error::NotFound);
        }
        if let Some(days) = days {
            let until = tokens::expires_at.eq(now.into_sql::<Timestamptz>() + days.days());
            diesel::update(tokens::table.find(id)).set(until).execute(conn).await?;
        }
        audit::add(conn, by, "token.rotate", json!({"token": id, "days": days})).await?;
        Ok(secret)
    })
    .await
}

/// # Errors
/// 404 when the account has no such token, or it is revoked already.
pub async fn revoke(conn: &mut AsyncPgConnection, by: &By, account: i64, id: i64) -> Result<(), Error> {
    conn.transaction(async |conn| {
        let valid = tokens::table.find(id).filter(tokens::account_id.eq(account).and(tokens::revoked_at.is_null()));
        if diesel::update(valid).set(tokens::revoked_at.eq(now)).execute(conn).await? == 0 {
            return Err(Error::NotFound);
        }
        audit::add(conn, by, "token.revoke", json!({"token": id})).await?;
        Ok(())
    })
    .await
}

/// Revokes all tokens of an account.
pub async fn revoke_all(conn: &mut AsyncPgConnection, account: i64) -> QueryResult<()> {
    let valid = tokens::table.filter(tokens::account_id.eq(account).and(tokens::revoked_at.is_null()));
    diesel::update(valid).set(tokens::revoked_at.eq(now)).execute(conn).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::scope::tests::{TODAY, fields, pointers};
    use serde_json::json;

    #[test]
    fn every_problem_of_a_token_is_reported() {
        let refused = pointers(NewToken::read(
            fields(json!({"name": "a/b", "days": 367, "role": "owner", "unit": "x", "operators": ["att"],
                "collections": [], "addresses": ["1.2.3"], "account_id": 1})),
            TODAY,
        ));
        let expected = [
            "/name type",
            "/days type",
            "/role type",
            "/unit type",
            "/operators enum.unknown",
            "/collections type",
            "/addresses type",
            "/account_id property.unknown",
        ];
        for expected in expected {
            let (pointer, code) = expected.split_once(' ').unwrap();
            assert!(refused.contains(&format!("Pointer({pointer:?}) {code}")), "{expected}: {refused:?}");
        }
        assert_eq!(refused.len(), expected.len());
    }

    #[test]
    fn networks_have_the_form_that_the_database_takes() {
        for (given, kept) in [
            ("203.0.113.7", Some("203.0.113.7/32")),
            ("10.1.2.3/8", Some("10.0.0.0/8")),
            ("2001:db8::1/32", Some("2001:db8::/32")),
            ("10.0.0.0/33", None),
        ] {
            assert_eq!(network_of(given).as_deref(), kept, "{given}");
        }
    }
}
