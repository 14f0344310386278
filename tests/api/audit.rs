//! `GET /audit`, and which events are recorded.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Server, below_api, camera};

const CAMERAS: &str = "/collections/cameras/items";

async fn events(server: &Server, query: &str) -> Vec<Value> {
    server.administrator().get(&format!("/audit?{query}")).await.ok()["events"].as_array().unwrap().clone()
}

fn column(events: &[Value], name: &str) -> Vec<Value> {
    events.iter().map(|event| event[name].clone()).collect()
}

#[actix_web::test]
async fn read_of_restricted_fields_is_recorded_with_its_purpose() {
    let server = Server::new().await;
    let admin = server.administrator();
    let id = admin.post(CAMERAS, camera(json!({}))).await.ok()["id"].clone();
    let path = format!("{CAMERAS}/{id}");
    let read = admin.send(Method::GET, &path, &[("X-Purpose", "kiểm tra định kỳ")], None).await;
    let encoded = "ki%E1%BB%83m tra 50%";
    admin.send(Method::GET, &path, &[("X-Purpose", encoded)], None).await.ok();
    server.anonymous().send(Method::GET, &path, &[("X-Purpose", "tò mò")], None).await.ok();
    let found = events(&server, "action=restricted.read").await;
    let purposes: Vec<_> = found.iter().map(|event| event["detail"]["purpose"].clone()).collect();
    // The first event is from the answer to the write, whose purpose is the write itself.
    assert_eq!(purposes, [json!("kiểm tra 50%"), json!("kiểm tra định kỳ"), Value::Null]);
    assert_eq!(found[1]["actor"], "console/tester");
    assert_eq!(found[1]["collection"], "cameras");
    assert_eq!(found[1]["detail"]["path"], format!("/api/v1{path}"));
    assert_eq!(found[1]["request_id"], json!(read.header("x-request-id")));
    let refused = admin.send(Method::GET, &path, &[("X-Purpose", &"x".repeat(201))], None).await;
    assert_eq!(refused.summary(), "400 purpose.too_long X-Purpose");
}

#[actix_web::test]
async fn purpose_can_be_required() {
    let server = Server::with_limits(|limits| limits.require_purpose = true).await;
    let admin = server.administrator();
    let id = admin.post(CAMERAS, camera(json!({}))).await.ok()["id"].clone();
    let path = format!("{CAMERAS}/{id}");
    for path in [CAMERAS, &path, &format!("{path}/history")] {
        assert_eq!(admin.get(path).await.summary(), "400 purpose.required X-Purpose", "{path}");
        admin.send(Method::GET, path, &[("X-Purpose", "test")], None).await.ok();
        server.anonymous().get(path).await.ok();
    }
}

#[actix_web::test]
async fn trail_is_paged_newest_first_and_filtered() {
    let server = Server::new().await;
    server
        .execute(
            "insert into audit (at, actor, action, collection) \
             select '2026-01-01 00:00+07'::timestamptz + n * interval '1 hour', 'a' || n % 2, 'test.event', \
               case when n < 3 then 'towers' end from generate_series(1, 48) n",
        )
        .await;
    let (mut seen, mut next) = (Vec::new(), Some("/audit?action=test.event&limit=20".to_owned()));
    while let Some(path) = next {
        let page = server.administrator().get(&path).await.ok();
        seen.extend(column(page["events"].as_array().unwrap(), "id"));
        next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").map(below_api);
    }
    assert_eq!(seen.len(), 48);
    assert!(seen.windows(2).all(|pair| pair[0].as_i64() > pair[1].as_i64()));
    assert_eq!(events(&server, "actor=a1").await.len(), 24);
    assert_eq!(events(&server, "collection=towers").await.len(), 2);
    // Days are Vietnamese days, so the 24th event falls on the second day.
    assert_eq!(events(&server, "action=test.event&to=2026-01-02").await.len(), 23);
    assert_eq!(events(&server, "from=2026-01-01T17:00:00Z&to=2026-01-02T17:00:00Z").await.len(), 24);
    for (query, name) in [("from=x", "from"), ("cursor=x", "cursor"), ("limit=0", "limit"), ("collection=ships", "collection")] {
        let refused = server.administrator().get(&format!("/audit?{query}")).await;
        assert_eq!(refused.summary(), format!("400 parameter.invalid {name}"));
    }
}

#[actix_web::test]
async fn administrator_of_one_commune_cannot_read_the_trail() {
    let server = Server::with_communes().await;
    let grants = [json!({"role": "administrator", "unit": "00001@2026-01-01"})];
    let token = server.account("local", &grants).await;
    assert_eq!(server.holder(&token).get("/audit").await.status, 403);
    assert_eq!(server.anonymous().get("/audit").await.status, 401);
}

#[actix_web::test]
async fn trail_is_a_file_for_a_spreadsheet_which_it_records_too() {
    let server = Server::new().await;
    server
        .execute("insert into audit (at, actor, action, detail) values ('2026-01-01 00:00+07', '=1+1', 'test.event', '{\"a\": \"b, c\"}')")
        .await;
    let file = server.administrator().get("/audit?action=test.event&f=csv").await;
    assert_eq!(file.header("content-type").unwrap(), "text/csv; charset=utf-8");
    let lines = [
        "\u{feff}at,actor,action,collection,address,request_id,detail",
        r#"2026-01-01T00:00:00+07:00,'=1+1,test.event,,,,"{""a"":""b, c""}""#,
    ];
    assert_eq!(String::from_utf8_lossy(&file.body).lines().collect::<Vec<_>>(), lines);
    let exports = events(&server, "action=audit.export").await;
    assert_eq!(column(&exports, "detail"), [json!({"query": "action=test.event&f=csv", "rows": 1})]);
    assert_eq!(server.anonymous().get("/audit?f=csv").await.status, 401);
}
