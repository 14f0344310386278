//! Attacks with questions that take long: a locked table stands for them.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use actix_web::web;
use diesel_async::SimpleAsyncConnection;
use futures_util::future::join_all;
use serde_json::json;

use crate::common::Server;

/// Locks a table until the connection is dropped.
async fn lock(server: &Server, table: &str) -> diesel_async::AsyncPgConnection {
    let mut conn = server.connection().await;
    conn.batch_execute(&format!("begin; lock table {table} in access exclusive mode")).await.unwrap();
    conn
}

const WAITING: &str = "select count(*) from pg_stat_activity
    where datname = current_database() and application_name like 'hatang%' and wait_event_type = 'Lock'";

#[actix_web::test]
async fn the_work_of_a_client_ends_when_it_leaves() {
    let server = Server::new().await;
    let (running, addresses) = hatang::cli::start(server.state.clone(), "127.0.0.1", 0).unwrap();
    actix_web::rt::spawn(running);
    let _locked = lock(&server, "towers").await;
    let address = addresses[0];
    let stream = web::block(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET /api/v1/collections/towers/items HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        stream
    });
    let stream = stream.await.unwrap();
    let becomes = async |expected: i64| {
        let started = Instant::now();
        while server.query(WAITING).await != json!(expected) {
            assert!(started.elapsed() < Duration::from_secs(4), "not {expected} statements wait");
            actix_web::rt::time::sleep(Duration::from_millis(50)).await;
        }
    };
    becomes(1).await;
    drop(stream);
    becomes(0).await;
}

#[actix_web::test]
async fn a_locked_table_leaves_connections_for_other_layers() {
    let server = Server::new().await;
    let _locked = lock(&server, "towers").await;
    // More than the four connections that each kind of caller has.
    for caller in [server.anonymous(), server.administrator()] {
        let stuck = async { join_all((0..8).map(|_| caller.get("/collections/towers/items"))).await };
        let others = async {
            for _ in 0..5 {
                let answer = caller.get("/collections/cameras/items").await;
                assert_eq!(answer.status, 200);
            }
            Instant::now()
        };
        let started = Instant::now();
        let (stuck, others) = futures_util::future::join(stuck, others).await;
        assert!(others - started < Duration::from_secs(4), "others wait for the locked table");
        assert!(stuck.iter().all(|answer| answer.status.is_server_error()));
    }
}

#[actix_web::test]
async fn a_question_of_an_anonymous_caller_ends_after_five_seconds() {
    let server = Server::new().await;
    let _locked = lock(&server, "towers").await;
    let started = Instant::now();
    let answer = server.anonymous().get("/collections/towers/items").await;
    assert!((4..9).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
    assert_eq!((answer.status.as_u16(), answer.header("retry-after").as_deref()), (503, Some("30")));
    assert_eq!(answer.codes(), ["overloaded"]);
}

#[actix_web::test]
async fn the_time_of_the_database_is_counted() {
    let server = Server::with_limits(|limits| limits.rates.address_seconds_per_minute = 1).await;
    let locked = lock(&server, "towers").await;
    assert_eq!(server.anonymous().get("/collections/towers/items").await.status, 503);
    drop(locked);
    let answer = server.anonymous().get("/collections/cameras/items").await;
    assert_eq!((answer.status.as_u16(), answer.header("ratelimit-limit").as_deref()), (429, Some("1")));
    assert_eq!(server.administrator().get("/collections/cameras/items").await.status, 200);
}

#[actix_web::test]
async fn anonymous_streams_leave_places_for_accounts() {
    let server = Server::with_limits(|limits| {
        limits.trust_proxy = true;
        limits.streams.open = 8;
    })
    .await;
    let mut open = Vec::new();
    let mut refused = 0;
    for address in 1..=6 {
        for _ in 0..4 {
            let address = format!("203.0.113.{address}");
            let headers = [("X-Forwarded-For", address.as_str())];
            let stream = server.anonymous().stream("/changes/stream", &headers).await;
            if stream.status == 200 { open.push(stream) } else { refused += 1 }
        }
    }
    assert_eq!((open.len(), refused), (4, 20), "anonymous callers have half of the places");
    for _ in 0..4 {
        let stream = server.administrator().stream("/changes/stream", &[]).await;
        assert_eq!(stream.status, 200);
        open.push(stream);
    }
}
