//! What maps in a browser ask of items: some fields, labels, no geometry or a simpler one, some records, the nearest.

use diesel_async::SimpleAsyncConnection;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Map, Value, json};

use crate::common::{Server, below_api, camera, feature, tower};

const CAMERAS: &str = "/collections/cameras/items";
const TOWERS: &str = "/collections/towers/items";
const AREAS: &str = "/collections/fiber-areas/items";

fn names(feature: &Value) -> Vec<&str> {
    feature["properties"].as_object().unwrap().keys().map(String::as_str).collect()
}

#[actix_web::test]
async fn only_the_properties_asked_for_are_returned_everywhere() {
    let server = Server::with_communes().await;
    for code in ["A", "B"] {
        server.administrator().post(CAMERAS, camera(json!({"code": code, "note": "x"}))).await.ok();
    }
    let path = format!("{CAMERAS}?properties=code,eye_count&properties=name&limit=1");
    let page = server.anonymous().get(&path).await.ok();
    assert_eq!(names(&page["features"][0]), ["code", "name", "eye_count"]);
    assert!(page["features"][0]["geometry"].is_object());
    let next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").map(below_api).unwrap();
    let second = server.anonymous().get(&next).await.features();
    assert_eq!(names(&second[0]), ["code", "name", "eye_count"], "the next page is written like the first");
    let one = server.anonymous().get(&format!("{CAMERAS}/{}?properties=code", second[0]["id"])).await.ok();
    assert_eq!(one["properties"], json!({"code": second[0]["properties"]["code"]}));
    let none = server.anonymous().get(&format!("{CAMERAS}?properties=id,geom")).await.features();
    assert_eq!((&none[0]["properties"], none[0]["geometry"].is_object()), (&json!({}), true));

    let seq = server.anonymous().get(&format!("{CAMERAS}?f=geojsonseq&properties=code&skipGeometry=true")).await;
    let first: Value = serde_json::from_slice(&seq.body[1..seq.body.iter().position(|byte| *byte == b'\n').unwrap()]).unwrap();
    assert_eq!((&first["geometry"], names(&first)), (&Value::Null, vec!["code"]));
    for (query, expected) in [
        ("properties=code,eye_count", "id,code,eye_count,lon,lat"),
        ("properties=code&skipGeometry=true", "id,code"),
        ("properties=managing_level&labels=vi&skipGeometry=true", "id,managing_level,managing_level_label"),
    ] {
        let csv = server.anonymous().get(&format!("{CAMERAS}?f=csv&{query}")).await;
        let text = String::from_utf8(csv.body.to_vec()).unwrap();
        assert_eq!(text.trim_start_matches('\u{feff}').lines().next(), Some(expected), "{query}");
    }
    let kml = server.anonymous().get(&format!("{CAMERAS}?f=kml&properties=code&skipGeometry=true")).await;
    let kml = String::from_utf8(kml.body.to_vec()).unwrap();
    assert!(kml.contains("\"code\"") && !kml.contains("eye_count") && !kml.contains("<Point>"), "{kml}");
    let xlsx = server.anonymous().get(&format!("{CAMERAS}?f=xlsx&properties=code&skipGeometry=true&labels=en")).await;
    assert_eq!(xlsx.status, 200);
}

#[actix_web::test]
async fn a_property_that_is_hidden_is_unknown() {
    let server = Server::with_communes().await;
    let id = server.administrator().post(CAMERAS, camera(json!({}))).await.ok()["id"].clone();
    for name in ["note", "owner_phone", "nonsense", "camera_type_label", ""] {
        for path in [CAMERAS.to_owned(), format!("{CAMERAS}/{id}")] {
            let refused = server.anonymous().get(&format!("{path}?properties=code,{name}")).await;
            assert_eq!(refused.summary(), "400 parameter.invalid properties", "{name}");
        }
    }
    let shown = server.administrator().get(&format!("{CAMERAS}?properties=note")).await.features();
    assert_eq!(names(&shown[0]), ["note"]);
    for wrong in ["skipGeometry=1", "zoom-level=23", "zoom-level=-1", "labels=fr", "ids=a", "ids=", "near=105,19", "near=105,19,0", "include-unlocated=yes"] {
        let refused = server.anonymous().get(&format!("{CAMERAS}?{wrong}")).await;
        let name = wrong.split('=').next().unwrap();
        assert_eq!(refused.summary(), format!("400 parameter.invalid {name}"), "{wrong}");
    }
}

