//! Tests that make figures from numbers, without a database.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::conditions::Days;
use crate::figures::{
    Baseline, Baselines, Change, Changes, Counted, Figure, LevelChange, Note, Number, Numbers, Part, Parts, Question,
    Ratio, Scope, Slot, Statements, Subject, UnitFigures, Value, Was, add_change, assemble, find, of_layer,
};
use crate::layers::{CAMERA, FACILITY, HAMLET, Layer};
use crate::units::territory::{Level, Unit};

const EYES: &str = "camera_eyes";
const BY_MANAGER: &str = "camera_eyes_by_manager";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn code() -> Option<String> {
    Some("405".into())
}

fn question(codes: &[&str], compare: Option<&str>) -> Question {
    let on = day("2023-09-20");
    let unit = Unit {
        id: 1,
        code: "405".into(),
        name: "Huyện Đông Sơn".into(),
        level: Level::District,
        valid_from: day("2019-12-01"),
        valid_to: None,
    };
    Question {
        scope: Scope { level: Level::District, within: code() },
        within: Some(unit.clone()),
        units: vec![unit],
        days: Days { as_of: on, unit_date: on, known_at: None, today: on },
        compare: compare.map(day),
        indicators: codes.iter().map(|code| find(code).unwrap()).collect(),
        left_out: Vec::new(),
        quality: true,
        statements: Statements::default(),
    }
}

fn numbers(given: &[(Number, i64)]) -> Numbers {
    let mut numbers = Numbers::default();
    given.iter().for_each(|(name, value)| numbers.set(code(), *name, *value));
    numbers
}

fn eyes(total: i64, district: i64, commune: i64) -> Numbers {
    numbers(&[
        (Number::Of(EYES, Slot::Total), total),
        (Number::Of(BY_MANAGER, Slot::Total), total),
        (Number::Of(BY_MANAGER, Slot::Value("district_police")), district),
        (Number::Of(BY_MANAGER, Slot::Value("commune_police")), commune),
        (Number::Of(BY_MANAGER, Slot::Value("unknown")), total - district - commune),
    ])
}

fn counted(layer: &Layer, now: Numbers, was: Option<Was>) -> Counted {
    Counted { indicators: of_layer(layer).collect(), now, known: None, was }
}

fn published(indicator: &str, group: Option<&str>, value: f64) -> Baseline {
    let group_value = group.map(str::to_owned);
    Baseline { indicator: indicator.into(), group_value, unit_id: 1, value, document: "Báo cáo 20/9/2023".into() }
}

/// The figures of the only unit.
fn of_unit(question: &Question, counted: Counted, baselines: &[Baseline]) -> UnitFigures {
    let baselines = Baselines { now: Vec::new(), was: baselines.to_vec() };
    assemble(question, &[counted], &[], &baselines, &HashMap::new()).remove(&code()).unwrap()
}

fn only(mut figures: UnitFigures) -> Figure {
    assert_eq!(figures.figures.len(), 1);
    figures.figures.remove(0)
}

#[test]
fn parts_of_a_partition_add_up_with_the_unknown() {
    let figure = only(of_unit(&question(&[BY_MANAGER], None), counted(&CAMERA, eyes(421, 55, 360), None), &[]));
    let Value::Partition { values, total } = figure.value else { panic!("a partition") };
    assert_eq!((values.iter().map(|(_, number)| number).sum::<i64>(), total), (421, 421));
    assert_eq!(values.last(), Some(&("unknown", 6)));
    assert_eq!((figure.basis, figure.change), ("register", None));
}

#[test]
fn change_is_explained_by_its_parts() {
    let mut changes = Changes::new();
    for (part, amount) in [(Part::New, 120), (Part::Decommissioned, -9), (Part::Corrected, -2)] {
        add_change(&mut changes, code(), Number::Of(EYES, Slot::Total), part, amount);
    }
    let now = eyes(421, 55, 366);
    let was = Was { numbers: now.before(&changes), changes: Some(changes) };
    let figure = only(of_unit(&question(&[EYES], Some("2022-12-31")), counted(&CAMERA, now, Some(was)), &[]));
    let Some(Change::Of(delta)) = figure.change else { panic!("a change") };
    assert_eq!((delta.value, delta.base, delta.computed_base, delta.declared), (Some(109.0), 312.0, 312, false));
    assert_eq!(delta.parts, Parts::from([(Part::New, 120), (Part::Decommissioned, -9), (Part::Corrected, -2)]));
    assert_eq!(delta.parts.values().sum::<i64>(), 109);
}

