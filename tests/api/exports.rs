//! `GET …/items?f=csv` and the other file formats of a whole layer.

use std::io::Cursor;
use std::process::Command;

use actix_web::http::Method;
use calamine::{Data, Reader, Xlsx};
use hatang::layers::{ALL, CAMERA, Class};
use serde_json::{Value, json};

use crate::common::{Answer, Server, camera, tower};

const CAMERAS: &str = "/collections/cameras/items";
const TOWERS: &str = "/collections/towers/items";
const FILES: [&str; 7] = ["csv", "xlsx", "geojson", "geojsonseq", "kml", "fgb", "gpkg"];

/// The rows of a CSV file, with the header first.
fn csv_rows(answer: Answer) -> Vec<Vec<String>> {
    assert_eq!(answer.status, 200);
    let text = std::str::from_utf8(&answer.body).unwrap().strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn column(rows: &[Vec<String>], name: &str) -> Vec<String> {
    let at = rows[0].iter().position(|header| header == name).unwrap_or_else(|| panic!("no column {name}"));
    rows[1..].iter().map(|row| row[at].clone()).collect()
}

fn first_sheet(answer: &Answer) -> Vec<Vec<Data>> {
    assert_eq!(answer.status, 200, "{}", answer.summary());
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(answer.body.to_vec())).unwrap();
    workbook.worksheet_range_at(0).unwrap().unwrap().rows().map(<[Data]>::to_vec).collect()
}

#[actix_web::test]
async fn file_holds_every_row_and_a_limit_bounds_it() {
    let server = Server::new().await;
    server
        .execute(
            "insert into towers (id, code, name, operator, effective_on, geom) select n, 'T' || n, 'Trạm ' || n, 'vnpt', \
             '2024-01-01', st_setsrid(st_makepoint(105.7 + n / 100000.0, 19.8), 4326) from generate_series(1, 10050) n; select number_changes()",
        )
        .await;
    let rows = csv_rows(server.anonymous().get(&format!("{TOWERS}?f=csv")).await);
    assert_eq!(rows.len() - 1, 10_050);
    assert_eq!(rows.iter().map(|row| &row[0]).collect::<std::collections::HashSet<_>>().len(), 10_051, "a row twice");
    let all = server.anonymous().get(&format!("{TOWERS}?f=geojson")).await.features();
    assert_eq!(all.len(), 10_050);
    let lines = server.anonymous().get(&format!("{TOWERS}?f=geojsonseq")).await;
    let lines = std::str::from_utf8(&lines.body).unwrap().split('\u{1e}').skip(1);
    let lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, all);
    assert_eq!(first_sheet(&server.anonymous().get(&format!("{TOWERS}?f=xlsx")).await).len() - 1, 10_050);
    assert_eq!(csv_rows(server.anonymous().get(&format!("{TOWERS}?f=csv&limit=10001")).await).len() - 1, 10_001);
    assert_eq!(csv_rows(server.anonymous().get(&format!("{TOWERS}?f=csv&q=tram+100")).await).len() - 1, 1 + 10 + 51);
}

#[actix_web::test]
async fn format_is_negotiated_and_geojson_without_f_stays_a_page() {
    let server = Server::new().await;
    for format in FILES {
        let by_name = server.anonymous().get(&format!("{CAMERAS}?f={format}")).await;
        let file = by_name.header("content-disposition").unwrap();
        assert!(file.starts_with("attachment; filename=\"cameras_") && file.ends_with(&format!(".{format}\"")), "{file}");
        if format == "geojson" {
            continue;
        }
        let media_type = by_name.header("content-type").unwrap();
        let media_type = media_type.split(';').next().unwrap();
        let accepted = server.anonymous().send(Method::GET, CAMERAS, &[("Accept", media_type)], None).await;
        assert_eq!(accepted.header("content-type"), by_name.header("content-type"));
        let varies = accepted.headers.get_all("vary").map(|value| value.to_str().unwrap()).collect::<Vec<_>>().join(", ");
        assert!(varies.split(", ").any(|name| name.eq_ignore_ascii_case("accept")), "{varies}");
        assert!(varies.split(", ").any(|name| name.eq_ignore_ascii_case("authorization")), "{varies}");
    }
    for accept in
        ["application/geo+json", "*/*", "application/xml;q=0.9,*/*;q=0.8", "text/csv;q=0.5, application/json"]
    {
        let page = server.anonymous().send(Method::GET, CAMERAS, &[("Accept", accept)], None).await;
        assert_eq!(page.header("content-type").unwrap(), "application/geo+json", "{accept}");
        assert!(page.json()["links"].is_array());
    }
    let refused = server.anonymous().get(&format!("{CAMERAS}?f=shp")).await;
    assert_eq!(refused.summary(), "400 parameter.invalid f");
    let head = server.anonymous().send(Method::HEAD, &format!("{CAMERAS}?f=csv"), &[], None).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
}

