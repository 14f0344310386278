//! The commands of an operator, run as the program, and what an empty register says.

use std::process::{Command, Output};

use actix_web::http::Method;
use serde_json::Value;

use crate::common::Server;

/// Runs the program: exit status, output, errors.
fn hatang(server: &Server, arguments: &[&str]) -> (i32, String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_hatang"))
        .args(arguments)
        .env("DATABASE_URL", server.database_url())
        .env_remove("HATANG_PUBLIC_URL")
        .env("PORT", "8099")
        .output();
    let Output { status, stdout, stderr } = ran.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

fn done(server: &Server, arguments: &[&str]) -> String {
    let (status, out, errors) = hatang(server, arguments);
    assert_eq!(status, 0, "{errors}");
    out
}

fn refused(server: &Server, arguments: &[&str]) -> String {
    let (status, out, errors) = hatang(server, arguments);
    assert_eq!((status, out.as_str()), (1, ""), "{errors}");
    assert!(errors.starts_with("hatang: ") && !errors.contains("Caused by") && !errors.contains("Pointer"), "{errors}");
    errors
}

#[actix_web::test]
async fn accounts_tokens_and_grants_are_printed_in_full() {
    let server = Server::with_communes().await;
    let link = done(&server, &["user", "create", "lan"]);
    assert!(link.starts_with("http://127.0.0.1:8099/setup#"), "{link}");
    assert!(done(&server, &["user", "link", "lan", "--url", "https://a.vn/"]).starts_with("https://a.vn/setup#"));
    assert!(refused(&server, &["user", "create", "lan"]).contains("“lan”"));

    let grant = ["user", "grant", "lan", "--role", "editor", "--unit", "00001@2026-01-01"];
    let more = ["--operator", "viettel", "--collection", "towers", "--collection", "cameras", "--until", "2199-01-01"];
    let granted = done(&server, &[&grant[..], &more[..]].concat());
    let (id, what) = granted.trim_end().split_once(' ').unwrap();
    assert_eq!(what, "editor, 00001@2026-01-01 Phường Tây, viettel, towers + cameras, until 2199-01-01");
    assert!(id.parse::<i64>().is_ok());
    let everything = done(&server, &["user", "grant", "lan", "--role", "viewer"]);
    assert!(everything.contains("viewer, every place, every operator, every collection"), "{everything}");
    let listed = done(&server, &["user", "list"]);
    assert!(listed.contains(granted.trim_end()) && listed.contains(everything.trim_end()), "{listed}");

    done(&server, &["token", "create", "--name", "monthly", "--user", "lan", "--collection", "towers", "--days", "9"]);
    let tokens = done(&server, &["token", "list"]);
    let line = tokens.lines().find(|line| line.contains("lan/monthly")).unwrap();
    assert!(line.contains(": as the account, every place, every operator, towers, until 20"), "{line}");
    assert!(line.ends_with("never used") && tokens.contains("console/tester"), "{tokens}");
    assert_eq!(done(&server, &["token", "list", "--user", "lan"]).lines().count(), 1);
    assert!(refused(&server, &["token", "list", "--user", "nobody"]).contains("nobody"));
}

#[actix_web::test]
async fn what_is_missing_is_named() {
    let server = Server::new().await;
    let layers = refused(&server, &["layer", "sql", "camera"]);
    assert!(layers.contains("cameras, ") && layers.contains("towers"), "{layers}");
    let fields = refused(&server, &["layer", "sql", "towers", "--add", "height"]);
    assert!(fields.contains("height_m"), "{fields}");

    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let census = file("census.csv", "commune_code,commune_name,population,households\n16381,Xã Đông Hoàng,5037,1342\n");
    let import = ["units", "import", "census", &census, "--on", "2019-04-01", "--source", "GSO"];
    assert!(refused_after_reading(&server, &import).contains("No administrative units of 2019-04-01 are loaded"));
    let text = "indicator,group_value,unit_code,unit_on,date,value,document\n\
        camera_eyes,,405,2023-09-20,2023-09-20,421,BC\ncamera_eyes,,405,2023-09-20,2022-09-20,312,BC\n";
    let baselines = refused_after_reading(&server, &["baselines", "load", &file("published.csv", text)]);
    assert_eq!(baselines.matches("No administrative units of 2023-09-20").count(), 1, "{baselines}");
}

/// Commands that read a file say so on the way.
fn refused_after_reading(server: &Server, arguments: &[&str]) -> String {
    let (status, out, errors) = hatang(server, arguments);
    assert_eq!((status, out.as_str()), (1, ""), "{errors}");
    errors
}

#[actix_web::test]
async fn a_used_port_is_found_before_anything_starts() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let ran = Command::new(env!("CARGO_BIN_EXE_hatang"))
        .args(["serve", "--demo", "--bind", "127.0.0.1", "--port", &port])
        .env_remove("DATABASE_URL")
        .env("HATANG_DATA_DIR", &data)
        .output()
        .unwrap();
    let errors = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(1), "{errors}");
    assert!(errors.contains(&format!("cannot listen on 127.0.0.1:{port}")) && errors.contains("--port"), "{errors}");
    assert!(!data.exists(), "the cluster was made all the same");
}

#[actix_web::test]
async fn a_register_without_units_says_what_to_do() {
    let server = Server::new().await;
    let ask = async |path: &str, language: &str| {
        server.anonymous().send(Method::GET, path, &[("Accept-Language", language)], None).await
    };
    let (vi, en) = ("chưa có danh mục đơn vị hành chính", "No administrative units are loaded");
    for (language, words) in [("vi", vi), ("en", en)] {
        for path in ["", "/stats"] {
            let answer = ask(path, language).await.ok();
            let notice = answer["notice"].as_str().unwrap_or_default();
            assert!(notice.contains(words) && notice.contains("hatang units import list"), "{path}: {answer}");
        }
        // The page shows the sentence of this problem.
        let unit = ask("/stats/405@2023-09-20", language).await;
        assert_eq!(unit.summary(), "404 units.none unit");
        assert!(unit.json()["detail"].as_str().unwrap().contains(words));
    }
    let filled = Server::with_communes().await;
    assert_eq!(filled.anonymous().get("").await.ok().get("notice"), None);
    assert_eq!(filled.anonymous().get("/stats").await.ok().get("notice"), None);
    assert_eq!(filled.anonymous().get("/stats/405").await.summary(), "404 unit.not_valid unit");
    let past = filled.anonymous().get("/stats?as_of=1950-01-01").await.ok();
    assert!(past["notice"].as_str().unwrap().contains("1950-01-01"), "{past}");
    assert_eq!(past["units"], Value::Array(vec![]));
}
