//! Reads a CSV file of statements about the services available in each hamlet.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::files::refused::{Refused, Spot};
use crate::files::table::Table;
use crate::texts::text;

const COLUMNS: [&str; 8] =
    ["hamlet_code", "hamlet_on", "technology", "operator", "state", "share_households", "basis", "as_of"];

/// A statement about a hamlet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statement {
    pub line: u64,
    pub hamlet_code: String,
    /// The day on which the code is read.
    pub hamlet_on: NaiveDate,
    pub technology: &'static str,
    /// `None`: any operator.
    pub operator: Option<&'static str>,
    pub state: &'static str,
    pub share_households: Option<f64>,
    pub basis: &'static str,
    pub as_of: NaiveDate,
}

/// Reads a file.
///
/// # Errors
/// Missing columns, invalid values, repeated statements.
pub fn read(text: &str) -> Result<Vec<Statement>, Refused> {
    let table = Table::read(text, &COLUMNS)?;
    let mut refused = Refused::new();
    let mut lines = HashMap::new();
    let mut statements = Vec::new();
    for row in table.rows() {
        let hamlet_code = row.required("hamlet_code", &mut refused);
        row.required("hamlet_on", &mut refused);
        row.required("as_of", &mut refused);
        let hamlet_on = row.day("hamlet_on", &mut refused);
        let technology = row.one_of("technology", &["fiber", "2g", "3g", "4g", "5g"], &mut refused);
        let operators = ["viettel", "mobifone", "vnpt", "vietnamobile", "gmobile", "other"];
        let operator = row.optional("operator").and_then(|_| row.one_of("operator", &operators, &mut refused));
        // A weak signal reaches the hamlet but does not serve it.
        let states = ["connected", "available", "weak", "planned", "not_available", "unknown"];
        let state = row.one_of("state", &states, &mut refused);
        let share_households = row.parsed::<f64>("share_households", text!("expected.number"), &mut refused);
        if share_households.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            refused.add(Spot::Line(row.line), "share_households", text!("list.share"));
        }
        let basis = row.one_of("basis", &["reported", "surveyed", "measured", "modelled"], &mut refused);
        let as_of = row.day("as_of", &mut refused);
        let (Some(hamlet_code), Some(hamlet_on), Some(technology), Some(state), Some(basis), Some(as_of)) =
            (hamlet_code, hamlet_on, technology, state, basis, as_of)
        else {
            continue;
        };
        if let Some(line) = lines.insert((hamlet_code, technology, operator, as_of), row.line) {
            refused.add(Spot::Line(row.line), "hamlet_code", text!("list.again", line));
        }
        statements.push(Statement {
            line: row.line,
            hamlet_code: hamlet_code.to_owned(),
            hamlet_on,
            technology,
            operator,
            state,
            share_households,
            basis,
            as_of,
        });
    }
    refused.unless_empty(statements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_statements_are_refused_with_every_problem() {
        let header = COLUMNS.join(",");
        let good = "16378-01,2022-12-15,fiber,,available,0.88,reported,2022-12-15";
        let bad = "16378-01,2022,6g,vinaphone,maybe,1.2,guessed,";
        let refused = read(&format!("{header}\n{good}\n{good}\n{bad}\n")).unwrap_err();
        let fields: Vec<_> = refused.problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(
            fields,
            ["hamlet_code", "as_of", "hamlet_on", "technology", "operator", "state", "share_households", "basis"]
        );
    }
}
