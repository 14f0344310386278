//! Reads what became of each commune on the day of a reform: one row for each part of an old commune.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::files::refused::{Refused, Spot};
use crate::files::table::{Row, Table, is_code};
use crate::texts::text;
use crate::units::names::{same_name, tidy};

/// A row: an old commune, or a district without communes, and the new commune that took all or part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Successor {
    pub line: u64,
    pub old_code: String,
    pub old_district: Option<String>,
    pub old_province: String,
    pub new_code: String,
    pub part: &'static str,
}

/// A unit as the mapping names it on its day.
#[derive(Debug, Clone, PartialEq)]
pub struct NewUnit {
    pub name: String,
    /// The province of a commune.
    pub parent: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Mapping {
    pub rows: Vec<Successor>,
    /// The new provinces and communes, by code.
    pub new_units: BTreeMap<String, NewUnit>,
    /// Number of rows that another source contradicts, according to a column of the file. They are loaded, too.
    pub doubtful: usize,
}

/// Reads a mapping.
///
/// # Errors
/// Missing columns, bad codes, repeated pairs, units with two names or provinces, an old commune that became several
/// new ones and yet one of them in full.
pub fn read(text: &str) -> Result<Mapping, Refused> {
    let columns =
        ["old_commune_code", "old_province_code", "new_commune_code", "new_commune_name", "new_province_code"];
    let table = Table::read(text, &[columns.as_slice(), &["new_province_name", "part"]].concat())?;
    let mut refused = Refused::new();
    let mut mapping = Mapping::default();
    let mut pairs = HashMap::new();
    for row in table.rows() {
        if row.text("crosscheck").starts_with("differs") {
            mapping.doubtful += 1;
        }
        let old_code = old_code(row, &mut refused);
        let old_district = match row.optional("old_district_code") {
            Some(_) => row.code("old_district_code", 3, &mut refused),
            None => None,
        };
        let old_province = row.code("old_province_code", 2, &mut refused);
        let new_code = row.code("new_commune_code", 5, &mut refused);
        let province = row.code("new_province_code", 2, &mut refused);
        let part = row.one_of("part", &["full", "partial"], &mut refused);
        if let Some(province) = province {
            put_new(&mut mapping, row, province, "new_province_name", None, &mut refused);
            if let Some(code) = new_code {
                put_new(&mut mapping, row, code, "new_commune_name", Some(province), &mut refused);
            }
        }
        let (Some(old_code), Some(old_province), Some(new_code), Some(part)) = (old_code, old_province, new_code, part)
        else {
            continue;
        };
        if let Some(line) = pairs.insert((old_code, new_code), row.line) {
            let reason = text!("list.pair_again", old_code, new_code, line);
            refused.add(Spot::Line(row.line), "old_commune_code", reason);
        }
        mapping.rows.push(Successor {
            line: row.line,
            old_code: old_code.to_owned(),
            old_district: old_district.map(str::to_owned),
            old_province: old_province.to_owned(),
            new_code: new_code.to_owned(),
            part,
        });
    }
    check_parts(&mapping, &mut refused);
    refused.unless_empty(mapping)
}

fn old_code<'a>(row: Row<'a>, refused: &mut Refused) -> Option<&'a str> {
    let code = row.required("old_commune_code", refused)?;
    if is_code(code, 5) || is_code(code, 3) {
        return Some(code);
    }
    refused.add(Spot::Line(row.line), "old_commune_code", text!("list.old_code", given = code));
    None
}

fn put_new(
    mapping: &mut Mapping,
    row: Row<'_>,
    code: &str,
    name_column: &str,
    parent: Option<&str>,
    refused: &mut Refused,
) {
    let Some(name) = row.required(name_column, refused).map(tidy) else { return };
    let unit = NewUnit { name, parent: parent.map(str::to_owned) };
    match mapping.new_units.get(code) {
        None => {
            mapping.new_units.insert(code.to_owned(), unit);
        }
        Some(known) if known.parent != unit.parent => {
            refused.add(Spot::Line(row.line), "new_province_code", text!("list.province_before", code));
        }
        Some(known) if !same_name(&known.name, &unit.name) => {
            let reason = text!("list.name_before", code, name = &unit.name, other = &known.name);
            refused.add(Spot::Line(row.line), name_column, reason);
        }
        Some(_) => {}
    }
}

fn check_parts(mapping: &Mapping, refused: &mut Refused) {
    let mut news: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for row in &mapping.rows {
        news.entry(&row.old_code).or_default().insert(&row.new_code);
    }
    for row in mapping.rows.iter().filter(|row| row.part == "full" && news[row.old_code.as_str()].len() > 1) {
        refused.add(Spot::Line(row.line), "part", text!("list.full", code = &row.old_code));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_mapping_is_refused_with_every_problem() {
        let refused = read(
            "old_commune_code,old_province_code,new_commune_code,new_commune_name,new_province_code,new_province_name,part\n\
             16381,38,16378,Phường Đông Sơn,38,Tỉnh Thanh Hóa,full\n\
             16381,38,16378,Phường Đông Sơn,38,Tỉnh Thanh Hoá,full\n\
             16384,38,16378,Phường Khác,38,Tỉnh Thanh Hóa,whole\n\
             384,38,16417,Phường Đông Quang,38,Tỉnh Thanh Hóa,full\n\
             384,38,16378,Phường Đông Sơn,38,Tỉnh Thanh Hóa,partial\n\
             4,38,16378,Phường Đông Sơn,40,Tỉnh Nghệ An,partial\n",
        )
        .unwrap_err();
        let places: Vec<_> = refused.problems.iter().map(|problem| (problem.spot, problem.field.as_str())).collect();
        assert_eq!(
            places,
            [
                (Spot::Line(3), "old_commune_code"),
                (Spot::Line(4), "part"),
                (Spot::Line(4), "new_commune_name"),
                (Spot::Line(7), "old_commune_code"),
                (Spot::Line(7), "new_province_code"),
                (Spot::Line(5), "part"),
            ]
        );
    }
}
