//! Figures beyond the published ones: plans, 5G, rates of the census, offices, heritage ranks, positions, kilometres.

use serde_json::{Value, json};

use crate::common::{Server, camera, feature, tower};

/// In Phường Tây (00001).
const PLACE: [f64; 2] = [105.7, 19.8];

async fn create(server: &Server, collection: &str, items: impl IntoIterator<Item = Value>) {
    for item in items {
        let answer = server.administrator().post(&format!("/collections/{collection}/items"), item).await;
        assert_eq!(answer.status, 201, "{}", answer.summary());
    }
}

async fn figures(server: &Server, more: &str) -> Value {
    server.anonymous().get(&format!("/stats/00001?{more}")).await.ok()["figures"].clone()
}

async fn rows(server: &Server, figure: &Value) -> usize {
    let link = figure["rows"].as_str().unwrap().strip_prefix("http://hatang.test/api/v1").unwrap();
    server.anonymous().get(link).await.ok()["features"].as_array().unwrap().len()
}

fn station(code: &str, operator: &str, more: Value) -> Value {
    let mut station = tower(json!({"station_code": code, "operator": operator}));
    for (name, value) in more.as_object().unwrap() {
        station["properties"][name] = value.clone();
    }
    station
}

#[actix_web::test]
async fn planned_stations_count_by_operator_and_not_as_stations() {
    let server = Server::with_communes().await;
    let items = [
        station("A1", "viettel", json!({"lifecycle_status": "planned"})),
        station("A2", "viettel", json!({"lifecycle_status": "planned"})),
        station("A3", "vnpt", json!({"lifecycle_status": "planned"})),
        station("A4", "vnpt", json!({"lifecycle_status": "under_construction"})),
        station("A5", "mobifone", json!({})),
    ];
    create(&server, "towers", items).await;
    let figures = figures(&server, "").await;
    let values = ["stations_planned", "stations_under_construction", "bts_stations"].map(|code| &figures[code]["value"]);
    assert_eq!(values, [&json!(3), &json!(1), &json!(1)]);
    let by_operator = &figures["stations_planned_by_operator"];
    assert_eq!((&by_operator["values"], &by_operator["total"]), (&json!({"viettel": 2, "vnpt": 1}), &json!(3)));
    assert_eq!(rows(&server, &figures["stations_planned"]).await, 3);
    assert_eq!(rows(&server, &figures["bts_stations"]).await, 1);
}

#[actix_web::test]
async fn stations_with_5g_are_compared_with_those_with_4g() {
    let server = Server::with_communes().await;
    let items = [("A1", json!(["4G", "5G"])), ("A2", json!(["2G", "4G"])), ("A3", json!(["4G"]))];
    create(&server, "towers", items.map(|(code, technologies)| station(code, "viettel", json!({"technologies": technologies})))).await;
    let figures = figures(&server, "indicators=bts_5g,bts_5g_to_4g").await;
    let ratio = &figures["bts_5g_to_4g"];
    assert_eq!(
        [&figures["bts_5g"]["value"], &ratio["value"], &ratio["numerator"], &ratio["denominator"], &ratio["unit"]],
        [&json!(1), &json!(33.33), &json!(1), &json!(3), &json!("percent")]
    );
    assert_eq!(rows(&server, ratio).await, 1);
}

#[actix_web::test]
async fn densities_are_of_the_census_and_unknown_without_one() {
    let server = Server::with_communes().await;
    create(&server, "cameras", [camera(json!({"eye_count": 7}))]).await;
    create(&server, "towers", ["A1", "A2"].map(|code| station(code, "vnpt", json!({})))).await;
    let codes = "indicators=camera_eyes_per_1000_households,bts_stations_per_10000_people";
    let uncounted = figures(&server, codes).await;
    assert_eq!(uncounted["camera_eyes_per_1000_households"]["value"], json!(null));
    assert_eq!(uncounted["camera_eyes_per_1000_households"]["numerator"], 7);

    server
        .execute(
            "update admin_units set households = 3000, population = 9000, counted_on = '2019-04-01', \
             counted_source = 'Tổng điều tra 2019' where code = '00001' and valid_to is null",
        )
        .await;
    let counted = figures(&server, codes).await;
    let eyes = &counted["camera_eyes_per_1000_households"];
    assert_eq!((&eyes["value"], &eyes["denominator"]), (&json!(2.33), &json!(3000))); // 7,000 / 3,000
    assert_eq!(eyes["census"], json!({"counted_on": "2019-04-01", "source": "Tổng điều tra 2019"}));
    assert_eq!(counted["bts_stations_per_10000_people"]["value"], 2.22); // 20,000 / 9,000
    // The other commune of the province has not been counted.
    let province = server.anonymous().get(&format!("/stats/38?{codes}")).await.ok();
    assert_eq!(province["figures"]["camera_eyes_per_1000_households"]["value"], json!(null));
}

