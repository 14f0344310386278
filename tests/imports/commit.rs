//! Commit and undo: all or nothing, stale plans, the same file twice.

use serde_json::{Value, json};

use super::{commit, counts, findings, plan, send};
use crate::common::Server;

fn csv(rows: &[&str]) -> Vec<u8> {
    let header = "Mã đơn vị gửi,Tên,Nhà mạng,Kinh độ,Vĩ độ,Chiều cao";
    format!("{header}\n{}\n", rows.join("\n")).into_bytes()
}

const ORG: &str = "?source_org=Viettel%20Thanh%20H%C3%B3a";
const TWO: [&str; 2] = ["A1,Trạm A,Viettel,105.7,19.8,42", "A2,Trạm B,Viettel,105.72,19.8,30"];

#[actix_web::test]
async fn plan_writes_nothing_and_a_commit_everything_in_one_batch() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let planned = plan(administrator, "towers", ORG, csv(&TWO)).await;
    assert_eq!(server.query("select count(*) from towers").await, 0);
    let committed = commit(administrator, &planned).await.ok();
    assert_eq!((&committed["status"], counts(&committed)), (&json!("committed"), [2, 0, 0, 0, 0, 0]));
    assert_eq!(server.query("select count(distinct batch_id) from versions where collection = 'towers'").await, 1);
    assert_eq!(server.query("select count(*) from changes where seq is null").await, 0);
    // Again, as a client that got no answer would.
    commit(administrator, &planned).await.ok();
    assert_eq!(server.query("select count(*) from versions where collection = 'towers'").await, 2);
    let found = administrator.get(&format!("/imports/{}", planned["id"].as_str().unwrap())).await.ok();
    assert_eq!(found["status"], "committed");
}

#[actix_web::test]
async fn update_says_which_fields_change_and_the_same_file_changes_nothing() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    commit(administrator, &plan(administrator, "towers", ORG, csv(&TWO)).await).await.ok();
    let again = plan(administrator, "towers", ORG, csv(&TWO)).await;
    assert_eq!(counts(&again), [0, 0, 2, 0, 0, 0]);

    let changed = ["A1,Trạm A,Viettel,105.7,19.8,45", TWO[1], "A3,Trạm C,Viettel,105.74,19.8,"];
    let planned = plan(administrator, "towers", &format!("{ORG}&effective_on=2026-01-01"), csv(&changed)).await;
    // A list of an earlier day also states what has stayed: that it was so on that day.
    assert_eq!(counts(&planned), [1, 2, 0, 0, 0, 0]);
    assert_eq!(planned["updates"][0]["fields"], json!({"height_m": {"before": 42, "after": 45.0}}));
    assert_eq!(planned["updates"][0]["name"], "Trạm A", "also when the name stays");
    commit(administrator, &planned).await.ok();
    let again = plan(administrator, "towers", &format!("{ORG}&effective_on=2026-01-01"), csv(&changed[1..])).await;
    assert_eq!(counts(&again), [0, 0, 2, 0, 0, 0]);
    let versions = "select jsonb_agg(jsonb_build_array(v.version, v.effective_on, v.changes -> 'height_m') order by v.version) \
        from versions v join towers t on t.id = v.record_id where t.external_id = 'A1'";
    assert_eq!(server.query(versions).await[1], json!([2, "2026-01-01", 45.0]));
}

#[actix_web::test]
async fn empty_cell_keeps_the_value() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    commit(administrator, &plan(administrator, "towers", ORG, csv(&TWO)).await).await.ok();
    let planned = plan(administrator, "towers", ORG, csv(&["A1,Trạm A,Viettel,,,"])).await;
    assert_eq!(counts(&planned), [0, 0, 1, 0, 0, 0]);
}

