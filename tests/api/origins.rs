//! Which pages of other origins may read and write.

use actix_web::http::Method;
use serde_json::json;

use crate::common::{Answer, Server, tower};

const TOWERS: &str = "/collections/towers/items";

fn preflight<'a>(origin: &'a str, method: &'a str) -> [(&'a str, &'a str); 3] {
    [
        ("Origin", origin),
        ("Access-Control-Request-Method", method),
        ("Access-Control-Request-Headers", "authorization,content-type,if-match"),
    ]
}

fn allowed(answer: &Answer, method: &str) -> bool {
    let list = |name| answer.header(name).unwrap_or_default();
    !list("access-control-allow-origin").is_empty()
        && list("access-control-allow-methods").split(',').any(|allowed| allowed.trim() == method)
}

#[actix_web::test]
async fn any_origin_may_read_and_configured_origins_may_write() {
    let server = Server::new().await;
    let read = server.anonymous().send(Method::GET, TOWERS, &[("Origin", "https://anyone.example")], None).await;
    assert_eq!(read.header("access-control-allow-origin").as_deref(), Some("*"));
    let exposed = read.header("access-control-expose-headers").unwrap().to_lowercase();
    for name in ["etag", "location", "link", "content-crs", "retry-after", "x-request-id", "content-disposition"] {
        assert!(exposed.contains(name), "{exposed}");
    }
    // Errors and 304 can be read as well.
    let tag = read.etag();
    for (path, tag, status) in [(TOWERS, tag.as_str(), 304), ("/collections/nope", "", 404), ("/stats?foo=1", "", 400)] {
        let headers = [("Origin", "https://anyone.example"), ("If-None-Match", tag)];
        let answer = server.anonymous().send(Method::GET, path, &headers, None).await;
        let origin = answer.header("access-control-allow-origin");
        assert_eq!((answer.status.as_u16(), origin.as_deref()), (status, Some("*")));
        assert!(answer.header("access-control-expose-headers").is_some(), "{path}");
    }
    let named = "authorization,if-none-match,accept-language,range,x-any";
    let asked = [
        ("Origin", "https://anyone.example"),
        ("Access-Control-Request-Method", "GET"),
        ("Access-Control-Request-Headers", named),
    ];
    let allowed_headers = server.anonymous().send(Method::OPTIONS, TOWERS, &asked, None).await;
    let allowed_headers = allowed_headers.header("access-control-allow-headers").unwrap().to_lowercase();
    for name in named.split(',') {
        assert!(allowed_headers.contains(name), "{allowed_headers}");
    }
    let ask = async |origin: &str, method: &str| {
        server.anonymous().send(Method::OPTIONS, TOWERS, &preflight(origin, method), None).await
    };
    assert!(allowed(&ask("https://anyone.example", "GET").await, "GET"));
    assert!(allowed(&ask("https://console.example", "POST").await, "POST"));
    assert!(!allowed(&ask("https://anyone.example", "POST").await, "POST"));
    // A browser remembers what a preflight allows, so one for reading must not allow writing.
    assert!(!allowed(&ask("https://anyone.example", "GET").await, "POST"));

    let written = [("Origin", "https://anyone.example")];
    let posted = server.administrator().send(Method::POST, TOWERS, &written, Some(tower(json!({})))).await;
    assert_eq!(posted.header("access-control-allow-origin"), None);
}
