//! The two times of a query: `as_of`, the day asked about, and `known_at`, which leaves out later writes. Random
//! histories are compared with a plain list of versions.

use chrono::{Days, NaiveDate};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::common::{Caller, Server, camera, tower};

const CAMERAS: &str = "/collections/cameras/items";

/// The fields of a camera that the test follows.
#[derive(Debug, Clone, Copy, PartialEq)]
struct State {
    eyes: i64,
    hidden: bool,
}

/// What a write stated; `None` for fields that it did not state.
struct Version {
    step: usize,
    effective_on: NaiveDate,
    eyes: Option<i64>,
    hidden: Option<bool>,
    deleted: Option<bool>,
}

struct Camera {
    id: Value,
    installed_on: Option<NaiveDate>,
    versions: Vec<Version>,
}

impl Camera {
    /// The state after a step. On a day, a field has what was stated for the latest day until then, of equal days what
    /// was written last; before all statements, what the first version says.
    fn state(&self, step: usize, day: Option<NaiveDate>) -> Option<State> {
        let known = || self.versions.iter().filter(|version| version.step <= step);
        if known().filter_map(|version| version.deleted).next_back() == Some(true) {
            return None;
        }
        let first = known().next()?;
        let is_known = |day: NaiveDate| known().any(|version| version.effective_on <= day);
        if day.is_some_and(|day| !self.installed_on.map_or(is_known(day), |installed| installed <= day)) {
            return None;
        }
        let mut state = State { eyes: first.eyes?, hidden: first.hidden? };
        let mut said: Vec<_> = known().filter(|version| day.is_none_or(|day| version.effective_on <= day)).collect();
        said.sort_by_key(|version| version.effective_on);
        for version in said {
            state.eyes = version.eyes.unwrap_or(state.eyes);
            state.hidden = version.hidden.unwrap_or(state.hidden);
        }
        Some(state)
    }

    fn now(&self) -> Option<State> {
        self.state(usize::MAX, None)
    }

    fn note(&mut self, step: usize, effective_on: NaiveDate, next: State) {
        let (eyes, hidden) = (Some(next.eyes), Some(next.hidden));
        self.versions.push(Version { step, effective_on, eyes, hidden, deleted: None });
    }
}

fn some_day(chance: &mut StdRng) -> NaiveDate {
    NaiveDate::from_ymd_opt(2022, 1, 1).unwrap() + Days::new(chance.random_range(0..1200))
}

fn legal_class(hidden: bool) -> &'static str {
    if hidden { "operational_police" } else { "traffic" }
}

async fn instant(server: &Server) -> String {
    let sql = "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
    server.query(sql).await.as_str().unwrap().to_owned()
}

async fn shown(caller: Caller<'_>, question: &str) -> Vec<(i64, i64)> {
    let items = caller.all_items(&format!("{CAMERAS}?limit=3&{question}")).await;
    let mut found: Vec<_> = items
        .iter()
        .map(|item| (item["id"].as_i64().unwrap(), item["properties"]["eye_count"].as_i64().unwrap()))
        .collect();
    found.sort_unstable();
    found
}

#[actix_web::test]
async fn a_clock_that_was_set_back_gives_no_earlier_times() {
    let server = Server::new().await;
    let admin = server.administrator();
    let made = admin.post("/collections/towers/items", tower(json!({}))).await.ok();
    // The clock was an hour ahead when this was written.
    server.execute("update feed set last_at = now() + interval '1 hour'; alter table versions disable trigger user").await;
    server.execute("update versions set at = now() + interval '1 hour'; alter table versions enable trigger user").await;
    server.execute("alter table towers disable trigger user").await;
    server.execute("update towers set created_at = now() + interval '1 hour', updated_at = now() + interval '1 hour'").await;
    server.execute("alter table towers enable trigger user").await;
    admin.post("/collections/towers/items", tower(json!({"name": "B"}))).await.ok();
    server.execute(&format!("update towers set height_m = 30 where id = {}", made["id"])).await;
    let ahead = "select bool_and(at >= (select last_at from feed)) and count(*) = 3 from versions";
    assert_eq!(server.query(ahead).await, true);
    // A clock that was a month ahead is followed by the record only.
    server.execute("update feed set last_at = now() + interval '1 month'").await;
    server.execute(&format!("update towers set height_m = 31 where id = {}", made["id"])).await;
    admin.post("/collections/towers/items", tower(json!({"name": "C"}))).await.ok();
    assert_eq!(server.query("select max(at) < now() + interval '2 hours' from versions").await, true);
    assert_eq!(server.query("select min(at) < now() + interval '1 second' from versions").await, true);
}

