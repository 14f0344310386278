//! What caches and clients may keep: every operation that reads, anonymous and signed in.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Answer, Caller, Server, tower};
use crate::permissions::{Operation, address, operations};

const TOWERS: &str = "/collections/towers/items";

/// The names in `Vary`, which is one header.
fn varies(answer: &Answer) -> Vec<String> {
    let mut values = answer.headers.get_all("vary");
    let names = values.next().map_or("", |value| value.to_str().unwrap());
    assert!(values.next().is_none(), "several Vary headers");
    names.split(", ").map(str::to_owned).collect()
}

/// Operations whose answer has nothing of its caller.
const SAME_FOR_ALL: [&str; 10] = [
    "show_landing",
    "show_conformance",
    "show_openapi",
    "show_docs",
    "list_definitions",
    "show_statement_template",
    "show_style",
    "show_glyphs",
    "list_tile_matrix_sets",
    "find_tile_matrix_set",
];

/// Operations whose answer has no links, so that it does not depend on the host.
const WITHOUT_LINKS: [&str; 5] =
    ["show_conformance", "show_docs", "list_definitions", "show_template", "show_statement_template"];

/// Workbooks have the time at which they were made.
const TIMED: [&str; 3] = ["show_template", "show_statement_template", "show_workbook"];

#[actix_web::test]
async fn every_read_says_who_may_keep_it_and_is_304_when_nothing_changed() {
    let server = Server::with_demo().await;
    // The last use of a token is recorded from time to time.
    server.execute("update tokens set last_used_at = '9999-12-31'").await;
    // A stream is not kept, nor is what somebody types: it may be the place of a hidden camera.
    let unkept = ["stream_changes", "find_place"];
    let reads = |operation: &Operation| operation.method == Method::GET && !unkept.contains(&operation.id.as_str());
    let mut walked = (0, 0);
    for operation in operations().into_iter().filter(reads) {
        let Operation { id, .. } = &operation;
        let path = address(&server, &operation).await.replace("{user}", "1");
        let mut pairs: Vec<(&str, Caller<'_>)> = vec![("signed in", server.administrator())];
        if operation.described["security"].as_array().unwrap().contains(&json!({})) {
            pairs.push(("anonymous", server.anonymous()));
        }
        for (who, caller) in pairs {
            let answer = caller.get(&path).await;
            if answer.status == 403 {
                // A session is needed.
                continue;
            }
            // A tile may have nothing in it.
            assert!([200, 204].contains(&answer.status.as_u16()), "{who} {id} {path}: {}", answer.summary());
            walked = if caller.is_anonymous() { (walked.0 + 1, walked.1) } else { (walked.0, walked.1 + 1) };
            let control = answer.header("cache-control").unwrap();
            if control == "no-store" && !caller.is_anonymous() {
                // What is about the account itself is kept nowhere.
                continue;
            }
            let expected = match (caller.is_anonymous(), id.as_str()) {
                (_, "show_glyphs") => "public, max-age=604800",
                (false, _) => "private, no-cache",
                (true, "list_changes" | "find_tile" | "find_collection_tile") => "public, no-cache",
                (true, _) => "public, max-age=10, stale-while-revalidate=60",
            };
            assert_eq!(control, expected, "{who} {id}");
            assert_eq!(answer.header("access-control-allow-origin").as_deref(), Some("*"), "{who} {id}");
            let names = varies(&answer);
            assert!(!names.contains(&"origin".to_owned()), "{id}: {names:?}");
            assert!(names.contains(&"accept-encoding".to_owned()), "{id}: {names:?}");
            let depends = |name: &str| names.iter().any(|known| known == name);
            assert_eq!(depends("authorization"), !SAME_FOR_ALL.contains(&id.as_str()), "{id}: {names:?}");
            assert_eq!(depends("cookie"), depends("authorization"), "{id}: {names:?}");
            assert!(!depends("host") || !WITHOUT_LINKS.contains(&id.as_str()), "{id}: {names:?}");

            let tag = answer.etag();
            let is_timed = TIMED.iter().any(|name| id.starts_with(name));
            if is_timed {
                continue;
            }
            let again = caller.send(Method::GET, &path, &[("If-None-Match", tag.as_str())], None).await;
            assert_eq!((again.status.as_u16(), again.body.len(), again.etag()), (304, 0, tag), "{who} {id} {path}");
            assert_eq!(again.header("cache-control").unwrap(), expected, "{who} {id}");
            assert_eq!(varies(&again), names, "{who} {id}");
        }
    }
    assert!(walked.0 > 60 && walked.1 > 70, "{walked:?}");
}

#[actix_web::test]
async fn a_tag_is_of_one_view_one_language_and_one_state() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let id = admin.post(TOWERS, tower(json!({}))).await.ok()["id"].clone();
    let west = server.account("west", &[json!({"role": "editor", "unit": "00001@2026-01-01"})]).await;
    let path = "/collections/towers";
    let in_language = async |caller: Caller<'_>, language: &str| {
        caller.send(Method::GET, path, &[("Accept-Language", language)], None).await.etag()
    };
    let mut tags = Vec::new();
    for caller in [server.anonymous(), admin, server.holder(&west)] {
        for language in ["vi", "en"] {
            tags.push(in_language(caller, language).await);
        }
    }
    let before = tags.clone();
    tags.sort_unstable();
    tags.dedup();
    assert_eq!(tags.len(), 6, "{before:?}");
    admin.patch(&format!("{TOWERS}/{id}"), "*", json!({"properties": {"height_m": 40}})).await.ok();
    assert_ne!(in_language(admin, "en").await, before[3]);
    assert_ne!(in_language(server.anonymous(), "en").await, before[1]);
}

