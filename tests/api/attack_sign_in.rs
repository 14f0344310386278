//! Attacks on signing in: guesses that lock the owner out, wrong tokens of a neighbour, cookies planted by other hosts.

use actix_web::http::Method;
use serde_json::json;

use crate::common::{Answer, PASSWORD, Server};

async fn log_in(server: &Server, password: &str, cookie: Option<&str>) -> Answer {
    let mut headers = vec![("Content-Type", "application/json")];
    headers.extend(cookie.map(|cookie| ("Cookie", cookie)));
    let body = json!({"username": "lan", "password": password});
    server.anonymous().send(Method::POST, "/auth/login", &headers, Some(body)).await
}

#[actix_web::test]
async fn guesses_from_elsewhere_do_not_lock_a_known_device_out() {
    let server = Server::new().await;
    server.person("lan", &[]).await;
    let first = log_in(&server, PASSWORD, None).await;
    let device = first.cookies().into_iter().find(|cookie| cookie.starts_with("hatang_device=")).unwrap();
    assert!(device.contains("HttpOnly") && device.contains("Max-Age=31536000"), "{device}");
    let device = device.split(';').next().unwrap().to_owned();
    for _ in 0..6 {
        assert_eq!(log_in(&server, "wrong", None).await.status, 401);
    }
    let locks = server.query("select locked_until is not null from accounts where username = 'lan'").await;
    assert_eq!(locks, json!(true));
    server.execute("update accounts set locked_until = now() + interval '50 seconds' where username = 'lan'").await;
    assert_eq!(log_in(&server, PASSWORD, None).await.status, 401, "the account is locked for others");
    assert_eq!(log_in(&server, PASSWORD, Some(&device)).await.status, 200);
    assert_eq!(log_in(&server, PASSWORD, Some("hatang_device=guessed")).await.status, 401);
    // Guesses on the device count, too.
    for _ in 0..6 {
        assert_eq!(log_in(&server, "wrong", Some(&device)).await.status, 401);
    }
    server.execute("update devices set locked_until = now() + interval '50 seconds' where locked_until is not null").await;
    assert_eq!(log_in(&server, PASSWORD, Some(&device)).await.status, 401);
    // The cookie of one account is no device of another.
    server.person("minh", &[]).await;
    let body = json!({"username": "minh", "password": PASSWORD});
    let headers = [("Cookie", device.as_str()), ("Content-Type", "application/json")];
    let minh = server.anonymous().send(Method::POST, "/auth/login", &headers, Some(body)).await;
    assert!(minh.cookies().iter().any(|cookie| cookie.starts_with("hatang_device=")));
}

#[actix_web::test]
async fn a_lock_ends_within_a_minute_of_any_clock() {
    let server = Server::new().await;
    server.person("lan", &[]).await;
    server.execute("update accounts set failed_logins = 9, locked_until = now() + interval '50 seconds'").await;
    assert_eq!(log_in(&server, PASSWORD, None).await.status, 401);
    // As if it had been made before the clock was set back a day.
    server.execute("update accounts set locked_until = now() + interval '1 day'").await;
    assert_eq!(log_in(&server, PASSWORD, None).await.status, 200);
}

#[actix_web::test]
async fn wrong_tokens_of_a_neighbour_do_not_shut_out_good_ones() {
    let server = Server::with_limits(|limits| {
        limits.trust_proxy = true;
        limits.rates.failures_per_minute = 3;
    })
    .await;
    server.person("lan", &[]).await;
    let office = ("X-Forwarded-For", "203.0.113.1");
    for n in 0..10 {
        let wrong = format!("wrong {n}");
        let answer = server.holder(&wrong).send(Method::GET, "/auth/me", &[office], None).await;
        assert_eq!(answer.status.as_u16(), if n < 4 { 401 } else { 429 }, "{n}");
    }
    let good = server.administrator().send(Method::GET, "/auth/me", &[office], None).await;
    assert_eq!(good.status, 200);
    let (json, body) = (("Content-Type", "application/json"), json!({"username": "lan", "password": PASSWORD}));
    let password = server.anonymous().send(Method::POST, "/auth/login", &[office, json], Some(body)).await;
    assert_eq!(password.status, 200);
}

