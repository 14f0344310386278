//! The answers to failed requests.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Answer, Server, tower};

const TOWERS: &str = "/collections/towers/items";

/// Checks for RFC 9457, and for the members that all our problems have.
#[track_caller]
fn assert_problem(answer: &Answer) -> Value {
    assert_eq!(answer.header("content-type").as_deref(), Some("application/problem+json"));
    let body = answer.json();
    for member in ["type", "title", "detail", "code"] {
        assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{member} in {body}");
    }
    assert_eq!(body["status"], answer.status.as_u16());
    assert_eq!(body["request_id"], json!(answer.header("x-request-id").unwrap()));
    assert!(body["type"].as_str().unwrap().ends_with(body["code"].as_str().unwrap()));
    body
}

#[actix_web::test]
async fn every_failure_is_a_problem_document() {
    let server = Server::new().await;
    let admin = server.administrator();
    for (answer, code) in [
        (server.anonymous().get("/nowhere").await, "not_found"),
        (server.anonymous().get("//nowhere").await, "not_found"),
        (server.anonymous().get("/collections/ships").await, "not_found"),
        (server.anonymous().get("/collections/ships/items").await, "not_found"),
        (server.anonymous().get(&format!("{TOWERS}/7")).await, "not_found"),
        (server.anonymous().get(&format!("{TOWERS}/x")).await, "not_found"),
        (server.anonymous().get(&format!("{TOWERS}/99999999999999999999")).await, "not_found"),
        (server.anonymous().get(&format!("{TOWERS}/%ff%00")).await, "not_found"),
        (server.anonymous().get(&format!("{TOWERS}?x=1")).await, "request.invalid"),
        (server.anonymous().get(&format!("{TOWERS}?q=%ff%fe%00")).await, "request.invalid"),
        (server.anonymous().post(TOWERS, tower(json!({}))).await, "auth.required"),
        (server.holder("nonsense").get(TOWERS).await, "auth.required"),
        (admin.post(TOWERS, json!({})).await, "validation.failed"),
        (admin.send(Method::DELETE, "/changes", &[], None).await, "method.not_allowed"),
        (admin.send(Method::from_bytes(b"BREW").unwrap(), TOWERS, &[], None).await, "method.not_allowed"),
    ] {
        assert_eq!(assert_problem(&answer)["code"], code);
    }
}

#[actix_web::test]
async fn problems_are_vietnamese_unless_english_is_asked_for() {
    let server = Server::new().await;
    for (language, title, content_language) in [
        ("en-GB,en;q=0.9", "The request is not valid", "en"),
        ("vi", "Yêu cầu không hợp lệ", "vi"),
        ("fr", "Yêu cầu không hợp lệ", "vi"),
        ("", "Yêu cầu không hợp lệ", "vi"),
        ("en; q=0.9", "The request is not valid", "en"),
        ("vi; q=0.8, en-US; q=0.9", "The request is not valid", "en"),
    ] {
        let headers = [("Accept-Language", language)];
        let answer = server.anonymous().send(Method::GET, &format!("{TOWERS}?limit=0"), &headers, None).await;
        let body = assert_problem(&answer);
        assert_eq!((&body["title"], answer.header("content-language").unwrap().as_str()), (&json!(title), content_language));
        let message = body["errors"][0]["message"].as_str().unwrap();
        assert_eq!(message.contains("must"), content_language == "en", "{message}");
    }
}

#[actix_web::test]
async fn wrong_method_gets_the_allowed_ones() {
    let server = Server::new().await;
    let id = server.administrator().post(TOWERS, tower(json!({}))).await.ok()["id"].clone();
    let one = format!("{TOWERS}/{id}");
    for (method, path, allow) in [
        (Method::PUT, TOWERS, "GET, HEAD, OPTIONS, POST, PATCH, DELETE"),
        (Method::POST, &one, "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"),
        (Method::POST, "/changes", "GET, HEAD, OPTIONS"),
        (Method::PUT, "/collections", "GET, HEAD, OPTIONS"),
        (Method::DELETE, "//healthz", "GET, HEAD, OPTIONS"),
        (Method::POST, "/collections/communes/items", "GET, HEAD, OPTIONS"),
        (Method::DELETE, "/collections/communes/items", "GET, HEAD, OPTIONS"),
        (Method::POST, "/collections/communes/items/1", "GET, HEAD, OPTIONS"),
    ] {
        let answer = server.administrator().send(method, path, &[], None).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow").as_deref()), (405, Some(allow)), "{path}");
        assert_problem(&answer);
    }
}

#[actix_web::test]
async fn database_errors_are_not_sent() {
    let server = Server::new().await;
    server.execute("alter table towers rename to elsewhere").await;
    let broken = server.anonymous().get(TOWERS).await;
    let body = assert_problem(&broken);
    assert_eq!((broken.status.as_u16(), &body["code"]), (500, &json!("internal")));
    let text = body.to_string();
    assert!(!text.contains("towers") && !text.contains("relation"), "{text}");
}

#[actix_web::test]
async fn request_ids_differ() {
    let server = Server::new().await;
    let id = async || server.anonymous().get("//healthz").await.header("x-request-id").unwrap();
    assert_ne!(id().await, id().await);
}
