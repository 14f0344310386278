//! Turns numbers into figures: values, changes since the base day, notes. Uses no database.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::conditions::Condition;
use crate::figures::comparison::check_parts;
use crate::figures::{
    Amount, BASES, Baseline, Census, Change, Changes, Delta, Figure, FiguresByUnit, INDICATORS, Indicator, LevelChange,
    Measure, Number, Numbers, OPERATIONAL, Part, Parts, Published, QUALITY, Question, RateChange, Slot, Statements,
    UnitCode, UnitFigures, Value, of_layer, slots, whole_changes,
};
use crate::units::territory::Unit;

/// Indicators that were counted together.
#[derive(Debug)]
pub struct Counted {
    pub indicators: Vec<&'static Indicator>,
    pub now: Numbers,
    /// The same as the register knew them at the end of their day; only if something was published for that day.
    pub known: Option<Numbers>,
    /// The numbers of the day to compare with.
    pub was: Option<Was>,
}

/// What was counted for the day to compare with.
#[derive(Debug)]
pub struct Was {
    pub numbers: Numbers,
    /// `None` where nobody looks at single rows (hamlets): the change is one part.
    pub changes: Option<Changes>,
}

impl Counted {
    /// The numbers of all units as those of one.
    pub fn whole(self, unit: &UnitCode) -> Counted {
        let was = self.was.map(|was| Was {
            numbers: was.numbers.whole(unit),
            changes: was.changes.map(|changes| whole_changes(changes, unit)),
        });
        let known = self.known.map(|known| known.whole(unit));
        Counted { now: self.now.whole(unit), known, was, ..self }
    }
}

/// Figures that were published.
#[derive(Debug, Default)]
pub struct Baselines {
    /// For the day asked.
    pub now: Vec<Baseline>,
    /// For the day to compare with.
    pub was: Vec<Baseline>,
}

/// Makes the figures of each unit. `quality` has further numbers of rows to look at.
pub fn assemble(
    question: &Question,
    counted: &[Counted],
    quality: &[Numbers],
    baselines: &Baselines,
    census: &HashMap<String, Census>,
) -> FiguresByUnit {
    let uncounted = Census::default();
    let places: HashMap<_, _> = INDICATORS.iter().enumerate().map(|(place, of)| (of.code, place)).collect();
    let (now, was) = (by_unit(&baselines.now), by_unit(&baselines.was));
    let units = question.units.iter().map(Some).chain([None]);
    let of_unit = |unit: Option<&Unit>| {
        let code = unit.map(|unit| unit.code.clone());
        let own =
            |all: &HashMap<i64, Vec<Baseline>>| unit.and_then(|unit| all.get(&unit.id)).cloned().unwrap_or_default();
        let own = Baselines { now: own(&now), was: own(&was) };
        let census = unit.and_then(|unit| census.get(&unit.code)).unwrap_or(&uncounted);
        let none = Baselines::default();
        // What was published is of all operators, technologies and bases.
        let published = |indicator: &Indicator| match question.statements.of(indicator) == Statements::default() {
            true => &own,
            false => &none,
        };
        let of_group = |group: &Counted| {
            let figures = group
                .indicators
                .iter()
                .map(|indicator| figure(indicator, group, question, &code, census, published(indicator)));
            figures.collect::<Vec<_>>()
        };
        let mut figures: Vec<_> = counted.iter().flat_map(of_group).collect();
        note_parts(&mut figures);
        figures.retain(|figure| question.indicators.contains(&figure.indicator));
        figures.sort_by_key(|figure| places.get(figure.indicator.code));
        let all = || counted.iter().map(|group| &group.now).chain(quality);
        let sum = |name| all().map(|numbers| numbers.get(&code, Number::Quality(name))).sum();
        let quality = QUALITY.into_iter().map(|name| (name, sum(name))).collect();
        (code, UnitFigures { figures, quality })
    };
    units.map(of_unit).collect()
}

