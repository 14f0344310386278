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

/// The check points of VN-2000: a place in WGS 84, and where PROJ puts it.
const POINTS: [(&str, [f64; 2], [f64; 2]); 2] = [
    ("EPSG/0/5897", [105.733, 19.817], [576_592.325, 2_192_163.6]),
    ("EPSG/0/9210", [106.5761, 22.492], [584_804.96, 2_488_375.347]),
];

#[actix_web::test]
async fn items_come_in_the_system_that_is_asked_for() {
    let server = Server::with_communes().await;
    let made = post(&server, CRS84, at(json!([105.733, 19.817]))).await.ok();
    let one = format!("{TOWERS}/{}", made["id"]);
    let caller = server.administrator();
    let asked = async |path: &str| {
        let answer = caller.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.summary());
        let crs = answer.header("Content-Crs").unwrap();
        let body = answer.json();
        let geometry = body.get("geometry").unwrap_or(&body["features"][0]["geometry"]);
        (crs, [0, 1].map(|axis| geometry["coordinates"][axis].as_f64().unwrap()))
    };
    for (crs, expected, tolerance) in [
        ("OGC/1.3/CRS84", [105.733, 19.817], 0.0),
        ("EPSG/0/4326", [19.817, 105.733], 0.0),
        ("EPSG/0/4756", [19.817_989_7, 105.731_131_9], 1e-7),
        ("EPSG/0/5897", POINTS[0].2, 1.1e-3),
    ] {
        let uri = format!("http://www.opengis.net/def/crs/{crs}");
        for path in [&one, TOWERS] {
            let (told, found) = asked(&format!("{path}?crs={uri}")).await;
            assert_eq!(told, format!("<{uri}>"));
            let near = (0..2).all(|axis| (found[axis] - expected[axis]).abs() <= tolerance);
            assert!(near, "{path} {crs}: {found:?}");
        }
    }
    let (_, metres) = asked(&format!("{one}?crs=EPSG:5897")).await;
    assert!(metres.iter().all(|number| (number * 1e3).fract().abs() < 1e-6), "{metres:?}");

    // The strong tag differs, and still conditions a write.
    let plain = caller.get(&one).await.etag();
    let turned = caller.get(&format!("{one}?crs=EPSG:5897")).await.etag();
    assert_ne!(plain, turned);
    assert_eq!(caller.patch(&one, &turned, json!({"properties": {"note": "đã kiểm tra"}})).await.status, 200);
    assert_eq!(caller.patch(&one, &turned, json!({"properties": {"note": "sai"}})).await.status, 412);
    for query in ["crs=EPSG:27700", "crs=5897", "crs=http://www.opengis.net/def/crs/0/unknown", "bbox-crs=EPSG:1", "crs="] {
        for path in [&one, TOWERS] {
            assert_eq!(caller.get(&format!("{path}?{query}")).await.status, 400, "{path} {query}");
        }
    }
}

#[actix_web::test]
async fn every_listed_system_answers_as_postgis_would() {
    use diesel_async::RunQueryDsl;
    let server = Server::with_communes().await;
    post(&server, CRS84, at(json!([105.733, 19.817]))).await.ok();
    let collection = server.anonymous().get("/collections/towers").await.ok();
    let listed = collection["crs"].as_array().unwrap();
    assert_eq!(listed.len(), 24);
    let mut conn = server.connection().await;
    for uri in listed {
        let uri = uri.as_str().unwrap();
        let page = server.anonymous().get(&format!("{TOWERS}?crs={uri}")).await;
        assert_eq!(page.header("Content-Crs").unwrap(), format!("<{uri}>"));
        let coordinates = page.features()[0]["geometry"]["coordinates"].clone();
        let found = [0, 1].map(|axis| coordinates[axis].as_f64().unwrap());
        let Some(code) = uri.rsplit('/').next().unwrap().parse::<i64>().ok() else { continue };
        let sql = hatang::postgres::sql::Sql::new("select st_x(p), st_y(p) from (select st_transform(st_setsrid(st_makepoint(105.733, 19.817), 4326), ")
            .bind(hatang::postgres::sql::Bind::Integer(code))
            .text("::integer) as p) placed");
        let row: hatang::postgres::row::Row = sql.get_result(&mut conn).await.unwrap();
        let [x, y] = [0, 1].map(|at| row.cells[at].to_json().as_f64().unwrap());
        let (expected, tolerance) = if [4326, 4756].contains(&code) { ([y, x], 1e-7) } else { ([x, y], 1e-3) };
        let is_near = (0..2).all(|axis| (found[axis] - expected[axis]).abs() <= tolerance);
        assert!(is_near, "{uri}: {found:?} {expected:?}");
    }
}

