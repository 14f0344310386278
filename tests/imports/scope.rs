//! Scope in imports: of the records before and after, and of the imports themselves, which only their sender sees.

use serde_json::json;

use super::{commit, counts, findings, plan, send};
use crate::common::Server;

fn csv(rows: &[&str]) -> Vec<u8> {
    format!("Mã,Tên,Cấp quản lý,Kinh độ,Vĩ độ\n{}\n", rows.join("\n")).into_bytes()
}

#[actix_web::test]
async fn rows_outside_of_the_senders_communes_are_refused() {
    let server = Server::with_communes().await;
    let editor = server.account("west", &[json!({"role": "editor", "unit": "00001@2026-01-01"})]).await;
    let editor = server.holder(&editor);
    let planned = plan(editor, "cameras", "", csv(&["A,A,Công an xã,105.7,19.8", "B,B,Công an xã,105.8,19.8"])).await;
    assert_eq!((findings(&planned), counts(&planned)), (vec!["D3 scope.outside".to_owned()], [1, 0, 0, 0, 1, 0]));

    let administrator = server.administrator();
    let theirs = plan(administrator, "cameras", "", csv(&["B,B,Công an xã,105.8,19.8"])).await;
    commit(administrator, &theirs).await.ok();
    // Nobody moves another scope's record into their own.
    let moved = plan(editor, "cameras", "", csv(&["B,B,Công an xã,105.7,19.8"])).await;
    assert_eq!((findings(&moved), moved["counts"]["error"].clone()), (vec!["A2 scope.outside".to_owned()], json!(1)));
}

#[actix_web::test]
async fn import_is_shown_to_its_sender_and_to_administrators() {
    let server = Server::with_communes().await;
    let grants = [json!({"role": "editor", "unit": "00001@2026-01-01"})];
    let (mine, other) = (server.account("mine", &grants).await, server.account("other", &grants).await);
    let planned = plan(server.holder(&mine), "cameras", "", csv(&["A,A,Công an xã,105.7,19.8"])).await;
    let path = format!("/imports/{}", planned["id"].as_str().unwrap());
    assert_eq!(server.holder(&mine).get(&path).await.status, 200);
    assert_eq!(server.administrator().get(&path).await.status, 200);
    assert_eq!(server.holder(&other).get(&path).await.status, 404);
    assert_eq!(server.anonymous().get(&path).await.status, 401);
    assert_eq!(commit(server.holder(&other), &planned).await.status, 404);
    let viewer = server.account("viewer", &[json!({"role": "viewer"})]).await;
    assert_eq!(send(server.holder(&viewer), "cameras", "", csv(&["A,A,Công an xã,105.7,19.8"])).await.status, 403);
    assert_eq!(server.administrator().get("/imports/none").await.status, 404);
}

#[actix_web::test]
async fn commit_is_refused_when_the_grant_has_changed_since_the_plan() {
    let server = Server::with_communes().await;
    let editor = server.account("west", &[json!({"role": "editor", "unit": "00001@2026-01-01"})]).await;
    let planned = plan(server.holder(&editor), "cameras", "", csv(&["A,A,Công an xã,105.7,19.8"])).await;
    server.execute("update grants set unit_code = '00002' where unit_code = '00001'").await;
    // The plan shows what the new grant does not.
    assert_eq!(commit(server.holder(&editor), &planned).await.status, 404);
    assert_eq!(server.query("select count(*) from cameras").await, 0);
}
