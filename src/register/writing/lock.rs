//! Locks the records to write, and checks their scope and version.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Jsonb, Nullable};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::access::View;
use crate::error::Error;
use crate::layers::{Class, Layer, Properties};
use crate::postgres::sql::{Bind, Sql};
use crate::register::writing::statements::of_import;
use crate::register::writing::{Refused, Writing};

/// The version that a change was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    Unsaid,
    /// The write is right for any version.
    Unneeded,
    Any,
    /// One of these versions.
    Versions(Vec<i64>),
    /// A tag that no version has.
    Other,
}

/// A record that is locked until the transaction ends.
#[derive(Debug)]
pub struct Locked {
    /// Its columns, with the geometry as `geom`.
    pub record: Properties,
    /// The class of fields that the writer may see of it.
    pub class: Class,
    pub is_writable: bool,
    /// Whether an earlier version states something of a later day than the last version.
    pub has_later: bool,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Jsonb)]
    record: Value,
    #[diesel(sql_type = Nullable<Integer>)]
    class: Option<Class>,
    #[diesel(sql_type = Bool)]
    is_writable: bool,
    #[diesel(sql_type = Bool)]
    has_later: bool,
}

/// Locks records in the order of their ids and returns them by id. Left out are records that do not exist, are deleted
/// (with `deleted`: are not deleted), or are hidden from the writer.
pub async fn lock(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    ids: &[i64],
    deleted: bool,
) -> QueryResult<HashMap<i64, Locked>> {
    let found: Vec<Found> = Sql::new("select record_json(t, t.geom, null) as record, ")
        .sql(view.class_of_row())
        .text(" as class, ")
        .sql(view.writable())
        .text(
            " as is_writable, exists (select from versions v where v.record_id = t.id and v.effective_on > t.effective_on \
             and v.collection = ",
        )
        .bind(Bind::Text(view.layer.collection.into()))
        .text(") as has_later from ")
        .name(view.layer.table())
        .text(" t where t.id = any(")
        .bind(Bind::Integers(ids.to_vec()))
        .text(if deleted { ") and t.deleted_at is not null" } else { ") and t.deleted_at is null" })
        .text(" order by t.id for update")
        .load(conn)
        .await?;
    let shown = found.into_iter().filter_map(|Found { record, class, is_writable, has_later }| {
        let Value::Object(record) = record else { return None };
        Some((record.get("id")?.as_i64()?, Locked { record, class: class?, is_writable, has_later }))
    });
    Ok(shown.collect())
}

/// Locks the records to change. Each must exist, be in the writer's scope and have the expected version. Checked in
/// this order: 404, 403, 428, 412.
pub(super) async fn lock_expected(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    targets: &[(i64, Expected)],
    deleted: bool,
) -> Result<HashMap<i64, Locked>, Refused> {
    let ids: Vec<_> = targets.iter().map(|(id, _)| *id).collect();
    let locked = lock(conn, &writing.view, &ids, deleted).await?;
    let mut refused = Vec::new();
    for (index, (id, expected)) in targets.iter().enumerate() {
        let error = match locked.get(id) {
            // With `If-Match`, an unknown id is a failed precondition (RFC 9110).
            None if matches!(expected, Expected::Unsaid | Expected::Unneeded) => Error::NotFound,
            None => Error::Stale,
            Some(record) if !record.is_writable => Error::Forbidden(None),
            Some(record) => match expected {
                Expected::Any | Expected::Unneeded => continue,
                Expected::Unsaid if writing.unconditional => continue,
                Expected::Unsaid => Error::PreconditionRequired,
                Expected::Versions(versions) if versions.iter().any(|version| record.record["version"] == *version) => {
                    continue;
                }
                Expected::Versions(_) | Expected::Other => Error::Stale,
            },
        };
        refused.push((index, error));
    }
    Refused::unless_none(refused)?;
    Ok(locked)
}

/// Locks the records that an import changes, in the order of their ids as every write does: otherwise two writes of the
/// same records wait for each other.
pub async fn lock_of_import(conn: &mut AsyncPgConnection, layer: &Layer, import: Uuid) -> QueryResult<()> {
    Sql::new("select from ")
        .name(layer.table())
        .text(" where id in (select r.record_id from import_rows r where r.op in ('update', 'restore', 'missing')")
        .sql(of_import(import))
        .text(") order by id for update")
        .execute(conn)
        .await?;
    Ok(())
}

/// Fields that are checked together: a write of one of them may make what another one was checked with wrong.
const CHECKED_TOGETHER: &[&str] = &[
    "geom",
    "declared_commune_code",
    "declared_on",
    "hamlet_id",
    "location_accuracy_m",
    "lifecycle_status",
    "operational_state",
    "installed_on",
    "decommissioned_on",
    "deleted_at",
];

/// The rows of an import that can no longer be written as planned, as rows of `nth, record_id`: since then somebody wrote a
/// field that the row writes, or one that is checked together with such a field. Other changes of the record stay as they
/// are, and a row that changes nothing holds whatever was written since.
pub fn changed_since_import(view: &View<'_>, import: Uuid) -> Sql {
    let layer = view.layer;
    let every = layer.fields().map(|field| field.name).chain(["geom", "deleted_at"]).collect();
    let together: Vec<&str> = if layer.rules.is_empty() { CHECKED_TOGETHER.to_vec() } else { every };
    let together = || Bind::Texts(together.iter().map(|name| (*name).to_owned()).collect());
    Sql::new("select r.nth, r.record_id from import_rows r left join ")
        .name(layer.table())
        .text(
            " t on t.id = r.record_id and (t.deleted_at is null) = (r.op <> 'restore') \
             where r.op in ('update', 'restore', 'missing') and (t.id is null or t.version <> r.version and exists (\
             select from versions v where v.record_id = r.record_id and v.version > r.version and v.collection = ",
        )
        .bind(Bind::Text(layer.collection.into()))
        .text(
            " and (v.changes ?| array(select jsonb_object_keys(r.changes - 'effective_on')) \
             or v.changes ?| ",
        )
        .bind(together())
        .text(" and r.changes ?| ")
        .bind(together())
        .text(")))")
        .sql(of_import(import))
}
