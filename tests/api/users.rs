//! Accounts and grants, managed by administrators.

use actix_web::http::Method;
use serde_json::json;

use crate::common::{PASSWORD, Server, camera, feature, tower};

#[actix_web::test]
async fn forbidden_members_are_refused() {
    let server = Server::new().await;
    let administrator = server.administrator();
    for (body, summary) in [
        (json!({"username": "an", "password_hash": "x", "id": 1}), "422 property.unknown /password_hash property.unknown /id"),
        (json!({"username": "An"}), "422 type /username"),
        (json!({"username": "system"}), "422 username.reserved /username"),
        (json!({}), "422 required /username"),
        (json!([]), "422 json.malformed "),
    ] {
        assert_eq!(administrator.post_json("/users", body.clone()).await.summary().trim(), summary.trim(), "{body}");
    }
    let user = administrator.post_json("/users", json!({"username": "an"})).await.ok()["id"].clone();
    assert_eq!(administrator.post_json("/users", json!({"username": "an"})).await.summary(), "409 dup.name /username");
    let change = json!({"username": "binh", "failed_logins": 0});
    let answer = administrator.send(Method::PATCH, &format!("/users/{user}"), &[("Content-Type", "application/json")], Some(change)).await;
    assert_eq!(answer.summary(), "422 property.unknown /username property.unknown /failed_logins");
    for (grant, summary) in [
        (json!({"role": "owner"}), "422 type /role"),
        (json!({"role": "editor", "unit": "99999@2026-01-01"}), "422 unit.not_valid /unit"),
        (json!({"role": "editor", "operators": ["att"], "collections": ["cats"]}), "422 enum.unknown /operators enum.unknown /collections"),
        (json!({"role": "editor", "communes": [1]}), "422 property.unknown /communes"),
        (json!({"role": "editor", "expires_on": "2020-01-01"}), "422 date.order /expires_on"),
    ] {
        assert_eq!(administrator.post_json(&format!("/users/{user}/grants"), grant.clone()).await.summary(), summary, "{grant}");
    }
}

#[actix_web::test]
async fn nobody_can_change_the_console_account() {
    let server = Server::new().await;
    let administrator = server.administrator();
    let disable = json!({"disabled": true});
    let patched = administrator.send(Method::PATCH, "/users/1", &[("Content-Type", "application/json")], Some(disable)).await;
    assert_eq!(patched.status, 403);
    assert_eq!(administrator.post_json("/users/1/grants", json!({"role": "viewer"})).await.status, 403);
    assert_eq!(administrator.delete("/users/1/grants/1", "*").await.status, 403);
    assert_eq!(administrator.post_json("/users/1/password-link", json!({})).await.status, 403);
}

#[actix_web::test]
async fn the_last_administrator_remains() {
    let server = Server::new().await;
    let whole = [json!({"role": "administrator"})];
    let (an, binh) = (server.person("an", &whole).await, server.person("binh", &whole).await);
    let session = server.sign_in("an").await;
    let disable = async |id: i64| session.send(Method::PATCH, &format!("/users/{id}"), Some(json!({"disabled": true}))).await;
    disable(binh).await.ok();
    assert_eq!(disable(an).await.status, 409);
    let grant = session.get(&format!("/users/{an}/grants")).await.ok()["grants"][0]["id"].clone();
    assert_eq!(session.delete(&format!("/users/{an}/grants/{grant}")).await.status, 409);
    assert_eq!(session.get("/auth/me").await.ok()["administers"], true, "nothing was written");
}

#[actix_web::test]
async fn disabling_ends_sessions_and_tokens_for_good() {
    let server = Server::new().await;
    let an = server.person("an", &[]).await;
    let session = server.sign_in("an").await;
    let secret = session.post("/tokens", json!({"name": "một", "days": 1})).await.ok()["token"].as_str().unwrap().to_owned();
    for disabled in [true, false] {
        let json = [("Content-Type", "application/json")];
        let body = json!({"disabled": disabled});
        server.administrator().send(Method::PATCH, &format!("/users/{an}"), &json, Some(body)).await.ok();
        assert_eq!(session.get("/auth/me").await.status, 401);
        assert_eq!(server.holder(&secret).get("/auth/me").await.status, 401);
    }
    server.sign_in("an").await;
}

