//! Workbooks that the service writes: the one returned to the sender, and the template.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use serde_json::json;

use super::books::{Book, N, T};
use super::{commit, counts, findings, plan};
use crate::common::{Answer, Server};

fn open(answer: Answer) -> Xlsx<Cursor<Vec<u8>>> {
    assert_eq!(answer.status, 200, "{}", answer.summary());
    Xlsx::new(Cursor::new(answer.body.to_vec())).unwrap()
}

fn rows(workbook: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Vec<Vec<String>> {
    let range = workbook.worksheet_range(sheet).unwrap();
    range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
}

#[actix_web::test]
async fn returned_workbook_has_states_and_can_be_sent_again() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let book = Book::of(
        "Camera",
        &[
            &[T("DANH SÁCH")],
            &[T("Tên"), T("Số mắt"), T("Cấp quản lý"), T("Xã"), T("Kinh độ"), T("Vĩ độ")],
            &[T("A"), N(2.0), T("Công an xã"), T("Phường Tây"), N(105.7), N(19.8)],
            &[T("B"), N(40.0), T("Công an xã"), T("Phuong Tay"), N(105.71), N(19.8)],
        ],
    );
    let planned = plan(administrator, "cameras", "", book.bytes()).await;
    assert_eq!(findings(&planned), ["B4 range", "D4 unit.unknown_name"]);
    let path = format!("/imports/{}/workbook", planned["id"].as_str().unwrap());
    let answer = administrator.get(&path).await;
    let sent_back = answer.body.to_vec();
    let mut back = open(answer);
    let sheet = rows(&mut back, "Camera");
    assert_eq!(sheet[1][6], "Trạng thái nhập");
    assert_eq!(sheet[2][6], "Thêm mới");
    assert!(sheet[3][6].starts_with("Lỗi: “Số mắt” phải từ 1 đến 16."), "{}", sheet[3][6]);
    assert_eq!(sheet[2][..6], ["A", "2", "Công an xã", "Phường Tây", "105.7", "19.8"]);
    let lists = rows(&mut back, "Danh mục");
    assert!(lists.iter().flatten().any(|text| text == "00001 Phường Tây (Tỉnh Thanh Hóa)"));

    // The returned workbook has the same two faults. The state column is not a column of the layer.
    let again = plan(administrator, "cameras", "", sent_back).await;
    assert_eq!(findings(&again), ["B4 range", "D4 unit.unknown_name"]);
    assert_eq!(counts(&again), [1, 0, 0, 0, 1, 0]);
}

#[actix_web::test]
async fn only_corrected_rows_act_after_the_rest_was_committed() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let book = |second: f64| {
        let header = [T("Mã"), T("Tên"), T("Số mắt"), T("Cấp quản lý"), T("Kinh độ"), T("Vĩ độ")];
        Book::of(
            "A",
            &[
                &header,
                &[T("A"), T("A"), N(2.0), T("Công an xã"), N(105.7), N(19.8)],
                &[T("B"), T("B"), N(second), T("Công an xã"), N(105.71), N(19.8)],
            ],
        )
        .bytes()
    };
    commit(administrator, &plan(administrator, "cameras", "", book(2.0)).await).await.ok();
    let corrected = plan(administrator, "cameras", "", book(4.0)).await;
    assert_eq!(counts(&corrected), [0, 1, 1, 0, 0, 0]);
}

#[actix_web::test]
async fn template_of_every_layer_is_understood_column_by_column() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    for layer in hatang::layers::ALL.iter().filter(|layer| layer.is_writable()) {
        let path = format!("/collections/{}/import-template.xlsx", layer.collection);
        let answer = administrator.get(&path).await;
        let file = answer.body.to_vec();
        let mut workbook = open(answer);
        assert_eq!(workbook.sheet_names(), [layer.collection, "Hướng dẫn", "Danh mục"]);
        assert!(rows(&mut workbook, "Danh mục").iter().flatten().any(|text| text == "00001 Phường Tây"));
        let planned = plan(administrator, layer.collection, "", file).await;
        assert_eq!(findings(&planned), ["file.no_rows"], "{}", layer.collection);
        let columns = planned["mapping"][0]["columns"].as_array().unwrap();
        assert!(columns.iter().all(|column| column["target"] != "unknown"), "{}: {columns:?}", layer.collection);
    }
}

#[actix_web::test]
async fn template_lists_the_communes_of_the_caller() {
    let server = Server::with_communes().await;
    let editor = server.account("west", &[json!({"role": "editor", "unit": "00001@2026-01-01"})]).await;
    let mut workbook = open(server.holder(&editor).get("/collections/cameras/import-template.xlsx").await);
    let lists = rows(&mut workbook, "Danh mục");
    let communes: Vec<_> = lists.iter().flatten().filter(|text| text.starts_with("0000")).collect();
    assert_eq!(communes, ["00001 Phường Tây"]);
    let header = rows(&mut workbook, "cameras").remove(0);
    assert!(header.contains(&"Số sê-ri".to_owned()) && header.contains(&"Kinh độ".to_owned()));
}
