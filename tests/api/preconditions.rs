//! Tags of versions in `If-Match` and `If-None-Match`.

use actix_web::http::Method;
use serde_json::json;

use super::writes::one_tower;
use crate::common::Server;

#[actix_web::test]
async fn stale_tags_fail_and_the_star_matches() {
    let server = Server::new().await;
    let path = one_tower(&server, json!({})).await;
    let admin = server.administrator();
    let patch = async |tag: &str, height_m: i32| {
        admin.patch(&path, tag, json!({"properties": {"height_m": height_m}})).await.status.as_u16()
    };
    assert_eq!(patch("\"2\"", 1).await, 412);
    assert_eq!(patch("1", 1).await, 412);
    assert_eq!(patch("", 1).await, 412);
    assert_eq!(patch("W/\"3\", \"2\"", 1).await, 412);
    assert_eq!(patch("W/\"p1\"", 1).await, 412);
    assert_eq!(patch("\"1\"", 1).await, 200);
    assert_eq!(patch("\"1\"", 2).await, 412);
    assert_eq!(patch("\"7\", \"2\"", 2).await, 200);
    assert_eq!(patch("*", 3).await, 200);
    assert_eq!(admin.get(&path).await.etag(), "\"4\"");
}

/// nginx makes the tag of an answer that it compresses weak; Apache adds the coding.
#[actix_web::test]
async fn a_client_behind_a_compressing_proxy_reads_and_writes() {
    let server = Server::new().await;
    let path = one_tower(&server, json!({})).await;
    let admin = server.administrator();
    for (nth, (before, after)) in [("W/\"", "\""), ("\"", "-gzip\""), ("\"", ";gzip\""), ("W/\"", "-br\"")].iter().enumerate() {
        let seen = format!("{before}{}{after}", nth + 1);
        let again = admin.send(Method::GET, &path, &[("If-None-Match", &seen)], None).await;
        assert_eq!(again.status, 304, "{seen}");
        let change = || json!({"properties": {"height_m": nth + 10}});
        assert_eq!(admin.patch(&path, &seen, change()).await.status, 200, "{seen}");
        // The version has changed, so the same tag no longer matches.
        assert_eq!(admin.patch(&path, &seen, json!({"properties": {"height_m": 1}})).await.status, 412, "{seen}");
    }
}

#[actix_web::test]
async fn one_of_two_writers_with_the_same_tag_wins() {
    let server = Server::new().await;
    let path = one_tower(&server, json!({})).await;
    let admin = server.administrator();
    let (one, two) = tokio::join!(
        admin.patch(&path, "\"1\"", json!({"properties": {"height_m": 1}})),
        admin.patch(&path, "\"1\"", json!({"properties": {"height_m": 2}})),
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort();
    assert_eq!(statuses, [200, 412]);
}
