//! Exports that are imported again: they change nothing in their own register, and fill an empty register with the same
//! records.

use actix_web::http::Method;
use hatang::layers::{ALL, Field, Layer, Type};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Map, Value, json};

use super::{commit, counts, plan};
use crate::common::{Caller, Server};

const FORMATS: [&str; 5] = ["csv", "xlsx", "geojson", "geojsonseq", "kml"];
/// Fields that each register sets itself.
const OWN: [&str; 6] = ["version", "created_at", "created_by", "updated_at", "updated_by", "verified_at"];

/// Text with pieces that are difficult for files, and ordinary ones.
fn text(max: usize) -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "=",
        "+84",
        "-1",
        "@",
        "'",
        "''",
        "\"",
        ",",
        ";",
        "\t",
        "\n",
        "\n\n",
        "<b>",
        "&amp;",
        "]]>",
        "\\",
        "|",
        "007",
        "0",
        "1.234",
        "true",
        "null",
        "_x0041_",
        "Đông Sơn",
        "Thị trấn Rừng Thông",
        "đường số 3",
        "ý",
        "👩‍👧",
        "🚦",
        "🇻🇳",
        "a",
        "Tổng",
        "x",
        " ",
        "{\"a\": 1}",
        "105.7, 19.8",
        "2023-09-20",
        "#REF!",
        "%",
        "\u{200b}",
    ]);
    proptest::collection::vec(piece, 1..6)
        .prop_map(move |pieces| pieces.concat().chars().take(max).collect::<String>())
        // A cell without meaning is not carried over.
        .prop_filter("more than a placeholder", |text| {
            let letters: String = text.chars().filter(|c| c.is_alphabetic()).collect();
            !letters.is_empty() && letters != "null"
        })
}

/// A value of a field, or null where allowed.
fn value(field: &'static Field) -> BoxedStrategy<Value> {
    let choices = || {
        let valid = field.value.choices().iter().filter(|choice| choice.until.is_none());
        prop::sample::select(valid.map(|choice| choice.value).collect::<Vec<_>>())
    };
    let some: BoxedStrategy<Value> = match (field.name, field.value) {
        ("hamlet_id", _) => Just(json!("hamlet")).boxed(),
        (_, Type::Reference { .. }) => Just(Value::Null).boxed(),
        (_, Type::Text { max }) => text(max).prop_map(|text| json!(text)).boxed(),
        (_, Type::Resolution) => {
            prop::sample::select(vec!["1920x1080", "2688x1520"]).prop_map(|size| json!(size)).boxed()
        }
        (_, Type::Phone) => {
            prop::sample::select(vec!["0912345678", "+8562055512345"]).prop_map(|phone| json!(phone)).boxed()
        }
        (_, Type::Url) => Just(json!("https://hatang.example/di-tich?a=1&b=%20\"'=")).boxed(),
        (_, Type::Integer { min, max }) => (min..=max).prop_map(|number| json!(number)).boxed(),
        (_, Type::Number { min, max }) => prop_oneof![
            (min..=max).prop_map(|number| json!(number)),
            (min..=max).prop_map(|number| json!((number * 10.0).round() / 10.0)),
            Just(json!(min)),
        ]
        .boxed(),
        (_, Type::Boolean) => any::<bool>().prop_map(|value| json!(value)).boxed(),
        ("installed_on", _) => {
            prop::sample::select(vec!["1900-01-01", "1900-02-28", "2023-02-03"]).prop_map(|day| json!(day)).boxed()
        }
        ("decommissioned_on", _) => Just(json!("2199-12-31")).boxed(),
        ("effective_on", _) => Just(json!("2025-11-05")).boxed(),
        (_, Type::Date | Type::Timestamp) => {
            prop::sample::select(vec!["2025-07-01", "2025-12-11"]).prop_map(|day| json!(day)).boxed()
        }
        (_, Type::OneOf(_)) => choices().prop_map(|choice| json!(choice)).boxed(),
        (_, Type::SomeOf(choices)) => {
            let values: Vec<_> = choices.iter().map(|choice| choice.value).collect();
            let some = 1..=values.len();
            prop::sample::subsequence(values, some).prop_map(|values| json!(values)).boxed()
        }
        (_, Type::CommuneCode) => Just(json!("00001")).boxed(),
    };
    if field.not_null && field.name != "code" { some } else { prop_oneof![2 => some, 1 => Just(Value::Null)].boxed() }
}

