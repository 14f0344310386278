//! What became of units, what they came from, and what is known of them besides.

use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};
use crate::units::territory::{COLUMNS, Unit};

/// A unit that another became or came from, as a whole or in part.
#[derive(Debug, Clone)]
pub struct Kin {
    pub unit: Unit,
    /// `full` or `partial`: how much of the earlier unit lies in the later one.
    pub part: String,
    /// The kind of change: `renamed moved merged split recoded`.
    pub kind: String,
}

/// The units that a version came from.
pub async fn predecessors(conn: &mut AsyncPgConnection, id: i64) -> QueryResult<Vec<Kin>> {
    kin(conn, " from admin_changes c join admin_units u on u.id = c.from_id where c.to_id = ", id).await
}

/// The units that a version became.
pub async fn successors(conn: &mut AsyncPgConnection, id: i64) -> QueryResult<Vec<Kin>> {
    kin(conn, " from admin_changes c join admin_units u on u.id = c.to_id where c.from_id = ", id).await
}

/// A unit whose territory another one shares.
#[derive(Debug, Clone)]
pub struct Part {
    pub unit: Unit,
    /// Whether all of it lies in the other.
    pub is_whole: bool,
}

/// The units in force on `day` whose territory a unit shares, as that was on `unit_date`.
pub async fn territory_on(
    conn: &mut AsyncPgConnection,
    code: &str,
    unit_date: NaiveDate,
    day: NaiveDate,
) -> QueryResult<Vec<Part>> {
    let binds = [Bind::Text(code.to_owned()), Bind::Date(unit_date), Bind::Date(day)];
    let rows: Vec<Row> = Sql::file(include_str!("kin.sql"), &binds).load(conn).await?;
    let part = |row: &Row| {
        let is_whole = matches!(row.cells.last(), Some(Cell::Bool(true)));
        Some(Part { unit: Unit::of_row(row)?, is_whole })
    };
    Ok(rows.iter().filter_map(part).collect())
}

/// Kind, parent, decree, area, census and boundary of a version, as JSON; the parent is that of `day`.
pub async fn about(conn: &mut AsyncPgConnection, id: i64, day: NaiveDate) -> QueryResult<Value> {
    let row: Row = Sql::file(include_str!("about.sql"), &[Bind::Integer(id), Bind::Date(day)]).get_result(conn).await?;
    Ok(row.cells[0].to_json())
}

/// The codes of those versions that have communes without a boundary on a day, or are such communes.
pub async fn without_boundary(conn: &mut AsyncPgConnection, ids: &[i64], day: NaiveDate) -> QueryResult<Vec<String>> {
    let sql = Sql::new("select u.code from admin_units u where u.geom is null and u.id = any(")
        .bind(Bind::Integers(ids.to_vec()))
        .text(") and (u.level = 'commune' or u.code in (select above.code from units_on(")
        .bind(Bind::Date(day))
        .text(
            ") c join admin_units g on g.id = c.id and g.level = 'commune' and g.geom is null \
             cross join lateral (values (c.district), (c.province)) above (code))) order by u.code",
        );
    let rows: Vec<Row> = sql.load(conn).await?;
    Ok(rows.iter().filter_map(|row| row.cells[0].as_text().map(str::to_owned)).collect())
}

/// The last day of the district tier: no district is in force on `day`, but some were before.
pub async fn end_of_districts(conn: &mut AsyncPgConnection, day: NaiveDate) -> QueryResult<Option<NaiveDate>> {
    let sql = Sql::new("select max(valid_to) from admin_units where level = 'district' having bool_and(valid_to < ")
        .bind(Bind::Date(day))
        .text(")");
    let rows: Vec<Row> = sql.load(conn).await?;
    Ok(rows.into_iter().find_map(|row| if let Cell::Date(day) = row.cells[0] { Some(day) } else { None }))
}

async fn kin(conn: &mut AsyncPgConnection, from: &'static str, id: i64) -> QueryResult<Vec<Kin>> {
    let sql = Sql::new("select ").text(COLUMNS).text(", c.part, c.kind").text(from).bind(Bind::Integer(id));
    let rows: Vec<Row> = sql.text(" order by u.code, u.valid_from").load(conn).await?;
    let text = |row: &Row, nth: usize| Some(row.cells.get(nth)?.as_text()?.to_owned());
    let kin = |row: &Row| Some(Kin { unit: Unit::of_row(row)?, part: text(row, 6)?, kind: text(row, 7)? });
    Ok(rows.iter().filter_map(kin).collect())
}
