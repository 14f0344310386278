//! In files, too, it is said why figures are zero, and from which units they are added.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use crate::common::{Answer, Server};

fn csv_rows(answer: &Answer) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(&answer.body[3..]).into_records().map(Result::unwrap).collect()
}

/// The second cell of the line with this name, in a sheet of a workbook.
fn line(answer: &Answer, sheet: &str, name: &str) -> Option<String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(answer.body.to_vec())).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    let found = range.rows().find(|row| matches!(&row[0], Data::String(text) if text == name))?;
    Some(found[1].to_string())
}

#[actix_web::test]
async fn file_of_an_old_unit_says_when_it_ended_and_where_its_rows_lie() {
    let server = Server::with_communes().await;
    let path = "/stats/00012@2024-01-01?as_of=2026-01-01&indicators=camera_eyes&labels=vi";
    let table = csv_rows(&server.anonymous().get(&format!("{path}&f=csv")).await);
    let notice = table[0].iter().next_back().unwrap();
    assert!(notice.starts_with("Xã Giữa kết thúc ngày 30/6/2025, sau đó là 00001 Phường Tây"), "{notice}");
    let from = "Số liệu được cộng từ: một phần Phường Tây (theo vị trí)";
    assert!(notice.contains(from), "{notice}");
    let book = server.anonymous().get(&format!("{path}&f=xlsx")).await;
    assert!(line(&book, "Ghi chú", "Lưu ý").unwrap().starts_with("Xã Giữa kết thúc"));
    assert!(line(&book, "Ghi chú", "Địa bàn lấy số liệu").unwrap().starts_with(from));
    let today = server.anonymous().get("/stats/00001?indicators=camera_eyes&f=xlsx").await;
    assert_eq!(line(&today, "Ghi chú", "Lưu ý"), None);
}

#[actix_web::test]
async fn row_of_a_unit_without_a_boundary_says_so() {
    let server = Server::with_communes().await;
    server.execute("update admin_units set geom = null, geom_source = null where code = '00002'").await;
    let answer = server.anonymous().get("/stats?within=38&indicators=camera_eyes&f=csv&labels=vi").await;
    let notices: Vec<_> = csv_rows(&answer).iter().map(|row| row.iter().next_back().unwrap().to_owned()).collect();
    assert!(notices[1].starts_with("1/2 đơn vị chưa có ranh giới"), "{notices:?}");
    assert_eq!([&*notices[0], &*notices[2]], ["", ""]);
}

#[actix_web::test]
async fn workbook_of_communes_shows_what_was_published_of_the_district() {
    let server = Server::with_demo().await;
    let path = "/stats?within=405@2023-09-20&as_of=2023-09-20&compare=2022-12-31&f=xlsx";
    let answer = server.anonymous().get(path).await;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(answer.body.to_vec())).unwrap();
    let mut find = |sheet: &str, name: &str, figure: &str| -> Vec<String> {
        let range = book.worksheet_range(sheet).unwrap();
        let is_it = |row: &&[Data]| row[1] == name && row[2].to_string().starts_with(figure);
        let row = range.rows().find(is_it).unwrap_or_else(|| panic!("no {figure} in {sheet}"));
        row.iter().map(ToString::to_string).collect()
    };
    let published = find("Đã công bố", "Huyện Đông Sơn", "Số mắt camera");
    assert_eq!(&published[3..6], ["421", "421", "0"]);
    // The parts of the district, too: published were 55 and 366.
    let police = find("Đã công bố", "Huyện Đông Sơn", "Số mắt camera theo cấp quản lý: Công an huyện");
    assert_eq!(&published[3..6], ["421", "421", "0"]);
    assert_eq!(police[4], "55");
    let change = find("Tăng, giảm", "Huyện Đông Sơn", "Số mắt camera");
    assert_eq!((&*change[4], &*change[6]), ("312", "109"));
}
