//! One workbook for each habit, with the findings it must give.

use serde_json::{Value, json};

use super::books::{Book, D, E, F, N, T};
use super::{commit, counts, findings, plan, targets};
use crate::common::Server;

/// The properties of the only record with this name.
async fn record(server: &Server, collection: &str, name: &str) -> Value {
    let items = server.administrator().all_items(&format!("/collections/{collection}/items")).await;
    let found: Vec<_> = items.into_iter().filter(|item| item["properties"]["name"] == name).collect();
    assert_eq!(found.len(), 1, "{name}");
    found[0].clone()
}

#[actix_web::test]
async fn titles_numbering_totals_blank_rows_and_signatures_are_not_records() {
    let server = Server::with_communes().await;
    let book = Book::of(
        "Danh sách",
        &[
            &[T("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")],
            &[T("DANH SÁCH CAMERA AN NINH")],
            &[],
            &[
                T("STT"),
                T("Tên điểm lắp đặt"),
                T("SỐ MẮT CAMERA"),
                T("Cấp quản lý"),
                T("Kinh độ"),
                T("Vĩ độ"),
                T("Ghi chú"),
            ],
            &[T("(1)"), T("(2)"), T("(3)"), T("(4)"), T("(5)"), T("(6)"), T("(7)")],
            &[N(1.0), T("Cổng chợ"), N(2.0), T("Công an xã"), N(105.7), N(19.8), E],
            &[],
            &[N(2.0), T("Ngã tư"), T("3 mắt"), T("CA xã"), T("105,71"), T("19,81"), T("-")],
            &[E, T("Tổng cộng"), N(5.0)],
            &[],
            &[E, E, E, E, T("Người lập biểu")],
        ],
    );
    let planned = plan(server.administrator(), "cameras", "", book.bytes()).await;
    assert_eq!(findings(&planned), ["D8 enum.alias", "9 row.total", "11 row.ignored"]);
    assert_eq!(counts(&planned), [2, 0, 0, 0, 0, 0]);
    assert_eq!(targets(&planned), ["ignore", "name", "eye_count", "managing_level", "longitude", "latitude", "note"]);
    assert_eq!(planned["mapping"][0]["header_rows"], json!([4]));
    commit(server.administrator(), &planned).await.ok();
    let camera = record(&server, "cameras", "Ngã tư").await;
    assert_eq!(camera["geometry"]["coordinates"], json!([105.71, 19.81]));
    let properties = &camera["properties"];
    assert_eq!((&properties["eye_count"], &properties["source"]), (&json!(3), &json!("import")));
    assert_eq!(properties["note"], json!(null));
}

/// A broken camera is still in use and counts. To read "Hỏng" as a status of use would drop it from the figures.
#[actix_web::test]
async fn broken_is_an_operational_state_and_no_status_of_use() {
    let server = Server::with_communes().await;
    let header = [
        T("Tên điểm lắp đặt"),
        T("Cấp quản lý"),
        T("Kinh độ"),
        T("Vĩ độ"),
        T("Tình trạng sử dụng"),
        T("Tình trạng hoạt động"),
    ];
    let first = [T("Cổng chợ"), T("Công an xã"), N(105.7), N(19.8), T("Hỏng"), E];
    let second = [T("Ngã tư"), T("Công an xã"), N(105.71), N(19.81), E, T("Hỏng")];
    let book = Book::of("Camera", &[&header, &first, &second]);
    let planned = plan(server.administrator(), "cameras", "", book.bytes()).await;
    assert_eq!(findings(&planned), ["E2 enum.unknown", "F3 enum.alias"]);
}

#[actix_web::test]
async fn row_of_the_police_without_a_place_is_not_a_total() {
    let server = Server::with_communes().await;
    let header = [T("STT"), T("Tên điểm lắp đặt"), T("Số mắt"), T("Cấp quản lý"), T("Kinh độ"), T("Vĩ độ")];
    let rows: [&[_]; 4] = [
        &header,
        &[N(1.0), T("Cổng chợ"), N(2.0), T("Công an xã"), N(105.7), N(19.8)],
        &[N(2.0), T("Nhà văn hóa thôn 5"), N(2.0), T("Công an xã")],
        &[N(3.0), T("Ngã ba"), N(1.0), T("Cong an xa"), T("-"), T("-")],
    ];
    let planned = plan(server.administrator(), "cameras", "", Book::of("Danh sách", &rows).bytes()).await;
    assert_eq!(findings(&planned), ["E3 required", "D4 enum.alias", "E4 required"]);
}

