//! Cameras.

use serde_json::json;

use crate::common::{Server, camera};

#[actix_web::test]
async fn strangers_see_the_grid_node_and_no_internal_field() {
    let server = Server::new().await;
    let body = json!({"owner_phone": "0900 000 001", "azimuth_deg": 90, "note": "cột số 3"});
    let mut exact = camera(body);
    exact["geometry"]["coordinates"] = json!([105.70049, 19.81051]);
    server.administrator().post("/collections/cameras/items", exact).await.ok();

    let seen = server.stranger().get("/collections/cameras/items").await.ok();
    let feature = &seen["features"][0];
    assert_eq!(feature["geometry"]["coordinates"], json!([105.7, 19.811]));
    for hidden in ["owner_phone", "azimuth_deg", "note", "created_by", "serial_number"] {
        assert!(feature["properties"].get(hidden).is_none(), "{hidden}");
    }
}
