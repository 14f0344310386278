//! Tells the writer of a statement about an earlier day which later statements hold.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Date, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::layers::Problem;
use crate::postgres::sql::{Bind, Sql};
use crate::register::writing::{PlannedRow, Writing};
use crate::texts::text;

#[derive(QueryableByName)]
struct Later {
    #[diesel(sql_type = BigInt)]
    nth: i64,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Date)]
    from: NaiveDate,
}

/// For each field that a row states, the first later day for which the register has another statement.
pub(super) async fn warn(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    rows: &[PlannedRow],
    warnings: &mut [Vec<Problem>],
) -> QueryResult<()> {
    let today = json!(writing.today);
    let is_of_past =
        |row: &&PlannedRow| !row.is_new && row.changes.get("effective_on").is_some_and(|day| *day != today);
    let of_past: Vec<Value> = rows
        .iter()
        .filter(is_of_past)
        .map(|row| json!({"nth": row.nth, "id": row.id, "on": row.changes["effective_on"], "said": row.said}))
        .collect();
    if of_past.is_empty() {
        return Ok(());
    }
    let layer = writing.view.layer;
    let later: Vec<Later> =
        Sql::file(include_str!("later.sql"), &[Bind::Json(Value::Array(of_past)), Bind::Text(layer.collection.into())])
            .load(conn)
            .await?;
    let mut by_row: HashMap<i64, Vec<Problem>> = HashMap::new();
    for Later { nth, name, from } in later {
        let problem = match layer.field(&name) {
            Some(field) => Problem::of_field(field.name, text!("statement.later", field = field.label, from)),
            None if name == "geom" => Problem::in_body("/geometry", text!("statement.later/place", from)),
            None => continue,
        };
        by_row.entry(nth).or_default().push(problem);
    }
    for (nth, problems) in by_row {
        if let Some(warnings) = usize::try_from(nth).ok().and_then(|nth| warnings.get_mut(nth)) {
            warnings.extend(problems);
        }
    }
    Ok(())
}
