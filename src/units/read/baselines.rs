//! Reads a CSV file of figures that were published before the register existed.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::files::refused::{Refused, Spot};
use crate::files::table::Table;
use crate::texts::text;

const COLUMNS: [&str; 7] = ["indicator", "group_value", "unit_code", "unit_on", "date", "value", "document"];

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Baseline {
    pub line: u64,
    pub indicator: String,
    /// `None`: the total.
    pub group_value: Option<String>,
    pub unit_code: String,
    /// The day on which the code is read.
    pub unit_on: NaiveDate,
    pub on_day: NaiveDate,
    pub value: f64,
    pub document: String,
}

/// Reads a file.
///
/// # Errors
/// Missing columns, invalid values, repeated figures.
pub fn read(text: &str) -> Result<Vec<Baseline>, Refused> {
    let table = Table::read(text, &COLUMNS)?;
    let mut refused = Refused::new();
    let mut lines = HashMap::new();
    let mut baselines = Vec::new();
    for row in table.rows() {
        for column in ["unit_on", "date", "value"] {
            row.required(column, &mut refused);
        }
        let indicator = row.required("indicator", &mut refused);
        let group_value = row.optional("group_value");
        let unit_code = row.required("unit_code", &mut refused);
        let unit_on = row.day("unit_on", &mut refused);
        let on_day = row.day("date", &mut refused);
        let value = row.parsed::<f64>("value", text!("expected.number"), &mut refused);
        if value.is_some_and(|value| !value.is_finite()) {
            refused.add(Spot::Line(row.line), "value", text!("list.not_finite"));
        }
        let document = row.required("document", &mut refused);
        let (Some(indicator), Some(unit_code), Some(unit_on), Some(on_day), Some(value), Some(document)) =
            (indicator, unit_code, unit_on, on_day, value, document)
        else {
            continue;
        };
        if let Some(line) = lines.insert((indicator, group_value, unit_code, on_day), row.line) {
            refused.add(Spot::Line(row.line), "indicator", text!("list.again", line));
        }
        baselines.push(Baseline {
            line: row.line,
            indicator: indicator.to_owned(),
            group_value: group_value.map(str::to_owned),
            unit_code: unit_code.to_owned(),
            unit_on,
            on_day,
            value,
            document: document.to_owned(),
        });
    }
    refused.unless_empty(baselines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_figures_are_refused_with_every_problem() {
        let header = COLUMNS.join(",");
        let good = "camera_eyes,,405,2022-12-31,2022-12-31,312,report";
        let refused = read(&format!("{header}\n{good}\n{good}\n,,405,31/12/2022,2022-12-31,many,\n")).unwrap_err();
        let fields: Vec<_> = refused.problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["indicator", "indicator", "unit_on", "value", "document"]);
    }
}
