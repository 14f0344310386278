//! `/stats` and `/stats/{unit}` as csv.

use std::collections::HashMap;
use serde_json::Value;

use crate::common::Server;

const DISTRICT: &str = "/stats/405@2023-09-20?as_of=2023-09-20&compare=2022-12-31";
const COMMUNES: &str = "/stats?level=commune&within=405@2023-09-20&as_of=2023-09-20&compare=2022-12-31";

#[actix_web::test]
async fn files_of_one_unit_have_each_figure_of_the_answer() {
    let server = Server::with_demo().await;
    let json = server.anonymous().get(DISTRICT).await.ok()["figures"].clone();
    let csv = server.anonymous().get(&format!("{DISTRICT}&f=csv")).await;
    let rows: Vec<HashMap<String, String>> =
        csv::Reader::from_reader(&csv.body[3..]).deserialize().map(Result::unwrap).collect();
    for (code, figure) in json.as_object().unwrap() {
        let own: Vec<_> = rows.iter().filter(|row| row["code"] == *code).collect();
        let last = own.last().unwrap_or_else(|| panic!("no row of {code}"));
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string().replace("null", ""), str::to_owned);
        let value = ["value", "covered", "total"].iter().map(|name| &figure[*name]).find(|value| !value.is_null());
        assert_eq!(last["value"], value.map_or_else(String::new, text), "{code}");
        assert_eq!((&last["basis"], &last["unit"]), (&text(&figure["basis"]), &text(&figure["unit"])), "{code}");
        assert_eq!(last["percent"], text(&figure["percent"]), "{code}");
        assert_eq!(last["unknown"], text(&figure["unknown"]), "{code}");
        assert_eq!(last["rows"], text(&figure["rows"]), "{code}");
        if let Some(values) = figure["values"].as_object() {
            assert_eq!(own.len(), values.len() + 1, "{code}");
            let in_file: Vec<_> = own.iter().map(|row| row["value"].clone()).collect();
            assert!(values.values().map(text).all(|value| in_file.contains(&value)), "{code}");
        }
    }
    let eyes = rows.iter().find(|row| row["code"] == "camera_eyes").unwrap();
    assert_eq!((&*eyes["value"], &*eyes["delta"], &*eyes["base"]), ("421", "109", "312"));
    let notes = "The published parts +9, +76 give 85, not +109.; 421 was published, and the register holds as many.";
    assert_eq!((&*eyes["notes"], &*eyes["published"]), (notes, "421"));
}

#[actix_web::test]
async fn table_has_codes_or_words() {
    let server = Server::with_demo().await;
    let lines = async |path: String| -> Vec<String> {
        let body = server.anonymous().get(&path).await.body;
        String::from_utf8(body.to_vec()).expect("UTF-8").lines().map(str::to_owned).collect()
    };
    let only = "&indicators=camera_eyes_by_manager,mobile_hamlets_4g&f=csv&labels=vi";
    let unit = lines(format!("{DISTRICT}{only}")).await;
    assert!(unit[0].starts_with("\u{feff}Chỉ tiêu,Nhóm,Giá trị,Tổng,Chưa rõ,%,Đơn vị tính,Nguồn,"), "{}", unit[0]);
    assert!(unit[1].starts_with("Số mắt camera theo cấp quản lý.,Công an huyện,55,,,,mắt,cơ sở dữ liệu,"), "{}", unit[1]);
    let communes = lines(format!("{COMMUNES}{only}")).await;
    assert!(communes[0].contains("Cấp,Có hiệu lực từ,Đến,Số liệu ngày,Số mắt camera theo cấp quản lý: Công an huyện,"));
    assert!(communes[1].starts_with("16378,Thị trấn Rừng Thông,\"xã, phường\",2019-12-01,"), "{}", communes[1]);
    assert!(communes[1].contains("theo báo cáo") && communes.last().is_some_and(|line| line.contains("Chưa rõ đơn vị")));
    assert_eq!(server.anonymous().get(&format!("{COMMUNES}&f=csv&labels=fr")).await.status, 400);
}
