//! Figures of random histories, compared with a plain model: statements, moves, corrections, units that are split. Kept
//! sums are brought up to date, left behind or dropped at random, which may change speed only.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::common::{Server, camera, feature};

const CAMERAS: &str = "/collections/cameras/items";
const TOWERS: &str = "/collections/towers/items";

/// A point, and its commune before 2025-07-01 and after.
type Place = ([f64; 2], Option<(&'static str, &'static str)>);

/// The places of the test; see `communes.sql`.
const PLACES: [Place; 5] = [
    ([105.65, 19.81], Some(("00011", "00001"))),
    ([105.72, 19.82], Some(("00012", "00001"))),
    ([105.80, 19.83], Some(("00012", "00002"))),
    ([105.85, 19.84], Some(("00012", "00002"))),
    // In no commune.
    ([105.95, 19.85], None),
];
const LEVELS: [&str; 3] = ["commune_police", "school", "household"];
const OPERATORS: [&str; 3] = ["viettel", "vnpt", "mobifone"];

#[derive(Clone, Copy, PartialEq)]
struct State {
    place: usize,
    amount: i64,
    group: usize,
    site: usize,
    works: bool,
}

/// What a write stated for a day on.
struct Statement {
    effective_on: NaiveDate,
    place: Option<usize>,
    amount: Option<i64>,
    group: Option<usize>,
    site: Option<usize>,
    works: Option<bool>,
}

struct Record {
    id: i64,
    is_tower: bool,
    first: State,
    installed_on: Option<NaiveDate>,
    statements: Vec<Statement>,
    deleted: bool,
}

impl Record {
    /// The state on a day, if it counts then.
    fn counted(&self, day: NaiveDate) -> Option<State> {
        let known_from = self.statements.iter().map(|said| said.effective_on).min()?;
        let exists = known_from <= day || self.installed_on.is_some_and(|installed| installed <= day);
        if self.deleted || !exists || self.installed_on.is_some_and(|installed| installed > day) {
            return None;
        }
        let mut said: Vec<_> = self.statements.iter().filter(|said| said.effective_on <= day).collect();
        said.sort_by_key(|said| said.effective_on);
        let mut state = self.first;
        for said in said {
            state.place = said.place.unwrap_or(state.place);
            state.amount = said.amount.unwrap_or(state.amount);
            state.group = said.group.unwrap_or(state.group);
            state.site = said.site.unwrap_or(state.site);
            state.works = said.works.unwrap_or(state.works);
        }
        Some(state).filter(|state| state.works)
    }
}

fn some_day(chance: &mut StdRng) -> NaiveDate {
    NaiveDate::from_ymd_opt(2021, 1, 1).unwrap() + Days::new(chance.random_range(0..2100))
}

fn status(works: bool) -> &'static str {
    if works { "operational" } else { "inactive" }
}

/// A site: its first station, the commune of that, and who has stations there.
struct Site {
    first: i64,
    unit: Option<String>,
    operators: BTreeSet<usize>,
}

/// Eyes, eyes by manager, stations and sites of each commune, `None` for records in none of them.
type Sums = BTreeMap<Option<String>, BTreeMap<String, i64>>;

fn model(records: &[Record], day: NaiveDate, is_old: bool) -> Sums {
    let mut sums = Sums::new();
    let commune = |place: usize| PLACES[place].1.map(|(old, new)| if is_old { old } else { new }.to_owned());
    let mut sites: BTreeMap<(bool, usize), Site> = BTreeMap::new();
    for record in records {
        let Some(state) = record.counted(day) else { continue };
        let unit = commune(state.place);
        let mut add = |code: &str, amount: i64| *sums.entry(unit.clone()).or_default().entry(code.into()).or_default() += amount;
        if record.is_tower {
            add("bts_stations", 1);
            add(&format!("bts_stations_by_operator.{}", OPERATORS[state.group]), 1);
            // A site belongs to the commune of its first station, within a province or outside of all.
            let new = || Site { first: record.id, unit: unit.clone(), operators: BTreeSet::new() };
            let site = sites.entry((unit.is_some(), state.site)).or_insert_with(new);
            site.operators.insert(state.group);
            if record.id < site.first {
                (site.first, site.unit) = (record.id, unit.clone());
            }
        } else {
            add("camera_eyes", state.amount);
            add("camera_units", 1);
            add(&format!("camera_eyes_by_manager.{}", LEVELS[state.group]), state.amount);
        }
    }
    for Site { unit, operators, .. } in sites.into_values() {
        let of_unit = sums.entry(unit).or_default();
        *of_unit.entry("bts_sites".into()).or_default() += 1;
        if operators.len() > 1 {
            *of_unit.entry("bts_shared_sites".into()).or_default() += 1;
        }
    }
    sums
}

