//! What the command line loads of units and statements is in the audit trail.

use std::process::Command;

use serde_json::json;

use crate::common::Server;

fn load(server: &Server, verb: &str, text: &str) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file.csv");
    std::fs::write(&file, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hatang"));
    let ran = command.args([verb, "load"]).arg(&file).env("DATABASE_URL", server.database_url()).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[actix_web::test]
async fn loading_statements_is_an_event_unless_nothing_changes() {
    let server = Server::with_communes().await;
    server.execute(include_str!("../common/hamlet.sql")).await;
    let availability = "hamlet_code,hamlet_on,technology,operator,state,share_households,basis,as_of
00001-1,2025-08-01,4g,,available,,reported,2025-08-01\n";
    let baselines = "indicator,group_value,unit_code,unit_on,date,value,document
camera_eyes,,00001,2025-08-01,2025-08-01,5,Báo cáo\n";
    for _ in 0..2 {
        load(&server, "availability", availability);
        load(&server, "baselines", baselines);
    }
    let events = server.query("select jsonb_agg(jsonb_build_array(actor, action, detail) order by id) from audit where action like '%.write'").await;
    let detail = json!({"written": 1, "unchanged": 0});
    assert_eq!(events, json!([["console", "availability.write", detail], ["console", "baselines.write", detail]]));
    let stated = "select jsonb_agg(distinct by) from statement_versions";
    assert_eq!(server.query(stated).await, json!(["console"]));
}
