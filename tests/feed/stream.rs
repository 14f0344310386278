//! `GET /changes/stream`

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Caller, Server, tower};

const STREAM: &str = "/changes/stream";
const TOWERS: &str = "/collections/towers/items";

async fn write(caller: Caller<'_>) -> Value {
    caller.post(TOWERS, tower(json!({}))).await.ok()["id"].clone()
}

#[actix_web::test]
async fn tells_what_was_written_and_then_what_is() {
    let server = Server::new().await;
    let admin = server.administrator();
    let first = write(admin).await;
    for caller in [admin, server.stranger()] {
        let mut events = caller.stream(STREAM, &[]).await;
        assert_eq!(events.next().await.unwrap().name, "scope");
        assert_eq!(events.last_id, "0");
        let change = events.named("change").await;
        assert_eq!((&change["id"], events.last_id.as_str()), (&first, "1"));
        assert_eq!(json!([change]), caller.get("/changes?limit=1").await.ok()["changes"]);
    }
    let mut open = [admin.stream(STREAM, &[]).await, server.stranger().stream(STREAM, &[]).await];
    for events in &mut open {
        assert_eq!(events.named("change").await["id"], first);
    }
    let second = write(admin).await;
    admin.delete(&format!("{TOWERS}/{second}"), "*").await.ok();
    for events in &mut open {
        let told = [events.named("change").await, events.named("change").await];
        assert_eq!((&told[0]["id"], &told[0]["op"]), (&second, &json!("create")));
        assert_eq!((&told[1]["id"], &told[1]["op"]), (&second, &json!("delete")));
        assert_eq!(events.last_id, "3");
    }
}

#[actix_web::test]
async fn says_what_proxies_and_browsers_need_to_know() {
    let server = Server::new().await;
    let head = [("Accept-Encoding", "gzip, br"), ("Accept", "text/event-stream")];
    let mut events = server.stranger().stream(STREAM, &head).await;
    assert_eq!(events.status, 200);
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("content-encoding", "identity"),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),
    ] {
        assert_eq!(events.headers.get(name).map(|value| value.to_str().unwrap()), Some(value), "{name}");
    }
    assert!(events.more().await.unwrap().starts_with("retry: 3000\nevent: scope\nid: 0\ndata: {"));
    let head = server.stranger().send(Method::HEAD, STREAM, &[], None).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    let options = server.stranger().send(Method::OPTIONS, STREAM, &[], None).await;
    assert_eq!(options.header("allow").unwrap(), "GET, HEAD, OPTIONS");
}
