//! `GET …/items/{id}/history`

use serde_json::{Value, json};

use crate::common::{Server, camera, tower};

const CAMERAS: &str = "/collections/cameras/items";
const TOWERS: &str = "/collections/towers/items";

async fn versions(answer: crate::common::Answer) -> Vec<Value> {
    answer.ok()["versions"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn each_write_is_a_version_with_before_and_after() {
    let server = Server::new().await;
    let admin = server.administrator();
    let id = admin.post(TOWERS, tower(json!({}))).await.ok()["id"].clone();
    let path = format!("{TOWERS}/{id}");
    admin.patch(&path, "\"1\"", json!({"properties": {"height_m": 30, "effective_on": "2024-01-01"}})).await.ok();
    admin.patch(&path, "\"2\"", json!({"geometry": {"type": "Point", "coordinates": [105.8, 19.9]}})).await.ok();

    let found = versions(admin.get(&format!("{path}/history")).await).await;
    let ops: Vec<_> = found.iter().map(|version| (&version["version"], &version["op"])).collect();
    assert_eq!(json!(ops), json!([[1, "create"], [2, "update"], [3, "update"]]));
    assert_eq!(found[0]["changes"]["operator"], json!({"before": null, "after": "vnpt"}));
    assert_eq!(found[1]["changes"], json!({"height_m": {"before": null, "after": 30}}));
    assert_eq!((&found[1]["effective_on"], &found[1]["by"]), (&json!("2024-01-01"), &json!("console/tester")));
    assert!(chrono::DateTime::parse_from_rfc3339(found[1]["at"].as_str().unwrap()).is_ok());
    let moved = &found[2]["changes"]["geometry"];
    assert_eq!(moved["before"], json!({"type": "Point", "coordinates": [105.7, 19.81]}));
    assert_eq!(moved["after"], json!({"type": "Point", "coordinates": [105.8, 19.9]}));
}

#[actix_web::test]
async fn patch_that_changes_nothing_makes_no_version() {
    let server = Server::new().await;
    let admin = server.administrator();
    let id = admin.post(TOWERS, tower(json!({"height_m": 30}))).await.ok()["id"].clone();
    let path = format!("{TOWERS}/{id}");
    let same = json!({"geometry": {"type": "Point", "coordinates": [105.7, 19.81]}, "properties": {"height_m": 30.0, "operator": "vnpt"}});
    assert_eq!(admin.patch(&path, "*", same).await.etag(), "\"1\"");
    assert_eq!(versions(admin.get(&format!("{path}/history")).await).await.len(), 1);
}

#[actix_web::test]
async fn anonymous_callers_see_public_fields_and_only_versions_that_change_one() {
    let server = Server::new().await;
    let admin = server.administrator();
    let id = admin.post(CAMERAS, camera(json!({"note": "cột 3", "owner_name": "Bà Lan"}))).await.ok()["id"].clone();
    let path = format!("{CAMERAS}/{id}");
    admin.patch(&path, "*", json!({"properties": {"note": "cột 4"}})).await.ok();
    admin.patch(&path, "*", json!({"properties": {"eye_count": 3, "note": "cột 5"}})).await.ok();

    let answer = server.anonymous().get(&format!("{path}/history")).await;
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    for hidden in ["cột", "Lan", "tester", "effective_on", "\"at\"", "105.70001"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    let found = versions(answer).await;
    assert_eq!(found.len(), 2);
    assert_eq!(found[0]["version"], 1);
    assert_eq!(found[1], json!({"version": 2, "op": "update", "changes": {"eye_count": {"before": 2, "after": 3}}}));
}

#[actix_web::test]
async fn deleted_record_keeps_its_history_for_accounts_only() {
    let server = Server::new().await;
    let admin = server.administrator();
    let id = admin.post(TOWERS, tower(json!({}))).await.ok()["id"].clone();
    let path = format!("{TOWERS}/{id}");
    admin.delete(&path, "\"1\"").await.ok();
    let found = versions(admin.get(&format!("{path}/history")).await).await;
    assert_eq!(found.last().unwrap()["op"], "delete");
    assert_eq!(server.anonymous().get(&format!("{path}/history")).await.status, 404);
}

#[actix_web::test]
async fn hidden_versions_stay_out_of_the_public_history() {
    let server = Server::new().await;
    let admin = server.administrator();
    let secret = json!({"legal_class": "operational_police", "name": "Chốt bí mật", "eye_count": 9});
    let id = admin.post(CAMERAS, camera(secret)).await.ok()["id"].clone();
    let path = format!("{CAMERAS}/{id}");
    admin.patch(&path, "*", json!({"properties": {"eye_count": 8}})).await.ok();
    let shown = json!({"legal_class": "traffic", "name": "Ngã tư", "eye_count": 1});
    admin.patch(&path, "*", json!({"properties": shown})).await.ok();

    let answer = server.anonymous().get(&format!("{path}/history")).await;
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    for hidden in ["bí mật", "operational_police"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    let found = versions(answer).await;
    assert_eq!(found.len(), 1, "{text}");
    assert_eq!(found[0]["op"], "create");
    assert_eq!(found[0]["version"], 1);
    assert_eq!(found[0]["changes"]["eye_count"], json!({"before": null, "after": 1}));
    assert_eq!(found[0]["changes"]["managing_level"]["after"], "commune_police");
    assert_eq!(server.anonymous().get(&path).await.etag(), "\"p1\"");
}

#[actix_web::test]
async fn as_of_does_not_show_records_hidden_then() {
    let server = Server::new().await;
    let admin = server.administrator();
    let secret = json!({"legal_class": "operational_police", "effective_on": "2020-01-01"});
    let id = admin.post(CAMERAS, camera(secret)).await.ok()["id"].clone();
    let shown = json!({"legal_class": "traffic", "effective_on": "2022-01-01"});
    admin.patch(&format!("{CAMERAS}/{id}"), "*", json!({"properties": shown})).await.ok();
    let count = async |day: &str| {
        server.anonymous().get(&format!("{CAMERAS}?as_of={day}")).await.ok()["numberMatched"].clone()
    };
    assert_eq!((count("2021-01-01").await, count("2023-01-01").await), (json!(0), json!(1)));
}

#[actix_web::test]
async fn history_of_a_missing_record_is_404() {
    let server = Server::new().await;
    for path in ["/collections/towers/items/1/history", "/collections/towers/items/x/history", "/collections/communes/items/1/history"] {
        assert_eq!(server.administrator().get(path).await.status, 404, "{path}");
    }
}
