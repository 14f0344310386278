//! `hatang import`: its output, its writes and its exit codes.

use std::process::{Command, Output};

use crate::common::Server;

const GOOD: &str = "Tên;Số mắt;Cấp quản lý;Kinh độ;Vĩ độ\nCổng chợ;2;Công an xã;105,7;19,8\n";
const WRONG: &str = "Tên;Số mắt;Cấp quản lý;Kinh độ;Vĩ độ\nCổng chợ;99;Công an xã;19,8;105,7\n";

fn import(server: &Server, name: &str, text: Option<&[u8]>, more: &[&str]) -> (i32, String, String) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join(name);
    if let Some(text) = text {
        std::fs::write(&file, text).unwrap();
    }
    let ran = Command::new(env!("CARGO_BIN_EXE_hatang"))
        .args(["import", "--collection", "cameras"])
        .args(more)
        .arg(&file)
        .env("DATABASE_URL", server.database_url())
        .output();
    let Output { status, stdout, stderr } = ran.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

async fn cameras(server: &Server) -> serde_json::Value {
    server.query("select count(*) from cameras").await
}

#[actix_web::test]
async fn plan_is_a_table_and_is_written_unless_dry() {
    let server = Server::with_communes().await;
    let (status, out, _) = import(&server, "danh-sach.csv", Some(GOOD.as_bytes()), &["--dry-run"]);
    assert_eq!(status, 0);
    for line in [
        "  B  Số mắt                                   eye_count",
        "  D  Kinh độ                                  longitude",
    ] {
        assert!(out.lines().any(|printed| printed == format!("  {line}").trim_end()), "{line} in {out}");
    }
    assert!(out.contains("\"create\":1") && out.contains("sha256:"), "{out}");
    assert_eq!(cameras(&server).await, 0);

    let (status, out, _) = import(&server, "danh-sach.csv", Some(GOOD.as_bytes()), &[]);
    assert_eq!(status, 0);
    assert!(out.contains("committed: import "), "{out}");
    assert_eq!(cameras(&server).await, 1);
    assert_eq!(server.query("select created_by from cameras").await, "console");

    let changed = GOOD.replace(";2;", ";3;");
    let (status, out, _) = import(&server, "danh-sach.csv", Some(changed.as_bytes()), &["--dry-run"]);
    assert_eq!(status, 0);
    assert!(out.contains("\"eye_count\":{\"after\":3,\"before\":2}"), "{out}");
}

#[actix_web::test]
async fn file_with_errors_ends_with_1_and_names_the_cells() {
    let server = Server::with_communes().await;
    let (status, out, _) = import(&server, "sai.csv", Some(WRONG.as_bytes()), &[]);
    assert_eq!(status, 1);
    for code in ["range", "geo.swapped"] {
        let line = out.lines().find(|line| line.contains(code)).unwrap_or_else(|| panic!("{code}: {out}"));
        assert!(line.contains("error"), "{line}");
    }
    assert!(out.lines().any(|line| line.starts_with("B2 ")), "{out}");
    assert_eq!(cameras(&server).await, 0);
}

#[actix_web::test]
async fn file_that_cannot_be_read_ends_with_2() {
    let server = Server::with_communes().await;
    let (status, _, told) = import(&server, "khong-co.xlsx", None, &[]);
    assert_eq!((status, told.contains("khong-co.xlsx")), (2, true), "{told}");
    let (status, _, told) = import(&server, "cu.xls", Some(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), &[]);
    assert_eq!((status, told.contains(".xlsx")), (2, true), "{told}");
    let (status, _, told) = import(&server, "danh-sach.csv", Some(GOOD.as_bytes()), &["--central-meridian", "42"]);
    assert_eq!((status, told.contains("42")), (1, true), "{told}");
}
