//! What other rows say of a row: its units, and facts. Figures and the items behind them use the same ones.

use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::access::View;
use crate::conditions::{Condition, Days, Derived, Fact};
use crate::figures::counting::checks;
use crate::figures::counting::hamlet_state;
use crate::figures::counting::rows::counts;
use crate::figures::definitions::{FREE_WIFI, LEVEL_OFFICE, PERHAPS_FREE_WIFI, POSITION, SHARED_SITE, SITE};
use crate::figures::summaries::{Source, column_of};
use crate::figures::{HamletState, Number, QUALITY, Slot};
use crate::layers::{FACILITY, Layer, WIFI_POINT};
use crate::postgres::sql::{Bind, Sql};
use crate::register::items::Question;
use crate::units::relations::units_on;
use crate::units::territory;
use crate::units::territory::Level;

/// Reads where the records are counted, if the condition of a question asks for it.
pub async fn place(conn: &mut AsyncPgConnection, view: &View<'_>, question: &mut Question) -> QueryResult<()> {
    let days = question.days;
    let mut within = None;
    let mut is_needed = false;
    for derived in question.condition.derived() {
        if let Derived::Within { code, .. } = derived {
            within = Some(code.clone());
        }
        is_needed |= needs_places(view.layer, derived, days);
    }
    if is_needed {
        let within = within.as_deref().map(|code| (code, days.unit_date));
        let source = Source::of(conn, *view, days.known_at, within).await?;
        let placed = source.rows_on(days.as_of, days.unit_date);
        question.among = among(view, question, &placed);
        question.placed = Some(placed);
    }
    Ok(())
}

/// The records in the unit that the whole condition is about.
fn among(view: &View<'_>, question: &Question, placed: &Sql) -> Option<Sql> {
    let Condition::All(all) = &question.condition else { return None };
    let days = question.days;
    let (code, on) = all.iter().find_map(|condition| match condition {
        Condition::Derived(within @ Derived::Within { code, on }) => {
            needs_places(view.layer, within, days).then_some((code, *on))
        }
        _ => None,
    })?;
    Some(records_in(placed, &units_on(on, Some(code))))
}

fn needs_places(layer: &Layer, derived: &Derived, days: Days) -> bool {
    let is_placed = layer.is_writable() && is_placed_once(layer);
    match derived {
        Derived::Within { code, .. } => match Level::of_code(code) {
            Some(Level::Hamlet) | None => false,
            Some(level) => is_placed && (level != Level::Commune || !days.are_current()),
        },
        Derived::Unassigned { .. } => is_placed,
        Derived::Fact(fact) => {
            let is_of_places =
                [LEVEL_OFFICE, "suspected_duplicates", "hamlets_without_households", "unknown_availability"];
            is_of_places.contains(&fact.name)
                || stands_for(fact.name).is_some()
                || HamletState::of_name(fact.name).is_some()
        }
    }
}

/// The records that are counted in units, as an array of ids.
pub fn records_in(placed: &Sql, units: &Sql) -> Sql {
    Sql::new("array(select c.record_id from (")
        .sql(placed.clone())
        .text(") c where c.unit_id = any(array(select id from ")
        .sql(units.clone())
        .text(")))")
}

/// Whether its records are counted where contributions say; an area belongs to every unit that it meets.
fn is_placed_once(layer: &Layer) -> bool {
    layer.lies_in_one_commune() || layer.is_measured()
}

/// The figure that counts the records of a fact: those that stand for a group.
fn stands_for(fact: &str) -> Option<&'static str> {
    match fact {
        SITE => Some("bts_sites"),
        SHARED_SITE => Some("bts_shared_sites"),
        POSITION => Some("camera_positions"),
        _ => None,
    }
}

