//! What the database alone knows about where records say they are: the declared commune, the one they lie in.

use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::layers::{Problem, Properties};
use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};

/// Boundaries are good to about this: nearer is a warning, farther an error.
const MISMATCH_TOLERANCE_M: f64 = 100.0;

/// What is wrong with a place.
#[derive(Debug, Clone)]
pub enum Finding {
    /// Refuses the record.
    Error(Problem),
    Warning(Problem),
}

/// What is wrong with the place of each record, in order; of a record `geom`, `declared_commune_code` and `declared_on`
/// count.
pub async fn check_places(
    conn: &mut AsyncPgConnection,
    records: &[&Properties],
    today: NaiveDate,
) -> QueryResult<Vec<Option<Finding>>> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let given: Vec<_> = records
        .iter()
        .map(|record| {
            let value = |name: &str| record.get(name).cloned().unwrap_or(Value::Null);
            json!({
                "geom": value("geom"),
                "declared_commune_code": value("declared_commune_code"),
                "declared_on": value("declared_on")})
        })
        .collect();
    let values = [Bind::Json(Value::Array(given)), Bind::Date(today)];
    let rows: Vec<Row> = Sql::file(include_str!("check_place.sql"), &values).load(conn).await?;
    let code = |record: &Properties| record.get("declared_commune_code").and_then(Value::as_str).map(str::to_owned);
    Ok(rows.iter().zip(records).map(|(row, record)| finding(&row.cells, &code(record).unwrap_or_default())).collect())
}

/// What the columns of `check_place.sql` mean for a record with a declared commune.
pub fn finding(cells: &[Cell], code: &str) -> Option<Finding> {
    let [code_unknown, known_as, successors, distance_m, declared_name, lies_in, outside_any] = cells else {
        return None;
    };
    let lies_in = lies_in.as_text().unwrap_or("?");
    if matches!(code_unknown, Cell::Bool(true)) {
        let (vi, en) = match (known_as.as_text(), successors.as_text()) {
            (Some(name), Some(successors)) => (
                format!("Mã {code} là {name}; vào ngày này là: {successors}."),
                format!("{code} was {name}; on this day it is: {successors}."),
            ),
            (Some(name), None) => (format!("Mã {code} là {name}."), format!("{code} was {name}.")),
            (None, _) => (format!("Không có xã mang mã {code}."), format!("There is no commune {code}.")),
        };
        return Some(Finding::Error(Problem::property("declared_commune_code", "unit.not_valid", vi, en)));
    }
    if let Cell::Double(distance_m) = distance_m
        && *distance_m > 0.0
    {
        let declared_name = declared_name.as_text().unwrap_or("?");
        let problem = Problem::at(
            "/geometry",
            "geo.commune_mismatch",
            format!("Vị trí nằm ngoài {declared_name} đã khai báo {distance_m:.0} m; nó thuộc {lies_in}."),
            format!("The place lies {distance_m:.0} m outside the declared {declared_name}, in {lies_in}."),
        );
        let is_far = *distance_m > MISMATCH_TOLERANCE_M;
        return Some(if is_far { Finding::Error(problem) } else { Finding::Warning(problem) });
    }
    matches!(outside_any, Cell::Bool(true)).then(|| {
        Finding::Error(Problem::at(
            "/geometry",
            "geo.outside_any_commune",
            "Vị trí không thuộc xã, phường nào.",
            "The place lies in no commune.",
        ))
    })
}