#[actix_web::test]
async fn labels_stand_beside_their_codes() {
    let server = Server::with_communes().await;
    let given = tower(json!({"technologies": ["2G", "4G"], "lifecycle_status": "operational"}));
    let id = server.administrator().post(TOWERS, given).await.ok()["id"].clone();
    for (language, label) in [("vi", "Đang hoạt động"), ("en", "Operational")] {
        let page = server.anonymous().get(&format!("{TOWERS}?labels={language}")).await.features();
        let one = server.anonymous().get(&format!("{TOWERS}/{id}?labels={language}")).await.ok();
        for shown in [&page[0]["properties"], &one["properties"]] {
            assert_eq!((&shown["lifecycle_status"], &shown["operator"]), (&json!("operational"), &json!("vnpt")));
            let schema = server.anonymous().get("/collections/towers/schema").await.ok();
            let expected = &schema["properties"]["lifecycle_status"]["x-enum-labels"]["operational"][language];
            assert_eq!(&shown["lifecycle_status_label"], expected, "{label}");
            assert_eq!(shown["technologies_label"].as_array().unwrap().len(), 2);
            assert_eq!(shown["structure_label"], Value::Null);
            assert!(shown.get("name_label").is_none());
        }
    }
}

#[actix_web::test]
async fn ids_select_records_and_hidden_ones_are_not_there() {
    let server = Server::with_communes().await;
    let mut ids = Vec::new();
    for legal_class in ["public_security", "operational_police", "public_security"] {
        let made = server.administrator().post(CAMERAS, camera(json!({"legal_class": legal_class}))).await.ok();
        ids.push(made["id"].as_i64().unwrap());
    }
    let path = format!("{CAMERAS}?ids={},{},5", ids[0], ids[1]);
    let found = |features: Vec<Value>| features.iter().map(|found| found["id"].as_i64().unwrap()).collect::<Vec<_>>();
    assert_eq!(found(server.anonymous().get(&path).await.features()), [ids[0]]);
    let mut both = [ids[0], ids[1]];
    both.sort_unstable();
    assert_eq!(found(server.administrator().get(&path).await.features()), both);
}

#[actix_web::test]
async fn a_box_keeps_what_has_no_place_when_asked() {
    let server = Server::with_communes().await;
    server.administrator().post(TOWERS, tower(json!({"name": "Có"}))).await.ok();
    let mut without = tower(json!({"name": "Không", "declared_commune_code": "00001"}));
    without["geometry"] = Value::Null;
    server.administrator().post(TOWERS, without).await.ok();
    for (query, expected) in [
        ("bbox=105,19,106,20", &["Có"][..]),
        ("bbox=105,19,106,20&include-unlocated=false", &["Có"]),
        ("bbox=105,19,106,20&include-unlocated=true", &["Có", "Không"]),
        ("bbox=1,1,2,2&include-unlocated=true", &["Không"]),
        ("include-unlocated=true", &["Có", "Không"]),
    ] {
        let mut found = server.anonymous().get(&format!("{TOWERS}?{query}")).await.names();
        found.sort();
        assert_eq!(found, expected, "{query}");
    }
}

