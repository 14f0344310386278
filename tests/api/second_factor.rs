//! The second factor, proving again who one is, and what an account is told of itself.

use actix_web::http::Method;
use hatang::accounts::second_factor;
use hatang::accounts::secret_key::find_or_make;
use hatang::config::SecondFactor;
use serde_json::{Value, json};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::common::{Answer, PASSWORD, Server, Session};

/// The code of a secret, so many steps of 30 seconds from now.
fn code(secret: &str, steps: i64) -> String {
    let secret = Secret::Encoded(secret.to_owned()).to_bytes().unwrap();
    let now = chrono::Utc::now().timestamp() + steps * 30;
    TOTP::new(Algorithm::SHA1, 6, 1, 30, secret).unwrap().generate(now as u64)
}

async fn log_in(server: &Server, code: Value) -> Answer {
    let body = json!({"username": "an", "password": PASSWORD, "code": code});
    server.anonymous().post_json("/auth/login", body).await
}

/// Sets a second factor up. Returns the secret and the recovery codes.
async fn enrol(session: &Session<'_>) -> (String, Vec<String>) {
    let made = session.post("/auth/second-factor", json!({})).await.ok();
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(made["uri"].as_str().unwrap().contains(&secret) && made["qr"].as_str().unwrap().contains("<svg"), "{made}");
    let confirm = "/auth/second-factor/confirmation";
    assert_eq!(session.post(confirm, json!({"code": "000000"})).await.summary(), "422 auth.code_wrong /code");
    let codes = session.post(confirm, json!({"code": code(&secret, -1)})).await.ok()["recovery_codes"].clone();
    (secret, serde_json::from_value(codes).unwrap())
}

#[actix_web::test]
async fn signing_in_needs_a_code_and_each_works_once() {
    let server = Server::new().await;
    server.person("an", &[]).await;
    let session = server.sign_in("an").await;
    let (secret, recovery) = enrol(&session).await;
    assert_eq!(recovery.len(), 10);
    assert_eq!(session.post("/auth/second-factor", json!({})).await.codes(), ["factor.has_one"]);
    let stored = server.query("select jsonb_build_array((select jsonb_agg(r) from recovery_codes r), (select jsonb_agg(a) from audit a))");
    assert!(!stored.await.to_string().contains(&recovery[0]));

    assert_eq!(log_in(&server, Value::Null).await.summary(), "401 auth.code_required /code");
    assert_eq!(log_in(&server, json!("123456")).await.summary(), "401 auth.code_wrong /code");
    // With a wrong password nobody is told that there is a second factor.
    let wrong = json!({"username": "an", "password": "wrong", "code": code(&secret, 0)});
    assert_eq!(server.anonymous().post_json("/auth/login", wrong).await.summary(), "401 auth.failed ");
    let right = code(&secret, 0);
    log_in(&server, json!(right)).await.ok();
    assert_eq!(log_in(&server, json!(right)).await.summary(), "401 auth.code_wrong /code");
    // An earlier one is not taken after a later one, either.
    assert_eq!(log_in(&server, json!(code(&secret, -1))).await.summary(), "401 auth.code_wrong /code");
    log_in(&server, json!(recovery[3].to_uppercase())).await.ok();
    assert_eq!(log_in(&server, json!(recovery[3])).await.summary(), "401 auth.code_wrong /code");
    assert_eq!(session.get("/auth/me").await.ok()["recovery_codes_left"], 9);
    let reasons = server.query("select jsonb_agg(detail->'reason' order by id) from audit where action = 'session.failed'").await;
    assert_eq!(reasons, json!(["no code", "code", "password", "code", "code", "code"]));
}

#[actix_web::test]
async fn secrets_are_encrypted_where_there_is_a_key() {
    let keys = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let key = |index: usize| find_or_make(None, Some(keys[index].path())).unwrap().unwrap();
    let server = Server::new().await.with_secret_key(key(0)).await;
    let bytes = "select jsonb_agg(octet_length(secret)) from second_factors";
    server.person("an", &[]).await;
    let (secret, recovery) = enrol(&server.sign_in("an").await).await;
    assert_eq!(server.query(bytes).await, json!([48]));
    log_in(&server, json!(code(&secret, 0))).await.ok();

    // Who restores a backup without the key has no codes, and people still have those for an emergency.
    let server = server.with_secret_key(key(1)).await;
    let lost = second_factor::storage(&mut server.connection().await, Some(&key(1))).await.unwrap();
    assert_eq!((lost.encrypted, lost.clear, lost.lost), (0, 0, 1));
    assert_eq!(log_in(&server, json!(code(&secret, 1))).await.summary(), "401 auth.code_wrong /code");
    log_in(&server, json!(recovery[0])).await.ok();
}

