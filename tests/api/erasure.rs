//! `POST /collections/{collection}/items/{id}/erase`

use actix_web::http::Method;
use hatang::layers::ALL;
use hatang::postgres::row::Row;
use hatang::postgres::sql::{Bind, Sql};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::common::{Answer, Caller, Server, camera, minimal};
use crate::imports::{commit, plan};

const CAMERAS: &str = "/collections/cameras/items";

async fn erase(caller: Caller<'_>, path: &str, body: Value) -> Answer {
    let json = [("Content-Type", "application/json")];
    caller.send(Method::POST, &format!("{path}/erase"), &json, Some(body)).await
}

/// The tables with a row that contains a text, in any column.
async fn tables_with(server: &Server, text: &str) -> Vec<String> {
    use diesel_async::RunQueryDsl;
    let rows: Vec<Row> = Sql::new(
        "select c.relname::text from pg_class c \
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and \
           query_to_xml(format('select 1 from %I t where position(%L in t::text) > 0 limit 1', c.relname, ",
    )
    .bind(Bind::Text(text.into()))
    .text("::text), false, false, '')::text like '%<row>%' order by 1")
    .load(&mut server.connection().await)
    .await
    .unwrap();
    rows.iter().map(|row| row.cells[0].as_text().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn erased_values_are_gone_and_their_hashes_are_in_history() {
    let server = Server::new().await;
    let admin = server.administrator();
    let (phone, other_phone, owner) = ("0912345678", "0987654321", "Nguyễn Văn \"Tèo\"");
    let household = json!({"managing_level": "household", "name": owner, "owner_name": owner, "owner_phone": phone});
    let key = [("Idempotency-Key", "k1")];
    let id = admin.send(Method::POST, CAMERAS, &key, Some(camera(household))).await.ok()["id"].clone();
    let path = format!("{CAMERAS}/{id}");
    admin.patch(&path, "*", json!({"properties": {"owner_phone": other_phone, "eye_count": 4}})).await.ok();
    server.execute(&format!("insert into audit (actor, action, detail) values ('x', 'test.event', '{{\"said\": \"call {phone} or (0912) 345-678, 0.912345678 km\"}}')")).await;
    assert!(tables_with(&server, phone).await.contains(&"versions".to_owned()));

    let body = json!({"fields": ["owner_phone", "owner_name", "name"], "reason": "Yêu cầu của +84 912.345.678"});
    let receipt = erase(admin, &path, body).await.ok();
    let hash = |value: &str| {
        let digest = Sha256::digest(format!("{}{value}", receipt["salt"].as_str().unwrap()));
        json!(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    };
    let hashes = receipt["erased"]["owner_phone"].as_array().unwrap();
    assert_eq!(hashes.len(), 2);
    assert!(hashes.contains(&hash(phone)) && hashes.contains(&hash(other_phone)));
    for value in [phone, other_phone, "345.678", "345-678", "Tèo", receipt["salt"].as_str().unwrap()] {
        assert_eq!(tables_with(&server, value).await, [""; 0], "{value}");
    }

    let record = admin.get(&path).await.ok();
    assert_eq!(record["properties"]["owner_phone"], Value::Null);
    assert_eq!(record["properties"]["eye_count"], 4);
    assert_eq!(admin.get(&format!("{CAMERAS}?as_of={}", record["properties"]["effective_on"].as_str().unwrap())).await.features().len(), 1);
    let history = admin.get(&format!("{path}/history")).await.ok();
    let versions = history["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 3);
    assert_eq!(versions[0]["changes"]["owner_phone"]["after"], json!({"erased": hash(phone)}));
    assert_eq!(
        versions[1]["changes"]["owner_phone"],
        json!({"before": {"erased": hash(phone)}, "after": {"erased": hash(other_phone)}})
    );
    assert_eq!(versions[2]["changes"]["owner_phone"], json!({"before": {"erased": hash(other_phone)}, "after": null}));
    assert_eq!(versions[2]["reason"], "Yêu cầu của [erased]");
    let events = admin.get("/audit?action=record.erase").await.ok();
    assert_eq!(events["events"][0]["detail"]["erased"], receipt["erased"]);
    assert_eq!(events["events"][0]["detail"]["id"], id);
}

#[actix_web::test]
async fn every_restricted_field_can_be_erased_and_no_other() {
    let server = Server::with_demo().await;
    let admin = server.administrator();
    for layer in ALL.iter().filter(|layer| layer.is_writable()) {
        let items = format!("/collections/{}/items", layer.collection);
        let path = format!("{items}/{}", admin.post(&items, minimal(layer)).await.ok()["id"]);
        for field in layer.fields() {
            let answer = erase(admin, &path, json!({"fields": [field.name], "reason": "thử"})).await;
            match layer.is_erasable(field) {
                true => assert!(answer.ok()["erased"].is_object(), "{}.{}", layer.collection, field.name),
                false => assert_eq!(answer.summary(), "422 field.not_erasable /fields/0"),
            }
        }
    }
    let refused = erase(admin, &format!("{CAMERAS}/1"), json!({"fields": [], "more": 1})).await;
    assert_eq!(refused.summary(), "422 required /fields required /reason field.unknown /more");
    let missing = erase(admin, &format!("{CAMERAS}/1"), json!({"fields": ["owner_name"], "reason": "thử"})).await;
    assert_eq!(missing.status, 404);
}

/// The tables with a row that contains a value, in any column. Files are searched in hexadecimal.
async fn tables_in_which(server: &Server, value: &str) -> Vec<String> {
    let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut tables = tables_with(server, value).await;
    tables.extend(tables_with(server, &hex).await);
    tables
}

#[actix_web::test]
async fn erased_values_are_in_no_import_and_no_file() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let (phone, owner) = ("0912345678", "Nguyễn Văn Tèo");
    let sheet = |eyes: &str| {
        let header = "Mã đơn vị gửi,Tên,Cấp quản lý,Số mắt,Kinh độ,Vĩ độ,Chủ sở hữu,Điện thoại chủ sở hữu";
        let rows = format!("H1,Camera hộ A,Hộ gia đình,{eyes},105.7,19.8,{owner},{phone}\nH2,Camera hộ B,Hộ gia đình,2,105.72,19.8,Lê Thị Na,0987111222");
        format!("{header}\n{rows}\n").into_bytes()
    };
    let other = "Mã đơn vị gửi,Tên,Cấp quản lý,Kinh độ,Vĩ độ\nH3,C,Công an xã,105.7,19.81\n".as_bytes().to_vec();
    let first = plan(admin, "cameras", "?source_org=X", sheet("1")).await;
    commit(admin, &first).await.ok();
    let update = plan(admin, "cameras", "?source_org=X", sheet("3")).await;
    let refused = plan(admin, "cameras", "?source_org=X", sheet("99")).await;
    // The same people in a list of another sender, which has not been committed.
    let foreign = plan(admin, "cameras", "?source_org=Y", sheet("2")).await;
    let unconcerned = plan(admin, "cameras", "?source_org=X", other).await;
    assert!(tables_in_which(&server, phone).await.contains(&"imports".to_owned()));
    assert!(tables_with(&server, owner).await.contains(&"import_rows".to_owned()));

    let id = server.query("select id from cameras where external_id = 'H1'").await;
    let body = json!({"fields": ["owner_phone", "owner_name"], "reason": "yêu cầu"});
    erase(admin, &format!("{CAMERAS}/{id}"), body).await.ok();
    for value in [phone, owner] {
        assert_eq!(tables_in_which(&server, value).await, [""; 0], "{value}");
    }

    let state = async |import: &Value| {
        let import = admin.get(&format!("/imports/{}", import["id"].as_str().unwrap())).await.ok();
        (import["status"].clone(), import["failure"].clone(), import["erased_at"].is_string())
    };
    assert_eq!(state(&first).await, (json!("committed"), Value::Null, true));
    for import in [&update, &refused, &foreign] {
        assert_eq!(state(import).await, (json!("failed"), json!("erased"), true));
    }
    assert_eq!(state(&unconcerned).await, (json!("planned"), Value::Null, false));
    let workbook = |import: &Value| format!("/imports/{}/workbook", import["id"].as_str().unwrap());
    assert_eq!(admin.get(&workbook(&first)).await.status, 404);
    assert_eq!(admin.get(&workbook(&unconcerned)).await.status, 200);
    assert_eq!(commit(admin, &update).await.summary(), "409 import.not_planned ");
    // The rest of the file's changes stay. Its undo neither restores the values nor touches the record.
    assert_eq!(server.query("select owner_phone from cameras where external_id = 'H2'").await, "0987111222");
    let undone = admin.post(&format!("/imports/{}/undo", first["id"].as_str().unwrap()), Value::Null).await.ok();
    assert_eq!((&undone["undone"]["restored"], &undone["undone"]["kept"]), (&json!(1), &json!([id])));
    assert_eq!(tables_in_which(&server, phone).await, [""; 0]);
}

#[actix_web::test]
async fn file_that_is_being_planned_does_not_bring_erased_values_back() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let (phone, mut made) = ("0912345678", camera(json!({})));
    made["properties"]["owner_phone"] = json!(phone);
    let id = admin.post(CAMERAS, made).await.ok()["id"].clone();
    let mut sheet = "Mã đơn vị gửi,Tên,Cấp quản lý,Điện thoại chủ,Kinh độ,Vĩ độ\n".to_owned();
    for row in 0..6000 {
        // Only the last row has the value. It has not been read yet when the value is erased.
        let phone = if row == 5999 { phone } else { "" };
        sheet += &format!("H{row},A{row},Công an xã,{phone},105.{},19.81\n", 70_000 + row);
    }
    let erasing = async {
        while server.query("select count(*) from import_rows").await == 0 {
            actix_web::rt::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert_eq!(server.query("select status from imports").await, "planning");
        let body = json!({"fields": ["owner_phone"], "reason": "yêu cầu"});
        erase(admin, &format!("{CAMERAS}/{id}"), body).await.ok();
    };
    let (planned, ()) = tokio::join!(plan(admin, "cameras", "?source_org=X", sheet.into_bytes()), erasing);
    assert_eq!((&planned["status"], &planned["failure"]), (&json!("failed"), &json!("erased")));
    assert_eq!(tables_in_which(&server, phone).await, [""; 0]);
    assert_eq!(server.query("select count(*) from import_rows").await, 0);
}

/// Numbers and lists cannot be searched for in a stored response.
#[actix_web::test]
async fn stored_response_with_erased_values_is_deleted() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let towers = "/collections/towers/items";
    let mut tower = minimal(&hatang::layers::TOWER);
    tower["properties"]["backup_power_h"] = json!(6.78125);
    let key = [("Idempotency-Key", "k1")];
    let id = admin.send(Method::POST, towers, &key, Some(tower.clone())).await.ok()["id"].clone();
    assert_eq!(tables_with(&server, "6.78125").await, ["idempotency_keys", "towers", "versions"]);
    let body = json!({"fields": ["backup_power_h"], "reason": "yêu cầu"});
    erase(admin, &format!("{towers}/{id}"), body).await.ok();
    assert_eq!(tables_with(&server, "6.78125").await, [""; 0]);
    let again = admin.send(Method::POST, towers, &key, Some(tower)).await.ok();
    assert_eq!(again, json!({"id": id, "erased": true}));
    assert_eq!(server.query("select count(*) from towers").await, 1);
}
