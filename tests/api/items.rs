//! `GET …/items` and `…/items/{id}`

use std::collections::HashSet;

use actix_web::http::Method;
use hatang::layers::{CAMERA, Layer, TOWER, Type};
use serde_json::{Value, json};

use crate::common::{Caller, Server, below_api, camera, tower};

const CAMERAS: &str = "/collections/cameras/items";
const TOWERS: &str = "/collections/towers/items";

async fn add_camera(server: &Server, more: Value) -> Value {
    server.administrator().post(CAMERAS, camera(more)).await.ok()
}

async fn add_tower(server: &Server, more: Value) -> Value {
    server.administrator().post(TOWERS, tower(more)).await.ok()
}

async fn add_tower_at(server: &Server, name: &str, lon_lat: [f64; 2]) {
    let mut body = tower(json!({"name": name}));
    body["geometry"]["coordinates"] = json!(lon_lat);
    server.administrator().post(TOWERS, body).await.ok();
}

#[actix_web::test]
async fn posted_camera_appears_in_items_and_changes_at_once() {
    let server = Server::new().await;
    let created = server.administrator().post(CAMERAS, camera(json!({}))).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.etag(), "\"1\"");
    let id = created.json()["id"].clone();

    let items = server.anonymous().get(CAMERAS).await.ok();
    assert_eq!(items["numberMatched"], 1);
    assert_eq!(items["features"][0]["id"], id);
    let changes = server.anonymous().get("/changes").await.ok();
    assert_eq!(changes["changes"][0]["id"], id);
    assert_eq!(changes["next"], 1);
}

fn ids(features: &[Value]) -> Vec<i64> {
    features.iter().map(|feature| feature["id"].as_i64().unwrap()).collect()
}

async fn walk(caller: Caller<'_>, path: &str, mut between: impl AsyncFnMut(usize)) -> Vec<i64> {
    let mut found = Vec::new();
    let mut next = Some(path.to_owned());
    for page_number in 0.. {
        let Some(path) = next else { break };
        let page = caller.get(&path).await.ok();
        found.extend(ids(page["features"].as_array().unwrap()));
        next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").map(below_api);
        between(page_number).await;
    }
    found
}

#[actix_web::test]
async fn next_links_visit_every_row_once_with_any_limit() {
    let server = Server::new().await;
    let mut all = HashSet::new();
    for number in 0..7 {
        all.insert(add_camera(&server, json!({"name": format!("Camera {number}")})).await["id"].as_i64().unwrap());
    }
    for limit in 1..=8 {
        for query in [format!("limit={limit}"), format!("limit={limit}&q=camera"), format!("eye_count=2&limit={limit}")]
        {
            let found = walk(server.anonymous(), &format!("{CAMERAS}?{query}"), async |_| {}).await;
            assert_eq!(found.len(), 7, "{query}");
            assert_eq!(found.iter().copied().collect::<HashSet<_>>(), all, "{query}");
        }
    }
}

#[actix_web::test]
async fn paging_neither_skips_nor_repeats_while_others_write() {
    let server = Server::new().await;
    let mut before = Vec::new();
    for number in 0..6 {
        before.push(add_camera(&server, json!({"name": format!("{number}")})).await["id"].as_i64().unwrap());
    }
    let found = walk(server.anonymous(), &format!("{CAMERAS}?limit=2"), async |page| {
        if page < 5 {
            add_camera(&server, json!({"name": "Mới"})).await;
            let path = format!("{CAMERAS}/{}", before[page]);
            server.administrator().patch(&path, "*", json!({"properties": {"name": "Sửa"}})).await.ok();
        }
    })
    .await;
    let once: HashSet<_> = found.iter().copied().collect();
    assert_eq!(once.len(), found.len(), "a row twice");
    assert!(before.iter().all(|id| once.contains(id)), "a row skipped");
}

