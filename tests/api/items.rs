//! `GET …/items`

use serde_json::json;

use crate::common::{Server, camera};

#[actix_web::test]
async fn posted_camera_appears_in_items_and_changes_at_once() {
    let server = Server::new().await;
    let created = server.administrator().post("/collections/cameras/items", camera(json!({}))).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.etag(), "\"1\"");
    let id = created.json()["id"].clone();

    let items = server.stranger().get("/collections/cameras/items").await.ok();
    assert_eq!(items["numberMatched"], 1);
    assert_eq!(items["features"][0]["id"], id);
    let changes = server.stranger().get("/changes").await.ok();
    assert_eq!(changes["changes"][0]["id"], id);
    assert_eq!(changes["next"], 1);
}