#[actix_web::test]
async fn header_of_two_rows_with_merged_cells_is_one() {
    let server = Server::with_communes().await;
    let book = Book::of(
        "Trạm",
        &[
            &[E, E, E, E, E, E, E, E],
            &[E, E, T("2G"), T("3G"), T("4G"), T("5G"), T("Kinh độ"), T("Vĩ độ")],
            &[T("Trạm A"), T("Viettel"), E, T("x"), T("X"), E, N(105.7), N(19.8)],
            &[T("Trạm B"), T("MobiFone"), T("có"), T("không"), T("✓"), T("x"), N(105.72), N(19.8)],
            &[T("Trạm C"), T("VNPT"), E, E, T("nhiều"), E, N(105.74), N(19.8)],
        ],
    )
    .merged("Tên trạm", (0, 1), (0, 0))
    .merged("Doanh nghiệp viễn thông", (0, 1), (1, 1))
    .merged("Công nghệ", (0, 0), (2, 5))
    .merged("Tọa độ", (0, 0), (6, 7));
    let planned = plan(server.administrator(), "towers", "", book.bytes()).await;
    assert_eq!(findings(&planned), ["E5 type"]);
    assert_eq!(counts(&planned), [2, 0, 0, 0, 1, 0]);
    let ticks = ["technologies=2G", "technologies=3G", "technologies=4G", "technologies=5G"];
    assert_eq!(targets(&planned)[2..6], ticks);
    assert_eq!(planned["mapping"][0]["header_rows"], json!([1, 2]));
    let refused = commit(server.administrator(), &planned).await;
    assert_eq!(refused.codes(), ["import.has_errors"]);
}

#[actix_web::test]
async fn metres_are_transformed_by_the_meridian_of_the_title_whichever_column_is_north() {
    let server = Server::with_communes().await;
    let book = Book::of(
        "VN2000",
        &[
            &[T("Hệ tọa độ VN-2000, kinh tuyến trục 105°00', múi chiếu 3°")],
            &[T("Tên"), T("Nhà mạng"), T("Tọa độ X (m)"), T("Tọa độ Y (m)")],
            &[T("Trạm A"), T("Viettel"), N(2_192_163.6), N(576_592.325)],
            &[T("Trạm B"), T("Viettel"), T("577592,325"), T("2192163,600")],
        ],
    );
    let planned = plan(server.administrator(), "towers", "", book.bytes()).await;
    assert_eq!(findings(&planned), ["geo.transformed"]);
    commit(server.administrator(), &planned).await.ok();
    // The check point from shared/data/README.md.
    let tower = record(&server, "towers", "Trạm A").await;
    let [lon, lat] = [0, 1].map(|axis| tower["geometry"]["coordinates"][axis].as_f64().unwrap());
    assert!((lon - 105.733).abs() < 1e-6 && (lat - 19.817).abs() < 1e-6, "{lon} {lat}");
}

#[actix_web::test]
async fn metres_without_a_meridian_use_the_provinces_or_are_an_error() {
    let server = Server::with_communes().await;
    let rows: &[&[_]] = &[
        &[T("Tên"), T("Nhà mạng"), T("X"), T("Y"), T("Xã/phường")],
        &[T("Trạm A"), T("Viettel"), N(2_192_163.6), N(576_592.325), T("Phường Tây")],
        &[T("Trạm B"), T("Viettel"), N(2_192_163.6), N(577_592.325), E],
    ];
    let planned = plan(server.administrator(), "towers", "", Book::of("A", rows).bytes()).await;
    assert_eq!(findings(&planned), ["geo.transformed", "C3 geo.vn2000"]);
    let declared = plan(server.administrator(), "towers", "?central_meridian=105", Book::of("A", rows).bytes()).await;
    assert_eq!((findings(&declared), counts(&declared)), (vec!["geo.transformed".into()], [2, 0, 0, 0, 0, 0]));
}

