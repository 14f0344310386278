//! `POST`, `PUT`, `PATCH`, `DELETE` of features.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Server, camera, tower};

const CAMERAS: &str = "/collections/cameras/items";
const TOWERS: &str = "/collections/towers/items";

/// Creates a tower in a new register. Returns its address below the API.
pub async fn one_tower(server: &Server, more: Value) -> String {
    let made = server.administrator().post(TOWERS, tower(more)).await.ok();
    format!("{TOWERS}/{}", made["id"])
}

#[actix_web::test]
async fn created_answers_with_location_tag_and_the_record() {
    let server = Server::new().await;
    let created = server.administrator().post(TOWERS, tower(json!({"note": "mới"}))).await;
    assert_eq!(created.status, 201);
    let body = created.json();
    assert_eq!(
        created.header("location").unwrap(),
        format!("http://hatang.test/api/v1/collections/towers/items/{}", body["id"])
    );
    assert_eq!((created.etag(), &body["properties"]["note"]), ("\"1\"".to_owned(), &json!("mới")));
    assert_eq!(body["properties"]["lifecycle_status"], "operational");
    assert_eq!(body["properties"]["created_by"], "console/tester");
    assert!(body["id"].as_i64().unwrap() < 1 << 52);
    assert!(body["properties"]["code"].as_str().unwrap().starts_with("BTS-"));
}

async fn refusal(server: &Server, collection: &str, body: Value) -> String {
    server.administrator().post(&format!("/collections/{collection}/items"), body).await.summary()
}

fn at(lon_lat: Value) -> Value {
    let mut body = tower(json!({}));
    body["geometry"]["coordinates"] = lon_lat;
    body
}

#[actix_web::test]
async fn impossible_place_is_refused_with_the_reason() {
    let server = Server::with_communes().await;
    for (lon_lat, code, place) in [
        (json!([19.81, 105.7]), "geo.swapped", "/geometry/coordinates"),
        (json!([583_000.0, 2_190_000.0]), "geo.vn2000", "/geometry/coordinates"),
        (json!([2.35, 48.85]), "geo.outside_vietnam", "/geometry/coordinates"),
        (json!([0, 0]), "geo.zero", "/geometry/coordinates"),
        (json!([105.7]), "geo.malformed", "/geometry"),
        (json!(["105.7", "19.8"]), "geo.malformed", "/geometry"),
    ] {
        assert_eq!(refusal(&server, "towers", at(lon_lat.clone())).await, format!("422 {code} {place}"), "{lon_lat}");
    }
    let mut polygon = tower(json!({}));
    polygon["geometry"] = json!({"type": "LineString", "coordinates": [[105.7, 19.8], [105.8, 19.9]]});
    assert_eq!(refusal(&server, "towers", polygon).await, "422 geo.type /geometry/type");
}

#[actix_web::test]
async fn swapped_coordinates_are_suggested_the_right_way_round() {
    let server = Server::new().await;
    let refused = server.administrator().post(TOWERS, at(json!([19.83, 105.7]))).await;
    assert!(refused.json()["errors"][0]["message"].as_str().unwrap().contains("105.7, 19.83"));
}

#[actix_web::test]
async fn place_outside_the_declared_commune_warns_within_100_m_and_fails_beyond() {
    let server = Server::with_communes().await;
    let declared = async |lon: f64| {
        let mut body = tower(json!({"declared_commune_code": "00001"}));
        body["geometry"]["coordinates"] = json!([lon, 19.8]);
        server.administrator().post(TOWERS, body).await
    };
    let inside = declared(105.7).await;
    assert_eq!((inside.status.as_u16(), &inside.json()["warnings"]), (201, &Value::Null));
    // 52 m.
    let near = declared(105.7505).await;
    assert_eq!((near.status.as_u16(), &near.json()["warnings"][0]["code"]), (201, &json!("geo.commune_mismatch")));
    assert_eq!(near.json()["properties"]["commune_code"], "00002");
    let far = declared(105.76).await;
    assert_eq!(far.summary(), "422 geo.commune_mismatch /geometry");
    let message = far.json()["errors"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("00002 Xã Đông"), "{message}");
}

