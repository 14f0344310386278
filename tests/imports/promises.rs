//! Files that promise more than they hold, or hold more than they seem to.

use std::time::{Duration, Instant};

use actix_web::http::Method;

use super::books::{Book, N, T};
use super::safety::{simple, with_part};
use super::{counts, findings, plan, send};
use crate::common::Server;

/// Found by attack: a workbook of 1.7 kB ended the process by an allocation of 103 GB.
#[actix_web::test]
async fn promised_texts_are_compared_with_what_is_there() {
    let server = Server::with_communes().await;
    for start in [
        r#"<sst uniqueCount="2000000000">"#,
        r#"<sst count='1' uniqueCount = '2000000000'>"#,
        r#"<sst uniqueCount="&#50;000000000">"#,
    ] {
        let xml = format!("{start}<si><t>A</t></si></sst>{}", " ".repeat(100));
        let file = with_part(&simple(), "xl/sharedStrings.xml", xml.as_bytes());
        let answer = send(server.administrator(), "cameras", "", file).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec!["file.damaged".to_owned()]), "{start}");
    }
    assert_eq!(counts(&plan(server.administrator(), "cameras", "", simple()).await), [1, 0, 0, 0, 0, 0]);
}

#[test]
fn a_text_stored_once_counts_in_every_cell() {
    let text = "x".repeat(30_000);
    let row = [T("A"), T("Công an xã"), N(105.7), N(19.8), T(&text)];
    let head: &[_] = &[T("Tên"), T("Cấp quản lý"), T("Kinh độ"), T("Vĩ độ"), T("Ghi chú")];
    let rows: Vec<&[_]> = std::iter::once(head).chain(std::iter::repeat_n(&row[..], 2500)).collect();
    let file = Book::of("A", &rows).bytes();
    assert!(file.len() < 1 << 20, "{}", file.len());
    // Not over HTTP, where a slow machine would answer that planning goes on.
    assert_eq!(hatang::files::sheet::read(&file).unwrap_err().code, "file.too_large");
}

#[actix_web::test]
async fn more_values_than_memory_holds_are_refused_before_they_are_read() {
    let server = Server::with_communes().await;
    let line = format!("{}1]]}}}}", "[1,1],".repeat(700_000));
    let line = format!(r#"{{"type":"Feature","geometry":{{"type":"LineString","coordinates":[{line}"#);
    let kml = format!("<kml><Placemark><LineString><coordinates>{}</coordinates>", "1,1 ".repeat(4_000_001));
    for (file, code) in [
        (",".repeat(3_000_000), "file.too_large"),
        ("1,1,1\n".repeat(1_500_000), "file.too_large"),
        (line, "json.malformed"),
        (kml, "file.too_large"),
    ] {
        let answer = send(server.administrator(), "cameras", "", file.clone().into_bytes()).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec![code.to_owned()]), "{}", &file[..40]);
    }
}

#[actix_web::test]
async fn a_property_given_twice_refuses_the_file() {
    let server = Server::with_communes().await;
    let feature = r#"{"type":"Feature","geometry":null,"properties":{"name":"A","name":"B"}}"#;
    let answer = send(server.administrator(), "cameras", "", feature.into()).await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec!["json.malformed".to_owned()]));
}

#[actix_web::test]
async fn forms_of_many_fields_nul_and_days_before_time_are_refused() {
    let server = Server::with_communes().await;
    let form = |fields: &[(String, String)]| {
        let field = |(name, value): &(String, String)| {
            format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let fields: String = fields.iter().map(field).collect();
        format!(
            "{fields}--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nname\nA\r\n--B--\r\n"
        )
    };
    let many: Vec<_> = (0..20_000).map(|nth| (format!("f{nth}"), String::new())).collect();
    let long: Vec<_> = (0..20).map(|nth| (format!("f{nth}"), "x".repeat(30_000))).collect();
    let one = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    for (fields, status) in [
        (many, 400),
        (long, 413),
        (one("mapping", r#"{"a\u0000":"name"}"#), 400),
        (one("values", r#"{"name":{"a":"b","a":"c"}}"#), 400),
        (one("units_as_of", "-9999-01-01"), 400),
        (one("effective_on", "+12345-01-01"), 400),
    ] {
        let (headers, body) = ([("Content-Type", "multipart/form-data; boundary=B")], form(&fields).into_bytes());
        let caller = server.administrator();
        let answer = caller.send_bytes(Method::POST, "/collections/cameras/imports", &headers, Some(body)).await;
        assert_eq!(answer.status, status, "{} {}", fields[0].0, answer.summary());
    }
    // A form that breaks off is no form; its reader would wait for ever.
    let (headers, body) = ([("Content-Type", "multipart/form-data; boundary=B")], form(&[]).replace("--B--\r\n", ""));
    let caller = server.administrator();
    let answer = caller.send_bytes(Method::POST, "/collections/cameras/imports", &headers, Some(body.into())).await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (400, vec!["body.broken".to_owned()]));
}

/// Found by attack: each cell was folded for each of a hundred headers.
#[actix_web::test]
async fn a_cell_of_a_megabyte_is_an_error_of_its_row() {
    let server = Server::with_communes().await;
    let csv = format!("name,managing_level,lon,lat,note\nA,commune_police,105.7,19.8,{}\n", "x".repeat(1_000_000));
    let started = Instant::now();
    let planned = plan(server.administrator(), "cameras", "", csv.into_bytes()).await;
    assert_eq!((findings(&planned), counts(&planned)[4]), (vec!["E2 range".to_owned()], 1));
    assert!(planned.to_string().len() < 20_000);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

/// Found by attack: every row was compared with every other, for minutes.
#[actix_web::test]
async fn thousands_of_rows_within_a_metre_are_planned_in_seconds() {
    let server = Server::with_communes().await;
    let row = |nth: i32| format!("{nth},Điểm {nth},viettel,{:.7},19.8\n", 105.7 + f64::from(nth % 100) * 1e-7);
    let csv: String =
        std::iter::once("external_id,name,operator,lon,lat\n".to_owned()).chain((0..3000).map(row)).collect();
    let started = Instant::now();
    let planned = plan(server.administrator(), "towers", "", csv.into_bytes()).await;
    assert_eq!(counts(&planned)[0], 3000, "{:?}", counts(&planned));
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}
