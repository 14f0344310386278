//! What a header, a column or a list declares is obeyed or refused, and a suggestion never turns a meaning around.

use serde_json::{Value, json};

use super::{commit, counts, findings, plan};
use crate::common::Server;

fn csv(rows: &[&str]) -> Vec<u8> {
    rows.join("\n").into_bytes()
}

#[actix_web::test]
async fn header_that_declares_another_notation_of_places_refuses_them() {
    let server = Server::with_communes().await;
    for (latitude, longitude, row) in [
        ("Vĩ độ (HN-72)", "Kinh độ (HN-72)", "19.817;105.733"),
        ("Vĩ độ (S)", "Kinh độ (E)", "19.817;105.733"),
        ("Vĩ độ (DD.MMSS)", "Kinh độ (DD.MMSS)", "19.4901;105.4359"),
        ("Vĩ độ (phút)", "Kinh độ (phút)", "49.02;43.98"),
        ("X (UTM)", "Y (UTM)", "2192163.6;576592.3"),
    ] {
        let header = format!("Tên;Nhà mạng;{latitude};{longitude}");
        let file = csv(&[&header, &format!("A;Viettel;{row}")]);
        let planned = plan(server.administrator(), "towers", "?central_meridian=105", file).await;
        assert_eq!(planned["counts"]["create"], 0, "{latitude}");
        let told = findings(&planned);
        assert!(told.iter().any(|it| it.contains("geo.header") || it.contains("geo.split")), "{told:?}");
    }
}

#[actix_web::test]
async fn row_may_name_its_system_or_its_meridian() {
    let server = Server::with_communes().await;
    let file = csv(&[
        "Tên;Nhà mạng;Vĩ độ;Kinh độ;Hệ tọa độ",
        "A;Viettel;19.8179897;105.7311319;VN-2000",
        "B;Viettel;19.82;105.74;EPSG:4326",
        "C;Viettel;19.83;105.75;HN-72",
    ]);
    let planned = plan(server.administrator(), "towers", "", file).await;
    assert_eq!((counts(&planned), findings(&planned)[1].as_str()), ([2, 0, 0, 0, 1, 0], "C4 geo.crs"));
    let metres = csv(&["Tên;Nhà mạng;X;Y;Kinh tuyến trục", "A;Viettel;2192163.6;576592.3;105°00'"]);
    let planned = plan(server.administrator(), "towers", "", metres.clone()).await;
    assert_eq!(counts(&planned)[0], 1, "{:?}", findings(&planned));
    let other = plan(server.administrator(), "towers", "?central_meridian=108", metres).await;
    assert_eq!((counts(&other)[4], findings(&other)), (1, vec!["C2 geo.crs".to_owned()]));
}

#[actix_web::test]
async fn order_of_day_and_month_in_a_header_holds() {
    let server = Server::with_communes().await;
    let file = csv(&["Tên;Nhà mạng;Kinh độ;Vĩ độ;Ngày lắp đặt (mm/dd/yyyy)", "A;Viettel;105,733;19,817;01/02/2023"]);
    let planned = plan(server.administrator(), "towers", "", file).await;
    assert_eq!(findings(&planned), ["E date.month_first"]);
    commit(server.administrator(), &planned).await.ok();
    assert_eq!(server.query("select to_jsonb(installed_on) from towers").await, "2023-01-02");
}

#[actix_web::test]
async fn mapping_by_letter_is_not_remembered() {
    let server = Server::with_communes().await;
    let mapped = "?mapping=%7B%22E%22%3A%22height_m%22%7D";
    let file = |header: &str| csv(&[&format!("Tên;Nhà mạng;Kinh độ;Vĩ độ;{header}"), "A;Viettel;105,733;19,817;44"]);
    let secret = server.account("nho", &[json!({"role": "editor"})]).await;
    let editor = server.holder(&secret);
    let first = plan(editor, "towers", mapped, file("Cao lắm")).await;
    assert_eq!(first["mapping"][0]["columns"][4]["target"], "height_m");
    let next = plan(editor, "towers", "", file("Ghi chú")).await;
    assert_eq!(next["mapping"][0]["columns"][4]["target"], "note");
}

#[actix_web::test]
async fn part_of_a_list_is_not_the_whole_list() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let org = "?source_org=VNPT";
    let whole =
        csv(&["Mã đơn vị gửi;Tên;Nhà mạng;Kinh độ;Vĩ độ", "K1;A;VNPT;105,71;19,81", "K2;B;VNPT;chưa rõ đâu;19,82"]);
    let planned = plan(administrator, "towers", org, whole).await;
    let id = planned["id"].as_str().unwrap();
    let body = json!({"plan": planned["plan"], "only": "valid", "accept_warnings": true});
    administrator.post(&format!("/imports/{id}/commit"), body).await.ok();
    let rest = administrator.get(&format!("/imports/{id}/workbook?rows=refused")).await.body.to_vec();
    let sent = plan(administrator, "towers", "?source_org=VNPT&mode=snapshot", rest).await;
    assert!(findings(&sent).contains(&"snapshot.part".to_owned()), "{:?}", findings(&sent));
    assert_eq!(commit(administrator, &sent).await.status, 422);
    let page = json!({"type": "FeatureCollection", "numberMatched": 5, "numberReturned": 1, "features": [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [105.75, 19.85]},
         "properties": {"name": "C", "operator": "vnpt"}}]});
    let sent = plan(administrator, "towers", "?source_org=VNPT&mode=snapshot", page.to_string().into_bytes()).await;
    assert!(findings(&sent).contains(&"snapshot.part".to_owned()), "{:?}", findings(&sent));
}

#[actix_web::test]
async fn one_broken_feature_refuses_only_itself() {
    let server = Server::with_communes().await;
    let good = json!({"type": "Feature", "height_m": 3, "geometry": {"type": "MultiPoint", "coordinates": [[105.75, 19.85]]},
        "properties": {"name": "C", "operator": "vnpt"}});
    let file = json!({"type": "FeatureCollection", "features": [null, good, {"type": "Feature", "properties": [1]}]});
    let planned = plan(server.administrator(), "towers", "", file.to_string().into_bytes()).await;
    assert_eq!((planned["counts"]["create"].clone(), planned["counts"]["error"].clone()), (json!(1), json!(2)));
    assert!(findings(&planned).contains(&"geojson.members".to_owned()));
}

#[actix_web::test]
async fn suggestion_never_turns_a_meaning_around() {
    let server = Server::with_communes().await;
    let file = csv(&[
        "Tên;Cấp quản lý;Kinh độ;Vĩ độ;Tình trạng hoạt động;Hãng",
        "A;Công an xã Đông Hòa;105,733;19,817;Ko hoạt động;Sao",
        "B;CAP Đông Sơn;105,743;19,827;Hoạt động;nt",
    ]);
    let planned = plan(server.administrator(), "cameras", "", file).await;
    let errors: Vec<&Value> =
        planned["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "error").collect();
    let told: Vec<_> = errors.iter().map(|it| (it["code"].as_str().unwrap(), it["suggestion"].clone())).collect();
    assert_eq!(told, [("enum.unknown", Value::Null), ("cell.ditto", Value::Null)]);
    let none = administrator_accepts(&server, &planned, json!({"rows": []})).await;
    assert_eq!(none["applied"], 0);
}

async fn administrator_accepts(server: &Server, plan: &Value, wish: Value) -> Value {
    let path = format!("/imports/{}/suggestions", plan["id"].as_str().unwrap());
    server.administrator().post(&path, wish).await.ok()
}