#[actix_web::test]
async fn place_in_no_commune_is_refused_where_boundaries_are_loaded() {
    let server = Server::with_communes().await;
    server
        .execute(
            "update admin_units set geom = st_multi(st_difference(geom, st_makeenvelope(105.65, 19.75, 105.66, 19.76, 4326))) \
             where code = '00001'",
        )
        .await;
    assert_eq!(refusal(&server, "towers", at(json!([105.655, 19.755]))).await, "422 geo.outside_any_commune /geometry");
    // Far from every boundary, the commune is simply unknown.
    assert_eq!(refusal(&server, "towers", at(json!([108.0, 16.0]))).await, "201");
}

#[actix_web::test]
async fn commune_code_out_of_force_names_its_successors() {
    let server = Server::with_communes().await;
    let declare = async |code: &str, on: Value| {
        let body = json!({"type": "Feature", "geometry": null, "properties":
            {"name": "Trạm", "operator": "vnpt", "declared_commune_code": code, "declared_on": on}});
        server.administrator().post(TOWERS, body).await
    };
    let split = declare("00012", Value::Null).await;
    assert_eq!(split.summary(), "422 unit.not_valid /properties/declared_commune_code");
    let message = split.json()["errors"][0]["message"].as_str().unwrap().to_owned();
    for named in ["Xã Giữa", "00001 Phường Tây", "00002 Xã Đông"] {
        assert!(message.contains(named), "{message}");
    }
    assert_eq!(declare("99999", Value::Null).await.summary(), "422 unit.not_valid /properties/declared_commune_code");
    assert_eq!(declare("1", Value::Null).await.summary(), "422 unit.code_format /properties/declared_commune_code");
    // A merged commune, read on its own day, stands for its only successor. A split commune stands for none.
    let merged = declare("00011", json!("2024-01-01")).await;
    assert_eq!((merged.status.as_u16(), &merged.json()["properties"]["commune_code"]), (201, &json!("00001")));
    let split = declare("00012", json!("2024-01-01")).await;
    assert_eq!((split.status.as_u16(), &split.json()["properties"]["commune_code"]), (201, &Value::Null));
}

#[actix_web::test]
async fn external_id_is_unique_within_an_organisation() {
    let server = Server::new().await;
    let post = async |external_id: &str, source_org: Value| {
        let more = json!({"external_id": external_id, "source_org": source_org});
        server.administrator().post(TOWERS, tower(more)).await.summary()
    };
    assert_eq!(post("A", json!("VNPT")).await, "201");
    assert_eq!(post("A", json!("Viettel")).await, "201");
    assert_eq!(post("A", Value::Null).await, "201");
    assert_eq!(post("A", json!("VNPT")).await, "409 dup.external_id /properties/external_id");
    assert_eq!(post("A", Value::Null).await, "409 dup.external_id /properties/external_id");
    assert_eq!(refusal(&server, "towers", tower(json!({"code": "X"}))).await, "201");
    assert_eq!(refusal(&server, "towers", tower(json!({"code": "X"}))).await, "409 dup.code /properties/code");
}

#[actix_web::test]
async fn each_rule_has_its_code() {
    let server = Server::new().await;
    for (field, value, code) in [
        ("eye_count", json!(0), "range"),
        ("eye_count", json!(17), "range"),
        ("eye_count", json!(1e300), "type"),
        ("eye_count", json!(2.5), "type"),
        ("eye_count", json!("2"), "type"),
        ("eye_count", json!([2]), "type"),
        ("azimuth_deg", json!(360), "range"),
        ("azimuth_deg", json!(-0.1), "range"),
        ("hfov_deg", json!(0), "range"),
        ("retention_days", json!(-1), "range"),
        ("name", json!("a".repeat(201)), "range"),
        ("name", json!(7), "type"),
        ("name", json!("a\u{0}b"), "text.control"),
        ("camera_type", json!("round"), "enum.unknown"),
        ("managing_level", json!("king"), "enum.unknown"),
        ("managing_level", json!("district_police"), "enum.ended"),
        ("connected_center", json!("district"), "enum.ended"),
        ("managing_level", Value::Null, "required"),
        ("installed_on", json!("2024-02-30"), "type"),
        ("installed_on", json!("today"), "type"),
        ("installed_on", json!("0001-01-01"), "range"),
        ("installed_on", json!("2190-01-01"), "date.future"),
        ("effective_on", json!("2190-01-01"), "date.future"),
        ("note", json!("rtsp://camera/1"), "secret.in_text"),
        ("address", json!("http://admin:admin@10.0.0.1"), "secret.in_text"),
        ("vms_ref", json!("192.168.1.7"), "secret.in_text"),
        ("resolution", json!("big"), "type"),
        ("hamlet_id", json!(12345), "reference.unknown"),
        ("hamlet_id", json!(-1), "type"),
        ("hamlet_id", json!(1e30), "type"),
        ("colour", json!("red"), "property.unknown"),
        ("wifi_password", json!("x"), "property.unknown"),
    ] {
        let found = refusal(&server, "cameras", camera(json!({field: value}))).await;
        assert_eq!(found, format!("422 {code} /properties/{field}"), "{value}");
    }
    let reversed = json!({"installed_on": "2024-01-01", "decommissioned_on": "2023-01-01"});
    assert_eq!(refusal(&server, "cameras", camera(reversed)).await, "422 date.order /properties/decommissioned_on");
    let nowhere = json!({"type": "Feature", "geometry": null, "properties": {"managing_level": "school"}});
    assert_eq!(refusal(&server, "cameras", nowhere).await, "422 required /geometry");
}

