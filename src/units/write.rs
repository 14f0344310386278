//! Writes what an import planned, so that no two versions of a code overlap at any step.

use anyhow::bail;
use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Date, Jsonb, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::postgres::row::Row;
use crate::units::plan::mapping_plan::Mapped;
use crate::units::plan::timeline::{Change, Difference, Version};
use crate::units::{ACTOR, refresh};

/// Writes the versions of a plan. Does nothing if the plan is empty.
///
/// # Errors
/// When a statement refers to a version that would be removed, or the database's.
pub async fn versions(conn: &mut AsyncPgConnection, difference: &Difference) -> anyhow::Result<()> {
    if difference.is_empty() {
        return Ok(());
    }
    remove(conn, &difference.removed).await?;
    let updated = records(&difference.updated);
    // Versions that end earlier come first: they make room for those that grow.
    for statement in [include_str!("shrink.sql"), include_str!("update.sql")] {
        sql_query(statement).bind::<Jsonb, _>(&updated).execute(conn).await?;
    }
    let created = records(&difference.created);
    sql_query(include_str!("create.sql")).bind::<Jsonb, _>(&created).execute(conn).await?;

    let relink = [include_str!("relink_from.sql"), include_str!("relink_to.sql"), include_str!("relink_baselines.sql")];
    for statement in relink {
        sql_query(statement).bind::<Array<BigInt>, _>(&difference.moved).execute(conn).await?;
    }
    Ok(())
}

async fn remove(conn: &mut AsyncPgConnection, removed: &[Version]) -> anyhow::Result<()> {
    if removed.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = removed.iter().filter_map(|version| version.id).collect();
    let bound: Vec<Row> = sql_query(
        "select format('%s (%s)', u.code, u.name) from admin_units u
         where u.id = any($1) and u.id in (select unit_id from declared_baselines
           union all select unit_id from declared_values union all select unit_id from availability)",
    )
    .bind::<Array<BigInt>, _>(&ids)
    .load(conn)
    .await?;
    if !bound.is_empty() {
        let units: Vec<_> = bound.iter().filter_map(|row| row.cells[0].as_text()).collect();
        bail!("statements refer to units that would vanish: {}", units.join(", "));
    }
    // Records lie in communes in force today. So the versions first move out of time, which frees their records; then
    // they can be deleted.
    sql_query(
        "update admin_units u set valid_from = date '0001-01-01' + nth::integer, valid_to = date '0001-01-01' + nth::integer
         from unnest($1) with ordinality as gone (id, nth) where u.id = gone.id",
    )
    .bind::<Array<BigInt>, _>(&ids)
    .execute(conn)
    .await?;
    refresh(conn, ACTOR).await?;
    sql_query("delete from admin_units where id = any($1)").bind::<Array<BigInt>, _>(&ids).execute(conn).await?;
    Ok(())
}

/// Writes the changes that a list shows; returns how many are new.
pub async fn shown_changes(conn: &mut AsyncPgConnection, changes: &[Change]) -> QueryResult<usize> {
    if changes.is_empty() {
        return Ok(0);
    }
    sql_query(include_str!("add_changes.sql")).bind::<Jsonb, _>(change_records(changes)).execute(conn).await
}

/// Replaces the changes of a mapping's units across its day; returns how many were added, removed and already known.
pub async fn mapped_changes(
    conn: &mut AsyncPgConnection,
    mapped: &Mapped,
    on: NaiveDate,
) -> QueryResult<(usize, usize, usize)> {
    let records = change_records(&mapped.changes);
    let removed = sql_query(include_str!("drop_changes.sql"))
        .bind::<Jsonb, _>(&records)
        .bind::<Date, _>(on)
        .bind::<Array<Text>, _>(mapped.old_codes.iter().collect::<Vec<_>>())
        .bind::<Array<Text>, _>(mapped.new_codes.iter().collect::<Vec<_>>())
        .execute(conn)
        .await?;
    let added = sql_query(include_str!("add_changes.sql")).bind::<Jsonb, _>(&records).execute(conn).await?;
    Ok((added, removed, mapped.changes.len().saturating_sub(added)))
}

fn records(versions: &[Version]) -> Value {
    versions
        .iter()
        .map(|version| {
            json!({
                "id": version.id,
                "code": version.code,
                "name": version.name,
                "kind": version.kind,
                "parent_code": version.parent,
                "valid_from": version.from,
                "valid_to": version.to,
                "area_km2": version.area_km2,
                "area_source": version.area_source,
                "source": if version.demo { "demo" } else { "import" },
                "copy_of": version.copy_of,
            })
        })
        .collect()
}

fn change_records<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Value {
    changes
        .into_iter()
        .map(|change| {
            json!({
                "from_code": change.from.0,
                "from_valid_from": change.from.1,
                "to_code": change.to.0,
                "to_valid_from": change.to.1,
                "part": change.part,
                "kind": change.kind,
            })
        })
        .collect()
}
