//! What followers get when their grants or their sign-in change.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::follower::Follower;
use crate::common::{Server, camera};

const CAMERAS: &str = "/collections/cameras/items";
const STREAM: &str = "/changes/stream";

/// A service that sends a heartbeat every second.
async fn lively() -> Server {
    Server::with_limits(|limits| limits.streams.heartbeat_s = 1).await
}

fn of_police() -> Value {
    camera(json!({"legal_class": "operational_police"}))
}

#[actix_web::test]
async fn new_grants_are_a_new_scope_and_starting_anew_shows_everything() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let lan = server.person("lan", &[]).await;
    let session = server.sign_in("lan").await;
    admin.post(CAMERAS, of_police()).await.ok();
    admin.post(CAMERAS, camera(json!({}))).await.ok();

    let before = session.get("/changes").await.ok();
    assert_eq!(before["changes"].as_array().unwrap().len(), 1);
    let grant = json!({"role": "editor", "unit": "00001@2026-01-01"});
    let grant = admin.post_json(&format!("/users/{lan}/grants"), grant).await.ok()["id"].clone();
    // No record has changed; only `scope` shows the difference.
    let after = session.get(&format!("/changes?after={}", before["next"])).await.ok();
    assert_eq!(after["changes"], json!([]));
    assert_ne!(after["scope"], before["scope"]);
    assert_eq!(session.get(CAMERAS).await.features().len(), 2);

    let secret = session.post("/tokens", json!({"name": "follower", "days": 1})).await.ok()["token"].clone();
    let mut anew = Follower::new("lan", server.holder(secret.as_str().unwrap()));
    while anew.poll(10).await {}
    anew.assert_equals_lists(&["cameras"]).await;
    assert_eq!(anew.told.len(), 2);
    admin.send(Method::DELETE, &format!("/users/{lan}/grants/{grant}"), &[], None).await.ok();
    assert_eq!(session.get("/changes").await.ok(), before);
}

#[actix_web::test]
async fn stream_follows_the_grants_and_reports_their_change() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let lan = server.person("lan", &[json!({"role": "viewer", "unit": "00001@2026-01-01"})]).await;
    let session = server.sign_in("lan").await;
    let hidden = admin.post(CAMERAS, of_police()).await.ok()["id"].clone();
    let mut events = server.anonymous().stream(STREAM, &[("Cookie", &session.cookie)]).await;
    let scope = events.named("scope").await;
    assert_eq!(events.named("change").await["id"], hidden);

    let grants = admin.get(&format!("/users/{lan}/grants")).await.ok();
    let grant = format!("/users/{lan}/grants/{}", grants["grants"][0]["id"]);
    admin.send(Method::DELETE, &grant, &[], None).await.ok();
    admin.patch(&format!("{CAMERAS}/{hidden}"), "*", json!({"properties": {"note": "x"}})).await.ok();
    let shown = admin.post(CAMERAS, camera(json!({}))).await.ok()["id"].clone();
    let mut told = Vec::new();
    while told.last().is_none_or(|(name, _)| name != "change") {
        let event = events.next().await.unwrap();
        told.push((event.name, event.data));
    }
    told.retain(|(name, _)| !name.is_empty());
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0].0, "scope");
    assert_ne!(told[0].1, scope);
    assert_eq!(told[1].1["id"], shown);
}

#[actix_web::test]
async fn stream_ends_with_the_credential_and_clears_the_last_id() {
    let server = lively().await;
    let admin = server.administrator();
    let all = json!({"role": "administrator"});
    server.person("lan", std::slice::from_ref(&all)).await;
    for (number, ending) in ["log out", "disable", "revoke the token", "let the token expire"].into_iter().enumerate() {
        let name = format!("reader{number}");
        let secret = server.account(&name, std::slice::from_ref(&all)).await;
        let session = server.sign_in("lan").await;
        let cookie = [("Cookie", session.cookie.as_str())];
        let id = admin.post(CAMERAS, of_police()).await.ok()["id"].clone();
        let mut events = match ending {
            "log out" => server.anonymous().stream(STREAM, &cookie).await,
            _ => server.holder(&secret).stream(STREAM, &[]).await,
        };
        while events.named("change").await["id"] != id {}
        assert!(!events.last_id.is_empty());
        let of_reader = format!("account_id = (select id from accounts where username = '{name}')");
        match ending {
            "log out" => {
                session.post("/auth/logout", json!({})).await;
            }
            "disable" => {
                let user = server.query("select max(id) from accounts").await;
                let body = json!({"disabled": true});
                let headers = [("Content-Type", "application/json")];
                let path = format!("/users/{user}");
                admin.send(Method::PATCH, &path, &headers, Some(body)).await.ok();
            }
            "revoke the token" => {
                server.execute(&format!("update tokens set revoked_at = now() where {of_reader}")).await;
            }
            _ => server.execute(&format!("update tokens set expires_at = now() where {of_reader}")).await,
        }
        admin.patch(&format!("{CAMERAS}/{id}"), "*", json!({"properties": {"note": ending}})).await.ok();
        let mut last = events.next().await.unwrap();
        while last.name.is_empty() {
            last = events.next().await.unwrap();
        }
        assert_eq!((last.name.as_str(), &last.data), ("end", &json!({"code": "auth.required"})), "{ending}");
        assert_eq!(events.last_id, "", "{ending}");
        assert!(events.next().await.is_none(), "{ending}");
        if ending == "log out" {
            let back = [cookie[0], ("Last-Event-ID", "1")];
            assert_eq!(server.anonymous().stream(STREAM, &back).await.status, 401);
            assert_eq!(server.anonymous().stream(STREAM, &cookie).await.status, 200);
        } else {
            assert_eq!(server.holder(&secret).stream(STREAM, &[]).await.status, 401);
        }
    }
}

#[actix_web::test]
async fn stream_without_news_ends_too() {
    let server = lively().await;
    let secret = server.account("lan", &[json!({"role": "viewer"})]).await;
    let mut events = server.holder(&secret).stream(STREAM, &[]).await;
    events.named("scope").await;
    server.execute("update tokens set revoked_at = now() where name = 'test'").await;
    events.named("end").await;
}

#[actix_web::test]
async fn open_stream_does_not_keep_a_session_alive() {
    let server = lively().await;
    server.person("lan", &[json!({"role": "viewer"})]).await;
    let session = server.sign_in("lan").await;
    let mut events = server.anonymous().stream(STREAM, &[("Cookie", &session.cookie)]).await;
    events.named("scope").await;
    server.execute("update sessions set last_seen_at = now() - interval '59 minutes'").await;
    // A heartbeat shows that the stream is alive. It is not a use of the session.
    assert_eq!(events.next().await.unwrap().name, "");
    assert_eq!(server.query("select last_seen_at < now() - interval '59 minutes' from sessions").await, true);
    server.execute("update sessions set last_seen_at = now() - interval '61 minutes'").await;
    events.named("end").await;
}
