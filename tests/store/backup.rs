//! `hatang backup` and `hatang restore`: what comes back is what was there, and nothing is lost on the way.

use std::fs;
use std::path::Path;
use std::process::Command;

use diesel_async::SimpleAsyncConnection;
use hatang::postgres::migrations;
use serde_json::{Value, json};

use crate::common::{Server, TestDatabase, tower};

/// What a command printed, to either output, and its exit status.
fn hatang(url: &str, arguments: &[&str]) -> (i32, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_hatang"))
        .args(arguments)
        .env("DATABASE_URL", url)
        .env("HATANG_CONFIG", "/no/such/file")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    (ran.status.code().unwrap(), text)
}

#[track_caller]
fn works(url: &str, arguments: &[&str]) {
    let (status, text) = hatang(url, arguments);
    assert_eq!(status, 0, "{arguments:?}: {text}");
}

#[track_caller]
fn fails(url: &str, arguments: &[&str], why: &str) {
    let (status, text) = hatang(url, arguments);
    assert!(status == 1 && text.contains(why), "{arguments:?}: {status} {text}");
}

fn path(directory: &Path, name: &str) -> String {
    directory.join(name).to_str().unwrap().to_owned()
}

const QUESTIONS: &[&str] = &[
    "/collections",
    "/collections/cameras/items?limit=1000",
    "/collections/towers/items?limit=1000",
    "/collections/towers/items?limit=1000&as_of=2023-09-20",
    "/collections/towers/items/900001/history",
    "/collections/hamlets/items?limit=1000",
    "/collections/communes/items?limit=100",
    "/collections/cameras/items?q=cong&limit=50",
    "/changes?after=0&limit=1000",
    "/stats/405@2023-09-20?as_of=2023-09-20&compare=2022-12-31",
    "/stats?level=commune&within=405@2023-09-20&as_of=2023-09-20",
    "/units/405@2023-09-20",
    "/indicators",
    "/users",
];

async fn answers(server: &Server) -> Vec<(String, u16, Value)> {
    let mut answers = Vec::new();
    for (name, caller) in [("anonymous", server.anonymous()), ("administrator", server.administrator())] {
        for question in QUESTIONS {
            let answer = caller.get(question).await;
            let mut body = answer.json();
            if let Some(members) = body.as_object_mut() {
                members.remove("timeStamp");
                members.remove("request_id");
            }
            answers.push((format!("{name} {question}"), answer.status.as_u16(), body));
        }
    }
    answers
}

#[actix_web::test]
async fn every_answer_is_the_same_after_a_restore_by_a_plain_owner() {
    let directory = tempfile::tempdir().unwrap();
    let file = path(directory.path(), "register.dump");
    let server = Server::with_demo().await;
    let admin = server.administrator();
    let written = admin.post("/collections/towers/items", tower(json!({"code": "T-1"}))).await;
    let at = format!("/collections/towers/items/{}", written.json()["id"]);
    let etag = written.etag();
    admin.patch(&at, &etag, json!({"properties": {"name": "Trạm mới"}})).await.ok();
    server.person("lan", &[json!({"role": "viewer"})]).await;
    hatang::figures::fold(&mut server.connection().await, hatang::time::today()).await.unwrap();
    let before = answers(&server).await;
    assert!(before.iter().filter(|(_, status, _)| *status == 200).count() > 20, "{before:?}");
    // The service runs meanwhile.
    works(&server.database_url(), &["backup", &file]);
    fails(&server.database_url(), &["backup", &file], "exists already");
    fails(&server.database_url(), &["restore", &file, "--replace"], "a service runs on this database");

    let database = TestDatabase::of_plain_owner().await;
    works(&database.url(), &["restore", &file]);
    let mut owner = hatang::postgres::connect(&database.url(), std::time::Duration::from_secs(60)).await.unwrap();
    // The server of a test makes a token of the same name.
    owner.batch_execute("update tokens set name = 'earlier ' || id").await.unwrap();
    let restored = Server::on(database).await;
    for (before, after) in before.iter().zip(answers(&restored).await) {
        assert_eq!(*before, after);
    }
    restored.anonymous().get("//readyz").await.ok();
    restored.administrator().post("/collections/towers/items", tower(json!({"code": "T-2"}))).await.ok();
    owner.batch_execute("update versions set by = 'x'").await.expect_err("history is final");
}

#[actix_web::test]
async fn nothing_is_lost_by_a_restore_that_fails() {
    let directory = tempfile::tempdir().unwrap();
    let (file, cut, other) =
        (path(directory.path(), "register.dump"), path(directory.path(), "cut"), path(directory.path(), "other"));
    let database = TestDatabase::demo().await;
    let url = database.url();
    works(&url, &["backup", &file]);
    let whole = fs::read(&file).unwrap();
    fs::write(&cut, &whole[..whole.len() * 2 / 3]).unwrap();
    fs::write(&other, "not a backup").unwrap();

    fails(&url, &["restore", &file], "the register is not empty");
    for damaged in [&cut, &other] {
        fails(&url, &["restore", damaged, "--replace"], "is damaged, or no backup");
    }
    let empty = TestDatabase::bare().await;
    let nothing = path(directory.path(), "nothing");
    works(&empty.url(), &["backup", &nothing]);
    fails(&url, &["restore", &nothing, "--replace"], "holds no register");

    let mut owner = hatang::postgres::connect(&url, std::time::Duration::from_secs(60)).await.unwrap();
    owner.batch_execute("update cameras set name = 'Sau sao lưu', effective_on = current_date").await.unwrap();
    drop(owner);
    works(&url, &["restore", &file, "--replace"]);
    assert_eq!(migrations::run(&url, &hatang::figures::tables()).unwrap(), 0);
    let server = Server::on(database).await;
    assert_eq!(server.query("select count(*) from cameras where name = 'Sau sao lưu'").await, 0);
    assert_eq!(server.query("select count(*) from audit where action = 'register.restore'").await, 1);
    let figures = server.anonymous().get("/stats/405@2023-09-20?as_of=2023-09-20").await.ok();
    assert_eq!(figures["figures"]["camera_eyes"]["value"], 421);
}