#[actix_web::test]
async fn next_link_carries_every_parameter_and_ends_on_the_last_page() {
    let server = Server::new().await;
    for _ in 0..3 {
        add_camera(&server, json!({"surveillance_zone": "town"})).await;
    }
    let first = server.anonymous().get(&format!("{CAMERAS}?surveillance_zone=town&limit=2&f=json")).await;
    assert!(first.header("link").unwrap().contains("rel=\"next\""));
    let first = first.ok();
    let next = first["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").unwrap().clone();
    assert_eq!(next["type"], "application/geo+json");
    let href = next["href"].as_str().unwrap();
    assert!(href.starts_with("http://hatang.test/api/v1/collections/cameras/items?"), "{href}");
    for kept in ["surveillance_zone=town", "limit=2", "f=json", "cursor="] {
        assert!(href.contains(kept), "{href}");
    }
    let last = server.anonymous().get(&below_api(&next)).await.ok();
    assert_eq!((&last["numberMatched"], &last["numberReturned"]), (&json!(3), &json!(1)));
    assert!(last["links"].as_array().unwrap().iter().all(|link| link["rel"] != "next"));
}

#[actix_web::test]
async fn limit_above_the_maximum_is_clamped_and_nonsense_refused() {
    let server = Server::new().await;
    for limit in ["1", "10000", "10001", "4000000000", "99999999999999999999999"] {
        assert_eq!(server.anonymous().get(&format!("{CAMERAS}?limit={limit}")).await.status, 200, "{limit}");
    }
    for limit in ["0", "-1", "abc", "unlimited", "", "1.5", "1e3"] {
        let refused = server.anonymous().get(&format!("{CAMERAS}?limit={limit}")).await;
        assert_eq!(refused.summary(), "400 parameter.invalid limit", "{limit}");
    }
}

#[actix_web::test]
async fn unknown_parameter_is_named() {
    let server = Server::new().await;
    for path in [CAMERAS, "/collections", "/collections/cameras", "/changes", "", "/conformance", "/openapi.json"] {
        let refused = server.anonymous().get(&format!("{path}?colour=red")).await;
        assert_eq!(refused.summary(), "400 parameter.unknown colour", "{path}");
    }
    let both = server.anonymous().get(&format!("{CAMERAS}?colour=red&size=2")).await;
    assert_eq!(both.summary(), "400 parameter.unknown colour parameter.unknown size");
}

#[actix_web::test]
async fn malformed_value_is_refused_naming_its_parameter() {
    let server = Server::new().await;
    for (query, parameter) in [
        ("bbox=1,2,3", "bbox"),
        ("bbox=a,b,c,d", "bbox"),
        ("bbox=105,20,106,19", "bbox"),
        ("bbox=105,19,106,91", "bbox"),
        ("bbox=NaN,19,106,20", "bbox"),
        ("bbox=inf,19,106,20", "bbox"),
        ("bbox-crs=EPSG:9999", "bbox-crs"),
        ("crs=nowhere", "crs"),
        ("datetime=yesterday", "datetime"),
        ("datetime=2024-01-02/2024-01-01", "datetime"),
        ("as_of=2024-13-01", "as_of"),
        ("as_of=-9999-01-01", "as_of"),
        ("as_of=%2B99999-01-01", "as_of"),
        ("within=nowhere", "within"),
        ("cursor=zzz", "cursor"),
        ("offset=10", "offset"),
        ("resultType=all", "resultType"),
        ("f=shp", "f"),
        ("eye_count=two", "eye_count"),
        ("eye_count=99999999999999999999", "eye_count"),
        ("managing_level=king", "managing_level"),
        ("installed_on=2024-02-30", "installed_on"),
        ("installed_on=2024-02-03x", "installed_on"),
        ("installed_on=-9999-02-03", "installed_on"),
        ("commune_code=", "commune_code"),
        ("name=%00", "name"),
        ("q=%00", "q"),
        ("q=a&q=b", "q"),
        ("limit=1&limit=1", "limit"),
        ("eye_count=1&eye_count=2", "eye_count"),
    ] {
        let refused = server.anonymous().get(&format!("{CAMERAS}?{query}")).await;
        assert_eq!(refused.summary(), format!("400 parameter.invalid {parameter}"), "{query}");
    }
}

