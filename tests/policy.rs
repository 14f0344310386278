//! What each surface shows to random accounts, compared with a plain statement of the policy.

use std::collections::{BTreeMap, BTreeSet};

use hatang::layers::{CAMERA, Class, Layer, TOWER};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value, json};

use crate::common::{Caller, Server, below_api};

/// West and east of the boundary in `communes.sql`.
const PLACES: [(&str, [f64; 2]); 2] = [("00001", [105.70049, 19.81051]), ("00002", [105.80049, 19.81051])];
const OPERATORS: [&str; 2] = ["viettel", "vnpt"];
const ROLES: [&str; 3] = ["viewer", "editor", "administrator"];

#[derive(Debug, Clone)]
struct Record {
    layer: &'static Layer,
    commune: &'static str,
    operator: Option<&'static str>,
    is_hidden: bool,
    feature: Value,
}

#[derive(Debug, Clone)]
struct Grant {
    role: &'static str,
    commune: Option<&'static str>,
    operator: Option<&'static str>,
    collection: Option<&'static str>,
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let record = (any::<bool>(), 0..2_usize, 0..2_usize, any::<bool>(), any::<bool>());
    proptest::collection::vec(record, 1..8)
        .prop_map(|records| records.into_iter().enumerate().map(of_choices).collect())
}

fn of_choices(
    (nth, (is_camera, place, operator, hidden, household)): (usize, (bool, usize, usize, bool, bool)),
) -> Record {
    let (commune, [lon, lat]) = PLACES[place];
    let (layer, mut properties) = match is_camera {
        true => (
            &CAMERA,
            json!({
                "name": format!("Máy {nth}"), "managing_level": if household { "household" } else { "commune_police" },
                "legal_class": if hidden { "operational_police" } else { "traffic" },
                "note": "ghi chú", "owner_phone": format!("0900 {nth:06}")}),
        ),
        false => (
            &TOWER,
            json!({"name": format!("Trạm {nth}"), "operator": OPERATORS[operator], "note": "ghi chú", "cell_ids": "1-2"}),
        ),
    };
    properties["code"] = json!(format!("SỐ-{nth}"));
    // Too far apart to be duplicates of each other.
    let place = [lon + 0.002 * nth as f64, lat];
    Record {
        layer,
        commune,
        operator: (!is_camera).then_some(OPERATORS[operator]),
        is_hidden: is_camera && hidden,
        feature: json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": place}, "properties": properties}),
    }
}

fn grants() -> impl Strategy<Value = Vec<Grant>> {
    let grant = (
        prop::sample::select(&ROLES[..]),
        prop::option::of(prop::sample::select(vec!["00001", "00002"])),
        prop::option::weighted(0.3, prop::sample::select(&OPERATORS[..])),
        prop::option::weighted(0.3, prop::sample::select(vec!["cameras", "towers"])),
    );
    let grant = grant.prop_map(|(role, commune, operator, collection)| Grant { role, commune, operator, collection });
    proptest::collection::vec(grant, 0..4)
}

/// The policy, stated plainly.
fn class(record: &Record, grants: &[Grant]) -> Option<Class> {
    let within = grants.iter().filter(|grant| {
        grant.commune.is_none_or(|commune| commune == record.commune)
            && grant.operator.is_none_or(|operator| Some(operator) == record.operator)
            && grant.collection.is_none_or(|collection| collection == record.layer.collection)
    });
    let granted = within.map(|grant| if grant.role == "viewer" { Class::Internal } else { Class::Restricted }).max();
    granted.or((!record.is_hidden).then_some(Class::Public))
}

/// The ids that each surface shows, by the name of the surface.
async fn surfaces(caller: Caller<'_>, layer: &'static Layer, ids: &[i64]) -> BTreeMap<&'static str, BTreeSet<i64>> {
    let items = format!("/collections/{}/items", layer.collection);
    let ids_of = |features: Vec<Value>| features.iter().map(|feature| feature["id"].as_i64().unwrap()).collect();
    let mut shown = BTreeMap::new();
    shown.insert("items", ids_of(caller.all_items(&format!("{items}?limit=2")).await));
    shown.insert("search", ids_of(caller.all_items(&format!("{items}?q=so-&limit=2")).await));
    shown.insert("bbox", ids_of(caller.all_items(&format!("{items}?bbox=105,19,106,20")).await));
    shown.insert("within", ids_of(caller.all_items(&format!("{items}?within=38")).await));
    shown.insert("as of today", ids_of(caller.all_items(&format!("{items}?as_of={}", hatang::time::today())).await));
    let (mut found, mut history) = (BTreeSet::new(), BTreeSet::new());
    for id in ids {
        if caller.get(&format!("{items}/{id}")).await.status.is_success() {
            found.insert(*id);
        }
        if caller.get(&format!("{items}/{id}/history")).await.status.is_success() {
            history.insert(*id);
        }
    }
    shown.insert("item", found);
    shown.insert("history", history);
    let mut followed = BTreeSet::new();
    let feed = caller.get(&format!("/changes?collections={}", layer.collection)).await.ok();
    for change in feed["changes"].as_array().unwrap() {
        let id = change["id"].as_i64().unwrap();
        if change["op"] == "delete" {
            followed.remove(&id)
        } else {
            followed.insert(id)
        };
    }
    shown.insert("changes", followed);
    shown
}

