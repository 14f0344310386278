//! Texts as clients send them: what is harmless is stored in its plain form, what cannot be stored is refused with the
//! reason.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Server, camera, tower};

const TOWERS: &str = "/collections/towers/items";
const LINES: &str = "\u{feff}dòng 1\r\ndòng\u{a0}2\rdòng\t3 ";

#[actix_web::test]
async fn every_write_stores_plain_line_breaks_and_spaces() {
    let server = Server::new().await;
    let admin = server.administrator();
    let noted = |note: &str| json!({"properties": {"note": note}});
    let stored = json!("dòng 1\ndòng 2\ndòng 3");
    let made = admin.post(TOWERS, tower(json!({"note": LINES, "name": "Trạm\u{200b} \u{ad}A\u{a0}1"}))).await.ok();
    assert_eq!((&made["properties"]["note"], &made["properties"]["name"]), (&stored, &json!("Trạm A 1")));
    let path = format!("{TOWERS}/{}", made["id"]);
    let patched = admin.patch(&path, "*", noted(&format!("{LINES}\r\nhết"))).await.ok();
    assert_eq!(patched["properties"]["note"], "dòng 1\ndòng 2\ndòng 3 \nhết");
    let replaced = admin.put(&path, "*", tower(json!({"note": LINES}))).await.ok();
    assert_eq!(replaced["properties"]["note"], stored);
    let version = replaced["properties"]["version"].clone();
    let change = json!({"id": made["id"], "version": version, "properties": {"note": format!("lại: {LINES}")}});
    let body = json!({"features": [change], "reason": " kiểm\u{a0}kê\r\nlần 2 "});
    admin.send(Method::PATCH, TOWERS, &[], Some(body)).await.ok();
    assert_eq!(admin.get(&path).await.ok()["properties"]["note"], "lại: dòng 1\ndòng 2\ndòng 3");
    let versions = admin.get(&format!("{path}/history")).await.ok();
    assert!(versions.to_string().contains("kiểm kê\\nlần 2"), "{versions}");
    // What is only invisible is nothing, and lengths count what is kept.
    let blank = admin.patch(&path, "*", noted("\u{200b}\r\n\u{a0}")).await.ok();
    assert_eq!(blank["properties"]["note"], Value::Null);
    let long = json!({"properties": {"name": format!("{}\u{200b}", "a".repeat(200))}});
    assert_eq!(admin.patch(&path, "*", long).await.status, 200);
}

#[actix_web::test]
async fn markup_is_text() {
    let server = Server::new().await;
    let made = server.administrator().post(TOWERS, tower(json!({"note": "<b>A</b> &amp; <script>1</script>"}))).await.ok();
    assert_eq!(made["properties"]["note"], "<b>A</b> &amp; <script>1</script>");
}

#[actix_web::test]
async fn control_characters_are_refused_with_the_reason() {
    let server = Server::new().await;
    let admin = server.administrator();
    let path = format!("{TOWERS}/{}", admin.post(TOWERS, tower(json!({}))).await.ok()["id"]);
    let household = json!({"managing_level": "household", "owner_name": "A"});
    let camera = admin.post("/collections/cameras/items", camera(household)).await.ok();
    let erase = format!("/collections/cameras/items/{}/erase", camera["id"]);
    let user = admin.post_json("/users", json!({"username": "lan"})).await.ok();
    let grants = format!("/users/{}/grants", user["id"]);
    for wrong in ["a\u{0}b", "a\u{1b}[0m", "a\u{9f}"] {
        let fields = json!({"properties": {"note": wrong}});
        assert_eq!(admin.patch(&path, "*", fields).await.summary(), "422 text.control /properties/note");
        let reason = json!({"properties": {"height_m": 3}, "reason": wrong});
        assert_eq!(admin.patch(&path, "*", reason).await.summary(), "422 text.control /reason");
        let erased = admin.post_json(&erase, json!({"fields": ["owner_name"], "reason": wrong})).await;
        assert_eq!(erased.summary(), "422 text.control /reason");
        let grant = admin.post_json(&grants, json!({"role": "viewer", "note": wrong})).await;
        assert_eq!(grant.summary(), "422 text.control /note");
        for name in ["display_name", "organisation"] {
            let user = admin.post_json("/users", json!({"username": "minh", name: wrong})).await;
            assert_eq!(user.summary(), format!("422 text.control /{name}"));
        }
    }
    let noted = admin.post_json(&grants, json!({"role": "viewer", "note": "dòng 1\r\ndòng 2"})).await;
    assert_eq!(noted.status, 201);
}

#[actix_web::test]
async fn a_nul_in_an_address_is_never_a_fault_of_the_service() {
    let server = Server::new().await;
    let admin = server.administrator();
    for path in [
        "/collections/towers/items?name=%00",
        "/collections/towers/items?q=a%00",
        "/collections/towers/items?within=%00",
        "/collections/towers/items?sortby=%00",
        "/collections/towers/items?%00=1",
        "/collections/towers/items/%00",
        "/collections/%00/items",
        "/stats/%00",
        "/stats?within=%00",
        "/audit?actor=%00",
        "/changes?collections=%00",
        "/users?after=%00",
        "/imports/%00",
    ] {
        let answer = admin.get(path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
    for (path, body) in [
        ("/users", json!({"username": "a\u{0}"})),
        ("/tokens", json!({"name": "a\u{0}", "days": 1})),
        ("/auth/login", json!({"username": "a\u{0}", "password": "a\u{0}"})),
        ("/auth/setup", json!({"token": "a\u{0}", "password": "một hai ba bốn\u{0}"})),
    ] {
        let answer = admin.post_json(path, body).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
}