/// A value of every field that an account sees, as it is written in a URL.
fn examples(layer: &'static Layer) -> Vec<(&'static str, String)> {
    let example = |value: Type| match value {
        Type::Text { .. } | Type::Url => "abc".to_owned(),
        Type::Phone => "0912345678,123".to_owned(),
        Type::Resolution => "1920x1080".to_owned(),
        Type::CommuneCode => "00001".to_owned(),
        Type::Integer { .. } | Type::Reference { .. } => "1,2".to_owned(),
        Type::Number { .. } => "1.5,2".to_owned(),
        Type::Boolean => "true".to_owned(),
        Type::Date => "2024-01-01,2024-02-01".to_owned(),
        Type::Timestamp => "2024-01-01T00:00:00Z".to_owned(),
        Type::OneOf(choices) | Type::SomeOf(choices) => format!("{},{}", choices[0].value, choices[1].value),
    };
    layer.fields().map(|field| (field.name, example(field.value))).collect()
}

#[actix_web::test]
async fn every_field_of_every_layer_is_a_parameter() {
    let server = Server::new().await;
    for layer in hatang::layers::ALL {
        for (name, value) in examples(layer) {
            let path = format!("/collections/{}/items?{name}={value}", layer.collection);
            let answer = server.administrator().get(&path).await;
            assert_eq!(answer.status, 200, "{path} {}", answer.summary());
            assert_eq!(answer.json()["numberMatched"], 0, "{path}");
        }
    }
}

#[actix_web::test]
async fn field_finds_its_own_value_in_every_type() {
    let server = Server::new().await;
    let made = add_tower(
        &server,
        json!({"name": "Trạm Bắc", "technologies": ["3G", "4G"], "height_m": 42.5, "installed_on": "2020-05-01",
            "code": "BTS-1", "site_code": "A1", "cell_class": "small"}),
    )
    .await;
    add_tower(&server, json!({"name": "Trạm Nam", "operator": "viettel", "code": "BTS-2"})).await;
    for query in [
        "name=Trạm Bắc",
        "operator=vnpt",
        "operator=vnpt,gmobile",
        "technologies=4G",
        "technologies=2G,3G",
        "height_m=42.5",
        "height_m=42.5,1",
        "installed_on=2020-05-01",
        "code=BTS-1",
        "code=BTS-1,BTS-9",
        "site_code=A1&cell_class=small",
    ] {
        let encoded: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let encoded = encoded.replace("%3D", "=").replace("%26", "&");
        let found = server.anonymous().get(&format!("{TOWERS}?{encoded}")).await.features();
        assert_eq!(ids(&found), [made["id"].as_i64().unwrap()], "{query}");
    }
    let found = server.administrator().get(&format!("{TOWERS}?created_by=console/tester&version=1")).await.features();
    assert_eq!(found.len(), 2);
}

#[actix_web::test]
async fn filter_matches_a_name_typed_with_combining_accents() {
    let server = Server::new().await;
    add_tower(&server, json!({"name": "Trạm Cổng"})).await;
    // NFD, as macOS types it.
    let decomposed = "Tra%CC%A3m%20Co%CC%82%CC%89ng";
    assert_eq!(server.anonymous().get(&format!("{TOWERS}?name={decomposed}")).await.names(), ["Trạm Cổng"]);
}

#[actix_web::test]
async fn hidden_field_is_an_unknown_parameter_for_anonymous_callers() {
    let server = Server::new().await;
    for layer in [&CAMERA, &TOWER] {
        for field in layer.fields().filter(|field| layer.class(field) > hatang::layers::Class::Public) {
            let path = format!("/collections/{}/items?{}=1", layer.collection, field.name);
            let refused = server.anonymous().get(&path).await;
            assert_eq!(refused.summary(), format!("400 parameter.unknown {}", field.name), "{path}");
        }
    }
}

