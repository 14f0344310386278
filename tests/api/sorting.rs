//! `sortby`: rows in the requested order, page by page, for every caller.

use std::cmp::Ordering;

use diesel_async::SimpleAsyncConnection;
use hatang::layers::{ALL, CAMERA, Class, Type};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value, json};

use crate::common::{Caller, Server, below_api, feature};

const CAMERAS: &str = "/collections/cameras/items";
const TOWERS: &str = "/collections/towers/items";

/// In the order of a Vietnamese dictionary, which differs from the order of their bytes.
const WORDS: [&str; 13] = ["am", "Am", "ăm", "âm", "dê", "Đa", "em", "êm", "om", "ôm", "ơm", "um", "ưm"];

#[actix_web::test]
async fn names_are_in_the_order_of_the_vietnamese_alphabet_both_ways() {
    let server = Server::new().await;
    for word in ["ưm", "Đa", "êm", "am", "ôm", "âm", "ơm", "dê", "ăm", "um", "Am", "om", "em"] {
        let body = feature([105.7, 19.8], json!({"name": word, "operator": "vnpt"}), json!({}));
        server.administrator().post(TOWERS, body).await.ok();
    }
    let up = server.anonymous().get(&format!("{TOWERS}?sortby=name")).await.names();
    assert_eq!(up, WORDS);
    // Form decoding turns a plus into a space.
    assert_eq!(server.anonymous().get(&format!("{TOWERS}?sortby=+name")).await.names(), WORDS);
    assert_eq!(server.anonymous().get(&format!("{TOWERS}?sortby=%2Bname")).await.names(), WORDS);
    let down = server.anonymous().get(&format!("{TOWERS}?sortby=-name")).await.names();
    assert!(down.iter().rev().eq(&up), "{down:?}");
}

#[actix_web::test]
async fn hidden_or_unsortable_field_is_refused_naming_the_parameter() {
    let server = Server::new().await;
    for sortby in ["owner_phone", "note", "address", "geom", "nonsense", "", "name,", "name,-name", "--name", "search"] {
        let refused = server.anonymous().get(&format!("{CAMERAS}?sortby={sortby}")).await;
        assert_eq!(refused.summary(), "400 parameter.invalid sortby", "{sortby}");
    }
    assert_eq!(server.administrator().get(&format!("{CAMERAS}?sortby=note")).await.status, 200);
    // Otherwise the address of the next page would contain the last telephone number of this one.
    let refused = server.administrator().get(&format!("{CAMERAS}?sortby=owner_phone")).await;
    assert_eq!(refused.summary(), "400 parameter.invalid sortby");
    let other = server.anonymous().get(&format!("{CAMERAS}?sortby=name")).await;
    assert_eq!(other.status, 200);
    let cursor = server.anonymous().get(&format!("{CAMERAS}?sortby=name&cursor=WzFd")).await;
    assert_eq!(cursor.summary(), "400 parameter.invalid cursor", "a cursor of another order");
}

#[actix_web::test]
async fn every_sortable_of_every_layer_sorts_for_whoever_sees_it() {
    let server = Server::with_demo().await;
    for caller in [server.anonymous(), server.administrator()] {
        for layer in ALL {
            let base = format!("/collections/{}", layer.collection);
            let sortables = caller.get(&format!("{base}/sortables")).await.ok()["properties"].clone();
            for name in sortables.as_object().unwrap().keys() {
                let minus = if caller.is_anonymous() { "" } else { "-" };
                let path = format!("{base}/items?sortby={minus}{name}&limit=2");
                let first = caller.get(&path).await.ok();
                let next = first["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next");
                if let Some(next) = next.filter(|_| !caller.is_anonymous()) {
                    let second = caller.get(&below_api(next)).await.features();
                    assert!(!first["features"].as_array().unwrap().contains(&second[0]), "{path}");
                }
            }
            let refused = layer.fields().filter(|field| !sortables.as_object().unwrap().contains_key(field.name));
            for field in refused {
                let answer = caller.get(&format!("{base}/items?sortby={}", field.name)).await;
                assert_eq!(answer.summary(), "400 parameter.invalid sortby", "{} {}", layer.collection, field.name);
            }
        }
    }
    let of = async |caller: Caller<'_>| caller.get("/collections/cameras/sortables").await.ok()["properties"].clone();
    let administrators = of(server.administrator()).await;
    for field in CAMERA.fields() {
        let expected = CAMERA.class(field) < Class::Restricted && !matches!(field.value, Type::SomeOf(_));
        assert_eq!(administrators.get(field.name).is_some(), expected, "{}", field.name);
    }
    assert!(of(server.anonymous()).await.get("note").is_none());
}

/// Records with ties and nulls in all sort fields, on both sides of the boundary.
fn records() -> impl Strategy<Value = Vec<Value>> {
    let record = (
        prop::sample::select(&WORDS[..]),
        prop::option::of(prop::sample::select(vec!["2022-05-01", "2023-01-31", "2023-02-01"])),
        prop::option::of(prop::sample::select(vec![0.1 + 0.2, 30.0, 9.5])),
        prop::option::of(prop::sample::select(&WORDS[..])),
        prop::sample::select(vec![105.7, 105.8]),
    );
    let record = record.prop_map(|(name, installed_on, height_m, note, lon)| {
        json!({"name": name, "installed_on": installed_on, "height_m": height_m, "note": note, "lon": lon})
    });
    proptest::collection::vec(record, 15..30)
}

