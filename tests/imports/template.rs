//! The template: a row of its own examples is a record that the register takes.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use hatang::layers::ALL;
use serde_json::json;

use super::books::{Book, T};
use super::{commit, counts, plan};
use crate::common::{Caller, Server};

/// The sheet and the guide of a template, as rows of texts.
async fn template(caller: Caller<'_>, collection: &str) -> [Vec<Vec<String>>; 2] {
    let answer = caller.get(&format!("/collections/{collection}/import-template.xlsx")).await;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(answer.body.to_vec())).unwrap();
    [collection, "Hướng dẫn"].map(|sheet| {
        let range = workbook.worksheet_range(sheet).unwrap();
        range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect()
    })
}

#[actix_web::test]
async fn examples_of_every_template_are_a_record_that_can_be_imported() {
    let server = Server::with_communes().await;
    let editor = server.account("west", &[json!({"role": "editor", "unit": "00001@2026-01-01"})]).await;
    for caller in [server.administrator(), server.holder(&editor)] {
        for layer in ALL.iter().filter(|layer| layer.is_writable()) {
            let [sheet, guide] = template(caller, layer.collection).await;
            let header = &sheet[0];
            let examples: Vec<&str> = guide[2..].iter().map(|row| row[4].as_str()).collect();
            assert_eq!(header.len(), examples.len(), "{}", layer.collection);
            let filled = examples.iter().filter(|example| !example.is_empty()).count();
            assert!(filled * 3 > header.len() * 2, "{}: {examples:?}", layer.collection);
            let head: Vec<_> = header.iter().map(|name| T(name)).collect();
            let cells: Vec<_> = examples.iter().map(|example| T(example)).collect();
            let planned = plan(caller, layer.collection, "", Book::of("A", &[&head, &cells]).bytes()).await;
            let serious: Vec<_> =
                planned["findings"].as_array().unwrap().iter().filter(|it| it["severity"] != "info").collect();
            assert!(serious.is_empty(), "{} {serious:#?}", layer.collection);
            let [created, updated, unchanged, ..] = counts(&planned);
            assert_eq!(created + updated + unchanged, 1, "{planned}");
            commit(caller, &planned).await.ok();
        }
    }
}

#[actix_web::test]
async fn guide_explains_each_value_on_a_line_of_its_own() {
    let server = Server::with_communes().await;
    let [sheet, guide] = template(server.anonymous(), "cameras").await;
    assert_eq!(sheet[0][..5], ["Mã", "Tên", "Kinh độ", "Vĩ độ", "Cấp quản lý *"]);
    let zone = guide.iter().find(|row| row[0] == "Khu vực giám sát").unwrap();
    assert!(zone[3].lines().any(|line| line == "Cổng thôn, tổ dân phố"), "{}", zone[3]);
    // The district tier ended in 2025.
    let all: String = guide.iter().flatten().map(String::as_str).collect();
    assert!(!all.contains("Công an huyện") && !all.contains("\nHuyện"), "{all}");
}