#[actix_web::test]
async fn coordinates_are_read_in_every_notation_and_swapped_ones_reported() {
    let server = Server::with_communes().await;
    let book = Book::of(
        "Camera",
        &[
            &[T("Tên"), T("Cấp quản lý"), T("Tọa độ"), T("Số mắt")],
            &[T("A"), T("Công an xã"), T("19°49'01.2\"N 105°43'58.8\"E"), N(1.0)],
            &[T("B"), T("Công an xã"), T("19.82, 105.72"), N(1.0)],
            &[T("C"), T("Công an xã"), T("105,73; 19,83"), N(1.0)],
            &[T("D"), T("Công an xã"), T("gần chợ"), N(1.0)],
        ],
    )
    .sheet("Hai cột")
    .row(&[T("Tên"), T("Cấp quản lý"), T("Kinh độ"), T("Vĩ độ")])
    .row(&[T("E"), T("Công an xã"), T("19.84"), T("105.7")])
    .row(&[T("F"), T("Công an xã"), T("105°42'00\""), T("19°48'00\"")])
    .row(&[T("G"), T("Công an xã"), N(0.0), N(0.0)])
    .row(&[T("H"), T("Công an xã"), N(120.5), N(19.8)])
    .row(&[T("I"), T("Công an xã"), N(105.7), E]);
    let planned = plan(server.administrator(), "cameras", "", book.bytes()).await;
    let expected =
        ["C5 geo.unreadable", "C2 geo.swapped", "C4 geo.zero", "C5 geo.outside_vietnam", "C6 geo.incomplete"];
    assert_eq!(findings(&planned), expected);
    assert_eq!(planned["findings"][1]["suggestion"], "105.7, 19.84");
    assert_eq!(counts(&planned), [4, 0, 0, 0, 5, 0]);
}

#[actix_web::test]
async fn dates_are_read_day_first_in_every_notation() {
    let server = Server::with_communes().await;
    let row = |name, date| [T(name), T("Công an xã"), N(105.7), N(19.8), date];
    let rows = [
        row("A", T("01/02/2023")),
        row("B", D(44_958.0)),
        row("C", N(44_958.0)),
        row("D", T("2023-02-01")),
        row("E", T("tháng 2/2023")),
        row("F", T("01/02/2023 (dự kiến)")),
        row("G", T("trước Tết")),
        row("H", T("01/02/2099")),
    ];
    let header: &[_] = &[T("Tên"), T("Cấp quản lý"), T("Kinh độ"), T("Vĩ độ"), T("Ngày lắp đặt")];
    let rows: Vec<_> = [header].into_iter().chain(rows.iter().map(|row| &row[..])).collect();
    let planned = plan(server.administrator(), "cameras", "", Book::of("A", &rows).bytes()).await;
    let told: Vec<_> = findings(&planned).into_iter().filter(|finding| !finding.ends_with("dup.near")).collect();
    assert_eq!(told, ["E6 date.partial", "E7 type", "E8 type", "E9 date.future"]);
    let suggestions: Vec<_> = planned["findings"].as_array().unwrap().iter().map(|it| &it["suggestion"]).collect();
    assert!(suggestions.contains(&&json!("01/02/2023")));
    assert_eq!(planned["counts"]["create"], 5);
}

#[actix_web::test]
async fn enumerations_are_resolved_by_their_aliases_and_reported() {
    let server = Server::with_communes().await;
    let book = Book::of(
        "Trạm",
        &[
            &[T("Tên trạm"), T("Mạng"), T("Tình trạng"), T("Công nghệ"), T("Loại cột"), T("Kinh độ"), T("Vĩ độ")],
            &[T("A"), T("Vinaphone"), T("Đang hoạt động"), T("3G/LTE"), T("Cột tự đứng"), N(105.7), N(19.8)],
            &[T("B"), T("VIETTEL TELECOM"), T("hoat dong"), T("4G, 5G"), T("Monopole"), N(105.72), N(19.8)],
            &[T("C"), T("Vietel"), E, T("6G"), E, N(105.74), N(19.8)],
        ],
    );
    let planned = plan(server.administrator(), "towers", "", book.bytes()).await;
    let expected = [
        "B2 enum.alias",
        "C2 enum.alias",
        "D2 enum.alias",
        "B3 enum.alias",
        "C3 enum.alias",
        "E3 enum.alias",
        "B4 enum.unknown",
        "D4 enum.unknown",
    ];
    assert_eq!(findings(&planned), expected);
    assert_eq!(planned["findings"][6]["suggestion"], "Viettel");
    assert_eq!(counts(&planned), [2, 0, 0, 0, 1, 0]);
}

