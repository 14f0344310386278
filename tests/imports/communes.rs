//! Communes as people write them: names of any kind, of another day, ambiguous, and beside a code.

use serde_json::{Value, json};

use super::books::*;
use super::{commit, counts, findings, plan};
use crate::common::Server;

/// Two more communes called Xã Hòa: one in each half of the fixture, which divides at 105.75 degrees.
const SAME_NAME: &str = "
    update admin_units set geom = st_multi(st_makeenvelope(105.6, 19.8, 105.75, 19.9, 4326)) where code = '00001';
    update admin_units set geom = st_multi(st_makeenvelope(105.75, 19.8, 105.9, 19.9, 4326)) where code = '00002';
    insert into admin_units (level, code, name, parent_code, valid_from, source, geom, geom_source) values
      ('commune', '00021', 'Xã Hòa', '38', '2025-07-01', 'demo', st_multi(st_makeenvelope(105.6, 19.7, 105.75, 19.8, 4326)), 'demo'),
      ('commune', '00022', 'Xã Hòa', '38', '2025-07-01', 'demo', st_multi(st_makeenvelope(105.75, 19.7, 105.9, 19.8, 4326)), 'demo')";

/// A file of cameras without places.
fn csv(header: &str, rows: &[&str]) -> Vec<u8> {
    format!("Tên;Cấp quản lý;{header}\n{}\n", rows.join("\n")).into_bytes()
}

/// The declared codes by name, after a commit.
async fn declared(server: &Server) -> Value {
    let items = server.administrator().all_items("/collections/cameras/items").await;
    let pair = |item: &Value| {
        let name = item["properties"]["name"].as_str().unwrap().to_owned();
        (name, item["properties"]["declared_commune_code"].clone())
    };
    Value::Object(items.iter().map(pair).collect())
}

#[actix_web::test]
async fn names_are_read_with_offices_short_kinds_and_what_is_above() {
    let server = Server::with_communes().await;
    let rows = [
        "A;Công an xã;P. Tây",
        "B;Công an xã;UBND phường Tây",
        "C;Công an xã;CAX Đông",
        "D;Công an xã;xã Đông - tỉnh Thanh Hóa",
        "E;Công an xã;PHƯỜNG TÂY",
        "F;Công an xã;Phuong Tay",
        "G;Công an xã;Xã Tây",
    ];
    let planned = plan(server.administrator(), "cameras", "", csv("Xã, phường", &rows)).await;
    assert_eq!(findings(&planned), ["C7 unit.unknown_name", "C8 unit.unknown_name"]);
    for index in [0, 1] {
        assert_eq!(planned["findings"][index]["suggestion"], "00001 Phường Tây (Tỉnh Thanh Hóa)");
    }
    let planned = plan(server.administrator(), "cameras", "", csv("Xã, phường", &rows[..5])).await;
    commit(server.administrator(), &planned).await.ok();
    assert_eq!(declared(&server).await, json!({"A": "00001", "B": "00001", "C": "00002", "D": "00002", "E": "00001"}));
}

