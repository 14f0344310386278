//! The real program, stopped while streams are open.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use actix_web::web;

use crate::common::Server;

/// Killed when the test ends, whether it passes or fails.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts `hatang serve` on a database and waits until it listens.
fn serve(database_url: &str, port: u16) -> Service {
    let mut service = Command::new(env!("CARGO_BIN_EXE_hatang"));
    let service = service.args(["serve", "--bind", "127.0.0.1", "--port", &port.to_string()]);
    let service = service.env("DATABASE_URL", database_url).env_remove("RUST_LOG").stderr(Stdio::piped());
    let mut service = Service(service.spawn().unwrap());
    let mut lines = BufReader::new(service.0.stderr.take().unwrap()).lines();
    lines.find(|line| line.as_ref().unwrap().contains("Hatang is at")).expect("it listens").unwrap();
    // Keeps reading its output; otherwise the pipe would fill and block it.
    std::thread::spawn(move || lines.count());
    service
}

fn open_stream(port: u16) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(b"GET /api/v1/changes/stream HTTP/1.1\r\nHost: hatang.test\r\n\r\n").unwrap();
    let (mut seen, mut byte) = (Vec::new(), [0]);
    while !seen.ends_with(b"event: scope") {
        stream.read_exact(&mut byte).unwrap();
        seen.push(byte[0]);
    }
    stream
}

#[actix_web::test]
async fn stopping_service_does_not_wait_for_streams() {
    let server = Server::new().await;
    let url = server.database_url();
    let stopping = web::block(move || {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut service = serve(&url, port);
        let mut streams: Vec<_> = (0..3).map(|_| open_stream(port)).collect();
        let started = Instant::now();
        assert!(Command::new("kill").args(["-TERM", &service.0.id().to_string()]).status().unwrap().success());
        for stream in &mut streams {
            let mut rest = String::new();
            stream.read_to_string(&mut rest).unwrap();
            assert!(rest.ends_with("\r\n0\r\n\r\n"), "the stream has an end: {rest}");
        }
        assert!(service.0.wait().unwrap().success());
        started.elapsed()
    });
    // Running requests have eight seconds to finish.
    let elapsed = stopping.await.unwrap();
    assert!(elapsed < Duration::from_secs(7), "{elapsed:?}");
}
