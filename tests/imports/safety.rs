//! Malicious files.

use std::io::{Cursor, Write};
use std::time::Instant;

use serde_json::json;

use super::books::{Book, N, T};
use super::{counts, findings, plan, send};
use crate::common::Server;

/// A zip file with some entries.
fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook with one part replaced or added.
pub fn with_part(workbook: &[u8], name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut source = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for index in 0..source.len() {
        let mut entry = source.by_index(index).unwrap();
        let mut content = Vec::new();
        std::io::copy(&mut entry, &mut content).unwrap();
        parts.push((entry.name().unwrap().into_owned(), content));
    }
    parts.retain(|(other, _)| other != name);
    parts.push((name.to_owned(), bytes.to_vec()));
    let entries: Vec<_> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    zip_of(&entries)
}

pub fn simple() -> Vec<u8> {
    let rows: &[&[_]] =
        &[&[T("Tên"), T("Cấp quản lý"), T("Kinh độ"), T("Vĩ độ")], &[T("A"), T("Công an xã"), N(105.7), N(19.8)]];
    Book::of("A", rows).bytes()
}

#[actix_web::test]
async fn bombs_entities_and_other_formats_are_refused_with_a_reason() {
    let server = Server::with_communes().await;
    let entity = br#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>"#;
    let zeros = vec![b' '; 64 << 20];
    for (file, code) in [
        (zip_of(&[("xl/workbook.xml", &zeros)]), "file.bomb"),
        (with_part(&simple(), "xl/sharedStrings.xml", entity), "file.document_type"),
        (zip_of(&[("doc.kml", entity)]), "file.document_type"),
        (zip_of(&[("content.xml", b"<x/>")]), "file.format"),
        (entity.to_vec(), "file.document_type"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), "file.format"),
        (b"PK\x03\x04 and nothing more".to_vec(), "file.damaged"),
        (with_part(&simple(), "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"), "file.damaged"),
        (b"{\"type\": \"FeatureCollection\", \"features\": [".to_vec(), "file.geojson"),
        (Vec::new(), "file.empty"),
    ] {
        let answer = send(server.administrator(), "cameras", "", file).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec![code.to_owned()]));
    }
    assert_eq!(server.query("select count(*) from imports where status <> 'failed'").await, 0);
}

#[actix_web::test]
async fn cell_at_the_far_corner_costs_nothing() {
    let server = Server::with_communes().await;
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, text) in (0..).zip(["Tên", "Cấp quản lý", "Kinh độ", "Vĩ độ"]) {
        sheet.write_string(0, column, text).unwrap();
    }
    for (column, text) in (0..).zip(["A", "Công an xã", "105.7", "19.8"]) {
        sheet.write_string(1, column, text).unwrap();
    }
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    let file = workbook.save_to_buffer().unwrap();
    let started = Instant::now();
    let planned = plan(server.administrator(), "cameras", "", file).await;
    assert!(started.elapsed().as_secs() < 20);
    assert_eq!((findings(&planned), counts(&planned)), (vec!["sheet.too_wide".into()], [1, 0, 0, 0, 0, 0]));
}

#[actix_web::test]
async fn macros_are_reported_and_left_alone() {
    let server = Server::with_communes().await;
    let planned = plan(server.administrator(), "cameras", "", with_part(&simple(), "xl/vbaProject.bin", b"x")).await;
    assert_eq!((findings(&planned), counts(&planned)), (vec!["file.macros".into()], [1, 0, 0, 0, 0, 0]));
}

#[actix_web::test]
async fn shared_formula_with_a_huge_number_is_just_a_cell_and_one_without_a_value_is_reported() {
    let server = Server::with_communes().await;
    let xml = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
        <row r="1"><c r="A1" t="inlineStr"><is><t>Tên</t></is></c><c r="B1" t="inlineStr"><is><t>Cấp quản lý</t></is></c>
          <c r="C1" t="inlineStr"><is><t>Kinh độ</t></is></c><c r="D1" t="inlineStr"><is><t>Vĩ độ</t></is></c></row>
        <row r="2"><c r="A2" t="str"><f t="shared" ref="A2:A3" si="4000000000">"A"</f><v>A</v></c>
          <c r="B2" t="inlineStr"><is><t>Công an xã</t></is></c><c r="C2"><v>105.7</v></c><c r="D2"><v>19.8</v></c></row>
        <row r="3"><c r="A3"><f>"B"</f></c>
          <c r="B3" t="inlineStr"><is><t>Công an xã</t></is></c><c r="C3"><v>105.71</v></c><c r="D3"><v>19.8</v></c></row>
        </sheetData></worksheet>"#;
    let file = with_part(&simple(), "xl/worksheets/sheet1.xml", xml.as_bytes());
    let planned = plan(server.administrator(), "cameras", "", file).await;
    assert_eq!((findings(&planned), counts(&planned)), (vec!["A3 cell.uncomputed".into()], [1, 0, 0, 0, 1, 0]));
}

#[actix_web::test]
async fn file_over_the_limit_is_too_large() {
    let server = Server::with_limits(|limits| limits.bulk_limit = 1000).await;
    let answer = send(server.administrator(), "cameras", "", vec![b'a'; 2000]).await;
    assert_eq!(answer.status, 413);
}

#[actix_web::test]
async fn broken_geometries_are_findings_and_never_server_errors() {
    let server = Server::with_communes().await;
    for geometry in [
        json!({"type": "Point", "coordinates": []}),
        json!({"type": "Point", "coordinates": [576_592, 2_192_163, 4, "x"]}),
        json!({"type": "Polygon", "coordinates": [[[105, 19]]]}),
        json!({"type": "Point", "coordinates": [1e300, 1e300]}),
        json!({"type": "Point"}),
        json!({"nothing": 1}),
        json!("text"),
    ] {
        let feature =
            json!({"type": "Feature", "geometry": geometry, "properties": {"name": "A", "managing_level": "school"}});
        let planned = plan(server.administrator(), "cameras", "", feature.to_string().into_bytes()).await;
        assert_eq!(planned["counts"]["error"], 1, "{geometry}");
    }
}