fn read(figures: &Value, into: &mut BTreeMap<String, i64>) {
    for (code, figure) in figures.as_object().expect("figures") {
        for (value, amount) in figure["values"].as_object().into_iter().flatten() {
            into.insert(format!("{code}.{value}"), amount.as_i64().expect("a number"));
        }
        if let Some(value) = figure["value"].as_i64() {
            into.insert(code.clone(), value);
        }
    }
    into.retain(|_, amount| *amount != 0);
}

fn counted(answer: &Value) -> Sums {
    let mut sums = Sums::new();
    for unit in answer["units"].as_array().expect("units") {
        let code = unit["unit"]["code"].as_str().expect("a code").to_owned();
        read(&unit["figures"], sums.entry(Some(code)).or_default());
    }
    read(&answer["unassigned"]["figures"], sums.entry(None).or_default());
    sums.retain(|_, figures| !figures.is_empty());
    sums
}

/// The figures of the day compared with: the values less the changes.
fn bases(answer: &Value) -> Sums {
    let mut sums = Sums::new();
    let base = |of: &Value| of["base"].as_i64().expect("a base");
    for unit in answer["units"].as_array().expect("units") {
        let of_unit = sums.entry(unit["unit"]["code"].as_str().map(str::to_owned)).or_default();
        for (code, figure) in unit["figures"].as_object().expect("figures") {
            for (value, delta) in figure["delta"]["values"].as_object().into_iter().flatten() {
                of_unit.insert(format!("{code}.{value}"), base(delta));
            }
            if figure["value"].is_i64() {
                of_unit.insert(code.clone(), base(&figure["delta"]));
            }
        }
        of_unit.retain(|_, amount| *amount != 0);
    }
    sums
}

