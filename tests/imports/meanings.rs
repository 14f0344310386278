//! What the cells of a column mean together: units, notations, orders of day and month, words for nothing.

use serde_json::{Value, json};

use super::books::{Book, D, E, N, T};
use super::{commit, counts, findings, plan};
use crate::common::Server;

/// Commits a plan and returns a property of each record, by name.
async fn stored(server: &Server, collection: &str, planned: &Value, property: &str) -> Vec<(String, Value)> {
    commit(server.administrator(), planned).await.ok();
    let items = server.administrator().all_items(&format!("/collections/{collection}/items")).await;
    let of =
        |item: &Value| (item["properties"]["name"].as_str().unwrap().to_owned(), item["properties"][property].clone());
    let mut values: Vec<_> = items.iter().map(of).collect();
    values.sort_by(|a, b| a.0.cmp(&b.0));
    values
}

/// The suggestions of a plan, with their cells and codes.
fn suggestions(planned: &Value) -> Vec<String> {
    let all = planned["findings"].as_array().unwrap().iter().zip(findings(planned));
    all.filter_map(|(finding, name)| Some(format!("{name}: {}", finding["suggestion"].as_str()?))).collect()
}

#[actix_web::test]
async fn units_of_cells_and_headers_are_converted_with_a_word() {
    let server = Server::with_communes().await;
    let file = "Tên trạm;Nhà mạng;Kinh độ;Vĩ độ;Chiều cao (ft);Bán kính phủ;Nguồn dự phòng\n\
        A;Viettel;105.70;19.80;100;2,5 km;45 phút\n\
        B;Viettel;105.72;19.80;30 m;800;2h30\n";
    let planned = plan(server.administrator(), "towers", "", file.into()).await;
    let expected = ["E column.unit", "F2 number.converted", "G2 number.converted", "G3 number.converted"];
    assert_eq!((findings(&planned), counts(&planned)), (expected.map(String::from).to_vec(), [2, 0, 0, 0, 0, 0]));
    assert!(
        planned["findings"][1]["messages"]["vi"].as_str().unwrap().contains("2.500 m"),
        "{}",
        planned["findings"][1]
    );
    let heights = stored(&server, "towers", &planned, "height_m").await;
    assert_eq!(heights, [("A".to_owned(), json!(30.48)), ("B".to_owned(), json!(30.0))]);
    let items = server.administrator().all_items("/collections/towers/items?sortby=name").await;
    let of = |name: &str| items.iter().map(|item| item["properties"][name].clone()).collect::<Vec<_>>();
    assert_eq!(of("radius_m"), [json!(2500.0), json!(800.0)]);
    assert_eq!(of("backup_power_h"), [json!(0.75), json!(2.5)]);
}

#[actix_web::test]
async fn what_is_not_one_number_in_the_unit_is_refused_with_what_to_write() {
    let server = Server::with_communes().await;
    let file = "Tên trạm;Nhà mạng;Kinh độ;Vĩ độ;Chiều cao;Bán kính phủ;Nguồn dự phòng (sải)\n\
        A;Viettel;105.70;19.80;>25;1-2 km;4\n\
        B;Viettel;105.72;19.80;25 kg;700 (dự kiến);2 lần\n";
    let planned = plan(server.administrator(), "towers", "", file.into()).await;
    assert_eq!(findings(&planned), ["G column.unit", "E2 type", "F2 type", "E3 type", "F3 type", "G3 type"]);
    assert_eq!(suggestions(&planned), ["E2 type: 25", "F2 type: 1; 2", "F3 type: 700"]);
    assert_eq!(planned["findings"][0]["severity"], "warning");
}

