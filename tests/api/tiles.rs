//! Vector tiles: what is in which tile, and for whom.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::common::mvt::{Feature, decode};
use crate::common::{Answer, Caller, Server, below_api, camera};

/// The features of a tile, each with its layer.
fn features(answer: Answer) -> Vec<(String, Feature)> {
    if answer.status == 204 {
        assert!(answer.body.is_empty());
        return Vec::new();
    }
    assert_eq!(answer.status, 200, "{}", answer.summary());
    assert_eq!(answer.header("content-type").unwrap(), "application/vnd.mapbox-vector-tile");
    decode(&answer.body)
}

fn number(feature: &Feature, name: &str) -> Option<i64> {
    feature.properties.get(name).map(|value| value.as_i64().unwrap_or_else(|| panic!("{name} is {value}")))
}

fn text<'a>(feature: &'a Feature, name: &str) -> Option<&'a str> {
    feature.properties.get(name).map(|value| value.as_str().unwrap_or_else(|| panic!("{name} is {value}")))
}

fn count(feature: &Feature) -> i64 {
    number(feature, "point_count").unwrap_or(1)
}

/// The features of every tile of each zoom level up to `deepest`. A tile is looked at if the one above it is not empty.
async fn walk(caller: Caller<'_>, collection: &str, query: &str, deepest: u8) -> Vec<Vec<Feature>> {
    let mut tiles = vec![(0_u32, 0_u32)];
    let mut levels = Vec::new();
    for z in 0..=deepest {
        let (mut level, mut below) = (Vec::new(), Vec::new());
        for (x, y) in tiles {
            let found = features(caller.get(&format!("/tiles/{collection}/{z}/{x}/{y}.mvt{query}")).await);
            if !found.is_empty() {
                below.extend([(2 * x, 2 * y), (2 * x + 1, 2 * y), (2 * x, 2 * y + 1), (2 * x + 1, 2 * y + 1)]);
            }
            level.extend(found.into_iter().map(|(_, feature)| feature));
        }
        levels.push(level);
        tiles = below;
    }
    levels
}

/// Places where tiles meet, at the ends of the world, in one place, and anywhere.
fn places() -> Vec<[f64; 2]> {
    let mut places = vec![[180.0, 0.0], [-180.0, 0.0], [0.0, 90.0], [0.0, -90.0], [180.0, 90.0], [-180.0, -85.06]];
    for zoom in [1, 4, 10, 18] {
        let width = 360.0 / f64::from(1 << zoom);
        let lat = |row: f64| (std::f64::consts::PI * (1.0 - 2.0 * row / f64::from(1 << zoom))).sinh().atan().to_degrees();
        let (column, row) = ((285.7 / width).floor(), (f64::from(1 << zoom) * 0.443).floor());
        for (east, south) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
            places.push([(column + east) * width - 180.0, lat(row + south)]);
        }
    }
    places.extend([[105.7, 19.8]; 5]);
    let mut state = 5_u64;
    for _ in 0..40 {
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / (1_u64 << 31) as f64
        };
        places.push([105.5 + next() * 0.4, 19.6 + next() * 0.4]);
    }
    places
}

async fn with_towers() -> (Server, i64) {
    let server = Server::with_communes().await;
    let places = places();
    for (nth, [lon, lat]) in places.iter().enumerate() {
        let operator = ["vnpt", "viettel", "mobifone"][nth % 3];
        let sql = format!(
            "insert into towers (id, code, name, operator, effective_on, geom) values \
             ({}, 'T{nth}', 'Trạm {nth}', '{operator}', '2024-01-01', st_setsrid(st_makepoint({lon:?}, {lat:?}), 4326))",
            nth + 1
        );
        server.execute(&sql).await;
    }
    (server, places.len() as i64)
}

