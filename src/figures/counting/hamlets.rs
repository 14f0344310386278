//! Counts hamlets.

use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::access::View;
use crate::conditions::Days;
use crate::figures::counting::hamlet_state::{Source, state};
use crate::figures::counting::select::Select;
use crate::figures::{HamletState, Indicator, Measure, Number, Numbers, Question, Slot, Subject, Weight, of_layer};
use crate::layers::HAMLET;
use crate::postgres::sql::Sql;

/// What is counted from statements besides the indicators.
const OF_STATEMENTS: [(Number, &str); 6] = [
    (Number::Quality("hamlets_without_households"), "count(*) filter (where s.households is null)"),
    (
        Number::Quality("unknown_availability"),
        "count(*) filter (where coalesce(s.mobile_2g, s.mobile_3g, s.mobile_4g, s.mobile_5g, s.fiber_any) is null)",
    ),
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
        let Measure::Hamlets { state, weight } = indicator.measure else { continue };
        for (slot, aggregate) in aggregates(state, weight) {
            select = select.number(Number::Of(indicator.code, slot), aggregate);
        }
    }
    if source == Source::Statements {
        for (name, aggregate) in OF_STATEMENTS {
            select = select.number(name, Sql::new(aggregate));
        }
    }
    let states = state(view, source, question.operator, days, scope.within.as_deref());
    let before = Sql::new("with recursive ").sql(states).text(" select ");
    select.load(conn, before, Sql::new("\nfrom state s group by 1")).await
}

/// The numbers of an indicator, as aggregates over `state s`.
fn aggregates(state: HamletState, weight: Weight) -> [(Slot, Sql); 3] {
    let column = || Sql::new("s.").name(state.name);
    let weighted = match weight {
        Weight::One => "1",
        Weight::Households | Weight::Share => "s.households",
        Weight::Population => "s.population",
    };
    let sum = |filter: Sql| Sql::new("coalesce(sum(").text(weighted).text(")").sql(filter).text(", 0)::bigint");
    let covered = match weight {
        Weight::Share => Sql::new("coalesce(sum(").sql(column()).text("), 0)::bigint"),
        _ => sum(Sql::new(" filter (where ").sql(column()).text(")")),
    };
    [
        (Slot::Covered, covered),
        (Slot::Unknown, sum(Sql::new(" filter (where ").sql(column()).text(" is null)"))),
        (Slot::Total, sum(Sql::default())),
    ]
}
