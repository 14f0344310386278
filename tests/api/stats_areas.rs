//! Estimated areas with a mobile signal.

use serde_json::{Value, json};

use crate::common::{Server, tower};

async fn add_station(server: &Server, code: &str, place: [f64; 2], radius_m: f64, technologies: Value) {
    let mut station = tower(json!({"station_code": code, "radius_m": radius_m, "technologies": technologies}));
    station["geometry"]["coordinates"] = json!(place);
    let answer = server.administrator().post("/collections/towers/items", station).await;
    assert_eq!(answer.status, 201, "{}", answer.summary());
}

async fn figures(server: &Server, unit: &str) -> Value {
    let path = format!("/stats/{unit}?indicators=mobile_area_2g,mobile_area_4g,mobile_area_5g");
    server.anonymous().get(&path).await.ok()["figures"].clone()
}

fn assert_near(figure: &Value, name: &str, expected: f64) {
    let given = figure[name].as_f64().unwrap();
    assert!((given - expected).abs() <= expected * 0.005, "{name} of {figure}: {expected}");
}

/// A circle of 2 km has 12.566 km². The wards are boxes of 0.15 by 0.2 degrees, 15.72 by 22.14 km.
#[actix_web::test]
async fn area_is_that_within_the_radius_of_stations_of_any_commune() {
    let server = Server::with_communes().await;
    add_station(&server, "A1", [105.65, 19.8], 2_000.0, json!(["2G", "4G"])).await;
    let figures = async |unit| figures(&server, unit).await;
    let west = figures("00001").await;
    assert_near(&west["mobile_area_4g"], "value", 12.566);
    assert_near(&west["mobile_area_4g"], "total", 347.98);
    assert_eq!((&west["mobile_area_4g"]["percent"], &west["mobile_area_4g"]["basis"]), (&json!(3.6), &json!("estimate")));
    assert_eq!(west["mobile_area_2g"]["value"], west["mobile_area_4g"]["value"], "4G covers 2G");
    assert_eq!(west["mobile_area_5g"]["value"], 0.0);

    // On the boundary: half of its circle lies in each commune. The same circle again adds nothing.
    for code in ["A2", "A3"] {
        add_station(&server, code, [105.75, 19.8], 2_000.0, json!(["5G"])).await;
    }
    assert_near(&figures("00001").await["mobile_area_4g"], "value", 18.85);
    assert_near(&figures("00002").await["mobile_area_5g"], "value", std::f64::consts::TAU);
    assert_near(&figures("38").await["mobile_area_2g"], "value", 25.13);
    server.execute("drop table mobile_areas").await;
    assert_near(&figures("00002").await["mobile_area_5g"], "value", std::f64::consts::TAU);
}

#[actix_web::test]
async fn area_without_a_boundary_is_unknown_and_estimates_are_only_given_when_asked_for() {
    let server = Server::with_communes().await;
    add_station(&server, "A1", [105.65, 19.8], 2_000.0, json!(["4G"])).await;
    server.execute("update admin_units set geom = null, geom_source = null where code = '00002'").await;
    assert_eq!(figures(&server, "00002").await["mobile_area_4g"]["value"], json!(null));
    let province = figures(&server, "38").await;
    assert_near(&province["mobile_area_4g"], "value", 12.566);
    assert_eq!(province["mobile_area_4g"]["communes_without_boundary"], 1);
    let all = server.anonymous().get("/stats/00001").await.ok()["figures"].clone();
    assert!(all["mobile_area_4g"].is_null());
}
