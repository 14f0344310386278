//! Which record a row is: deleted records, ids of other systems, codes of operators, rows on one pole.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{commit, counts, findings, plan};
use crate::common::Server;

const ORG: &str = "?source_org=Viettel%20Thanh%20H%C3%B3a";

fn towers(rows: &[&str]) -> Vec<u8> {
    format!("Mã đơn vị gửi,Mã,Mã trạm,Tên,Nhà mạng,Kinh độ,Vĩ độ,Chiều cao\n{}\n", rows.join("\n")).into_bytes()
}

async fn undo(server: &Server, plan: &Value) -> Value {
    let path = format!("/imports/{}/undo", plan["id"].as_str().unwrap());
    server.administrator().post(&path, Value::Null).await.ok()
}

#[actix_web::test]
async fn undone_list_comes_again_and_its_records_with_it() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let list = |height: u8| {
        towers(&[
            &format!("A1,,,Trạm A,Viettel,105.7,19.8,{height}"),
            &format!(",K2,,Trạm B,Viettel,105.72,19.8,{height}"),
        ])
    };
    let first = plan(administrator, "towers", &format!("{ORG}&effective_on=2026-03-01"), list(30)).await;
    commit(administrator, &first).await.ok();
    let ids = server.query("select jsonb_agg(id order by name) from towers").await;
    undo(&server, &first).await;

    let again = plan(administrator, "towers", ORG, list(42)).await;
    assert_eq!(findings(&again), ["2 match.restored", "3 match.restored"]);
    assert_eq!((counts(&again), &again["counts"]["restore"]), ([0, 0, 0, 0, 0, 0], &json!(2)));
    assert_eq!(again["restores"][0]["fields"], json!({"height_m": {"before": 30, "after": 42.0}}));
    commit(administrator, &again).await.ok();
    let now = "select jsonb_agg(jsonb_build_array(id, height_m) order by name) from towers where deleted_at is null";
    assert_eq!(server.query(now).await, json!([[ids[0], 42], [ids[1], 42]]));
    assert_eq!(counts(&plan(administrator, "towers", ORG, list(42)).await), [0, 0, 2, 0, 0, 0]);
    assert_eq!(server.query("select count(*) from versions where op = 'restore'").await, 2);

    // The undo of the restoration deletes them again; the undo of that brings them back.
    assert_eq!(undo(&server, &again).await["undone"], json!({"restored": 2, "kept": []}));
    assert_eq!(server.query("select count(*) from towers where deleted_at is null").await, 0);
}

#[actix_web::test]
async fn monthly_list_restores_a_record_that_somebody_deleted() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let list = || {
        towers(&[
            "A1,,,Trạm A,Viettel,105.7,19.8,30",
            "A2,,,Trạm B,Viettel,105.72,19.8,30",
            "A3,,,Trạm C,Viettel,105.74,19.8,30",
        ])
    };
    commit(administrator, &plan(administrator, "towers", ORG, list()).await).await.ok();
    let id = server.query("select id from towers where external_id = 'A2'").await;
    administrator.delete(&format!("/collections/towers/items/{id}"), "*").await;
    let planned = plan(administrator, "towers", &format!("{ORG}&mode=snapshot&effective_on=2026-01-01"), list()).await;
    assert_eq!((findings(&planned), &planned["counts"]["restore"]), (vec!["3 match.restored".to_owned()], &json!(1)));
    commit(administrator, &planned).await.ok();
    // A deletion of today is not restored as of January: the record would stay deleted from today on.
    assert_eq!(administrator.get(&format!("/collections/towers/items/{id}")).await.status, 200);
    let today = administrator.get(&format!("/collections/towers/items?as_of={}", hatang::time::today())).await.ok();
    assert_eq!(today["numberMatched"], 3);
}

