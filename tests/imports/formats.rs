//! The same three cameras in every format.

use std::io::{Cursor, Write};

use serde_json::{Value, json};

use super::{commit, counts, findings, plan};
use crate::common::Server;

const CSV: &str =
    "Tên;Số mắt;Cấp quản lý;Kinh độ;Vĩ độ\nCổng chợ;2;Công an xã;105,7;19,8\nNgã tư;1;Trường học;105,71;19,81\n";

async fn places(server: &Server) -> Value {
    server
        .query("select jsonb_object_agg(name, jsonb_build_array(st_x(geom), st_y(geom), eye_count, managing_level)) from cameras")
        .await
}

fn expected() -> Value {
    json!({"Cổng chợ": [105.7, 19.8, 2, "commune_police"], "Ngã tư": [105.71, 19.81, 1, "school"]})
}

/// `encoding_rs` does not do this: Windows-1258 needs the tone marks after their letters.
fn windows_1258(text: &str) -> Vec<u8> {
    use unicode_normalization::UnicodeNormalization;
    let tones = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
    let mut written = String::new();
    for letter in text.nfc() {
        let (marks, base): (Vec<char>, Vec<char>) = letter.nfd().partition(|c| tones.contains(c));
        written.extend(base.into_iter().nfc().chain(marks));
    }
    encoding_rs::WINDOWS_1258.encode(&written).0.into_owned()
}

#[actix_web::test]
async fn every_encoding_and_format_gives_the_same_records() {
    let geojson = json!({"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [105.7, 19.8]}, "properties": {"name": "Cổng chợ", "eye_count": 2, "managing_level": "commune_police"}},
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [105.71, 19.81]}, "properties": {"name": "Ngã tư", "managing_level": "school"}}]});
    let placemark = |name: &str, level: &str, eyes: &str, place: &str| {
        format!(
            "<Placemark><name>{name}</name><ExtendedData><Data name=\"Cấp quản lý\"><value>{level}</value></Data>\
             <Data name=\"Số mắt\"><value>{eyes}</value></Data></ExtendedData><Point><coordinates>{place}</coordinates></Point></Placemark>"
        )
    };
    let kml = format!(
        "<?xml version=\"1.0\"?><kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>{}{}</Document></kml>",
        placemark("Cổng chợ", "Công an xã", "2", "105.7,19.8,0"),
        placemark("Ngã tư", "Trường học", "1", "105.71,19.81")
    );
    let mut kmz = zip::ZipWriter::new(Cursor::new(Vec::new()));
    kmz.start_file("doc.kml", zip::write::SimpleFileOptions::default()).unwrap();
    kmz.write_all(kml.as_bytes()).unwrap();
    let kmz = kmz.finish().unwrap().into_inner();
    for (name, file, said) in [
        ("UTF-8", CSV.as_bytes().to_vec(), vec![]),
        ("with a mark", format!("\u{feff}{CSV}").into_bytes(), vec![]),
        ("Windows-1258", windows_1258(CSV), vec!["file.encoding".to_owned()]),
        ("GeoJSON", geojson.to_string().into_bytes(), vec![]),
        ("KML", kml.into_bytes(), vec![]),
        ("KMZ", kmz, vec![]),
    ] {
        let server = Server::with_communes().await;
        let planned = plan(server.administrator(), "cameras", "", file).await;
        assert_eq!((findings(&planned), counts(&planned)), (said, [2, 0, 0, 0, 0, 0]), "{name}");
        commit(server.administrator(), &planned).await.ok();
        assert_eq!(places(&server).await, expected(), "{name}");
    }
}

#[actix_web::test]
async fn features_can_be_imported_as_they_were_read_and_change_nothing() {
    let server = Server::with_demo().await;
    for layer in hatang::layers::ALL.iter().filter(|layer| layer.is_writable()) {
        let features = server.administrator().all_items(&format!("/collections/{}/items", layer.collection)).await;
        let file = json!({"type": "FeatureCollection", "features": features}).to_string().into_bytes();
        let planned = plan(server.administrator(), layer.collection, "", file).await;
        let errors: Vec<_> =
            planned["findings"].as_array().unwrap().iter().filter(|it| it["severity"] != "info").collect();
        let expected = [0, 0, features.len() as u64, 0, 0, 0];
        assert_eq!(counts(&planned), expected, "{} {errors:?} {}", layer.collection, planned["updates"]);
    }
}

#[actix_web::test]
async fn form_with_a_file_and_fields_is_read() {
    let server = Server::with_communes().await;
    let part = |disposition: &str, body: &str| {
        format!("--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{body}\r\n")
    };
    let body = [
        part("name=\"source_org\"", "Công an phường"),
        part("name=\"file\"; filename=\"camera tháng 9.csv\"", CSV),
        "--b--\r\n".into(),
    ]
    .concat();
    let headers = [("Content-Type", "multipart/form-data; boundary=b")];
    let path = "/collections/cameras/imports";
    let answer =
        server.administrator().send_bytes(actix_web::http::Method::POST, path, &headers, Some(body.into_bytes())).await;
    assert_eq!(answer.status, 201);
    assert!(answer.header("location").unwrap().contains("/api/v1/imports/"));
    let planned = answer.ok();
    assert_eq!(planned["file"]["name"], "camera tháng 9.csv");
    assert_eq!(planned["source_org"], "Công an phường");
}
