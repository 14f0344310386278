//! `hatang statements`: the same sheets on the command line.

use std::process::Command;

use crate::common::Server;

const SHEET: &str = "Mã chỉ tiêu,Tên chỉ tiêu,Tên chỉ tiêu (tiếng Anh),Đơn vị tính,Đơn vị tính (tiếng Anh),Loại
dti.index,Chỉ số chuyển đổi số,Index,%,%,Tỷ lệ
";

/// Whether the command succeeded, and what it said.
fn load(server: &Server, sheet: &str, more: &[&str]) -> (bool, String) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("chi-tieu.csv");
    std::fs::write(&file, sheet).unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_hatang"))
        .args(["statements", "load", "indicators"])
        .args(more)
        .arg(&file)
        .env("DATABASE_URL", server.database_url())
        .output()
        .unwrap();
    let said = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (ran.status.success(), said.concat())
}

#[actix_web::test]
async fn sheet_is_written_unless_dry_and_the_console_is_its_author() {
    let server = Server::new().await;
    let count = "select count(*) from declared_indicators";
    let (done, said) = load(&server, SHEET, &["--dry-run"]);
    assert!(done && said.contains("would write indicators: 1 new"), "{said}");
    assert_eq!(server.query(count).await, 0);
    let (done, said) = load(&server, SHEET, &[]);
    assert!(done && said.contains("indicators: 1 new, 0 changed"), "{said}");
    assert_eq!(server.query("select by from statement_versions where kind = 'indicators'").await, "console");
    assert_eq!(server.query("select actor from audit where action = 'indicators.write'").await, "console");
    let (done, said) = load(&server, &SHEET.replace("Tỷ lệ", "Tỉ số"), &[]);
    assert!(!done && said.contains("F2 error enum.unknown"), "{said}");
}