#[actix_web::test]
async fn ended_value_may_be_written_for_the_time_when_it_was_valid() {
    let server = Server::new().await;
    let past = json!({"managing_level": "district_police", "effective_on": "2024-06-01"});
    let made = server.administrator().post(CAMERAS, camera(past)).await.ok();
    let path = format!("{CAMERAS}/{}", made["id"]);
    // An unchanged value is not written again.
    let patched = server.administrator().patch(&path, "*", json!({"properties": {"eye_count": 4}})).await.ok();
    assert_eq!(patched["properties"]["managing_level"], "district_police");
}

#[actix_web::test]
async fn every_problem_is_in_one_answer() {
    let server = Server::new().await;
    let mut body = camera(json!({"eye_count": 99, "camera_type": "round", "note": "rtsp://x", "colour": 1, "name": 5}));
    body["geometry"]["coordinates"] = json!([19.8, 105.7]);
    let mut codes = server.administrator().post(CAMERAS, body).await.codes();
    codes.sort();
    assert_eq!(codes, ["enum.unknown", "geo.swapped", "property.unknown", "range", "secret.in_text", "type"]);
}

#[actix_web::test]
async fn checks_come_in_the_documented_order() {
    let server = Server::new().await;
    let path = one_tower(&server, json!({})).await;
    let wrong = || Some(b"{}".to_vec());
    let text = ("Content-Type", "text/plain");
    let send = async |secret: bool, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>| {
        let caller = if secret { server.administrator() } else { server.anonymous() };
        caller.send_bytes(Method::PUT, path, headers, body).await.status.as_u16()
    };
    assert_eq!(send(false, &path, &[text], wrong()).await, 401);
    assert_eq!(send(true, &format!("{TOWERS}/1"), &[text], wrong()).await, 404);
    assert_eq!(send(true, &format!("{TOWERS}/1"), &[text, ("If-Match", "*")], wrong()).await, 412);
    assert_eq!(send(true, &path, &[text], wrong()).await, 428);
    assert_eq!(send(true, &path, &[text, ("If-Match", "\"9\"")], wrong()).await, 412);
    assert_eq!(send(true, &path, &[text, ("If-Match", "\"1\"")], wrong()).await, 415);
    assert_eq!(send(true, &path, &[("If-Match", "\"1\"")], wrong()).await, 422);
    assert_eq!(send(false, "/collections/towers/items/1", &[], wrong()).await, 401);
}

#[actix_web::test]
async fn body_over_the_limit_is_413() {
    let server = Server::new().await;
    let path = one_tower(&server, json!({})).await;
    for (method, path) in [(Method::POST, TOWERS), (Method::PUT, &path), (Method::PATCH, &path)] {
        let large = Some(tower(json!({"note": "a".repeat(2 << 20)})).to_string().into_bytes());
        let refused = server.administrator().send_bytes(method, path, &[("If-Match", "*")], large).await;
        assert_eq!(refused.status, 413);
        assert_eq!(refused.json()["code"], "request.too_large");
    }
}