#[actix_web::test]
async fn search_folds_accents_and_ranks_exact_ones_first() {
    let server = Server::new().await;
    for name in ["Đường Lê Lợi", "Duong Le Loi", "Đường Lễ Lợi", "Quốc lộ 47"] {
        add_tower(&server, json!({"name": name})).await;
    }
    let found = server.anonymous().get(&format!("{TOWERS}?q=le%20loi")).await.names();
    assert_eq!(found[0], "Duong Le Loi");
    assert_eq!(found.len(), 3);
    let found = server.anonymous().get(&format!("{TOWERS}?q=L%C3%AA%20L%E1%BB%A3i")).await.names();
    assert_eq!(found[0], "Đường Lê Lợi");
    assert_eq!(found.len(), 3);
    let pages = walk(server.anonymous(), &format!("{TOWERS}?q=le%20loi&limit=1"), async |_| {}).await;
    assert_eq!(pages.len(), 3);
    for literal in ["%25", "_", "%5C"] {
        assert_eq!(server.anonymous().get(&format!("{TOWERS}?q={literal}")).await.names().len(), 0, "{literal}");
    }
}

#[actix_web::test]
async fn bbox_finds_features_that_it_intersects() {
    let server = Server::new().await;
    add_tower_at(&server, "Tây", [105.7, 19.8]).await;
    add_tower_at(&server, "Đông", [105.9, 19.8]).await;
    let unlocated = json!({"type": "Feature", "geometry": null,
        "properties": {"name": "Chưa rõ", "operator": "vnpt", "declared_commune_code": "00001"}});
    server.execute(include_str!("../common/communes.sql")).await;
    server.administrator().post(TOWERS, unlocated).await.ok();
    for (bbox, expected) in [
        ("105.6,19.7,105.8,19.9", vec!["Tây"]),
        ("105.7,19.8,105.9,19.8", vec!["Tây", "Đông"]),
        ("105.6,19.7,0,105.8,19.9,100", vec!["Tây"]),
        ("177,65,-177,70", vec![]),
        ("105.8,-90,-170,90", vec!["Đông"]),
        ("-180,-90,180,90", vec!["Tây", "Đông"]),
        ("105.71,19.7,105.8,19.9", vec![]),
    ] {
        let mut found = server.anonymous().get(&format!("{TOWERS}?bbox={bbox}")).await.names();
        found.sort();
        assert_eq!(found, expected, "{bbox}");
    }
}

#[actix_web::test]
async fn datetime_filters_by_valid_time() {
    let server = Server::new().await;
    let dates = json!({"name": "Cũ", "installed_on": "2020-01-01", "decommissioned_on": "2022-01-01", "lifecycle_status": "decommissioned"});
    add_tower(&server, dates).await;
    add_tower(&server, json!({"name": "Mới", "installed_on": "2023-01-01"})).await;
    for (datetime, expected) in [
        ("2021-06-01", vec!["Cũ"]),
        ("2021-06-01T00:00:00Z", vec!["Cũ"]),
        ("2019-12-31", vec![]),
        ("2020-01-01", vec!["Cũ"]),
        // The first day on which it no longer exists.
        ("2022-01-01", vec![]),
        ("2019-01-01/2020-01-01", vec!["Cũ"]),
        ("2022-06-01/..", vec!["Mới"]),
        ("../2022-06-01", vec!["Cũ"]),
        ("/2022-06-01", vec!["Cũ"]),
        ("2021-01-01/2023-06-01", vec!["Cũ", "Mới"]),
        ("2021-01-01T00:00:00Z/9999-12-31T00:00:00Z", vec!["Cũ", "Mới"]),
        ("0000-01-01T00:00:00Z/2021-01-01T00:00:00Z", vec!["Cũ"]),
    ] {
        let mut found = server.anonymous().get(&format!("{TOWERS}?datetime={datetime}")).await.names();
        found.sort();
        assert_eq!(found, expected, "{datetime}");
    }
}

/// The place and the properties of the first tower on a day.
async fn tower_on(server: &Server, day: &str) -> Option<Value> {
    let page = server.anonymous().get(&format!("{TOWERS}?as_of={day}")).await.ok();
    assert_eq!(page["numberMatched"], page["numberReturned"]);
    page["features"].get(0).cloned()
}

