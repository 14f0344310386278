//! Signing in, sessions, passwords.

use actix_web::http::Method;
use hatang::accounts::password_hash::verifications;
use serde_json::{Value, json};

use crate::common::{Answer, PASSWORD, Server, camera};

const NEW: &str = "gearbox-lemon-quartz-71";

async fn log_in(server: &Server, username: &str, password: &str) -> Answer {
    server.anonymous().post_json("/auth/login", json!({"username": username, "password": password})).await
}

/// The parts of an answer that should be the same for every caller.
fn told(answer: &Answer) -> (u16, Value, Vec<String>) {
    let mut body = answer.json();
    body["request_id"] = Value::Null;
    let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    (answer.status.as_u16(), body, names)
}

#[actix_web::test]
async fn every_failed_sign_in_gets_the_same_answer_after_the_same_work() {
    let server = Server::new().await;
    for name in ["an", "binh", "chi"] {
        server.person(name, &[]).await;
    }
    server.administrator().post_json("/users", json!({"username": "dung"})).await.ok();
    server.execute("update accounts set disabled_at = now() where username = 'binh'").await;
    server.execute("update accounts set failed_logins = 9, locked_until = now() + interval '30 s' where username = 'chi'").await;
    let mut all = Vec::new();
    for (username, password) in
        [("nobody", PASSWORD), ("an", "wrong"), ("binh", PASSWORD), ("chi", PASSWORD), ("dung", PASSWORD), ("console", "")]
    {
        let before = verifications();
        let answer = log_in(&server, username, password).await;
        assert_eq!(verifications() - before, 1, "{username}");
        assert_eq!(answer.status, 401, "{username}");
        all.push(told(&answer));
    }
    assert!(all.iter().all(|other| *other == all[0]), "{all:?}");
    let events = server.query("select jsonb_agg(detail->'reason' order by id) from audit where action = 'session.failed'").await;
    assert_eq!(events, json!(["unknown", "password", "disabled", "locked", "no password", "no password"]));
    let tried = server.query("select count(*) from audit where detail::text like '%nobody%' or actor = 'nobody'").await;
    assert_eq!(tried, json!(0), "a name that nobody has may be a password");
}

#[actix_web::test]
async fn wrong_passwords_lock_the_account_for_a_short_time() {
    let server = Server::new().await;
    server.person("an", &[]).await;
    for _ in 0..5 {
        assert_eq!(log_in(&server, "an", "wrong").await.status, 401);
    }
    assert_eq!(log_in(&server, "an", PASSWORD).await.status, 401);
    // Attempts refused while the account is locked do not count.
    assert_eq!(server.query("select failed_logins from accounts where username = 'an'").await, json!(5));
    server.execute("update accounts set failed_logins = 30, locked_until = now() where username = 'an'").await;
    log_in(&server, "an", "wrong").await;
    let wait = server.query("select ceil(extract(epoch from locked_until - now()))::integer from accounts where username = 'an'").await;
    assert!((50..=60).contains(&wait.as_i64().unwrap()), "{wait}");
    server.execute("update accounts set locked_until = now() where username = 'an'").await;
    log_in(&server, "an", PASSWORD).await.ok();
    assert_eq!(server.query("select failed_logins from accounts where username = 'an'").await, json!(0));
}

#[actix_web::test]
async fn simultaneous_attempts_are_all_counted() {
    let server = Server::new().await;
    server.person("an", &[]).await;
    let attempts = (0..12).map(|_| log_in(&server, "an", "wrong"));
    futures_util::future::join_all(attempts).await;
    let reasons = server
        .query("select jsonb_build_array(count(*) filter (where detail->>'reason' = 'password'), count(*)) from audit where action = 'session.failed'")
        .await;
    assert_eq!(reasons, json!([5, 12]));
}

