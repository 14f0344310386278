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

    let (status, _, err) = hatang(&server.database_url(), &["audit", "export", "--from", "1.2.2026", "--to", "x"], &[]);
    assert!(status == 2 && err.contains("2026-01-31"), "{err}");
}
