//! Finds the account behind a token or a session, and what it may do.

use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};
use diesel::dsl::now;
use diesel::prelude::*;
use diesel::result::Error::DeserializationError;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use ipnet::IpNet;

use crate::access::{Account, Credential, Grant, Limits, Role};
use crate::accounts::schema::{accounts, grants, sessions, tokens};
use crate::accounts::scope::holds;
use crate::accounts::second_factor;
use crate::accounts::secrets::digest;
use crate::accounts::sessions::goes_on;
use crate::config::{SecondFactor, Sessions};

/// The account behind a credential.
#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct Holder {
    id: i64,
    username: String,
    organisation: Option<String>,
    second_factor_required: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = grants)]
struct HeldGrant {
    role: String,
    communes: Option<Vec<i64>>,
    hamlets: Option<Vec<i64>>,
    operators: Option<Vec<String>>,
    collections: Option<Vec<String>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = tokens)]
struct HeldToken {
    id: i64,
    name: String,
    role: Option<String>,
    sees_restricted: bool,
    communes: Option<Vec<i64>>,
    hamlets: Option<Vec<i64>>,
    operators: Option<Vec<String>>,
    collections: Option<Vec<String>>,
    addresses: Option<Vec<String>>,
    unconditional_writes: bool,
    last_used_at: Option<DateTime<Utc>>,
}

/// A credential with its account: one row for each grant in force, or one row without a grant.
type Rows<C> = Vec<(C, Holder, Option<HeldGrant>)>;

/// The account of the token with this secret. `None` if the token or the account has ended, or if the token may not be
/// used from this address. An unknown address is in no network. `is_use`: whether to record that the token was used.
pub async fn by_token(
    conn: &mut AsyncPgConnection,
    secret: &str,
    address: Option<IpAddr>,
    is_use: bool,
) -> QueryResult<Option<Account>> {
    let was_rotated = tokens::old_secret_hash.eq(digest(secret)).and(tokens::old_until.gt(now)).assume_not_null();
    // Found by its hash, so that the lookup takes the same time for every secret.
    let rows: Rows<HeldToken> = tokens::table
        .inner_join(accounts::table)
        .left_join(grants::table.on(grants::account_id.eq(accounts::id).and(holds())))
        .filter(tokens::secret_hash.eq(digest(secret)).or(was_rotated))
        .filter(tokens::revoked_at.is_null().and(tokens::expires_at.gt(now)).and(accounts::disabled_at.is_null()))
        .select((HeldToken::as_select(), Holder::as_select(), Option::<HeldGrant>::as_select()))
        .order(grants::id)
        .load(conn)
        .await?;
    let Some((token, holder, grants)) = gathered(rows)? else { return Ok(None) };
    if !is_within(address, token.addresses.as_deref()) {
        return Ok(None);
    }
    if is_use && !is_recent(token.last_used_at) {
        let used = diesel::update(tokens::table.find(token.id)).set(tokens::last_used_at.eq(now));
        note(used.execute(conn).await);
    }
    // A token of the console acts for whoever runs the server. Each has its own name, which no account can have.
    let name = if holder.username == "console" { format!("console/{}", token.name) } else { holder.username };
    let credential = Credential::Token { id: token.id, unconditional_writes: token.unconditional_writes };
    let limits = Limits {
        role: token.role.as_deref().map(role_of).transpose()?,
        sees_restricted: token.sees_restricted,
        communes: token.communes,
        hamlets: token.hamlets,
        operators: token.operators,
        collections: token.collections,
    };
    let grants = grants.iter().filter_map(|grant| grant.within(&limits)).collect();
    Ok(Some(Account { id: holder.id, name, organisation: holder.organisation, grants, credential }))
}

/// A browser session.
#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
struct HeldSession {
    id: i64,
    last_seen_at: DateTime<Utc>,
    confirmed_at: DateTime<Utc>,
}

/// The account of the browser session with this secret. `None` if the session or the account has ended. An account that
/// lacks the second factor that it must have is without grants. `is_use`: whether the request counts as use, which keeps
/// an idle session from ending.
pub async fn by_session(
    conn: &mut AsyncPgConnection,
    secret: &str,
    settings: &Sessions,
    is_use: bool,
) -> QueryResult<Option<Account>> {
    let rows: Rows<HeldSession> = sessions::table
        .inner_join(accounts::table)
        .left_join(grants::table.on(grants::account_id.eq(accounts::id).and(holds())))
        .filter(sessions::secret_hash.eq(digest(secret)))
        .filter(goes_on(settings.idle_min.into()).and(accounts::disabled_at.is_null()))
        .select((HeldSession::as_select(), Holder::as_select(), Option::<HeldGrant>::as_select()))
        .order(grants::id)
        .load(conn)
        .await?;
    let Some((session, holder, mut grants)) = gathered(rows)? else { return Ok(None) };
    let HeldSession { id, last_seen_at, confirmed_at } = session;
    if is_use && !is_recent(Some(last_seen_at)) {
        note(diesel::update(sessions::table.find(id)).set(sessions::last_seen_at.eq(now)).execute(conn).await);
    }
    let Holder { id: account, username: name, organisation, second_factor_required } = holder;
    let is_required = second_factor_required
        || match settings.second_factor {
            SecondFactor::Optional => false,
            SecondFactor::Administrators => grants.iter().any(|grant| grant.role == Role::Administrator),
            SecondFactor::Everybody => true,
        };
    let lacks_factor = is_required && !second_factor::has(conn, account).await?;
    if lacks_factor {
        grants.clear();
    }
    let is_confirmed = Utc::now() - confirmed_at < Duration::minutes(settings.confirm_min.into());
    let credential = Credential::Session { id, is_confirmed, lacks_factor };
    Ok(Some(Account { id: account, name, organisation, grants, credential }))
}

/// The credential and its account, with all grants.
fn gathered<C>(rows: Rows<C>) -> QueryResult<Option<(C, Holder, Vec<Grant>)>> {
    let mut found = None;
    let mut grants = Vec::new();
    for (credential, holder, grant) in rows {
        if let Some(HeldGrant { role, communes, hamlets, operators, collections }) = grant {
            let role = Some(role_of(&role)?);
            grants.extend(Grant::of(&Limits {
                role,
                sees_restricted: true,
                communes,
                hamlets,
                operators,
                collections,
            }));
        }
        found = Some((credential, holder));
    }
    Ok(found.map(|(credential, holder)| (credential, holder, grants)))
}

/// An unknown role is an error: if it were ignored, a token would have no limit.
fn role_of(name: &str) -> QueryResult<Role> {
    Role::of_name(name).ok_or_else(|| DeserializationError(format!("there is no role {name}").into()))
}

/// Whether an address is in one of the networks. Without networks every address is.
fn is_within(address: Option<IpAddr>, networks: Option<&[String]>) -> bool {
    let holds = |network: &String| {
        network.parse::<IpNet>().is_ok_and(|network| address.is_some_and(|it| network.contains(&it)))
    };
    networks.is_none_or(|networks| networks.iter().any(holds))
}

/// A use that cannot be recorded, because the disk is full or the database only accepts reads, does not stop its request.
fn note(recorded: QueryResult<usize>) {
    if let Err(error) = recorded {
        tracing::debug!(%error, "the use of a credential was not recorded");
    }
}

/// Whether the last recorded use is less than a minute old. Use is recorded at most once a minute.
fn is_recent(used_at: Option<DateTime<Utc>>) -> bool {
    used_at.is_some_and(|used_at| Utc::now() - used_at < Duration::minutes(1))
}
