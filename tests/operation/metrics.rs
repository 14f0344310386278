//! `/metrics` at an address of its own.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::common::Server;

fn read(address: String, path: &'static str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[actix_web::test]
async fn requests_and_states_are_read() {
    let server = Server::with_demo().await;
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    actix_web::rt::spawn(hatang::http::metrics::start(server.state.clone(), &free).unwrap());
    let admin = server.administrator();
    admin.get("/collections/cameras/items?q=0912345678").await.ok();
    admin.get("/collections/cameras/items/0").await;
    let address = free.clone();
    let text = actix_web::web::block(move || read(address, "/metrics")).await.unwrap();
    for line in [
        "hatang_requests_total{route=\"/api/v1/collections/{collection}/items\",method=\"GET\",status=\"200\"} ",
        "hatang_request_seconds_bucket{route=\"/api/v1/collections/{collection}/items\",le=\"0.01\"} ",
        "hatang_statements_total ",
        "hatang_ready 1",
        "hatang_pool_connections{pool=\"accounts\",state=\"open\"} ",
        "hatang_records{of=\"cameras\"} ",
        "hatang_feed_last{of=\"all\"} ",
        "hatang_streams_open 0",
        "process_open_fds ",
        "process_max_fds ",
        "process_resident_memory_bytes ",
    ] {
        assert!(text.lines().any(|found| found.starts_with(line)), "{line}: {text}");
    }
    assert!(!text.contains("0912345678"), "values of requests are not counted: {text}");
    let other = actix_web::web::block(move || read(free, "/api/v1")).await.unwrap();
    assert!(other.starts_with("HTTP/1.0 404"), "{other}");
    assert_eq!(server.anonymous().get("//metrics").await.status, 404);
}
