//! Counts hamlets.

use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::access::View;
use crate::conditions::Days;
use crate::figures::counting::hamlet_state::{Places, Source, state};
use crate::figures::counting::select::Select;
use crate::figures::summaries;
use crate::figures::{
    HamletState, Indicator, Measure, Number, Numbers, Question, Slot, Subject, Weight, of_layer, slots,
};
use crate::layers::{Field, HAMLET};
use crate::postgres::sql::{Bind, Sql};
use crate::units::territory::Level;

/// A hamlet whose households nobody has stated.
pub const WITHOUT_HOUSEHOLDS: &str = "s.households is null";
/// A hamlet of which nobody has stated anything.
pub const UNKNOWN: &str = "coalesce(s.mobile_2g, s.mobile_3g, s.mobile_4g, s.mobile_5g, s.fiber_any) is null";

/// What is counted from statements besides the indicators and these two.
const OF_STATEMENTS: [(Number, &str); 4] = [
    (Number::BestBasis(Subject::Mobile), "min(s.mobile_basis)"),
    (Number::WorstBasis(Subject::Mobile), "max(s.mobile_basis)"),
    (Number::BestBasis(Subject::Fiber), "min(s.fiber_basis)"),
    (Number::WorstBasis(Subject::Fiber), "max(s.fiber_basis)"),
];

/// The indicators of hamlets whose states come from a source.
pub fn of_source(source: Source) -> impl Iterator<Item = &'static Indicator> {
    of_layer(&HAMLET).filter(move |indicator| indicator.subject().map(Source::of) == Some(source))
}

/// Covered, unknown and total for every indicator of a source.
pub async fn numbers(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    source: Source,
    question: &Question,
    days: Days,
) -> QueryResult<Numbers> {
    let scope = &question.scope;
    let mut select = Select::of_unit(Sql::new("s.").name(scope.level.name()));
    for indicator in of_source(source) {
        let numbers = match indicator.measure {
            Measure::Hamlets { state, weight } => aggregates(state, weight),
            Measure::HamletsBy { state, by } => by_value(indicator, state, by),
            _ => continue,
        };
        for (slot, aggregate) in numbers {
            select = select.number(Number::Of(indicator.code, slot), aggregate);
        }
    }
    if source == Source::Statements {
        for (name, fails) in [("hamlets_without_households", WITHOUT_HOUSEHOLDS), ("unknown_availability", UNKNOWN)] {
            let count = Sql::new("count(*) filter (where ").text(fails).text(")");
            select = select.number(Number::Quality(name), count);
        }
        for (name, aggregate) in OF_STATEMENTS {
            select = select.number(name, Sql::new(aggregate));
        }
    }
    let within = scope.unit(days.unit_date);
    let hamlets = summaries::Source::of(conn, *view, days.known_at, within).await?.rows_on(days.as_of, days.unit_date);
    let assets = match source {
        Source::Statements => None,
        _ => {
            let assets = summaries::Source::of(conn, view.of(source.layer()), days.known_at, within).await?;
            Some(assets.rows_on(days.as_of, days.unit_date))
        }
    };
    let of_each = scope.level == Level::Hamlet;
    let places = Places { hamlets: &hamlets, assets: assets.as_ref(), of_each };
    let states = state(view, places, source, question.statements, days, scope.within.as_deref());
    let before = Sql::new("with ").sql(states).text(" select ");
    select.load(conn, before, Sql::new("\nfrom state s group by 1")).await
}

/// The numbers of an indicator, as aggregates over `state s`.
fn aggregates(state: HamletState, weight: Weight) -> Vec<(Slot, Sql)> {
    let weighed = match weight {
        Weight::One => "1",
        Weight::Households | Weight::Share => "s.households",
        Weight::Population => "s.population",
    };
    let among = || state.among.map_or(Sql::new("true"), |among| Sql::new("s.").name(among));
    let filter =
        |condition: &Sql| Sql::new(" filter (where ").sql(among()).text(" and ").sql(condition.clone()).text(")");
    let sum = |amount: &Sql, condition: &Sql| {
        Sql::new("coalesce(sum(").sql(amount.clone()).text(")").sql(filter(condition)).text(", 0)::bigint")
    };
    let whole = Sql::new(weighed);
    let all = Sql::new("true");
    let state = match state.share {
        None => Known::of(&Sql::new("s.").name(state.name)),
        Some(share) => Known::of_share(share),
    };
    let mut numbers = match &state.amounts {
        None => vec![(Slot::Covered, sum(&whole, &state.covered)), (Slot::Unknown, sum(&whole, &state.unknown))],
        Some([covered, unknown]) => vec![(Slot::Covered, sum(covered, &all)), (Slot::Unknown, sum(unknown, &all))],
    };
    numbers.push((Slot::Total, sum(&whole, &all)));
    if weight != Weight::One {
        let unweighted = |of: &Sql| {
            let of = Sql::new(weighed).text(" is null and ").sql(of.clone());
            Sql::new("count(*)").sql(filter(&of))
        };
        numbers.extend([
            (Slot::UnweightedCovered, unweighted(&state.covered)),
            (Slot::UnweightedUnknown, unweighted(&state.unknown)),
            (Slot::Unweighted, unweighted(&all)),
            (Slot::LargestWeight, Sql::new("coalesce(max(").text(weighed).text(")").sql(filter(&all)).text(", 0)")),
        ]);
    }
    numbers
}

/// The covered hamlets with each value of a field.
fn by_value(indicator: &Indicator, state: HamletState, by: &'static Field) -> Vec<(Slot, Sql)> {
    let covered = || Sql::new("count(*) filter (where s.").name(state.name);
    let value = || Sql::new(" and coalesce(s.").name(by.name).text("::text, 'unknown') = ");
    slots::values(indicator)
        .map(|name| (Slot::Value(name), covered().sql(value()).bind(Bind::Text(name.to_owned())).text(")")))
        .chain([(Slot::Total, covered().text(")"))])
        .collect()
}

/// What is known of the hamlet `s`, as SQL.
struct Known {
    covered: Sql,
    unknown: Sql,
    /// The covered and the unknown households of a share.
    amounts: Option<[Sql; 2]>,
}

impl Known {
    fn of(column: &Sql) -> Known {
        let unknown = Sql::new("").sql(column.clone()).text(" is null");
        Known { covered: column.clone(), unknown, amounts: None }
    }

    fn of_share([low, high]: [&'static str; 2]) -> Known {
        let column = |name| Sql::new("s.").name(name);
        let households = |name| Sql::new("round(s.households * ").sql(column(name)).text(")");
        Known {
            covered: column(low).text(" = 1"),
            unknown: column(low).text(" < 1 and ").sql(column(high)).text(" > 0"),
            amounts: Some([households(low), households(high).text(" - ").sql(households(low))]),
        }
    }
}
