//! A person's own tokens, which never have more rights than the person.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Server, camera, feature, tower};

async fn token(server: &Server, username: &str, more: Value) -> String {
    let mut body = json!({"name": "một", "days": 30});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let made = server.sign_in(username).await.post("/tokens", body).await.ok();
    made["token"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_token_narrows_its_account() {
    let server = Server::with_communes().await;
    server.person("an", &[json!({"role": "editor"})]).await;
    let narrow = json!({"role": "editor", "unit": "00001@2026-01-01", "collections": ["towers"], "operators": ["vnpt"]});
    let secret = token(&server, "an", narrow).await;
    let holder = server.holder(&secret);
    let east = |more| feature([105.8, 19.8], json!({"name": "Trạm", "operator": "vnpt"}), more);
    let towers = "/collections/towers/items";
    assert_eq!(holder.post(towers, tower(json!({}))).await.status, 201);
    assert_eq!(holder.post(towers, tower(json!({"operator": "viettel"}))).await.status, 403);
    assert_eq!(holder.post(towers, east(json!({}))).await.status, 403);
    assert_eq!(holder.post("/collections/cameras/items", camera(json!({}))).await.status, 403);
    let me = holder.get("/auth/me").await.ok();
    assert_eq!(me["token"]["unit"]["name"], "Phường Tây");
    assert!(me["token"]["token"].is_null() && me["csrf"].is_null());
}

#[actix_web::test]
async fn a_token_is_never_wider_than_its_account() {
    let server = Server::with_communes().await;
    server.person("an", &[json!({"role": "viewer", "collections": ["towers"]})]).await;
    let secret = token(&server, "an", json!({"role": "administrator"})).await;
    let holder = server.holder(&secret);
    assert_eq!(holder.post("/collections/towers/items", tower(json!({}))).await.status, 403);
    assert_eq!(holder.get("/users").await.status, 403);
    server.execute("update grants set revoked_at = now(), revoked_by = 'test' where account_id > 1").await;
    assert_eq!(holder.get("/auth/me").await.ok()["grants"], json!([]));
}

#[actix_web::test]
async fn a_token_creates_no_token_and_revokes_only_itself() {
    let server = Server::new().await;
    server.person("an", &[json!({"role": "administrator"})]).await;
    let secret = token(&server, "an", json!({})).await;
    let holder = server.holder(&secret);
    assert_eq!(holder.post_json("/tokens", json!({"name": "hai", "days": 1})).await.summary(), "403 auth.session_required Authorization");
    assert_eq!(holder.delete("/tokens/1", "*").await.status, 403);
    let own = holder.get("/tokens").await.ok()["tokens"][0]["id"].clone();
    assert_eq!(holder.delete(&format!("/tokens/{own}"), "*").await.status, 204);
    assert_eq!(holder.get("/tokens").await.status, 401);
}

#[actix_web::test]
async fn a_token_without_restricted_fields_cannot_manage_accounts() {
    let server = Server::new().await;
    server.person("an", &[json!({"role": "administrator"})]).await;
    let secret = token(&server, "an", json!({"sees_restricted": false})).await;
    assert_eq!(server.holder(&secret).get("/users").await.status, 403);
}

#[actix_web::test]
async fn a_token_may_be_bound_to_networks() {
    let server = Server::with_limits(|limits| limits.trust_proxy = true).await;
    server.person("an", &[]).await;
    let secret = token(&server, "an", json!({"addresses": ["203.0.113.99/24", "2001:db8::1"]})).await;
    for (address, status) in [("203.0.113.7", 200), ("203.0.114.7", 401), ("2001:db8::1", 200), ("2001:db8::2", 401)] {
        let headers = [("X-Forwarded-For", address)];
        let answer = server.holder(&secret).send(Method::GET, "/auth/me", &headers, None).await;
        assert_eq!(answer.status, status, "{address}");
    }
    assert_eq!(server.holder(&secret).get("/auth/me").await.status, 401);
}

#[actix_web::test]
async fn a_token_states_its_end_and_every_problem_is_reported() {
    let server = Server::with_communes().await;
    server.person("an", &[]).await;
    let session = server.sign_in("an").await;
    for (body, summary) in [
        (json!({"name": "một"}), "422 required /days"),
        (json!({"name": "một", "days": 367}), "422 type /days"),
        (json!({"name": "một", "days": 1, "unit": "00011@2026-01-01"}), "422 unit.not_valid /unit"),
        (json!({"name": "một", "days": 1, "account_id": 1, "secret_hash": "x"}), "422 property.unknown /account_id property.unknown /secret_hash"),
        (json!({"name": "một", "days": 1, "addresses": ["10.0.0.0/99"]}), "422 type /addresses"),
    ] {
        assert_eq!(session.post("/tokens", body.clone()).await.summary(), summary, "{body}");
    }
    session.post("/tokens", json!({"name": "một", "days": 1})).await.ok();
    assert_eq!(session.post("/tokens", json!({"name": "một", "days": 1})).await.summary(), "409 dup.name /name");
    assert_eq!(session.delete("/tokens/1").await.status, 404, "another's");
}
