//! The rows that count, as SQL on the alias `t`.

use crate::conditions::{Condition, Days, Derived};
use crate::figures::summaries::Source;
use crate::figures::{OPERATIONAL, Scope, selection};
use crate::layers::Layer;
use crate::postgres::conditions;
use crate::postgres::sql::Sql;

/// Whether a row counts on a day, for every indicator of what is operational.
pub fn counts(layer: &'static Layer, days: Days) -> Sql {
    of_joined(&selection::counts(layer, OPERATIONAL, days.as_of))
}

/// The condition of an indicator, on rows joined with their facts as `f`.
pub fn of_joined(condition: &Condition) -> Sql {
    conditions::sql(condition, conditions::in_table, &|derived| match derived {
        Derived::Fact(fact) => Sql::new("f.").name(fact.name),
        Derived::Within { .. } | Derived::Unassigned { .. } => Sql::new("null::boolean"),
    })
}

/// A join that gives each row of `t` in the scope its units, as `p (commune, district, province)`.
pub fn placed(source: &Source<'_>, scope: &Scope, days: Days) -> Sql {
    placed_in(source.rows_on(days.as_of, days.unit_date), scope, days)
}

/// The same, of records that are counted where `rows` say.
pub fn placed_in(rows: Sql, scope: &Scope, days: Days) -> Sql {
    let sql = Sql::new("\njoin (")
        .sql(rows)
        .text(") c on c.record_id = t.id")
        .sql(scope.among("c.unit_id", days.unit_date))
        .text("\nleft join ")
        .sql(scope.units(days.unit_date));
    sql.text(" p on p.id = c.unit_id")
}
