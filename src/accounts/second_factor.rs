//! A second factor: the codes of an authenticator (RFC 6238), and codes that open the account once when it is lost.

use chrono::Utc;
use ctutils::CtEq;
use diesel::dsl::{exists, now};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::accounts::schema::{recovery_codes, second_factors};
use crate::accounts::secret_key::SecretKey;
use crate::accounts::secrets::{digest, random};

/// A code is valid for so many seconds, and those before and after it too: clocks differ.
const STEP_S: u64 = 30;
const RECOVERY_CODES: usize = 10;

/// Bytes of a secret in clear. Encrypted ones are longer.
const SECRET: usize = 20;

/// What a code was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// It was right, or the account has no second factor.
    Right,
    Missing,
    Wrong,
}

/// A new secret, which counts once a code of it was given.
pub struct Enrolment {
    /// For typing, base 32.
    pub secret: String,
    /// For the authenticator.
    pub uri: String,
}

/// Stores a new secret for an account that has no second factor. `None` if it has one.
pub async fn begin(
    conn: &mut AsyncPgConnection,
    key: Option<&SecretKey>,
    account: i64,
    username: &str,
) -> QueryResult<Option<Enrolment>> {
    if has(conn, account).await? {
        return Ok(None);
    }
    let secret: [u8; SECRET] = rand::random();
    let stored = key.map_or_else(|| secret.to_vec(), |key| key.seal(account, &secret));
    let values = (second_factors::account_id.eq(account), second_factors::secret.eq(stored));
    diesel::delete(second_factors::table.find(account)).execute(conn).await?;
    diesel::insert_into(second_factors::table).values(values).execute(conn).await?;
    let Secret::Encoded(secret) = Secret::Raw(secret.to_vec()).to_encoded() else { return Ok(None) };
    let name: String = form_urlencoded::byte_serialize(username.as_bytes()).collect();
    let uri = format!("otpauth://totp/Hatang:{name}?secret={secret}&issuer=Hatang");
    Ok(Some(Enrolment { secret, uri }))
}

/// Makes the secret of [`begin`] count, if the code is one of it. Returns the recovery codes, which are never shown again.
pub async fn confirm(
    conn: &mut AsyncPgConnection,
    key: Option<&SecretKey>,
    account: i64,
    code: &str,
) -> QueryResult<Option<Vec<String>>> {
    let pending = second_factors::table.find(account).filter(second_factors::confirmed_at.is_null());
    let found = pending.select(second_factors::secret).for_update().first::<Vec<u8>>(conn).await.optional()?;
    let secret = found.and_then(|stored| opened(key, account, stored));
    let Some(step) = secret.and_then(|secret| step_of(secret, code)) else { return Ok(None) };
    let counts = (second_factors::confirmed_at.eq(now), second_factors::last_step.eq(step));
    diesel::update(second_factors::table.find(account)).set(counts).execute(conn).await?;
    renew_recovery_codes(conn, account).await.map(Some)
}

/// Gives an account new recovery codes. The former ones end.
pub async fn renew_recovery_codes(conn: &mut AsyncPgConnection, account: i64) -> QueryResult<Vec<String>> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    let rows: Vec<_> = codes
        .iter()
        .map(|code| (recovery_codes::account_id.eq(account), recovery_codes::secret_hash.eq(digest(&plain(code)))))
        .collect();
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(account))).execute(conn).await?;
    diesel::insert_into(recovery_codes::table).values(rows).execute(conn).await?;
    Ok(codes)
}

/// Whether an account has a second factor that counts.
pub async fn has(conn: &mut AsyncPgConnection, account: i64) -> QueryResult<bool> {
    let factor = second_factors::table.find(account).filter(second_factors::confirmed_at.is_not_null());
    diesel::select(exists(factor)).get_result(conn).await
}

/// Checks a code of an account, and uses it up: each works once.
pub async fn check(
    conn: &mut AsyncPgConnection,
    key: Option<&SecretKey>,
    account: i64,
    code: Option<&str>,
) -> QueryResult<Checked> {
    let factor = second_factors::table.find(account).filter(second_factors::confirmed_at.is_not_null());
    let found = factor.select((second_factors::secret, second_factors::last_step)).for_update();
    let Some((stored, last_step)) = found.first::<(Vec<u8>, i64)>(conn).await.optional()? else {
        return Ok(Checked::Right);
    };
    let Some(code) = code else { return Ok(Checked::Missing) };
    let step = opened(key, account, stored).and_then(|secret| step_of(secret, code));
    if let Some(step) = step.filter(|step| *step > last_step) {
        let used = second_factors::last_step.eq(step);
        diesel::update(second_factors::table.find(account)).set(used).execute(conn).await?;
        return Ok(Checked::Right);
    }
    let unused = recovery_codes::account_id.eq(account).and(recovery_codes::used_at.is_null());
    let recovery = recovery_codes::table.find(digest(&plain(code))).filter(unused);
    let used = diesel::update(recovery).set(recovery_codes::used_at.eq(now)).execute(conn).await?;
    Ok(if used == 1 { Checked::Right } else { Checked::Wrong })
}