#[actix_web::test]
async fn key_of_a_deleted_record_is_free_and_then_blocks_its_return() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let one = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [105.7, 19.8]},
        "properties": {"name": "T", "operator": "vnpt", "external_id": "9", "source_org": "VNPT"}});
    let made = administrator.post("/collections/towers/items", one.clone()).await;
    let path = crate::common::below_api(&json!(made.header("location").unwrap()));
    let id = made.ok()["id"].clone();
    assert_eq!(administrator.delete(&path, "*").await.status, 204);
    let other = administrator.post("/collections/towers/items", one).await;
    assert_eq!(other.status, 201);
    let other = other.ok()["id"].clone();
    assert_ne!(id, other);
    let refused = administrator.post(&format!("{path}/restore"), json!({})).await;
    assert_eq!(refused.summary(), "409 dup.external_id /properties/external_id");
    assert!(refused.json()["errors"][0].to_string().contains(&other.to_string()), "{}", refused.json());
    // Undoing the deletion of a batch leaves the record, too.
    let third = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [105.71, 19.8]},
        "properties": {"name": "T3", "operator": "vnpt", "external_id": "10", "source_org": "VNPT"}});
    let third = administrator.post("/collections/towers/items", third).await.ok()["id"].clone();
    let gone = json!({"items": [{"id": other, "version": 1}, {"id": third, "version": 1}]});
    let headers = [("Content-Type", "application/json")];
    administrator.send(Method::DELETE, "/collections/towers/items", &headers, Some(gone)).await.ok();
    let batch = server.query("select max(id) from batches").await;
    administrator.post(&format!("{path}/restore"), json!({})).await.ok();
    let undone = administrator.post(&format!("/batches/{batch}/undo"), json!({})).await.ok();
    assert_eq!(undone["left"], json!([{"id": other, "why": "key_taken"}]));
}

#[actix_web::test]
async fn key_that_another_record_holds_is_an_error_of_the_plan() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let list = towers(&["A1,K1,,Trạm A,Viettel,105.7,19.8,30", "A2,K2,,Trạm B,Viettel,105.72,19.8,30"]);
    commit(administrator, &plan(administrator, "towers", ORG, list).await).await.ok();
    // A1 is to get the code of A2; two new rows share a code.
    let wrong = towers(&[
        "A1,K2,,Trạm A,Viettel,105.7,19.8,30",
        "A8,K8,,Trạm H,Viettel,105.74,19.8,30",
        "A9,K8,,Trạm I,Viettel,105.76,19.8,30",
    ]);
    let planned = plan(administrator, "towers", ORG, wrong).await;
    assert_eq!(
        (findings(&planned), planned["counts"]["error"].clone()),
        (vec!["B2 dup.code".into(), "B4 dup.row".into()], json!(2))
    );
}

#[actix_web::test]
async fn ids_of_another_system_are_told_and_do_not_hinder_matching() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let list = "ID,Tên,Nhà mạng,Kinh độ,Vĩ độ\n1,Trạm A,Viettel,105.7,19.8\n2,Trạm B,Viettel,105.72,19.8\n";
    let features = json!({"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": "way/5", "geometry": {"type": "Point", "coordinates": [105.74, 19.8]}, "properties": {"name": "C", "operator": "vnpt"}},
        {"type": "Feature", "id": "way/6", "geometry": {"type": "Point", "coordinates": [105.76, 19.8]}, "properties": {"name": "D", "operator": "vnpt"}}]});
    for file in [list.as_bytes().to_vec(), features.to_string().into_bytes()] {
        let first = plan(administrator, "towers", ORG, file.clone()).await;
        assert_eq!(counts(&first), [2, 0, 0, 0, 0, 0]);
        let told: Vec<_> =
            first["findings"].as_array().unwrap().iter().filter(|it| it["code"] == "match.foreign_id").collect();
        assert_eq!((told.len(), &told[0]["field"], &told[0]["severity"]), (1, &json!("id"), &json!("info")));
        commit(administrator, &first).await.ok();
        assert_eq!(counts(&plan(administrator, "towers", ORG, file).await), [0, 0, 2, 0, 0, 0]);
    }
}