#[actix_web::test]
async fn links_do_not_depend_on_the_host_where_the_address_is_configured() {
    let server = Server::with_limits(|limits| limits.public_url = Some("https://hatang.example".into())).await;
    for path in ["", "/collections", TOWERS, "/openapi.json"] {
        let names = varies(&server.anonymous().get(path).await);
        assert!(!names.contains(&"host".to_owned()), "{path}: {names:?}");
    }
    let names = varies(&Server::new().await.anonymous().get("").await);
    assert!(names.contains(&"host".to_owned()), "{names:?}");
}

#[actix_web::test]
async fn what_no_client_accepts_is_406() {
    let server = Server::new().await;
    let ask = async |path: &str, headers: &[(&str, &str)]| server.anonymous().send(Method::GET, path, headers, None).await;
    for (path, accept, status) in [
        (TOWERS, "text/csv;q=0, application/geo+json;q=0.1", 200),
        (TOWERS, "image/png", 406),
        (TOWERS, "*/*;q=0", 406),
        ("/collections", "application/geo+json", 200),
        ("/collections", "text/csv", 406),
        ("/collections?f=json", "text/csv", 200),
        ("/stats/definitions", "application/json;q=0", 406),
        ("/openapi.json", "application/vnd.oai.openapi+json;version=3.0", 200),
        ("/docs", "text/html,*/*;q=0.8", 200),
    ] {
        let answer = ask(path, &[("Accept", accept)]).await;
        assert_eq!(answer.status, status, "{path} {accept}");
        if status == 406 {
            let problem = (answer.header("content-type").unwrap(), answer.json()["code"].clone());
            assert_eq!(problem, ("application/problem+json".into(), json!("format.not_acceptable")), "{path}");
        }
    }
    let csv = ask(TOWERS, &[("Accept", "application/geo+json;q=0.5, text/csv;q=0.6")]).await;
    assert!(csv.header("content-type").unwrap().starts_with("text/csv"));
    // A write is never refused for it.
    let written = server.administrator().send(Method::POST, TOWERS, &[("Accept", "image/png")], Some(tower(json!({})))).await;
    assert_eq!(written.status, 201);
    for wanted in ["identity;q=0", "foo;q=1, *;q=0"] {
        let refused = ask("/collections", &[("Accept-Encoding", wanted)]).await;
        assert_eq!(refused.summary(), "406", "{wanted}");
    }
}

#[actix_web::test]
async fn pages_and_files_come_in_zstd_brotli_and_gzip() {
    let server = Server::with_demo().await;
    for (wanted, coding, magic) in [
        ("gzip, deflate, br, zstd", "zstd", Some(&[0x28, 0xb5, 0x2f, 0xfd][..])),
        ("gzip, br", "br", None),
        ("gzip", "gzip", Some(&[0x1f, 0x8b][..])),
        ("identity;q=0, gzip;q=0.1", "gzip", Some(&[0x1f, 0x8b][..])),
    ] {
        for path in ["/collections/cameras/items", "/collections/cameras/items?f=csv", "/openapi.json"] {
            let plain = server.anonymous().get(path).await;
            let answer = server.anonymous().send(Method::GET, path, &[("Accept-Encoding", wanted)], None).await;
            assert_eq!(answer.header("content-encoding").as_deref(), Some(coding), "{path}");
            assert!(answer.body.len() * 3 < plain.body.len(), "{path}: {} of {}", answer.body.len(), plain.body.len());
            assert!(magic.is_none_or(|magic| answer.body.starts_with(magic)), "{path} {coding}");
            assert_eq!(varies(&answer), varies(&plain), "{path}");
        }
    }
}

#[actix_web::test]
async fn parameters_that_are_not_encoded_properly_are_named() {
    let server = Server::new().await;
    for (query, summary) in [
        ("q=%ff%fe", "400 parameter.invalid q"),
        ("limit=1&code=%E1%BB", "400 parameter.invalid code"),
        ("q=50%", "400 parameter.invalid q"),
    ] {
        assert_eq!(server.anonymous().get(&format!("{TOWERS}?{query}")).await.summary(), summary);
    }
    let long: Value = server.anonymous().get(&format!("{TOWERS}/{}", "1".repeat(17_000))).await.json();
    assert_eq!(long["code"], "request.too_long");
}