/// Something derived, as a condition on the row `t` alone. Rows of other layers are read as of the same day, and only if
/// the caller may see them. `placed`: see [`place`].
pub fn of_row(view: &View<'_>, derived: &Derived, days: Days, placed: Option<&Sql>) -> Sql {
    match (derived, placed.filter(|_| needs_places(view.layer, derived, days))) {
        (Derived::Within { code, on }, Some(placed)) => {
            let within = Sql::new("t.id in (select c.record_id from (")
                .sql(placed.clone())
                .text(") c where c.unit_id = any(array(select id from ")
                .sql(units_on(*on, Some(code)))
                .text(")))");
            if days.are_current() && !view.layer.is_measured() {
                // The stored commune has an index; few records lie in a district or province and in none of its communes.
                let communes = territory::in_communes(code, *on);
                Sql::new("(").sql(communes).text(" or t.commune_code is null and ").sql(within).text(")")
            } else {
                within
            }
        }
        (Derived::Within { code, on }, None) => territory::within(view.layer, code, Days { unit_date: *on, ..days }),
        (Derived::Unassigned { level, within, on }, Some(placed)) => {
            let sql = Sql::new("t.id in (select c.record_id from (")
                .sql(placed.clone())
                .text(") c left join ")
                .sql(units_on(*on, within.as_deref()));
            let sql = sql.text(" u on u.id = c.unit_id where u.").name(level).text(" is null");
            sql.text(if within.is_some() { " and u.id is not null)" } else { ")" })
        }
        (Derived::Unassigned { level, on, .. }, None) => territory::unassigned(level, Days { unit_date: *on, ..days }),
        (Derived::Fact(fact), placed) => of_fact(view, fact, days, placed),
    }
}

fn of_fact(view: &View<'_>, fact: &Fact, days: Days, placed: Option<&Sql>) -> Sql {
    match (fact.name, placed) {
        (FREE_WIFI, _) => with_wifi(view, "t.fee = 'no'", days),
        (PERHAPS_FREE_WIFI, _) => Sql::new("not ")
            .sql(with_wifi(view, "t.fee = 'no'", days))
            .text(" and ")
            .sql(with_wifi(view, "t.fee is null", days)),
        (name, placed) if QUALITY.contains(&name) => checks::of_row(view, fact, days, placed),
        (LEVEL_OFFICE, placed) => has_level_of_unit(view, fact, days, placed),
        (name, Some(placed)) => {
            if let Some(state) = HamletState::of_name(name) {
                return hamlet_state::is_covered(view, placed, state, fact, days);
            }
            let column = stands_for(name).and_then(|code| column_of(view.layer, Number::Of(code, Slot::Total)));
            match column {
                Some(column) => Sql::new("t.id in (select c.record_id from (")
                    .sql(placed.clone())
                    .text(") c where c.")
                    .name(column)
                    .text(" > 0)"),
                None => Sql::new("null::boolean"),
            }
        }
        (_, None) => Sql::new("null::boolean"),
    }
}

/// The office whose level is that of the unit: the highest, of equals the lowest id.
fn has_level_of_unit(view: &View<'_>, fact: &Fact, days: Days, placed: Option<&Sql>) -> Sql {
    let Some((office, code)) = fact.values.first().zip(fact.within.clone()) else {
        return Sql::new("null::boolean");
    };
    let within = Derived::Within { code, on: days.unit_date };
    Sql::new("t.id = (select t.id from ")
        .sql(counted(view, &FACILITY, days))
        .text(" and t.security_level is not null and t.type = ")
        .bind(Bind::Text((*office).to_owned()))
        .text(" and ")
        .sql(of_row(&view.of(&FACILITY), &within, days, placed))
        .text(" order by t.security_level desc, t.id limit 1)")
}

/// The rows of a layer that count, as `t`.
fn counted(view: &View<'_>, layer: &'static Layer, days: Days) -> Sql {
    view.of(layer).relation(days.versions()).text(" where ").sql(counts(layer, days))
}

fn with_wifi(view: &View<'_>, fee: &'static str, days: Days) -> Sql {
    Sql::new("t.id in (select t.facility_id from ")
        .sql(counted(view, &WIFI_POINT, days))
        .text(" and t.facility_id is not null and ")
        .text(fee)
        .text(")")
}