#[actix_web::test]
async fn stale_plan_is_refused_and_names_the_rows() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    commit(administrator, &plan(administrator, "towers", ORG, csv(&TWO)).await).await.ok();
    let changed =
        ["A1,Trạm A,Viettel,105.7,19.8,45", "A2,Trạm B,Viettel,105.72,19.8,31", "A3,Trạm C,Viettel,105.74,19.8,"];
    let planned = plan(administrator, "towers", ORG, csv(&changed)).await;
    server.execute("update towers set height_m = 33 where external_id = 'A2'").await;
    let answer = commit(administrator, &planned).await;
    assert_eq!(answer.summary(), "409 import.stale /rows/3");
    assert_eq!(server.query("select count(*) from towers").await, 2);

    // Meanwhile somebody else has taken a key.
    let planned = plan(administrator, "towers", ORG, csv(&changed)).await;
    let other = plan(administrator, "towers", ORG, csv(&changed[2..])).await;
    commit(administrator, &other).await.ok();
    assert_eq!(commit(administrator, &planned).await.summary(), "409 import.stale /rows/4");

    // The rows that still hold can be written, and the others come back.
    let path = format!("/imports/{}/commit", planned["id"].as_str().unwrap());
    let valid = json!({"plan": planned["plan"], "only": "valid"});
    let written = administrator.post(&path, valid).await.ok();
    assert_eq!((&written["counts"]["written"], &written["counts"]["left"]), (&json!(2), &json!(1)));
    assert_eq!(findings(&written), ["4 import.stale"]);
    assert_eq!(server.query("select max(height_m) from towers").await, 45.0);
    let book = administrator.get(&format!("/imports/{}/workbook?rows=refused", planned["id"].as_str().unwrap())).await;
    assert_eq!(book.status, 200);

    let planned = plan(administrator, "towers", ORG, csv(&TWO)).await;
    let path = format!("/imports/{}/commit", planned["id"].as_str().unwrap());
    assert_eq!(administrator.post(&path, json!({"plan": "sha256:0"})).await.summary(), "409 import.other_plan /plan");
    assert_eq!(administrator.post(&path, json!({})).await.status, 422);
}

#[actix_web::test]
async fn what_others_write_of_other_fields_is_kept() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    commit(administrator, &plan(administrator, "towers", ORG, csv(&TWO)).await).await.ok();
    let height = ["A1,Trạm A,Viettel,105.7,19.8,45", TWO[1]];
    let planned = plan(administrator, "towers", ORG, csv(&height)).await;
    assert_eq!(counts(&planned), [0, 1, 1, 0, 0, 0]);
    // Of the row that changes something, another field; of the row that changes nothing, any.
    server.execute("update towers set note = 'bên đường' where external_id = 'A1'").await;
    server.execute("update towers set height_m = 33 where external_id = 'A2'").await;
    commit(administrator, &planned).await.ok();
    let state = "select jsonb_object_agg(external_id, jsonb_build_array(height_m, note)) from towers";
    assert_eq!(server.query(state).await, json!({"A1": [45, "bên đường"], "A2": [33, null]}));

    // The day of installation was checked against the state that somebody has changed meanwhile.
    let file = "Mã đơn vị gửi,Tên,Nhà mạng,Kinh độ,Vĩ độ,Ngày lắp đặt\nA1,Trạm A,Viettel,105.7,19.8,20/9/2023\n";
    let planned = plan(administrator, "towers", ORG, file.as_bytes().to_vec()).await;
    assert_eq!(counts(&planned)[..3], [0, 1, 0], "{:?}", findings(&planned));
    server.execute("update towers set lifecycle_status = 'planned' where external_id = 'A1'").await;
    assert_eq!(commit(administrator, &planned).await.summary(), "409 import.stale /rows/2");
}

#[actix_web::test]
async fn warnings_must_be_accepted() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    // 20 m apart, with the same operator, and without numbers of the sender.
    let near = [",Trạm A,Viettel,105.7,19.8,", ",Trạm B,Viettel,105.7002,19.8,", ",Trạm C,VNPT,105.7001,19.8,"];
    let planned = plan(administrator, "towers", ORG, csv(&near)).await;
    assert_eq!(findings(&planned), ["D3 dup.near", "D4 hint.shared_site"]);
    let path = format!("/imports/{}/commit", planned["id"].as_str().unwrap());
    let refused = administrator.post(&path, json!({"plan": planned["plan"]})).await;
    assert_eq!(refused.summary(), "422 import.warnings /accept_warnings");
    commit(administrator, &planned).await.ok();
}

#[actix_web::test]
async fn records_without_codes_are_matched_by_name_and_place_and_reported() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let file = |eyes: u8| {
        format!("Tên,Số mắt,Cấp quản lý,Kinh độ,Vĩ độ\nCổng chợ,{eyes},Công an xã,105.7,19.8\n").into_bytes()
    };
    commit(administrator, &plan(administrator, "cameras", "", file(2)).await).await.ok();
    let again = plan(administrator, "cameras", "", file(3)).await;
    assert_eq!((findings(&again), counts(&again)), (vec!["match.name_and_place".to_owned()], [0, 1, 0, 0, 0, 0]));
}

