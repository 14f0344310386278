//! Tests of the planner, with rows of one sheet of towers.

use serde_json::json;

use super::*;
use crate::access::{Account, Caller, Grant, Place as Area, Role, View};
use crate::files::sheet::{Format, Workbook};
use crate::imports::interpret::{Finding, Mapping, Severity};
use crate::layers::{self, TOWER};
use crate::register::writing::keys::Taken;
use crate::register::writing::near::Neighbour;
use crate::register::writing::scope::Outside;
use crate::texts::text;

/// The result of planning some rows: the operations, and the findings as `row code`.
struct Planned {
    rows: Vec<ImportRow>,
    findings: Vec<Finding>,
}

impl Planned {
    fn ops(&self) -> Vec<&str> {
        self.rows.iter().map(|row| row.op).collect()
    }

    fn told(&self) -> Vec<String> {
        let told = |finding: &Finding| format!("{} {}", finding.row.unwrap_or_default(), finding.code);
        self.findings.iter().map(told).collect()
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn properties(value: Value) -> Properties {
    value.as_object().cloned().unwrap()
}

/// A row of a tower at 105.7, 19.8.
fn row(number: u32, values: Value) -> Record {
    let mut all = properties(json!({"operator": "viettel", "name": format!("Trạm {number}")}));
    all.extend(properties(values));
    let place = Place::Degrees(json!({"type": "Point", "coordinates": [105.7, 19.8 + f64::from(number) / 100.0]}));
    Record { row: number, values: all, place, ..Record::default() }
}

fn matched(record: Value, by: &str) -> Match {
    let mut all = properties(json!({"id": 7, "version": 3, "code": "T7", "name": "Trạm 2", "operator": "viettel",
        "geom": {"type": "Point", "coordinates": [105.7, 19.82]}, "effective_on": "2025-01-01"}));
    for field in TOWER.fields() {
        if let layers::Default::Text(text) = field.default {
            all.insert(field.name.into(), json!(text));
        }
    }
    all.extend(properties(record));
    Match { record: all, class: Class::Restricted, is_writable: true, is_deleted: false, by: by.into(), candidates: 1 }
}

fn with(records: &[Record], matches: &[(usize, Match)], judge: impl FnOnce(&mut Planner<'_>)) -> Planned {
    let mapping = Mapping { sheet: "Trạm".into(), header_rows: vec![1], columns: Vec::new() };
    let mut reading = Reading::default();
    reading.mappings.push(mapping);
    let workbook = Workbook { format: Format::Csv, sheets: Vec::new(), remarks: Vec::new() };
    let today = day("2026-11-27");
    let options = Options { units_as_of: today, effective_on: day("2026-11-01"), ..Options::default() };
    let known = Known {
        layer: &TOWER,
        workbook: &workbook,
        records,
        options: &options,
        source_org: Some("Viettel Thanh Hóa"),
        class_of_new: Class::Restricted,
        corrections: &[],
        is_complete: false,
        today,
    };
    let mut planner = Planner::new(known, reading);
    let of = |nth| matches.iter().find(|(index, _)| *index == nth).map(|(_, matched)| matched);
    let rows = (0..records.len()).map(|nth| planner.plan(nth, of(nth))).collect();
    judge(&mut planner);
    Planned { rows, findings: planner.finish().findings }
}

/// Somebody who writes the stations of Viettel in one commune.
fn editor() -> Caller {
    let place = Area { communes: vec![1], hamlets: Vec::new() };
    let limits =
        Grant { places: vec![place], operators: Some(vec!["viettel".into()]), ..Grant::of_everything(Role::Editor) };
    let Caller::Account(console) = Caller::console("a") else { unreachable!() };
    Caller::Account(Account { grants: vec![limits], ..console })
}

fn plan(records: &[Record], matches: &[(usize, Match)]) -> Planned {
    with(records, matches, |_| {})
}

#[test]
fn row_without_a_record_creates_one_for_the_source() {
    let planned = plan(&[row(2, json!({"code": "T1"}))], &[]);
    assert_eq!((planned.ops(), planned.told()), (vec!["create"], vec![]));
    let changes = planned.rows[0].changes.as_ref().unwrap();
    assert_eq!(changes["source_org"], "Viettel Thanh Hóa");
    assert_eq!(changes["effective_on"], "2026-11-01");
    assert_eq!(changes["id"], json!(planned.rows[0].record_id));
    assert!(planned.rows[0].moved && planned.rows[0].before.is_none());
    assert_eq!(Value::Object(planned.rows[0].compared.clone()), json!({"operator": "viettel", "identity": "code:T1"}));
}

#[test]
fn row_of_a_record_changes_what_differs() {
    let records = [row(2, json!({"id": "7", "height_m": 45})), row(3, json!({"id": "8"}))];
    let same_place = json!({"id": 8, "name": "Trạm 3", "geom": {"type": "Point", "coordinates": [105.7, 19.83]}});
    let planned = plan(&records, &[(0, matched(json!({}), "id")), (1, matched(same_place, "id"))]);
    assert_eq!(planned.ops(), ["update", "unchanged"]);
    let update = &planned.rows[0];
    assert_eq!(json!(update.changes), json!({"height_m": 45.0, "effective_on": "2026-11-01"}));
    let before = json!({"height_m": null, "effective_on": "2025-01-01", "code": "T7", "name": "Trạm 2"});
    assert_eq!(json!(update.before), before);
    assert_eq!((update.record_id, update.version, update.moved), (Some(7), Some(3), false));
}

#[test]
fn second_row_of_a_key_is_refused() {
    let planned = plan(&[row(2, json!({"code": "T1"})), row(3, json!({"code": "T1"}))], &[]);
    assert_eq!((planned.ops(), planned.told()), (vec!["create", "error"], vec!["3 dup.row".to_owned()]));
    assert!(planned.rows[1].changes.is_none() && planned.rows[1].record_id.is_none());
}

#[test]
fn every_problem_of_a_row_is_reported_once() {
    let mut broken = row(2, json!({"height_m": -1, "azimuth_deg": 3}));
    broken.broken.push("operator");
    broken.values.shift_remove("operator");
    let planned = plan(&[broken], &[]);
    assert_eq!(planned.ops(), ["error"]);
    assert!(planned.told().contains(&"2 range".to_owned()), "{:?}", planned.told());
    assert!(!planned.told().contains(&"2 required".to_owned()), "the cell of the operator is told of already");
}

#[test]
fn doubtful_matches_are_reported() {
    let other = matched(json!({"source_org": "VNPT", "external_id": "V1"}), "code_of_other");
    let ambiguous = Match { candidates: 2, ..matched(json!({"id": 8}), "name_and_place") };
    let foreign = Match { is_writable: false, ..matched(json!({"id": 9}), "id") };
    let records = [row(2, json!({"code": "A"})), row(3, json!({})), row(4, json!({"id": "9"}))];
    let planned = plan(&records, &[(0, other), (1, ambiguous), (2, foreign)]);
    assert_eq!(planned.ops(), ["update", "error", "error"]);
    assert_eq!(planned.told(), ["2 match.other_source", "3 match.ambiguous", "4 scope.outside"]);
}

#[test]
fn answers_of_the_register_become_findings_of_rows() {
    let records = [row(2, json!({"code": "A"})), row(3, json!({"code": "B"}))];
    let problem = Problem::of_field("declared_commune_code", text!("unit.not_valid/commune", code = "00009"));
    let neighbour = Neighbour { key: 0, id: Some(9), code: "C".into(), name: None, distance_m: 12.3, is_same: true };
    let planned = with(&records, &[], |planner| {
        planner.judge_places(vec![(1, place::Finding::Error(problem))]);
        let caller = editor();
        let outside =
            |operator: &str| Outside { key: 1, commune: Some("00001 Xã A".into()), operator: Some(operator.into()) };
        planner.judge_scope(&[outside("viettel"), outside("vnpt")], &View::new(&caller, &TOWER));
        planner.judge_keys(&[Taken { nth: 1, key: "code".into(), record_id: Some(9) }]);
        assert_eq!(planner.refused(), [1]);
        planner.note_neighbours(&[neighbour]);
        planner.note_missing(1, 10, false);
        planner.note_missing(2, 10, false);
    });
    let told = [
        "0 snapshot.many_missing",
        "2 dup.near",
        "3 unit.not_valid",
        "3 scope.outside",
        "3 scope.outside",
        "3 dup.code",
    ];
    assert_eq!(planned.told(), told);
    assert_eq!(planned.findings[1].message.en, "12 m from “C”: perhaps the same.");
    assert!(planned.findings[3].message.en.contains("(00001 Xã A)") && planned.findings[3].severity == Severity::Error);
    assert_eq!(planned.findings[4].message.en, "This row is of VNPT, whose records are not yours.");
}

#[test]
fn deleted_record_is_restored_and_not_before_its_deletion() {
    let deleted = Match {
        is_deleted: true,
        ..matched(json!({"deleted_at": "2026-11-20T10:00:00+07:00", "effective_on": "2026-11-20"}), "code")
    };
    let planned = plan(&[row(2, json!({"code": "T7"}))], &[(0, deleted)]);
    assert_eq!((planned.ops(), planned.told()), (vec!["restore"], vec!["2 match.restored".to_owned()]));
    assert_eq!(
        planned.rows[0].changes.as_ref().unwrap(),
        &properties(json!({"deleted_at": null, "effective_on": "2026-11-20"}))
    );
    assert!(planned.rows[0].moved && planned.rows[0].version == Some(3));
}

#[test]
fn id_that_agrees_with_nothing_is_doubted() {
    let of = |values: Value| plan(&[row(2, values)], &[(0, matched(json!({}), "id"))]);
    assert_eq!(of(json!({"id": "7", "name": "Khác", "code": "K"})).told(), ["2 match.id_disagrees"]);
    assert_eq!(of(json!({"id": "7", "name": "Khác", "code": "K"})).ops(), ["error"]);
    assert_eq!(of(json!({"id": "7", "name": "Khác"})).ops(), ["update"]);
    assert_eq!(of(json!({"id": "7", "name": "Khác"})).told(), ["2 match.id_disagrees"]);
    assert_eq!(of(json!({"id": "7", "name": "Khác", "code": "T7"})).told(), [""; 0]);
}

#[test]
fn foreign_ids_are_told_once() {
    let planned = plan(&[row(2, json!({"id": "1"})), row(3, json!({"id": "2"}))], &[]);
    assert_eq!((planned.ops(), planned.told()), (vec!["create", "create"], vec![]));
    let planned =
        with(&[row(2, json!({"id": "1"})), row(3, json!({"id": "x"}))], &[], |planner| planner.note_recognised());
    assert_eq!(planned.told(), ["0 match.foreign_id"]);
}

#[test]
fn own_code_of_an_operator_tells_rows_apart() {
    let numbered = [
        row(2, json!({"external_id": "1", "station_code": "S"})),
        row(3, json!({"external_id": "2", "station_code": "S"})),
    ];
    assert_eq!(
        (plan(&numbered, &[]).ops(), plan(&numbered, &[]).told()),
        (vec!["create", "create"], vec!["3 dup.own_code".to_owned()])
    );
    let bare = [row(2, json!({"station_code": "S"})), row(3, json!({"station_code": "S"}))];
    assert_eq!(plan(&bare, &[]).ops(), ["create", "error"]);
    let other = [row(2, json!({"station_code": "S"})), row(3, json!({"station_code": "S", "operator": "vnpt"}))];
    assert_eq!(plan(&other, &[]).told(), [""; 0]);
}
