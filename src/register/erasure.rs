//! Permanent erasure of personal data from the register (Law 91/2025).

use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;
use serde_json::{Map, Value, json};

use crate::accounts::secrets::hex;
use crate::layers::{Field, Layer};
use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};
use diesel_async::RunQueryDsl;

/// What was erased, with the means to prove it.
#[derive(Debug)]
pub struct Erasure {
    /// Each field, with the hashes of the values that it had.
    pub hashes: Value,
    /// The reason, without the erased values if it contained any.
    pub reason: String,
    /// The salt of the hashes, with which whoever asked for the erasure can prove what was erased. It is not stored:
    /// telephone numbers are so few that whoever has both the salt and a hash could find the number.
    pub salt: String,
}

/// Erases fields of a record, including their values in versions, the audit trail and stored responses. `None` if there
/// is no such record. Backups made earlier still hold the values.
pub async fn erase(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    id: i64,
    fields: &[&'static Field],
    actor: &str,
    reason: &str,
) -> QueryResult<Option<Erasure>> {
    let salt = hex(&rand::random::<[u8; 32]>());
    let columns: Map<String, Value> =
        fields.iter().map(|field| (field.name.to_owned(), json!(field.columns().collect::<Vec<_>>()))).collect();
    let row: Row = Sql::new("select erase_fields(")
        .bind(Bind::Text(layer.collection.into()))
        .text(", ")
        .bind(Bind::Integer(id))
        .text(", ")
        .bind(Bind::Json(Value::Object(columns)))
        .text(", ")
        .bind(Bind::Text(salt.clone()))
        .text(", ")
        .bind(Bind::Text(actor.into()))
        .text(", ")
        .bind(Bind::Text(reason.into()))
        .text(")")
        .get_result(conn)
        .await?;
    let done = row.cells[0].to_json();
    let reason = done["reason"].as_str().map(str::to_owned);
    Ok(reason.map(|reason| Erasure { hashes: done["hashes"].clone(), reason, salt }))
}