#[actix_web::test]
async fn each_record_counts_in_one_tile_of_each_zoom_level() {
    let (server, all) = with_towers().await;
    for (zoom, level) in walk(server.anonymous(), "towers", "", 18).await.iter().enumerate() {
        assert_eq!(level.iter().map(count).sum::<i64>(), all, "zoom {zoom}");
        let of_vnpt = level.iter().map(|feature| match feature.id {
            Some(_) => i64::from(text(feature, "operator") == Some("vnpt")),
            None => number(feature, "point_count.vnpt").unwrap_or(0),
        });
        assert_eq!(of_vnpt.sum::<i64>(), (all + 2) / 3, "zoom {zoom}");
        let ids: Vec<_> = level.iter().filter_map(|feature| feature.id).collect();
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "zoom {zoom}: a point in two tiles");
        for feature in level {
            assert!(feature.kind == 1 && feature.points.len() == 1, "{feature:?}");
            assert!(feature.points.iter().flatten().all(|at| (0..4096).contains(at)), "{feature:?}");
            assert_eq!(feature.id.is_none(), count(feature) > 1);
        }
    }
}

#[actix_web::test]
async fn shapes_are_drawn_or_counted_and_never_lost() {
    let server = Server::with_communes().await;
    // From some metres to some hundred kilometres; the areas are very thin. Anonymous callers see no short lines.
    for nth in 1..=30_i32 {
        let (lon, lat, size) = (105.6 + f64::from(nth) * 0.01, 19.7, 0.000_01 * 1.5_f64.powi(nth));
        let line = format!("st_makeline(st_makepoint({lon}, {lat}), st_makepoint({}, {}))", lon + size, lat + size / 3.0);
        let area = format!("st_multi(st_makeenvelope({lon}, {lat}, {}, {}))", lon + size, lat + 0.000_002);
        server
            .execute(&format!(
                "insert into fiber_routes (id, code, operator, effective_on, geom) values \
                   ({nth}, 'R{nth}', 'vnpt', '2024-01-01', st_setsrid({line}, 4326)); \
                 insert into fiber_areas (id, code, operator, effective_on, geom) values \
                   ({nth}, 'A{nth}', 'vnpt', '2024-01-01', st_setsrid({area}, 4326))"
            ))
            .await;
    }
    for collection in ["fiber-routes", "fiber-areas"] {
        for (zoom, level) in walk(server.administrator(), collection, "", 10).await.iter().enumerate() {
            let drawn: BTreeSet<_> = level.iter().filter_map(|feature| feature.id).collect();
            let counted: i64 = level.iter().filter(|feature| feature.id.is_none()).map(count).sum();
            assert_eq!(drawn.len() as i64 + counted, 30, "{collection} at zoom {zoom}");
            let kind = if collection == "fiber-routes" { 2 } else { 3 };
            assert!(level.iter().all(|feature| feature.kind == kind && feature.points.len() > 1), "zoom {zoom}");
        }
    }
}

#[actix_web::test]
async fn filters_are_those_of_items() {
    let server = Server::with_demo().await;
    let administrator = server.administrator();
    for (collection, query) in [
        ("towers", "operator=viettel"),
        ("towers", "filter=height_m%20%3E%2030%20AND%20technologies%20IS%20NOT%20NULL"),
        ("cameras", "within=405@2023-09-20"),
        ("cameras", "within=405@2023-09-20&as_of=2023-09-20"),
        ("cameras", "as_of=2022-12-31"),
        ("cameras", "datetime=2022-01-01/2022-12-31"),
        ("cameras", "known_at=2026-01-01"),
        ("cameras", "indicator=camera_eyes&as_of=2023-09-20"),
        ("cameras", "q=cho"),
        ("cameras", "bbox=105.6,19.7,105.75,19.85"),
        ("hamlets", "as_of=2023-09-20"),
        ("communes", ""),
        ("communes", "as_of=2023-09-20"),
        ("provinces", ""),
    ] {
        for caller in [server.anonymous(), administrator] {
            let items = caller.all_items(&format!("/collections/{collection}/items?limit=1000&{query}")).await;
            let placed: Vec<_> = items.iter().filter(|item| !item["geometry"].is_null()).collect();
            let eyes: i64 = placed.iter().filter_map(|item| item["properties"]["eye_count"].as_i64()).sum();
            for (zoom, level) in walk(caller, collection, &format!("?{query}"), 9).await.iter().enumerate() {
                let drawn: BTreeSet<_> = level.iter().filter_map(|feature| feature.id).collect();
                let together: i64 = level.iter().filter(|feature| feature.id.is_none()).map(count).sum();
                assert_eq!(drawn.len() + together as usize, placed.len(), "{collection}?{query} at zoom {zoom}");
                let counted: i64 = level.iter().filter_map(|feature| number(feature, "eye_count")).sum();
                assert_eq!(counted, eyes, "{collection}?{query} at zoom {zoom}");
            }
        }
    }
}