fn figure(
    indicator: &'static Indicator,
    Counted { now, known, was, .. }: &Counted,
    question: &Question,
    unit: &UnitCode,
    census: &Census,
    baselines: &Baselines,
) -> Figure {
    let level = question.scope.level;
    let value_of = |numbers: &Numbers| {
        let own = numbers.of(unit);
        slots::value(indicator, level, census, |slot| own(Number::Of(indicator.code, slot)).unwrap_or(0))
    };
    let value = match value_of(now) {
        // What lies in no unit has no office whose level it could be.
        Value::Level { communes, .. } if unit.is_none() => Value::Level { own: None, communes },
        value => value,
    };
    let change = was.as_ref().zip(question.compare).map(|(was, base_on)| {
        let base = value_of(&was.numbers);
        let is_unknown = is_mostly_unknown(indicator, &base, was, unit);
        let delta = |slot: Option<Slot>, group: Option<&str>, now: i64, then: i64| {
            let key = slot.map(|slot| (unit.clone(), Number::Of(indicator.code, slot)));
            let parts = match (key, &was.changes) {
                (Some(key), Some(changes)) => changes.get(&key).cloned().unwrap_or_default(),
                _ => Parts::from([(Part::Reclassified, now - then)]),
            };
            let declared = find(&baselines.was, indicator, group);
            // Kilometres were published, metres are counted; they are never equal to the metre.
            let in_metres = |declared: &Baseline| Baseline { value: declared.value * 1000.0, ..declared.clone() };
            let declared = if indicator.is_length() { declared.map(in_metres) } else { declared.cloned() };
            let mut delta = Delta::new(now, then, base_on, parts, declared.as_ref());
            if indicator.is_length() {
                delta.notes.clear();
            }
            if is_unknown && !delta.declared { delta.unknown() } else { delta }
        };
        match (&value, &base) {
            (Value::Level { own, .. }, Value::Level { own: was, .. }) => {
                let declared = find(&baselines.was, indicator, None);
                Change::OfLevel(LevelChange {
                    value: *own,
                    base: declared.map(|declared| declared.value as i64).or(*was),
                    base_on,
                    document: declared.map(|declared| declared.document.clone()),
                })
            }
            (Value::Area(now), Value::Area(was)) => {
                Change::OfRate(RateChange { value: now.covered_km2(), base: was.covered_km2(), base_on })
            }
            (Value::Rate { .. }, _) => Change::OfRate(RateChange { value: value.rate(), base: base.rate(), base_on }),
            _ => compare(indicator, &value, &base, delta),
        }
    });
    let known = known.as_ref().map(&value_of);
    let published = published(indicator, &value, known.as_ref(), &baselines.now);
    let found = |name, slot| Some((name, now.find(unit, Number::Of(indicator.code, slot))?));
    let quality = [found("unlocated", Slot::Unlocated), found("no_install_date", Slot::NoInstallDate)];
    let quality = quality.into_iter().flatten().collect();
    Figure { indicator, value, basis: basis(indicator, question, now, unit), change, published, quality }
}

fn by_unit(baselines: &[Baseline]) -> HashMap<i64, Vec<Baseline>> {
    let mut by_unit: HashMap<_, Vec<_>> = HashMap::new();
    for baseline in baselines {
        by_unit.entry(baseline.unit_id).or_default().push(baseline.clone());
    }
    by_unit
}

fn find<'a>(baselines: &'a [Baseline], indicator: &Indicator, group: Option<&str>) -> Option<&'a Baseline> {
    let is_of = |baseline: &&Baseline| baseline.indicator == indicator.code && baseline.group_value.as_deref() == group;
    baselines.iter().find(is_of)
}

/// What was published of an indicator, beside its value now. `known` is the value that the register knew on the day.
fn published(
    indicator: &Indicator,
    value: &Value,
    known: Option<&Value>,
    baselines: &[Baseline],
) -> Vec<(Option<&'static str>, Published)> {
    let amounts = |value: &Value| -> Vec<(Option<&'static str>, f64)> {
        let parts = if let Value::Partition { values, .. } = value { &values[..] } else { &[] };
        let parts = parts.iter().map(|(name, number)| (Some(*name), indicator.shown(*number as f64)));
        let whole = match value {
            Value::Rate { .. } => value.rate().unwrap_or(0.0),
            value => indicator.shown(value.number() as f64),
        };
        [(None, whole)].into_iter().chain(parts).collect()
    };
    let then = known.map(amounts);
    let of_part = |(place, (part, counted)): (usize, (Option<&'static str>, f64))| {
        let Baseline { value, document, .. } = find(baselines, indicator, part)?;
        let later = then.as_ref().and_then(|then| then.get(place)).map(|(_, known)| counted - known);
        Some((part, Published { value: *value, document: document.clone(), counted, later }))
    };
    amounts(value).into_iter().enumerate().filter_map(of_part).collect()
}

/// Whether more than half of a base is unknown: nobody has answered, or the day of installation is missing.
fn is_mostly_unknown(indicator: &Indicator, base: &Value, was: &Was, unit: &UnitCode) -> bool {
    // What is only planned or being built has no day of installation yet.
    let undated = match indicator.status {
        OPERATIONAL => was.numbers.get(unit, Number::Of(indicator.code, Slot::NoInstallDate)),
        _ => 0,
    };
    match base {
        Value::Ratio(ratio) => (ratio.unknown + undated) * 2 > ratio.total,
        Value::Level { .. } | Value::Rate { .. } => false,
        value => rows_of_base(indicator, value, was, unit).is_some_and(|rows| undated * 2 > rows),
    }
}

/// The figure that counts the rows of which another sums a field, by the code of the other.
static COUNTED_AS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let counts = |other: &Indicator, rows: &Condition| matches!(&other.measure, Measure::Sum { amount: Amount::One, of } if of == rows);
    let of_rows = INDICATORS.iter().filter_map(|indicator| {
        let rows = slots::rows(indicator);
        let other = of_layer(indicator.layer).find(|other| other.status == indicator.status && counts(other, &rows))?;
        Some((indicator.code, other.code))
    });
    of_rows.collect()
});

