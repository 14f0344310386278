//! Cameras.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Server, camera};

const CAMERAS: &str = "/collections/cameras/items";

#[actix_web::test]
async fn anonymous_callers_see_the_grid_node_and_no_internal_field() {
    let server = Server::new().await;
    let body = json!({"owner_phone": "0900 000 001", "azimuth_deg": 90, "note": "cột số 3"});
    let mut exact = camera(body);
    exact["geometry"]["coordinates"] = json!([105.70049, 19.81051]);
    server.administrator().post("/collections/cameras/items", exact).await.ok();

    let seen = server.anonymous().get("/collections/cameras/items").await.ok();
    let feature = &seen["features"][0];
    assert_eq!(feature["geometry"]["coordinates"], json!([105.7, 19.811]));
    for hidden in ["owner_phone", "azimuth_deg", "note", "created_by", "serial_number"] {
        assert!(feature["properties"].get(hidden).is_none(), "{hidden}");
    }
}

#[actix_web::test]
async fn household_name_is_hidden_and_not_found_by_search() {
    let server = Server::new().await;
    let more = json!({"managing_level": "household", "name": "Nhà bà Lan", "owner_name": "Nguyễn Thị Lan", "code": "HH-1"});
    let id = server.administrator().post(CAMERAS, camera(more)).await.ok()["id"].clone();
    let seen = server.anonymous().get(&format!("{CAMERAS}/{id}")).await.ok();
    assert_eq!(seen["properties"]["name"], json!(null));
    for query in ["q=Lan", "q=nha%20ba", "name=Nh%C3%A0%20b%C3%A0%20Lan"] {
        let path = format!("{CAMERAS}?{query}");
        assert_eq!(server.anonymous().get(&path).await.ok()["numberMatched"], 0, "{query}");
    }
    assert_eq!(server.anonymous().get(&format!("{CAMERAS}?q=HH-1")).await.features().len(), 1);
    assert_eq!(server.administrator().get(&format!("{CAMERAS}?q=ba%20lan")).await.features().len(), 1);
    let history = server.anonymous().get(&format!("{CAMERAS}/{id}/history")).await;
    assert!(!String::from_utf8(history.body.to_vec()).unwrap().contains("Lan"));
    // The history of a camera that a household took over does not reveal the name either.
    let told = server.anonymous().get(&format!("{CAMERAS}?as_of=2030-01-01")).await;
    assert!(!String::from_utf8(told.body.to_vec()).unwrap().contains("Lan"));
}

/// domain.md: the name of a household camera is restricted. Viewers see internal fields, anonymous callers public ones.
#[actix_web::test]
async fn name_of_a_camera_taken_over_by_a_household_is_hidden_in_its_past_too() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let mistaken = json!({"managing_level": "school", "name": "Nhà bà Lan", "address": "Thôn 3", "note": "cột 5", "code": "HH-1", "effective_on": "2026-01-01"});
    let id = admin.post(CAMERAS, camera(mistaken)).await.ok()["id"].clone();
    let path = format!("{CAMERAS}/{id}");
    let viewer = server.account("an", &[json!({"role": "viewer"})]).await;
    let editor = server.account("binh", &[json!({"role": "editor"})]).await;
    server.execute("update tokens set sees_restricted = false where account_id = (select id from accounts where username = 'binh')").await;
    let callers = [server.anonymous(), server.holder(&viewer), server.holder(&editor)];
    for caller in callers {
        assert_eq!(caller.get(&path).await.ok()["properties"]["name"], "Nhà bà Lan");
    }
    let before = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    admin.patch(&path, "\"1\"", json!({"properties": {"managing_level": "household", "effective_on": "2026-02-01"}})).await.ok();
    let surfaces = [
        CAMERAS.to_owned(),
        path.clone(),
        format!("{path}/history"),
        format!("{path}/history/1"),
        format!("{CAMERAS}?as_of=2026-01-01"),
        format!("{CAMERAS}?known_at={before}"),
        format!("{CAMERAS}?known_at={before}&f=csv"),
        format!("{CAMERAS}?f=csv"),
    ];
    for caller in callers {
        for surface in &surfaces {
            let answer = caller.get(surface).await;
            assert_eq!(answer.status, 200, "{surface}");
            assert!(!String::from_utf8(answer.body.to_vec()).unwrap().contains("Lan"), "{surface}");
        }
        for query in ["q=Lan", "name=Nh%C3%A0%20b%C3%A0%20Lan", &format!("known_at={before}&q=Lan")] {
            assert_eq!(caller.get(&format!("{CAMERAS}?{query}")).await.ok()["numberMatched"], 0, "{query}");
        }
        assert_eq!(caller.get(&format!("{CAMERAS}?q=HH-1")).await.features().len(), 1);
    }
    assert_eq!(admin.get(&format!("{CAMERAS}?q=Lan")).await.features().len(), 1);
    assert_eq!(admin.get(&format!("{path}/history/1")).await.ok()["properties"]["name"], "Nhà bà Lan");

    // A caller who does not see the name can neither clear nor replace it.
    let editor = server.holder(&editor);
    let read = editor.get(&path).await;
    let mut feature = read.json();
    feature["properties"]["eye_count"] = json!(4);
    editor.put(&path, &read.etag(), feature).await.ok();
    let kept = admin.get(&path).await.ok();
    assert_eq!((&kept["properties"]["name"], &kept["properties"]["eye_count"]), (&json!("Nhà bà Lan"), &json!(4)));
    let given = json!({"properties": {"name": "Cổng chợ"}});
    assert_eq!(editor.patch(&path, "*", given).await.summary(), "422 field.not_permitted /properties/name");
    admin.patch(&path, "*", json!({"properties": {"managing_level": "school"}})).await.ok();
    let restore = json!({"version": 2});
    editor.send(Method::POST, &format!("{path}/restore"), &[("If-Match", "*")], Some(restore)).await.ok();
    let restored = admin.get(&path).await.ok();
    let of_version = (&restored["properties"]["managing_level"], &restored["properties"]["name"]);
    assert_eq!(of_version, (&json!("household"), &json!("Nhà bà Lan")));
}