#[actix_web::test]
async fn former_names_and_codes_are_read_as_their_successor() {
    let server = Server::with_communes().await;
    let rows =
        ["A;Công an xã;TT. Cũ", "B;Công an xã;00011", "C;Công an xã;CATT Cũ, huyện Đông Sơn", "D;Công an xã;Xã Giữa"];
    let planned = plan(server.administrator(), "cameras", "", csv("Xã, phường", &rows)).await;
    let expected = ["C2 unit.succeeded", "C3 unit.succeeded", "C4 unit.succeeded", "C5 unit.ambiguous_name"];
    assert_eq!(findings(&planned), expected);
    let told = planned["findings"][0]["message"].as_str().unwrap();
    for part in ["Thị trấn Cũ", "2025-06-30", "Phường Tây", "00001"] {
        assert!(told.contains(part), "{told}");
    }
    let suggestion = "00001 Phường Tây (Tỉnh Thanh Hóa); 00002 Xã Đông (Tỉnh Thanh Hóa)";
    assert_eq!(planned["findings"][3]["suggestion"], suggestion);
    let planned = plan(server.administrator(), "cameras", "", csv("Xã, phường", &rows[..3])).await;
    commit(server.administrator(), &planned).await.ok();
    assert_eq!(declared(&server).await, json!({"A": "00001", "B": "00001", "C": "00001"}));

    // Of a commune that was divided, the place says which part.
    let rows = ["E;Công an xã;Xã Giữa;105.72;19.8", "F;Công an xã;00012;105.8;19.8"];
    let planned = plan(server.administrator(), "cameras", "", csv("Xã, phường;Kinh độ;Vĩ độ", &rows)).await;
    assert_eq!(findings(&planned), ["C2 unit.by_place", "C3 unit.by_place"]);
    commit(server.administrator(), &planned).await.ok();
    let all = declared(&server).await;
    assert_eq!((&all["E"], &all["F"]), (&json!("00001"), &json!("00002")));
}

#[actix_web::test]
async fn record_keeps_a_former_code_that_its_row_repeats() {
    let server = Server::with_communes().await;
    let before =
        plan(server.administrator(), "cameras", "?units_as_of=2024-01-01", csv("Xã;Mã", &["A;Công an xã;00011;CAM-1"]))
            .await;
    commit(server.administrator(), &before).await.ok();
    let again = plan(server.administrator(), "cameras", "", csv("Xã;Mã", &["A;Công an xã;00011;CAM-1"])).await;
    assert_eq!(counts(&again), [0, 0, 1, 0, 0, 0]);
    // With its day, the code is read on that day.
    let dated = csv("Xã;Mã;Ngày khai báo xã, phường", &["A;Công an xã;00011;CAM-1;01/01/2024"]);
    let dated = plan(server.administrator(), "cameras", "", dated).await;
    assert_eq!((findings(&dated), counts(&dated)), (vec![], [0, 0, 1, 0, 0, 0]));
}

#[actix_web::test]
async fn name_of_several_communes_is_narrowed_by_the_grant_and_then_by_the_place() {
    let server = Server::with_communes().await;
    server.execute(SAME_NAME).await;
    let rows = ["A;Công an xã;Xã Hòa;;", "B;Công an xã;X. Hoà;105.8;19.75"];
    let file = || csv("Xã, phường;Kinh độ;Vĩ độ", &rows);
    let planned = plan(server.administrator(), "cameras", "", file()).await;
    assert_eq!(findings(&planned), ["C2 unit.ambiguous_name", "C3 unit.by_place"]);
    let suggestion = "00021 Xã Hòa (Tỉnh Thanh Hóa); 00022 Xã Hòa (Tỉnh Thanh Hóa)";
    assert_eq!(planned["findings"][0]["suggestion"], suggestion);
    // What is suggested can be written.
    let corrected = csv("Xã, phường", &["A;Công an xã;00021 Xã Hòa (Tỉnh Thanh Hóa)"]);
    assert_eq!(findings(&plan(server.administrator(), "cameras", "", corrected).await), [""; 0]);

    let own = server.account("hoa", &[json!({"role": "editor", "unit": "00022@2026-01-01"})]).await;
    let planned = plan(server.holder(&own), "cameras", "", file()).await;
    assert_eq!(findings(&planned), ["C2 unit.by_grant", "C3 unit.by_grant"]);
    commit(server.holder(&own), &planned).await.ok();
    assert_eq!(declared(&server).await, json!({"A": "00022", "B": "00022"}));
}