/// An area with a jagged edge and a hole, a small one, and a bay with an island, which lies inside when the bay is left
/// out.
fn jagged() -> Value {
    let ring = |lon: f64, lat: f64, radius: f64, turns: f64| {
        let mut ring: Vec<[f64; 2]> = (0..400)
            .map(|step| {
                let angle = f64::from(step) / 400.0 * std::f64::consts::TAU;
                let radius = radius * (1.0 + 0.2 * (angle * turns).sin());
                [lon + radius * angle.cos(), lat + radius * angle.sin()].map(|degrees| (degrees * 1e7).round() / 1e7)
            })
            .collect();
        ring.push(ring[0]);
        ring
    };
    let mut hole = ring(105.7, 19.8, 0.02, 31.0);
    hole.reverse();
    let shape = |corners: &[[f64; 2]]| corners.iter().map(|[x, y]| [105.9 + x / 100.0, 19.7 + y / 100.0]).collect::<Vec<_>>();
    let bay = shape(&[[0.0, 0.0], [3.0, 0.0], [3.0, 3.0], [1.6, 3.0], [1.6, 1.0], [1.4, 1.0], [1.4, 3.0], [0.0, 3.0], [0.0, 0.0]]);
    let island = shape(&[[1.48, 2.0], [1.52, 2.0], [1.52, 2.1], [1.48, 2.1], [1.48, 2.0]]);
    json!({"type": "MultiPolygon", "coordinates": [[ring(105.7, 19.8, 0.05, 47.0), hole], [ring(105.8, 19.8, 0.0003, 5.0)], [bay], [island]]})
}

#[actix_web::test]
async fn geometry_is_simplified_for_a_zoom_level_and_stays_valid() {
    let server = Server::with_communes().await;
    let mut area = feature([0.0, 0.0], json!({"operator": "vnpt", "technology": "ftth", "name": "Vùng"}), json!({}));
    area["geometry"] = jagged();
    let id = server.administrator().post(AREAS, area).await.ok()["id"].clone();
    let whole = server.anonymous().get(&format!("{AREAS}/{id}")).await.ok()["geometry"].clone();
    let size = |geometry: &Value| geometry.to_string().len();
    let mut before = 0;
    for zoom in 0..=22 {
        let one = server.anonymous().get(&format!("{AREAS}/{id}?zoom-level={zoom}")).await.ok()["geometry"].clone();
        let page = server.anonymous().get(&format!("{AREAS}?zoom-level={zoom}")).await.features();
        assert_eq!(page[0]["geometry"], one);
        server.execute(&format!("create table if not exists shown (g text); truncate shown; insert into shown values ('{one}')")).await;
        let is_valid = server.query("select st_isvalid(st_geomfromgeojson(g)) and not st_isempty(st_geomfromgeojson(g)) from shown").await;
        assert_eq!(is_valid, true, "zoom {zoom}: {one}");
        assert!(size(&one) >= before, "zoom {zoom}");
        before = size(&one);
    }
    assert!(before * 10 > size(&whole) * 8, "at the last zoom hardly any point is left out: {before}");
    let small = server.anonymous().get(&format!("{AREAS}/{id}?zoom-level=5")).await.ok();
    assert!(size(&small["geometry"]) * 20 < size(&whole), "{small}");

    server.administrator().post(TOWERS, tower(json!({}))).await.ok();
    let point = server.anonymous().get(&format!("{TOWERS}?zoom-level=0")).await.features()[0]["geometry"].clone();
    assert_eq!(point["coordinates"], json!([105.7, 19.81]), "points stay where they are");
}

/// Places on a small grid, so that many are equally far.
fn places() -> impl Strategy<Value = Vec<(i32, i32)>> {
    proptest::collection::vec((0..6_i32, 0..6_i32), 20..40)
}

