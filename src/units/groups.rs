//! Named groups of units, such as "the 14 communes of the former district".

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::error::Error;
use crate::layers::Problem;
use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};
use crate::texts::text;
use crate::units::territory::{COLUMNS, Level, Unit};

diesel::table! {
    unit_groups (code) {
        code -> Text,
        name_vi -> Text,
        name_en -> Nullable<Text>,
        source -> Text,
        units_on -> Date,
        members -> Array<Text>,
        updated_by -> Text,
    }
}

/// A group: units by their codes, read on a day.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = unit_groups, treat_none_as_null = true)]
pub struct Group {
    pub code: String,
    pub name_vi: String,
    pub name_en: Option<String>,
    /// The document or the agency that names the group.
    pub source: String,
    pub units_on: NaiveDate,
    pub members: Vec<String>,
    pub updated_by: String,
}

impl Group {
    /// The group as figures name it, beside the units of its day.
    pub fn as_unit(&self) -> Unit {
        Unit {
            id: 0,
            code: format!("group:{}", self.code),
            name: self.name_vi.clone(),
            level: Level::Group,
            valid_from: self.units_on,
            valid_to: None,
        }
    }
}

pub async fn list(conn: &mut AsyncPgConnection) -> QueryResult<Vec<Group>> {
    unit_groups::table.order(unit_groups::code).select(Group::as_select()).load(conn).await
}

/// The group that a parameter names.
///
/// # Errors
/// 404 when there is none.
pub async fn of_code(conn: &mut AsyncPgConnection, named_by: &str, code: &str) -> Result<Group, Error> {
    let unknown = || Error::NoSuchUnit(Problem::of_parameter(named_by, text!("unit.not_valid/group", code)));
    find(conn, code).await?.ok_or_else(unknown)
}

pub async fn find(conn: &mut AsyncPgConnection, code: &str) -> QueryResult<Option<Group>> {
    unit_groups::table.find(code).select(Group::as_select()).first(conn).await.optional()
}

/// Adds a group, or replaces the one with its code.
pub async fn save(conn: &mut AsyncPgConnection, group: &Group) -> QueryResult<()> {
    let insert = diesel::insert_into(unit_groups::table).values(group);
    insert.on_conflict(unit_groups::code).do_update().set(group).execute(conn).await?;
    Ok(())
}

/// Whether there was such a group.
pub async fn delete(conn: &mut AsyncPgConnection, code: &str) -> QueryResult<bool> {
    Ok(diesel::delete(unit_groups::table.find(code)).execute(conn).await? > 0)
}

/// The communes in force on a day that share the group's territory, in the order of their codes.
pub async fn communes(conn: &mut AsyncPgConnection, code: &str, day: NaiveDate) -> QueryResult<Vec<Unit>> {
    let sql = Sql::new("select ")
        .text(COLUMNS)
        .text(" from group_communes(")
        .bind(Bind::Text(code.to_owned()))
        .text(", ")
        .bind(Bind::Date(day))
        .text(") u order by u.code");
    let rows: Vec<Row> = sql.load(conn).await?;
    Ok(rows.iter().filter_map(Unit::of_row).collect())
}

/// The units of these codes in force on a day, in the order of their codes.
pub async fn members(conn: &mut AsyncPgConnection, codes: &[String], day: NaiveDate) -> QueryResult<Vec<Unit>> {
    let sql = Sql::new("select ")
        .text(COLUMNS)
        .text(" from admin_units u where in_force(u.valid_from, u.valid_to, ")
        .bind(Bind::Date(day))
        .text(") and u.code = any(")
        .bind(Bind::Texts(codes.to_vec()))
        .text(") order by u.code");
    let rows: Vec<Row> = sql.load(conn).await?;
    Ok(rows.iter().filter_map(Unit::of_row).collect())
}
