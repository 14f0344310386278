//! Attacks on connections, over real sockets: bodies that nobody reads, slow heads, clients that leave. Each counts the
//! open descriptors of this process before and after.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use actix_web::web;
use hatang::config::Limits;
use serde_json::json;

use crate::common::Server;

async fn listening(change: impl FnOnce(&mut Limits)) -> (Server, SocketAddr) {
    let server = Server::with_limits(change).await;
    let (running, addresses) = hatang::cli::start(server.state.clone(), "127.0.0.1", 0).unwrap();
    actix_web::rt::spawn(running);
    (server, addresses[0])
}

/// The connections that the service at `address` has open, from the system's table of sockets: state 1 is established,
/// 8 waits for the service to close.
fn open_at(address: SocketAddr) -> usize {
    let local = format!("0100007F:{:04X}", address.port());
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let is_open = |line: &&str| {
        let cells: Vec<_> = line.split_whitespace().collect();
        cells[1] == local && matches!(cells[3], "01" | "08")
    };
    table.lines().skip(1).filter(is_open).count()
}

/// Waits until the service has no more than so many connections.
async fn settles(address: SocketAddr, most: usize) -> bool {
    for _ in 0..100 {
        if open_at(address) <= most {
            return true;
        }
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    }
    false
}

/// Sends a head and as much of a chunked body as the service takes, and returns the status line of the answer.
fn upload(address: SocketAddr, head: &str, chunks: usize) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(5))).unwrap();
    let _ = stream.write_all(format!("{head}\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n").as_bytes());
    let chunk = [b"10000\r\n".as_slice(), &[b'0'; 65536], b"\r\n"].concat();
    for _ in 0..chunks {
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    let mut answer = [0; 200];
    let length = stream.read(&mut answer).unwrap_or(0);
    String::from_utf8_lossy(&answer[..length]).lines().next().unwrap_or_default().to_owned()
}

#[actix_web::test]
async fn refused_uploads_close_their_connections() {
    let (server, address) = listening(|limits| limits.rates.address_writes_per_minute = 40).await;
    let editor = server.account("lan", &[json!({"role": "viewer"})]).await;
    let items = "POST /api/v1/collections/cameras/items HTTP/1.1\r\nContent-Type: application/json";
    let import = "POST /api/v1/collections/cameras/imports HTTP/1.1\r\nContent-Type: text/csv";
    let administrator = format!("Authorization: Bearer {}", server.administrator_secret());
    let uploads = [
        ("401", format!("{items}\r\nCookie: hatang_session=ended"), 20),
        ("401", format!("{items}\r\nAuthorization: Bearer revoked"), 20),
        ("403", format!("{items}\r\nAuthorization: Bearer {editor}"), 20),
        ("404", "POST /api/v1/nothing HTTP/1.1".to_owned(), 20),
        ("405", "POST /api/v1/collections HTTP/1.1".to_owned(), 20),
        ("413", format!("{items}\r\n{administrator}"), 300),
        ("413", format!("{import}\r\n{administrator}"), 300),
        ("415", "POST /api/v1/auth/login HTTP/1.1\r\nContent-Type: text/plain".to_owned(), 10),
    ];
    for (status, head, chunks) in uploads {
        let line = web::block(move || upload(address, &head, chunks)).await.unwrap();
        assert!(line.contains(status) || line.is_empty(), "{status}: {line}");
        assert!(settles(address, 0).await, "{status}: {} connections stay open", open_at(address));
    }
    let mut refused = 0;
    for _ in 0..50 {
        let head = format!("{items}\r\nCookie: hatang_session=ended");
        refused += usize::from(web::block(move || upload(address, &head, 20)).await.unwrap().contains("429"));
    }
    assert!(refused > 0, "the limit on writes was never reached");
    assert!(settles(address, 0).await, "429: {} connections stay open", open_at(address));
}

#[actix_web::test]
async fn a_client_that_leaves_in_the_middle_of_its_body_closes_its_connection() {
    let (server, address) = listening(|_| {}).await;
    let administrator = server.administrator_secret().to_owned();
    for content_type in ["application/json", "multipart/form-data; boundary=x"] {
        let head = format!(
            "POST /api/v1/collections/cameras/imports HTTP/1.1\r\nHost: a\r\nContent-Type: {content_type}\r\n\
             Authorization: Bearer {administrator}\r\nContent-Length: 1000000\r\n\r\n--x\r\nContent-Disp"
        );
        let streams = web::block(move || {
            let streams = (0..5).map(|_| TcpStream::connect(address).unwrap());
            streams.map(|mut stream| stream.write_all(head.as_bytes()).map(|()| stream).unwrap()).collect::<Vec<_>>()
        });
        drop(streams.await.unwrap());
        assert!(settles(address, 0).await, "{} connections stay open", open_at(address));
    }
}