#[actix_web::test]
async fn any_day_known_at_any_instant_matches_the_versions() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let today = hatang::time::today();
    let mut chance = StdRng::seed_from_u64(20_261_125);
    let mut cameras: Vec<Camera> = Vec::new();
    let mut instants = vec![instant(&server).await];
    for step in 1..=70 {
        let living: Vec<_> = (0..cameras.len()).filter(|at| cameras[*at].now().is_some()).collect();
        let pick = |chance: &mut StdRng| living[chance.random_range(0..living.len())];
        let effective = match chance.random_range(0..3) {
            0 => None,
            _ => Some(some_day(&mut chance)),
        };
        let effective_on = effective.unwrap_or(today);
        let next = State { eyes: chance.random_range(1..=16), hidden: chance.random_range(0..4) == 0 };
        let patch = json!({"eye_count": next.eyes, "legal_class": legal_class(next.hidden), "effective_on": effective_on});
        match chance.random_range(0..8) {
            0 | 1 if cameras.len() < 9 || living.is_empty() => {
                let installed_on = (chance.random_range(0..2) == 0).then(|| some_day(&mut chance));
                let mut made = camera(patch);
                made["properties"]["installed_on"] = json!(installed_on);
                made["geometry"]["coordinates"] = json!([105.71 + 0.001 * cameras.len() as f64, 19.81]);
                let id = admin.post(CAMERAS, made).await.ok()["id"].clone();
                let first = Version {
                    step,
                    effective_on,
                    eyes: Some(next.eyes),
                    hidden: Some(next.hidden),
                    deleted: None,
                };
                cameras.push(Camera { id, installed_on, versions: vec![first] });
            }
            2 if living.len() > 2 => {
                let at = pick(&mut chance);
                admin.delete(&format!("{CAMERAS}/{}", cameras[at].id), "*").await;
                cameras[at].versions.push(Version { step, effective_on: today, eyes: None, hidden: None, deleted: Some(true) });
            }
            3 if living.len() < cameras.len() => {
                let at = (0..cameras.len()).find(|at| !living.contains(at)).unwrap();
                admin.post(&format!("{CAMERAS}/{}/restore", cameras[at].id), json!({})).await.ok();
                cameras[at].versions.push(Version { step, effective_on: today, eyes: None, hidden: None, deleted: Some(false) });
            }
            4 if living.len() > 1 => {
                let (one, other) = (living[0], living[living.len() - 1]);
                let mut features = Vec::new();
                for at in [one, other] {
                    let id = &cameras[at].id;
                    let version = admin.get(&format!("{CAMERAS}/{id}")).await.ok()["properties"]["version"].clone();
                    features.push(json!({"id": id, "version": version, "properties": patch}));
                }
                admin.send(actix_web::http::Method::PATCH, CAMERAS, &[], Some(json!({"features": features}))).await.ok();
                cameras[one].note(step, effective_on, next);
                cameras[other].note(step, effective_on, next);
            }
            _ if !living.is_empty() => {
                let at = pick(&mut chance);
                admin.patch(&format!("{CAMERAS}/{}", cameras[at].id), "*", json!({"properties": patch})).await.ok();
                cameras[at].note(step, effective_on, next);
            }
            _ => {}
        }
        instants.push(instant(&server).await);
    }
    let ever = |change: fn(&Version) -> bool| cameras.iter().any(|camera| camera.versions.iter().any(change));
    assert!(ever(|version| version.deleted == Some(false)) && ever(|version| version.hidden == Some(false)));

    for round in 0..60 {
        let step = chance.random_range(0..instants.len());
        let day = (round % 3 != 0).then(|| some_day(&mut chance));
        let known_at = &instants[step];
        let mut question = format!("known_at={known_at}");
        if let Some(day) = day {
            question += &format!("&as_of={day}");
        }
        let expected = |sees: &dyn Fn(&Camera, State) -> bool| {
            let states = cameras.iter().filter_map(|camera| Some((camera, camera.state(step, day)?)));
            let seen = states.filter(|(camera, state)| sees(camera, *state));
            let mut all: Vec<_> = seen.map(|(camera, state)| (camera.id.as_i64().unwrap(), state.eyes)).collect();
            all.sort_unstable();
            all
        };
        let all = expected(&|_, _| true);
        assert_eq!(shown(admin, &question).await, all, "{question}");
        // Anonymous callers see a record only if it was public then and is public today.
        let public = expected(&|camera, state| !state.hidden && camera.now().is_some_and(|now| !now.hidden));
        assert_eq!(shown(server.anonymous(), &question).await, public, "{question} by an anonymous caller");
        if day.is_some() {
            let figure = admin.get(&format!("/stats/38@2026-01-01?{question}&indicators=camera_eyes")).await.ok();
            let eyes = &figure["figures"]["camera_eyes"];
            assert_eq!(eyes["value"], all.iter().map(|(_, eyes)| eyes).sum::<i64>(), "{question}");
            let rows = admin.all_items(&crate::common::below_api(&eyes["rows"])).await;
            assert_eq!(rows.len(), all.len(), "{question}");
        }
    }
    let now = instants.last().unwrap();
    assert_eq!(shown(admin, &format!("known_at={now}")).await, shown(admin, "").await);
}

