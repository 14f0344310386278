//! Counting: the figures of units on a day, and against another day.

mod condition;
mod hamlets;
mod quality;
mod scan;
mod slots;

use std::collections::{BTreeMap, HashMap};

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access::{Caller, View};
use crate::conditions::Days;
use crate::figures::{
    Baseline, Change, Delta, Figure, INDICATORS, Indicator, Part, Parts, UnitFigures, Value, check_parts,
};
use crate::layers::{ALL, HAMLET};
use crate::postgres::row::{Cell, Row};
use crate::postgres::sql::{Bind, Sql};
use crate::units::territory::{Level, Unit};

pub use condition::selected;
use hamlets::Subject;
use scan::{Changes, Numbers};

/// The units that are counted by: those of a level, in one unit or everywhere.
#[derive(Debug, Clone)]
pub struct Scope {
    pub level: Level,
    pub within: Option<String>,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    pub scope: Scope,
    pub units: Vec<Unit>,
    pub days: Days,
    /// The day to compare with, in the same units.
    pub compare: Option<chrono::NaiveDate>,
    pub indicators: Vec<&'static Indicator>,
    /// Whether the rows that need a look are counted, too.
    pub quality: bool,
    /// Whose availability; `None` is anyone's.
    pub operator: Option<&'static str>,
}

/// The figures of each unit asked, and under `None` of what lies in none of them though in the scope.
///
/// Read in one snapshot, so that the parts of a change add up while others write.
pub async fn figures(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    question: &Question,
) -> QueryResult<BTreeMap<Option<String>, UnitFigures>> {
    conn.build_transaction().read_only().repeatable_read().run(async |conn| count(conn, caller, question).await).await
}

async fn count(
    conn: &mut AsyncPgConnection,
    caller: &Caller,
    question: &Question,
) -> QueryResult<BTreeMap<Option<String>, UnitFigures>> {
    let indicators = needed(question);
    let mut counted = Vec::new();
    let mut quality = quality::Quality::new();
    for layer in ALL.iter().copied().filter(|layer| layer.is_writable()) {
        if indicators.iter().any(|indicator| indicator.layer.collection == layer.collection) {
            let view = View::new(caller, layer);
            counted.push(count_assets(conn, &view, question).await?);
            if question.quality {
                quality::of_assets(conn, &view, &question.scope, question.days, &mut quality).await?;
            }
        }
    }
    for subject in [Subject::Availability, Subject::Cameras] {
        if of_subject(subject).any(|asked| indicators.contains(&asked)) {
            counted.push(count_hamlets(conn, &View::new(caller, &HAMLET), subject, question, &mut quality).await?);
        }
    }
    let baselines = baselines(conn, question).await?;

    let mut answer = BTreeMap::new();
    let units = question.units.iter().map(Some).chain([None]);
    for unit in units {
        let code = unit.map(|unit| unit.code.clone());
        let mut figures: Vec<_> =
            counted.iter().flat_map(|layer| layer.figures(unit, &code, question, &baselines)).collect();
        note_parts(&mut figures);
        figures.retain(|figure| question.indicators.contains(&figure.indicator));
        figures.sort_by_key(|figure| INDICATORS.iter().position(|indicator| indicator == figure.indicator));
        let numbers = quality.get(&code);
        let quality = quality::NAMES
            .iter()
            .map(|name| (*name, numbers.and_then(|numbers| numbers.get(name)).copied().unwrap_or(0)))
            .collect();
        answer.insert(code, UnitFigures { figures, quality });
    }
    Ok(answer)
}

/// What is asked, and for a comparison the partitions of it, whose published changes are checked against the total's.
fn needed(question: &Question) -> Vec<&'static Indicator> {
    INDICATORS
        .iter()
        .filter(|indicator| {
            let asked = |code| question.indicators.iter().any(|asked| asked.code == code);
            asked(indicator.code) || question.compare.is_some() && indicator.part_of.is_some_and(asked)
        })
        .collect()
}

/// A layer as counted: on the day, and on that of the comparison.
struct Counted {
    /// The indicators with the place of their first number, and of the first number of their quality.
    places: Vec<(&'static Indicator, usize, usize)>,
    now: Numbers,
    was: Option<(Numbers, Option<Changes>)>,
}

async fn count_assets(conn: &mut AsyncPgConnection, view: &View<'_>, question: &Question) -> QueryResult<Counted> {
    let days = question.days;
    let mut places: Vec<_> = Vec::new();
    let mut at = 0;
    for indicator in slots::of_kind(view.layer) {
        places.push((indicator, at, 0));
        at += slots::of(indicator).len();
    }
    for (nth, place) in places.iter_mut().enumerate() {
        place.2 = at + 2 * nth;
    }
    let now = scan::numbers(conn, view, &question.scope, days).await?;
    let was = match question.compare {
        None => None,
        Some(day) => {
            let base = Days { as_of: day, ..days };
            let changes = scan::changes(conn, view, &question.scope, days, base).await?;
            Some((scan::before(&now, &changes), Some(changes)))
        }
    };
    Ok(Counted { places, now, was })
}

fn of_subject(subject: Subject) -> impl Iterator<Item = &'static Indicator> {
    slots::of_kind(&HAMLET)
        .filter(move |indicator| indicator.is_of_availability() == (subject == Subject::Availability))
}