#[actix_web::test]
async fn put_of_a_read_record_changes_only_what_was_edited() {
    let server = Server::with_communes().await;
    let full = json!({"note": "giữ", "cell_ids": "452-04-1", "technologies": ["4G"], "height_m": 30.5,
        "installed_on": "2020-01-01", "declared_commune_code": "00001", "declared_on": "2025-08-01", "code": "BTS-7",
        "external_id": "E7", "source_org": "VNPT", "effective_on": "2020-01-01"});
    let path = one_tower(&server, full).await;
    let admin = server.administrator();
    let read = admin.get(&path).await;
    let (tag, mut body) = (read.etag(), read.json());
    body["properties"]["height_m"] = json!(31);
    let written = admin.put(&path, &tag, body.clone()).await.ok();
    for (name, value) in body["properties"].as_object().unwrap() {
        if !["version", "updated_at", "effective_on", "height_m"].contains(&name.as_str()) {
            assert_eq!(&written["properties"][name], value, "{name}");
        }
    }
    assert_eq!(written["geometry"], body["geometry"]);
    assert_eq!(written["properties"]["height_m"], 31.0);
    // The date that was read is not the date of this change. The past stays as it was.
    assert_eq!(written["properties"]["effective_on"], json!(hatang::time::today()));
    let was = server.anonymous().get(&format!("{TOWERS}?as_of=2024-01-01")).await.features();
    assert_eq!(was[0]["properties"]["height_m"], 30.5);
}

#[actix_web::test]
async fn put_clears_what_it_leaves_out_and_patch_does_not() {
    let server = Server::new().await;
    let path = one_tower(&server, json!({"note": "a", "height_m": 5, "cell_class": "small"})).await;
    let admin = server.administrator();
    let patched = admin.patch(&path, "*", json!({"properties": {"note": null}})).await.ok();
    assert_eq!((&patched["properties"]["note"], &patched["properties"]["height_m"]), (&Value::Null, &json!(5.0)));
    let code = patched["properties"]["code"].clone();
    let put = admin.put(&path, "*", tower(json!({}))).await.ok();
    assert_eq!((&put["properties"]["height_m"], &put["properties"]["cell_class"]), (&Value::Null, &json!("macro")));
    assert_eq!(put["properties"]["code"], code);
    let unnamed = admin.patch(&path, "*", json!({"properties": {"name": null}})).await;
    assert_eq!(unnamed.summary(), "422 required /properties/name");
}

#[actix_web::test]
async fn patch_of_properties_leaves_the_place_and_null_unsets_it() {
    let server = Server::with_communes().await;
    let path = one_tower(&server, json!({"declared_commune_code": "00001"})).await;
    let admin = server.administrator();
    let merge = [("Content-Type", "application/merge-patch+json"), ("If-Match", "*")];
    let body = json!({"properties": {"height_m": 9}});
    let kept = admin.send(Method::PATCH, &path, &merge, Some(body)).await.ok();
    assert_eq!(kept["geometry"]["coordinates"], json!([105.7, 19.81]));
    let unset = admin.send(Method::PATCH, &path, &merge, Some(json!({"geometry": null}))).await.ok();
    assert_eq!(unset["geometry"], Value::Null);
    assert_eq!(unset["properties"]["commune_code"], "00001");
}

#[actix_web::test]
async fn id_in_a_body_must_be_that_of_the_address() {
    let server = Server::new().await;
    let path = one_tower(&server, json!({})).await;
    let mut body = tower(json!({}));
    body["id"] = json!(7);
    for method in [Method::PUT, Method::PATCH] {
        let refused = server.administrator().send(method, &path, &[("If-Match", "*")], Some(body.clone())).await;
        assert_eq!(refused.summary(), "422 id.mismatch /id");
    }
    body["id"] = json!(path.rsplit_once('/').unwrap().1);
    assert_eq!(server.administrator().put(&path, "*", body).await.status, 200);
}

