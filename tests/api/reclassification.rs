//! Values that have ended, and their successors.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Answer, Caller, Server, camera};

const CAMERAS: &str = "/collections/cameras/items";
const PATH: &str = "/collections/cameras/reclassification";

async fn send(caller: Caller<'_>, query: &str, body: Value) -> Answer {
    caller.send(Method::POST, &format!("{PATH}{query}"), &[("Content-Type", "application/json")], Some(body)).await
}

async fn district_police(caller: Caller<'_>, query: &str) -> Value {
    let shown = caller.get(&format!("{PATH}{query}")).await.ok();
    shown["ended"].as_array().unwrap().iter().find(|ended| ended["value"] == "district_police").unwrap().clone()
}

fn to(successor: &str, shown: &Value) -> Value {
    json!({"field": "managing_level", "from": "district_police", "to": successor, "plan": shown["plan"],
        "reason": "Nghị định 02/2025", "confirm": ["dup.near"]})
}

async fn eyes_by_manager(caller: Caller<'_>, as_of: &str) -> Value {
    let path = format!("/stats/38@2026-01-01?as_of={as_of}&indicators=camera_eyes_by_manager");
    caller.get(&path).await.ok()["figures"]["camera_eyes_by_manager"]["values"].clone()
}

/// A camera of the district police with two eyes, in one of the communes of `communes.sql`.
async fn camera_at(server: &Server, lon: f64) -> Value {
    let mut feature = camera(json!({
        "managing_level": "district_police", "installed_on": "2023-01-01", "effective_on": "2023-01-01"}));
    feature["geometry"]["coordinates"] = json!([lon, 19.81]);
    server.administrator().post(CAMERAS, feature).await.ok()["id"].clone()
}

#[actix_web::test]
async fn district_police_becomes_its_successor_and_earlier_figures_stay() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    for lon in [105.71, 105.72, 105.79] {
        camera_at(&server, lon).await;
    }
    let before = eyes_by_manager(admin, "2023-09-20").await;
    assert_eq!(before["district_police"], 6, "{before}");
    let shown = district_police(admin, "").await;
    assert_eq!((&shown["until"], &shown["writable"], &shown["shown"]), (&json!("2025-03-01"), &json!(3), &json!(3)));
    let successor = shown["successors"][0]["value"].as_str().unwrap().to_owned();
    let rows = admin.get(&crate::common::below_api(&shown["rows"])).await.ok();
    assert_eq!(rows["numberMatched"], 3);

    let done = send(admin, "", to(&successor, &shown)).await.ok();
    assert_eq!(done["items"].as_array().unwrap().len(), 3);
    assert_eq!(district_police(admin, "").await["writable"], 0);
    assert_eq!(eyes_by_manager(admin, "2023-09-20").await, before);
    assert_eq!(eyes_by_manager(admin, "2025-02-28").await["district_police"], 6);
    let after = eyes_by_manager(admin, "2025-03-01").await;
    assert_eq!((after["district_police"].as_i64().unwrap_or(0), &after[&successor]), (0, &json!(6)));
    let history = admin.get(&format!("{CAMERAS}/{}/history", done["items"][0]["id"])).await.ok().to_string();
    assert!(history.contains("Nghị định 02/2025") && history.contains("2025-03-01"), "{history}");

    let undo = admin.post(&format!("/batches/{}/undo", done["batch"]), json!({})).await.ok();
    assert_eq!((undo["items"].as_array().unwrap().len(), &undo["left"]), (3, &json!([])));
    assert_eq!(district_police(admin, "").await["writable"], 3);
}

#[actix_web::test]
async fn stale_preview_is_refused_and_writes_stay_in_scope() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let (west, east) = (camera_at(&server, 105.71).await, camera_at(&server, 105.79).await);
    let token = server.account("east", &[json!({"role": "editor", "unit": "00002@2026-01-01"})]).await;
    let editor = server.holder(&token);
    let shown = district_police(editor, "").await;
    assert_eq!((&shown["writable"], &shown["shown"]), (&json!(1), &json!(2)));
    let successor = shown["successors"][0]["value"].as_str().unwrap().to_owned();

    let stale = json!({"properties": {"eye_count": 3}});
    admin.patch(&format!("{CAMERAS}/{east}"), "\"1\"", stale).await.ok();
    assert_eq!(send(editor, "", to(&successor, &shown)).await.summary(), "409 reclassify.stale /plan");
    let shown = district_police(editor, "").await;
    let done = send(editor, "", to(&successor, &shown)).await.ok();
    assert_eq!(done["items"].as_array().unwrap().len(), 1);
    assert_eq!((&done["items"][0]["id"], &done["items"][0]["status"]), (&east, &json!("updated")));
    let level = async |id: &Value| admin.get(&format!("{CAMERAS}/{id}")).await.ok()["properties"]["managing_level"].clone();
    assert_eq!((level(&west).await, level(&east).await), (json!("district_police"), json!(successor)));

    let in_east = district_police(admin, "?within=00002@2026-01-01").await;
    assert_eq!((&in_east["writable"], &in_east["plan"]), (&json!(0), &json!(null)));
    assert_eq!(district_police(admin, "?within=00001@2026-01-01").await["writable"], 1);
}

#[actix_web::test]
async fn invalid_successor_is_refused_and_valid_ones_are_named() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    camera_at(&server, 105.71).await;
    let shown = district_police(admin, "").await;
    let refused = send(admin, "", to("household", &shown)).await;
    assert_eq!(refused.summary(), "422 reclassify.not_a_successor /to");
    let successor = shown["successors"][0]["value"].as_str().unwrap();
    assert!(refused.json()["errors"][0]["message"].as_str().unwrap().contains(successor));
    let mut other = to(successor, &shown);
    other["from"] = json!("commune_police");
    assert_eq!(send(admin, "", other).await.summary(), "422 reclassify.not_ended /from");
    let mut early = to(successor, &shown);
    early["effective_on"] = json!("ngày mai");
    assert_eq!(send(admin, "", early).await.status, 422);
    assert_eq!(admin.get(&format!("{PATH}?as_of=2023-01-01")).await.status, 400);
    assert_eq!(district_police(admin, "").await["writable"], shown["writable"]);
}
