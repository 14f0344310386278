//! Fibre cable routes.

use serde_json::{Value, json};

use crate::common::Server;

const ROUTES: &str = "/collections/fiber-routes/items";

fn route(layer: &str, coordinates: Value) -> Value {
    json!({"type": "Feature", "geometry": {"type": layer, "coordinates": coordinates},
        "properties": {"name": "Tuyến nội bộ", "operator": "vnpt", "fiber_count": 48, "deployment": "below_ground"}})
}

#[actix_web::test]
async fn length_is_geodesic_and_name_and_course_are_hidden() {
    let server = Server::new().await;
    let line = json!([[105.7, 19.8], [105.70012, 19.80531], [105.70047, 19.81]]);
    let made = server.administrator().post(ROUTES, route("LineString", line.clone())).await.ok();
    assert_eq!(made["geometry"]["coordinates"], line);
    let km = made["properties"]["route_km"].as_f64().unwrap();
    assert!((km - 1.108).abs() < 0.003, "{km}");

    let seen = &server.anonymous().get(ROUTES).await.features()[0];
    assert_eq!(seen["geometry"]["coordinates"], json!([[105.7, 19.8], [105.7, 19.81]]));
    let names: Vec<_> = seen["properties"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["operator", "deployment", "route_km", "version"]);
    assert_eq!(server.anonymous().get(&format!("{ROUTES}?q=noi%20bo")).await.features().len(), 0);
}

#[actix_web::test]
async fn route_shorter_than_the_grid_has_no_public_place() {
    let server = Server::new().await;
    let short = json!([[105.70001, 19.80001], [105.70012, 19.80013]]);
    let id = server.administrator().post(ROUTES, route("LineString", short)).await.ok()["id"].clone();
    let seen = server.anonymous().get(&format!("{ROUTES}/{id}")).await.ok();
    assert_eq!(seen["geometry"], Value::Null);
    assert_eq!(server.anonymous().get(&format!("{ROUTES}?bbox=105,19,106,20")).await.features().len(), 0);
}

#[actix_web::test]
async fn parts_that_collapse_on_the_grid_are_left_out() {
    let server = Server::new().await;
    let parts = json!([[[105.7, 19.8], [105.71, 19.8]], [[105.72001, 19.80001], [105.72012, 19.80013]]]);
    server.administrator().post(ROUTES, route("MultiLineString", parts)).await.ok();
    let seen = &server.anonymous().get(ROUTES).await.features()[0];
    assert_eq!(seen["geometry"]["coordinates"], json!([[[105.7, 19.8], [105.71, 19.8]]]));
}

#[actix_web::test]
async fn line_needs_two_places() {
    let server = Server::new().await;
    for (layer, coordinates) in [
        ("LineString", json!([[105.7, 19.8]])),
        ("LineString", json!([])),
        ("LineString", json!([[105.7, 19.8], [105.7, 19.8]])),
        ("MultiLineString", json!([])),
        ("MultiLineString", json!([[]])),
    ] {
        let refused = server.administrator().post(ROUTES, route(layer, coordinates.clone())).await;
        assert_eq!(refused.status, 422, "{coordinates}");
    }
}
