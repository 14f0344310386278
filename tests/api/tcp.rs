//! Slow, malformed and forged requests, over real connections to the server that `hatang serve` runs.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use actix_web::web;

use crate::common::Server;

/// A listening service with an empty register.
async fn listening() -> (Server, SocketAddr) {
    let server = Server::with_limits(|limits| limits.rates.address_reads_per_minute = 100).await;
    let (running, addresses) = hatang::cli::start(server.state.clone(), "127.0.0.1", 0).unwrap();
    actix_web::rt::spawn(running);
    (server, addresses[0])
}

/// Everything received before the connection is closed.
async fn talk(address: SocketAddr, request: impl Into<Vec<u8>>) -> String {
    let request = request.into();
    let talking = web::block(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(&request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    });
    talking.await.unwrap()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[actix_web::test]
async fn client_that_sends_its_head_too_slowly_is_cut_off() {
    let (_server, address) = listening().await;
    let started = Instant::now();
    let answer = talk(address, "GET /api/v1 HTTP/1.1\r\nHost: hatang.test\r\nX-Slow: ").await;
    assert_eq!(status(&answer), "408", "{answer}");
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
}

#[actix_web::test]
async fn malformed_heads_are_refused() {
    let (_server, address) = listening().await;
    let close = "Connection: close\r\n\r\n";
    for (expected, head) in [
        ("200", format!("GET /api/v1 HTTP/1.1\r\nHost: hatang.test\r\n{close}")),
        ("200", format!("GET /healthz HTTP/1.0\r\n{close}")),
        ("400", format!("GET /api/v1 HTTP/1.1\r\n{close}")),
        ("400", format!("GET /api/v1 HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n{close}")),
        ("400", "\x16\x03\x01 no HTTP\r\n\r\n".into()),
        ("431", format!("GET /api/v1 HTTP/1.1\r\nHost: hatang.test\r\nX-Long: {}\r\n{close}", "x".repeat(40_000))),
        ("431", format!("GET /api/v1 HTTP/1.1\r\nHost: hatang.test\r\nX-Long: {}\r\n{close}", "x".repeat(200_000))),
        ("404", format!("GET /assets/../../etc/passwd HTTP/1.1\r\nHost: hatang.test\r\n{close}")),
        // Request smuggling: one request must not hide another.
        ("400", format!("POST /api/v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n{close}")),
        (
            "400",
            format!("POST /api/v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n{close}0\r\n\r\n"),
        ),
    ] {
        let answer = talk(address, head.clone()).await;
        assert_eq!(status(&answer), expected, "{}: {answer}", &head[..head.len().min(120)]);
    }
}

#[actix_web::test]
async fn an_absolute_target_does_not_change_the_links() {
    let (_server, address) = listening().await;
    let head = "GET http://evil.example/api/v1 HTTP/1.1\r\nHost: hatang.test\r\nConnection: close\r\n\r\n";
    let answer = talk(address, head).await;
    assert!(!answer.contains("evil"), "{answer}");
}

#[actix_web::test]
async fn workers_share_one_count_and_clients_cannot_forge_their_address() {
    let (_server, address) = listening().await;
    let mut statuses = Vec::new();
    for n in 0..101 {
        let head = format!(
            "GET /api/v1/conformance HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.{n}\r\nForwarded: for=203.0.113.{n}\r\n\
             Connection: close\r\n\r\n"
        );
        statuses.push(status(&talk(address, head).await).to_owned());
    }
    // While the hundred requests run, one or two become allowed again.
    let answered = statuses.iter().filter(|status| *status == "200").count();
    assert!((100..=101).contains(&answered), "{statuses:?}");
    let burst = "GET /api/v1/conformance HTTP/1.1\r\nHost: a\r\n\r\n".repeat(50)
        + "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answer = talk(address, burst).await;
    assert!(answer.contains("HTTP/1.1 429"), "{answer}");
    assert!(answer.contains("{\"status\":\"ok\"}"), "{answer}");
}

#[actix_web::test]
async fn ranges_of_the_base_map_return_its_bytes() {
    let server = Server::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("base.pmtiles");
    std::fs::write(&path, "0123456789").unwrap();
    let mut state = server.state.clone();
    state.page.basemap = Some(path);
    let (running, addresses) = hatang::cli::start(state, "127.0.0.1", 0).unwrap();
    actix_web::rt::spawn(running);
    let ask = async |method: &str, headers: &str| {
        let request = format!("{method} /basemap.pmtiles HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n");
        let answer = talk(addresses[0], request).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let header = |name: &str| {
            let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")))?;
            Some(line[name.len() + 1..].trim().to_owned())
        };
        let [range, length, tag] = ["content-range", "content-length", "etag"].map(|name| header(name).unwrap_or_default());
        (status(head).to_owned(), range, length, body.to_owned(), tag)
    };
    let (.., tag) = ask("GET", "").await;
    let (same, other) = (format!("If-Range: {tag}\r\n"), "If-Range: \"other\"\r\n");
    for (method, headers, expected) in [
        ("GET", "", ("200", "", "10", "0123456789")),
        ("HEAD", "", ("200", "", "10", "")),
        ("GET", "Range: bytes=2-4\r\n", ("206", "bytes 2-4/10", "3", "234")),
        ("HEAD", "Range: bytes=2-4\r\n", ("206", "bytes 2-4/10", "3", "")),
        ("GET", "Range: bytes=-3\r\n", ("206", "bytes 7-9/10", "3", "789")),
        ("GET", "Range: bytes=0-\r\n", ("200", "", "10", "0123456789")),
        ("GET", "Range: bytes=2-4, 6-8\r\n", ("206", "bytes 2-4/10", "3", "234")),
        ("GET", &format!("{same}Range: bytes=2-4\r\n"), ("206", "bytes 2-4/10", "3", "234")),
        ("GET", &format!("{other}Range: bytes=2-4\r\n"), ("200", "", "10", "0123456789")),
        ("GET", &format!("If-None-Match: {tag}\r\nRange: bytes=2-4\r\n"), ("304", "", "", "")),
    ] {
        let (status, range, length, body, _) = ask(method, headers).await;
        assert_eq!((&*status, &*range, &*length, &*body), expected, "{method} {headers}");
    }
    let (status, range, ..) = ask("GET", "Range: bytes=10-\r\n").await;
    assert_eq!((&*status, &*range), ("416", "bytes */10"));
}
