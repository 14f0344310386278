//! Checks the places of rows against the units: the declared commune, and the commune that each lies in.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Double, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Error;
use crate::layers::Problem;
use crate::postgres::sql::{Bind, Sql};
use crate::register::writing::statements::of_import;
use crate::register::writing::{PlannedRow, Refused, Writing};
use crate::texts::text;

/// The columns that determine the place of a record.
pub const COLUMNS: [&str; 3] = ["geom", "declared_commune_code", "declared_on"];

/// About the accuracy of boundaries. A shorter distance is a warning, a longer one an error.
const MISMATCH_TOLERANCE_M: f64 = 100.0;

/// What is wrong with a place.
#[derive(Debug, Clone)]
pub enum Finding {
    /// Refuses the record.
    Error(Problem),
    Warning(Problem),
}

/// The columns of `place.sql`.
#[derive(QueryableByName)]
struct Judged {
    #[diesel(sql_type = BigInt)]
    nth: i64,
    #[diesel(sql_type = Nullable<Text>)]
    code: Option<String>,
    #[diesel(sql_type = Bool)]
    code_unknown: bool,
    #[diesel(sql_type = Nullable<Text>)]
    known_as: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    successors: Option<String>,
    #[diesel(sql_type = Nullable<Double>)]
    distance_m: Option<f64>,
    #[diesel(sql_type = Nullable<Text>)]
    declared_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    lies_in: Option<String>,
    #[diesel(sql_type = Bool)]
    outside_any: bool,
}

/// The rows that are refused for their places. Adds the other findings to `warnings`.
pub(super) async fn check(
    conn: &mut AsyncPgConnection,
    writing: &Writing<'_>,
    rows: &[PlannedRow],
    warnings: &mut [Vec<Problem>],
) -> Result<Vec<(usize, Error)>, Refused> {
    let moved = rows.iter().filter(|row| row.touches(&COLUMNS));
    let given: Vec<_> = moved
        .map(|row| {
            let [geom, code, on] = COLUMNS.map(|name| row.value(name));
            json!({"nth": row.nth, "geom": geom, "code": code, "declared_on": on})
        })
        .collect();
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let given = Sql::new("select g.nth, p.place, g.code, coalesce(g.declared_on, ")
        .bind(Bind::Date(writing.today))
        .text(") as read_on, commune_at(p.place, ")
        .bind(Bind::Date(writing.today))
        .text(") as commune_id from jsonb_to_recordset(")
        .bind(Bind::Json(Value::Array(given)))
        .text(
            ") as g (nth bigint, geom jsonb, code text, declared_on date) cross join lateral (\
             select case when jsonb_typeof(g.geom) = 'object' then st_setsrid(st_geomfromgeojson(g.geom), 4326) end as place) p",
        );
    let mut refused = Vec::new();
    for (nth, finding) in judge(conn, given, writing.today).await? {
        match finding {
            Finding::Error(problem) => refused.push((nth, Error::Invalid(vec![problem]))),
            Finding::Warning(problem) => warnings[nth].push(problem),
        }
    }
    Ok(refused)
}

/// What is wrong with the places of the planned rows of an import, by row number.
pub async fn of_import_rows(
    conn: &mut AsyncPgConnection,
    import: Uuid,
    today: NaiveDate,
) -> QueryResult<Vec<(usize, Finding)>> {
    let given = Sql::new("select nth::bigint, place, declared_code as code, coalesce(declared_on, ")
        .bind(Bind::Date(today))
        .text(") as read_on, commune_id from import_rows where moved")
        .sql(of_import(import));
    judge(conn, given, today).await
}

async fn judge(conn: &mut AsyncPgConnection, given: Sql, today: NaiveDate) -> QueryResult<Vec<(usize, Finding)>> {
    let judged: Vec<Judged> = Sql::new("with given as materialized (")
        .sql(given)
        .text(") ")
        .sql(Sql::file(include_str!("place.sql"), &[Bind::Date(today)]))
        .load(conn)
        .await?;
    Ok(judged.into_iter().filter_map(|judged| Some((judged.nth as usize, finding(&judged)?))).collect())
}

fn finding(judged: &Judged) -> Option<Finding> {
    let code = judged.code.as_deref().unwrap_or_default();
    if judged.code_unknown {
        let text = match (&judged.known_as, &judged.successors) {
            (Some(name), Some(successors)) => text!("unit.not_valid/now", code, name, successors),
            (Some(name), None) => text!("unit.not_valid", code, name),
            (None, _) => text!("unit.not_valid/commune", code),
        };
        return Some(Finding::Error(Problem::of_field("declared_commune_code", text)));
    }
    if let Some(distance_m) = judged.distance_m.filter(|distance_m| *distance_m > 0.0) {
        let text = match &judged.lies_in {
            Some(lies_in) => text!("geo.commune_mismatch", lies_in),
            None => text!("geo.commune_mismatch/none"),
        };
        let declared = judged.declared_name.as_deref().unwrap_or(code);
        let text = text.with("declared", declared).with("distance_m", distance_m.round());
        let problem = Problem::in_body("/geometry", text);
        let is_far = distance_m > MISMATCH_TOLERANCE_M;
        return Some(if is_far { Finding::Error(problem) } else { Finding::Warning(problem) });
    }
    judged.outside_any.then(|| Finding::Error(Problem::in_body("/geometry", text!("geo.outside_any_commune"))))
}