#[actix_web::test]
async fn boxes_and_filters_are_read_in_their_system() {
    let server = Server::with_communes().await;
    post(&server, CRS84, at(json!([105.733, 19.817]))).await.ok();
    let caller = server.anonymous();
    for (query, expected) in [
        ("bbox-crs=EPSG:5897&bbox=576590,2192160,576595,2192165", 1),
        ("bbox-crs=EPSG:5897&bbox=576593,2192160,576595,2192165", 0),
        ("bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326&bbox=19.81,105.73,19.82,105.74", 1),
        ("bbox-crs=EPSG:4756&bbox=19.8179,105.7311,19.8180,105.7312", 1),
        ("bbox-crs=EPSG:3857&bbox=11770000,2250000,11771000,2253000", 1),
        ("bbox=105.73,19.81,105.74,19.82", 1),
        ("filter-crs=EPSG:5897&filter=S_DWITHIN(geom,POINT(576592.325%202192163.6),0.01)", 1),
        ("filter-crs=EPSG:5897&filter=S_WITHIN(geom,BBOX(576590,2192160,576595,2192165))", 1),
        ("filter-crs=EPSG:4326&filter=S_EQUALS(geom,POINT(19.817%20105.733))", 1),
        ("filter=S_EQUALS(geom,POINT(105.733%2019.817))", 1),
    ] {
        assert_eq!(caller.get(&format!("{TOWERS}?{query}")).await.features().len(), expected, "{query}");
    }
    for query in ["bbox-crs=EPSG:4326&bbox=105.73,19.81,105.74,19.82", "filter-crs=EPSG:4326&filter=S_EQUALS(geom,POINT(105.733%2019.817))"] {
        assert_eq!(caller.get(&format!("{TOWERS}?{query}")).await.status, 400, "{query}");
    }
}

#[actix_web::test]
async fn file_in_another_system_says_so_or_is_refused() {
    let server = Server::with_communes().await;
    post(&server, CRS84, at(json!([105.733, 19.817]))).await.ok();
    let file = async |f: &str, crs: &str| server.administrator().get(&format!("{TOWERS}?f={f}&crs={crs}")).await;
    let geojson = file("geojson", "EPSG:5897").await;
    assert_eq!(geojson.header("Content-Crs").as_deref(), Some("<http://www.opengis.net/def/crs/EPSG/0/5897>"));
    let body = geojson.ok();
    assert_eq!(body["crs"]["properties"]["name"], "urn:ogc:def:crs:EPSG::5897");
    assert!((body["features"][0]["geometry"]["coordinates"][0].as_f64().unwrap() - 576_592.325).abs() < 1.1e-3);
    for (f, crs) in [("geojson", "EPSG:4756"), ("geojson", "EPSG:4326"), ("csv", "EPSG:5897"), ("kml", "EPSG:3857"), ("xlsx", "EPSG:5897"), ("geojsonseq", "EPSG:5897")] {
        assert_eq!(file(f, crs).await.summary(), "400 parameter.invalid crs", "{f} {crs}");
    }
    for f in ["geojson", "csv", "kml", "geojsonseq"] {
        let plain = file(f, "OGC:CRS84").await;
        assert_eq!((plain.status.as_u16(), plain.header("Content-Crs").as_deref()), (200, Some(CRS84)), "{f}");
        assert!(!String::from_utf8_lossy(&plain.body).contains("\"crs\""));
    }
}