#[actix_web::test]
async fn over_tls_cookies_belong_to_the_host() {
    let server = Server::with_limits(|limits| limits.trust_proxy = true).await;
    server.person("lan", &[]).await;
    let body = json!({"username": "lan", "password": PASSWORD});
    let https = ("X-Forwarded-Proto", "https");
    let headers = [https, ("Content-Type", "application/json")];
    let answer = server.anonymous().send(Method::POST, "/auth/login", &headers, Some(body)).await;
    let cookies = answer.cookies();
    for name in ["__Host-hatang_session=", "__Host-hatang_device="] {
        let cookie = cookies.iter().find(|cookie| cookie.starts_with(name)).unwrap();
        assert!(cookie.contains("Secure") && cookie.contains("Path=/") && !cookie.contains("Domain"), "{cookie}");
    }
    let session = cookies.iter().find(|cookie| cookie.contains("session")).unwrap().split(';').next().unwrap().to_owned();
    let me = async |cookie: &str| {
        let headers = [https, ("Cookie", cookie)];
        server.anonymous().send(Method::GET, "/auth/me", &headers, None).await.status.as_u16()
    };
    assert_eq!(me(&session).await, 200);
    assert_eq!(me(session.strip_prefix("__Host-").unwrap()).await, 401, "another host can plant this one");
}

#[actix_web::test]
async fn a_grant_that_ends_is_not_the_last_administrator() {
    let server = Server::new().await;
    let lan = server.person("lan", &[json!({"role": "administrator"})]).await;
    server.person("tam", &[json!({"role": "administrator", "expires_on": "2999-01-01"})]).await;
    let answer = server
        .administrator()
        .send(Method::PATCH, &format!("/users/{lan}"), &[("Content-Type", "application/json")], Some(json!({"disabled": true})))
        .await;
    assert_eq!(answer.codes(), ["user.last_administrator"]);
}

#[actix_web::test]
async fn a_rotated_token_lives_on_for_an_hour() {
    let server = Server::new().await;
    server.person("lan", &[json!({"role": "viewer"})]).await;
    let lan = server.sign_in("lan").await;
    let made = lan.post("/tokens", json!({"name": "lists", "days": 10})).await.ok();
    let (old, rotation) = (made["token"].as_str().unwrap(), format!("/tokens/{}/rotation", made["id"]));
    // The token rotates itself, but does not lengthen its life.
    let longer = json!({"days": 300});
    assert_eq!(server.holder(old).post_json(&rotation, longer.clone()).await.status, 403);
    let rotated = server.holder(old).post_json(&rotation, json!({})).await.ok();
    let new = rotated["token"].as_str().unwrap();
    assert_eq!(rotated["expires_at"], made["expires_at"]);
    let is_good = async |secret: &str| server.holder(secret).get("/auth/me").await.status == 200;
    assert!(new != old && is_good(new).await && is_good(old).await);
    server.execute("update tokens set old_until = now() where old_until is not null").await;
    assert!(is_good(new).await && !is_good(old).await);
    let longer = lan.post(&rotation, longer).await.ok();
    assert_ne!(longer["expires_at"], made["expires_at"]);
    assert_eq!(server.holder(new).post_json("/tokens/1/rotation", json!({})).await.status, 403, "another token");
    let events = server.query("select count(*) from audit where action = 'token.rotate'").await;
    assert_eq!(events, json!(2));
}

#[actix_web::test]
async fn what_nobody_takes_is_refused() {
    let server = Server::new().await;
    let lan = server.person("lan", &[json!({"role": "viewer"})]).await;
    let session = server.sign_in("lan").await;
    let admin = server.administrator();
    for path in [format!("/users/{lan}?x=1"), format!("/users/{lan}/grants?x=1"), "/auth/me?x=1".into()] {
        assert_eq!(admin.get(&path).await.status, 400, "{path}");
    }
    assert_eq!(session.get("/auth/sessions?x=1").await.status, 400);
    for path in [format!("/users/{lan}/unlock"), format!("/users/{lan}/password-link")] {
        assert_eq!(admin.post_json(&format!("{path}?x=1"), json!({})).await.status, 400, "{path}");
        assert_eq!(admin.post_json(&path, json!({"x": 1})).await.status, 422, "{path}");
    }
    assert_eq!(admin.post_json("/users?x=1", json!({"username": "minh"})).await.status, 400);
    assert_eq!(session.post("/auth/logout", json!({"x": 1})).await.status, 422);
    assert_eq!(session.post("/auth/logout", json!({})).await.status, 204);
}