#[actix_web::test]
async fn undo_restores_what_nobody_has_changed_and_lists_the_rest() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    commit(administrator, &plan(administrator, "towers", ORG, csv(&TWO)).await).await.ok();
    let changed =
        ["A1,Trạm A,Viettel,105.7,19.8,45", "A2,Trạm B,Viettel,105.72,19.8,31", "A3,Trạm C,Viettel,105.74,19.8,"];
    let planned = plan(administrator, "towers", ORG, csv(&changed)).await;
    let undo = format!("/imports/{}/undo", planned["id"].as_str().unwrap());
    assert_eq!(administrator.post(&undo, Value::Null).await.summary(), "409 import.not_committed ");
    commit(administrator, &planned).await.ok();
    server.execute("update towers set height_m = 33 where external_id = 'A2'").await;
    let undone = administrator.post(&undo, Value::Null).await.ok();
    assert_eq!((&undone["status"], &undone["undone"]["restored"]), (&json!("undone"), &json!(2)));
    assert_eq!(undone["undone"]["kept"].as_array().unwrap().len(), 1);
    let state = "select jsonb_object_agg(external_id, jsonb_build_array(height_m, deleted_at is null)) from towers";
    assert_eq!(server.query(state).await, json!({"A1": [42, true], "A2": [33, true], "A3": [null, false]}));
    administrator.post(&undo, Value::Null).await.ok();
    assert_eq!(server.query("select max(version) from towers").await, 3);
}

#[actix_web::test]
async fn code_of_another_sender_is_a_warning() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let file = |id: &str, eyes: u8| {
        format!("Mã,Mã đơn vị gửi,Tên,Số mắt,Cấp quản lý,Kinh độ,Vĩ độ\nK1,{id},A,{eyes},Công an xã,105.7,19.8\n")
            .into_bytes()
    };
    commit(administrator, &plan(administrator, "cameras", "?source_org=X", file("1", 2)).await).await.ok();
    let other = plan(administrator, "cameras", "?source_org=Y", file("7", 3)).await;
    assert_eq!((findings(&other), counts(&other)), (vec!["A2 match.other_source".to_owned()], [0, 1, 0, 0, 0, 1]));
    let renumbered = plan(administrator, "cameras", "?source_org=X", file("2", 2)).await;
    assert_eq!(findings(&renumbered), ["A2 match.other_id"]);
    assert_eq!(findings(&plan(administrator, "cameras", "?source_org=X", file("1", 4)).await), [""; 0]);
}

#[actix_web::test]
async fn undoing_its_batch_undoes_the_import() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let planned = plan(administrator, "towers", &format!("{ORG}&effective_on=2026-01-01"), csv(&TWO)).await;
    commit(administrator, &planned).await.ok();
    let then =
        async || administrator.get("/collections/towers/items?as_of=2026-06-01").await.ok()["numberMatched"].clone();
    assert_eq!(then().await, 2);
    let batch = administrator.get("/batches?collection=towers").await.ok()["batches"][0]["id"].clone();
    let undone = administrator.post(&format!("/batches/{batch}/undo"), json!({})).await.ok();
    assert_eq!(undone["items"].as_array().unwrap().len(), 2);
    let import = format!("/imports/{}", planned["id"].as_str().unwrap());
    let shown = administrator.get(&import).await.ok();
    assert_eq!((&shown["status"], &shown["undone"]), (&json!("undone"), &json!({"restored": 2, "kept": []})));
    administrator.post(&format!("{import}/undo"), Value::Null).await.ok();
    assert_eq!(server.query("select max(version) from towers").await, 2);
    // After the undo, the records never existed.
    assert_eq!(then().await, 0);
}

#[actix_web::test]
async fn unit_layers_and_anonymous_callers_cannot_import() {
    let server = Server::with_communes().await;
    assert_eq!(send(server.administrator(), "communes", "", csv(&TWO)).await.status, 405);
    assert_eq!(send(server.anonymous(), "towers", "", csv(&TWO)).await.status, 401);
    assert_eq!(
        send(server.administrator(), "towers", "?mode=replace", csv(&TWO)).await.summary(),
        "400 parameter.invalid mode"
    );
    assert_eq!(
        send(server.administrator(), "towers", "?crs=EPSG:6956", csv(&TWO)).await.summary(),
        "400 parameter.invalid crs"
    );
}