#[actix_web::test]
async fn offices_and_heritage_sites_have_their_new_fields_counted() {
    let server = Server::with_communes().await;
    let facility = |name: &str, more: Value| {
        let mut facility = feature(PLACE, json!({"name": name, "type": "commune_office"}), json!({}));
        for (name, value) in more.as_object().unwrap() {
            facility["properties"][name] = value.clone();
        }
        facility
    };
    let heritage = |name: &str, rank: &str, has_qr: bool| {
        let qr = has_qr.then_some("https://example.org/1");
        facility(name, json!({"type": "heritage_site", "heritage_rank": rank, "qr_url": qr}))
    };
    let items = [
        facility("UBND 1", json!({"video_conference": true, "lan": true})),
        facility("UBND 2", json!({"video_conference": false})),
        facility("UBND 3", json!({})),
        heritage("Di tích 1", "national", true),
        heritage("Di tích 2", "national", true),
        heritage("Di tích 3", "provincial", true),
        heritage("Di tích 4", "national_special", false),
    ];
    create(&server, "facilities", items).await;
    let figures = figures(&server, "").await;
    let ratio = |code: &str| ["covered", "not_covered", "unknown", "total"].map(|name| figures[code][name].as_i64());
    assert_eq!(ratio("video_conference_offices"), [Some(1), Some(1), Some(1), Some(3)]);
    assert_eq!(ratio("lan_offices"), [Some(1), Some(0), Some(2), Some(3)]);
    let by_rank = &figures["heritage_qr_sites_by_rank"];
    assert_eq!((&by_rank["values"], &by_rank["total"]), (&json!({"national": 2, "provincial": 1}), &json!(3)));
    assert_eq!(figures["heritage_qr_sites"]["total"], 4);
    assert_eq!(rows(&server, &figures["lan_offices"]).await, 1);

    let wrong = facility("UBND 4", json!({"heritage_rank": "world"}));
    let answer = server.administrator().post("/collections/facilities/items", wrong).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["pointer"]), (422, &json!("/properties/heritage_rank")));
}

#[actix_web::test]
async fn cameras_on_a_pole_are_one_position() {
    let server = Server::with_communes().await;
    let at = |lon: f64, azimuth: i64| {
        let mut camera = camera(json!({"azimuth_deg": azimuth, "eye_count": 2}));
        camera["geometry"] = json!({"type": "Point", "coordinates": [lon, 19.8]});
        camera
    };
    // The third is 100 m away: on the grid that anonymous callers see, all three have one point.
    create(&server, "cameras", [at(105.7, 0), at(105.7, 180), at(105.7004, 90)]).await;
    for caller in [server.anonymous(), server.administrator()] {
        let figures = caller.get("/stats/00001?indicators=camera_eyes,camera_positions").await.ok()["figures"].clone();
        assert_eq!((&figures["camera_eyes"]["value"], &figures["camera_positions"]["value"]), (&json!(6), &json!(2)));
        assert_eq!(rows(&server, &figures["camera_positions"]).await, 2);
    }
}

#[actix_web::test]
async fn shared_sites_are_a_share_of_the_sites() {
    let server = Server::with_communes().await;
    let items = [
        station("A1", "viettel", json!({"site_code": "S1"})),
        station("A2", "vnpt", json!({"site_code": "S1"})),
        station("A3", "vnpt", json!({"site_code": "S2"})),
        station("A4", "vnpt", json!({})),
    ];
    create(&server, "towers", items).await;
    let share = &figures(&server, "indicators=bts_shared_share").await["bts_shared_share"];
    assert_eq!((&share["covered"], &share["total"], &share["percent"]), (&json!(1), &json!(3), &json!(33.3)));
    assert_eq!(rows(&server, share).await, 1);
}

/// 0.01 degrees of longitude at 19.8 degrees north are 1.0477 km on the ellipsoid.
#[actix_web::test]
async fn routes_are_counted_in_kilometres_by_operator() {
    let server = Server::with_communes().await;
    let route = |operator: &str, degrees: f64| {
        json!({
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [[105.65, 19.8], [105.65 + degrees, 19.8]]},
            "properties": {"operator": operator},
        })
    };
    create(&server, "fiber-routes", [route("viettel", 0.01), route("viettel", 0.02), route("vnpt", 0.05)]).await;
    let figures = figures(&server, "indicators=fiber_route_km,fiber_route_km_by_operator").await;
    assert_eq!((&figures["fiber_route_km"]["value"], &figures["fiber_route_km"]["unit"]), (&json!(8.4), &json!("km")));
    assert_eq!(figures["fiber_route_km_by_operator"]["values"], json!({"viettel": 3.1, "vnpt": 5.2}));
}
