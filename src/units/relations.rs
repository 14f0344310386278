//! Units as relations of a statement: by what contains them, a unit or a named group.

use chrono::NaiveDate;

use crate::conditions::group_of;
use crate::postgres::sql::{Bind, Sql};

/// The units of a day with the codes of those that contain them, `(id, commune, district, province)`. With a code only
/// those of that unit or group.
pub fn units_on(day: NaiveDate, within: Option<&str>) -> Sql {
    match within {
        None => Sql::new("units_on(").bind(Bind::Date(day)).text(")"),
        Some(code) => match group_of(code) {
            Some(group) => of_code("group_units(", group, day),
            None => Sql::new("units_on(").bind(Bind::Date(day)).text(", ").bind(Bind::Text(code.to_owned())).text(")"),
        },
    }
}

/// The communes of a day that make up a unit or a group.
pub fn communes_within(code: &str, day: NaiveDate) -> Sql {
    match group_of(code) {
        Some(group) => of_code("group_communes(", group, day),
        None => of_code("communes_within(", code, day),
    }
}

/// The hamlets that bear a code on a day, to compare an id with.
pub fn hamlets_on(code: &str, day: NaiveDate) -> Sql {
    // An array is computed once, a subquery for each row.
    Sql::new("any(array(select ").sql(of_code("hamlets_on(", code, day)).text("))")
}

fn of_code(function: &'static str, code: &str, day: NaiveDate) -> Sql {
    Sql::new(function).bind(Bind::Text(code.to_owned())).text(", ").bind(Bind::Date(day)).text(")")
}