#[actix_web::test]
async fn items_and_layers_link_to_files_that_exist() {
    let server = Server::new().await;
    server.administrator().post(CAMERAS, camera(json!({}))).await.ok();
    for document in [format!("{CAMERAS}?eye_count=2&limit=1"), "/collections/cameras".into()] {
        let links = server.anonymous().get(&document).await.ok()["links"].as_array().unwrap().clone();
        let files: Vec<_> = links.iter().filter(|link| link["rel"] == "enclosure").collect();
        assert_eq!(files.len(), FILES.len());
        for link in files {
            let file = server.anonymous().get(&crate::common::below_api(link)).await;
            assert_eq!(file.status, 200, "{link}");
            let media_type = file.header("content-type").unwrap();
            assert_eq!(media_type.split(';').next(), link["type"].as_str());
        }
    }
}

#[actix_web::test]
async fn anonymous_file_holds_public_fields_only() {
    let server = Server::new().await;
    let hidden = json!({"serial_number": "SN-777", "note": "Ghi chú kín", "manufacturer": "Hãng kín"});
    server.administrator().post(CAMERAS, camera(hidden)).await.ok();
    let rows = csv_rows(server.anonymous().get(&format!("{CAMERAS}?f=csv")).await);
    let shown: Vec<_> = CAMERA.fields().filter(|field| CAMERA.class(field) == Class::Public).collect();
    let expected: Vec<_> =
        ["id"].into_iter().chain(shown.iter().map(|field| field.name)).chain(["lon", "lat"]).collect();
    assert_eq!(rows[0], expected);
    for format in ["csv", "geojson", "geojsonseq", "kml", "fgb", "gpkg"] {
        let file = server.anonymous().get(&format!("{CAMERAS}?f={format}")).await;
        let text = String::from_utf8_lossy(&file.body).into_owned();
        assert!(!["SN-777", "kín"].iter().any(|secret| text.contains(secret)), "{format}: {text}");
        let full = server.administrator().get(&format!("{CAMERAS}?f={format}")).await;
        assert!(String::from_utf8_lossy(&full.body).contains("SN-777"), "{format}");
    }
    let sheet = format!("{:?}", first_sheet(&server.anonymous().get(&format!("{CAMERAS}?f=xlsx")).await));
    assert!(!sheet.contains("SN-777") && !sheet.contains("kín"), "{sheet}");
}

#[actix_web::test]
async fn scoped_editors_file_has_internal_fields_only_inside() {
    let server = Server::with_communes().await;
    for (name, lon) in [("Trong", 105.7), ("Ngoài", 105.8)] {
        let mut body = camera(json!({"name": name, "manufacturer": format!("Hãng {name}"), "serial_number": name}));
        body["geometry"]["coordinates"] = json!([lon, 19.8]);
        server.administrator().post(CAMERAS, body).await.ok();
    }
    let places = server.query("select string_agg(distinct commune_code, ',') from cameras").await;
    assert_eq!(places, "00001,00002", "the cameras lie in both communes");
    let secret = server.account("west", &[json!({"role": "editor", "unit": "00001@2026-01-01"})]).await;
    let rows = csv_rows(server.holder(&secret).get(&format!("{CAMERAS}?f=csv")).await);
    let (communes, makers, serials) =
        (column(&rows, "commune_code"), column(&rows, "manufacturer"), column(&rows, "serial_number"));
    let inside = communes.iter().position(|code| code == "00001").unwrap();
    assert_eq!((communes.len(), communes[1 - inside].as_str()), (2, "00002"));
    assert_eq!((makers[inside].as_str(), makers[1 - inside].as_str()), ("Hãng Trong", ""));
    assert_eq!((serials[inside].as_str(), serials[1 - inside].as_str()), ("Trong", ""));
}