#[actix_web::test]
async fn communes_are_resolved_by_name_or_by_code_with_its_zeros_back() {
    let server = Server::with_communes().await;
    let row = |name, commune, lon| [T(name), T("Công an xã"), commune, N(lon), N(19.8)];
    let rows = [
        row("A", T("Phường Tây"), 105.7),
        row("B", T("Tây"), 105.71),
        row("C", N(1.0), 105.72),
        row("D", T("00002"), 105.8),
        row("E", T("Phuong Tay"), 105.73),
        row("F", T("Xã Giữa"), 105.74),
        row("G", T("00011"), 105.745),
        row("H", T("Phường Tây"), 105.8),
        row("I", T("Phường Tây"), 105.7504),
    ];
    let header: &[_] = &[T("Tên"), T("Cấp quản lý"), T("Xã, phường"), T("Kinh độ"), T("Vĩ độ")];
    let rows: Vec<_> = [header].into_iter().chain(rows.iter().map(|row| &row[..])).collect();
    let planned = plan(server.administrator(), "cameras", "", Book::of("A", &rows).bytes()).await;
    let expected = [
        "C4 unit.code_padding",
        "C6 unit.unknown_name",
        "C7 unit.by_place",
        "C8 unit.succeeded",
        "D9 geo.commune_mismatch",
        "D10 geo.commune_mismatch",
    ];
    assert_eq!(findings(&planned), expected);
    assert_eq!(counts(&planned), [7, 0, 0, 0, 2, 2]);
    let of = |index: usize| planned["findings"][index].clone();
    assert_eq!(of(1)["suggestion"], "00001 Phường Tây (Tỉnh Thanh Hóa)");
    assert!(of(3)["message"].as_str().unwrap().contains("Phường Tây, code 00001"), "{}", of(3)["message"]);
    assert!(of(4)["message"].as_str().unwrap().contains("00002 Xã Đông"), "{}", of(4)["message"]);

    // The same names, read on a day on which they meant other communes.
    let book = Book::of("A", &[header, &row("F", T("Xã Giữa"), 105.74), &row("G", T("00011"), 105.65)]);
    let then = plan(server.administrator(), "cameras", "?units_as_of=2024-01-01", book.bytes()).await;
    assert_eq!((findings(&then), counts(&then)), (vec![], [2, 0, 0, 0, 0, 0]));
}

#[actix_web::test]
async fn merged_cells_and_headings_hold_for_the_rows_below() {
    let server = Server::with_communes().await;
    let book = Book::of(
        "Gộp ô",
        &[
            &[T("Xã"), T("Tên"), T("Cấp quản lý"), T("Kinh độ"), T("Vĩ độ")],
            &[E, T("A"), T("Công an xã"), N(105.7), N(19.8)],
            &[E, T("B"), T("Công an xã"), N(105.71), N(19.8)],
        ],
    )
    .merged("Phường Tây", (1, 2), (0, 0))
    .sheet("Theo xã")
    .row(&[T("STT"), T("Tên"), T("Cấp quản lý"), T("Kinh độ"), T("Vĩ độ")])
    .row(&[T("I"), T("Xã Đông")])
    .row(&[N(1.0), T("C"), T("Công an xã"), N(105.8), N(19.8)]);
    let planned = plan(server.administrator(), "cameras", "", book.bytes()).await;
    assert_eq!(findings(&planned), ["2 row.heading"]);
    commit(server.administrator(), &planned).await.ok();
    for (name, code) in [("A", "00001"), ("B", "00001"), ("C", "00002")] {
        assert_eq!(record(&server, "cameras", name).await["properties"]["declared_commune_code"], code, "{name}");
    }
}