async fn count_hamlets(
    conn: &mut AsyncPgConnection,
    view: &View<'_>,
    subject: Subject,
    question: &Question,
    quality: &mut quality::Quality,
) -> QueryResult<Counted> {
    let places: Vec<_> =
        of_subject(subject).enumerate().map(|(nth, indicator)| (indicator, 3 * nth, usize::MAX)).collect();
    let now = hamlets::numbers(conn, view, subject, question, question.days).await?;
    let last = 3 * places.len();
    if subject == Subject::Availability {
        for (unit, numbers) in &now {
            let unit = quality.entry(unit.clone()).or_default();
            unit.insert("hamlets_without_households", numbers.get(last).copied().unwrap_or(0));
            unit.insert("unknown_availability", numbers.get(last + 1).copied().unwrap_or(0));
        }
    }
    let was = match question.compare {
        None => None,
        Some(day) => {
            let base = Days { as_of: day, ..question.days };
            Some((hamlets::numbers(conn, view, subject, question, base).await?, None))
        }
    };
    Ok(Counted { places, now, was })
}

impl Counted {
    fn figures(
        &self,
        unit: Option<&Unit>,
        code: &Option<String>,
        question: &Question,
        baselines: &[Baseline],
    ) -> Vec<Figure> {
        let none = Vec::new();
        let now = self.now.get(code).unwrap_or(&none);
        let numbers = |from: &[i64], start: usize| from.get(start..).unwrap_or_default().to_vec();
        let level = question.scope.level;
        let mut figures = Vec::new();
        for &(indicator, start, quality) in &self.places {
            let value = slots::value(indicator, level, &numbers(now, start));
            let change = self.was.as_ref().zip(question.compare).map(|((was, changes), base_on)| {
                let base = slots::value(indicator, level, &numbers(was.get(code).unwrap_or(&none), start));
                let declared = |group: Option<&str>| {
                    baselines.iter().find(|baseline| {
                        unit.is_some_and(|unit| unit.id == baseline.unit_id)
                            && baseline.indicator == indicator.code
                            && baseline.group_value.as_deref() == group
                    })
                };
                let parts = |slot: usize, change: i64| match changes {
                    Some(changes) => {
                        changes.get(&(code.clone(), start + slot)).into_iter().flatten().copied().collect::<Parts>()
                    }
                    // The same hamlets on both days: what differs is what is said of them.
                    None => Parts::from([(Part::Reclassified, change)]),
                };
                compare(indicator, &value, &base, base_on, declared, parts)
            });
            let quality = match now.get(quality..) {
                Some([unlocated, no_install_date, ..]) => {
                    vec![("unlocated", *unlocated), ("no_install_date", *no_install_date)]
                }
                _ => Vec::new(),
            };
            let basis = if indicator.is_of_availability() { hamlets::basis(indicator, now) } else { "register" };
            figures.push(Figure { indicator, value, basis, change, quality });
        }
        figures
    }
}

fn compare<'a>(
    indicator: &Indicator,
    value: &Value,
    base: &Value,
    base_on: chrono::NaiveDate,
    declared: impl Fn(Option<&str>) -> Option<&'a Baseline>,
    parts: impl Fn(usize, i64) -> Parts,
) -> Change {
    let delta = |slot: Option<usize>, group: Option<&str>, now: i64, was: i64| {
        let parts = match slot {
            Some(slot) => parts(slot, now - was),
            None => Parts::from([(Part::Reclassified, now - was)]),
        };
        Delta::new(now, was, base_on, parts, declared(group))
    };
    match (value, base) {
        (Value::Partition { values, .. }, Value::Partition { values: were, .. }) => {
            let values = values.iter().zip(were).enumerate();
            let values = values
                .map(|(slot, (now, was))| (now.0, now.1, was.1, delta(Some(slot), Some(now.0), now.1, was.1)))
                .filter(|(_, now, was, delta)| *now != 0 || *was != 0 || delta.declared)
                .map(|(name, _, _, delta)| (name, delta))
                .collect();
            Change::OfValues { values, notes: Vec::new() }
        }
        _ => Change::Of(delta(slots::main(indicator), None, value.number(), base.number())),
    }
}

/// Says, at a total and at its partition, when their published changes contradict each other.
fn note_parts(figures: &mut [Figure]) {
    let mut notes = HashMap::new();
    for figure in figures.iter() {
        let (Some(total), Some(Change::OfValues { values, .. })) = (figure.indicator.part_of, &figure.change) else {
            continue;
        };
        let total = figures.iter().find(|figure| figure.indicator.code == total);
        let Some(Figure { indicator, change: Some(Change::Of(delta)), .. }) = total else { continue };
        if let Some(note) = check_parts(delta, &values.iter().map(|(_, delta)| delta).collect::<Vec<_>>()) {
            notes.insert(indicator.code, note.clone());
            notes.insert(figure.indicator.code, note);
        }
    }
    for figure in figures {
        let Some(note) = notes.remove(figure.indicator.code) else { continue };
        match &mut figure.change {
            Some(Change::Of(delta)) => delta.notes.insert(0, note),
            Some(Change::OfValues { notes, .. }) => notes.push(note),
            None => {}
        }
    }
}

/// What was published of the units on the day of the comparison.
async fn baselines(conn: &mut AsyncPgConnection, question: &Question) -> QueryResult<Vec<Baseline>> {
    let Some(day) = question.compare else { return Ok(Vec::new()) };
    let sql =
        Sql::new("select indicator, group_value, unit_id, value, document from declared_baselines where on_day = ")
            .bind(Bind::Date(day))
            .text(" and unit_id = any(")
            .bind(Bind::Integers(question.units.iter().map(|unit| unit.id).collect()))
            .text(")");
    let rows: Vec<Row> = sql.load(conn).await?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let [indicator, group_value, unit_id, Cell::Double(value), document] = &row.cells[..] else { return None };
            Some(Baseline {
                indicator: indicator.as_text()?.to_owned(),
                group_value: group_value.as_text().map(str::to_owned),
                unit_id: unit_id.as_integer()?,
                value: *value,
                document: document.as_text()?.to_owned(),
            })
        })
        .collect())
}
