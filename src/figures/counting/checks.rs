//! The checks that rows should pass before the figures are believed, as conditions on a row, and how many rows fail each.

use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::access::{Caller, View};
use crate::conditions::{Condition, Days, Derived, Fact};
use crate::figures::counting::facts::records_in;
use crate::figures::counting::hamlet_state::{self, state};
use crate::figures::counting::rows::{counts, placed};
use crate::figures::counting::select::Select;
use crate::figures::counting::{hamlets, quality};
use crate::figures::summaries::Source;
use crate::figures::{
    Amount, Indicator, Number, Numbers, OPERATIONAL, QUALITY, Question, Slot, Statements, UnitCode, of_layer, selection,
};
use crate::layers::{ALL, HAMLET, Layer};
use crate::postgres::conditions::{in_table, of_row as of_condition};
use crate::postgres::sql::{Bind, Sql};

const OF_HAMLETS: [&str; 2] = ["hamlets_without_households", "unknown_availability"];
/// Checks of what only callers within their scope may know.
const OF_PLACE: [&str; 3] = ["outside_declared_commune", "suspected_duplicates", "stale"];

/// How many rows of a layer fail a check in a unit, and how much they add to the layer's first figure.
#[derive(Debug)]
pub struct Failed {
    pub layer: &'static Layer,
    pub check: &'static str,
    pub unit: UnitCode,
    pub count: i64,
    pub effect: i64,
}

/// The checks that a caller may make of a layer.
pub fn checks(view: &View<'_>) -> impl Iterator<Item = &'static str> {
    let of_hamlets = is_hamlet(view.layer);
    let is_counted = of_layer(view.layer).next().is_some();
    let sees_place = view.field("declared_commune_code").is_some();
    let applies = move |name: &&str| {
        is_counted && OF_HAMLETS.contains(name) == of_hamlets && (of_hamlets || sees_place || !OF_PLACE.contains(name))
    };
    QUALITY.into_iter().filter(applies)
}

fn is_hamlet(layer: &Layer) -> bool {
    layer.collection == HAMLET.collection
}

/// The rows of a layer that count on a day and fail a check.
pub fn failing(layer: &'static Layer, check: &'static str, days: Days, within: Option<&str>) -> Condition {
    let fact = Fact { name: check, values: Vec::new(), within: within.map(str::to_owned) };
    let fact = Condition::Derived(Derived::Fact(fact));
    let counts = (!is_hamlet(layer)).then(|| selection::counts(layer, OPERATIONAL, days.as_of));
    Condition::All(counts.into_iter().chain([fact]).collect())
}

/// Whether the row `t` fails a check. `placed`: where the records are counted.
pub fn of_row(view: &View<'_>, fact: &Fact, days: Days, placed: Option<&Sql>) -> Sql {
    let of_hamlets = |is: &'static str| {
        let Some(hamlets) = placed else { return Sql::new("null::boolean") };
        let places = hamlet_state::Places { hamlets, assets: None, of_each: false };
        let (source, statements) = (hamlet_state::Source::Statements, Statements::default());
        Sql::new("t.id in (with ")
            .sql(state(view, places, source, statements, days, fact.within.as_deref()))
            .text(" select s.id from state s where ")
            .text(is)
            .text(")")
    };
    let is_placed = "t.geom is not null and declared_commune(t.declared_commune_code, t.declared_on, ";
    match fact.name {
        "unlocated" => Sql::new("t.geom is null"),
        "no_install_date" => Sql::new("t.installed_on is null"),
        "outside_declared_commune" => Sql::new(is_placed)
            .bind(Bind::Date(days.unit_date))
            .text(") <> commune_at(t.geom, ")
            .bind(Bind::Date(days.unit_date))
            .text(")"),
        "stale" => Sql::new("coalesce(t.verified_at, t.created_at) < ")
            .bind(Bind::Date(days.as_of))
            .text("::date - interval '12 months'"),
        "suspected_duplicates" => match placed {
            Some(placed) => quality::is_suspected(view, placed.clone(), fact.within.as_deref(), days),
            None => Sql::new("null::boolean"),
        },
        "hamlets_without_households" => of_hamlets(hamlets::WITHOUT_HOUSEHOLDS),
        _ => of_hamlets(hamlets::UNKNOWN),
    }
}

