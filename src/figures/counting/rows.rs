//! The rows that count, as SQL on the alias `t`.

use crate::conditions::{Condition, Days, Derived};
use crate::figures::{OPERATIONAL, Scope, selection};
use crate::layers::Layer;
use crate::postgres::conditions;
use crate::postgres::sql::{Bind, Sql};
use crate::units::territory::{Level, near};

/// Whether a row counts on a day, for every indicator of what is operational.
pub fn counts(layer: &'static Layer, days: Days) -> Sql {
    counts_as(layer, OPERATIONAL, days)
}

/// Whether a row counts on a day, for every indicator of a status.
pub fn counts_as(layer: &'static Layer, status: &'static str, days: Days) -> Sql {
    of_joined(&selection::counts(layer, status, days.as_of))
}

/// The condition of an indicator, on rows joined with their facts as `f`.
pub fn of_joined(condition: &Condition) -> Sql {
    conditions::sql(condition, conditions::in_table, &|derived| match derived {
        Derived::Fact(fact) => Sql::new("f.").name(fact.name),
        Derived::Within { .. } | Derived::Unassigned { .. } => Sql::new("null::boolean"),
    })
}

/// ` and …` when the scope is one unit; for rows with their units joined as `p`.
pub fn inside(scope: &Scope, days: Days) -> Sql {
    let Some(code) = &scope.within else { return Sql::default() };
    let level = Level::of_code(code).unwrap_or(Level::Province);
    Sql::new(" and ")
        .sql(near(code, days.unit_date))
        .text(" and p.")
        .name(level.name())
        .text(" = ")
        .bind(Bind::Text(code.clone()))
}
