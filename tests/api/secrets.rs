//! Secrets are in no log line and in no table, however they were sent.

use std::io;
use std::sync::{Arc, Mutex};

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{PASSWORD, Server, camera};

const CAMERAS: &str = "/collections/cameras/items";

/// A request, with the secrets in it that must not be found anywhere.
struct Sent {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
    secrets: Vec<String>,
}

fn sent(method: Method, path: &str, headers: &[(&'static str, &str)], body: Option<Value>, secrets: &[&str]) -> Sent {
    Sent {
        method,
        path: path.into(),
        headers: headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        body,
        secrets: secrets.iter().map(|secret| (*secret).to_owned()).collect(),
    }
}

/// Add every new place where a secret can be sent. `token` is a valid one.
fn requests(token: &str) -> Vec<Sent> {
    let bearer = format!("Bearer {token}");
    let login = json!({"username": "nguyen.an", "password": "Mat-khau-7Q2vXz"});
    vec![
        sent(Method::GET, CAMERAS, &[("Authorization", &bearer)], None, &[token]),
        sent(Method::POST, CAMERAS, &[("Authorization", &bearer)], Some(camera(json!({}))), &[token]),
        sent(Method::GET, CAMERAS, &[("Authorization", "Bearer hatang_Wrong4711")], None, &["hatang_Wrong4711"]),
        sent(Method::GET, CAMERAS, &[("Authorization", "Basic YW46Wrong4712==")], None, &["YW46Wrong4712"]),
        sent(Method::GET, CAMERAS, &[("Authorization", "hatang_Bare4713")], None, &["hatang_Bare4713"]),
        sent(Method::GET, CAMERAS, &[("Cookie", "hatang_session=Cookie4714")], None, &["Cookie4714"]),
        sent(Method::GET, &format!("{CAMERAS}?token=Query4715"), &[], None, &["Query4715"]),
        sent(Method::GET, &format!("{CAMERAS}?q=Query4716&access_token=Query4717"), &[], None, &["Query4716", "Query4717"]),
        sent(Method::POST, "/auth/login", &[], Some(login.clone()), &["Mat-khau-7Q2vXz"]),
        sent(Method::POST, "/auth/login?password=Query4718", &[], Some(json!("Body4719")), &["Query4718", "Body4719"]),
        sent(Method::PUT, "/auth/login", &[], Some(login), &["Mat-khau-7Q2vXz"]),
        sent(
            Method::POST,
            CAMERAS,
            &[("Authorization", &bearer)],
            Some(camera(json!({"password": "Field4720", "note": "mật khẩu: Note4721", "name": "rtsp://admin:Url4722@10.0.0.1/"}))),
            &["Field4720", "Note4721", "Url4722"],
        ),
        sent(Method::POST, CAMERAS, &[("Authorization", &bearer)], Some(json!({"Key4723": "Body4724"})), &["Key4723", "Body4724"]),
    ]
}

#[actix_web::test]
async fn secrets_are_neither_logged_nor_stored_nor_repeated() {
    let server = Server::new().await;
    let token = server.account("thu", &[json!({"role": "administrator"})]).await;
    let (log, recording) = record();
    let mut secrets = Vec::new();
    for Sent { method, path, headers, body, secrets: sent } in requests(&token) {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = server.anonymous().send(method.clone(), &path, &headers, body).await;
        assert!(!answer.status.is_server_error(), "{method} {path}: {answer:?}");
        secrets.extend(sent);
    }
    drop(recording);
    let log = log.text();
    assert_eq!(log.matches("request method=").count(), requests(&token).len(), "{log}");
    let dump = dump(&server).await;
    assert!(dump.contains("Cổng chợ") && dump.contains("\"thu\""), "the dump has what was written");
    assert_nowhere(&secrets, &log, &dump);
}

/// Follows an account from beginning to end. The secrets that it gets or chooses are stored as hashes, if at all.
#[actix_web::test]
async fn sign_in_secrets_are_neither_logged_nor_stored() {
    let server = Server::new().await;
    let (log, recording) = record();
    let user = json!(server.person("nguyen.an", &[json!({"role": "administrator"})]).await);
    let link = server.link_of(&user).await;
    let chosen = "cá chép hóa rồng lúc ba giờ";
    server.anonymous().post_json("/auth/setup", json!({"token": link, "password": PASSWORD})).await.ok();
    let session = server.sign_in("nguyen.an").await;
    let cookie = session.cookie.split_once('=').unwrap().1.to_owned();
    let token = session.post("/tokens", json!({"name": "máy bàn", "days": 3})).await.ok()["token"].clone();
    let token = token.as_str().unwrap().to_owned();
    server.holder(&token).post(CAMERAS, camera(json!({}))).await.ok();
    let wrong = session.post("/auth/password", json!({"old_password": "Wrong4730-sai-roi", "new_password": chosen})).await;
    assert_eq!(wrong.status, 422);
    let change = session.post("/auth/password", json!({"old_password": PASSWORD, "new_password": chosen})).await;
    assert_eq!(change.status, 204);
    let unused = server.link_of(&user).await;
    let by_hand = json!({"token": "Link4731", "password": "Short47"});
    assert_eq!(server.anonymous().post_json("/auth/setup", by_hand).await.status, 422);
    let csrf = session.csrf.clone();
    assert_eq!(session.post("/auth/logout", json!({})).await.status, 204);
    drop(recording);
    let secrets = [
        &link, &unused, &cookie, &token, &csrf, PASSWORD, chosen, "Wrong4730-sai-roi", "Link4731", "Short47",
    ];
    assert_nowhere(&secrets.map(str::to_owned), &log.text(), &dump(&server).await);
}

fn assert_nowhere(secrets: &[String], log: &str, dump: &str) {
    assert!(log.contains("request method="), "the log has what was asked");
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log");
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!dump.contains(secret) && !dump.contains(&hex), "{secret} is in the database");
    }
}

/// Records everything that this thread logs, until the guard is dropped.
fn record() -> (Log, tracing::subscriber::DefaultGuard) {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    (log, tracing::subscriber::set_default(subscriber))
}

/// Every row of every table, as JSON.
async fn dump(server: &Server) -> String {
    let tables = server
        .query(
            "select jsonb_agg(format('%I.%I', schemaname, tablename)) from pg_tables \
             where schemaname not in ('pg_catalog', 'information_schema') and tablename <> 'spatial_ref_sys'",
        )
        .await;
    let mut dump = String::new();
    for table in tables.as_array().expect("tables") {
        let sql = format!("select coalesce(jsonb_agg(to_jsonb(t)), '[]') from {} t", table.as_str().unwrap());
        dump += &server.query(Box::leak(sql.into_boxed_str())).await.to_string();
    }
    dump
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
