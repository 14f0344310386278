//! Coordinate systems and altitudes of writes.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Answer, Server, tower};

const TOWERS: &str = "/collections/towers/items";
const CRS84: &str = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>";
const DEGREES_OF_EPSG: &str = "<http://www.opengis.net/def/crs/EPSG/0/4326>";

async fn post(server: &Server, crs: &str, body: Value) -> Answer {
    let headers = [("Content-Type", "application/geo+json"), ("Content-Crs", crs)];
    server.administrator().send(Method::POST, TOWERS, &headers, Some(body)).await
}

fn at(coordinates: Value) -> Value {
    let mut body = tower(json!({}));
    body["geometry"]["coordinates"] = coordinates;
    body
}

fn place(answer: &Answer) -> [f64; 2] {
    [0, 1].map(|axis| answer.json()["geometry"]["coordinates"][axis].as_f64().unwrap())
}

#[actix_web::test]
async fn content_crs_is_obeyed_and_answers_stay_crs84() {
    let server = Server::with_communes().await;
    for (crs, coordinates) in [
        (CRS84, json!([105.712, 19.824])),
        (DEGREES_OF_EPSG, json!([19.824, 105.712])),
        ("urn:ogc:def:crs:EPSG::4326", json!([19.824, 105.712])),
    ] {
        let made = post(&server, crs, at(coordinates)).await;
        assert_eq!(place(&made), [105.712, 19.824], "{crs}");
        assert_eq!(made.header("Content-Crs").as_deref(), Some(CRS84));
    }
    // The check point of VN-2000, in degrees and in metres of either order.
    for (crs, coordinates) in [
        ("<http://www.opengis.net/def/crs/EPSG/0/4756>", json!([19.817_989_7, 105.731_131_9])),
        ("<http://www.opengis.net/def/crs/EPSG/0/5897>", json!([576_592.325, 2_192_163.6])),
        ("<http://www.opengis.net/def/crs/EPSG/0/5897>", json!([2_192_163.6, 576_592.325])),
    ] {
        let [longitude, latitude] = place(&post(&server, crs, at(coordinates)).await);
        assert!((longitude - 105.733).abs() < 1e-6 && (latitude - 19.817).abs() < 1e-6, "{crs}: {longitude} {latitude}");
    }
    let swapped = post(&server, DEGREES_OF_EPSG, at(json!([105.712, 19.824]))).await;
    assert_eq!(swapped.summary(), "422 geo.swapped /geometry/coordinates");
}

#[actix_web::test]
async fn declaration_that_is_not_understood_or_contradicted_refuses_the_write() {
    let server = Server::with_communes().await;
    let with_member = |name: &str| {
        let mut body = at(json!([105.712, 19.824]));
        body["crs"] = json!({"type": "name", "properties": {"name": name}});
        body
    };
    let administrator = server.administrator();
    assert_eq!(post(&server, "<nowhere>", at(json!([105.712, 19.824]))).await.summary(), "400 geo.crs Content-Crs");
    for (member, code) in [("urn:ogc:def:crs:EPSG::4756", "geo.crs"), ("EPSG:27700", "geo.crs")] {
        assert_eq!(administrator.post(TOWERS, with_member(member)).await.summary(), format!("422 {code} /crs"), "{member}");
    }
    assert_eq!(post(&server, CRS84, with_member("EPSG:4756")).await.summary(), "422 geo.crs /crs");
    assert_eq!(administrator.post(TOWERS, with_member("urn:ogc:def:crs:OGC:1.3:CRS84")).await.status, 201);
    let list = json!({"type": "FeatureCollection", "features": [at(json!([105.71, 19.82])), with_member("EPSG:5897")]});
    assert_eq!(administrator.post(TOWERS, list).await.summary(), "422 geo.crs /features/1/crs");
    assert_eq!(administrator.all_items(TOWERS).await.len(), 1);
}

#[actix_web::test]
async fn altitude_is_left_out_with_a_warning_in_every_write() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let made = administrator.post(TOWERS, at(json!([105.712, 19.824, 12.3]))).await;
    assert_eq!((made.status.as_u16(), place(&made)), (201, [105.712, 19.824]));
    assert_eq!(made.json()["warnings"][0]["code"], "geo.altitude");
    let path = format!("{TOWERS}/{}", made.json()["id"]);
    let patch = json!({"geometry": {"type": "Point", "coordinates": [105.713, 19.824, 5, 6]}, "confirm": ["dup.near"]});
    let patched = administrator.patch(&path, &made.etag(), patch).await;
    assert_eq!((place(&patched), patched.json()["warnings"][0]["code"].clone()), ([105.713, 19.824], json!("geo.altitude")));
    let put = administrator.put(&path, &patched.etag(), at(json!([105.714, 19.824, 1]))).await;
    assert_eq!(put.json()["warnings"][0]["code"], "geo.altitude");
    let list = json!({"type": "FeatureCollection", "confirm": ["dup.near"], "features": [at(json!([105.72, 19.82, 3])), at(json!([105.73, 19.82]))]});
    let bulk = administrator.post(TOWERS, list).await.ok();
    assert_eq!(bulk["items"][0]["warnings"][0]["code"], "geo.altitude");
    assert_eq!(bulk["items"][1]["warnings"], Value::Null);
}