#[actix_web::test]
async fn deleted_record_is_gone_and_its_keys_are_not_reused() {
    let server = Server::new().await;
    let path = one_tower(&server, json!({"external_id": "E1"})).await;
    let admin = server.administrator();
    assert_eq!(admin.send(Method::DELETE, &path, &[], None).await.status, 428);
    assert_eq!(admin.delete(&path, "\"9\"").await.status, 412);
    let deleted = admin.delete(&path, "\"1\"").await;
    assert_eq!((deleted.status.as_u16(), deleted.body.len()), (204, 0));
    for caller in [admin, server.anonymous()] {
        assert_eq!(caller.get(&path).await.status, 404);
        assert_eq!(caller.get(TOWERS).await.ok()["numberMatched"], 0);
        assert_eq!(caller.get(&format!("{TOWERS}?as_of=2024-01-01")).await.features().len(), 0);
    }
    assert_eq!(admin.delete(&path, "*").await.status, 412);
    assert_eq!(admin.send(Method::DELETE, &path, &[], None).await.status, 404);
    assert_eq!(admin.patch(&path, "*", json!({})).await.status, 412);
    assert_eq!(server.query("select count(*) from towers").await, 1);
}

#[actix_web::test]
async fn unit_layers_are_read_only() {
    let server = Server::with_communes().await;
    let id = server.query("select id from admin_units where code = '00001'").await;
    for (method, path) in [
        (Method::POST, "/collections/communes/items".to_owned()),
        (Method::PUT, format!("/collections/communes/items/{id}")),
        (Method::PATCH, format!("/collections/communes/items/{id}")),
        (Method::DELETE, format!("/collections/communes/items/{id}")),
    ] {
        let refused = server.administrator().send(method, &path, &[], Some(tower(json!({})))).await;
        assert_eq!((refused.status.as_u16(), refused.header("allow").as_deref()), (405, Some("GET, HEAD, OPTIONS")));
    }
}

#[actix_web::test]
async fn restricted_fields_in_the_answer_of_a_write_are_logged() {
    let server = Server::new().await;
    let path = one_tower(&server, json!({"cell_ids": "452-04-1"})).await;
    server.administrator().patch(&path, "*", json!({})).await.ok();
    let reads = server.query("select count(*) from audit where action = 'restricted.read' and actor = 'console/tester'").await;
    assert_eq!(reads, 2);
}

#[actix_web::test]
async fn repeated_declared_code_is_read_on_its_earlier_day() {
    let server = Server::with_demo().await;
    let admin = server.administrator();
    let mut new = camera(json!({"declared_commune_code": "16381", "declared_on": "2023-01-01"}));
    new["geometry"] = json!(null);
    let made = admin.post("/collections/cameras/items", new).await.ok();
    let path = format!("/collections/cameras/items/{}", made["id"]);

    // 16381 ended on 2025-06-30. Read on today's date it would not be a commune.
    let again = json!({"properties": {"declared_commune_code": "16381", "note": "đã gọi"}});
    let patched = admin.patch(&path, "*", again).await.ok();
    assert_eq!(patched["properties"]["declared_on"], "2023-01-01");
}

#[actix_web::test]
async fn day_of_declaration_without_a_code_is_refused() {
    let server = Server::new().await;
    let refused = server.administrator().post("/collections/cameras/items", camera(json!({"declared_on": "2023-01-01"}))).await;
    assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec!["required".to_owned()]));
}

#[actix_web::test]
async fn neighbours_are_checked_only_when_the_place_changes() {
    let server = Server::new().await;
    let admin = server.administrator();
    let mut near = camera(json!({}));
    admin.post(CAMERAS, near.clone()).await.ok();
    near["confirm"] = json!([]);
    let refused = admin.post(CAMERAS, near.clone()).await;
    assert_eq!(refused.summary(), "409 dup.near /geometry");
    near["confirm"] = json!(["dup.near"]);
    let posted = admin.post(CAMERAS, near).await.ok();
    assert_eq!(posted["warnings"][0]["code"], "dup.near");
    assert_eq!(server.query("select confirmed::text from versions order by at desc limit 1").await, "{dup.near}");

    let path = format!("{CAMERAS}/{}", posted["id"]);
    let renamed = admin.patch(&path, "\"1\"", json!({"properties": {"code": "MOI-1", "note": "một"}})).await.ok();
    assert!(renamed.get("warnings").is_none());
    let moved = json!({"geometry": {"type": "Point", "coordinates": [105.700_01, 19.81]}});
    assert_eq!(admin.patch(&path, "\"2\"", moved).await.summary(), "409 dup.near /geometry");
}
