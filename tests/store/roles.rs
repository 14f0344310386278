//! What the role of the service may not do.

use diesel_async::SimpleAsyncConnection;
use serde_json::json;

use crate::common::{Server, tower};

#[actix_web::test]
async fn service_can_neither_change_history_nor_alter_tables() {
    let server = Server::new().await;
    server.administrator().post("/collections/towers/items", tower(json!({}))).await.ok();
    let mut service =
        hatang::postgres::connect(&server.service_url(), std::time::Duration::from_secs(5)).await.unwrap();
    for sql in [
        "update audit set actor = 'x'",
        "delete from audit",
        "truncate audit",
        "update versions set by = 'x'",
        "delete from versions",
        "truncate versions",
        "insert into versions select * from versions",
        "insert into statement_versions (kind, statement_id, op, by, after) values ('values', 1, 'create', 'x', '{}')",
        "delete from statement_versions",
        "update changes set op = 'delete'",
        "update feed set last_seq = 0",
        "delete from towers",
        "delete from accounts",
        "drop trigger audit_final on audit",
        "alter table versions disable trigger versions_final",
        "drop table audit",
        "create table mine (a integer)",
        "create function mine() returns integer language sql as 'select 1'",
        "create or replace function audit_is_final() returns trigger language plpgsql as 'begin return null; end'",
        "alter role hatang_app superuser",
        "set role hatang",
        "set session_replication_role = replica",
        "select erase_fields('towers', 1, '{\"code\": [\"code\"]}', '', 'x', 'x')",
    ] {
        let refusal = service.batch_execute(sql).await.expect_err(sql).to_string();
        let refused = ["permission denied", "must be owner", "must have", "must be superuser", "are not erased"];
        assert!(refused.iter().any(|reason| refusal.contains(reason)), "{sql}: {refusal}");
    }
}

#[actix_web::test]
async fn owner_can_only_add_to_history() {
    let server = Server::new().await;
    let mut owner = server.connection().await;
    for sql in
        ["update audit set actor = 'x'", "delete from audit", "update versions set by = 'x'", "truncate versions"]
    {
        let refusal = owner.batch_execute(sql).await.expect_err(sql).to_string();
        assert!(refusal.contains("only ever added to"), "{sql}: {refusal}");
    }
}