#[actix_web::test]
async fn a_tile_has_the_properties_that_its_description_lists() {
    let server = Server::with_demo().await;
    let description = server.anonymous().get("/tiles/cameras,communes.json?properties=name,eye_count,managing_level").await;
    assert_eq!(description.status, 400, "communes have no eyes");
    let description = server.anonymous().get("/tiles/cameras,towers,communes,cameras.json").await.ok();
    let listed: Vec<_> = description["vector_layers"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
    assert_eq!(listed, ["cameras", "towers", "communes"]);
    let template = below_api(&description["tiles"][0]);
    let mut seen = BTreeMap::<String, BTreeSet<String>>::new();
    for (z, x, y) in [(0, 0, 0), (10, 812, 454), (12, 3250, 1817), (12, 3251, 1817), (12, 3250, 1818), (14, 13002, 7272)] {
        let path = template.replace("{z}", &z.to_string()).replace("{x}", &x.to_string()).replace("{y}", &y.to_string());
        for (layer, feature) in features(server.anonymous().get(&path).await) {
            seen.entry(layer).or_default().extend(feature.properties.into_keys());
        }
    }
    for layer in description["vector_layers"].as_array().unwrap() {
        let known: BTreeSet<_> = layer["fields"].as_object().unwrap().keys().cloned().collect();
        let seen = &seen[layer["id"].as_str().unwrap()];
        assert!(seen.is_subset(&known), "{:?}", seen.difference(&known));
    }
    assert!(seen["cameras"].contains("eye_count.commune_police") && seen["towers"].contains("operator"));
    let only = server.anonymous().get("/tiles/towers.json?properties=operator&operator=vnpt").await.ok();
    assert!(below_api(&only["tiles"][0]).ends_with("/{z}/{x}/{y}.mvt?properties=operator&operator=vnpt"));
    let fields: Vec<_> = only["vector_layers"][0]["fields"].as_object().unwrap().keys().collect();
    assert!(fields.contains(&&"operator".to_owned()) && !fields.contains(&&"name".to_owned()), "{fields:?}");
}

#[actix_web::test]
async fn both_addresses_name_the_same_tile() {
    let (server, _) = with_towers().await;
    let ogc = server.anonymous().get("/collections/towers/tiles/WebMercatorQuad/10/454/812").await;
    let xyz = server.anonymous().get("/tiles/towers/10/812/454.mvt").await;
    assert!(ogc.status == 200 && ogc.body == xyz.body);
    let tileset = server.anonymous().get("/collections/towers/tiles/WebMercatorQuad").await.ok();
    let link = |rel: &str| {
        let links = tileset["links"].as_array().unwrap();
        links.iter().find(|link| link["rel"] == rel).map(below_api).unwrap_or_default()
    };
    assert_eq!(link("item"), "/collections/towers/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}");
    let scheme = server.anonymous().get(&link("http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme")).await.ok();
    assert_eq!(scheme["tileMatrices"].as_array().unwrap().len(), tileset["tileMatrixSetLimits"].as_array().unwrap().len());
    assert!((scheme["tileMatrices"][0]["scaleDenominator"].as_f64().unwrap() - 559_082_264.028_717).abs() < 1e-3);
    let past = server.anonymous().get("/as-of/2024-06-30/collections/towers/tiles").await.ok();
    let item = below_api(&past["tilesets"][0]["links"][1]);
    assert!(item.starts_with("/as-of/2024-06-30/"), "{item}");
}

#[actix_web::test]
async fn a_tile_does_not_outlive_a_write() {
    let server = Server::with_communes().await;
    let path = "/tiles/towers/12/3250/1817.mvt";
    let empty = server.anonymous().get(path).await;
    assert_eq!(empty.status, 204);
    let again = |tag: String| {
        let caller = server.anonymous();
        async move { caller.send(actix_web::http::Method::GET, path, &[("If-None-Match", &tag)], None).await.status }
    };
    assert_eq!(again(empty.etag()).await, 304);
    server.administrator().post("/collections/towers/items", crate::common::tower(json!({}))).await.ok();
    assert_eq!(again(empty.etag()).await, 200);
    let full = server.anonymous().get(path).await;
    assert_eq!(again(full.etag()).await, 304);
    assert_eq!(full.header("cache-control").unwrap(), "public, no-cache");
    assert_eq!(server.administrator().get(path).await.header("cache-control").unwrap(), "private, no-cache");
}

#[actix_web::test]
async fn wrong_addresses_and_filters_are_named() {
    let server = Server::with_communes().await;
    for (path, problem) in [
        ("/tiles/towers/19/0/0.mvt", "400 parameter.invalid z"),
        ("/tiles/towers/x/0/0.mvt", "400 parameter.invalid z"),
        ("/tiles/towers/2/4/0.mvt", "400 parameter.invalid x"),
        ("/tiles/towers/2/0/-1.mvt", "400 parameter.invalid y"),
        ("/tiles/towers/2/0/+1.mvt", "400 parameter.invalid y"),
        ("/tiles/towers/2/0/99999999999.mvt", "400 parameter.invalid y"),
        ("/collections/towers/tiles/WebMercatorQuad/2/0/4", "400 parameter.invalid tileCol"),
        ("/collections/towers/tiles/WebMercatorQuad/2/4/0", "400 parameter.invalid tileRow"),
        ("/tiles/towers/2/0/0.mvt?limit=5", "400 parameter.unknown limit"),
        ("/tiles/towers/2/0/0.mvt?colour=red", "400 parameter.unknown colour"),
        ("/tiles/towers/2/0/0.mvt?f=png", "400 parameter.invalid f"),
        ("/tiles/towers/2/0/0.mvt?filter=colour%3D1", "400 filter.invalid filter"),
        ("/tiles/towers/2/0/0.mvt?within=99999", "404"),
        ("/tiles/towers,nothing/2/0/0.mvt", "404"),
        ("/tiles/.json", "404"),
        ("/collections/towers/tiles/WorldCRS84Quad", "404"),
    ] {
        let answer = server.anonymous().get(path).await;
        assert!(answer.summary().starts_with(problem), "{path}: {}", answer.summary());
        assert_eq!(answer.header("content-type").unwrap(), "application/problem+json");
    }
}

/// West and east of the boundary in `communes.sql`.
const PLACES: [[f64; 2]; 2] = [[105.70049, 19.81051], [105.80049, 19.81051]];

#[actix_web::test]
async fn callers_see_their_scope_and_never_restricted_fields() {
    let server = Server::with_communes().await;
    for (nth, place) in PLACES.iter().enumerate() {
        for (class, name) in [("traffic", "Ngã tư"), ("operational_police", "Chốt kín")] {
            let mut feature = camera(json!({
                "code": format!("{class}-{nth}"), "name": name, "legal_class": class, "note": "ghi chú",
                "owner_phone": "0900000001", "managing_level": "household"}));
            feature["geometry"]["coordinates"] = json!(place);
            server.administrator().post("/collections/cameras/items", feature).await.ok();
        }
    }
    let editor = server.account("editor", &[json!({"role": "editor", "unit": "00001@2026-01-01"})]).await;
    let seen = async |caller: Caller<'_>, query: &str| -> Vec<Value> {
        let mut seen = Vec::new();
        // The two communes are in two tiles of zoom level 12, which share no cell.
        for x in 3249..=3252 {
            for (_, feature) in features(caller.get(&format!("/tiles/cameras/12/{x}/1817.mvt{query}")).await) {
                assert_eq!(text(&feature, "owner_phone"), None);
                let names = ["code", "name", "note"].map(|name| json!(text(&feature, name)));
                seen.push(json!([count(&feature), names]));
            }
        }
        seen
    };
    let open = |nth: i32| json!([1, [format!("traffic-{nth}"), null, null]]);
    assert_eq!(seen(server.anonymous(), "").await, [open(0), open(1)]);
    // Two cameras of the western commune are one feature, which tells nothing of either.
    assert_eq!(seen(server.holder(&editor), "").await, [json!([2, [null, null, null]]), open(1)]);
    let one = seen(server.holder(&editor), "?legal_class=operational_police").await;
    assert_eq!(one, [json!([1, ["operational_police-0", null, "ghi chú"]])]);
    let by_restricted = server.administrator().get("/tiles/cameras/12/3250/1817.mvt?owner_phone=0900000001").await;
    assert_eq!(by_restricted.summary(), "400 parameter.unknown owner_phone");
}
