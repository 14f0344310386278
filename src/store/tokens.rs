//! Bearer tokens: shown once, stored hashed.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sha2::{Digest, Sha256};

use super::audit::{self, Event};
use super::sql::{Bind, Sql};

/// Makes a token of the console, an administrator's, that is valid for so many days, and returns its secret: 256 random bits, never seen again.
///
/// # Errors
/// When the name is taken or has other characters than letters, digits and `_.@-`.
pub async fn create(conn: &mut AsyncPgConnection, name: &str, days: u32) -> QueryResult<String> {
    let bits: [u8; 32] = rand::random();
    let secret = format!("hatang_{}", hex(&bits));
    Sql::new("insert into tokens (account_id, name, secret_hash, expires_at) select id, ")
        .bind(Bind::Text(name.into()))
        .text(", decode(")
        .bind(Bind::Text(hash(&secret)))
        .text(", 'hex'), now() + make_interval(days => ")
        .bind(Bind::Integer(days.into()))
        .text("::integer) from accounts where username = 'console'")
        .execute(conn)
        .await?;
    let detail = serde_json::json!({"name": name, "days": days});
    audit::record(conn, &Event { actor: "console", action: "token.create", detail, ..Event::default() }).await?;
    Ok(secret)
}

/// SHA-256, hexadecimal.
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