/// A geometry in the first commune, of any type that the layer has. None if only the commune is known.
fn geometry(layer: &'static Layer) -> impl Strategy<Value = Value> {
    let place = || (105.65..105.74_f64, 19.75..19.85_f64);
    let line = move || {
        proptest::collection::vec(place(), 2..5)
            .prop_map(|line| line.iter().map(|(lon, lat)| json!([lon, lat])).collect::<Vec<_>>())
    };
    let polygon = move || {
        (place(), 0.001..0.004_f64, any::<bool>()).prop_map(|((x, y), size, has_hole)| {
            let ring = |inset: f64, turns: bool| {
                let (a, b) = (inset, size - inset);
                let mut ring = vec![
                    json!([x + a, y + a]),
                    json!([x + b, y + a]),
                    json!([x + b, y + b]),
                    json!([x + a, y + b]),
                    json!([x + a, y + a]),
                ];
                if turns {
                    ring.reverse();
                }
                ring
            };
            let hole = has_hole.then(|| ring(size / 3.0, true));
            json!([ring(0.0, false)].into_iter().chain(hole).collect::<Vec<_>>())
        })
    };
    let types = layer.geometry.iter().map(|name| match *name {
        "Point" => place().prop_map(|(lon, lat)| json!({"type": "Point", "coordinates": [lon, lat]})).boxed(),
        "LineString" => line().prop_map(|line| json!({"type": "LineString", "coordinates": line})).boxed(),
        "MultiLineString" => proptest::collection::vec(line(), 1..3)
            .prop_map(|lines| json!({"type": "MultiLineString", "coordinates": lines}))
            .boxed(),
        "MultiPolygon" => {
            polygon().prop_map(|polygon| json!({"type": "MultiPolygon", "coordinates": [polygon]})).boxed()
        }
        other => panic!("no example of a {other}"),
    });
    let types: Vec<_> = types.collect();
    prop_oneof![4 => proptest::strategy::Union::new(types), 1 => Just(Value::Null)]
}

fn record(layer: &'static Layer, hamlet: i64) -> impl Strategy<Value = Value> {
    let fields: Vec<_> = layer.fields().filter(|field| field.writable).collect();
    let values: Vec<_> = fields.iter().map(|field| value(field)).collect();
    (values, geometry(layer)).prop_map(move |(values, geometry)| {
        let mut properties: Map<_, _> = fields.iter().map(|field| field.name.to_owned()).zip(values).collect();
        if geometry.is_null() {
            properties["declared_commune_code"] = json!("00001");
        }
        if properties["declared_commune_code"].is_null() {
            properties["declared_on"] = Value::Null;
        }
        if let Some(named) = properties.get_mut("hamlet_id").filter(|named| !named.is_null()) {
            *named = json!(hamlet);
        }
        if let Some(source) = properties.get("counted_source").cloned() {
            properties["counted_on"] = if source.is_null() { Value::Null } else { json!("2025-07-01") };
            for name in ["households", "population"].into_iter().filter(|_| source.is_null()) {
                properties[name] = Value::Null;
            }
        }
        json!({"type": "Feature", "confirm": ["dup.near"], "geometry": geometry, "properties": properties})
    })
}

async fn file(caller: Caller<'_>, layer: &Layer, format: &str, language: &str) -> Vec<u8> {
    let path = format!("/collections/{}/items?f={format}", layer.collection);
    let answer = caller.send(Method::GET, &path, &[("Accept-Language", language)], None).await;
    assert_eq!(answer.status, 200);
    answer.body.to_vec()
}

fn assets() -> impl Iterator<Item = &'static Layer> {
    ALL.iter().copied().filter(|layer| layer.is_writable())
}

/// The contents of a layer by code, without the fields that each register sets itself.
async fn contents(server: &Server, layer: &Layer) -> Vec<Value> {
    let path = format!("/collections/{}/items?sortby=code,source_org&f=geojson", layer.collection);
    let mut features = server.administrator().get(&path).await.features();
    for feature in &mut features {
        feature.as_object_mut().unwrap().remove("id");
        feature["properties"].as_object_mut().unwrap().retain(|name, _| !OWN.contains(&name.as_str()));
    }
    features
}