#[actix_web::test]
async fn sheets_of_totals_and_notes_are_left_out() {
    let server = Server::with_communes().await;
    let header = [T("Tên"), T("Số mắt"), T("Cấp quản lý"), T("Kinh độ"), T("Vĩ độ")];
    let book = Book::of("Tổng hợp", &[&[T("Xã"), T("Số mắt")], &[T("Phường Tây"), N(2.0)]])
        .sheet("Quý I")
        .row(&header)
        .row(&[T("A"), N(1.0), T("Công an xã"), N(105.7), N(19.8)])
        .sheet("Quý II")
        .row(&header)
        .row(&[T("B"), N(1.0), T("Công an xã"), N(105.71), N(19.8)])
        .sheet("Ghi chú")
        .row(&[T("Số liệu đến 30/6")]);
    let planned = plan(server.administrator(), "cameras", "", book.bytes()).await;
    assert_eq!(findings(&planned), ["sheet.ignored", "sheet.ignored"]);
    assert_eq!(counts(&planned), [2, 0, 0, 0, 0, 0]);
}

#[actix_web::test]
async fn saved_values_of_formulas_are_read_and_failed_ones_reported() {
    let server = Server::with_communes().await;
    let book = Book::of(
        "A",
        &[
            &[T("Tên"), T("Số mắt"), T("Cấp quản lý"), T("Kinh độ"), T("Vĩ độ")],
            &[F("=CONCAT(\"A\")", "A"), F("=1+1", "2"), T("Công an xã"), N(105.7), N(19.8)],
            &[T("C"), F("=1/0", "#DIV/0!"), T("Công an xã"), N(105.72), N(19.8)],
        ],
    );
    let planned = plan(server.administrator(), "cameras", "", book.bytes()).await;
    assert_eq!(findings(&planned), ["B3 cell.failed"]);
    assert_eq!(counts(&planned), [1, 0, 0, 0, 1, 0]);
}

#[actix_web::test]
async fn secrets_ended_values_and_values_out_of_range_are_refused() {
    let server = Server::with_communes().await;
    let book = Book::of(
        "A",
        &[
            &[T("Tên"), T("Số mắt"), T("Cấp quản lý"), T("Kinh độ"), T("Vĩ độ"), T("Ghi chú")],
            &[T("A"), N(17.0), T("Công an xã"), N(105.7), N(19.8), E],
            &[T("B"), N(1.0), E, N(105.71), N(19.8), E],
            &[T("C"), N(1.0), T("Công an huyện"), N(105.72), N(19.8), T("rtsp://cam.example/1")],
        ],
    );
    let planned = plan(server.administrator(), "cameras", "", book.bytes()).await;
    assert_eq!(findings(&planned), ["B2 range", "C3 required", "C4 enum.ended", "F4 secret.in_text"]);
    assert_eq!(counts(&planned), [0, 0, 0, 0, 3, 0]);
}

#[actix_web::test]
async fn columns_can_be_declared_and_are_remembered_for_the_sender() {
    let server = Server::with_communes().await;
    let rows: &[&[_]] = &[
        &[T("Nơi đặt máy"), T("Cấp quản lý"), T("KĐ"), T("VĐ"), T("Cột lạ")],
        &[T("A"), T("Công an xã"), N(105.7), N(19.8), T("?")],
    ];
    let book = || Book::of("A", rows).bytes();
    let clerk = server.account("clerk", &[json!({"role": "editor"})]).await;
    let clerk = server.holder(&clerk);
    let plain = plan(clerk, "cameras", "", book()).await;
    assert_eq!(targets(&plain), ["unknown", "managing_level", "longitude", "latitude", "unknown"]);
    assert_eq!(findings(&plain), ["A column.unknown", "E column.unknown"]);
    let mapping = "?mapping=%7B%22N%C6%A1i%20%C4%91%E1%BA%B7t%20m%C3%A1y%22%3A%22name%22%2C%22E%22%3A%22ignore%22%7D";
    let declared = plan(clerk, "cameras", mapping, book()).await;
    assert_eq!(targets(&declared), ["name", "managing_level", "longitude", "latitude", "ignore"]);
    let again = plan(clerk, "cameras", "", book()).await;
    // A letter says nothing about the next file.
    assert_eq!((targets(&again)[0].as_str(), findings(&again)), ("name", vec!["E column.unknown".to_owned()]));
    assert_eq!(targets(&plan(server.administrator(), "cameras", "", book()).await)[0], "unknown");
    let wrong = super::send(clerk, "cameras", "?mapping=%7B%22A%22%3A%22eyes%22%7D", book()).await;
    assert_eq!(wrong.summary(), "400 parameter.invalid mapping");
}