/// Removes the second factor of an account. False if it has none.
pub async fn remove(conn: &mut AsyncPgConnection, account: i64) -> QueryResult<bool> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(account))).execute(conn).await?;
    Ok(diesel::delete(second_factors::table.find(account)).execute(conn).await? == 1)
}

/// The secret of an account as it was made. Recovery codes work also without its key.
fn opened(key: Option<&SecretKey>, account: i64, stored: Vec<u8>) -> Option<Vec<u8>> {
    if stored.len() == SECRET {
        return Some(stored);
    }
    let secret = key.and_then(|key| key.open(account, &stored));
    if secret.is_none() {
        tracing::error!(account, "the secret of its authenticator was encrypted with another key");
    }
    secret
}

/// Encrypts the secrets that are stored in clear. Returns their number.
pub async fn seal(conn: &mut AsyncPgConnection, key: &SecretKey) -> QueryResult<usize> {
    let mut sealed = 0;
    for (account, secret) in stored(conn).await?.into_iter().filter(|(_, secret)| secret.len() == SECRET) {
        // Only what it was: somebody may set up a new one now.
        let same = second_factors::table.find(account).filter(second_factors::secret.eq(secret.clone()));
        let encrypted = second_factors::secret.eq(key.seal(account, &secret));
        sealed += diesel::update(same).set(encrypted).execute(conn).await?;
    }
    Ok(sealed)
}

/// How the secrets of all accounts are stored.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Storage {
    pub encrypted: usize,
    pub clear: usize,
    /// Encrypted with another key: their authenticators do not work.
    pub lost: usize,
}

pub async fn storage(conn: &mut AsyncPgConnection, key: Option<&SecretKey>) -> QueryResult<Storage> {
    let mut storage = Storage::default();
    for (account, secret) in stored(conn).await? {
        match key.and_then(|key| key.open(account, &secret)) {
            _ if secret.len() == SECRET => storage.clear += 1,
            Some(_) => storage.encrypted += 1,
            None => storage.lost += 1,
        }
    }
    Ok(storage)
}

async fn stored(conn: &mut AsyncPgConnection) -> QueryResult<Vec<(i64, Vec<u8>)>> {
    second_factors::table.select((second_factors::account_id, second_factors::secret)).load(conn).await
}

/// How many recovery codes an account has left.
pub async fn recovery_codes_left(conn: &mut AsyncPgConnection, account: i64) -> QueryResult<i64> {
    let unused = recovery_codes::account_id.eq(account).and(recovery_codes::used_at.is_null());
    recovery_codes::table.filter(unused).count().get_result(conn).await
}

/// The step of time whose code this is: the present one, the one before or the one after.
fn step_of(secret: Vec<u8>, code: &str) -> Option<i64> {
    let code = plain(code);
    let totp = TOTP::new(Algorithm::SHA1, 6, 1, STEP_S, secret).ok()?;
    let present = u64::try_from(Utc::now().timestamp()).ok()? / STEP_S;
    let steps = present.checked_sub(1)?..=present + 1;
    let is_code = |step: &u64| totp.generate(step * STEP_S).as_bytes().ct_eq(code.as_bytes()).to_bool();
    steps.into_iter().find(is_code).and_then(|step| i64::try_from(step).ok())
}

/// 80 random bits in four groups: `4f2a1-…`.
fn recovery_code() -> String {
    let bits = random();
    (0..4).map(|group| &bits[group * 5..group * 5 + 5]).collect::<Vec<_>>().join("-")
}

/// A code as people type it, without spaces and hyphens.
fn plain(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::secret_key::ADDED;

    /// The secret of RFC 6238, appendix B; the last six digits of its codes.
    #[test]
    fn codes_are_those_of_the_standard() {
        let totp = TOTP::new(Algorithm::SHA1, 6, 1, STEP_S, b"12345678901234567890".to_vec()).unwrap();
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(totp.generate(time), code);
        }
    }

    #[test]
    fn the_codes_before_and_after_count_and_no_others() {
        let secret = b"12345678901234567890".to_vec();
        let totp = TOTP::new(Algorithm::SHA1, 6, 1, STEP_S, secret.clone()).unwrap();
        let present = Utc::now().timestamp() as u64;
        for (offset, counts) in [(-90, false), (-30, true), (0, true), (30, true), (90, false)] {
            let code = totp.generate(present.checked_add_signed(offset).unwrap());
            let spaced = format!("{} {}", &code[..3], &code[3..]);
            assert_eq!(step_of(secret.clone(), &spaced).is_some(), counts, "{offset}");
        }
        assert_eq!(step_of(secret, ""), None);
    }

    #[test]
    fn the_table_takes_both_lengths() {
        let migration = include_str!("../../migrations/2026-11-28-001500_encrypt_second_factors/up.sql");
        assert!(migration.contains(&format!("in ({SECRET}, {})", SECRET + ADDED)));
    }

    #[test]
    fn recovery_codes_can_be_typed() {
        let code = recovery_code();
        assert_eq!((code.len(), plain(&code.to_uppercase()).len()), (23, 20), "{code}");
    }
}
