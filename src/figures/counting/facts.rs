//! Facts about a row that come from other rows. Figures and the items behind them use the same ones.

use crate::access::View;
use crate::conditions::{Days, Fact};
use crate::figures::HamletState;
use crate::figures::counting::hamlet_state;
use crate::figures::counting::rows::counts;
use crate::figures::definitions::{FREE_WIFI, LEVEL_OFFICE, PERHAPS_FREE_WIFI, POSITION, SHARED_SITE, SITE};
use crate::layers::{CAMERA, FACILITY, Layer, TOWER, WIFI_POINT};
use crate::postgres::sql::{Bind, Sql};
use crate::units::territory;

/// A fact as a condition on the row `t` alone. Rows of other layers are read as of the same day, and only if the caller
/// may see them.
pub fn of_row(view: &View<'_>, fact: &Fact, days: Days) -> Sql {
    match fact.name {
        FREE_WIFI => with_wifi(view, "t.fee = 'no'", days),
        PERHAPS_FREE_WIFI => Sql::new("not ").sql(with_wifi(view, "t.fee = 'no'", days)).text(" and ").sql(with_wifi(
            view,
            "t.fee is null",
            days,
        )),
        SITE => first_of_site(view, "", days),
        LEVEL_OFFICE => has_level_of_unit(view, fact, days),
        POSITION => first_of_position(view, days),
        SHARED_SITE => first_of_site(view, " having count(distinct t.operator) > 1", days),
        name => match HamletState::of_name(name) {
            Some(state) => hamlet_state::is_covered(view, state, fact, days),
            None => Sql::new("null::boolean"),
        },
    }
}

/// The facts of a layer's rows as a join named `f`, computed once for each row instead of once for each figure. A join
/// is hashed however many rows there are; a subquery too large for memory would be scanned for each row.
pub fn joined(view: &View<'_>, days: Days) -> Sql {
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
        "cameras" => Sql::new("\nleft join (select min(t.id) as id from ")
            .sql(counted(view, &CAMERA, days))
            .text(BY_POSITION)
            .text(") place on place.id = t.id cross join lateral (select place.id is not null as position) f"),
        _ => Sql::default(),
    }
}

/// A station without a site code is a site of its own.
const BY_SITE: &str = " group by t.site_code, case when t.site_code is null then t.id end";

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

/// The office whose level is that of the unit: the highest, of equals the lowest id.
fn has_level_of_unit(view: &View<'_>, fact: &Fact, days: Days) -> Sql {
    let Some((office, code)) = fact.values.first().zip(fact.within.as_deref()) else {
        return Sql::new("null::boolean");
    };
    Sql::new("t.id = (select t.id from ")
        .sql(counted(view, &FACILITY, days))
        .text(" and t.security_level is not null and t.type = ")
        .bind(Bind::Text((*office).to_owned()))
        .text(" and ")
        .sql(territory::within(&FACILITY, code, days))
        .text(" order by t.security_level desc, t.id limit 1)")
}

/// Cameras within about a metre share a place. One without a place is a position of its own.
const BY_POSITION: &str =
    " group by st_snaptogrid(t.placed_geom, 0.00001), case when t.placed_geom is null then t.id end";

fn first_of_position(view: &View<'_>, days: Days) -> Sql {
    Sql::new("t.id in (select min(t.id) from ").sql(counted(view, &CAMERA, days)).text(BY_POSITION).text(")")
}

/// The rows of a layer that count, as `t`.
fn counted(view: &View<'_>, layer: &'static Layer, days: Days) -> Sql {
    view.of(layer).relation(days.versions()).text(" where ").sql(counts(layer, days))
}
