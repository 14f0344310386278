//! What the readers of files do with damaged, hidden, old and odd cells: nothing is lost or changed without a word.

use std::io::{Cursor, Read, Write};

use serde_json::{Value, json};

use super::books::{Book, D, E, N, T};
use super::{commit, counts, findings, plan, send};
use crate::common::Server;

const HEADER: [super::books::Put<'_>; 5] = [T("Tên trạm"), T("Nhà mạng"), T("Kinh độ"), T("Vĩ độ"), T("Ghi chú")];

async fn notes(server: &Server) -> Value {
    server.query("select jsonb_object_agg(name, note) from towers").await
}

/// A workbook with a part changed, as other programs write it.
fn changed(book: &[u8], part: &str, from: &str, to: &str) -> Vec<u8> {
    let mut old = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..old.len() {
        let mut entry = old.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        if name == part {
            let text = String::from_utf8(content).unwrap();
            assert!(text.contains(from), "{text}");
            content = text.replace(from, to).into_bytes();
        }
        new.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        new.write_all(&content).unwrap();
    }
    new.finish().unwrap().into_inner()
}

#[actix_web::test]
async fn quotation_mark_that_is_not_closed_keeps_the_rows_apart() {
    let server = Server::with_communes().await;
    let csv = "Tên trạm,Nhà mạng,Kinh độ,Vĩ độ,Ghi chú\nA,Viettel,105.70,19.8,tốt\nB,Viettel,105.72,19.8,\"cột 20 inch\n\
               C,VNPT,105.74,19.8,tốt\nD,VNPT,105.76,19.8,\"hai\ndòng\"\nE,VNPT,105.78,19.8,ống 5\" cũ\n";
    let planned = plan(server.administrator(), "towers", "", csv.into()).await;
    assert_eq!((findings(&planned), counts(&planned)), (vec!["3 csv.quote".to_owned()], [5, 0, 0, 0, 0, 1]));
    commit(server.administrator(), &planned).await.ok();
    let expected = json!({"A": "tốt", "B": "\"cột 20 inch", "C": "tốt", "D": "hai\ndòng", "E": "ống 5\" cũ"});
    assert_eq!(notes(&server).await, expected);
}

#[actix_web::test]
async fn row_wider_than_its_header_is_refused() {
    let server = Server::with_communes().await;
    let csv = "name,operator,lon,lat,height_m\nA,viettel,105.70,19.8,42,5\nB,viettel,105.72,19.8,42\nC,vnpt,105.74,19.8,40,,\n";
    let planned = plan(server.administrator(), "towers", "", csv.into()).await;
    assert_eq!(
        (findings(&planned), counts(&planned)[..5].to_vec()),
        (vec!["2 row.too_wide".to_owned()], vec![2, 0, 0, 0, 1])
    );
}

#[actix_web::test]
async fn nul_in_a_file_is_taken_out_and_told() {
    let server = Server::with_communes().await;
    let csv = "na\0me,operator,lon,lat,no\0te\nA\0,viettel,105.70,19.8,x\0y\n";
    let geojson = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"na\u0000me":"A\u0000","operator":"viettel","note":"x\u0000y"},
        "geometry":{"type":"Point","coordinates":[105.7,19.8]}},{"type":"Feature","properties":null,"geometry":{"type":"\u0000"}}]}"#;
    let kml = "<kml><Placemark><name>A&#0;</name><ExtendedData><Data name=\"operator\"><value>viettel</value></Data><Data name=\"note\">\
               <value>x&#0;y</value></Data></ExtendedData><Point><coordinates>105.7,19.8</coordinates></Point></Placemark></kml>";
    let row = [T("A_x0000_"), T("Viettel"), N(105.7), N(19.8), T("x_x0000_y")];
    let book = Book::of("Trạm", &[&HEADER, &row]).bytes();
    let book = changed(&book, "xl/sharedStrings.xml", "_x005F_", "_");
    for file in [csv.as_bytes().to_vec(), geojson.into(), kml.into(), book] {
        let planned = plan(server.administrator(), "towers", "", file).await;
        assert_eq!(counts(&planned)[0], 1, "{planned}");
        assert!(findings(&planned).iter().any(|said| said.ends_with("cell.cleaned")), "{planned}");
    }
}

#[actix_web::test]
async fn old_encodings_are_converted_with_a_warning() {
    let server = Server::with_communes().await;
    let row = [T("Tr\u{ad}êng TiÓu häc §«ng S¬n"), T("Viettel"), N(105.7), N(19.8), E];
    let book = Book::of("Trạm", &[&HEADER, &row]).bytes();
    let planned = plan(server.administrator(), "towers", "", book).await;
    assert_eq!((findings(&planned), counts(&planned)), (vec!["A text.encoding".to_owned()], [1, 0, 0, 0, 0, 1]));
    commit(server.administrator(), &planned).await.ok();
    let vni = "Teân traïm;Nhaø maïng;Kinh ñoä;Vó ñoä;Ghi chuù\nTraïm Chôï Ñoâng Ninh;Viettel;105,72;19,8;toát\n";
    let bytes = encoding_rs::WINDOWS_1252.encode(vni).0.into_owned();
    let planned = plan(server.administrator(), "towers", "", bytes).await;
    assert_eq!((findings(&planned), counts(&planned)), (vec!["file.encoding".to_owned()], [1, 0, 0, 0, 0, 1]));
    commit(server.administrator(), &planned).await.ok();
    assert_eq!(notes(&server).await, json!({"Trường Tiểu học Đông Sơn": null, "Trạm Chợ Đông Ninh": "tốt"}));
}

