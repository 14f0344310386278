//! Finds the unit that an address or a parameter names; of one that ended it says what it became.

use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::error::Error;
use crate::layers::Problem;
use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};
use crate::texts::{Text, Value, text};
use crate::units::kin;
use crate::units::kin::Kin;
use crate::units::territory::{Level, Unit, has_units, versions};

/// The version of a unit on the first of these days on which there is one, and that day. `named_by` is the parameter
/// that names the unit.
///
/// # Errors
/// 404 when there is none. The problem says what the unit became, or when it was in force.
pub async fn find(
    conn: &mut AsyncPgConnection,
    named_by: &str,
    code: &str,
    days: &[NaiveDate],
    today: NaiveDate,
) -> Result<(Unit, NaiveDate), Error> {
    let versions = versions(conn, code).await?;
    for day in days {
        if let Some(found) = versions.iter().find(|version| version.is_in_force(*day)) {
            if !is_loaded(conn, *day, today).await? {
                return Err(no_such_unit(named_by, text!("units.none_ahead", day = *day)));
            }
            return Ok((found.clone(), *day));
        }
    }
    let day = days.first().copied().unwrap_or(today);
    let reason = absence(conn, code, day, &versions).await?;
    Err(no_such_unit(named_by, reason))
}

/// Whether the units of a day are known. Those of a day to come are if a list of it, or of a day before it, is loaded.
pub async fn is_loaded(conn: &mut AsyncPgConnection, day: NaiveDate, today: NaiveDate) -> QueryResult<bool> {
    if day <= today {
        return Ok(true);
    }
    let sql = Sql::new("select exists (select from admin_units where valid_from > ")
        .bind(Bind::Date(today))
        .text(" and valid_from <= ")
        .bind(Bind::Date(day))
        .text(")");
    let row: Row = sql.get_result(conn).await?;
    Ok(matches!(row.cells[0], Cell::Bool(true)))
}

/// Units as a sentence lists them: `380 Thành phố Thanh Hóa`.
pub fn listed<'a>(units: impl IntoIterator<Item = &'a Kin>) -> Vec<String> {
    units.into_iter().map(|kin| format!("{} {}", kin.unit.code, kin.unit.name)).collect()
}

/// Why a code has no unit on a day.
async fn absence(conn: &mut AsyncPgConnection, code: &str, day: NaiveDate, versions: &[Unit]) -> QueryResult<Text> {
    if versions.is_empty() {
        let is_empty = !has_units(conn, None).await?;
        return Ok(if is_empty { text!("units.none") } else { text!("unit.not_valid/code", code) });
    }
    if let Some((was, to)) = versions.iter().rev().find_map(|was| Some((was, was.valid_to.filter(|to| *to < day)?))) {
        let successors = kin::successors(conn, was.id).await?;
        if !successors.is_empty() {
            let successors = listed(&successors);
            return Ok(text!("unit.not_valid/became", code, day, name = &was.name, to, successors));
        }
        let ended = kin::end_of_districts(conn, day).await?;
        if was.level == Level::District
            && let Some(ended) = ended
        {
            return Ok(text!("unit.not_valid/tier", code, day, name = &was.name, to, ended));
        }
    }
    let times = versions.iter().map(|version| {
        let to = version.valid_to.map_or_else(|| "…".into(), Value::Day);
        text!("unit.time", name = &version.name, from = version.valid_from, to)
    });
    let times: Vec<_> = times.collect();
    Ok(text!("unit.not_valid/day", code, day, times))
}

fn no_such_unit(named_by: &str, text: Text) -> Error {
    Error::NoSuchUnit(Problem::of_parameter(named_by, text))
}
