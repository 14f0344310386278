//! Fibre service areas.

use serde_json::json;

use crate::common::Server;

#[actix_web::test]
async fn polygon_is_stored_as_multipolygon_with_rings_in_rfc_7946_order() {
    let server = Server::new().await;
    let clockwise = json!([[[105.7, 19.8], [105.7, 19.81], [105.71, 19.81], [105.71, 19.8], [105.7, 19.8]]]);
    let area = json!({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": clockwise},
        "properties": {"operator": "vnpt", "technology": "ftth", "households_passed": 120}});
    let created = server.administrator().post("/collections/fiber-areas/items", area).await.ok();
    assert_eq!(created["geometry"]["type"], "MultiPolygon");
    assert_eq!(
        created["geometry"]["coordinates"],
        json!([[[[105.7, 19.8], [105.71, 19.8], [105.71, 19.81], [105.7, 19.81], [105.7, 19.8]]]])
    );
}

#[actix_web::test]
async fn polygon_that_crosses_itself_is_refused() {
    let server = Server::new().await;
    let bow = json!([[[105.7, 19.8], [105.71, 19.81], [105.71, 19.8], [105.7, 19.81], [105.7, 19.8]]]);
    let area = json!({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": bow}, "properties": {"operator": "vnpt"}});
    let refused = server.administrator().post("/collections/fiber-areas/items", area).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.codes(), ["geo.invalid"]);
}
