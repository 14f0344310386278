//! Secrets are in no log line and in no table, however they were sent.

use std::io;
use std::sync::{Arc, Mutex};

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Server, camera};

const CAMERAS: &str = "/collections/cameras/items";

/// A request, and what of it nobody may find again.
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

/// To be extended with every new place where a secret is sent. `token` is a valid one.
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
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let recording = tracing::subscriber::set_default(subscriber);
    let mut secrets = Vec::new();
    for Sent { method, path, headers, body, secrets: sent } in requests(&token) {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = server.stranger().send(method.clone(), &path, &headers, body).await;
        assert!(!answer.status.is_server_error(), "{method} {path}: {answer:?}");
        secrets.extend(sent);
    }
    drop(recording);
    let log = log.text();
    assert_eq!(log.matches("request method=").count(), requests(&token).len(), "{log}");
    let dump = dump(&server).await;
    assert!(dump.contains("Cổng chợ") && dump.contains("\"thu\""), "the dump has what was written");
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log");
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!dump.contains(&secret) && !dump.contains(&hex), "{secret} is in the database");
    }
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