#[actix_web::test]
async fn invalid_or_unsupported_known_at_is_refused() {
    let server = Server::new().await;
    for known_at in ["tomorrow", "2999-01-01", "2026-13-01", "2026-01-01T00:00:00", ""] {
        let refused = server.anonymous().get(&format!("{CAMERAS}?known_at={known_at}")).await;
        assert_eq!((refused.status.as_u16(), refused.codes()), (400, vec!["parameter.invalid".to_owned()]), "{known_at}");
    }
    assert_eq!(server.anonymous().get("/collections/communes/items?known_at=2026-01-01").await.status, 400);
}

#[actix_web::test]
async fn undone_bulk_write_leaves_what_was_known_before() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let mut ids = Vec::new();
    for lon in [105.71, 105.72] {
        let mut made = camera(json!({"eye_count": 2}));
        made["geometry"]["coordinates"] = json!([lon, 19.81]);
        ids.push(admin.post(CAMERAS, made).await.ok()["id"].clone());
    }
    let before = instant(&server).await;
    let features: Vec<_> =
        ids.iter().map(|id| json!({"id": id, "version": 1, "properties": {"eye_count": 9}})).collect();
    let written = admin.send(actix_web::http::Method::PATCH, CAMERAS, &[], Some(json!({"features": features}))).await.ok();
    let between = instant(&server).await;
    admin.post(&format!("/batches/{}/undo", written["batch"]), json!({})).await.ok();
    let eyes = async |question: String| shown(admin, &question).await.into_iter().map(|(_, eyes)| eyes).collect::<Vec<_>>();
    assert_eq!(eyes(format!("known_at={between}")).await, [9, 9]);
    assert_eq!(eyes(format!("known_at={before}")).await, [2, 2]);
    assert_eq!(eyes(String::new()).await, [2, 2]);
}
