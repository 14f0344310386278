//! Requests of attackers, and the security headers that browsers get.

use actix_web::http::Method;
use serde_json::json;

use crate::common::{Answer, Server, tower};

const TOWERS: &str = "/collections/towers/items";

async fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    server.anonymous().send(Method::GET, path, headers, None).await
}

#[actix_web::test]
async fn every_answer_has_the_security_headers() {
    let server = Server::new().await;
    let admin = server.administrator();
    for answer in [
        get(&server, "", &[]).await,
        get(&server, "//nowhere", &[]).await,
        get(&server, "//healthz", &[]).await,
        get(&server, TOWERS, &[("Host", "a b")]).await,
        admin.post(TOWERS, json!({})).await,
        admin.send(Method::DELETE, "/changes", &[], None).await,
        admin.send(Method::OPTIONS, TOWERS, &[], None).await,
    ] {
        for (name, value) in [
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name).as_deref(), Some(value), "{answer:?}");
        }
        assert!(answer.header("permissions-policy").is_some());
        assert!(answer.header("strict-transport-security").is_none());
    }
    for path in ["//", "/docs"] {
        let policy = get(&server, path, &[]).await.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}

#[actix_web::test]
async fn other_sites_may_show_public_data_only() {
    let server = Server::new().await;
    let policy = async |caller: crate::common::Caller<'_>, path: &str, headers: &[(&str, &str)]| {
        let answer = caller.send(Method::GET, path, headers, None).await;
        (answer.header("cross-origin-resource-policy").unwrap(), answer.header("cache-control").unwrap())
    };
    let (open, closed) = ("cross-origin".to_owned(), "same-origin".to_owned());
    let shared = "public, max-age=10, stale-while-revalidate=60";
    assert_eq!(policy(server.anonymous(), TOWERS, &[]).await, (open, shared.into()));
    assert_eq!(policy(server.administrator(), TOWERS, &[]).await, (closed.clone(), "private, no-cache".into()));
    let cookie = [("Cookie", "a=b; hatang_session=c")];
    assert_eq!(policy(server.anonymous(), TOWERS, &cookie).await, (closed.clone(), "private, no-cache".into()));
    assert_eq!(policy(server.anonymous(), "//", &[]).await.0, closed);
}

#[actix_web::test]
async fn browsers_are_held_to_https_where_there_is_https() {
    let public = async |url: &str| Server::with_limits(|limits| limits.public_url = Some(url.into())).await;
    let hsts = async |server: &Server, headers: &[(&str, &str)]| {
        get(server, "//healthz", headers).await.header("strict-transport-security")
    };
    assert!(hsts(&public("https://hatang.example").await, &[]).await.is_some());
    assert!(hsts(&public("http://hatang.example").await, &[("X-Forwarded-Proto", "https")]).await.is_none());
    let behind_proxy = Server::with_limits(|limits| limits.trust_proxy = true).await;
    assert!(hsts(&behind_proxy, &[("X-Forwarded-Proto", "https")]).await.is_some());
    assert!(hsts(&behind_proxy, &[("X-Forwarded-Proto", "https, http")]).await.is_none());
}

#[actix_web::test]
async fn address_over_its_rate_limit_waits_and_others_do_not() {
    let server = Server::with_limits(|limits| {
        limits.trust_proxy = true;
        limits.rates.address_reads_per_minute = 3;
        limits.rates.address_writes_per_minute = 1;
    })
    .await;
    let from = async |address: &str| get(&server, "", &[("X-Forwarded-For", address)]).await;
    for _ in 0..3 {
        assert_eq!(from("203.0.113.1").await.status, 200);
    }
    let refused = from("203.0.113.1").await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (429, &json!("rate.exceeded")));
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=21).contains(&wait), "{wait}");
    assert_eq!(refused.header("ratelimit-limit").as_deref(), Some("3"));
    // Only the last hop counts, which the proxy added. The client may have made up the others.
    assert_eq!(from("198.51.100.9, 203.0.113.1").await.status, 429);
    assert_eq!(from("203.0.113.1, 203.0.113.2").await.status, 200);
    // IPv6 addresses are counted by network.
    for host in 1..=3 {
        assert_eq!(from(&format!("2001:db8:0:1::{host}")).await.status, 200);
    }
    assert_eq!(from("2001:db8:0:1:ffff::4").await.status, 429);
    assert_eq!(from("2001:db8:0:2::1").await.status, 200);
    for path in ["//healthz", "//readyz"] {
        assert_eq!(get(&server, path, &[("X-Forwarded-For", "203.0.113.1")]).await.status, 200);
    }
    let write = async || {
        let headers = [("X-Forwarded-For", "203.0.113.7")];
        server.administrator().send(Method::POST, TOWERS, &headers, Some(tower(json!({})))).await.status
    };
    assert_eq!((write().await.as_u16(), write().await.as_u16()), (201, 429));
}