#[actix_web::test]
async fn separators_are_read_as_the_column_shows_them() {
    let server = Server::with_communes().await;
    let sheet = |ranges: &[&str]| {
        let mut file = String::from("Tên;Cấp quản lý;Kinh độ;Vĩ độ;Tầm nhìn\n");
        for (nth, range) in ranges.iter().enumerate() {
            file += &format!("{};Công an xã;105.7{nth};19.80;{range}\n", ["A", "B", "C"][nth]);
        }
        file.into_bytes()
    };
    let planned = plan(server.administrator(), "cameras", "", sheet(&["1.250,5", "1.500"])).await;
    assert_eq!(findings(&planned), Vec::<String>::new());
    let ranges = stored(&server, "cameras", &planned, "range_m").await;
    assert_eq!(ranges, [("A".to_owned(), json!(1250.5)), ("B".to_owned(), json!(1500.0))]);
    let server = Server::with_communes().await;
    let planned = plan(server.administrator(), "cameras", "", sheet(&["19.5", "1.500"])).await;
    assert_eq!(findings(&planned), Vec::<String>::new());
    let ranges = stored(&server, "cameras", &planned, "range_m").await;
    assert_eq!(ranges, [("A".to_owned(), json!(19.5)), ("B".to_owned(), json!(1.5))]);
    let server = Server::with_communes().await;
    for contradictory in [&["1.500"][..], &["1.250,5", "19.5", "1.500"]] {
        let planned = plan(server.administrator(), "cameras", "", sheet(contradictory)).await;
        let row = contradictory.len() + 1;
        assert_eq!(suggestions(&planned), [format!("E{row} number.ambiguous: 1500; 1,5")], "{contradictory:?}");
        assert_eq!(counts(&planned)[5], 1);
    }
}

#[actix_web::test]
async fn a_number_a_power_of_ten_away_from_its_column_is_told() {
    let server = Server::with_communes().await;
    let header = [T("Tên trạm"), T("Nhà mạng"), T("Kinh độ"), T("Vĩ độ"), T("Bán kính phủ")];
    let names = ["A", "B", "C", "D", "E", "F"];
    let mut book = Book::of("Trạm", &[&header]);
    for (name, (lon, radius)) in names.iter().zip((0..).zip([450.0, 500.0, 42_000.0, 600.0, 400.0, 550.0])) {
        book = book.row(&[T(name), T("Viettel"), N(105.7 + 0.01 * f64::from(lon)), N(19.8), N(radius)]);
    }
    let planned = plan(server.administrator(), "towers", "", book.bytes()).await;
    assert_eq!(suggestions(&planned), ["E4 number.outlier: 420"]);
}

#[actix_web::test]
async fn one_cell_tells_the_order_of_day_and_month_of_its_column() {
    let server = Server::with_communes().await;
    let sheet = |days: &[&str]| {
        let mut file = String::from("Tên;Cấp quản lý;Kinh độ;Vĩ độ;Ngày lắp đặt\n");
        for (nth, day) in days.iter().enumerate() {
            file += &format!("{};Công an xã;105.7{nth};19.80;{day}\n", ["A", "B", "C"][nth]);
        }
        file.into_bytes()
    };
    let told = async |days: &[&str]| {
        let planned = plan(server.administrator(), "cameras", "", sheet(days)).await;
        (findings(&planned), suggestions(&planned))
    };
    assert_eq!(told(&["03/04/2022", "25/12/2022"]).await, (vec![], vec![]));
    assert_eq!(told(&["03/04/2022", "12/25/2022"]).await, (vec!["E date.month_first".into()], vec![]));
    let (found, suggested) = told(&["03/04/2022", "25/12/2022", "12/25/2022"]).await;
    assert_eq!(found, ["E2 date.ambiguous", "E4 type"]);
    assert_eq!(suggested, ["E2 date.ambiguous: 03/04/2022; 04/03/2022", "E4 type: 25/12/2022"]);

    let planned = plan(server.administrator(), "cameras", "", sheet(&["03/04/2022", "12/25/2022"])).await;
    let days = stored(&server, "cameras", &planned, "installed_on").await;
    assert_eq!(days, [("A".to_owned(), json!("2022-03-04")), ("B".to_owned(), json!("2022-12-25"))]);
}