#[actix_web::test]
async fn anonymous_files_are_cached_until_something_changes() {
    let server = Server::new().await;
    let path = format!("{CAMERAS}?f=csv");
    let first = server.anonymous().get(&path).await.etag();
    assert_ne!(first, server.anonymous().get(&format!("{CAMERAS}?f=kml")).await.etag());
    let again = server.anonymous().send(Method::GET, &path, &[("If-None-Match", &first)], None).await;
    assert_eq!(again.status, 304);
    server.administrator().post(CAMERAS, camera(json!({}))).await.ok();
    let changed = server.anonymous().send(Method::GET, &path, &[("If-None-Match", &first)], None).await;
    assert_eq!(changed.status, 200);
    assert_ne!(server.administrator().get(&path).await.etag(), server.anonymous().get(&path).await.etag());
}

#[actix_web::test]
async fn every_file_except_anonymous_ones_is_in_the_audit_trail() {
    let server = Server::new().await;
    server.administrator().post(CAMERAS, camera(json!({"serial_number": "SN-1"}))).await.ok();
    server.administrator().post(CAMERAS, camera(json!({}))).await.ok();
    for format in FILES {
        server.anonymous().get(&format!("{CAMERAS}?f={format}")).await;
        let answer = server.administrator().get(&format!("{CAMERAS}?f={format}&eye_count=2")).await;
        let events = server.administrator().get("/audit?action=export.items&limit=1").await.ok();
        let event = &events["events"][0];
        assert_eq!(event["request_id"].as_str(), answer.header("x-request-id").as_deref());
        assert_eq!(event["collection"], "cameras");
        let expected = json!({
            "path": "/api/v1/collections/cameras/items", "format": format, "rows": 2, "restricted_rows": 2, "complete": true,
        });
        assert_eq!(event["detail"], expected);
    }
    assert_eq!(server.query("select count(*) from audit where action = 'export.items'").await, FILES.len());
}

#[actix_web::test]
async fn files_require_a_purpose_where_restricted_reads_do() {
    let server = Server::with_limits(|limits| limits.require_purpose = true).await;
    for format in FILES {
        let path = format!("{CAMERAS}?f={format}");
        assert_eq!(server.administrator().get(&path).await.summary(), "400 purpose.required X-Purpose");
        let said = server.administrator().send(Method::GET, &path, &[("X-Purpose", "Audit")], None).await;
        assert_eq!(said.status, 200);
        assert_eq!(server.anonymous().get(&path).await.status, 200);
    }
}

#[actix_web::test]
async fn texts_that_look_like_formulas_are_disarmed_in_csv() {
    let server = Server::new().await;
    for name in ["=1+1", "+84 912", "@SUM(A1)", "Chợ \"Mới\", cổng\nsau"] {
        server.administrator().post(TOWERS, tower(json!({"name": name, "code": format!("00{}", name.len())}))).await.ok();
    }
    let answer = server.administrator().get(&format!("{TOWERS}?f=csv")).await;
    assert!(answer.body.windows(2).filter(|pair| pair == b"\r\n").count() == 5, "lines end with CRLF");
    let rows = csv_rows(answer);
    let mut names = column(&rows, "name");
    names.sort();
    assert_eq!(names, ["'+84 912", "'=1+1", "'@SUM(A1)", "Chợ \"Mới\", cổng\nsau"]);
    assert!(column(&rows, "code").contains(&"004".into()));
    assert_eq!(column(&rows, "lon")[0], "105.7");
}

#[actix_web::test]
async fn gdal_reads_every_feature_of_each_layer() {
    let server = Server::with_demo().await;
    let directory = std::env::temp_dir().join(format!("hatang-exports-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    for layer in ALL {
        let items = format!("/collections/{}/items", layer.collection);
        let matched = server.anonymous().get(&format!("{items}?resultType=hits")).await.ok()["numberMatched"].clone();
        for format in FILES {
            let file = directory.join(format!("{}.{format}", layer.collection));
            std::fs::write(&file, server.anonymous().get(&format!("{items}?f={format}")).await.body).unwrap();
            if format == "xlsx" {
                continue;
            }
            let output = match Command::new("ogrinfo").args(["-ro", "-so", "-al"]).arg(&file).output() {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    eprintln!("no ogrinfo: GDAL was not asked");
                    return;
                }
                output => output.unwrap(),
            };
            let text = String::from_utf8_lossy(&output.stdout);
            let count = text.lines().find_map(|line| line.strip_prefix("Feature Count: "));
            // GDAL makes no layer of a sequence or a folder without features.
            let count = count.unwrap_or("0");
            assert_eq!(count, matched.to_string(), "{}: {text}{}", file.display(), String::from_utf8_lossy(&output.stderr));
        }
    }
    std::fs::remove_dir_all(&directory).unwrap();
}

