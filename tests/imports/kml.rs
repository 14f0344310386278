//! KML and KMZ as real tools write them.

use std::io::{Cursor, Write};

use serde_json::{Value, json};

use super::{commit, counts, findings, plan};
use crate::common::Server;

/// The towers in the register: name, place, operator and note.
async fn towers(server: &Server) -> Value {
    server
        .query("select jsonb_object_agg(name, jsonb_build_array(st_x(geom), st_y(geom), operator, note)) from towers")
        .await
}

fn placemark(name: &str, coordinates: &str, more: &str) -> String {
    format!(
        "<Placemark><name>{name}</name>{more}<ExtendedData><Data name=\"operator\"><value>Viettel</value></Data></ExtendedData>\
         <Point><coordinates>{coordinates}</coordinates></Point></Placemark>"
    )
}

fn kmz(files: &[(&str, &str)]) -> Vec<u8> {
    let mut kmz = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, xml) in files {
        kmz.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        kmz.write_all(xml.as_bytes()).unwrap();
    }
    kmz.finish().unwrap().into_inner()
}

#[actix_web::test]
async fn one_bad_placemark_does_not_refuse_the_others() {
    let server = Server::with_communes().await;
    let kml = format!(
        "<kml><Document>{}{}{}{}</Document></kml>",
        placemark("Có dấu cách", "105.70, 19.80, 12", ""),
        placemark("Một số", "105.72", ""),
        placemark("Dấu phẩy", "105,74,19,80", ""),
        placemark("Xuống dòng", "\n\t105.76,19.80,0\n", ""),
    );
    let planned = plan(server.administrator(), "towers", "", kml.into_bytes()).await;
    assert_eq!(
        (findings(&planned), counts(&planned)[..5].to_vec()),
        (vec!["A2 geo.malformed".to_owned(), "A3 geo.malformed".into()], vec![2, 0, 0, 0, 2])
    );
}

#[actix_web::test]
async fn balloon_is_read_into_columns_and_never_becomes_a_note() {
    let server = Server::with_communes().await;
    let rows: String =
        (0..60).map(|n| format!("<tr><td>THUOC_TINH_{n}</td><td>giá trị thứ {n} của bảng</td></tr>")).collect();
    let table =
        format!("<description><![CDATA[<table>{rows}<tr><td>Chiều cao</td><td>42</td></tr></table>]]></description>");
    let text = "<description><![CDATA[<b>Gần</b> chợ&nbsp;cũ<br>Đường đất]]></description>";
    let kml =
        format!("<kml>{}{}</kml>", placemark("Bảng", "105.7,19.8", &table), placemark("Chữ", "105.72,19.8", text));
    let planned = plan(server.administrator(), "towers", "", kml.into_bytes()).await;
    assert_eq!(counts(&planned), [2, 0, 0, 0, 0, 0]);
    assert!(findings(&planned).contains(&"1 kml.balloon".to_owned()));
    commit(server.administrator(), &planned).await.ok();
    assert_eq!(
        towers(&server).await,
        json!({"Bảng": [105.7, 19.8, "viettel", null], "Chữ": [105.72, 19.8, "viettel", "Gần chợ cũ\nĐường đất"]})
    );
    assert_eq!(server.query("select to_jsonb(height_m) from towers where name = 'Bảng'").await, json!(42));
}

#[actix_web::test]
async fn every_kml_of_an_archive_is_read_and_told() {
    let server = Server::with_communes().await;
    let one = |name: &str, at: &str| format!("<kml>{}<NetworkLink></NetworkLink></kml>", placemark(name, at, ""));
    let files = kmz(&[
        ("lop/hai.kml", &one("Hai", "105.72,19.8")),
        ("hong.kml", "<kml><Placemark>"),
        ("doc.kml", &one("Một", "105.7,19.8")),
    ]);
    let planned = plan(server.administrator(), "towers", "", files).await;
    assert_eq!(counts(&planned)[0], 2);
    assert_eq!(findings(&planned), ["kml.files", "kml.files", "kml.skipped"]);
    let said = planned["findings"][1]["message"]["en"].as_str().or(planned["findings"][1]["message"].as_str()).unwrap();
    assert!(said.contains("doc.kml (1–1), lop/hai.kml (2–2)"), "{said}");
    commit(server.administrator(), &planned).await.ok();
    assert_eq!(towers(&server).await.as_object().unwrap().len(), 2);
}