/// The counts of each surface that counts.
async fn counts(caller: Caller<'_>, layer: &'static Layer) -> Vec<(&'static str, Value)> {
    let items = format!("/collections/{}/items", layer.collection);
    let figure = if layer.collection == "cameras" { "camera_units" } else { "bts_stations" };
    let stats = caller.get(&format!("/stats/38?indicators={figure}")).await.ok();
    let rows = below_api(&stats["figures"][figure]["rows"]);
    vec![
        ("numberMatched", caller.get(&format!("{items}?resultType=hits")).await.ok()["numberMatched"].clone()),
        ("filtered", caller.get(&format!("{items}?lifecycle_status=operational")).await.ok()["numberMatched"].clone()),
        ("collection", caller.get(&format!("/collections/{}", layer.collection)).await.ok()["itemCount"].clone()),
        ("figure", stats["figures"][figure]["value"].clone()),
        ("rows of the figure", caller.get(&rows).await.ok()["numberMatched"].clone()),
    ]
}

#[actix_web::test]
async fn each_surface_shows_what_the_policy_says_and_nothing_else() {
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(20_261_124), ..Config::default() });
    for round in 0..6 {
        let records = records().new_tree(&mut runner).unwrap().current();
        let server = Server::with_communes().await;
        let mut ids = Vec::new();
        for record in &records {
            let path = format!("/collections/{}/items", record.layer.collection);
            ids.push(server.administrator().post(&path, record.feature.clone()).await.ok()["id"].as_i64().unwrap());
        }
        for account in 0..4 {
            let grants = if account == 0 { Vec::new() } else { grants().new_tree(&mut runner).unwrap().current() };
            let secret = account_with(&server, &format!("account{account}"), &grants).await;
            let caller = if account == 0 { server.anonymous() } else { server.holder(&secret) };
            let story = format!("round {round}, grants {grants:?}, records {records:?}");
            check(caller, &records, &ids, &grants, &story).await;
        }
    }
}

async fn account_with(server: &Server, name: &str, grants: &[Grant]) -> String {
    let grants: Vec<_> = grants
        .iter()
        .map(|grant| {
            json!({
                "role": grant.role, "unit": grant.commune.map(|code| format!("{code}@2026-01-01")),
                "operators": grant.operator.map(|operator| [operator]),
                "collections": grant.collection.map(|collection| [collection])})
        })
        .collect();
    server.account(name, &grants).await
}

async fn check(caller: Caller<'_>, records: &[Record], ids: &[i64], grants: &[Grant], story: &str) {
    for layer in [&CAMERA, &TOWER] {
        let all = || records.iter().zip(ids).filter(|(record, _)| record.layer.collection == layer.collection);
        let expected: BTreeMap<i64, Class> =
            all().filter_map(|(record, id)| Some((*id, class(record, grants)?))).collect();
        let expected_ids: BTreeSet<_> = expected.keys().copied().collect();
        let of_kind: Vec<_> = all().map(|(_, id)| *id).collect();
        for (surface, shown) in surfaces(caller, layer, &of_kind).await {
            assert_eq!(shown, expected_ids, "{surface} of {}: {story}", layer.collection);
        }
        for (surface, count) in counts(caller, layer).await {
            assert_eq!(count, json!(expected.len()), "{surface} of {}: {story}", layer.collection);
        }
        for feature in caller.all_items(&format!("/collections/{}/items", layer.collection)).await {
            let class = expected[&feature["id"].as_i64().unwrap()];
            let shown: BTreeSet<_> = feature["properties"].as_object().unwrap().keys().cloned().collect();
            let fields = layer.fields().filter(|field| layer.class(field) <= class).map(|field| field.name.to_owned());
            assert_eq!(shown, fields.collect(), "fields: {story}");
            let lon = feature["geometry"]["coordinates"][0].as_f64().unwrap();
            let is_exact = layer.collection == "towers" || class > Class::Public;
            assert_eq!(is_exact, (lon * 1000.0).fract() > 1e-6, "place: {story}");
        }
    }
}