#[actix_web::test]
async fn shrinking_bbox_finds_only_the_grid_node() {
    let server = Server::with_communes().await;
    // West of the boundary at 105.75, with its grid node east of it.
    let exact = [105.74962, 19.81043];
    let mut body = camera(json!({}));
    body["geometry"]["coordinates"] = json!(exact);
    let made = server.administrator().post(CAMERAS, body).await.ok();
    assert_eq!(made["properties"]["commune_code"], "00001");
    let [mut west, mut south, mut east, mut north] = [105.0, 19.0, 106.0, 20.0];
    let finds = async |bbox: [f64; 4]| {
        let [west, south, east, north] = bbox;
        let path = format!("{CAMERAS}?bbox={west:.9},{south:.9},{east:.9},{north:.9}");
        server.anonymous().get(&path).await.ok()["numberMatched"] == 1
    };
    for _ in 0..24 {
        let middle = (west + east) / 2.0;
        if finds([west, south, middle, north]).await { east = middle } else { west = middle }
        let middle = (south + north) / 2.0;
        if finds([west, south, east, middle]).await { north = middle } else { south = middle }
    }
    assert!((west - 105.75).abs() < 1e-6 && (south - 19.81).abs() < 1e-6, "{west} {south}");
    // The commune is that of the grid node. Otherwise it would reveal on which side the camera is.
    let seen = server.anonymous().get(CAMERAS).await.features();
    let by_commune = async |code: &str| {
        server.anonymous().get(&format!("{CAMERAS}?commune_code={code}")).await.features().len()
    };
    let public_code = seen[0]["properties"]["commune_code"].as_str().unwrap().to_owned();
    assert_eq!(by_commune(&public_code).await, 1);
    let other = if public_code == "00001" { "00002" } else { "00001" };
    assert_eq!(by_commune(other).await, 0);
}

#[actix_web::test]
async fn past_place_is_on_the_grid_too() {
    let server = Server::new().await;
    let admin = server.administrator();
    let mut body = camera(json!({"effective_on": "2020-01-01"}));
    body["geometry"]["coordinates"] = json!([105.70049, 19.81051]);
    let id = admin.post(CAMERAS, body).await.ok()["id"].clone();
    let moved = json!({"geometry": {"type": "Point", "coordinates": [105.8, 19.9]}});
    admin.patch(&format!("{CAMERAS}/{id}"), "*", moved).await.ok();
    let was = server.anonymous().get(&format!("{CAMERAS}?as_of=2021-01-01")).await.features();
    assert_eq!(was[0]["geometry"]["coordinates"], json!([105.7, 19.811]));
    let history = server.anonymous().get(&format!("{CAMERAS}/{id}/history")).await;
    let text = String::from_utf8(history.body.to_vec()).unwrap();
    assert!(!text.contains("105.70049") && text.contains("19.811"), "{text}");
}

#[actix_web::test]
async fn restricted_reads_are_logged_for_accounts_and_not_for_anonymous_callers() {
    let server = Server::new().await;
    server.execute(
        "insert into cameras (id, code, managing_level, geom, effective_on) values \
         (1, 'A', 'school', st_setsrid(st_makepoint(105.7, 19.8), 4326), '2024-01-01'); select number_changes();",
    )
    .await;
    for path in [CAMERAS.to_owned(), format!("{CAMERAS}/1"), format!("{CAMERAS}/1/history")] {
        server.anonymous().get(&path).await.ok();
        server.administrator().get(&path).await.ok();
    }
    assert_eq!(server.query("select count(*) from audit where action = 'restricted.read'").await, 3);
}

#[actix_web::test]
async fn a_telephone_number_has_one_form_and_is_found_in_any() {
    let server = Server::new().await;
    let admin = server.administrator();
    let owned = |phone: Value| camera(json!({"managing_level": "household", "owner_phone": phone}));
    let made = admin.post(CAMERAS, owned(json!("+84 912.345.678"))).await.ok();
    assert_eq!(made["properties"]["owner_phone"], "0912345678");
    let path = format!("{CAMERAS}/{}", made["id"]);
    let patch = async |phone: Value| admin.patch(&path, "*", json!({"properties": {"owner_phone": phone}})).await;
    assert_eq!(patch(json!(84_912_345_679_i64)).await.ok()["properties"]["owner_phone"], "0912345679");
    assert_eq!(patch(json!("(0237) 3820-123")).await.ok()["properties"]["owner_phone"], "02373820123");
    for wrong in [json!("0912 345 678 / 0987 654 321"), json!("không nhớ"), json!("123"), json!(true), json!(1.5)] {
        assert_eq!(patch(wrong.clone()).await.summary(), "422 type /properties/owner_phone", "{wrong}");
    }
    for asked in ["02373820123", "0237%203820%20123", "%2B842373820123"] {
        assert_eq!(admin.get(&format!("{CAMERAS}?owner_phone={asked}")).await.features().len(), 1, "{asked}");
    }
    assert_eq!(patch(json!(" ")).await.ok()["properties"]["owner_phone"], Value::Null);
}