/// How many rows of a layer count in a unit, and how many of them pass every check.
#[derive(Debug)]
pub struct Checked {
    pub layer: &'static Layer,
    pub unit: UnitCode,
    pub count: i64,
    pub sound: i64,
}

const COUNTED: Number = Number::Of("checked", Slot::Total);
const SOUND: Number = Number::Of("checked", Slot::Covered);

/// Counts the rows that fail each check, by unit, and those of assets that fail none. With `operators` only the rows of
/// these operators are looked at.
pub async fn failed(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    question: &Question,
    operators: Option<&[&'static str]>,
) -> QueryResult<(Vec<Failed>, Vec<Checked>)> {
    let (mut all, mut checked) = (Vec::new(), Vec::new());
    for layer in ALL.iter().copied() {
        let view = View::new(caller, layer);
        let checks: Vec<_> = checks(&view).collect();
        let operators = match (operators, layer.field("operator")) {
            (Some(_), None) => continue,
            (Some(operators), Some(field)) => Some(Condition::holds(field, operators.iter().copied())),
            (None, _) => None,
        };
        if checks.is_empty() {
            continue;
        }
        let numbers = if is_hamlet(layer) {
            hamlets::numbers(conn, &view, hamlet_state::Source::Statements, question, question.days).await?
        } else {
            of_assets(conn, &view, &checks, question, operators.as_ref()).await?
        };
        let units = question.units.iter().map(|unit| Some(unit.code.clone())).chain([None]);
        for unit in units {
            for check in &checks {
                let count = numbers.get(&unit, Number::Quality(check));
                let effect = numbers.find(&unit, Number::Of(check, Slot::Total)).unwrap_or(count);
                if count != 0 {
                    all.push(Failed { layer, check, unit: unit.clone(), count, effect });
                }
            }
            if let Some(count) = numbers.find(&unit, COUNTED) {
                checked.push(Checked { layer, count, sound: numbers.get(&unit, SOUND), unit });
            }
        }
    }
    Ok((all, checked))
}

async fn of_assets(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    checks: &[&'static str],
    question: &Question,
    only: Option<&Condition>,
) -> QueryResult<Numbers> {
    let Question { scope, days, .. } = question;
    let amount = match of_layer(view.layer).next().map(Indicator::amount) {
        Some(Amount::Field(field)) => Sql::new("t.").name(field.name),
        _ => Sql::new("1"),
    };
    let within = scope.unit(days.unit_date);
    let source = Source::of(conn, *view, days.known_at, within).await?;
    let rows = source.rows_on(days.as_of, days.unit_date);
    let mut select = Select::of_unit(Sql::new("p.").name(scope.level.name()));
    let mut fails_any = Vec::new();
    for check in checks {
        let fact = Fact { name: check, values: Vec::new(), within: scope.within.clone() };
        let fails = of_row(view, &fact, *days, Some(&rows));
        let counted = Sql::new("count(*) filter (where ").sql(fails.clone()).text(")");
        let effect = Sql::new("coalesce(sum(").sql(amount.clone()).text(") filter (where ").sql(fails.clone());
        select = select
            .number(Number::Quality(check), counted)
            .number(Number::Of(check, Slot::Total), effect.text("), 0)::bigint"));
        fails_any.push(Sql::new("coalesce(").sql(fails).text(", false)"));
    }
    let sound = Sql::new("count(*) filter (where not (").sql(Sql::join(fails_any, " or ")).text("))");
    select = select.number(COUNTED, Sql::new("count(*)")).number(SOUND, sound);
    let ids = scope.within.as_ref().map(|_| records_in(&rows, &scope.units(days.unit_date)));
    let from = Sql::new(" from ")
        .sql(view.relation_among(days.versions(), ids.as_ref()))
        .sql(placed(&source, scope, *days))
        .text(" where ")
        .sql(counts(view.layer, *days))
        .sql(only.map_or(Sql::new(""), |only| Sql::new(" and ").sql(of_condition(only, in_table))))
        .text(" group by 1");
    select.load(conn, Sql::new("select "), from).await
}
