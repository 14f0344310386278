//! Records that the list of a source no longer has.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::access::View;
use crate::postgres::sql::{Bind, Sql};

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Adds rows to an import that decommission the records of a source missing from its file. Returns how many are
/// missing, out of how many known records.
pub async fn plan_missing(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    import: Uuid,
    source_org: &str,
    effective_on: NaiveDate,
) -> QueryResult<(i64, i64)> {
    let id = || Bind::Text(import.to_string());
    let missing = Sql::new(
        "insert into import_rows (import_id, nth, sheet, op, record_id, version, changes, before, commune_id, hamlet_id) \
         select ",
    )
    .bind(id())
    .text("::uuid, (select coalesce(max(nth), -1) from import_rows where import_id = ")
    .bind(id())
    .text(
        "::uuid) + row_number() over (order by t.id), '', 'missing', t.id, t.version, \
         jsonb_build_object('lifecycle_status', 'decommissioned', 'decommissioned_on', greatest(t.installed_on, ",
    )
    .bind(Bind::Date(effective_on))
    .text("), 'effective_on', ")
    .bind(Bind::Date(effective_on))
    .text("), jsonb_build_object('code', t.code, 'name', ")
    .sql(view.name_of_row())
    .text(
        ", 'lifecycle_status', t.lifecycle_status, \
         'decommissioned_on', t.decommissioned_on), t.commune_id, t.hamlet_id from ",
    )
    .name(view.layer.table())
    .text(" t where t.deleted_at is null and t.lifecycle_status <> 'decommissioned' and t.source_org = ")
    .bind(Bind::Text(source_org.into()))
    .text(" and ")
    .sql(view.writable())
    .text(" and not exists (select from import_rows r where r.record_id = t.id and r.import_id = ")
    .bind(id())
    .text("::uuid)")
    .execute(conn)
    .await?;
    let known: Known = Sql::new(
        "select count(*) as count from import_rows where op <> 'create' and record_id is not null and import_id = ",
    )
    .bind(id())
    .text("::uuid")
    .get_result(conn)
    .await?;
    Ok((missing as i64, known.count))
}