#[actix_web::test]
async fn every_layer_in_every_format_comes_back_unchanged_and_fills_an_empty_register() {
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(20_261_126), ..Config::default() });
    let server = Server::with_communes().await;
    server.execute(include_str!("../common/hamlet.sql")).await;
    let hamlet = server.query("select id from hamlets").await.as_i64().unwrap();
    for layer in assets() {
        let path = format!("/collections/{}/items", layer.collection);
        let mut refused = Vec::new();
        for _ in 0..25 {
            let body = record(layer, hamlet).new_tree(&mut runner).unwrap().current();
            let answer = server.administrator().post(&path, body).await;
            if answer.status != 201 {
                refused.push(answer.summary());
            }
        }
        assert!(refused.len() < 10, "{} {refused:?}", layer.collection);
    }
    let first = server.query("select id from facilities limit 1").await;
    server
        .execute(&format!("update wifi_points set facility_id = {first} where id % 2 = 0; select number_changes()"))
        .await;
    for layer in assets() {
        for format in FORMATS {
            for language in if format == "xlsx" { &["vi", "en"][..] } else { &["vi"] } {
                let rows = contents(&server, layer).await.len() as u64;
                let planned = plan(
                    server.administrator(),
                    layer.collection,
                    "",
                    file(server.administrator(), layer, format, language).await,
                )
                .await;
                let wrong: Vec<_> =
                    planned["findings"].as_array().unwrap().iter().filter(|it| it["severity"] != "info").collect();
                let story = format!("{} {format} {wrong:#?} {}", layer.collection, planned["updates"]);
                assert_eq!(counts(&planned), [0, 0, rows, 0, 0, 0], "{story}");
            }
        }
    }
    // Ids of other records mean nothing in another register.
    server.execute("update wifi_points set facility_id = null; select number_changes()").await;
    for format in FORMATS {
        let other = Server::with_communes().await;
        other.execute(include_str!("../common/hamlet.sql")).await;
        for layer in assets() {
            let sent = file(server.administrator(), layer, format, "vi").await;
            let planned = plan(other.administrator(), layer.collection, "", sent).await;
            let wrong: Vec<_> =
                planned["findings"].as_array().unwrap().iter().filter(|it| it["severity"] == "error").collect();
            assert!(wrong.is_empty(), "{} {format} {wrong:#?}", layer.collection);
            commit(other.administrator(), &planned).await.ok();
            for (there, here) in contents(&other, layer).await.iter().zip(contents(&server, layer).await) {
                assert_eq!(there, &here, "{} {format}", layer.collection);
            }
            assert_eq!(
                contents(&other, layer).await.len(),
                contents(&server, layer).await.len(),
                "{} {format}",
                layer.collection
            );
        }
    }
}

#[actix_web::test]
async fn only_a_word_in_brackets_clears_a_field() {
    let server = Server::with_communes().await;
    let body = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [105.7, 19.8]}, "properties": {
        "code": "T1", "name": "Trạm", "operator": "vnpt", "height_m": 30, "note": "Ghi chú", "technologies": ["4G"],
        "declared_commune_code": "00001", "installed_on": "2024-01-01"}});
    let id = server.administrator().post("/collections/towers/items", body).await.ok()["id"].clone();
    let now = async || server.administrator().get(&format!("/collections/towers/items/{id}")).await.ok();
    let sheet = |cell: &str| {
        format!(
            "code,height_m,note,technologies,declared_commune_code,installed_on,lon,lat\nT1{}\n",
            format!(",{cell}").repeat(7)
        )
    };
    for cell in ["", "-", "n/a", "…"] {
        let planned = plan(server.administrator(), "towers", "", sheet(cell).into_bytes()).await;
        assert_eq!(counts(&planned), [0, 0, 1, 0, 0, 0], "{cell}");
    }
    // A record needs a place or a commune.
    let planned = plan(server.administrator(), "towers", "", sheet("(xóa)").into_bytes()).await;
    assert_eq!(super::findings(&planned), ["G2 required"]);
    let kept = "code,height_m,note,technologies,declared_commune_code,installed_on,lon,lat\nT1,(xóa),(Xoá),(clear),00001,(XÓA),(xóa),(xóa)\n";
    let planned = plan(server.administrator(), "towers", "", kept.as_bytes().to_vec()).await;
    assert_eq!(counts(&planned), [0, 1, 0, 0, 0, 0], "{planned}");
    assert_eq!(planned["updates"][0]["fields"]["height_m"]["before"], 30.0);
    commit(server.administrator(), &planned).await.ok();
    let record = now().await;
    assert_eq!(record["geometry"], Value::Null);
    for name in ["height_m", "note", "technologies", "installed_on"] {
        assert_eq!(record["properties"][name], Value::Null, "{name}");
    }
    let required = "code,operator\nT1,(xóa)\n".as_bytes().to_vec();
    assert_eq!(super::findings(&plan(server.administrator(), "towers", "", required).await), ["B2 required"]);
}
