//! Reads the demo's units, with explicit days for each version, and their changes.

use chrono::NaiveDate;
use serde::Serialize;

use crate::files::refused::{Refused, Spot};
use crate::files::table::{Row, Table};
use crate::texts::text;
use crate::units::names::tidy;
use crate::units::plan::timeline::{next, previous};

/// A version in `units.csv`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DemoUnit {
    #[serde(skip)]
    line: u64,
    pub level: &'static str,
    pub code: String,
    pub name: String,
    pub kind: Option<String>,
    pub parent_code: Option<String>,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub area_km2: Option<f64>,
    pub population: Option<i32>,
    pub households: Option<i32>,
    pub counted_on: Option<NaiveDate>,
    pub decree: Option<String>,
}

/// A change in `changes.csv`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DemoChange {
    pub from_code: String,
    pub from_valid_from: NaiveDate,
    pub to_code: String,
    pub to_valid_from: NaiveDate,
    pub part: &'static str,
    pub kind: &'static str,
}

/// Reads `units.csv`.
///
/// # Errors
/// Every invalid value, versions of a code that overlap, a parent that the file does not have for the whole time.
pub fn read_units(text: &str) -> Result<Vec<DemoUnit>, Refused> {
    let columns = ["level", "code", "name", "kind", "parent_code", "valid_from", "valid_to", "area_km2"];
    let table =
        Table::read(text, &[columns.as_slice(), &["population", "population_on", "households", "decree"]].concat())?;
    let mut refused = Refused::new();
    let units: Vec<DemoUnit> = table.rows().filter_map(|row| read_unit(row, &mut refused)).collect();
    for (index, unit) in units.iter().enumerate() {
        if units[..index].iter().any(|other| other.code == unit.code && overlap(other, unit)) {
            refused.add(Spot::Line(unit.line), "valid_from", text!("list.overlap", code = &unit.code));
        }
        if let Some(parent) = &unit.parent_code
            && !covered(unit, parent, &units)
        {
            refused.add(Spot::Line(unit.line), "parent_code", text!("list.parent", parent, code = &unit.code));
        }
    }
    refused.unless_empty(units)
}

fn read_unit(row: Row<'_>, refused: &mut Refused) -> Option<DemoUnit> {
    row.required("valid_from", refused);
    let level = row.one_of("level", &["province", "district", "commune"], refused);
    let code = match level? {
        "province" => row.code("code", 2, refused),
        "district" => row.code("code", 3, refused),
        _ => row.code("code", 5, refused),
    };
    let name = row.required("name", refused).map(tidy);
    let valid_from = row.day("valid_from", refused);
    let valid_to = row.day("valid_to", refused);
    if valid_to.is_some_and(|to| valid_from.is_some_and(|from| to < from)) {
        refused.add(Spot::Line(row.line), "valid_to", text!("list.order"));
    }
    let owned = |column| row.optional(column).map(str::to_owned);
    let unit = DemoUnit {
        line: row.line,
        level: level?,
        code: code?.to_owned(),
        name: name?,
        kind: owned("kind"),
        parent_code: owned("parent_code"),
        valid_from: valid_from?,
        valid_to,
        area_km2: row.parsed("area_km2", text!("expected.number"), refused),
        population: row.parsed("population", text!("expected.integer"), refused),
        households: row.parsed("households", text!("expected.integer"), refused),
        counted_on: row.day("population_on", refused),
        decree: owned("decree"),
    };
    Some(unit)
}

fn overlap(a: &DemoUnit, b: &DemoUnit) -> bool {
    b.valid_to.is_none_or(|to| a.valid_from <= to) && a.valid_to.is_none_or(|to| b.valid_from <= to)
}

/// Whether the versions of the parent together cover the whole time of the unit.
fn covered(unit: &DemoUnit, parent: &str, units: &[DemoUnit]) -> bool {
    let mut versions: Vec<_> = units.iter().filter(|other| other.code == parent).collect();
    versions.sort_by_key(|version| version.valid_from);
    let mut until = Some(previous(unit.valid_from));
    for version in versions {
        if until.is_some_and(|until| version.valid_from <= next(until)) {
            until = version.valid_to.map(|to| until.map_or(to, |until| until.max(to)));
        }
    }
    match (until, unit.valid_to) {
        (None, _) => true,
        (Some(until), Some(to)) => until >= to,
        (Some(_), None) => false,
    }
}

/// Reads `changes.csv`.
///
/// # Errors
/// Every invalid value.
pub fn read_changes(text: &str) -> Result<Vec<DemoChange>, Refused> {
    let table = Table::read(text, &["from_code", "from_valid_from", "to_code", "to_valid_from", "part", "kind"])?;
    let mut refused = Refused::new();
    let mut changes = Vec::new();
    for row in table.rows() {
        let from_code = row.required("from_code", &mut refused);
        let from_day = row.day("from_valid_from", &mut refused);
        let to_code = row.required("to_code", &mut refused);
        let to_day = row.day("to_valid_from", &mut refused);
        let part = row.one_of("part", &["full", "partial"], &mut refused);
        let kind = row.one_of("kind", &["renamed", "moved", "merged", "split", "recoded"], &mut refused);
        let (Some(from_code), Some(from_day), Some(to_code), Some(to_day), Some(part), Some(kind)) =
            (from_code, from_day, to_code, to_day, part, kind)
        else {
            refused.add(Spot::Line(row.line), "row", text!("list.incomplete"));
            continue;
        };
        changes.push(DemoChange {
            from_code: from_code.to_owned(),
            from_valid_from: from_day,
            to_code: to_code.to_owned(),
            to_valid_from: to_day,
            part,
            kind,
        });
    }
    refused.unless_empty(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        "level,code,name,kind,parent_code,valid_from,valid_to,area_km2,population,population_on,households,decree\n";

    #[test]
    fn versions_may_follow_each_other_under_one_parent() {
        let rows = "province,38,Tỉnh Thanh Hóa,tỉnh,,2019-12-01,2024-12-31,,,,,\n\
                    province,38,Tỉnh Thanh Hoá,tỉnh,,2025-01-01,,,,,,\n\
                    district,405,Huyện Đông Sơn,huyện,38,2019-12-01,,,,,,\n";
        assert_eq!(read_units(&format!("{HEADER}{rows}")).unwrap().len(), 3);
    }

    #[test]
    fn unknown_parents_and_overlaps_are_refused() {
        let rows = "district,405,Huyện Đông Sơn,huyện,38,2019-12-01,,,,,,\n\
                    district,405,Huyện Đông Sơn,huyện,38,2020-12-01,,,,,,\n\
                    commune,4050,Xã,xã,405,2020-12-01,,,,,,\n";
        let refused = read_units(&format!("{HEADER}{rows}")).unwrap_err();
        let fields: Vec<_> = refused.problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["code", "parent_code", "valid_from", "parent_code"]);
    }
}