#[actix_web::test]
async fn pages_of_the_nearest_hold_every_row_once_in_order() {
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(20_261_128), ..Config::default() });
    let server = Server::with_communes().await;
    for round in 0..6 {
        let places = places().new_tree(&mut runner).unwrap().current();
        let rows: Vec<_> = places.iter().map(|(east, north)| json!({"east": east, "north": north})).collect();
        let table = if round % 2 == 0 { "cameras" } else { "fiber_routes" };
        let insert = "update TABLE set deleted_at = now() where deleted_at is null;
            insert into TABLE (id, code, MORE, effective_on, geom)
            select 10000 * (ROUND + 1) + n, 'R-ROUND-' || n, VALUES, '2022-01-01',
              st_setsrid(SHAPE, 4326)
            from jsonb_array_elements('ROWS') with ordinality as given (r, n),
              lateral (select 105.7 + 0.003 * (r->>'east')::int as x, 19.8 + 0.003 * (r->>'north')::int as y) at;
            select number_changes()";
        let (more, values, shape) = match table {
            "cameras" => ("name, managing_level", "'Camera', 'commune_police'", "st_makepoint(x, y)"),
            _ => ("operator", "'vnpt'", "st_makeline(array[st_makepoint(x, y), st_makepoint(x + 0.002, y), st_makepoint(x + 0.002, y + 0.01)])"),
        };
        let insert = insert.replace("ROWS", &json!(rows).to_string()).replace("TABLE", table).replace("MORE", more);
        let insert = insert.replace("VALUES", values).replace("SHAPE", shape).replace("ROUND", &round.to_string());
        server.connection().await.batch_execute(&insert).await.unwrap();

        let path = format!("/collections/{}/items?near=105.7075,19.8061,900", table.replace('_', "-"));
        for (who, caller, column) in [("anyone", server.anonymous(), "public_geom"), ("us", server.administrator(), "geom")] {
            let expected = format!(
                "create or replace view nearest as select coalesce(jsonb_agg(id order by d, id), '[]') as ids from
                   (select id, st_distancespheroid({column}, st_setsrid(st_makepoint(105.7075, 19.8061), 4326)) as d
                    from {table} where deleted_at is null and {column} is not null) measured
                 where d <= 900"
            );
            server.execute(&expected).await;
            let expected = server.query("select ids from nearest").await;
            let mut found = Vec::new();
            let mut next = Some(format!("{path}&limit={}", 1 + round % 3));
            while let Some(page) = next {
                let page = caller.get(&page).await.ok();
                found.extend(page["features"].as_array().unwrap().iter().map(|feature| feature["id"].clone()));
                next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").map(below_api);
            }
            assert!(found.len() > 3, "{table} {who}: {found:?}");
            assert_eq!(json!(found), expected, "{table} for {who}");
        }
    }
}

#[actix_web::test]
async fn the_nearest_are_measured_from_the_place_that_the_caller_sees() {
    let server = Server::with_communes().await;
    let exact = feature([105.71234, 19.81234], json!({"name": "Chợ", "managing_level": "commune_police"}), json!({}));
    server.administrator().post(CAMERAS, exact).await.ok();
    let near = format!("{CAMERAS}?near=105.71234,19.81234,5");
    assert_eq!(server.administrator().get(&near).await.features().len(), 1);
    assert_eq!(server.anonymous().get(&near).await.features().len(), 0);
    let sorted = server.administrator().get(&format!("{CAMERAS}?near=105.7,19.8,50000&sortby=-code")).await;
    assert_eq!(sorted.features().len(), 1, "another order");
}

#[test]
fn no_parameter_has_the_name_of_another_or_of_a_field() {
    let document = hatang::http::openapi::document();
    for layer in hatang::layers::ALL {
        let path = format!("/collections/{}/items", layer.collection);
        let mut seen = Map::new();
        for parameter in document["paths"][&path]["get"]["parameters"].as_array().unwrap() {
            let parameter = match parameter["$ref"].as_str() {
                Some(reference) => document.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
                None => parameter,
            };
            let name = parameter["name"].as_str().unwrap();
            assert!(seen.insert(name.to_owned(), json!(true)).is_none(), "{path}: {name}");
        }
        for field in layer.fields() {
            assert!(layer.field(&format!("{}_label", field.name)).is_none(), "{} has labels of its own", field.name);
        }
    }
}
