//! Declared figures of units on a day, to stand beside the counted ones.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};

use crate::conditions::Days;
use crate::postgres::sql::{Bind, Sql};
use crate::statements::Period;
use crate::statements::reading::objects;
use crate::time::rfc3339;
use crate::units::territory::Unit;

/// What a document says of a unit, for the latest period that holds the day asked about or ended before it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeclaredFigure {
    #[serde(skip_serializing)]
    pub unit_id: i64,
    pub code: String,
    pub sentence: Names,
    pub kind: String,
    /// A share as percent, 0 to 100.
    pub value: f64,
    /// The whole, or the last rank or level.
    pub of: Option<f64>,
    pub unit_label: Names,
    pub from: NaiveDate,
    pub to: NaiveDate,
    #[serde(default)]
    pub period: String,
    pub source: String,
    pub note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    pub vi: String,
    pub en: String,
}

impl Names {
    pub fn say(&self, vietnamese: bool) -> &str {
        if vietnamese { &self.vi } else { &self.en }
    }
}

/// The declared figures of units on a day, as they were known at an instant, by the id of the unit, each list in the order of codes.
pub async fn of_units(
    conn: &mut AsyncPgConnection,
    units: &[Unit],
    days: &Days,
) -> QueryResult<HashMap<i64, Vec<DeclaredFigure>>> {
    let ids = units.iter().map(|unit| unit.id).collect();
    let known_at = days.known_at.map_or(Bind::NullText, |instant| Bind::Text(rfc3339(instant)));
    let sql = Sql::file(include_str!("sql/declared.sql"), &[Bind::Integers(ids), Bind::Date(days.as_of), known_at]);
    let mut figures: HashMap<i64, Vec<DeclaredFigure>> = HashMap::new();
    for mut figure in objects::<DeclaredFigure>(conn, sql).await? {
        figure.period = Period { from: figure.from, to: figure.to }.name();
        figures.entry(figure.unit_id).or_default().push(figure);
    }
    Ok(figures)
}
