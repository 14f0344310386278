//! The state of each hamlet on a day, as SQL.

use crate::access::View;
use crate::conditions::{Days, Fact};
use crate::figures::counting::rows::counts;
use crate::figures::counting::stated::stated;
use crate::figures::{HamletState, Statements, Subject};
use crate::layers::{CAMERA, HAMLET, LOUDSPEAKER, Layer};
use crate::postgres::sql::{Bind, Sql};
use crate::units::relations::{communes_within, hamlets_on, units_on};
use crate::units::territory::{Level, placed};

const AVAILABILITY: &str = include_str!("hamlet_availability.sql");
const ASSETS: &str = include_str!("hamlet_assets.sql");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Statements,
    Cameras,
    Loudspeakers,
}

impl Source {
    pub fn of(subject: Subject) -> Source {
        match subject {
            Subject::Cameras => Source::Cameras,
            Subject::Loudspeakers => Source::Loudspeakers,
            Subject::Mobile | Subject::Fiber => Source::Statements,
        }
    }

    /// The layer that says it.
    pub fn layer(self) -> &'static Layer {
        match self {
            Source::Cameras => &CAMERA,
            Source::Loudspeakers => &LOUDSPEAKER,
            Source::Statements => &HAMLET,
        }
    }
}

/// Expressions of a `with` that end in `state`: the hamlets that count, with their units on the day of the territory and
/// their states on the day of the count.
pub fn state(
    view: &View<'_>,
    places: Places<'_>,
    source: Source,
    statements: Statements,
    days: Days,
    within: Option<&str>,
) -> Sql {
    let view = view.of(&HAMLET);
    let sql = hamlets(&view, places, days, within);
    match source {
        Source::Statements => {
            let Statements { operator, basis, technology } = statements;
            let [operator, basis, technology] = [operator, basis, technology]
                .map(|choice| choice.map_or(Bind::NullText, |choice| Bind::Text(choice.to_owned())));
            let values = [Bind::Date(days.as_of), operator, basis, technology];
            sql.text(", stated as (select a.* from ")
                .sql(stated("availability", "availability", days.known_at))
                .text(" a)")
                .sql(Sql::file(AVAILABILITY, &values))
                .text(
                    ", state as (
  select
    h.id, h.code as hamlet, h.households, h.population, h.difficulty, h.grid_power, h.commune, h.district, h.province,
    a.mobile_2g, a.mobile_3g, a.mobile_4g, a.mobile_5g, a.no_signal, a.no_signal is not true as some_signal,
    a.weak_signal, a.fiber_any, a.fiber_full, a.mobile_basis, a.fiber_basis,
    coalesce(a.passed_low, 0) as passed_low, coalesce(a.passed_high, 1) as passed_high,
    coalesce(a.connected_low, 0) as connected_low, coalesce(a.connected_high, 1) as connected_high
  from hamlet h
  left join availability_state a on a.hamlet = h.id
)",
                )
        }
        Source::Cameras | Source::Loudspeakers => {
            let assets = assets(&view.of(source.layer()), places.assets, days, within);
            sql.sql(every(&view, days)).sql(assets).text(ASSETS)
        }
    }
}

/// Where records are counted: contributions of a day.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    pub hamlets: &'a Sql,
    /// Of the assets whose hamlets are asked; they are looked up by their places where this is missing.
    pub assets: Option<&'a Sql>,
    /// Whether each hamlet is counted by itself.
    pub of_each: bool,
}

/// Whether the hamlet `t` is covered: a condition on the rows of its layer.
pub fn is_covered(view: &View<'_>, hamlets: &Sql, covered: HamletState, fact: &Fact, days: Days) -> Sql {
    let none = Statements::default();
    let statements = fact.values.iter().fold(none, |read, name| read.and(name).unwrap_or(read));
    Sql::new("t.id in (with ")
        .sql(state(
            view,
            Places { hamlets, assets: None, of_each: false },
            Source::of(covered.subject),
            statements,
            days,
            fact.within.as_deref(),
        ))
        .text(" select s.id from state s where s.")
        .text(covered.share.map_or(covered.name, |[low, _]| low))
        .text(if covered.share.is_some() { " > 0)" } else { ")" })
}