#[actix_web::test]
async fn dates_that_excel_may_have_swapped_are_told() {
    let server = Server::with_communes().await;
    let row = |name, lon, day| [T(name), T("Công an xã"), N(lon), N(19.8), day];
    let header = [T("Tên"), T("Cấp quản lý"), T("Kinh độ"), T("Vĩ độ"), T("Ngày lắp đặt")];
    // 44654 is 3 April 2022.
    let book = Book::of("A", &[&header, &row("A", 105.7, D(44_654.0)), &row("B", 105.71, T("25/12/2022"))]).bytes();
    let planned = plan(server.administrator(), "cameras", "", book).await;
    assert_eq!(suggestions(&planned), ["E2 date.ambiguous: 03/04/2022; 04/03/2022"]);
}

#[actix_web::test]
async fn an_instant_is_its_day_and_what_is_behind_a_date_is_complained_of() {
    let server = Server::with_communes().await;
    let days = [
        ("A", "2022-04-02T17:00:00.000Z"),
        ("B", "2022-04-02T16:59:17Z"),
        ("C", "20220403"),
        ("D", "2022-04-03T00:00:00+07:00"),
    ];
    let mut file = String::from("name,managing_level,lon,lat,installed_on\n");
    for (nth, (name, day)) in days.iter().enumerate() {
        file += &format!("{name},commune_police,105.7{nth},19.80,{day}\n");
    }
    let planned = plan(server.administrator(), "cameras", "", file.clone().into()).await;
    assert_eq!(findings(&planned), ["E2 date.understood", "E3 date.understood", "E4 date.understood"]);
    for (name, day) in stored(&server, "cameras", &planned, "installed_on").await {
        assert_eq!(day, "2022-04-03", "{name}");
    }
    file += "E,commune_police,105.75,19.80,03/04/2022 (dự kiến)\nF,commune_police,105.76,19.80,<2022\n";
    let planned = plan(server.administrator(), "cameras", "", file.into()).await;
    assert!(findings(&planned).ends_with(&["E6 type".into(), "E7 type".into()]), "{planned}");
    assert!(suggestions(&planned).contains(&"E6 type: 03/04/2022".into()));
}

#[actix_web::test]
async fn words_for_nothing_say_nothing_in_any_column() {
    let server = Server::with_communes().await;
    let mut file = String::from("Tên trạm;Nhà mạng;Mã xã;Chiều cao;4G;Ngày phát sóng;Kinh độ;Vĩ độ;Ghi chú;Huyện\n");
    for (nth, word) in
        ["NULL", "nan", "None", "\\N", "#N/A", "<Null>", "<NA>", "Không có", "chưa có", "--"].iter().enumerate()
    {
        file += &format!("T{nth};Viettel;00001;{word};{word};{word};{word};{word};{word};{word}\n");
    }
    let planned = plan(server.administrator(), "towers", "", file.into()).await;
    assert_eq!((findings(&planned), counts(&planned)), (vec![], [10, 0, 0, 0, 0, 0]));
    for (name, note) in stored(&server, "towers", &planned, "note").await {
        assert_eq!(note, Value::Null, "{name}");
    }
}

#[actix_web::test]
async fn what_excel_made_of_codes_is_told() {
    let server = Server::with_communes().await;
    let row = |name, lon, code| [T(name), T("Viettel"), N(lon), N(19.8), code];
    let header = [T("Tên trạm"), T("Nhà mạng"), T("Kinh độ"), T("Vĩ độ"), T("Mã trạm")];
    let rows: [&[_]; 6] = [
        &header,
        &row("A", 105.70, N(12.0)),
        &row("B", 105.71, N(8.984_048e18)),
        &row("C", 105.72, T("8.98E+18")),
        &row("D", 105.73, D(44_958.0)),
        &row("E", 105.74, E),
    ];
    let planned = plan(server.administrator(), "towers", "", Book::of("A", &rows).bytes()).await;
    assert_eq!(findings(&planned), ["E3 text.digits_lost", "E4 text.digits_lost", "E5 text.not_text"]);
    assert_eq!((&counts(&planned)[4..], planned["findings"][2]["severity"].as_str()), (&[2, 1][..], Some("warning")));
}
