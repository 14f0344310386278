//! Bearer tokens: shown once, stored hashed; and the audit trail of who was given what and who read what.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use sha2::{Digest, Sha256};

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
    audit(conn, "console", "token.create", None, serde_json::json!({"name": name, "days": days}), None).await?;
    Ok(secret)
}

/// Adds to the audit trail.
pub async fn audit(
    conn: &mut AsyncPgConnection,
    actor: &str,
    action: &'static str,
    collection: Option<&'static str>,
    detail: Value,
    request_id: Option<&str>,
) -> QueryResult<()> {
    let optional = |text: Option<&str>| text.map_or(Bind::NullText, |text| Bind::Text(text.into()));
    Sql::new("insert into audit (actor, action, collection, detail, request_id) values (")
        .bind(Bind::Text(actor.into()))
        .text(", ")
        .bind(Bind::Text(action.into()))
        .text(", ")
        .bind(optional(collection))
        .text(", ")
        .bind(Bind::Json(detail))
        .text(", ")
        .bind(optional(request_id))
        .text(")")
        .execute(conn)
        .await?;
    Ok(())
}

/// SHA-256, hexadecimal.
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