#[actix_web::test]
async fn as_of_returns_records_as_they_were() {
    let server = Server::new().await;
    let made = add_tower(&server, json!({"installed_on": "2020-01-01", "effective_on": "2020-01-01"})).await;
    let path = format!("{TOWERS}/{}", made["id"]);
    let patch = async |body: Value| server.administrator().patch(&path, "*", body).await.ok();
    patch(json!({"properties": {"operator": "viettel", "effective_on": "2021-01-01"}})).await;
    patch(json!({"geometry": {"type": "Point", "coordinates": [105.8, 19.9]}, "properties": {"effective_on": "2022-01-01"}})).await;
    patch(json!({"properties": {"lifecycle_status": "decommissioned", "decommissioned_on": "2023-01-01", "effective_on": "2023-01-01"}})).await;

    assert_eq!(tower_on(&server, "2019-12-31").await, None);
    let first = tower_on(&server, "2020-06-01").await.unwrap();
    assert_eq!(first["properties"]["operator"], "vnpt");
    assert_eq!(first["geometry"]["coordinates"], json!([105.7, 19.81]));
    let reclassified = tower_on(&server, "2021-01-01").await.unwrap();
    assert_eq!(reclassified["properties"]["operator"], "viettel");
    assert_eq!(reclassified["geometry"]["coordinates"], json!([105.7, 19.81]));
    let moved = tower_on(&server, "2022-12-31").await.unwrap();
    assert_eq!(moved["geometry"]["coordinates"], json!([105.8, 19.9]));
    assert_eq!(moved["properties"]["lifecycle_status"], "operational");
    assert_eq!(tower_on(&server, "2023-01-01").await, None);
    // Today it is still a row, in its last state.
    let now = server.anonymous().get(TOWERS).await.features();
    assert_eq!(now[0]["properties"]["lifecycle_status"], "decommissioned");
    // Filters apply to the values of that day, not to those of today.
    let was = server.anonymous().get(&format!("{TOWERS}?as_of=2020-06-01&operator=vnpt&bbox=105.6,19.7,105.75,19.85")).await;
    assert_eq!(was.features().len(), 1);
}

#[actix_web::test]
async fn correction_of_an_old_date_reaches_only_the_fields_it_names() {
    let server = Server::new().await;
    let made = add_tower(&server, json!({"effective_on": "2020-01-01", "height_m": 10})).await;
    let path = format!("{TOWERS}/{}", made["id"]);
    for properties in [
        json!({"operator": "viettel", "effective_on": "2023-01-01"}),
        json!({"height_m": 30, "effective_on": "2021-01-01"}),
    ] {
        server.administrator().patch(&path, "*", json!({"properties": properties})).await.ok();
    }
    for (day, operator, height_m) in
        [("2020-06-01", "vnpt", 10.0), ("2021-06-01", "vnpt", 30.0), ("2023-06-01", "viettel", 30.0)]
    {
        let was = tower_on(&server, day).await.unwrap();
        assert_eq!((&was["properties"]["operator"], &was["properties"]["height_m"]), (&json!(operator), &json!(height_m)), "{day}");
    }
}

#[actix_web::test]
async fn hits_return_only_the_number() {
    let server = Server::new().await;
    add_tower(&server, json!({})).await;
    let hits = server.anonymous().get(&format!("{TOWERS}?resultType=hits&offset=0")).await.ok();
    assert_eq!(hits["numberMatched"], 1);
    assert_eq!(hits["features"], json!([]));
}

#[actix_web::test]
async fn clients_habits_are_accepted() {
    let server = Server::new().await;
    let crs = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
    for query in [format!("crs={crs}"), format!("bbox=105,19,106,20&bbox-crs={crs}"), "f=json&offset=0".into()] {
        let answer = server.anonymous().get(&format!("{TOWERS}?{query}")).await;
        assert_eq!(answer.status, 200, "{query}");
        assert_eq!(answer.header("content-crs").unwrap(), format!("<{crs}>"));
    }
    for accept in ["*/*", "application/json", "application/geo+json", "text/html;q=0.9, */*"] {
        let answer = server.anonymous().send(Method::GET, TOWERS, &[("Accept", accept)], None).await;
        assert_eq!(answer.header("content-type").unwrap(), "application/geo+json", "{accept}");
    }
}