/// The features of a file as GDAL reads them; `None` where GDAL is not installed.
fn read_by_gdal(bytes: &[u8], ending: &str, layer: &str) -> Option<Vec<Value>> {
    let file = tempfile::Builder::new().suffix(ending).tempfile().unwrap();
    std::fs::write(&file, bytes).unwrap();
    let output = Command::new("ogr2ogr").args(["-preserve_fid", "-f", "GeoJSON", "/vsistdout/"]).arg(file.path()).arg(layer).output();
    let output = match output {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        output => output.unwrap(),
    };
    let read: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let mut features = read["features"].as_array().unwrap().clone();
    features.sort_by_key(|feature| feature["properties"]["id"].as_i64().or(feature["id"].as_i64()));
    Some(features)
}

#[actix_web::test]
async fn binary_files_hold_the_same_values_and_places() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    admin.post(CAMERAS, camera(json!({"name": "Cổng chợ", "installed_on": "2023-09-20", "azimuth_deg": 12.5}))).await.ok();
    let mut nowhere = camera(json!({"name": "Chưa rõ chỗ", "declared_commune_code": "00001", "declared_on": "2026-01-01"}));
    nowhere["geometry"] = Value::Null;
    admin.post(CAMERAS, nowhere).await.ok();
    admin.post(TOWERS, tower(json!({"technologies": ["2G", "4G"]}))).await.ok();
    let package = admin.get("/export.gpkg?collections=towers,cameras").await;
    assert_eq!(package.header("content-type").unwrap(), "application/geopackage+sqlite3");
    for (path, layer) in [(CAMERAS, "cameras"), (TOWERS, "towers")] {
        let mut expected = admin.get(path).await.features();
        expected.sort_by_key(|feature| feature["id"].as_i64());
        for (format, bytes) in [
            (".fgb", admin.get(&format!("{path}?f=fgb")).await.body),
            (".gpkg", admin.get(&format!("{path}?f=gpkg")).await.body),
            (".gpkg", package.body.clone()),
        ] {
            let Some(found) = read_by_gdal(&bytes, format, layer) else { return };
            assert_eq!(found.len(), expected.len(), "{layer}{format}");
            for (found, expected) in found.iter().zip(&expected) {
                let id = if format == ".fgb" { &found["properties"]["id"] } else { &found["id"] };
                assert_eq!(id, &expected["id"], "{layer}{format}");
                for (name, value) in expected["properties"].as_object().unwrap() {
                    let same = match (value, &found["properties"][name]) {
                        (Value::Array(all), Value::String(text)) => {
                            all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ") == *text
                        }
                        // GDAL writes an instant in a form of its own, and a date of FlatGeobuf as one.
                        (Value::String(value), Value::String(found)) => {
                            value == found || value.get(..10) == found.replace('/', "-").get(..10)
                        }
                        (value, found) => value == found,
                    };
                    assert!(same, "{layer}{format} {name}: {value} {}", found["properties"][name]);
                }
                let (place, known) = (&found["geometry"], &expected["geometry"]);
                // FlatGeobuf has a place without numbers for a row that has none.
                let is_nowhere = known.is_null() && (place.is_null() || format == ".fgb");
                assert!(is_nowhere || place["coordinates"] == known["coordinates"], "{layer}{format}: {place} {known}");
            }
        }
    }
    let unknown = server.anonymous().get("/export.gpkg?collections=cameras,none").await;
    assert_eq!(unknown.codes(), ["parameter.invalid"]);
    // A field of one layer only is a parameter of that layer only.
    assert_eq!(server.anonymous().get("/export.gpkg?collections=cameras,towers&operator=vnpt").await.status, 400);
    assert_eq!(server.anonymous().get("/export.gpkg").await.status, 200);
}
