//! The country as one unit.

use serde_json::json;

use crate::common::{Server, camera};

#[actix_web::test]
async fn the_country_counts_what_lies_in_units_and_in_none() {
    let server = Server::with_communes().await;
    // The second lies in no commune, and in no province with a boundary.
    for (place, eyes) in [([105.7, 19.8], 2), ([107.5, 16.4], 3)] {
        let mut camera = camera(json!({"eye_count": eyes, "installed_on": "2022-05-01"}));
        camera["geometry"]["coordinates"] = json!(place);
        let answer = server.administrator().post("/collections/cameras/items", camera).await;
        assert_eq!(answer.status, 201, "{}", answer.summary());
    }
    let answer = server.anonymous().get("/stats?level=country&indicators=camera_eyes,camera_positions").await.ok();
    let units = answer["units"].as_array().unwrap();
    assert_eq!((units.len(), &units[0]["unit"]["level"]), (1, &json!("country")));
    let figures = &units[0]["figures"];
    assert_eq!((&figures["camera_eyes"]["value"], &figures["camera_positions"]["value"]), (&json!(5), &json!(2)));
    let template = answer["rows_template"].as_str().unwrap().strip_prefix("http://hatang.test/api/v1").unwrap();
    let rows = server.anonymous().get(&template.replace("{indicator}", "camera_eyes")).await.ok();
    assert_eq!(rows["features"].as_array().unwrap().len(), 2);
    let own = server.anonymous().get("/stats/VN?indicators=camera_eyes").await.ok();
    assert_eq!((&own["unit"]["code"], &own["figures"]["camera_eyes"]["value"]), (&json!("VN"), &json!(5)));
    let rows = own["figures"]["camera_eyes"]["rows"].as_str().unwrap().strip_prefix("http://hatang.test/api/v1").unwrap();
    assert_eq!(server.anonymous().get(rows).await.ok()["features"].as_array().unwrap().len(), 2);
    let past = server.anonymous().get("/stats/VN@2023-09-20?as_of=2023-09-20&indicators=camera_eyes").await.ok();
    assert_eq!((&past["units_on"], &past["figures"]["camera_eyes"]["value"]), (&json!("2023-09-20"), &json!(5)));
    for wrong in ["/stats/VN@2023-02-30", "/stats/VN@x", "/stats/vn"] {
        assert_eq!(server.anonymous().get(wrong).await.status, 404, "{wrong}");
    }
    let within = server.anonymous().get("/stats?level=country&within=38").await;
    assert_eq!((within.status.as_u16(), &within.json()["errors"][0]["parameter"]), (400, &json!("level")));
}

#[actix_web::test]
async fn boundaries_are_as_simple_as_the_map_needs() {
    let server = Server::with_communes().await;
    // A curve, of which a map from afar needs few points.
    server.execute("update admin_units set geom = st_multi(st_buffer(st_centroid(geom), 0.02, 32)) where geom is not null").await;
    let points = async |more: &str| {
        let path = format!("/stats?f=geojson&as_of=2023-09-20&indicators=camera_eyes{more}");
        let answer = server.anonymous().get(&path).await.ok();
        let features = answer["features"].as_array().unwrap().clone();
        assert!(features.iter().all(|feature| feature["geometry"]["type"] == "MultiPolygon"), "{features:?}");
        features.iter().map(|feature| feature["geometry"]["coordinates"][0][0].as_array().unwrap().len()).sum::<usize>()
    };
    let (full, simple) = (points("").await, points("&zoom-level=6").await);
    assert!(simple < full, "{simple} of {full}");
    assert_eq!(server.anonymous().get("/stats?zoom-level=23").await.status, 400);
}
