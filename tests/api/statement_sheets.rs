//! Sheets of statements: planned, then written, all or nothing.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Answer, Caller, Server};

async fn send(caller: Caller<'_>, query: &str, sheet: &str) -> Answer {
    let headers = [("Content-Type", "text/csv")];
    caller.send_bytes(Method::POST, &format!("/statements/imports?{query}"), &headers, Some(sheet.as_bytes().to_vec())).await
}

/// Plans a sheet and writes it.
async fn written(caller: Caller<'_>, kind: &str, sheet: &str) -> Value {
    let plan = send(caller, &format!("kind={kind}"), sheet).await.ok();
    let hash = plan["plan"].as_str().unwrap_or_else(|| panic!("{plan}"));
    send(caller, &format!("kind={kind}&commit={hash}"), sheet).await.ok()
}

/// Row, column and code of each finding.
fn told(answer: &Value) -> Vec<String> {
    let findings = answer["findings"].as_array().unwrap().iter();
    findings
        .map(|it| format!("{}{} {}", it["column"].as_str().unwrap_or("-"), it["row"], it["code"].as_str().unwrap()))
        .collect()
}

const INDICATORS: &str = "Mã chỉ tiêu,Tên chỉ tiêu,Tên chỉ tiêu (tiếng Anh),Đơn vị tính,Đơn vị tính (tiếng Anh),Loại,Trên tổng số
dti.rank,Xếp hạng chuyển đổi số,Rank,hạng,rank,Thứ hạng,63
dti.index,Chỉ số chuyển đổi số,Index,%,%,Tỷ lệ,
";

#[actix_web::test]
async fn indicators_and_values_come_from_sheets() {
    let server = Server::with_demo().await;
    let administrator = server.administrator();
    let defined = written(administrator, "indicators", INDICATORS).await;
    assert_eq!((&defined["create"], &defined["committed"]), (&json!(2), &json!(true)));

    let values = "BÁO CÁO CHỈ TIÊU,,,,,
Chỉ tiêu,Đơn vị,Kỳ báo cáo,Giá trị,Nguồn,STT
dti.rank,Tỉnh Thanh Hóa,Năm 2022,52/63,Báo cáo 1,1
Chỉ số chuyển đổi số,Huyện Đông Sơn,Quý II/2023,\"87,5%\",Báo cáo 2,2
dti.index,TT Rừng Thông,2023-09-20,90,Báo cáo 3,3
";
    let plan = send(administrator, "kind=values", values).await.ok();
    assert_eq!((&plan["create"], &plan["committed"]), (&json!(3), &json!(false)));
    assert_eq!(told(&plan), ["F2 sheet.column_unread"]);
    assert_eq!(server.query("select count(*) from declared_values").await, 0, "a plan writes nothing");
    assert_eq!(server.query("select count(*) from statement_versions where kind = 'values'").await, 0);
    let hash = plan["plan"].as_str().unwrap();
    let other = send(administrator, &format!("kind=values&commit={hash}"), &values.replace("Báo cáo 3", "Báo cáo 4")).await;
    assert_eq!(other.summary(), "409 conflict plan".replace("conflict", "import.other_plan"));
    send(administrator, &format!("kind=values&commit={hash}"), values).await.ok();

    let stored = |code: &str| format!("/indicators/{code}/values");
    let rank = server.anonymous().get(&stored("dti.rank")).await.ok()["values"][0].clone();
    assert_eq!((&rank["value"], &rank["of"], &rank["period"]), (&json!(52), &json!(63), &json!("2022")));
    assert_eq!(rank["unit"]["code"], "38");
    let index = server.anonymous().get(&stored("dti.index")).await.ok()["values"].clone();
    let shown: Vec<_> = index.as_array().unwrap().iter().map(|it| (&it["unit"]["code"], &it["value"], &it["period"])).collect();
    assert_eq!(shown, [(&json!("405"), &json!(87.5), &json!("2023-Q2")), (&json!("16378"), &json!(90), &json!("2023-09-20"))]);

    let again = send(administrator, "kind=values", values).await.ok();
    assert_eq!((&again["create"], &again["unchanged"]), (&json!(0), &json!(3)));
    let events = server.administrator().get("/audit?action=values.write").await.ok();
    assert_eq!(events["events"].as_array().unwrap().len(), 1, "the write, not the plans");
}

