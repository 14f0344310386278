//! The country as one unit.

use serde_json::json;

use crate::common::{Server, camera};

#[actix_web::test]
async fn the_country_counts_what_lies_in_units_and_in_none() {
    let server = Server::with_communes().await;
    // The second lies in no commune, and in no province with a boundary.
    for (place, eyes) in [([105.7, 19.8], 2), ([107.5, 16.4], 3)] {
        let mut camera = camera(json!({"eye_count": eyes}));
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
    let within = server.anonymous().get("/stats?level=country&within=38").await;
    assert_eq!((within.status.as_u16(), &within.json()["errors"][0]["parameter"]), (400, &json!("level")));
}
