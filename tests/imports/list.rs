//! `GET /imports`, old files, and planning that was abandoned.

use serde_json::{Value, json};

use super::{commit, plan};
use crate::common::{Caller, Server, below_api};

fn sheet(name: &str) -> Vec<u8> {
    format!("name,managing_level,lon,lat\n{name},school,105.7,19.8\n").into_bytes()
}

async fn ids(caller: Caller<'_>, query: &str) -> Vec<Value> {
    let listed = caller.get(&format!("/imports{query}")).await.ok();
    listed["imports"].as_array().unwrap().iter().map(|import| import["id"].clone()).collect()
}

#[actix_web::test]
async fn senders_see_their_own_newest_first_and_administrators_see_all() {
    let server = Server::with_communes().await;
    let lan = server.account("lan", &[json!({"role": "editor", "unit": "00001@2026-01-01"})]).await;
    let minh = server.account("minh", &[json!({"role": "editor", "unit": "00001@2026-01-01"})]).await;
    let mut sent = Vec::new();
    for (nth, caller) in [&lan, &minh, &lan, &lan].into_iter().enumerate() {
        let planned = plan(server.holder(caller), "cameras", "?file_name=a.csv", sheet(&format!("Máy {nth}"))).await;
        sent.insert(0, planned["id"].clone());
    }
    let own = [&sent[0], &sent[1], &sent[3]].map(Value::clone);
    assert_eq!(ids(server.holder(&lan), "").await, own);
    assert_eq!(ids(server.holder(&minh), "").await, [sent[2].clone()]);
    assert_eq!(ids(server.administrator(), "").await, sent);
    assert_eq!(server.anonymous().get("/imports").await.status, 401);

    let mut paged = Vec::new();
    let mut next = Some("/imports?limit=2".to_owned());
    while let Some(path) = next {
        let page = server.holder(&lan).get(&path).await.ok();
        paged.extend(page["imports"].as_array().unwrap().iter().map(|import| import["id"].clone()));
        next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").map(below_api);
    }
    assert_eq!(paged, own);

    let planned = server.holder(&lan).get(&format!("/imports/{}", sent[0].as_str().unwrap())).await.ok();
    commit(server.holder(&lan), &planned).await.ok();
    let first = server.holder(&lan).get("/imports?limit=1").await.ok()["imports"][0].clone();
    assert_eq!((&first["status"], &first["file"]["name"]), (&json!("committed"), &json!("a.csv")));
    assert_eq!((&first["counts"]["create"], &first["findings"]), (&json!(1), &Value::Null));
    assert_eq!(server.holder(&lan).get("/imports?cursor=x").await.summary(), "400 parameter.invalid cursor");
}

#[actix_web::test]
async fn contents_of_old_files_are_deleted_and_their_results_stay() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let old = plan(admin, "cameras", "?file_name=a.csv", sheet("Cũ")).await;
    commit(admin, &old).await.ok();
    let waiting = plan(admin, "cameras", "", sheet("Chờ")).await;
    server.execute("update imports set created_at = now() - interval '91 days'").await;
    let young = plan(admin, "cameras", "", sheet("Mới")).await;
    hatang::imports::forget(&mut server.connection().await, 90).await.unwrap();
    let shown = async |import: &Value| admin.get(&format!("/imports/{}", import["id"].as_str().unwrap())).await.ok();
    let (old, waiting, young) = (shown(&old).await, shown(&waiting).await, shown(&young).await);
    assert_eq!(
        (&old["status"], &old["file"]["name"], &old["counts"]["create"]),
        (&json!("committed"), &json!("a.csv"), &json!(1))
    );
    assert_eq!((&waiting["status"], &waiting["failure"]), (&json!("failed"), &json!("expired")));
    assert_eq!(commit(admin, &waiting).await.summary(), "409 import.not_planned ");
    commit(admin, &young).await.ok();
    assert_eq!(server.query("select count(distinct import_id) from import_rows").await, 1);
    assert_eq!(admin.get(&format!("/imports/{}/workbook", old["id"].as_str().unwrap())).await.status, 404);
    admin.post(&format!("/imports/{}/undo", old["id"].as_str().unwrap()), Value::Null).await.ok();
    assert_eq!(server.query("select count(*) from cameras where deleted_at is null").await, 1);
}

#[actix_web::test]
async fn planning_has_failed_when_nobody_holds_its_lock() {
    let server = Server::with_communes().await;
    let import = "insert into imports (id, collection, mode, sent_by, file_hash, options) values
        ('00000000-0000-4000-8000-00000000000N', 'cameras', 'upsert', 'test', '', '{}')";
    server.execute(&import.replace('N', "1")).await;
    server.execute(&import.replace('N', "2")).await;
    let mut planner = server.connection().await;
    let lock = "select pg_advisory_lock(hashtextextended('import 00000000-0000-4000-8000-000000000001', 0))";
    diesel_async::SimpleAsyncConnection::batch_execute(&mut planner, lock).await.unwrap();
    let status = async |n: u8| {
        let import = server.administrator().get(&format!("/imports/00000000-0000-4000-8000-00000000000{n}")).await.ok();
        (import["status"].clone(), import["failure"].clone())
    };
    assert_eq!(status(1).await, (json!("planning"), Value::Null));
    assert_eq!(status(2).await, (json!("failed"), json!("interrupted")));
    drop(planner);
    // The lock is released when PostgreSQL notices that the connection is gone.
    let is_locked = "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
    while server.query(is_locked).await != 0 {
        actix_web::rt::task::yield_now().await;
    }
    assert_eq!(status(1).await, (json!("failed"), json!("interrupted")));
}