/// How many rows a base counts: the base itself, or the figure that counts the same rows instead of summing a field.
fn rows_of_base(indicator: &Indicator, base: &Value, was: &Was, unit: &UnitCode) -> Option<i64> {
    if matches!(indicator.amount(), Amount::One) {
        return Some(base.number());
    }
    let other = COUNTED_AS.get(indicator.code)?;
    Some(was.numbers.get(unit, Number::Of(other, Slot::Total)))
}

fn compare(
    indicator: &Indicator,
    value: &Value,
    base: &Value,
    delta: impl Fn(Option<Slot>, Option<&str>, i64, i64) -> Delta,
) -> Change {
    let (Value::Partition { values, .. }, Value::Partition { values: were, .. }) = (value, base) else {
        return Change::Of(delta(slots::main(indicator), None, value.number(), base.number()));
    };
    let of_value = |((name, now), (_, then)): (&(&'static str, i64), &(&'static str, i64))| {
        let delta = delta(Some(Slot::Value(name)), Some(name), *now, *then);
        (*now != 0 || *then != 0 || delta.declared).then_some((*name, delta))
    };
    Change::OfValues { values: values.iter().zip(were).filter_map(of_value).collect(), notes: Vec::new() }
}

/// The basis of the statements that cover the hamlets of a unit, or the one asked for; `mixed` when there are several.
fn basis(indicator: &Indicator, question: &Question, now: &Numbers, unit: &UnitCode) -> &'static str {
    if indicator.is_estimate() {
        return "estimate";
    }
    let Some(subject) = indicator.subject().filter(|_| indicator.is_of_availability()) else { return "register" };
    if let Some(asked) = question.statements.basis {
        return asked;
    }
    let (best, worst) = (now.get(unit, Number::BestBasis(subject)), now.get(unit, Number::WorstBasis(subject)));
    match usize::try_from(best) {
        _ if best != worst => "mixed",
        Ok(place @ 1..) => BASES.get(place - 1).copied().unwrap_or("mixed"),
        _ => "reported",
    }
}

/// Adds a note to a total and its partition if their published changes contradict each other.
fn note_parts(figures: &mut [Figure]) {
    let mut notes = HashMap::new();
    for figure in figures.iter() {
        let (Some(total), Some(Change::OfValues { values, .. })) = (figure.indicator.part_of, &figure.change) else {
            continue;
        };
        let total = figures.iter().find(|figure| figure.indicator.code == total);
        let Some(total @ Figure { indicator, change: Some(Change::Of(delta)), .. }) = total else { continue };
        let parts = values.iter().map(|(name, delta)| (delta, figure.published_of(Some(name))));
        if let Some(note) = check_parts((delta, total.published_of(None)), &parts.collect::<Vec<_>>()) {
            notes.insert(indicator.code, note.clone());
            notes.insert(figure.indicator.code, note);
        }
    }
    for figure in figures {
        let Some(note) = notes.remove(figure.indicator.code) else { continue };
        match &mut figure.change {
            Some(Change::Of(delta)) => delta.notes.insert(0, note),
            Some(Change::OfValues { notes, .. }) => notes.push(note),
            Some(Change::OfLevel(_) | Change::OfRate(_)) | None => {}
        }
    }
}
