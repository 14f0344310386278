//! `hatang audit export`

use serde_json::{Value, json};

use crate::common::Server;
use crate::operation::hatang;

#[actix_web::test]
async fn events_of_the_days_are_exported_oldest_first() {
    let server = Server::new().await;
    server
        .execute(
            "insert into audit (at, actor, action) values
               ('2026-01-31 23:59:59+07', 'x', 'test.before'), ('2026-02-01 00:00:00+07', 'x', 'test.first'),
               ('2026-02-02 23:59:59+07', 'x', 'test.last'), ('2026-02-03 00:00:00+07', 'x', 'test.after')",
        )
        .await;
    let export = ["audit", "export", "--from", "2026-02-01", "--to", "2026-02-02"];
    let (status, out, err) = hatang(&server.database_url(), &export, &[]);
    assert_eq!(status, 0, "{err}");
    let events: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let actions: Vec<_> = events.iter().map(|event| event["action"].clone()).collect();
    assert_eq!(actions, [json!("test.first"), json!("test.last")]);
    assert_eq!(server.query("select count(*) from audit where action = 'audit.export'").await, 1);

    assert!(err.contains("audit trail: ") && err.contains("last seal "), "{err}");

    let (status, _, err) = hatang(&server.database_url(), &["audit", "export", "--from", "1.2.2026", "--to", "x"], &[]);
    assert!(status == 2 && err.contains("2026-01-31"), "{err}");
}

#[actix_web::test]
async fn a_trail_that_was_tampered_with_is_noticed() {
    let check = async |server: &Server| {
        let export = ["audit", "export", "--from", "2026-01-01", "--to", "2026-01-01"];
        let (status, _, err) = hatang(&server.database_url(), &export, &[]);
        (status, err)
    };
    // The owner can stop the triggers that protect the trail.
    for (tampering, said) in [
        ("update audit set actor = 'somebody' where action = 'test.event'", "1 changed"),
        ("delete from audit where action = 'test.event'", "1 removed"),
        (
            "delete from audit where action = 'test.event'; delete from audit_seals where audit_id not in (select id from audit)",
            "1 with a broken seal",
        ),
        ("delete from audit_seals s using audit a where a.id = s.audit_id and a.action = 'test.event'", "1 slipped in"),
    ] {
        let server = Server::new().await;
        server.execute("insert into audit (actor, action) values ('x', 'test.event'), ('x', 'test.later')").await;
        let (status, err) = check(&server).await;
        assert_eq!(status, 0, "{err}");
        server.execute(&format!("set session_replication_role = replica; {tampering}")).await;
        let (status, err) = check(&server).await;
        assert!(status == 1 && err.contains(said), "{tampering}: {status} {err}");
    }
}

#[actix_web::test]
async fn erasure_is_told_from_tampering_and_the_service_may_not_write_seals() {
    let server = Server::new().await;
    server.execute("insert into audit (actor, action, detail) values ('x', 'test.event', '{\"name\": \"Lan\"}')").await;
    server.execute("select seal_audit(100)").await;
    server
        .execute(
            "begin; select set_config('hatang.final', 'erasure', true);
             update audit set detail = '{}' where action = 'test.event';
             update audit_seals set erased_at = now() where audit_id in (select id from audit where action = 'test.event'); commit",
        )
        .await;
    let faults = "select jsonb_build_array(changed, removed, unknown, broken, erased) from audit_faults()";
    assert_eq!(server.query(faults).await, json!([0, 0, 0, 0, 1]));
    use diesel_async::SimpleAsyncConnection;
    let mut service =
        hatang::postgres::connect(&server.service_url(), std::time::Duration::from_secs(10)).await.unwrap();
    for sql in [
        "delete from audit_unsealed",
        "insert into audit_seals values (99, 99, '', '')",
        "update audit_seals set nth = 9",
    ] {
        let refused = service.batch_execute(sql).await.unwrap_err().to_string();
        assert!(refused.contains("permission denied"), "{sql}: {refused}");
    }
    service.batch_execute("select seal_audit(100)").await.unwrap();
}
