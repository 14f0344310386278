//! Turns numbers into figures: values, changes since the base day, notes. Uses no database.

use std::collections::HashMap;

use crate::figures::{
    BASES, Baseline, Census, Change, Changes, Delta, Figure, FiguresByUnit, INDICATORS, Indicator, LevelChange, Number,
    Numbers, Part, Parts, QUALITY, Question, RateChange, Slot, UnitCode, UnitFigures, Value, check_parts, slots,
    whole_changes,
};
use crate::units::territory::Unit;

/// Indicators that were counted together.
#[derive(Debug)]
pub struct Counted {
    pub indicators: Vec<&'static Indicator>,
    pub now: Numbers,
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
        Counted { now: self.now.whole(unit), was, ..self }
    }
}

/// Makes the figures of each unit. `quality` has further numbers of rows to look at.
pub fn assemble(
    question: &Question,
    counted: &[Counted],
    quality: &[Numbers],
    baselines: &[Baseline],
    census: &HashMap<String, Census>,
) -> FiguresByUnit {
    let uncounted = Census::default();
    let units = question.units.iter().map(Some).chain([None]);
    let of_unit = |unit: Option<&Unit>| {
        let code = unit.map(|unit| unit.code.clone());
        let own: Vec<_> =
            baselines.iter().filter(|baseline| unit.is_some_and(|unit| unit.id == baseline.unit_id)).collect();
        let census = unit.and_then(|unit| census.get(&unit.code)).unwrap_or(&uncounted);
        let of_group = |group: &Counted| {
            let figures =
                group.indicators.iter().map(|indicator| figure(indicator, group, question, &code, census, &own));
            figures.collect::<Vec<_>>()
        };
        let mut figures: Vec<_> = counted.iter().flat_map(of_group).collect();
        note_parts(&mut figures);
        figures.retain(|figure| question.indicators.contains(&figure.indicator));
        figures.sort_by_key(|figure| INDICATORS.iter().position(|indicator| indicator == figure.indicator));
        let all = || counted.iter().map(|group| &group.now).chain(quality);
        let sum = |name| all().map(|numbers| numbers.get(&code, Number::Quality(name))).sum();
        let quality = QUALITY.into_iter().map(|name| (name, sum(name))).collect();
        (code, UnitFigures { figures, quality })
    };
    units.map(of_unit).collect()
}

fn figure(
    indicator: &'static Indicator,
    Counted { now, was, .. }: &Counted,
    question: &Question,
    unit: &UnitCode,
    census: &Census,
    baselines: &[&Baseline],
) -> Figure {
    let level = question.scope.level;
    let value_of = |numbers: &Numbers| {
        slots::value(indicator, level, census, |slot| numbers.get(unit, Number::Of(indicator.code, slot)))
    };
    let value = match value_of(now) {
        // What lies in no unit has no office whose level it could be.
        Value::Level { communes, .. } if unit.is_none() => Value::Level { own: None, communes },
        value => value,
    };
    let change = was.as_ref().zip(question.compare).map(|(was, base_on)| {
        let delta = |slot: Option<Slot>, group: Option<&str>, now: i64, then: i64| {
            let key = slot.map(|slot| (unit.clone(), Number::Of(indicator.code, slot)));
            let parts = match (key, &was.changes) {
                (Some(key), Some(changes)) => changes.get(&key).cloned().unwrap_or_default(),
                _ => Parts::from([(Part::Reclassified, now - then)]),
            };
            let is_declared = |baseline: &&&Baseline| {
                baseline.indicator == indicator.code && baseline.group_value.as_deref() == group
            };
            let declared = baselines.iter().find(is_declared).copied();
            if !indicator.is_length() {
                return Delta::new(now, then, base_on, parts, declared);
            }
            // Kilometres were published, metres are counted; they are never equal to the metre.
            let declared = declared.map(|declared| Baseline { value: declared.value * 1000.0, ..declared.clone() });
            Delta { notes: Vec::new(), ..Delta::new(now, then, base_on, parts, declared.as_ref()) }
        };
        let base = value_of(&was.numbers);
        match (&value, &base) {
            (Value::Level { own, .. }, Value::Level { own: was, .. }) => {
                let declared = baselines.iter().find(|baseline| baseline.indicator == indicator.code);
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
    let found = |name, slot| Some((name, now.find(unit, Number::Of(indicator.code, slot))?));
    let quality = [found("unlocated", Slot::Unlocated), found("no_install_date", Slot::NoInstallDate)];
    let quality = quality.into_iter().flatten().collect();
    Figure { indicator, value, basis: basis(indicator, now, unit), change, quality }
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

/// The basis of the statements that cover the hamlets of a unit; `mixed` when there are several.
fn basis(indicator: &Indicator, now: &Numbers, unit: &UnitCode) -> &'static str {
    if indicator.is_estimate() {
        return "estimate";
    }
    let Some(subject) = indicator.subject().filter(|_| indicator.is_of_availability()) else { return "register" };
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
            Some(Change::OfLevel(_) | Change::OfRate(_)) | None => {}
        }
    }
}