#[actix_web::test]
async fn credential_is_counted_across_addresses() {
    let server = Server::with_limits(|limits| {
        limits.trust_proxy = true;
        limits.rates.credential_reads_per_minute = 2;
    })
    .await;
    for (host, status) in [(1, 200), (2, 200), (3, 429)] {
        let address = format!("203.0.113.{host}");
        let answer = server.administrator().send(Method::GET, "", &[("X-Forwarded-For", &address)], None).await;
        assert_eq!(answer.status.as_u16(), status, "{host}");
    }
    assert_eq!(get(&server, "", &[("X-Forwarded-For", "203.0.113.1")]).await.status, 200);
}

#[actix_web::test]
async fn account_is_counted_across_its_credentials() {
    let server = Server::with_limits(|limits| {
        limits.trust_proxy = true;
        limits.rates.credential_reads_per_minute = 3;
    })
    .await;
    server.person("lan", &[json!({"role": "viewer"})]).await;
    let (first, second) = (server.sign_in("lan").await, server.sign_in("lan").await);
    for (session, status) in [(&first, 200), (&second, 200), (&first, 200), (&second, 429)] {
        assert_eq!(session.get("/auth/me").await.status.as_u16(), status);
    }
}

#[actix_web::test]
async fn password_attempts_are_limited_however_the_path_is_spelled() {
    let server = Server::with_limits(|limits| {
        limits.trust_proxy = true;
        limits.rates.sign_ins_per_minute = 2;
    })
    .await;
    let mut statuses = Vec::new();
    for path in ["/auth/login", "/auth/%6cogin", "/auth/login/", "//api//v1/auth/login", "//api/v1/%61uth/login?x=1"] {
        let headers = [("X-Forwarded-For", "203.0.113.1")];
        let body = json!({"username": "an", "password": "wrong"});
        statuses.push(server.anonymous().send(Method::POST, path, &headers, Some(body)).await.status.as_u16());
    }
    assert!(statuses[..2].iter().all(|status| *status != 429), "{statuses:?}");
    assert_eq!(statuses[2..], [429, 429, 429]);
}

#[actix_web::test]
async fn address_that_guesses_tokens_is_shut_out() {
    let server = Server::with_limits(|limits| {
        limits.trust_proxy = true;
        limits.rates.failures_per_minute = 3;
    })
    .await;
    let guess = async |secret: &str, address: &str| {
        let caller = server.holder(secret);
        caller.send(Method::GET, TOWERS, &[("X-Forwarded-For", address)], None).await.status.as_u16()
    };
    for _ in 0..10 {
        assert_eq!(guess("old", "203.0.113.1").await, 401, "one that is repeated is no guess");
    }
    for n in 0..3 {
        assert_eq!(guess(&format!("guess {n}"), "203.0.113.1").await, 401);
    }
    assert_eq!(guess("another", "203.0.113.1").await, 429);
    assert_eq!(guess("another", "203.0.113.2").await, 401);
    assert_eq!(get(&server, TOWERS, &[("X-Forwarded-For", "203.0.113.1")]).await.status, 200);
}

#[actix_web::test]
async fn deeply_nested_json_is_refused() {
    let server = Server::new().await;
    let admin = server.administrator();
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    for body in [
        deep("[", "]"),
        deep("{\"a\":", "}"),
        format!("{{\"type\":\"Feature\",\"geometry\":null,\"properties\":{{\"name\":{}}}}}", deep("[", "]")),
        format!("{{\"type\":\"Feature\",\"geometry\":{{\"type\":\"Point\",\"coordinates\":{}}}}}", deep("[", "]")),
        "[".repeat(500_000),
    ] {
        let answer = admin.send_bytes(Method::POST, TOWERS, &[], Some(body.into_bytes())).await;
        assert_eq!(answer.status, 422, "{answer:?}");
    }
}

#[actix_web::test]
async fn too_long_paths_and_headers_are_refused() {
    let server = Server::new().await;
    let long = "x".repeat(17_000);
    assert_eq!(get(&server, &format!("{TOWERS}?q={long}"), &[]).await.json()["code"], "request.too_long");
    assert_eq!(get(&server, TOWERS, &[("X-A", &long), ("X-B", &long)]).await.json()["code"], "request.headers_too_large");
    assert_eq!(get(&server, TOWERS, &[("X-A", &long)]).await.status, 200);
}

