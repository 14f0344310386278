//! What should be looked at before the figures are believed: numbers of rows by unit.

use std::collections::HashMap;

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access::View;
use crate::conditions::Days;
use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};
use crate::units::territory::placed;

use crate::figures::counting::Scope;
use crate::figures::counting::condition::counts;
use crate::figures::counting::scan::inside;
use crate::register::near::same;

/// The names, in the order in which they are answered.
pub const NAMES: [&str; 7] = [
    "unlocated",
    "outside_declared_commune",
    "suspected_duplicates",
    "no_install_date",
    "stale",
    "hamlets_without_households",
    "unknown_availability",
];

/// Numbers of each unit by name; `None` is what lies in no unit of the level.
pub type Quality = HashMap<Option<String>, HashMap<&'static str, i64>>;

/// The rows of a layer of assets that need a look. What rests on fields, or on an exact place, that the caller may not
/// see is left out.
pub async fn of_assets(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    scope: &Scope,
    days: Days,
    quality: &mut Quality,
) -> QueryResult<()> {
    let sees_place = view.field("declared_commune_code").is_some();
    let rows: Vec<Row> = sql(view, scope, days).load(conn).await?;
    let names = ["unlocated", "no_install_date", "outside_declared_commune", "stale", "suspected_duplicates"];
    for row in &rows {
        let unit = quality.entry(row.cells[0].as_text().map(str::to_owned)).or_default();
        for (name, cell) in names.iter().zip(&row.cells[1..]).take(if sees_place { 5 } else { 2 }) {
            *unit.entry(name).or_default() += cell.as_integer().unwrap_or(0);
        }
    }
    Ok(())
}

fn sql(view: &View<'_>, scope: &Scope, days: Days) -> Sql {
    let generalised = view.layer.hides_place();
    let near = view.layer.near;
    let direction = near.and_then(|near| near.direction);
    let azimuth = direction.map_or(Sql::new("null::float8"), |name| Sql::new("t.").name(name));
    let rows = Sql::new("with counted as (select t.id, t.installed_on, t.verified_at, t.created_at, t.declared_commune_code, t.declared_on, p.commune, p.")
        .name(scope.level.name())
        .text(" as unit, t.geom as place, ")
        // On the grid where strangers see places all are near each other.
        .text(if generalised { "case when t.class > 0 then " } else { "(" })
        .sql(near.map_or(Sql::new("null::text"), |near| same(&near, "t.")))
        .text(if generalised { " end" } else { ")" })
        .text(" as same, ")
        .sql(azimuth)
        .text(" as azimuth from ")
        .sql(view.relation(days.versions()))
        .sql(placed(days))
        .text(" where ")
        .sql(counts(days))
        .sql(inside(scope, days))
        .text(")");
    let values =
        [Bind::Date(days.unit_date), Bind::Date(days.as_of), Bind::Double(near.map_or(0.0, |near| near.distance_m))];
    rows.sql(Sql::file(include_str!("quality.sql"), &values))
}