#[actix_web::test]
async fn days_of_1904_and_days_almost_at_midnight_are_the_days_that_were_meant() {
    let server = Server::with_communes().await;
    let mut header = HEADER;
    header[4] = T("Ngày lắp đặt");
    let row = |name, days, lon| [T(name), T("Viettel"), N(lon), N(19.8), D(days)];
    let days = "select jsonb_object_agg(name, installed_on) from towers";
    let book = Book::of("Trạm", &[&header, &row("A", 44_958.0, 105.7), &row("B", 44_957.999_51, 105.72)]).bytes();
    let old = Book::of("Trạm", &[&header, &row("C", 44_958.0 - 1462.0, 105.74)]).bytes();
    let old = changed(&old, "xl/workbook.xml", "<workbookPr ", "<workbookPr date1904=\"1\" ");
    for file in [book, old] {
        let planned = plan(server.administrator(), "towers", "", file).await;
        commit(server.administrator(), &planned).await.ok();
    }
    assert_eq!(server.query(days).await, json!({"A": "2023-02-01", "B": "2023-02-01", "C": "2023-02-01"}));
}

#[actix_web::test]
async fn hidden_rows_are_read_and_hidden_sheets_are_not() {
    let server = Server::with_communes().await;
    let row = |name, lon| [T(name), T("Viettel"), N(lon), N(19.8), T("a_x000D_\nb")];
    let book = |hidden: bool| {
        let first = Book::of("Danh sách", &[&HEADER, &row("A", 105.7), &row("B", 105.72)]).with(|sheet| {
            sheet.set_row_hidden(2).unwrap().set_column_hidden(4).unwrap();
            sheet.set_hidden(hidden);
        });
        let second = first.sheet("Bản cũ").row(&HEADER).row(&row("C", 105.74));
        let bytes = second
            .with(|sheet| {
                sheet.set_hidden(!hidden);
            })
            .bytes();
        changed(&bytes, "xl/sharedStrings.xml", "_x005F_x000D_", "_x000D_")
    };
    let planned = plan(server.administrator(), "towers", "", book(false)).await;
    assert_eq!(findings(&planned), ["sheet.hidden", "sheet.hidden", "sheet.hidden"]);
    assert_eq!(counts(&planned), [2, 0, 0, 0, 0, 0]);
    commit(server.administrator(), &planned).await.ok();
    assert_eq!(notes(&server).await, json!({"A": "a\nb", "B": "a\nb"}));
    assert_eq!(counts(&plan(server.administrator(), "towers", "", book(true)).await)[0], 1);
}

#[actix_web::test]
async fn repeated_headers_signatures_and_second_tables_are_no_records() {
    let server = Server::with_communes().await;
    let row = |name, lon| [T(name), T("Viettel"), N(lon), N(19.8), E];
    let rows: [&[_]; 9] = [
        &HEADER,
        &row("A", 105.7),
        &HEADER,
        &[N(1.0), N(2.0), N(3.0), N(4.0), N(5.0)],
        &row("B", 105.72),
        &[T("Người lập biểu"), E, T("TM. UBND XÃ")],
        &[T("Nguyễn Văn A"), E, T("Trần Văn B")],
        &[T("Tên cơ sở"), T("Mã trạm"), T("Ghi chú")],
        &[T("Trường học"), T("M1"), T("khác")],
    ];
    let planned = plan(server.administrator(), "towers", "", Book::of("Trạm", &rows).bytes()).await;
    let expected = ["3 row.header", "6 row.ignored", "7 row.ignored"];
    assert_eq!((&findings(&planned)[..3], counts(&planned)[0]), (&expected.map(String::from)[..], 2));
}

#[actix_web::test]
async fn damaged_sheet_does_not_refuse_the_others() {
    let server = Server::with_communes().await;
    let row = |name, lon| [T(name), T("Viettel"), N(lon), N(19.8), E];
    let book = Book::of("Một", &[&HEADER, &row("A", 105.7)]).sheet("Hai").row(&HEADER).row(&row("B", 105.72)).bytes();
    let broken = changed(&book, "xl/worksheets/sheet2.xml", "</row>", "<row");
    let planned = plan(server.administrator(), "towers", "", broken).await;
    assert_eq!((findings(&planned), counts(&planned)), (vec!["sheet.damaged".to_owned()], [1, 0, 0, 0, 0, 1]));
    let twice = changed(&book, "xl/worksheets/sheet1.xml", "r=\"B2\"", "r=\"A2\"");
    assert_eq!(findings(&plan(server.administrator(), "towers", "", twice).await), ["sheet.damaged"]);
}

#[actix_web::test]
async fn other_formats_are_refused_by_their_names() {
    let server = Server::with_communes().await;
    for (part, name) in
        [("content.xml", ".ods"), ("xl/workbook.bin", ".xlsb"), ("word/document.xml", ".docx"), ("a.csv", ".zip")]
    {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file(part, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(b"x").unwrap();
        let answer = send(server.administrator(), "towers", "", archive.finish().unwrap().into_inner()).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec!["file.format".to_owned()]));
        assert!(answer.json().to_string().contains(name), "{name}");
    }
}