#[actix_web::test]
async fn wrong_bodies_and_a_database_in_trouble_leave_no_connections() {
    let (server, address) = listening(|_| {}).await;
    let function = "create function fail() returns trigger language plpgsql as $$ begin raise exception 'could not extend file'; end $$";
    server.execute(&format!("{function}; create trigger fails before insert on towers for each row execute function fail()")).await;
    let good = r#"{"type":"Feature","geometry":null,"properties":{"name":"A","operator":"vnpt","declared_commune_code":"00001"}}"#;
    let good = good.replace("null", r#"{"type":"Point","coordinates":[105.7,19.8]}"#).replace(r#","declared_commune_code":"00001""#, "");
    for (status, body) in [("422", "{\"type\": 1}".to_owned()), ("422", "0".repeat(200_000)), ("503", good)] {
        let head = format!(
            "POST /api/v1/collections/towers/items HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\
             Authorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{body}",
            server.administrator_secret(),
            body.len()
        );
        let answers = web::block(move || {
            let mut streams: Vec<_> = (0..20).map(|_| TcpStream::connect(address).unwrap()).collect();
            let ask = |stream: &mut TcpStream| {
                stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                stream.write_all(head.as_bytes()).unwrap();
                let mut answer = [0; 20];
                stream.read_exact(&mut answer).unwrap();
                String::from_utf8_lossy(&answer).into_owned()
            };
            streams.iter_mut().map(ask).collect::<Vec<_>>()
        });
        let answers = answers.await.unwrap();
        assert!(answers.iter().all(|answer| answer.contains(status)), "{status}: {answers:?}");
        assert!(settles(address, 0).await, "{status}: {} connections stay open", open_at(address));
    }
}

#[actix_web::test]
async fn slow_readers_of_files_do_not_hold_up_an_administrator() {
    let (server, address) = listening(|limits| limits.trust_proxy = true).await;
    // More than the buffers of the sockets hold.
    server
        .execute(
            "alter table towers drop constraint towers_name_check;
             insert into towers (id, code, name, operator, effective_on, geom) select n, 'T' || n, repeat('x', 2000), 'vnpt', \
             '2024-01-01', st_setsrid(st_makepoint(105.7, 19.8), 4326) from generate_series(1, 10000) n; select number_changes()",
        )
        .await;
    let export = "GET /api/v1/collections/towers/items?f=csv HTTP/1.1\r\nHost: a\r\nAccept-Encoding: identity\r\n";
    let ask = move |more: String| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(format!("{export}{more}\r\n").as_bytes()).unwrap();
        let mut begin = [0; 12];
        stream.read_exact(&mut begin).unwrap();
        (stream, String::from_utf8_lossy(&begin).into_owned())
    };
    // Two places are for anonymous callers, and an address gets one of them.
    let from = |address: &str| format!("X-Forwarded-For: {address}\r\n");
    let slow = web::block(move || [ask(from("203.0.113.1")), ask(from("203.0.113.2"))]).await.unwrap();
    assert!(slow.iter().all(|(_, begin)| begin.ends_with("200")), "{slow:?}");
    let administrator = format!("Authorization: Bearer {}\r\nConnection: close\r\n", server.administrator_secret());
    let (length, took) = web::block(move || {
        let started = Instant::now();
        let (mut stream, _) = ask(administrator);
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        (rest.len(), started.elapsed())
    })
    .await
    .unwrap();
    assert!(length > 20_000_000 && took < Duration::from_secs(20), "{length} bytes in {took:?}");
    // Who takes nothing for ten seconds loses the place.
    for _ in 0..200 {
        if server.state.exports.count() == 0 {
            break;
        }
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(server.state.exports.count(), 0);
    drop(slow);
    assert!(settles(address, 0).await);
}

#[actix_web::test]
async fn a_small_refused_body_leaves_the_connection_open() {
    let (_server, address) = listening(|_| {}).await;
    let answers = web::block(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let request = "POST /api/v1/collections/cameras/items HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody";
        let last = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        stream.write_all(request.repeat(2).as_bytes()).unwrap();
        stream.write_all(last.as_bytes()).unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        answers
    });
    let answers = answers.await.unwrap();
    assert_eq!(answers.matches("HTTP/1.1 401").count(), 2, "{answers}");
    assert!(answers.contains("{\"status\":\"ok\"}"), "{answers}");
}

#[actix_web::test]
async fn a_later_head_has_the_time_of_the_first() {
    let (_server, address) = listening(|_| {}).await;
    let lasted = web::block(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        let mut answer = [0; 2000];
        assert!(stream.read(&mut answer).unwrap() > 0);
        let started = Instant::now();
        stream.write_all(b"GET /heal").unwrap();
        // The service closes: nothing more is read.
        while stream.read(&mut answer).unwrap_or(0) > 0 {}
        started.elapsed()
    });
    let lasted = lasted.await.unwrap();
    assert!((4..15).contains(&lasted.as_secs()), "{lasted:?}");
    assert!(settles(address, 0).await);
}

#[actix_web::test]
async fn idle_connections_make_room_for_new_ones() {
    let (_server, address) = listening(|limits| limits.connections = 20).await;
    let (answered, idle) = web::block(move || {
        let ask = |stream: &mut TcpStream| {
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
            stream.read(&mut [0; 2000]).unwrap_or(0) > 0
        };
        let mut answered = 0;
        let mut idle = Vec::new();
        for _ in 0..100 {
            let mut stream = TcpStream::connect(address).unwrap();
            answered += usize::from(ask(&mut stream));
            idle.push(stream);
        }
        (answered, idle)
    })
    .await
    .unwrap();
    assert_eq!(answered, 100);
    assert!(settles(address, 10).await, "one address holds {} of 20", open_at(address));
    drop(idle);
}
