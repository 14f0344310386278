//! Answers that were kept, imports and batches: shown only to a caller who may see all of it.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Answer, Caller, Server};

const CAMERAS: &str = "/collections/cameras/items";

fn camera(name: &str, lon: f64) -> Value {
    json!({
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, 19.8]},
        "properties": {"name": name, "managing_level": "household", "owner_phone": "0912345678"},
    })
}

async fn create(caller: &Caller<'_>, key: &str, body: Value) -> Answer {
    caller.send(Method::POST, CAMERAS, &[("Idempotency-Key", key)], Some(body)).await
}

/// A token of the account `lan` with these limits.
async fn token_of_lan(server: &Server, limits: Value) -> String {
    let lan = server.sign_in("lan").await;
    let mut body = json!({"name": uuid::Uuid::new_v4().simple().to_string(), "days": 1});
    body.as_object_mut().unwrap().extend(limits.as_object().unwrap().clone());
    lan.post("/tokens", body).await.ok()["token"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_kept_answer_is_for_callers_who_may_see_it() {
    let server = Server::with_communes().await;
    server.person("lan", &[json!({"role": "editor"})]).await;
    let whole = token_of_lan(&server, json!({})).await;
    let whole = server.holder(&whole);
    let first = create(&whole, "k1", camera("A", 105.7)).await;
    assert_eq!(first.status, 201, "{:?}", first.json());
    assert_eq!(first.json()["properties"]["owner_phone"], "0912345678");
    let again = create(&whole, "k1", camera("A", 105.7)).await;
    assert_eq!(again.json(), first.json());
    for limits in [json!({"sees_restricted": false}), json!({"role": "viewer"}), json!({"unit": "00002"})] {
        let narrow = token_of_lan(&server, limits.clone()).await;
        let answer = create(&server.holder(&narrow), "k1", camera("A", 105.7)).await;
        assert!(answer.status.is_client_error(), "{limits}: {}", answer.status);
        assert!(!answer.json().to_string().contains("0912345678"), "{limits}");
    }
    let repeats = server.query("select count(*) from audit where action = 'answer.repeat' and actor = 'lan'").await;
    assert_eq!(repeats, json!(1));
    server.execute("update grants set revoked_at = now(), revoked_by = 'test'").await;
    let answer = create(&whole, "k1", camera("A", 105.7)).await;
    assert!(answer.status.is_client_error());
}

#[actix_web::test]
async fn an_import_is_for_tokens_as_wide_as_its_sender() {
    let server = Server::with_communes().await;
    server.person("lan", &[json!({"role": "editor"})]).await;
    let whole = token_of_lan(&server, json!({})).await;
    let narrow = token_of_lan(&server, json!({"unit": "00002"})).await;
    let (whole, narrow) = (server.holder(&whole), server.holder(&narrow));
    let csv = "Tên,Kinh độ,Vĩ độ\nCamera 1,105.7,19.8\n";
    let sent = whole
        .send_bytes(Method::POST, "/collections/cameras/imports", &[("Content-Type", "text/csv")], Some(csv.into()))
        .await
        .ok();
    let (id, plan) = (sent["id"].as_str().unwrap(), &sent["plan"]);
    let address = format!("/imports/{id}");
    assert_eq!(narrow.get("/imports").await.ok()["imports"], json!([]));
    for path in [address.clone(), format!("{address}/workbook")] {
        assert_eq!(narrow.get(&path).await.status, 404, "{path}");
        assert_eq!(whole.get(&path).await.status, 200, "{path}");
    }
    assert_eq!(narrow.post_json(&format!("{address}/commit"), json!({"plan": plan})).await.status, 404);
    assert_eq!(narrow.post_json(&format!("{address}/undo"), json!({})).await.status, 404);
    assert_eq!(whole.get("/imports").await.ok()["imports"][0]["id"], id);
}

#[actix_web::test]
async fn an_undo_of_a_part_leaves_the_rest_to_be_undone() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let made = admin
        .post(CAMERAS, json!({"type": "FeatureCollection", "features": [camera("Tây", 105.65), camera("Đông", 105.8)]}))
        .await
        .ok();
    let batch = format!("/batches/{}", made["batch"]);
    let units = server.query("select jsonb_object_agg(name, commune_id) from cameras").await;
    assert_ne!(units["Tây"], units["Đông"], "each in a commune of its own");
    let east = server.account("dong", &[json!({"role": "editor", "unit": "00002@2026-01-01"})]).await;
    let undone = server.holder(&east).post(&format!("{batch}/undo"), json!({})).await.ok();
    assert_eq!(undone["items"].as_array().unwrap().len(), 1);
    let undone = admin.post(&format!("{batch}/undo"), json!({})).await.ok();
    assert_eq!(undone["items"].as_array().unwrap().len(), 1);
    assert_eq!(admin.post(&format!("{batch}/undo"), json!({})).await.codes(), ["undo.done"]);
}

#[actix_web::test]
async fn a_second_undo_says_what_is_left_and_why() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let features = json!([camera("Một", 105.65), camera("Hai", 105.66)]);
    let made = admin.post(CAMERAS, json!({"type": "FeatureCollection", "features": features})).await.ok();
    let undo = format!("/batches/{}/undo", made["batch"]);
    server.execute("update cameras set note = 'x' where name = 'Hai'").await;
    let first = admin.post(&undo, json!({})).await.ok();
    assert_eq!((first["items"].as_array().unwrap().len(), &first["left"][0]["why"]), (1, &json!("changed")));
    // It is not undone: one record has changed since.
    let second = admin.post(&undo, json!({})).await;
    assert_eq!(second.codes(), ["undo.nothing"]);
    let kept = server.query("select id from cameras where name = 'Hai'").await.to_string();
    assert!(second.json()["detail"].as_str().unwrap().contains(&kept), "{}", second.json());
    // Changed back: it can be undone, and then nothing is left.
    server.execute("update cameras set note = null where name = 'Hai'").await;
    let third = admin.post(&undo, json!({})).await.ok();
    assert_eq!((third["items"].as_array().unwrap().len(), &third["left"][0]["why"]), (1, &json!("undone")));
    assert_eq!(admin.post(&undo, json!({})).await.codes(), ["undo.done"]);
    assert_eq!(server.query("select count(*) from batches where op = 'undo'").await, 2);
}

#[actix_web::test]
async fn a_batch_counts_the_records_that_its_reader_may_see() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let mut hidden = camera("Ẩn", 105.65);
    hidden["properties"]["legal_class"] = json!("operational_police");
    let features = json!([camera("Hiện", 105.8), hidden]);
    let made = admin.post(CAMERAS, json!({"type": "FeatureCollection", "features": features})).await.ok();
    let reader = server.account("tay", &[json!({"role": "editor", "unit": "00002@2026-01-01"})]).await;
    let batch = format!("/batches/{}", made["batch"]);
    for (caller, count) in [(admin, 2), (server.holder(&reader), 1)] {
        let batch = caller.get(&batch).await.ok();
        assert_eq!((&batch["count"], batch["items"].as_array().unwrap().len()), (&json!(count), count));
        assert_eq!(caller.get("/batches").await.ok()["batches"][0]["count"], count);
    }
}
