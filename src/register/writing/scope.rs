//! Checks that rows lie in the writer's scope. Nobody may move a record out of it.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::access::View;
use crate::error::Error;
use crate::layers::Problem;
use crate::postgres::sql::{Bind, Sql};
use crate::register::writing::statements::of_import;
use crate::register::writing::{Refused, Rows};
use crate::texts::text;

/// A row outside the writer's scope.
#[derive(Debug, QueryableByName)]
pub struct Outside {
    /// The number of a planned row, or the id of a written one.
    #[diesel(sql_type = BigInt)]
    pub key: i64,
    /// The code and name of the commune that it lies in.
    #[diesel(sql_type = Nullable<Text>)]
    pub commune: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub operator: Option<String>,
}

/// Refuses written rows outside the writer's scope. By now the database has found the commune of each row.
pub(super) async fn check(conn: &mut AsyncPgConnection, view: &View<'_>, rows: &Rows<'_>) -> Result<(), Refused> {
    let ids = match rows {
        Rows::Listed(rows) => Sql::new("").bind(Bind::Integers(rows.iter().map(|row| row.id).collect())),
        Rows::Import(import) => {
            let written = "select record_id from import_rows where op in ('create', 'update', 'restore', 'missing')";
            Sql::new(written).sql(of_import(*import))
        }
    };
    let written = Sql::new("select w.*, w.id as key from ")
        .name(view.layer.table())
        .text(" w where w.id = any(")
        .sql(ids)
        .text(")");
    let outside = outside(conn, view, written).await?;
    let nth_of = |outside: &Outside| match rows {
        Rows::Listed(rows) => rows.iter().find(|row| row.id == outside.key).map(|row| row.nth),
        Rows::Import(_) => Some(0),
    };
    let refused = outside.iter().filter_map(nth_of).map(|nth| (nth, error()));
    Refused::unless_none(refused.collect())
}

/// The planned rows of an import that would lie outside the writer's scope.
pub async fn of_import_rows(conn: &mut AsyncPgConnection, view: &View<'_>, import: Uuid) -> QueryResult<Vec<Outside>> {
    let planned = Sql::new(
        "select r.nth::bigint as key, r.hamlet_id, r.operator, coalesce(r.commune_id, stored.commune_id) as commune_id \
         from import_rows r left join ",
    )
    .name(view.layer.table())
    .text(" stored on stored.id = r.record_id and not r.moved where r.op in ('create', 'update', 'restore')")
    .sql(of_import(import));
    outside(conn, view, planned).await
}

async fn outside(conn: &mut AsyncPgConnection, view: &View<'_>, rows: Sql) -> QueryResult<Vec<Outside>> {
    Sql::new(
        "select t.key, (select format('%s %s', u.code, u.name) from admin_units u where u.id = t.commune_id) as commune, \
         to_jsonb(t) ->> 'operator' as operator \
         from (",
    )
    .sql(rows)
    .text(") t where not ")
    .sql(view.writable())
    .load(conn)
    .await
}

fn error() -> Error {
    Error::Forbidden(Some(Problem::in_body("", text!("scope.outside"))))
}