#[actix_web::test]
async fn own_code_of_an_operator_finds_its_station() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let by_hand = towers(&[",,TH001,Trạm A,Viettel,105.7,19.8,30", ",,TH001,Trạm A,VNPT,105.7,19.8,30"]);
    commit(administrator, &plan(administrator, "towers", "", by_hand).await).await.ok();
    // The list of the operator has its own numbers, another name and another place.
    let list = towers(&["V1,,TH001,Trạm A mới,Viettel,105.701,19.8,35"]);
    let planned = plan(administrator, "towers", "", list.clone()).await;
    assert_eq!((findings(&planned), counts(&planned)), (vec![], [0, 1, 0, 0, 0, 0]));
    commit(administrator, &planned).await.ok();
    let now = "select jsonb_agg(jsonb_build_array(operator, external_id, name) order by operator) from towers";
    assert_eq!(server.query(now).await, json!([["viettel", "V1", "Trạm A mới"], ["vnpt", null, "Trạm A"]]));
    // Another number of the sender is another station.
    let other = plan(administrator, "towers", "", towers(&["V2,,TH001,Trạm B,Viettel,105.72,19.8,35"])).await;
    assert_eq!(counts(&other)[0], 1);
}

#[actix_web::test]
async fn cameras_on_one_pole_are_several_and_stay_so() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let header = "Tên,Cấp quản lý,Kinh độ,Vĩ độ,Hướng";
    let pole = |rows: &[(&str, &str)]| {
        let rows: Vec<_> = rows.iter().map(|(name, to)| format!("{name},Công an xã,105.7,19.8,{to}")).collect();
        format!("{header}\n{}\n", rows.join("\n")).into_bytes()
    };
    let one_name = pole(&[("Ngã tư", "0"), ("Ngã tư", "120"), ("Ngã tư", "240")]);
    let first = plan(administrator, "cameras", "", one_name.clone()).await;
    assert_eq!((findings(&first), counts(&first)), (vec![], [3, 0, 0, 0, 0, 0]));
    commit(administrator, &first).await.ok();
    assert_eq!(counts(&plan(administrator, "cameras", "", one_name).await), [0, 0, 3, 0, 0, 0]);
    // Without directions, names tell them apart; without names, nothing does.
    let named = pole(&[("Cổng trường 1", ""), ("Cổng trường 2", "")]);
    let named = String::from_utf8(named).unwrap().replace("105.7,", "105.75,").into_bytes();
    assert_eq!(findings(&plan(administrator, "cameras", "", named).await), [""; 0]);
    let twice = plan(administrator, "cameras", "", pole(&[("Chợ", ""), ("Chợ", "")])).await;
    assert!(findings(&twice).contains(&"3 dup.row".to_owned()), "{:?}", findings(&twice));
}

#[actix_web::test]
async fn matching_reveals_no_hidden_place() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let list = b"T\xc3\xaan,C\xe1\xba\xa5p qu\xe1\xba\xa3n l\xc3\xbd,Kinh \xc4\x91\xe1\xbb\x99,V\xc4\xa9 \xc4\x91\xe1\xbb\x99\nB,C\xc3\xb4ng an x\xc3\xa3,105.80012,19.80034\n".to_vec();
    commit(administrator, &plan(administrator, "cameras", "", list.clone()).await).await.ok();
    let editor = server.account("west", &[json!({"role": "editor", "unit": "00001@2026-01-01"})]).await;
    let refused = plan(server.holder(&editor), "cameras", "", list.clone()).await;
    // The same answer at a place where there is no camera.
    let elsewhere = String::from_utf8(list).unwrap().replace("105.80012", "105.80013").into_bytes();
    let empty = plan(server.holder(&editor), "cameras", "", elsewhere).await;
    assert_eq!(refused["findings"][0]["message"], empty["findings"][0]["message"]);
    assert_eq!(
        (findings(&refused), findings(&empty)),
        (vec!["C2 scope.outside".into()], vec!["C2 scope.outside".into()])
    );
}

#[actix_web::test]
async fn row_of_another_operator_is_told_about_the_operator() {
    let server = Server::with_communes().await;
    let grant = json!({"role": "editor", "unit": "00001@2026-01-01", "operators": ["viettel"]});
    let editor = server.account("liaison", &[grant]).await;
    let rows = towers(&["A1,,,Trạm A,VNPT,105.7,19.8,30", "A2,,,Trạm B,Viettel,105.8,19.8,30"]);
    let planned = plan(server.holder(&editor), "towers", "", rows).await;
    assert_eq!(findings(&planned), ["E2 scope.outside", "F3 scope.outside"]);
    assert!(planned["findings"][0]["messages"]["vi"].as_str().unwrap().contains("VNPT"));
}