#[test]
fn published_parts_that_contradict_the_total_are_noted_at_both() {
    let base = [
        published(EYES, None, 312.0),
        published(BY_MANAGER, Some("district_police"), 46.0),
        published(BY_MANAGER, Some("commune_police"), 290.0),
    ];
    let was = Was { numbers: eyes(312, 46, 266), changes: Some(Changes::new()) };
    let question = question(&[EYES, BY_MANAGER], Some("2022-12-31"));
    let figures = of_unit(&question, counted(&CAMERA, eyes(421, 55, 366), Some(was)), &base).figures;
    let contradiction = [Note::PartsDoNotAddUp { total: 109.0, parts: vec![9.0, 76.0], published: false }];
    let Some(Change::Of(total)) = &figures[0].change else { panic!("a change") };
    let Some(Change::OfValues { values, notes }) = &figures[1].change else { panic!("changes of values") };
    assert_eq!((&total.notes[..], &notes[..]), (&contradiction[..], &contradiction[..]));
    assert_eq!(values.len(), 2, "a value that counts on neither day has no change: {values:?}");
}

#[test]
fn unknown_hamlets_make_a_range_and_only_all_of_them_are_100_percent() {
    let of = |covered, unknown| {
        let name = |slot| Number::Of("mobile_hamlets_4g", slot);
        let basis = [(Number::BestBasis(Subject::Mobile), 1), (Number::WorstBasis(Subject::Mobile), 3)];
        let slots = [(name(Slot::Covered), covered), (name(Slot::Unknown), unknown), (name(Slot::Total), 2_000)];
        let now = numbers(&[&slots[..], &basis].concat());
        only(of_unit(&question(&["mobile_hamlets_4g"], None), counted(&HAMLET, now, None), &[]))
    };
    let shown = |figure: &Figure| match figure.value {
        Value::Ratio(ratio) => (ratio.percent(), ratio.range()),
        _ => panic!("a ratio"),
    };
    let figure = of(1_900, 100);
    assert_eq!((shown(&figure), figure.basis), ((Some(95.0), Some([95.0, 100.0])), "mixed"));
    assert_eq!(shown(&of(1_999, 0)), (Some(99.9), None));
    assert_eq!(shown(&of(2_000, 0)), (Some(100.0), None));
}

#[test]
fn level_of_a_district_is_the_highest_of_its_agencies_beside_those_of_its_communes() {
    let level = |office, level| Number::Of("security_level", Slot::Level(office, level));
    let now = numbers(&[
        (level("commune_office", Some(3)), 1),
        (level("commune_office", None), 2),
        (level("agency_office", Some(1)), 4),
        (level("agency_office", Some(2)), 1),
    ]);
    let mut changes = Changes::new();
    for (part, slot, amount) in [
        (Part::Reclassified, Slot::Level("agency_office", Some(2)), 1),
        (Part::New, Slot::Level("commune_office", None), 2),
    ] {
        add_change(&mut changes, code(), Number::Of("security_level", slot), part, amount);
    }
    let was = Was { numbers: now.before(&changes), changes: Some(changes) };
    let question = question(&["security_level"], Some("2022-12-31"));
    let figure = only(of_unit(&question, counted(&FACILITY, now, Some(was)), &[]));
    assert_eq!(figure.value, Value::Level { own: Some(2), communes: vec![("3", 1), ("unknown", 2)] });
    let Some(Change::OfLevel(change)) = figure.change else { panic!("a change of level") };
    assert_eq!((change.value, change.base, change.name()), (Some(2), Some(1), "raised"));
}

#[test]
fn an_unknown_level_is_neither_raised_nor_lowered() {
    let change = |value, base| LevelChange { value, base, base_on: day("2022-12-31"), document: None }.name();
    assert_eq!(
        [change(Some(1), Some(2)), change(Some(1), Some(1)), change(Some(1), None)],
        ["lowered", "same", "unknown"]
    );
}

#[test]
fn what_was_not_counted_is_zero_and_in_no_unit() {
    let counted = [counted(&CAMERA, eyes(1, 1, 0), None), counted(&HAMLET, Numbers::default(), None)];
    let quality = [numbers(&[(Number::Quality("stale"), 2)]), numbers(&[(Number::Quality("stale"), 3)])];
    let question = question(&[EYES, "mobile_hamlets_4g"], None);
    let answer = assemble(&question, &counted, &quality, &Baselines::default(), &HashMap::new());
    assert_eq!(answer.keys().collect::<Vec<_>>(), [&None, &code()]);
    assert_eq!(answer[&None].figures[0].value, Value::Number(0));
    assert_eq!(answer[&code()].figures[1].value, Value::Ratio(Ratio::default()));
    assert_eq!(answer[&code()].figures[1].basis, "reported");
    assert!(answer[&code()].quality.contains(&("stale", 5)));
}
