//! Figures that were published before the register could count them.

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Double, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::conditions::Days;
use crate::figures::Baseline;
use crate::figures::counting::stated::stated;
use crate::postgres::sql::{Bind, Sql};
use crate::units::territory::Unit;

#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    indicator: String,
    #[diesel(sql_type = Nullable<Text>)]
    group_value: Option<String>,
    #[diesel(sql_type = BigInt)]
    unit_id: i64,
    #[diesel(sql_type = Double)]
    value: f64,
    #[diesel(sql_type = Text)]
    document: String,
}

/// The figures published for these units on a day, as far as the register knew them at the instant of `days`.
pub async fn published(
    conn: &mut AsyncPgConnection,
    days: Days,
    day: NaiveDate,
    units: &[Unit],
) -> QueryResult<Vec<Baseline>> {
    let sql = Sql::new("select b.indicator, b.group_value, b.unit_id, b.value, b.document from ")
        .sql(stated("baselines", "declared_baselines", days.known_at))
        .text(" b where b.on_day = ")
        .bind(Bind::Date(day))
        .text(" and b.unit_id = any(")
        .bind(Bind::Integers(units.iter().map(|unit| unit.id).collect()))
        .text(")");
    let rows: Vec<Row> = sql.load(conn).await?;
    let baseline = |Row { indicator, group_value, unit_id, value, document }| Baseline {
        indicator,
        group_value,
        unit_id,
        value,
        document,
    };
    Ok(rows.into_iter().map(baseline).collect())
}
