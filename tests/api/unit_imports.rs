//! Files of units by the API: planned, then written, by administrators.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Answer, Caller, Server};

const LIST: &str = "province_code,province_name,district_code,district_name,commune_code,commune_name
38,Tỉnh Thanh Hóa,405,Huyện Đông Sơn,16378,Thị trấn Rừng Thông
38,Tỉnh Thanh Hóa,405,Huyện Đông Sơn,16381,Xã Đông Hoàng
";

async fn send(caller: Caller<'_>, query: &str, file: &str) -> Answer {
    let path = format!("/units/imports?{query}");
    caller.send_bytes(Method::POST, &path, &[("Content-Type", "text/csv")], Some(file.as_bytes().to_vec())).await
}

#[actix_web::test]
async fn list_is_planned_and_then_written() {
    let server = Server::new().await;
    let administrator = server.administrator();
    let query = "kind=list&as_of=2023-01-01";
    let plan = send(administrator, query, LIST).await.ok();
    assert_eq!((&plan["counts"]["created"], &plan["committed"]), (&json!(4), &json!(false)));
    let units = "select count(*) from admin_units";
    assert_eq!(server.query(units).await, 0, "a plan writes nothing");
    let hash = plan["plan"].as_str().unwrap().to_owned();
    let other = send(administrator, &format!("{query}&commit={hash}"), &LIST.replace("Đông Hoàng", "Đông Minh")).await;
    assert_eq!(other.summary(), "409 import.other_plan commit");
    assert_eq!(server.query(units).await, 0);
    let done = send(administrator, &format!("{query}&commit={hash}"), LIST).await.ok();
    assert_eq!(done["committed"], true);
    assert_eq!(server.query(units).await, 4);
    let again = send(administrator, query, LIST).await.ok();
    assert_eq!((&again["counts"]["created"], &again["counts"]["unchanged"]), (&json!(0), &json!(4)));
    let events = administrator.get("/audit?action=units.import").await.ok();
    assert_eq!(events["events"].as_array().unwrap().len(), 1);

    let census = "commune_code,commune_name,population,households\n16378,Thị trấn Rừng Thông,9410,2716\n16999,Xã Khác,1,1\n";
    let query = "kind=census&on=2023-04-01&source=TCTK";
    let plan = send(administrator, query, census).await.ok();
    assert_eq!((&plan["counts"]["updated"], plan["left_out"].as_array().unwrap().len()), (&json!(1), 1));
    let hash = plan["plan"].as_str().unwrap();
    send(administrator, &format!("{query}&commit={hash}"), census).await.ok();
    assert_eq!(server.query("select households from admin_units where code = '16378'").await, 2716);
}

#[actix_web::test]
async fn bad_file_is_refused_with_every_problem_and_only_administrators_send_one() {
    let server = Server::new().await;
    let bad = LIST.replace("16381", "1638");
    let plan = send(server.administrator(), "kind=list&as_of=2023-01-01", &bad).await.ok();
    assert_eq!((&plan["plan"], &plan["findings"][0]["row"], &plan["findings"][0]["field"]), (&Value::Null, &json!(3), &json!("commune_code")));
    let commit = send(server.administrator(), "kind=list&as_of=2023-01-01&commit=sha256:0", &bad).await;
    assert_eq!(commit.summary(), "409 import.has_errors ");
    assert_eq!(send(server.administrator(), "kind=list", LIST).await.summary(), "400 parameter.invalid as_of");
    assert_eq!(send(server.administrator(), "kind=map&as_of=2023-01-01", LIST).await.status, 400);
    assert_eq!(send(server.administrator(), "kind=mapping&on=2025-07-01", LIST).await.ok()["plan"], Value::Null);
    assert_eq!(send(server.anonymous(), "kind=list&as_of=2023-01-01", LIST).await.status, 401);
    let editor = server.account("editor", &[json!({"role": "editor"})]).await;
    assert_eq!(send(server.holder(&editor), "kind=list&as_of=2023-01-01", LIST).await.status, 403);
}