#[actix_web::test]
async fn sign_in_does_not_keep_a_cookie_that_was_sent() {
    let server = Server::new().await;
    server.person("an", &[]).await;
    let fixed = "a".repeat(64);
    let headers = [("Cookie", &*format!("hatang_session={fixed}")), ("Content-Type", "application/json")];
    let body = json!({"username": "an", "password": PASSWORD});
    let answer = server.anonymous().send(Method::POST, "/auth/login", &headers, Some(body)).await;
    let cookie = answer.header("set-cookie").unwrap();
    assert!(!cookie.contains(&fixed));
    assert!(cookie.contains("; HttpOnly; SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
    assert_eq!(answer.header("cache-control").unwrap(), "no-store");
    answer.ok();
    assert_eq!(server.anonymous().send(Method::GET, "/auth/me", &headers[..1], None).await.status, 401);
    // Each sign-in gets a new secret, and none is in the database.
    let (one, two) = (server.sign_in("an").await, server.sign_in("an").await);
    assert_ne!(one.cookie, two.cookie);
    let secret = one.cookie.strip_prefix("hatang_session=").unwrap();
    assert_eq!(secret.len(), 64);
    let dump = server.query("select jsonb_build_array((select jsonb_agg(s) from sessions s), (select jsonb_agg(a) from audit a))").await;
    assert!(!dump.to_string().contains(secret) && !dump.to_string().contains(&one.csrf));
}

#[actix_web::test]
async fn behind_tls_the_cookie_is_secure() {
    let server = Server::with_limits(|limits| limits.trust_proxy = true).await;
    server.person("an", &[]).await;
    let headers = [("X-Forwarded-Proto", "https"), ("Content-Type", "application/json"), ("Origin", "https://hatang.test")];
    let body = json!({"username": "an", "password": PASSWORD});
    let answer = server.anonymous().send(Method::POST, "/auth/login", &headers, Some(body)).await;
    assert!(answer.header("set-cookie").unwrap().contains("; Secure"));
}

#[actix_web::test]
async fn another_site_can_neither_write_nor_sign_in() {
    let server = Server::new().await;
    server.person("an", &[json!({"role": "editor"})]).await;
    let session = server.sign_in("an").await;
    let items = "/collections/cameras/items";
    for (csrf, origin, status) in [
        (None, None, 403),
        (Some("0".repeat(64)), None, 403),
        (Some(session.csrf.clone()), Some("https://evil.example"), 403),
        (Some(session.csrf.clone()), Some("null"), 403),
        (Some(session.csrf.clone()), Some("http://hatang.test"), 201),
        (Some(session.csrf.clone()), Some("https://console.example"), 201),
        (Some(session.csrf.clone()), None, 201),
    ] {
        let mut headers = vec![("Cookie", session.cookie.as_str())];
        headers.extend(csrf.as_deref().map(|csrf| ("X-CSRF-Token", csrf)));
        headers.extend(origin.map(|origin| ("Origin", origin)));
        let answer = server.anonymous().send(Method::POST, items, &headers, Some(camera(json!({})))).await;
        // CORS has already refused an origin that may not write.
        let refused = if answer.status == 400 { 403 } else { answer.status.as_u16() };
        assert_eq!(refused, status, "{csrf:?} {origin:?}: {}", answer.summary());
    }
    let body = json!({"username": "an", "password": PASSWORD});
    for (headers, refused) in [
        ([("Content-Type", "text/plain"), ("X-Any", "1")], 415),
        ([("Content-Type", "application/json"), ("Origin", "https://evil.example")], 403),
    ] {
        let answer = server.anonymous().send(Method::POST, "/auth/login", &headers, Some(body.clone())).await;
        assert!(answer.status == refused || answer.status == 400, "{}", answer.summary());
        assert!(answer.header("set-cookie").is_none());
    }
}

#[actix_web::test]
async fn sessions_end_when_idle_when_expired_and_when_ended() {
    let server = Server::new().await;
    server.person("an", &[]).await;
    for end in [
        "update sessions set last_seen_at = now() - interval '61 minutes'",
        "update sessions set expires_at = now()",
        "update accounts set disabled_at = now() where username = 'an'",
    ] {
        server.execute("update accounts set disabled_at = null where username = 'an'").await;
        let session = server.sign_in("an").await;
        assert_eq!(session.get("/auth/me").await.ok()["account"]["username"], "an");
        server.execute(end).await;
        assert_eq!(session.get("/auth/me").await.status, 401, "{end}");
        // The map still opens, as for anonymous callers.
        assert_eq!(session.get("/collections/cameras/items").await.status, 200);
    }
    server.execute("update accounts set disabled_at = null where username = 'an'").await;
    let (one, two) = (server.sign_in("an").await, server.sign_in("an").await);
    let sessions = one.get("/auth/sessions").await.ok()["sessions"].as_array().unwrap().clone();
    let other = sessions.iter().rfind(|session| session["current"] == false).unwrap();
    assert_eq!(one.delete(&format!("/auth/sessions/{}", other["id"])).await.status, 204);
    assert_eq!(two.get("/auth/me").await.status, 401);
    let out = one.post("/auth/logout", json!({})).await;
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(one.get("/auth/me").await.status, 401);
}

#[actix_web::test]
async fn use_is_recorded_once_a_minute() {
    let server = Server::new().await;
    server.person("an", &[]).await;
    let session = server.sign_in("an").await;
    let seen = "select extract(epoch from now() - last_seen_at)::integer from sessions";
    for (age, after) in [("30 s", 30), ("90 s", 0)] {
        server.execute(&format!("update sessions set last_seen_at = now() - interval '{age}'")).await;
        session.get("/auth/me").await.ok();
        let age = server.query(seen).await.as_i64().unwrap();
        assert!((after..after + 5).contains(&age), "{age}");
    }
}

#[actix_web::test]
async fn answers_to_a_session_are_private() {
    let server = Server::new().await;
    server.person("an", &[]).await;
    let answer = server.sign_in("an").await.get("/collections").await;
    assert_eq!(answer.header("cache-control").unwrap(), "private, no-cache");
    let varies = answer.headers.get_all("vary").map(|value| value.to_str().unwrap().to_owned());
    assert!(varies.collect::<Vec<_>>().join(", ").contains("cookie"));
}

#[actix_web::test]
async fn a_token_takes_precedence_over_the_cookie() {
    let server = Server::new().await;
    server.person("an", &[]).await;
    let session = server.sign_in("an").await;
    let answer = server.administrator().send(Method::GET, "/auth/me", &[("Cookie", &session.cookie)], None).await.ok();
    assert_eq!((&answer["credential"], &answer["account"]["username"]), (&json!("token"), &json!("console")));
}

#[actix_web::test]
async fn changing_a_password_needs_the_old_one_and_ends_other_sessions() {
    let server = Server::new().await;
    server.person("nguyenvana", &[]).await;
    let (here, there) = (server.sign_in("nguyenvana").await, server.sign_in("nguyenvana").await);
    let change = async |old: &str, new: &str| {
        here.post("/auth/password", json!({"old_password": old, "new_password": new})).await.summary()
    };
    assert_eq!(change("wrong", NEW).await, "422 auth.failed /old_password");
    assert_eq!(change(PASSWORD, "short").await, "422 password.length /new_password");
    assert_eq!(change(PASSWORD, "nguyenvana kê tủ lạnh").await, "422 password.personal /new_password");
    assert_eq!(change(PASSWORD, "password123456").await, "422 password.common /new_password");
    assert_eq!(change(PASSWORD, NEW).await, "204");
    assert_eq!(here.get("/auth/me").await.status, 200);
    assert_eq!(there.get("/auth/me").await.status, 401);
    assert_eq!(log_in(&server, "nguyenvana", PASSWORD).await.status, 401);
    log_in(&server, "nguyenvana", NEW).await.ok();
}

#[actix_web::test]
async fn a_link_sets_a_password_once_within_a_day() {
    let server = Server::new().await;
    let user = json!(server.person("an", &[]).await);
    let session = server.sign_in("an").await;
    let set = async |token: &str, password: &str| {
        server.anonymous().post_json("/auth/setup", json!({"token": token, "password": password})).await.summary()
    };
    let (first, second) = (server.link_of(&user).await, server.link_of(&user).await);
    assert_eq!(set(&first, NEW).await, "422 auth.link /token", "a new link ends the one before");
    assert_eq!(set(&second, "short").await, "422 password.length /password");
    assert_eq!(set(&second, NEW).await, "200");
    assert_eq!(set(&second, NEW).await, "422 auth.link /token");
    assert_eq!(session.get("/auth/me").await.status, 401);
    log_in(&server, "an", NEW).await.ok();
    let late = server.link_of(&user).await;
    server.execute("update password_links set expires_at = now()").await;
    assert_eq!(set(&late, NEW).await, "422 auth.link /token");
}

#[actix_web::test]
async fn the_first_start_makes_an_administrator_without_a_password() {
    use hatang::accounts::first_link::first_link;
    let server = Server::new().await;
    let mut conn = server.connection().await;
    let missed = first_link(&mut conn).await.unwrap().expect("a link");
    let link = first_link(&mut conn).await.unwrap().expect("a new one, as long as nobody has a password");
    let set = async |token: &str| {
        server.anonymous().post_json("/auth/setup", json!({"token": token, "password": PASSWORD})).await.status.as_u16()
    };
    assert_eq!((set(&missed).await, set(&link).await), (422, 200));
    assert!(first_link(&mut conn).await.unwrap().is_none());
    let me = server.sign_in("admin").await.get("/auth/me").await.ok();
    assert_eq!((&me["administers"], &me["grants"][0]["role"]), (&json!(true), &json!("administrator")));
}

#[actix_web::test]
async fn the_pages_run_their_own_scripts_only() {
    let server = Server::new().await;
    for path in ["//login", "//setup"] {
        let policy = server.anonymous().get(path).await.header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'self'; style-src 'self'") && !policy.contains("unsafe"), "{policy}");
    }
}
