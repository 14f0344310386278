//! Finds records that bear the name of a written one in the same commune, in layers where a name tells records apart. They
//! may be duplicates, wherever they stand: a hamlet may have a boundary in one list and a point, or no place, in another.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::error::Error;
use crate::layers::Problem;
use crate::postgres::sql::{Bind, Sql};
use crate::register::writing::{PlannedRow, Refused, Writing};
use crate::texts::text;

#[derive(Debug, QueryableByName)]
struct Namesakes {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    commune: String,
    /// The codes and names of the others.
    #[diesel(sql_type = Array<Text>)]
    others: Vec<String>,
}

/// Runs after the write. Refuses rows with a namesake, unless the writer has confirmed it.
pub(super) async fn check(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    rows: &[PlannedRow],
    warnings: &mut [Vec<Problem>],
) -> Result<(), Refused> {
    if !writing.view.layer.named_in_commune {
        return Ok(());
    }
    let named: Vec<_> = rows.iter().filter(|row| row.touches(&["name", "geom", "declared_commune_code"])).collect();
    let found = of_written(conn, writing, named.iter().map(|row| row.id).collect()).await?;
    let mut refused = Vec::new();
    for (row, found) in named.iter().filter_map(|row| Some((row, found.iter().find(|found| found.id == row.id)?))) {
        let others = found.others.clone();
        let problem = Problem::of_field("name", text!("dup.near/name", others, commune = &found.commune));
        let is_confirmed = writing.confirmed.iter().any(|code| code == problem.code);
        match is_confirmed || writing.unconditional {
            true => warnings[row.nth].push(problem),
            false => refused.push((row.nth, Error::Conflict(problem))),
        }
    }
    Refused::unless_none(refused)
}

async fn of_written(conn: &mut AsyncPgConnection, writing: &Writing<'_>, ids: Vec<i64>) -> QueryResult<Vec<Namesakes>> {
    let table = writing.view.layer.table();
    Sql::new("select w.id, min(u.name) as commune, array_agg(t.code || ' ' || t.name order by t.code) as others from ")
        .name(table)
        .text(" w join ")
        .name(table)
        .text(" t on t.commune_id = w.commune_id and lower(t.name) = lower(w.name) and t.id <> w.id join admin_units u on u.id = w.commune_id where w.id = any(")
        .bind(Bind::Integers(ids))
        .text(
            ") and w.lifecycle_status <> 'decommissioned' and t.lifecycle_status <> 'decommissioned' \
             and w.deleted_at is null and t.deleted_at is null group by w.id",
        )
        .load(conn)
        .await
}
