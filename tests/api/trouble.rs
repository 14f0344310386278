//! What a client is told when the database cannot do a write, and when writes stand in each other's way.

use serde_json::{Value, json};

use crate::common::{Answer, Server, tower};

const TOWERS: &str = "/collections/towers/items";

/// A trigger that fails with a message as PostgreSQL's, for the first times.
async fn failing(server: &Server, message: &str, times: u32) {
    let function = "create function fail() returns trigger language plpgsql as $$ begin \
                    if nextval('failures') <= tg_argv[0]::bigint then raise exception '%', tg_argv[1]; end if; \
                    return new; end $$";
    let trigger =
        format!("create trigger fails before insert on towers for each row execute function fail('{times}', '{message}')");
    let rights = "grant usage on sequence failures to public";
    server.execute(&format!("create sequence failures; {rights}; {function}; {trigger}")).await;
}

async fn created(server: &Server) -> Answer {
    server.administrator().post(TOWERS, tower(json!({"name": "A"}))).await
}

#[actix_web::test]
async fn a_write_that_met_a_deadlock_is_done_again() {
    let server = Server::new().await;
    failing(&server, "deadlock detected", 3).await;
    assert_eq!(created(&server).await.status, 201);
    assert_eq!(server.query("select count(*) from towers").await, 1);
}

#[actix_web::test]
async fn a_write_that_only_meets_deadlocks_is_to_be_sent_again() {
    let server = Server::new().await;
    failing(&server, "deadlock detected", 1000).await;
    let answer = created(&server).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, Some("1".to_owned())));
}

#[actix_web::test]
async fn a_full_disk_a_stop_and_a_standby_are_told_in_words() {
    for (message, words) in [
        ("could not extend file \"base/1/2\": No space left on device", "disk of the server is full"),
        ("terminating connection due to administrator command", "has stopped"),
        ("cannot execute INSERT in a read-only transaction", "takes no writes"),
    ] {
        let server = Server::new().await;
        failing(&server, message, 1000).await;
        let answer = created(&server).await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, Some("10".to_owned())), "{message}");
        let told = answer.json();
        assert!(told["detail"].as_str().unwrap().contains(words), "{told}");
        assert_eq!(server.query("select count(*) from towers").await, 0);
    }
}

#[actix_web::test]
async fn a_database_that_only_accepts_reads_is_read_with_credentials_too() {
    let server = Server::with_communes().await;
    let token = server.account("lan", &[json!({"role": "viewer"})]).await;
    let made = server.administrator().post(TOWERS, tower(json!({}))).await.ok();
    let name = server.query("select current_database()::text").await;
    server.execute("update tokens set last_used_at = now() - interval '1 hour'").await;
    server.execute(&format!("alter database {} set default_transaction_read_only = on", name.as_str().unwrap())).await;
    server.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'hatang_app' and datname = current_database()").await;
    actix_web::rt::time::sleep(std::time::Duration::from_millis(300)).await;
    let lan = server.holder(&token);
    for path in ["/auth/me", "/collections", "/changes", "/imports", "/units/00001@2026-01-01", "/tokens"] {
        assert_eq!(lan.get(path).await.status, 200, "{path}");
    }
    // What must be in the audit trail is not shown: restricted fields, exports.
    let item = format!("{TOWERS}/{}", made["id"]);
    for path in [item.as_str(), "/collections/towers/items?f=csv", "/collections/towers/items?f=xlsx"] {
        let answer = server.administrator().get(path).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (503, vec!["unavailable".to_owned()]), "{path}");
        assert!(answer.json()["detail"].as_str().unwrap().contains("takes no writes"), "{path}");
    }
    assert_eq!(server.anonymous().get("/collections/towers/items?f=csv").await.status, 200);
    let ready = server.anonymous().get("//readyz").await;
    assert_eq!((ready.status.as_u16(), ready.codes()), (503, vec!["ready.read_only".to_owned()]));
}

#[actix_web::test]
async fn a_member_given_twice_and_too_many_values_are_refused() {
    let server = Server::new().await;
    let twice = r#"{"type":"Feature","geometry":null,"properties":{"name":"A","name":"B","operator":"vnpt"}}"#;
    let many = format!(r#"{{"type":"FeatureCollection","features":[{}1]}}"#, "1,".repeat(2_000_000));
    for body in [twice.to_owned(), many] {
        let headers = [("Content-Type", "application/geo+json")];
        let caller = server.administrator();
        let answer = caller.send_bytes(actix_web::http::Method::POST, TOWERS, &headers, Some(body.into_bytes())).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec!["json.malformed".to_owned()]));
    }
}

#[actix_web::test]
async fn days_before_the_calendar_are_no_parameters() {
    let server = Server::new().await;
    for (path, parameter) in [("/audit?from=", "from"), ("/collections/towers/items?as_of=", "as_of")] {
        for day in ["-9999-01-01", "+12345-01-01", "262142-12-31"] {
            let answer = server.administrator().get(&format!("{path}{day}")).await;
            assert_eq!(answer.status, 400, "{path}{day}");
            let told: Value = answer.json();
            assert_eq!(told["errors"][0]["parameter"], parameter, "{told}");
        }
    }
}
