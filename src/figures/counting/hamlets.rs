//! The state of each hamlet: statements of availability, and cameras.

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access::View;
use crate::conditions::{Days, Fact};
use crate::figures::{HamletState, Indicator, Measure, Weight};
use crate::layers::CAMERA;
use crate::postgres::row::Row;
use crate::postgres::sql::{Bind, Sql};
use crate::units::territory::{Level, near, placed};

use crate::figures::counting::condition::counts;
use crate::figures::counting::scan::Numbers;
use crate::figures::counting::{Question, of_subject};

const ORIGIN: &str = include_str!("hamlet_origin.sql");
const AVAILABILITY: &str = include_str!("hamlet_availability.sql");
const CAMERAS: &str = include_str!("hamlet_cameras.sql");

/// Which of the two states is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Availability,
    Cameras,
}

impl Subject {
    pub fn of(state: HamletState) -> Subject {
        if state.is_of_cameras() { Subject::Cameras } else { Subject::Availability }
    }
}

/// Covered, unknown and total of every indicator of a subject, by unit. Of availability there follow: hamlets whose
/// households nobody counted, hamlets of which no coverage at all is known, and the first and last basis of mobile and
/// of fibre coverage.
pub async fn numbers(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    subject: Subject,
    question: &Question,
    days: Days,
) -> QueryResult<Numbers> {
    let scope = &question.scope;
    let mut sql = Sql::new("with recursive ")
        .sql(state(view, subject, question.operator, days, scope.within.as_deref()))
        .text(" select s.")
        .name(scope.level.name());
    for aggregate in of_subject(subject).filter_map(|indicator| aggregates(indicator.measure)).flatten() {
        sql = sql.text(",\n").sql(aggregate);
    }
    if subject == Subject::Availability {
        sql = sql.text(
            ",
count(*) filter (where s.households is null),
count(*) filter (where coalesce(s.mobile_2g, s.mobile_3g, s.mobile_4g, s.mobile_5g, s.fiber_any) is null),
min(s.mobile_basis), max(s.mobile_basis), min(s.fiber_basis), max(s.fiber_basis)",
        );
    }
    let rows: Vec<Row> = sql.text("\nfrom state s group by 1").load(conn).await?;
    Ok(rows
        .iter()
        .map(|row| {
            let numbers = row.cells[1..].iter().map(|cell| cell.as_integer().unwrap_or(0)).collect();
            (row.cells[0].as_text().map(str::to_owned), numbers)
        })
        .collect())
}

/// What the covered hamlets of a unit are known by: `mixed` when by several; of numbers of availability.
pub fn basis(indicator: &Indicator, numbers: &[i64]) -> &'static str {
    const BASES: [&str; 4] = ["reported", "surveyed", "measured", "modelled"];
    let first = 3 * of_subject(Subject::Availability).count() + 2;
    let first = match indicator.measure {
        Measure::Hamlets { state: HamletState::Mobile(_), .. } => first,
        _ => first + 2,
    };
    match numbers.get(first..first + 2) {
        Some([min, max]) if min != max => "mixed",
        Some([place, _]) if *place > 0 => BASES.get(*place as usize - 1).copied().unwrap_or("mixed"),
        _ => "reported",
    }
}

/// Expressions of a `with recursive` that end in `state`: the hamlets in force on the day of the territory, with their
/// units and what is true of them on the day of the count.
pub fn state(view: &View<'_>, subject: Subject, operator: Option<&str>, days: Days, within: Option<&str>) -> Sql {
    let sql = hamlets(days, within).text(ORIGIN);
    match subject {
        Subject::Availability => {
            let operator = operator.map_or(Bind::NullText, |operator| Bind::Text(operator.to_owned()));
            sql.sql(Sql::file(AVAILABILITY, &[Bind::Date(days.as_of), operator])).text(
                ", state as (
  select
    h.id, h.households, h.population, h.commune, h.district, h.province,
    a.mobile_2g, a.mobile_3g, a.mobile_4g, a.mobile_5g, a.fiber_any, a.fiber_full, a.mobile_basis, a.fiber_basis,
    round(h.households * a.passed_share)::bigint as fiber_passed,
    round(h.households * a.connected_share)::bigint as fiber_connected
  from hamlet h
  left join availability_state a on a.hamlet = h.id
)",
            )
        }
        Subject::Cameras => sql.sql(cameras(&view.of(&CAMERA), days, within)).text(CAMERAS),
    }
}