#[actix_web::test]
async fn any_day_of_either_era_is_as_a_plain_model_says() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let today = hatang::time::today();
    let mut chance = StdRng::seed_from_u64(20_261_127);
    let mut records: Vec<Record> = Vec::new();
    let fold = async || hatang::figures::fold(&mut server.connection().await, today).await.unwrap();
    let mut kept = 0;
    // What the register knew at some instants: the instant, the question, the answer.
    let mut remembered: Vec<(String, String, Sums)> = Vec::new();
    for step in 0..90 {
        let effective_on = if chance.random_range(0..3) == 0 { today } else { some_day(&mut chance) };
        let next = State {
            place: chance.random_range(0..PLACES.len()),
            amount: chance.random_range(1..=16),
            group: chance.random_range(0..3),
            site: chance.random_range(0..4),
            works: chance.random_range(0..5) > 0,
        };
        if records.len() < 12 || chance.random_range(0..6) == 0 {
            let is_tower = chance.random_range(0..2) == 0;
            let installed_on = (chance.random_range(0..2) == 0).then(|| some_day(&mut chance));
            let more = json!({"effective_on": effective_on, "installed_on": installed_on, "lifecycle_status": status(next.works)});
            let mut made = if is_tower {
                let own = json!({"name": format!("T{step}"), "operator": OPERATORS[next.group], "site_code": format!("S{}", next.site)});
                feature(PLACES[next.place].0, own, more)
            } else {
                let mut made = camera(more);
                made["properties"]["eye_count"] = json!(next.amount);
                made["properties"]["managing_level"] = json!(LEVELS[next.group]);
                made
            };
            made["geometry"]["coordinates"] = json!(PLACES[next.place].0);
            made["confirm"] = json!(["dup.near"]);
            let path = if is_tower { TOWERS } else { CAMERAS };
            let id = admin.post(path, made.clone()).await;
            let id = if id.status == 201 { id } else { panic!("{}: {made}", id.summary()) };
            let statement = Statement {
                effective_on,
                place: Some(next.place),
                amount: Some(next.amount),
                group: Some(next.group),
                site: Some(next.site),
                works: Some(next.works),
            };
            records.push(Record {
                id: id.ok()["id"].as_i64().unwrap(),
                is_tower,
                first: next,
                installed_on,
                statements: vec![statement],
                deleted: false,
            });
        } else {
            let at = chance.random_range(0..records.len());
            let record = &mut records[at];
            let path = format!("{}/{}", if record.is_tower { TOWERS } else { CAMERAS }, record.id);
            if record.deleted {
                continue;
            }
            if chance.random_range(0..15) == 0 {
                admin.delete(&path, "*").await;
                record.deleted = true;
                continue;
            }
            let mut says = || chance.random_range(0..2) == 0;
            let mut statement = Statement {
                effective_on,
                place: says().then_some(next.place),
                amount: (says() && !record.is_tower).then_some(next.amount),
                group: says().then_some(next.group),
                site: (says() && record.is_tower).then_some(next.site),
                works: says().then_some(next.works),
            };
            let mut properties = json!({"effective_on": effective_on});
            if let Some(amount) = statement.amount {
                properties["eye_count"] = json!(amount);
            }
            if let Some(group) = statement.group {
                let (name, values) = if record.is_tower { ("operator", OPERATORS) } else { ("managing_level", LEVELS) };
                properties[name] = json!(values[group]);
            }
            if let Some(site) = statement.site {
                properties["site_code"] = json!(format!("S{site}"));
            }
            if let Some(works) = statement.works {
                properties["lifecycle_status"] = json!(status(works));
            }
            if chance.random_range(0..6) == 0 {
                let installed_on = (chance.random_range(0..3) > 0).then(|| some_day(&mut chance));
                properties["installed_on"] = json!(installed_on);
                record.installed_on = installed_on;
            }
            let mut patch = json!({"properties": properties, "confirm": ["dup.near"]});
            if let Some(place) = statement.place {
                patch["geometry"] = json!({"type": "Point", "coordinates": PLACES[place].0});
            }
            admin.patch(&path, "*", patch).await.ok();
            statement.effective_on = effective_on;
            record.statements.push(statement);
        }
        match chance.random_range(0..8) {
            0 | 1 => {
                kept += 1;
                fold().await;
            }
            2 => server.execute("update summaries set built_until = 0").await,
            _ => {}
        }
        if step % 3 != 0 {
            continue;
        }
        let day = if chance.random_range(0..4) == 0 { today } else { some_day(&mut chance) };
        let is_old = chance.random_range(0..2) == 0;
        let expected = model(&records, day, is_old);
        let within = if is_old { "405@2024-01-01" } else { "38@2026-01-01" };
        let codes = "camera_eyes,camera_units,camera_eyes_by_manager,bts_stations,bts_stations_by_operator,bts_sites,bts_shared_sites";
        for caller in [admin, server.anonymous()] {
            let path = format!("/stats?level=commune&within={within}&as_of={day}&indicators={codes}");
            let mut found = counted(&caller.get(&path).await.ok());
            let mut inside = expected.clone();
            inside.remove(&None);
            found.remove(&None);
            assert_eq!(found, inside, "step {step}: {path}");
            let base = some_day(&mut chance);
            if base < day {
                let path = format!("{path}&compare={base}");
                let mut found = bases(&caller.get(&path).await.ok());
                let mut expected = model(&records, base, is_old);
                expected.remove(&None);
                expected.retain(|_, figures| !figures.is_empty());
                found.retain(|_, figures| !figures.is_empty());
                assert_eq!(found, expected, "step {step}: {path}");
            }
        }
        let path = format!("/stats?level=commune&within={within}&as_of={day}&indicators={codes}");
        let instant = server.query("select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')").await;
        let mut inside = expected.clone();
        inside.remove(&None);
        remembered.push((instant.as_str().unwrap().to_owned(), path, inside));
        let (instant, path, inside) = &remembered[chance.random_range(0..remembered.len())];
        let mut found = counted(&admin.get(&format!("{path}&known_at={instant}")).await.ok());
        found.remove(&None);
        assert_eq!(found, *inside, "step {step}: {path}&known_at={instant}");
        // Rows of a figure of an old unit on a past day count to it.
        for (code, figures) in expected.iter().filter_map(|(code, figures)| Some((code.as_ref()?, figures))) {
            let on = if is_old { "2024-01-01" } else { "2026-01-01" };
            for (indicator, path) in [("camera_units", CAMERAS), ("bts_sites", TOWERS), ("bts_shared_sites", TOWERS)] {
                let question = format!("{path}?within={code}@{on}&as_of={day}&indicator={indicator}");
                let rows = server.anonymous().all_items(&question).await.len() as i64;
                assert_eq!(rows, figures.get(indicator).copied().unwrap_or(0), "step {step}: {question}");
            }
        }
    }
    assert!(kept > 5, "sums were kept");
}