fn sortings() -> impl Strategy<Value = Vec<(&'static str, bool)>> {
    let fields = vec!["name", "installed_on", "height_m", "note", "eye_count", "commune_code", "updated_at", "code"];
    (prop::sample::subsequence(fields, 1..=3).prop_shuffle(), any::<[bool; 3]>())
        .prop_map(|(fields, directions)| fields.into_iter().zip(directions).collect())
}

/// The expected order of two features by a field. Missing values come last.
fn compare(one: &Value, other: &Value, (field, descending): (&str, bool)) -> Ordering {
    let (one, other) = (&one["properties"][field], &other["properties"][field]);
    let order = match (one, other) {
        (Value::Null, Value::Null) => return Ordering::Equal,
        (Value::Null, _) => return Ordering::Greater,
        (_, Value::Null) => return Ordering::Less,
        (Value::String(one), Value::String(other)) => {
            let place = |text: &str| WORDS.iter().position(|word| *word == text);
            place(one).cmp(&place(other)).then_with(|| one.cmp(other))
        }
        _ => one.as_f64().partial_cmp(&other.as_f64()).unwrap(),
    };
    if descending { order.reverse() } else { order }
}

fn id(feature: &Value) -> i64 {
    feature["id"].as_i64().unwrap()
}

#[actix_web::test]
async fn pages_hold_every_row_once_in_order_while_others_write() {
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(20_261_125), ..Config::default() });
    for _ in 0..2 {
        let records = records().new_tree(&mut runner).unwrap().current();
        let server = Server::with_communes().await;
        let insert = "insert into cameras (id, code, name, managing_level, installed_on, height_m, note, eye_count, effective_on, geom)
            select 1000 + n, 'CAM-' || lpad((n * 7 % 50)::text, 3, '0'), r->>'name', 'commune_police', (r->>'installed_on')::date,
              (r->>'height_m')::double precision, r->>'note', 1 + n % 3, '2022-01-01',
              st_setsrid(st_makepoint((r->>'lon')::double precision + n * 0.0005, 19.8), 4326)
            from jsonb_array_elements('RECORDS') with ordinality as given (r, n); select number_changes()";
        server.execute(&insert.replace("RECORDS", &json!(records).to_string())).await;
        let west = server.account("west", &[json!({"role": "viewer", "unit": "00001@2026-01-01"})]).await;
        let mut conn = server.connection().await;
        let mut noise = 0;
        for round in 0..8 {
            let keys = sortings().new_tree(&mut runner).unwrap().current();
            let caller = [server.anonymous(), server.administrator(), server.holder(&west)][round % 3];
            let shown = caller.get("/collections/cameras/sortables").await.ok()["properties"].clone();
            let keys: Vec<_> = keys.into_iter().filter(|(field, _)| shown.get(*field).is_some()).collect();
            if keys.is_empty() {
                continue;
            }
            let sortby: Vec<_> =
                keys.iter().map(|(field, down)| format!("{}{field}", if *down { "-" } else { "" })).collect();
            let day = if round % 4 == 3 { "&as_of=2023-02-01" } else { "" };
            let path = format!("{CAMERAS}?sortby={}{day}", sortby.join(","));
            let mut expected = caller.all_items(&format!("{CAMERAS}?limit=1000{day}")).await;
            expected.retain(|feature| id(feature) >= 1000);
            let keyed = |one: &Value, other: &Value| {
                keys.iter().fold(Ordering::Equal, |order, key| order.then_with(|| compare(one, other, *key)))
            };
            expected.sort_by(|one, other| keyed(one, other).then(id(one).cmp(&id(other))));
            let expected: Vec<_> = expected.iter().map(id).collect();

            let mut found = Vec::new();
            let mut next = Some(format!("{path}&limit={}", 5 + round % 4));
            while let Some(page) = next {
                let page = caller.get(&page).await.ok();
                found.extend(page["features"].as_array().unwrap().iter().map(id).filter(|id| *id >= 1000));
                next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").map(below_api);
                // Other records are created, deleted, and moved within the order.
                noise += 1;
                let word = WORDS[noise % WORDS.len()];
                let write = format!(
                    "insert into cameras (id, code, name, managing_level, effective_on, geom) values
                       ({noise}, 'N-{noise}', '{word}', 'school', '2022-01-01', st_setsrid(st_makepoint(105.72, 19.85), 4326));
                     update cameras set name = '{word}', eye_count = {}, note = '{word}' where id < 1000 and id % 3 = 0;
                     update cameras set deleted_at = now() where id = {} - 5; select number_changes()",
                    1 + noise % 4, noise
                );
                conn.batch_execute(&write).await.unwrap();
            }
            assert_eq!(found, expected, "{path} for {}", ["anonymous callers", "administrators", "the west"][round % 3]);
            let file = caller.get(&format!("{path}&f=geojson")).await.features();
            let file: Vec<_> = file.iter().map(id).filter(|id| *id >= 1000).collect();
            assert_eq!(file, expected, "the file of {path}");
        }
    }
}