#[actix_web::test]
async fn head_is_get_without_the_body() {
    let server = Server::new().await;
    let id = add_tower(&server, json!({})).await["id"].clone();
    let one = format!("{TOWERS}/{id}");
    for path in [TOWERS, &one, "", "/collections", "/changes", "//healthz", "//readyz", "/openapi.json"] {
        let (get, head) = (
            server.anonymous().get(path).await,
            server.anonymous().send(Method::HEAD, path, &[], None).await,
        );
        assert_eq!(head.status, 200, "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        assert_eq!(head.header("etag"), get.header("etag"), "{path}");
    }
}

#[actix_web::test]
async fn options_tells_what_this_caller_may_do() {
    let server = Server::new().await;
    let id = add_tower(&server, json!({})).await["id"].clone();
    let one = format!("{TOWERS}/{id}");
    let allow = async |caller: Caller<'_>, path: &str| {
        let answer = caller.send(Method::OPTIONS, path, &[], None).await;
        assert_eq!(answer.status, 200, "{path}");
        answer.header("allow").unwrap()
    };
    for path in [TOWERS, &one, "", "/collections", "/collections/towers", "/changes", "/collections/communes/items", "//healthz"] {
        assert_eq!(allow(server.anonymous(), path).await, "GET, HEAD, OPTIONS", "{path}");
    }
    assert_eq!(allow(server.administrator(), TOWERS).await, "GET, HEAD, OPTIONS, POST, PATCH, DELETE");
    assert_eq!(allow(server.administrator(), &one).await, "GET, HEAD, OPTIONS, PUT, PATCH, DELETE");
    assert_eq!(allow(server.administrator(), "/collections/communes/items").await, "GET, HEAD, OPTIONS");
}

#[actix_web::test]
async fn lists_are_compressed_and_strong_tags_are_not() {
    let server = Server::new().await;
    let id = add_tower(&server, json!({"name": "a".repeat(180)})).await["id"].clone();
    let gzip = [("Accept-Encoding", "gzip")];
    let list = server.anonymous().send(Method::GET, TOWERS, &gzip, None).await;
    assert_eq!(list.header("content-encoding").unwrap(), "gzip");
    assert_eq!(&list.body[..2], [0x1f, 0x8b]);
    let one = server.anonymous().send(Method::GET, &format!("{TOWERS}/{id}"), &gzip, None).await;
    assert_ne!(one.header("content-encoding").as_deref(), Some("gzip"));
    assert_eq!(one.json()["id"], id);
}

#[actix_web::test]
async fn unchanged_answers_are_304() {
    let server = Server::new().await;
    let id = add_tower(&server, json!({})).await["id"].clone();
    for path in [TOWERS.to_owned(), format!("{TOWERS}/{id}")] {
        let tag = server.anonymous().get(&path).await.etag();
        let again = async |tag: &str| server.anonymous().send(Method::GET, &path, &[("If-None-Match", tag)], None).await;
        let unchanged = again(&tag).await;
        assert_eq!((unchanged.status.as_u16(), unchanged.body.len()), (304, 0), "{path}");
        assert_eq!(unchanged.etag(), tag);
        assert_eq!(again(&format!("\"other\", W/{}", tag.trim_start_matches("W/"))).await.status, 304, "{path}");
        assert_eq!(again("\"other\"").await.status, 200, "{path}");
        let patch = json!({"properties": {"height_m": path.len()}});
        server.administrator().patch(&format!("{TOWERS}/{id}"), "*", patch).await.ok();
        assert_eq!(again(&tag).await.status, 200, "{path}");
    }
}

#[actix_web::test]
async fn geometry_has_no_superfluous_digits() {
    let server = Server::new().await;
    add_tower_at(&server, "x", [105.123456789, 19.5]).await;
    let text = server.anonymous().get(TOWERS).await;
    let text = String::from_utf8(text.body.to_vec()).unwrap();
    assert!(text.contains("\"coordinates\":[105.1234568,19.5]"), "{text}");
}
