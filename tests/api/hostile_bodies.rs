//! Bodies that are no records: malformed, too deep, arbitrary.

use actix_web::http::Method;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::api::writes::one_tower;
use crate::common::{Answer, Server};

const TOWERS: &str = "/collections/towers/items";

/// Refused with a problem document that reveals nothing more than it should.
#[track_caller]
fn assert_refused(answer: &Answer, sent: &str) {
    assert!(answer.status.is_client_error(), "{} for {sent}", answer.status);
    assert_eq!(answer.header("content-type").as_deref(), Some("application/problem+json"), "{sent}");
    let body = answer.json();
    assert_eq!(body["request_id"], json!(answer.header("x-request-id").unwrap()));
    let text = body.to_string().to_lowercase();
    for internal in ["postgres", "select ", "insert ", "sqlstate", "constraint", "panicked", "diesel"] {
        assert!(!text.contains(internal), "{internal} in {text}");
    }
}

#[actix_web::test]
async fn malformed_bodies_are_refused() {
    let server = Server::new().await;
    let path = one_tower(&server, json!({})).await;
    let deep = |open: &str, close: &str| open.repeat(100_000) + &close.repeat(100_000);
    let bodies: Vec<Vec<u8>> = vec![
        b"".into(),
        b"{".into(),
        b"null".into(),
        b"[]".into(),
        b"7".into(),
        b"\"Feature\"".into(),
        b"{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"name\":\"\xff\xfe\"}}".into(),
        b"{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"name\":\"\\u0000\"}}".into(),
        b"{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"name\":\"\\ud800\"}}".into(),
        b"{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"height_m\":1e400}}".into(),
        b"{\"type\":\"Feature\",\"geometry\":[],\"properties\":{}}".into(),
        b"{\"type\":\"Feature\",\"geometry\":{},\"properties\":[]}".into(),
        b"{\"type\":\"Feature\",\"geometry\":7,\"properties\":\"x\"}".into(),
        b"{\"type\":[],\"geometry\":null,\"properties\":{}}".into(),
        b"{\"type\":\"Point\",\"coordinates\":[105.7,19.8]}".into(),
        b"{\"type\":\"FeatureCollection\",\"features\":[]}".into(),
        b"\xef\xbb\xbf\xff".into(),
        deep("[", "]").into(),
        (r#"{"type":"Feature","properties":{},"geometry":"#.to_owned() + &deep(r#"{"type":"GeometryCollection","geometries":["#, "]}")).into(),
        br#"{"type":"Feature","properties":{"name":"x","operator":"vnpt"},"geometry":{"type":"Point","coordinates":[1e308,1e308]}}"#.into(),
        br#"{"type":"Feature","properties":{"name":"x","operator":"vnpt","technologies":"4G"},"geometry":{"type":"Point","coordinates":[105.7,19.8]}}"#.into(),
        br#"{"type":"Feature","properties":{"name":{"a":1},"operator":[],"technologies":[[]]},"geometry":{"type":"Point","coordinates":[[105.7,19.8]]}}"#.into(),
    ];
    for body in bodies {
        let sent = String::from_utf8_lossy(&body[..body.len().min(120)]).into_owned();
        for (method, path) in [(Method::POST, TOWERS), (Method::PUT, path.as_str())] {
            let headers = [("If-Match", "*")];
            let answer = server.administrator().send_bytes(method, path, &headers, Some(body.clone())).await;
            assert_refused(&answer, &sent);
        }
    }
}

#[actix_web::test]
async fn declared_day_without_a_code_is_refused_or_dropped() {
    let server = Server::with_communes().await;
    let path = one_tower(&server, json!({"declared_commune_code": "00001"})).await;
    let admin = server.administrator();
    let dropped = admin.patch(&path, "*", json!({"properties": {"declared_commune_code": null}})).await.ok();
    assert_eq!(dropped["properties"]["declared_on"], Value::Null);
    let alone = admin.patch(&path, "*", json!({"properties": {"declared_on": "2025-08-01"}})).await;
    assert_refused(&alone, "declared_on alone");
}

/// JSON that is similar to a feature, so that it passes the first check.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(vec!["vnpt", "4G", "2024-01-01", "Point", "\u{0}", "rtsp://a", "00001"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-z_]{1,8}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

fn any_feature() -> impl Strategy<Value = Value> {
    let names: Vec<_> = hatang::layers::TOWER.fields().map(|field| field.name).collect();
    let properties = prop::collection::hash_map(prop::sample::select(names), any_json(), 0..6);
    let coordinates = prop_oneof![any_json(), Just(json!([105.7, 19.8]))];
    let types = prop::sample::select(vec!["Point", "MultiPoint", "Polygon", "GeometryCollection", "Nothing"]);
    let geometry = prop_oneof![
        any_json(),
        (types, coordinates).prop_map(|(name, coordinates)| json!({"type": name, "coordinates": coordinates})),
    ];
    (properties, geometry).prop_map(
        |(properties, geometry)| json!({"type": "Feature", "geometry": geometry, "properties": properties}),
    )
}

#[actix_web::test]
async fn arbitrary_bodies_never_fail_the_service() {
    let server = Server::new().await;
    let path = one_tower(&server, json!({})).await;
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let strategy = prop_oneof![1 => any_json().boxed(), 4 => any_feature().boxed()];
    for _ in 0..150 {
        let body = strategy.new_tree(&mut runner).unwrap().current();
        for (method, path) in [(Method::POST, TOWERS), (Method::PATCH, path.as_str())] {
            let answer = server.administrator().send(method, path, &[("If-Match", "*")], Some(body.clone())).await;
            if !answer.status.is_success() {
                assert_refused(&answer, &body.to_string());
            }
        }
    }
}