#[actix_web::test]
async fn each_action_is_in_the_trail_without_secrets() {
    let server = Server::new().await;
    let an = server.person("an", &[json!({"role": "viewer", "note": "thử"})]).await;
    let session = server.sign_in("an").await;
    let token = session.post("/tokens", json!({"name": "một", "days": 1})).await.ok();
    session.post("/auth/logout", json!({})).await;
    let trail = server.query("select jsonb_agg(jsonb_build_array(actor, action) order by id) from audit where action <> 'restricted.read'").await;
    for expected in [
        json!(["console", "user.create"]), json!(["console", "grant.create"]), json!(["console", "password.link"]),
        json!(["an", "password.reset"]), json!(["an", "session.login"]), json!(["an", "token.create"]), json!(["an", "session.logout"]),
    ] {
        let found = trail.as_array().unwrap().iter().any(|event| event[1] == expected[1] && (expected[0] == "console" || event[0] == expected[0]));
        assert!(found, "{expected} {trail}");
    }
    let all = server.query("select jsonb_agg(a)::text || (select jsonb_agg(t)::text from tokens t) || (select jsonb_agg(l)::text from password_links l) from audit a").await;
    let all = all.as_str().unwrap();
    for secret in [PASSWORD, token["token"].as_str().unwrap(), session.cookie.strip_prefix("hatang_session=").unwrap()] {
        assert!(!all.contains(secret));
    }
    assert!(an > 1);
}

#[actix_web::test]
async fn nobody_moves_a_record_out_of_or_into_their_scope() {
    let server = Server::with_communes().await;
    let west = server.account("west", &[json!({"role": "editor", "unit": "00001@2026-01-01"})]).await;
    let vnpt = server.account("vnpt", &[json!({"role": "editor", "unit": "38@2026-01-01", "operators": ["vnpt"]})]).await;
    let (west, vnpt, administrator) = (server.holder(&west), server.holder(&vnpt), server.administrator());
    let cameras = "/collections/cameras/items";
    let mine = administrator.post(cameras, camera(json!({}))).await.ok()["id"].clone();
    let east = feature([105.8, 19.8], json!({"managing_level": "commune_police"}), json!({"name": "Đông"}));
    let theirs = administrator.post(cameras, east.clone()).await.ok()["id"].clone();
    let state = async || server.query("select jsonb_agg(jsonb_build_array(id, version, commune_code, st_x(geom)) order by id) from cameras").await;
    let before = state().await;
    let to = |lon: f64| json!({"geometry": {"type": "Point", "coordinates": [lon, 19.8]}});
    assert_eq!(west.patch(&format!("{cameras}/{mine}"), "*", to(105.8)).await.status, 403, "out of scope");
    assert_eq!(west.patch(&format!("{cameras}/{theirs}"), "*", to(105.7)).await.status, 403, "into scope");
    assert_eq!(west.patch(&format!("{cameras}/{theirs}"), "*", json!({"properties": {"note": "x"}})).await.status, 403);
    assert_eq!(west.post(cameras, east).await.status, 403);
    assert_eq!(state().await, before);
    let towers = "/collections/towers/items";
    let tower = vnpt.post(towers, tower(json!({}))).await.ok()["id"].clone();
    let handed = vnpt.patch(&format!("{towers}/{tower}"), "*", json!({"properties": {"operator": "viettel"}})).await;
    assert_eq!(handed.status, 403);
    assert_eq!(server.query("select jsonb_build_array(operator, version) from towers").await, json!(["vnpt", 1]));
}

#[actix_web::test]
async fn a_grant_on_a_unit_that_ends_is_carried_to_its_successors_and_flagged() {
    let server = Server::with_communes().await;
    let an = server.person("an", &[json!({"role": "editor", "unit": "00011@2025-01-01"}), json!({"role": "editor", "unit": "00002@2026-01-01"})]).await;
    let session = server.sign_in("an").await;
    let post = async |lon: f64| {
        let body = feature([lon, 19.8], json!({"managing_level": "commune_police"}), json!({"name": "Một"}));
        session.post("/collections/cameras/items", body).await.status.as_u16()
    };
    let grants = async || server.administrator().get(&format!("/users/{an}/grants")).await.ok()["grants"].clone();
    // The whole town became Phường Tây.
    assert_eq!(grants().await[0]["communes"], json!([{"code": "00001", "name": "Phường Tây"}]));
    assert_eq!((post(105.7).await, post(105.8).await), (201, 201));
    // Xã Đông ends too and becomes part of Phường Tây.
    server
        .execute(
            "update admin_units set valid_to = current_date - 1 where code = '00002';
             insert into admin_changes (from_id, to_id, part, kind)
             select old.id, new.id, 'full', 'merged' from admin_units old, admin_units new
             where old.code = '00002' and new.code = '00001';
             select refresh_grants();",
        )
        .await;
    let carried = grants().await[1].clone();
    assert_eq!((&carried["needs_review"], &carried["communes"][0]["code"]), (&json!(true), &json!("00001")));
    let reviewed = server.administrator().post_json(&format!("/users/{an}/grants/{}/review", carried["id"]), json!({})).await.ok();
    assert_eq!(reviewed["needs_review"], false);
}