/// The rows of the hamlets layer that an indicator counts as covered, as a condition on the alias `t`.
pub fn selected(view: &View<'_>, covered: HamletState, fact: &Fact, days: Days) -> Sql {
    Sql::new("t.id in (with recursive ")
        .sql(state(view, Subject::of(covered), fact.value, days, fact.within.as_deref()))
        .text(" select s.id from state s where s.")
        .text(covered.column())
        .text(if matches!(covered, HamletState::FiberPassed | HamletState::FiberConnected) { " > 0)" } else { ")" })
}

/// Covered, unknown and total of an indicator, as three aggregates over `state s`.
pub fn aggregates(measure: Measure) -> Option<[Sql; 3]> {
    let Measure::Hamlets { state, weight } = measure else { return None };
    let column = || Sql::new("s.").text(state.column());
    let sum = |weight: &'static str| Sql::new("coalesce(sum(").text(weight).text(")");
    let weighted = |weight: &'static str| {
        [
            sum(weight).text(" filter (where ").sql(column()).text("), 0)::bigint"),
            sum(weight).text(" filter (where ").sql(column()).text(" is null), 0)::bigint"),
            sum(weight).text(", 0)::bigint"),
        ]
    };
    Some(match weight {
        Weight::One => weighted("1"),
        Weight::Households => weighted("s.households"),
        Weight::Population => weighted("s.population"),
        Weight::Share => [
            Sql::new("coalesce(sum(").sql(column()).text("), 0)::bigint"),
            sum("s.households").text(" filter (where ").sql(column()).text(" is null), 0)::bigint"),
            sum("s.households").text(", 0)::bigint"),
        ],
    })
}

fn hamlets(days: Days, within: Option<&str>) -> Sql {
    let day = Bind::Date(days.unit_date);
    let sql = Sql::file(
        "hamlet as (
  select
    h.id, h.code, h.name, h.households, h.population, h.geom,
    c.code as commune, d.code as district, coalesce(d.parent_code, c.parent_code) as province
  from admin_units h
  join admin_units c on c.code = h.parent_code and c.level = 'commune' and in_force(c.valid_from, c.valid_to, $1)
  left join admin_units d on d.code = c.parent_code and d.level = 'district' and in_force(d.valid_from, d.valid_to, $1)
  where h.level = 'hamlet' and in_force(h.valid_from, h.valid_to, $1)",
        &[day],
    );
    let sql = match within.and_then(|code| Some((code, Level::of_code(code)?))) {
        None => sql,
        Some((code, level)) => {
            let column = match level {
                Level::Province => "coalesce(d.parent_code, c.parent_code)",
                Level::District => "c.parent_code",
                Level::Commune => "h.parent_code",
                Level::Hamlet => "h.code",
            };
            sql.text(" and ").text(column).text(" = ").bind(Bind::Text(code.to_owned()))
        }
    };
    sql.text(")")
}

/// The cameras that count, with the commune they stand in.
fn cameras(view: &View<'_>, days: Days, within: Option<&str>) -> Sql {
    let sql = Sql::new(
        ", camera as materialized (select t.id, t.placed_hamlet_id as hamlet_id, t.connected_center, p.commune, \
         t.geom as place from ",
    )
    .sql(view.relation(days.versions()))
    .sql(placed(days))
    .text(" where ")
    .sql(counts(days));
    let sql = match within {
        Some(code) => sql.text(" and ").sql(near(code, days.unit_date)),
        None => sql,
    };
    sql.text(")")
}
