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
