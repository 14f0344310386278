//! Reads population and households of communes, from a census or an estimate based on one.

use std::collections::HashMap;

use serde::Serialize;

use crate::files::refused::{Refused, Spot};
use crate::files::table::Table;
use crate::texts::text;
use crate::units::names::tidy;

/// The names that files use for the columns of population and households.
const COLUMNS: [(&str, &str); 3] = [
    ("population", "households"),
    ("population_2019", "households_2019"),
    ("pop_census2019_est", "households_census2019_est"),
];

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Count {
    pub code: String,
    /// The name at the time of the count. The code may belong to another commune now.
    pub name: String,
    pub population: Option<i32>,
    pub households: Option<i32>,
    pub area_km2: Option<f64>,
}

/// Reads a file of counts: `commune_code`, `commune_name`, and a pair of columns from `COLUMNS`; `area_km2` is
/// optional.
///
/// # Errors
/// Missing columns, bad codes, repeated codes, invalid numbers.
pub fn read(text: &str) -> Result<Vec<Count>, Refused> {
    let table = Table::read(text, &["commune_code", "commune_name"])?;
    let mut refused = Refused::new();
    let Some((population, households)) = COLUMNS.into_iter().find(|(one, other)| table.has(one) && table.has(other))
    else {
        let pairs: Vec<_> = COLUMNS.into_iter().map(|(one, other)| format!("{one} + {other}")).collect();
        refused.add(Spot::Line(1), "header", text!("list.columns", pairs));
        return Err(refused);
    };
    let mut lines = HashMap::new();
    let mut counts = Vec::new();
    for row in table.rows() {
        let code = row.code("commune_code", 5, &mut refused);
        let name = row.required("commune_name", &mut refused);
        let mut number = |column| {
            let number = row.parsed::<i32>(column, text!("expected.integer"), &mut refused);
            if number.is_some_and(|number| number < 0) {
                refused.add(Spot::Line(row.line), column, text!("list.negative"));
            }
            number
        };
        let (population, households) = (number(population), number(households));
        let area_km2 = row.parsed::<f64>("area_km2", text!("expected.number"), &mut refused);
        if area_km2.is_some_and(|area| !area.is_finite() || area <= 0.0) {
            refused.add(Spot::Line(row.line), "area_km2", text!("list.not_positive"));
        }
        let (Some(code), Some(name)) = (code, name) else { continue };
        if let Some(line) = lines.insert(code, row.line) {
            refused.add(Spot::Line(row.line), "commune_code", text!("list.code_again", code, line));
        }
        counts.push(Count { code: code.to_owned(), name: tidy(name), population, households, area_km2 });
    }
    refused.unless_empty(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_file_are_recognised_by_their_header() {
        let census =
            read("commune_code,commune_name,population_2019,households_2019\n16378,Thị trấn Rừng Thông,9410,2716\n");
        assert_eq!(census.unwrap()[0].households, Some(2716));
        let estimate = read(
            "commune_code,commune_name,area_km2,pop_census2019_est,households_census2019_est\n16378,Phường Đông Sơn,41.71,,7\n",
        );
        let estimate = estimate.unwrap();
        assert_eq!((estimate[0].population, estimate[0].area_km2), (None, Some(41.71)));
    }

    #[test]
    fn bad_counts_are_refused_with_every_problem() {
        let refused = read(
            "commune_code,commune_name,population,households\n16378,Thị trấn Rừng Thông,many,-1\n16378,Xã Khác,1.5,2\n",
        )
        .unwrap_err();
        assert_eq!(refused.problems.len(), 4);
    }
}