#[actix_web::test]
async fn each_wrong_cell_is_a_finding_and_nothing_is_written() {
    let server = Server::with_demo().await;
    written(server.administrator(), "indicators", INDICATORS).await;
    let values = "Chỉ tiêu,Đơn vị,Kỳ,Giá trị,Nguồn
dti.rank,Huyện Đông Sơn,2022,64,BC 1
dti.rank,Huyện Nơi Nào,2022,52,BC 1
dti.rank,Huyện Đông Sơn,kỳ sau,52,BC 1
dti.rank,Huyện Đông Sơn,2021,năm hai,BC 1
dti.none,Huyện Đông Sơn,2021,5,BC 1
dti.index,Huyện Đông Sơn,2021,5,
dti.index,Huyện Đông Sơn,2020,5,BC 1
dti.index,Huyện Đông Sơn,2020,6,BC 2
";
    let plan = send(server.administrator(), "kind=values", values).await.ok();
    assert_eq!(
        told(&plan),
        [
            "D2 range",
            "B3 unit.unknown_name",
            "C4 type",
            "D5 type",
            "A6 reference.unknown",
            "-7 required",
            "-9 dup.statement"
        ]
    );
    assert_eq!(plan["plan"], Value::Null);
    assert_eq!(plan["findings"][0]["value"], "64");
    assert_eq!(send(server.administrator(), "kind=values&commit=sha256:0", values).await.summary(), "409 import.has_errors ");
    assert_eq!(server.query("select count(*) from declared_values").await, 0);
    assert_eq!(send(server.administrator(), "kind=values", "a,b\n1,2\n").await.codes(), ["sheet.no_header"]);
    assert_eq!(send(server.administrator(), "kind=dreams", "a,b\n1,2\n").await.status, 400);
    assert_eq!(send(server.administrator(), "", "a,b\n1,2\n").await.status, 400);
    assert_eq!(send(server.anonymous(), "kind=values", values).await.status, 401);
}

#[actix_web::test]
async fn availability_and_baselines_come_from_sheets_within_the_sender_s_grant() {
    let server = Server::with_demo().await;
    let editor = server.account("ward", &[json!({"role": "editor", "unit": "16378@2026-01-01"})]).await;
    let editor = server.holder(&editor);
    let hamlet = server.anonymous().get("/collections/hamlets/items?within=16378@2026-01-01&limit=1").await.features()[0].clone();
    let code = hamlet["properties"]["code"].as_str().unwrap();
    let sheet = format!(
        "Xã,Thôn,Công nghệ,Nhà mạng,Tình trạng,Tỷ lệ hộ,Ngày ghi nhận,Nguồn
Phường Đông Sơn,,cáp quang,,đã có,90%,31/12/2025,CV 5
,{code},5G,Viettel,đã có,,31/12/2025,CV 5
"
    );
    let done = written(editor, "availability", &sheet).await;
    assert_eq!(done["create"], 2);
    let unit = server.anonymous().get("/units/16378@2026-01-01/availability").await.ok();
    let statement = &unit["statements"][0];
    assert_eq!((&statement["technology"], &statement["share_households"], &statement["as_of"]), (&json!("fiber"), &json!(0.9), &json!("2025-12-31")));
    let id = hamlet["id"].as_i64().unwrap();
    let stated = server.anonymous().get(&format!("/collections/hamlets/items/{id}/availability")).await.ok();
    assert!(stated["statements"].as_array().unwrap().iter().any(|it| it["technology"] == "5g" && it["operator"] == "viettel"));

    let baselines = "Chỉ tiêu,Nhóm,Đơn vị,Ngày số liệu,Số đã công bố,Văn bản
camera_eyes,,Phường Đông Sơn,31/12/2025,\"1.234\",BC 9
bts_stations,,Phường Đông Quang,31/12/2025,12,BC 9
";
    let plan = send(editor, "kind=baselines", baselines).await.ok();
    assert_eq!(told(&plan), ["C3 scope.outside"]);
    let own: String = baselines.lines().take(2).map(|line| format!("{line}\n")).collect();
    written(editor, "baselines", &own).await;
    let stored = server.anonymous().get("/baselines?unit=16378@2026-01-01").await.ok();
    assert_eq!((&stored["baselines"][0]["value"], &stored["baselines"][0]["on"]), (&json!(1234), &json!("2025-12-31")));
}

#[actix_web::test]
async fn template_has_the_headers_that_are_read() {
    let server = Server::with_demo().await;
    for kind in ["indicators", "values", "baselines", "availability"] {
        let book = server.anonymous().get(&format!("/statements/import-template.xlsx?kind={kind}")).await;
        assert_eq!(book.status, 200);
        let headers = [("Content-Type", "application/octet-stream")];
        let path = format!("/statements/imports?kind={kind}");
        let plan = server.administrator().send_bytes(Method::POST, &path, &headers, Some(book.body.to_vec())).await.ok();
        assert_eq!(told(&plan), ["-null sheet.no_rows"], "{kind}");
    }
}