/// The hamlets that count, as they were on the day, with their units.
pub fn hamlets(view: &View<'_>, places: Places<'_>, days: Days, within: Option<&str>) -> Sql {
    let level = within.and_then(Level::of_code);
    let sql = Sql::new(
        "hamlet as materialized (select t.id, t.code, t.name, t.households, t.population, t.difficulty, t.grid_power, t.geom, \
         coalesce(t.installed_on, t.effective_on) as valid_from, t.decommissioned_on - 1 as valid_to, \
         p.commune, p.district, p.province, ",
    )
    .text(if places.of_each { "t.id::text" } else { "p.commune" })
    .text(" as part from ")
    .sql(view.relation(days.versions()))
    .text(" join (")
    .sql(places.hamlets.clone())
    .text(") c on c.record_id = t.id left join units_on(")
    .bind(Bind::Date(days.unit_date))
    .text(") p on p.id = c.unit_id where ")
    .sql(counts(&HAMLET, days));
    let sql = match within.zip(level) {
        None => sql,
        Some((code, Level::Hamlet)) => sql.text(" and t.id = ").sql(hamlets_on(code, days.unit_date)),
        Some((code, Level::Group)) => {
            let own = units_on(days.unit_date, Some(code));
            sql.text(" and p.id in (select own.id from ").sql(own).text(" own)")
        }
        Some((code, level)) => sql.text(" and p.").name(level.name()).text(" = ").bind(Bind::Text(code.to_owned())),
    };
    sql.text(")")
}

/// Every hamlet that counts, whatever the scope. The planner may look single ones up.
fn every(view: &View<'_>, days: Days) -> Sql {
    Sql::new(", every as not materialized (select t.id, t.geom from ")
        .sql(view.relation(days.versions()))
        .text(" where ")
        .sql(counts(&HAMLET, days))
        .text(")")
}

/// The assets that count, with the commune that they stand in and their true place, whoever asks. Within a unit only those
/// that may stand in one of its hamlets: in the unit, within the boundary of such a hamlet, or naming it.
fn assets(view: &View<'_>, places: Option<&Sql>, days: Days, within: Option<&str>) -> Sql {
    let center = if view.layer.collection == CAMERA.collection { "t.connected_center" } else { "null::text" };
    // `placed` places `t.geom`.
    let sql = Sql::new(", asset as materialized (select t.id, t.hamlet_id, t.connected_center, p.commune, t.geom as place from (select t.id, ")
        .text("t.placed_hamlet_id as hamlet_id, t.placed_geom as geom, t.placed_code, t.placed_on, t.commune_code, ")
        .text("t.lifecycle_status, t.installed_on, t.ended_on, t.decommissioned_on, ")
        .text(center)
        .text(" as connected_center from ")
        .sql(view.relation(days.versions()))
        .text(") t")
        .sql(match places {
            None => placed(days),
            Some(places) => Sql::new(" left join (")
                .sql(places.clone())
                .text(") c on c.record_id = t.id left join units_on(")
                .bind(Bind::Date(days.unit_date))
                .text(") p on p.id = c.unit_id"),
        })
        .text(" where ")
        .sql(counts(view.layer, days));
    let sql = match within {
        Some(code) => sql
            .text(
                "
  and (t.geom && (
      select st_setsrid(st_extent(box2d(u.geom)::geometry)::geometry, 4326)
      from (select geom from ",
            )
            .sql(communes_within(code, days.unit_date))
            .text(
                " c union all select geom from hamlet) u)
    or t.geom is null
    or t.hamlet_id in (select h.id from hamlet h))",
            ),
        None => sql,
    };
    sql.text(")")
}