#[actix_web::test]
async fn code_and_name_are_compared_in_whichever_order_they_stand() {
    let server = Server::with_communes().await;
    let rows = [
        "A;Công an xã;00001;Phường Tây",
        "B;Công an xã;00001;Xã Đông",
        "C;Công an xã;00001;",
        "D;Công an xã;;Xã Đông",
        "E;Công an xã;00001;Thị trấn Cũ",
        "F;Công an xã;00011;Thị trấn Cũ",
    ];
    let planned = plan(server.administrator(), "cameras", "", csv("Mã xã;Tên xã", &rows)).await;
    let expected = ["C3 unit.code_and_name", "D6 unit.code_and_name", "C7 unit.succeeded", "D7 unit.succeeded"];
    assert_eq!(findings(&planned), expected);
    assert_eq!(
        (&planned["findings"][0]["severity"], &planned["findings"][0]["suggestion"]),
        (&json!("error"), &json!("00002"))
    );
    assert!(planned["findings"][0]["message"].as_str().unwrap().contains("“00001” is Phường Tây, not Xã Đông"));
    assert_eq!(planned["findings"][1]["severity"], "warning");
    assert_eq!(counts(&planned), [5, 0, 0, 0, 1, 1]);

    let swapped = csv("Tên xã;Mã xã", &["B;Công an xã;Xã Đông;00001"]);
    let planned = plan(server.administrator(), "cameras", "", swapped).await;
    assert_eq!(findings(&planned), ["D2 unit.code_and_name"]);
    // In one cell, too.
    let together = csv("Xã", &["A;Công an xã;00001 - Phường Tây", "B;Công an xã;00001 - Xã Đông"]);
    let planned = plan(server.administrator(), "cameras", "", together).await;
    assert_eq!((findings(&planned), counts(&planned)), (vec!["C3 unit.code_and_name".into()], [1, 0, 0, 0, 1, 0]));
}

#[actix_web::test]
async fn two_columns_of_a_field_are_compared() {
    let server = Server::with_communes().await;
    let rows = [
        "A;Công an xã;CA xã;Xã Đông;Gần chợ;Gần chợ",
        "B;Công an xã;Hộ dân;Xã Đông;Gần chợ;",
        "C;;Hộ dân;Xã Đông;Gần chợ;Cổng trường",
    ];
    let file = csv("Chủ quản;Xã;Ghi chú;Diễn giải", &rows);
    let planned = plan(server.administrator(), "cameras", "", file).await;
    let told: Vec<_> = findings(&planned).into_iter().filter(|finding| !finding.ends_with("enum.alias")).collect();
    assert_eq!(told, ["C3 column.differs", "F4 column.differs"]);
    assert_eq!(counts(&planned), [2, 0, 0, 0, 1, 1]);
    let differs = planned["findings"].as_array().unwrap().iter().find(|it| it["code"] == "column.differs").unwrap();
    for part in ["Cấp quản lý", "Công an xã", "Chủ quản", "Hộ dân"] {
        assert!(differs["messages"]["vi"].as_str().unwrap().contains(part), "{differs}");
    }
}

#[actix_web::test]
async fn hamlet_is_compared_with_its_commune() {
    let server = Server::with_communes().await;
    server.execute(include_str!("../common/hamlet.sql")).await;
    let rows = ["A;Công an xã;00001;00001-1", "B;Công an xã;Xã Đông;00001-1", "C;Công an xã;00001;Thôn Một"];
    let planned = plan(server.administrator(), "cameras", "", csv("Xã;Thôn", &rows)).await;
    assert_eq!((findings(&planned), counts(&planned)), (vec!["D3 unit.other_commune".into()], [2, 0, 0, 0, 1, 0]));
}

#[actix_web::test]
async fn heading_may_name_a_former_commune() {
    let server = Server::with_communes().await;
    let header: &[_] = &[T("STT"), T("Tên"), T("Cấp quản lý"), T("Số mắt"), T("Hãng")];
    let book =
        Book::of("A", &[header, &[T("I"), T("Thị trấn Cũ")], &[N(1.0), T("A"), T("Công an xã"), N(2.0), T("X")]]);
    let planned = plan(server.administrator(), "cameras", "", book.bytes()).await;
    assert_eq!(findings(&planned), ["2 row.heading", "3 unit.succeeded"]);
    commit(server.administrator(), &planned).await.ok();
    assert_eq!(declared(&server).await, json!({"A": "00001"}));
}