#[actix_web::test]
async fn parts_of_a_change_add_up_and_do_not_depend_on_the_scope() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let make = async |place: usize, more: Value| {
        let mut made = camera(more);
        made["geometry"]["coordinates"] = json!(PLACES[place].0);
        made["confirm"] = json!(["dup.near"]);
        admin.post(CAMERAS, made).await.ok()["id"].as_i64().unwrap()
    };
    let old = json!({"eye_count": 2, "effective_on": "2022-01-01", "installed_on": "2022-01-01"});
    let moved = make(0, old.clone()).await;
    let closed = make(0, old.clone()).await;
    let corrected = make(2, old.clone()).await;
    make(2, json!({"eye_count": 5, "effective_on": "2024-03-01", "installed_on": "2024-03-01"})).await;
    make(0, json!({"eye_count": 7, "effective_on": "2024-05-01"})).await;
    let patch = async |id: i64, mut body: Value| {
        body["confirm"] = json!(["dup.near"]);
        admin.patch(&format!("{CAMERAS}/{id}"), "*", body).await.ok();
    };
    patch(moved, json!({"properties": {"effective_on": "2024-02-01"}, "geometry": {"type": "Point", "coordinates": PLACES[2].0}})).await;
    patch(closed, json!({"properties": {"effective_on": "2024-02-01", "lifecycle_status": "decommissioned", "decommissioned_on": "2024-02-01"}})).await;
    patch(corrected, json!({"properties": {"effective_on": "2024-02-01", "eye_count": 3}})).await;
    for kept in [false, true] {
        if kept {
            hatang::figures::fold(&mut server.connection().await, hatang::time::today()).await.unwrap();
        }
        let question = "as_of=2024-12-31&compare=2023-12-31&indicators=camera_eyes";
        let alone = async |unit: &str| {
            let answer = server.anonymous().get(&format!("/stats/{unit}@2024-01-01?{question}")).await.ok();
            answer["figures"]["camera_eyes"]["delta"].clone()
        };
        let west = alone("00011").await;
        assert_eq!(west["parts"], json!({"undated": 7, "decommissioned": -2, "moved": -2}), "{kept}");
        let east = alone("00012").await;
        assert_eq!(east["parts"], json!({"new": 5, "moved": 2, "corrected": 1}), "{kept}");
        let both = server.anonymous().get(&format!("/stats?level=commune&within=405@2024-01-01&{question}")).await.ok();
        for (unit, expected) in both["units"].as_array().unwrap().iter().zip([&west, &east]) {
            assert_eq!(unit["figures"]["camera_eyes"]["delta"]["parts"], expected["parts"]);
        }
        assert_eq!((&west["value"], &east["value"]), (&json!(3), &json!(8)));
    }
}
