//! Counts the rows that somebody should check before believing the figures, by unit.

use diesel::QueryableByName;
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access::View;
use crate::conditions::Days;
use crate::figures::counting::facts::records_in;
use crate::figures::counting::rows::{counts, placed_in};
use crate::figures::summaries::Source;
use crate::figures::{Number, Numbers, Scope};
use crate::postgres::sql::{Bind, Sql};
use crate::register::near::same;
use crate::units::territory::Level;

/// A row that `quality.sql` returns.
#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    unit: Option<String>,
    #[diesel(sql_type = BigInt)]
    outside_declared_commune: i64,
    #[diesel(sql_type = BigInt)]
    stale: i64,
    #[diesel(sql_type = BigInt)]
    suspected_duplicates: i64,
}

/// Counts the rows of a layer of assets that need a check. Checks that would use fields or exact places hidden from the
/// caller are left out.
pub async fn of_assets(
    conn: &mut AsyncPgConnection,
    source: &Source<'_>,
    scope: &Scope,
    days: Days,
) -> QueryResult<Numbers> {
    // What all may count is a kept sum.
    if source.view.field("declared_commune_code").is_none() {
        return Ok(Numbers::default());
    }
    let rows: Vec<Row> = sql(source, scope, days).load(conn).await?;
    let named = |row: &Row| {
        [
            ("outside_declared_commune", row.outside_declared_commune),
            ("stale", row.stale),
            ("suspected_duplicates", row.suspected_duplicates),
        ]
    };
    let mut numbers = Numbers::default();
    for row in rows {
        for (name, count) in named(&row) {
            numbers.set(row.unit.clone(), Number::Quality(name), count);
        }
    }
    Ok(numbers)
}

fn sql(source: &Source<'_>, scope: &Scope, days: Days) -> Sql {
    let placed = source.rows_on(days.as_of, days.unit_date);
    counted(&source.view, placed, scope, days).sql(Sql::file(include_str!("quality.sql"), &values(&source.view, days)))
}

/// Whether the row `t` is one of several that look like one. `placed`: where the records are counted. `within` only saves
/// work.
pub fn is_suspected(view: &View<'_>, placed: Sql, within: Option<&str>, days: Days) -> Sql {
    let scope = Scope { level: Level::Commune, within: within.map(str::to_owned) };
    let all = include_str!("quality.sql");
    let suspected = all.split_once("\nselect\n").map_or(all, |(before, _)| before);
    Sql::new("t.id in (")
        .sql(counted(view, placed, &scope, days))
        .sql(Sql::file(suspected, &values(view, days)))
        .text(" select id from suspected)")
}

fn values(view: &View<'_>, days: Days) -> [Bind; 3] {
    let distance_m = view.layer.near.map_or(0.0, |near| near.distance_m);
    [Bind::Date(days.unit_date), Bind::Date(days.as_of), Bind::Double(distance_m)]
}

/// The rows that count, as the beginning of a statement.
fn counted(view: &View<'_>, placed: Sql, scope: &Scope, days: Days) -> Sql {
    let ids = scope.within.as_ref().map(|_| records_in(&placed, &scope.units(days.unit_date)));
    let generalised = view.layer.hides_place();
    let near = view.layer.near;
    let direction = near.and_then(|near| near.direction);
    let azimuth = direction.map_or(Sql::new("null::float8"), |name| Sql::new("t.").name(name));
    Sql::new("with counted as (select t.id, t.installed_on, t.verified_at, t.created_at, t.declared_commune_code, t.declared_on, p.commune, p.")
        .name(scope.level.name())
        .text(" as unit, t.geom as place, ")
        // On the grid that anonymous callers see, records of one grid point would all look like duplicates.
        .text(if generalised { "case when t.class > 0 then " } else { "(" })
        .sql(near.map_or(Sql::new("null::text"), |near| same(&near, "t.")))
        .text(if generalised { " end" } else { ")" })
        .text(" as same, ")
        .sql(azimuth)
        .text(" as azimuth from ")
        .sql(view.relation_among(days.versions(), ids.as_ref()))
        .sql(placed_in(placed, scope, days))
        .text(" where ")
        .sql(counts(view.layer, days))
        .text(")")
}
