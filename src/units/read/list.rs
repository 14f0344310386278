//! Reads a list of units as of a day: one row for each commune, with its province and, where there is one, its
//! district.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::refused::{Refused, Spot};
use crate::files::table::{Row, Table};
use crate::texts::text;
use crate::units::names::{kind_of, same_name, tidy};

/// A list of at least this many provinces is the whole country, which never had fewer (34 since 2025).
const WHOLE_COUNTRY: usize = 30;

#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub code: String,
    pub name: String,
    pub kind: Option<String>,
    pub parent: Option<String>,
    pub province: String,
    pub area_km2: Option<f64>,
}

/// A list: provinces, then districts, then communes, each in the order of codes.
#[derive(Debug, Clone, Default)]
pub struct UnitList {
    pub units: Vec<Listed>,
    /// The provinces that it covers; `None`: the whole country.
    pub provinces: Option<BTreeSet<String>>,
}

/// Reads a list. A row without a commune code is a district without communes. `country` says that the list is the whole
/// country, so that a province that it does not name has ended; by default a list of 30 provinces or more is.
///
/// # Errors
/// Missing columns, bad codes, repeated codes, districts and provinces with two names or two parents.
pub fn read(text: &str, country: Option<bool>) -> Result<UnitList, Refused> {
    let table = Table::read(text, &["province_code", "province_name", "commune_code", "commune_name"])?;
    let mut refused = Refused::new();
    let with_districts = table.has("district_code");
    if with_districts != table.has("district_name") {
        refused.add(Spot::Line(1), "district_code, district_name", text!("list.half"));
    }
    let mut provinces = BTreeMap::new();
    let mut districts = BTreeMap::new();
    let mut communes = BTreeMap::new();
    for row in table.rows() {
        let Some(province) = row.code("province_code", 2, &mut refused) else { continue };
        put_parent(&mut provinces, row, "province_code", "province_name", None, province, &mut refused);
        let mut parent = province;
        if with_districts {
            let Some(district) = row.code("district_code", 3, &mut refused) else { continue };
            put_parent(&mut districts, row, "district_code", "district_name", Some(province), province, &mut refused);
            parent = district;
        }
        if with_districts && row.optional("commune_code").is_none() && row.optional("commune_name").is_none() {
            continue;
        }
        let name = row.required("commune_name", &mut refused).map(tidy);
        let code = row.code("commune_code", 5, &mut refused);
        let area_km2 = row.parsed::<f64>("area_km2", text!("expected.number"), &mut refused);
        if area_km2.is_some_and(|area| !area.is_finite() || area <= 0.0) {
            refused.add(Spot::Line(row.line), "area_km2", text!("list.not_positive"));
        }
        let (Some(code), Some(name)) = (code, name) else { continue };
        let kind = row.optional("commune_type").map(str::to_lowercase).or_else(|| kind_of(&name).map(str::to_owned));
        let (parent, province) = (Some(parent.to_owned()), province.to_owned());
        let unit = Listed { code: code.to_owned(), name, kind, parent, province, area_km2 };
        if let Some((_, line)) = communes.get(code) {
            refused.add(Spot::Line(row.line), "commune_code", text!("list.code_again", code, line = *line));
        } else {
            communes.insert(code.to_owned(), (unit, row.line));
        }
    }
    let named = provinces.keys().cloned().collect::<BTreeSet<_>>();
    let country = country.unwrap_or(named.len() >= WHOLE_COUNTRY);
    let units = [provinces, districts, communes].into_iter().flat_map(BTreeMap::into_values).map(|(unit, _)| unit);
    refused.unless_empty(UnitList { units: units.collect(), provinces: (!country).then_some(named) })
}

/// Adds a province or district. Many rows repeat it and must agree.
fn put_parent(
    known: &mut BTreeMap<String, (Listed, u64)>,
    row: Row<'_>,
    code_column: &str,
    name_column: &str,
    parent: Option<&str>,
    province: &str,
    refused: &mut Refused,
) {
    let code = row.text(code_column);
    let Some(name) = row.required(name_column, refused).map(tidy) else { return };
    if let Some((unit, line)) = known.get(code) {
        if !same_name(&unit.name, &name) {
            let reason = text!("list.other_name", code, name, other = &unit.name, line = *line);
            refused.add(Spot::Line(row.line), name_column, reason);
        }
        if unit.parent.as_deref() != parent {
            let reason = text!("list.other_province", code, province, other = &unit.province, line = *line);
            refused.add(Spot::Line(row.line), code_column, reason);
        }
        return;
    }
    let unit = Listed {
        code: code.to_owned(),
        kind: kind_of(&name).map(str::to_owned),
        name,
        parent: parent.map(str::to_owned),
        province: province.to_owned(),
        area_km2: None,
    };
    known.insert(code.to_owned(), (unit, row.line));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_without_commune_is_a_district_without_communes() {
        let list = read(
            "province_code,province_name,district_code,district_name,commune_code,commune_name,commune_type\n\
             31,Thành phố Hải Phòng,318,Huyện Bạch Long Vĩ,,,\n",
            None,
        )
        .unwrap();
        let codes: Vec<_> = list.units.iter().map(|unit| unit.code.as_str()).collect();
        assert_eq!(codes, ["31", "318"]);
        assert_eq!(list.units[1].kind.as_deref(), Some("huyện"));
        assert_eq!(list.provinces, Some(BTreeSet::from(["31".to_owned()])));
    }

    #[test]
    fn bad_list_is_refused_with_every_problem() {
        let refused = read(
            "province_code,province_name,district_code,district_name,commune_code,commune_name\n\
             38,Tỉnh Thanh Hóa,405,Huyện Đông Sơn,16381,Xã Đông Hoàng\n\
             38,Tỉnh Thanh Hoá,405,Huyện Triệu Sơn,16381,Xã Đông Hoàng\n\
             40,Tỉnh Nghệ An,405,Huyện Đông Sơn,4,Xã Đông Ninh\n\
             40,Tỉnh Nghệ An,406,Huyện Khác,16390,\n",
            None,
        )
        .unwrap_err();
        let places: Vec<_> = refused.problems.iter().map(|problem| (problem.spot, problem.field.as_str())).collect();
        assert_eq!(
            places,
            [
                (Spot::Line(3), "district_name"),
                (Spot::Line(3), "commune_code"),
                (Spot::Line(4), "district_code"),
                (Spot::Line(4), "commune_code"),
                (Spot::Line(5), "commune_name"),
            ]
        );
    }
}
