//! `GET /changes/stream`

use std::cell::Cell;

use actix_web::http::Method;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::follower::Follower;
use super::scopes::{followers, readers};
use super::writes::{LAYERS, Writes};
use crate::common::{Caller, Server, tower};

const STREAM: &str = "/changes/stream";
const TOWERS: &str = "/collections/towers/items";

async fn write(caller: Caller<'_>) -> Value {
    caller.post(TOWERS, tower(json!({}))).await.ok()["id"].clone()
}

#[actix_web::test]
async fn stream_reports_earlier_writes_and_then_new_ones() {
    let server = Server::new().await;
    let admin = server.administrator();
    let first = write(admin).await;
    for caller in [admin, server.anonymous()] {
        let mut events = caller.stream(STREAM, &[]).await;
        assert_eq!(events.next().await.unwrap().name, "scope");
        assert_eq!(events.last_id, "0");
        let change = events.named("change").await;
        assert_eq!((&change["id"], events.last_id.as_str()), (&first, "1"));
        assert_eq!(json!([change]), caller.get("/changes?limit=1").await.ok()["changes"]);
    }
    let mut open = [admin.stream(STREAM, &[]).await, server.anonymous().stream(STREAM, &[]).await];
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
async fn stream_sends_what_proxies_and_browsers_need() {
    let server = Server::new().await;
    let head = [("Accept-Encoding", "gzip, br"), ("Accept", "text/event-stream")];
    let mut events = server.anonymous().stream(STREAM, &head).await;
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
    let head = server.anonymous().send(Method::HEAD, STREAM, &[], None).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    let options = server.anonymous().send(Method::OPTIONS, STREAM, &[], None).await;
    assert_eq!(options.header("allow").unwrap(), "GET, HEAD, OPTIONS");
}

/// Follows until the record that was written last is known. The connection is cut every few lines.
async fn follow_with_cuts(follower: &mut Follower<'_>, last: &Cell<Option<i64>>, seed: u64) -> Vec<i64> {
    let mut chance = StdRng::seed_from_u64(seed);
    let (mut seqs, mut last_id) = (Vec::new(), String::new());
    loop {
        let header = [("Last-Event-ID", last_id.as_str())];
        let mut events = follower.caller.stream(STREAM, if last_id.is_empty() { &[] } else { &header }).await;
        assert_eq!(events.status, 200);
        for _ in 0..chance.random_range(1..9) {
            let event = events.next().await.unwrap();
            if event.name == "change" {
                assert_eq!(event.data["seq"].to_string(), events.last_id);
                seqs.push(event.data["seq"].as_i64().unwrap());
                follower.apply(&event.data).await;
            }
            if last.get().is_some_and(|id| follower.told.contains_key(&("towers".into(), id))) {
                return seqs;
            }
        }
        last_id.clone_from(&events.last_id);
    }
}

#[actix_web::test]
async fn reconnecting_reader_neither_misses_nor_repeats_changes() {
    let server = Server::with_communes().await;
    let readers = readers(&server).await;
    let mut followers = followers(&server, &readers);
    let last = Cell::new(None);
    let writing = async {
        let mut writes = Writes::new(&server, 3).await;
        for _ in 0..60 {
            writes.next().await;
        }
        last.set(write(server.administrator()).await.as_i64());
    };
    let following = followers.iter_mut().zip(0..).map(|(follower, seed)| follow_with_cuts(follower, &last, seed));
    let ((), told) = tokio::join!(writing, futures_util::future::join_all(following));
    for (follower, told) in followers.iter().zip(told) {
        let page = follower.caller.get("/changes?limit=10000").await.ok();
        let seqs = page["changes"].as_array().unwrap().iter().map(|change| change["seq"].as_i64().unwrap());
        assert_eq!(told, seqs.collect::<Vec<_>>(), "{}", follower.name);
        follower.assert_equals_lists(&[&LAYERS[..], &["hamlets"]].concat()).await;
    }
}

#[actix_web::test]
async fn heartbeat_has_the_last_number_that_was_read() {
    let server = Server::with_limits(|limits| limits.streams.heartbeat_s = 1).await;
    let admin = server.administrator();
    let mut events = server.anonymous().stream(&format!("{STREAM}?collections=cameras"), &[]).await;
    events.named("scope").await;
    for _ in 0..3 {
        write(admin).await;
    }
    while events.last_id != "3" {
        let event = events.next().await.unwrap();
        assert_eq!((event.name.as_str(), event.data), ("", Value::Null));
    }
    let mut events = server.anonymous().stream(STREAM, &[("Last-Event-ID", "2")]).await;
    assert_eq!(events.named("change").await["seq"], 3);
    // The header overrides the address, which a browser cannot change when it reconnects.
    let mut events = server.anonymous().stream(&format!("{STREAM}?after=0"), &[("Last-Event-ID", "2")]).await;
    assert_eq!(events.named("change").await["seq"], 3);
}

#[actix_web::test]
async fn latest_begins_with_what_comes() {
    let server = Server::new().await;
    let admin = server.administrator();
    write(admin).await;
    for caller in [admin, server.anonymous()] {
        let page = caller.get("/changes?after=latest").await.ok();
        assert_eq!((&page["changes"], &page["more"]), (&json!([]), &json!(false)));
        let mut events = caller.stream(&format!("{STREAM}?after=latest"), &[]).await;
        assert_eq!(events.next().await.unwrap().name, "scope");
        assert_eq!(json!(events.last_id.parse::<i64>().unwrap()), page["next"]);
        let next = write(admin).await;
        assert_eq!(events.named("change").await["id"], next);
    }
}

#[actix_web::test]
async fn streams_are_limited_in_total_and_per_reader() {
    let server = Server::with_limits(|limits| (limits.streams.open, limits.streams.each) = (3, 2)).await;
    let admin = server.administrator();
    let first = admin.stream(STREAM, &[]).await;
    let _second = admin.stream(STREAM, &[]).await;
    let refused = admin.get(STREAM).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (429, &json!("rate.exceeded")));
    assert!(refused.header("retry-after").is_some());
    assert_eq!(admin.send(Method::HEAD, STREAM, &[], None).await.status, 200);
    let _third = server.anonymous().stream(STREAM, &[]).await;
    let refused = server.anonymous().get(STREAM).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (503, &json!("overloaded")));
    assert!(refused.header("retry-after").is_some());
    drop(first);
    // The service notices the closed stream at the next turn of its task.
    for _ in 0..100 {
        if admin.stream(STREAM, &[]).await.status == 200 {
            return;
        }
    }
    panic!("a place is not given back");
}

#[actix_web::test]
async fn errors_are_reported_before_the_stream_begins() {
    let server = Server::new().await;
    for (path, headers, summary) in [
        ("?after=x", &[][..], "400 parameter.invalid after"),
        ("?collections=ships", &[], "400 parameter.invalid collections"),
        ("?limit=5", &[], "400 parameter.unknown limit"),
        ("", &[("Last-Event-ID", "x")], "400 header.invalid Last-Event-ID"),
        ("", &[("Authorization", "Bearer x")], "401"),
    ] {
        let refused = server.anonymous().send(Method::GET, &format!("{STREAM}{path}"), headers, None).await;
        assert_eq!(refused.summary(), summary);
        assert_eq!(refused.header("content-type").unwrap(), "application/problem+json");
    }
}

#[actix_web::test]
async fn closing_ends_every_stream_at_once() {
    let server = Server::new().await;
    let mut events = server.anonymous().stream(STREAM, &[]).await;
    events.named("scope").await;
    server.state.streams.close();
    assert_eq!(events.next().await, None);
    assert_eq!(server.anonymous().get(STREAM).await.status, 503);
}
