//! Public Wi-Fi.

use serde_json::{Value, json};

use crate::common::{Server, feature};

const POINTS: &str = "/collections/wifi-points/items";

fn point(more: Value) -> Value {
    feature([105.7, 19.81], json!({"ssid": "XaDongTien"}), more)
}

#[actix_web::test]
async fn facility_must_exist() {
    let server = Server::new().await;
    let admin = server.administrator();
    let school = feature([105.7, 19.81], json!({"name": "Trường", "type": "school"}), json!({}));
    let school = admin.post("/collections/facilities/items", school).await.ok()["id"].clone();
    let made = admin.post(POINTS, point(json!({"facility_id": school}))).await.ok();
    assert_eq!(made["properties"]["facility_id"], school);
    let unknown = admin.post(POINTS, point(json!({"facility_id": 12345}))).await;
    assert_eq!(unknown.summary(), "422 reference.unknown /properties/facility_id");
    let path = format!("{POINTS}/{}", made["id"]);
    let moved = admin.patch(&path, "*", json!({"properties": {"facility_id": 12345}})).await;
    assert_eq!(moved.summary(), "422 reference.unknown /properties/facility_id");
    let found = server.anonymous().get(&format!("{POINTS}?facility_id={school}")).await.features();
    assert_eq!(found.len(), 1);
}

#[actix_web::test]
async fn ssid_has_at_most_32_octets() {
    let server = Server::new().await;
    let post = async |ssid: &str| server.administrator().post(POINTS, point(json!({"ssid": ssid}))).await.summary();
    assert_eq!(post(&"a".repeat(32)).await, "201");
    assert_eq!(post(&"a".repeat(33)).await, "422 range /properties/ssid");
    // 20 letters, 40 octets.
    assert_eq!(post(&"đ".repeat(20)).await, "422 range /properties/ssid");
}

#[actix_web::test]
async fn password_is_refused_wherever_it_is_written() {
    let server = Server::new().await;
    for field in ["ssid", "name", "note", "address", "isp"] {
        let body = point(json!({field: "mật khẩu: 12345678"}));
        let refused = server.administrator().post(POINTS, body).await;
        assert_eq!(refused.summary(), format!("422 secret.in_text /properties/{field}"));
    }
}

/// IEEE 802.11: a space is part of an SSID. At an end it is dropped, and the writer is told.
#[actix_web::test]
async fn dropped_spaces_of_an_ssid_are_told() {
    let server = Server::new().await;
    let admin = server.administrator();
    let kept = admin.post(POINTS, point(json!({"ssid": "CHO  24H"}))).await.ok();
    assert_eq!((&kept["properties"]["ssid"], kept.get("warnings")), (&json!("CHO  24H"), None));
    let mut body = point(json!({"ssid": " CHO 24H "}));
    body["geometry"]["coordinates"] = json!([105.71, 19.82]);
    let trimmed = admin.post(POINTS, body.clone()).await.ok();
    assert_eq!(trimmed["properties"]["ssid"], "CHO 24H");
    assert_eq!(trimmed["warnings"][0]["code"], "text.trimmed");
    assert!(trimmed["warnings"][0]["message"].as_str().unwrap().contains("“CHO 24H”"));
    let path = format!("{POINTS}/{}", trimmed["id"]);
    let patched = admin.patch(&path, "*", json!({"properties": {"ssid": "CHO 25H "}})).await.ok();
    assert_eq!((&patched["properties"]["ssid"], &patched["warnings"][0]["code"]), (&json!("CHO 25H"), &json!("text.trimmed")));
    body["geometry"]["coordinates"] = json!([105.72, 19.83]);
    let list = json!({"type": "FeatureCollection", "features": [body]});
    let listed = admin.post(POINTS, list).await.ok();
    assert_eq!(listed["items"][0]["warnings"][0]["code"], "text.trimmed");
}