#[actix_web::test]
async fn request_over_its_time_limit_is_stopped() {
    let server = Server::with_limits(|limits| limits.request_timeout_s = 0).await;
    let answer = get(&server, TOWERS, &[("Origin", "https://map.example")]).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (504, &json!("timeout")));
    for name in ["x-request-id", "content-security-policy", "access-control-allow-origin"] {
        assert!(answer.header(name).is_some(), "{name}");
    }
}

#[actix_web::test]
async fn without_a_free_connection_the_client_is_told_when_to_retry() {
    let server = Server::new().await;
    let mut held = Vec::new();
    for _ in 0..4 {
        held.push(server.state.store.connection().await.expect("a connection"));
    }
    let answer = server.administrator().get(TOWERS).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after").as_deref()), (503, Some("1")));
    assert_eq!(get(&server, TOWERS, &[]).await.status, 200, "anonymous callers have connections of their own");
    drop(held);
    assert_eq!(server.administrator().get(TOWERS).await.status, 200);
}

#[actix_web::test]
async fn malformed_hosts_are_refused() {
    let server = Server::with_limits(|limits| limits.trust_proxy = true).await;
    for (name, value) in [
        ("Host", ""),
        ("Host", "evil.example/path"),
        ("Host", "user@evil.example"),
        ("Host", "a:b"),
        ("Host", "\"><script>"),
        ("X-Forwarded-Host", "evil.example/path?"),
        ("X-Forwarded-Host", "good.example, <b>"),
        ("X-Forwarded-Proto", "javascript"),
        ("Forwarded", "for=203.0.113.1;host=\"a b\""),
    ] {
        let answer = get(&server, "", &[(name, value)]).await;
        assert_eq!(answer.codes(), ["header.invalid"], "{name}: {value}");
        assert!(!answer.json().to_string().contains("evil"), "it is not repeated");
    }
}

#[actix_web::test]
async fn links_use_the_host_of_the_nearest_proxy_and_caches_vary_by_it() {
    let server = Server::with_limits(|limits| limits.trust_proxy = true).await;
    let headers = [("X-Forwarded-Host", "evil.example, good.example"), ("X-Forwarded-Proto", "http, https")];
    let answer = get(&server, "", &headers).await;
    let varies: Vec<_> = answer.headers.get_all("vary").map(|value| value.to_str().unwrap().to_owned()).collect();
    assert!(varies.join(", ").contains("host, x-forwarded-host, x-forwarded-proto"), "{varies:?}");
    assert_eq!(answer.json()["links"][0]["href"], "https://good.example/api/v1");

    let untrusting = Server::new().await;
    let answer = get(&untrusting, "", &headers).await;
    assert_eq!(answer.json()["links"][0]["href"], "http://hatang.test/api/v1");

    let fixed = Server::with_limits(|limits| limits.public_url = Some("https://hatang.example".into())).await;
    let answer = get(&fixed, "", &[("Host", "evil.example")]).await;
    assert_eq!(answer.json()["links"][0]["href"], "https://hatang.example/api/v1");
    assert!(!String::from_utf8_lossy(&answer.body).contains("evil"));
}

#[actix_web::test]
async fn only_the_request_line_sets_the_method() {
    let server = Server::new().await;
    let admin = server.administrator();
    let id = admin.post(TOWERS, tower(json!({}))).await.ok()["id"].clone();
    let one = format!("{TOWERS}/{id}");
    for name in ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"] {
        let headers = [(name, "DELETE"), ("If-Match", "\"1\"")];
        assert_eq!(admin.send(Method::GET, &one, &headers, None).await.status, 200);
        assert_eq!(admin.send(Method::POST, &one, &headers, None).await.status, 405);
    }
    assert_eq!(admin.get(&format!("{one}?_method=DELETE")).await.status, 400);
    assert_eq!(admin.get(&one).await.status, 200);
}

#[actix_web::test]
async fn paths_of_the_page_cannot_leave_its_files() {
    let server = Server::new().await;
    for path in [
        "//assets/../config.json",
        "//assets/..%2fconfig.json",
        "//assets/%2e%2e/%2e%2e/etc/passwd",
        "//assets/..%5c..%5cetc%5cpasswd",
        "//assets/%00",
        "//..%2f..%2fetc/passwd",
        "//index.html%00.js",
    ] {
        let answer = get(&server, path, &[]).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}
