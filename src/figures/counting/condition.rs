//! Which rows count, as SQL on the alias `t`. The figures and the items behind them are both made of these conditions.

use crate::access::View;
use crate::conditions::{Days, Fact};
use crate::figures::{Condition, Measure, UNKNOWN, find};
use crate::layers::{Layer, TOWER, Type, WIFI_POINT};
use crate::postgres::sql::{Bind, Sql};

use crate::figures::counting::hamlets;

/// Rows behind a figure: the layer's rows as of the day, that count, of the indicator's own condition; of a ratio the
/// covered ones. The fact is one of [`Selection::fact`].
pub fn selected(view: &View<'_>, fact: &Fact, days: Days) -> Sql {
    let Some(indicator) = find(fact.name) else { return Sql::new("false") };
    let of = |conditions: &[Condition]| {
        let conditions = conditions.iter().map(|condition| sql(view, *condition, days));
        Sql::all([counts(days)].into_iter().chain(conditions))
    };
    match indicator.measure {
        Measure::Sum { of: own, .. } => of(&[own]),
        Measure::Partition { of: own, by, .. } => {
            let field = fact.value.map(|value| has_value(indicator.layer, by, value));
            Sql::all([of(&[own])].into_iter().chain(field))
        }
        Measure::Ratio { of: own, covered, .. } => of(&[own, covered]),
        Measure::Hamlets { state, .. } => hamlets::selected(view, state, fact, days),
        Measure::SecurityLevel => of(&[Condition::Sql("t.security_level is not null")]),
    }
}

/// Operational on the day: installed by then or nobody knows when, and not decommissioned by then.
pub fn counts(days: Days) -> Sql {
    Sql::new("t.lifecycle_status = 'operational' and (t.installed_on is null or t.installed_on <= ")
        .bind(Bind::Date(days.as_of))
        .text(") and (t.ended_on is null or t.ended_on > ")
        .bind(Bind::Date(days.as_of))
        .text(")")
}

/// Rows whose field has a value of a partition; `unknown` is null.
pub fn has_value(layer: &'static Layer, by: &'static str, value: &'static str) -> Sql {
    let column = Sql::new("t.").name(by);
    match layer.field(by).map(|field| field.value) {
        _ if value == UNKNOWN => column.text(" is null"),
        Some(Type::SomeOf(_)) => Sql::new("").bind(Bind::Text(value.into())).text(" = any(").sql(column).text(")"),
        _ => column.text(" = ").bind(Bind::Text(value.into())),
    }
}

/// A condition of an indicator. Rows of other layers are read as of the same day, and only those the caller may see.
pub fn sql(view: &View<'_>, condition: Condition, days: Days) -> Sql {
    match condition {
        Condition::FreeWifi => with_wifi(view, "t.fee = 'no'", days),
        Condition::PerhapsFreeWifi => Sql::new("not ")
            .sql(with_wifi(view, "t.fee = 'no'", days))
            .text(" and ")
            .sql(with_wifi(view, "t.fee is null", days)),
        Condition::Site => first_of_site(view, "", days),
        Condition::SharedSite => first_of_site(view, " having count(distinct t.operator) > 1", days),
        condition => of_facts(condition),
    }
}

/// What a pass over a layer finds out once for each row, as `f`, instead of once for each figure. Joins, which are hashed
/// however many rows there are; a condition that fits no memory would be looked through for each row.
pub fn facts(view: &View<'_>, days: Days) -> Sql {
    match view.layer.collection {
        "facilities" => Sql::new(
            "\nleft join (select t.facility_id, bool_or(coalesce(t.fee = 'no', false)) as free, \
             bool_or(t.fee is null) as perhaps_free from ",
        )
        .sql(counted(view, &WIFI_POINT, days))
        .text(
            " and t.facility_id is not null group by 1) wifi on wifi.facility_id = t.id \
             cross join lateral (select coalesce(wifi.free, false) as free_wifi, \
             coalesce(wifi.perhaps_free and not wifi.free, false) as perhaps_free_wifi) f",
        ),
        "towers" => Sql::new("\nleft join (select min(t.id) as id, count(distinct t.operator) > 1 as is_shared from ")
            .sql(counted(view, &TOWER, days))
            .text(BY_SITE)
            .text(
                ") site on site.id = t.id cross join lateral (select site.id is not null as site, \
                 coalesce(site.is_shared, false) as shared_site) f",
            ),
        _ => Sql::default(),
    }
}

/// A station without a site is a site of its own.
const BY_SITE: &str = " group by t.site_code, case when t.site_code is null then t.id end";

/// A condition on rows that are joined to their facts.
pub fn of_facts(condition: Condition) -> Sql {
    match condition {
        Condition::Always => Sql::new("true"),
        Condition::Never => Sql::new("false"),
        Condition::Sql(text) => Sql::new("(").text(text).text(")"),
        Condition::FacilityType(name) => Sql::new("t.type = ").bind(Bind::Text(name.into())),
        Condition::FreeWifi => Sql::new("f.free_wifi"),
        Condition::PerhapsFreeWifi => Sql::new("f.perhaps_free_wifi"),
        Condition::Site => Sql::new("f.site"),
        Condition::SharedSite => Sql::new("f.shared_site"),
    }
}

fn with_wifi(view: &View<'_>, fee: &'static str, days: Days) -> Sql {
    Sql::new("t.id in (select t.facility_id from ")
        .sql(counted(view, &WIFI_POINT, days))
        .text(" and t.facility_id is not null and ")
        .text(fee)
        .text(")")
}

fn first_of_site(view: &View<'_>, having: &'static str, days: Days) -> Sql {
    Sql::new("t.id in (select min(t.id) from ").sql(counted(view, &TOWER, days)).text(BY_SITE).text(having).text(")")
}

fn counted(view: &View<'_>, layer: &'static Layer, days: Days) -> Sql {
    view.of(layer).relation(days.versions()).text(" where ").sql(counts(days))
}
