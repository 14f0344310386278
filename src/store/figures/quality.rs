//! What should be looked at before the figures are believed: numbers of rows by unit.

use std::collections::HashMap;

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access::View;
use crate::figures::Days;
use crate::store::row::Row;
use crate::store::sql::{Bind, Sql};
use crate::store::territory::placed;

use super::Scope;
use super::condition::counts;
use super::scan::inside;

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

/// When two rows of a layer may be the same thing.
struct Near {
    collection: &'static str,
    /// Only rows that agree on this are compared.
    same: &'static str,
    distance_m: f64,
    /// Nor those that look elsewhere, by more than 30 degrees.
    compares_azimuth: bool,
}

const NEAR: [Near; 3] = [
    Near {
        collection: "cameras",
        same: "coalesce(t.managing_org, t.managing_level)",
        distance_m: 10.0,
        compares_azimuth: true,
    },
    Near { collection: "towers", same: "t.operator", distance_m: 50.0, compares_azimuth: false },
    Near { collection: "wifi-points", same: "t.ssid", distance_m: 30.0, compares_azimuth: false },
];

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
    let generalised = view.kind.internal_common.contains(&"declared_commune_code");
    let near = NEAR.iter().find(|near| near.collection == view.kind.collection);
    let azimuth = if near.is_some_and(|near| near.compares_azimuth) { "t.azimuth_deg" } else { "null::float8" };
    let rows = Sql::new("with counted as (select t.id, t.installed_on, t.verified_at, t.created_at, t.declared_commune_code, t.declared_on, p.commune, p.")
        .name(scope.level.name())
        .text(" as unit, t.geom as place, ")
        // On the grid where strangers see places all are near each other.
        .text(if generalised { "case when t.class > 0 then " } else { "(" })
        .text(near.map_or("null::text", |near| near.same))
        .text(if generalised { " end" } else { ")" })
        .text(" as same, ")
        .text(azimuth)
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