#[actix_web::test]
async fn secrets_in_clear_are_encrypted_when_a_key_comes() {
    let server = Server::new().await;
    server.person("an", &[]).await;
    let (secret, _) = enrol(&server.sign_in("an").await).await;
    let dir = tempfile::tempdir().unwrap();
    let key = || find_or_make(None, Some(dir.path())).unwrap().unwrap();
    let mut conn = server.connection().await;
    assert_eq!(second_factor::storage(&mut conn, Some(&key())).await.unwrap().clear, 1);
    assert_eq!(second_factor::seal(&mut conn, &key()).await.unwrap(), 1);
    assert_eq!(second_factor::seal(&mut conn, &key()).await.unwrap(), 0);
    assert_eq!(second_factor::storage(&mut conn, Some(&key())).await.unwrap().encrypted, 1);
    drop(conn);
    let server = server.with_secret_key(key()).await;
    log_in(&server, json!(code(&secret, 0))).await.ok();
}

#[actix_web::test]
async fn recovery_codes_can_be_had_anew() {
    let server = Server::new().await;
    server.person("an", &[]).await;
    let session = server.sign_in("an").await;
    let renew = || session.post("/auth/second-factor/recovery-codes", json!({}));
    assert_eq!(renew().await.status, 404, "there is no second factor");
    let (_, former) = enrol(&session).await;
    let codes: Vec<String> = serde_json::from_value(renew().await.ok()["recovery_codes"].clone()).unwrap();
    assert_eq!(codes.len(), 10);
    assert_eq!(log_in(&server, json!(former[0])).await.summary(), "401 auth.code_wrong /code");
    log_in(&server, json!(codes[0])).await.ok();
    let renewed = "select jsonb_agg(action) from audit where action = 'factor.renew'";
    assert_eq!(server.query(renewed).await, json!(["factor.renew"]));
    server.execute("update sessions set confirmed_at = now() - interval '1 hour'").await;
    assert_eq!(renew().await.summary(), "403 auth.confirm ");
}

#[actix_web::test]
async fn wrong_codes_lock_like_wrong_passwords() {
    let server = Server::new().await;
    server.person("an", &[]).await;
    let session = server.sign_in("an").await;
    let (_, recovery) = enrol(&session).await;
    for _ in 0..5 {
        assert_eq!(log_in(&server, json!("123456")).await.summary(), "401 auth.code_wrong /code");
    }
    assert_eq!(log_in(&server, json!(recovery[0])).await.summary(), "401 auth.failed ");
    server.execute("update accounts set locked_until = now()").await;
    log_in(&server, json!(recovery[0])).await.ok();
}

#[actix_web::test]
async fn an_account_that_must_have_a_second_factor_may_only_set_one_up() {
    for everybody in [true, false] {
        let server = Server::with_limits(|limits| {
            if everybody {
                limits.sessions.second_factor = SecondFactor::Everybody;
            }
        })
        .await;
        let id = server.person("an", &[json!({"role": "administrator"})]).await;
        if !everybody {
            let (path, change) = (format!("/users/{id}"), json!({"second_factor_required": true}));
            let json = [("Content-Type", "application/json")];
            let user = server.administrator().send(Method::PATCH, &path, &json, Some(change)).await.ok();
            assert_eq!((&user["second_factor_required"], &user["has_second_factor"]), (&json!(true), &json!(false)));
        }
        let session = server.sign_in("an").await;
        let me = session.get("/auth/me").await.ok();
        assert_eq!((&me["lacks_second_factor"], &me["administers"], &me["grants"]), (&json!(true), &json!(false), &json!([])));
        assert_eq!(session.get("/users").await.status, 403);
        let token = json!({"name": "x", "days": 1});
        assert_eq!(session.post("/tokens", token.clone()).await.codes(), ["auth.factor_required"]);
        let (secret, _) = enrol(&session).await;
        assert_eq!(session.get("/users").await.status, 200);
        assert_eq!(session.post("/tokens", token).await.status, 201);
        log_in(&server, json!(code(&secret, 1))).await.ok();
    }
}

