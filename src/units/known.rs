//! The units known so far, for an import to compare with.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::units::plan::list_plan::ListDays;
use crate::units::plan::timeline::{Timeline, Version};

diesel::table! {
    admin_units (id) {
        id -> BigInt,
        level -> Text,
        code -> Text,
        name -> Text,
        kind -> Nullable<Text>,
        parent_code -> Nullable<Text>,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        area_km2 -> Nullable<Double>,
        area_source -> Nullable<Text>,
        source -> Text,
    }
}

diesel::table! {
    unit_lists (as_of) {
        as_of -> Date,
        provinces -> Nullable<Array<Text>>,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = admin_units)]
struct UnitRow {
    id: i64,
    code: String,
    name: String,
    kind: Option<String>,
    parent_code: Option<String>,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    area_km2: Option<f64>,
    area_source: Option<String>,
    source: String,
}

/// The versions of all units.
pub async fn timeline(conn: &mut AsyncPgConnection) -> QueryResult<Timeline> {
    let rows: Vec<UnitRow> = admin_units::table
        .order((admin_units::code, admin_units::valid_from))
        .select(UnitRow::as_select())
        .load(conn)
        .await?;
    Ok(Timeline::new(rows.into_iter().map(|row| Version {
        id: Some(row.id),
        code: row.code,
        name: row.name,
        kind: row.kind,
        parent: row.parent_code,
        from: row.valid_from,
        to: row.valid_to,
        area_km2: row.area_km2,
        area_source: row.area_source,
        demo: row.source == "demo",
        copy_of: None,
    })))
}

/// The days of the imported lists.
pub async fn list_days(conn: &mut AsyncPgConnection) -> QueryResult<ListDays> {
    let rows: Vec<(NaiveDate, Option<Vec<String>>)> = unit_lists::table.load(conn).await?;
    Ok(rows.into_iter().map(|(day, provinces)| (day, provinces.map(BTreeSet::from_iter))).collect())
}

/// Records that the list of a day was imported. Several lists of one day complete each other.
pub async fn remember_list(
    conn: &mut AsyncPgConnection,
    day: NaiveDate,
    provinces: Option<BTreeSet<String>>,
    known: &ListDays,
) -> QueryResult<()> {
    let all = match (known.get(&day), provinces) {
        (Some(None), _) | (_, None) => None,
        (Some(Some(before)), Some(now)) => Some(before | &now),
        (None, Some(now)) => Some(now),
    };
    if known.get(&day) == Some(&all) {
        return Ok(());
    }
    let all: Option<Vec<String>> = all.map(Vec::from_iter);
    diesel::insert_into(unit_lists::table)
        .values((unit_lists::as_of.eq(day), unit_lists::provinces.eq(&all)))
        .on_conflict(unit_lists::as_of)
        .do_update()
        .set(unit_lists::provinces.eq(&all))
        .execute(conn)
        .await?;
    Ok(())
}
