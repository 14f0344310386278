//! The households and people of units, from the counts of their communes.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Date, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use chrono::NaiveDate;

use crate::conditions::{Days, group_of};
use crate::figures::Census;
use crate::postgres::sql::{Bind, Sql};
use crate::units::territory::Unit;

/// A row that `census.sql` returns.
#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    unit: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    households: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    population: Option<i64>,
    #[diesel(sql_type = Nullable<Date>)]
    counted_on: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Text>)]
    source: Option<String>,
}

/// The census of each unit, by its code.
pub async fn of_units(
    conn: &mut AsyncPgConnection,
    units: &[Unit],
    days: Days,
) -> QueryResult<HashMap<String, Census>> {
    let codes = units.iter().map(|unit| unit.code.clone()).collect();
    let group = units.iter().find_map(|unit| group_of(&unit.code));
    let group = group.map_or(Bind::NullText, |group| Bind::Text(group.to_owned()));
    let values = [Bind::Texts(codes), Bind::Date(days.unit_date), group];
    let rows: Vec<Row> = Sql::file(include_str!("census.sql"), &values).load(conn).await?;
    let census = |Row { unit, households, population, counted_on, source }| {
        (unit, Census { households, population, counted_on, source })
    };
    Ok(rows.into_iter().map(census).collect())
}