#[actix_web::test]
async fn administrators_alone_may_be_asked_for_it() {
    let server = Server::with_limits(|limits| limits.sessions.second_factor = SecondFactor::Administrators).await;
    server.person("an", &[json!({"role": "administrator"})]).await;
    server.person("binh", &[json!({"role": "editor"})]).await;
    for (name, lacks) in [("an", true), ("binh", false)] {
        let me = server.sign_in(name).await.get("/auth/me").await.ok();
        assert_eq!(me["lacks_second_factor"], lacks, "{name}");
    }
}

#[actix_web::test]
async fn grants_tokens_links_and_factors_need_a_password_given_lately() {
    let server = Server::new().await;
    let an = server.person("an", &[json!({"role": "administrator"})]).await;
    let binh = server.person("binh", &[]).await;
    let session = server.sign_in("an").await;
    let guarded = [
        ("POST", format!("/users/{binh}/grants"), json!({"role": "viewer"}), 201),
        ("POST", format!("/users/{binh}/password-link"), json!({}), 201),
        ("POST", format!("/users/{binh}/unlock"), json!({}), 204),
        ("POST", "/users".to_owned(), json!({"username": "chi"}), 201),
        ("PATCH", format!("/users/{binh}"), json!({"mail": "binh@xa.example"}), 200),
        ("POST", "/tokens".to_owned(), json!({"name": "x", "days": 1}), 201),
        ("POST", "/auth/second-factor".to_owned(), json!({}), 201),
        ("DELETE", format!("/users/{an}/second-factor"), json!({}), 204),
    ];
    let send = async |method: &str, path: &str, body: &Value| {
        session.send(method.parse().unwrap(), path, Some(body.clone())).await
    };
    server.execute("update sessions set confirmed_at = now() - interval '16 minutes'").await;
    for (method, path, body, _) in &guarded {
        let answer = send(method, path, body).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (403, vec!["auth.confirm".to_owned()]), "{method} {path}");
    }
    assert_eq!(session.get("/users").await.status, 200, "looking goes on");
    assert_eq!(session.get("/auth/me").await.ok()["confirmed"], false);
    let confirm = async |body: Value| session.post("/auth/confirmation", body).await.summary();
    assert_eq!(confirm(json!({"password": "wrong"})).await, "422 auth.failed ");
    assert_eq!(confirm(json!({"password": PASSWORD})).await, "204");
    for (method, path, body, status) in &guarded {
        assert_eq!(send(method, path, body).await.status, *status, "{method} {path}");
        if path == "/auth/second-factor" {
            enrol_pending(&server).await;
        }
    }
    // A token has no person at a browser.
    assert_eq!(server.administrator().get("/users").await.status, 200);
}

/// Confirms whatever secret waits, as its first code would.
async fn enrol_pending(server: &Server) {
    server.execute("update second_factors set confirmed_at = now()").await;
}

#[actix_web::test]
async fn a_lost_factor_is_removed_by_an_administrator_and_the_account_is_told() {
    let server = Server::new().await;
    let id = server.person("an", &[]).await;
    let session = server.sign_in("an").await;
    enrol(&session).await;
    let path = format!("/users/{id}/second-factor");
    let admin = server.administrator();
    let remove = async || admin.send(Method::DELETE, &path, &[], None).await.status.as_u16();
    assert_eq!((remove().await, remove().await), (204, 404));
    log_in(&server, Value::Null).await.ok();
    let events = session.get("/auth/events").await.ok()["events"].clone();
    let actions: Vec<_> = events.as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions[..3], ["session.login", "factor.reset", "factor.create"], "{events}");
    // Its own events, and no others.
    server.person("binh", &[]).await;
    let others = server.sign_in("binh").await.get("/auth/events").await.ok();
    assert!(!others.to_string().contains("factor.reset"), "{others}");
}

#[actix_web::test]
async fn passwords_of_the_operators_list_are_refused() {
    let list = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(list.path(), "hatang\nthuyền giấy trôi xuôi suối\n").unwrap();
    let path = list.path().to_owned();
    let server = Server::with_limits(|limits| limits.sessions.password_list = Some(path)).await;
    server.person("an", &[]).await;
    let session = server.sign_in("an").await;
    let change = async |new: &str| {
        session.post("/auth/password", json!({"old_password": PASSWORD, "new_password": new})).await.summary()
    };
    assert_eq!(change("Thuyền giấy trôi xuôi suối").await, "422 password.listed /new_password");
    assert_eq!(change("gearbox-lemon-quartz-71").await, "204");
}
