//! `GET /changes`

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::common::{Caller, Server, camera, tower};

const CAMERAS: &str = "/collections/cameras/items";
const TOWERS: &str = "/collections/towers/items";

async fn changes(caller: Caller<'_>, query: &str) -> Vec<Value> {
    caller.get(&format!("/changes?{query}")).await.ok()["changes"].as_array().unwrap().clone()
}

fn column(changes: &[Value], name: &str) -> Vec<Value> {
    changes.iter().map(|change| change[name].clone()).collect()
}

#[actix_web::test]
async fn each_write_has_the_next_number() {
    let server = Server::new().await;
    let admin = server.administrator();
    let id = admin.post(TOWERS, tower(json!({}))).await.ok()["id"].clone();
    let path = format!("{TOWERS}/{id}");
    admin.patch(&path, "*", json!({"properties": {"height_m": 1}})).await.ok();
    admin.delete(&path, "*").await.ok();
    for caller in [admin, server.anonymous()] {
        let found = changes(caller, "").await;
        assert_eq!(column(&found, "seq"), [1, 2, 3]);
        assert_eq!(column(&found, "op"), ["create", "update", "delete"]);
        assert_eq!(column(&found, "version"), [1, 2, 3]);
        assert_eq!((&found[0]["collection"], &found[0]["id"]), (&json!("towers"), &id));
        assert!(chrono::DateTime::parse_from_rfc3339(found[0]["at"].as_str().unwrap()).is_ok());
    }
}

#[actix_web::test]
async fn internal_edit_is_not_a_public_change_and_keeps_the_public_tag() {
    let server = Server::new().await;
    let admin = server.administrator();
    let id = admin.post(CAMERAS, camera(json!({}))).await.ok()["id"].clone();
    let path = format!("{CAMERAS}/{id}");
    let state = async || {
        let (one, list) = (server.anonymous().get(&path).await, server.anonymous().get(CAMERAS).await);
        let changes = server.anonymous().get("/changes").await.ok();
        (one.etag(), list.etag(), one.json(), changes)
    };
    let before = state().await;
    // Moved two metres, to a place on the same node of the grid; and a field that only accounts see.
    let moved = json!({"geometry": {"type": "Point", "coordinates": [105.70002, 19.81]}, "properties": {"note": "x", "azimuth_deg": 9}});
    admin.patch(&path, "*", moved).await.ok();
    assert_eq!(state().await, before);
    assert_eq!(changes(admin, "").await.len(), 2);
    admin.patch(&path, "*", json!({"properties": {"eye_count": 3}})).await.ok();
    let public = changes(server.anonymous(), "").await;
    assert_eq!((column(&public, "seq"), column(&public, "version")), (vec![json!(1), json!(2)], vec![json!(1), json!(2)]));
    assert_ne!(state().await.0, before.0);
}

#[actix_web::test]
async fn record_that_becomes_hidden_is_deleted_for_anonymous_callers() {
    let server = Server::new().await;
    let admin = server.administrator();
    let id = admin.post(CAMERAS, camera(json!({}))).await.ok()["id"].clone();
    let path = format!("{CAMERAS}/{id}");
    for legal_class in ["operational_police", "traffic"] {
        admin.patch(&path, "*", json!({"properties": {"legal_class": legal_class}})).await.ok();
    }
    assert_eq!(column(&changes(server.anonymous(), "").await, "op"), ["create", "delete", "create"]);
    assert_eq!(column(&changes(admin, "").await, "op"), ["create", "update", "update"]);
    let versions = server.anonymous().get(&format!("{path}/history")).await.ok();
    assert_eq!(column(versions["versions"].as_array().unwrap(), "op"), ["create", "delete", "create"]);
}

#[actix_web::test]
async fn next_continues_where_the_page_ended() {
    let server = Server::new().await;
    let admin = server.administrator();
    for number in 0..3 {
        admin.post(TOWERS, tower(json!({"height_m": number}))).await.ok();
        admin.post(CAMERAS, camera(json!({}))).await.ok();
    }
    let (mut after, mut seen) = (json!(0), Vec::new());
    loop {
        let page = server.anonymous().get(&format!("/changes?after={after}&limit=2&collections=towers")).await.ok();
        let changes = page["changes"].as_array().unwrap();
        seen.extend(column(changes, "seq"));
        after = page["next"].clone();
        if changes.is_empty() {
            break;
        }
    }
    assert_eq!(seen, [1, 3, 5]);
    // Beyond the changes of other collections.
    assert_eq!(after, 6);
    let both = changes(server.anonymous(), "collections=towers,cameras").await;
    assert_eq!(both.len(), 6);
}

#[actix_web::test]
async fn malformed_parameters_are_named() {
    let server = Server::new().await;
    for (query, parameter) in
        [("after=x", "after"), ("after=-1", "after"), ("limit=0", "limit"), ("collections=ships", "collections"), ("f=html", "f")]
    {
        let refused = server.anonymous().get(&format!("/changes?{query}")).await;
        assert_eq!(refused.summary(), format!("400 parameter.invalid {parameter}"));
    }
    assert_eq!(server.anonymous().get("/changes?after=9223372036854775807&limit=99999999999999999999").await.status, 200);
}

#[actix_web::test]
async fn writes_by_psql_are_numbered_too() {
    let server = Server::new().await;
    server
        .execute(
            "insert into towers (id, code, name, operator, geom, effective_on) \
             values (1, 'P1', 'psql', 'vnpt', st_setsrid(st_makepoint(105.7, 19.8), 4326), '2024-01-01'), \
               (2, 'P2', 'psql', 'vnpt', st_setsrid(st_makepoint(105.7, 19.8), 4326), '2024-01-01'); \
             update towers set height_m = 5 where id = 2;",
        )
        .await;
    assert_eq!(changes(server.anonymous(), "").await.len(), 0);
    assert_eq!(server.query("select number_changes()").await, 3);
    assert_eq!(column(&changes(server.anonymous(), "").await, "seq"), [1, 2, 3]);
    assert_eq!(server.anonymous().get(TOWERS).await.ok()["numberMatched"], 2);
    assert_eq!(server.query("select number_changes()").await, 0);
}

/// Follows the feed as a client does, and keeps the rows that it reports.
struct Follower<'a> {
    caller: Caller<'a>,
    after: i64,
    rows: BTreeMap<i64, i64>,
}

impl Follower<'_> {
    async fn poll(&mut self) {
        let page = self.caller.get(&format!("/changes?after={}&limit=3", self.after)).await.ok();
        for change in page["changes"].as_array().unwrap() {
            let seq = change["seq"].as_i64().unwrap();
            assert!(seq > self.after, "{seq} after {}", self.after);
            self.after = seq;
            let id = change["id"].as_i64().unwrap();
            if change["op"] == "delete" {
                self.rows.remove(&id);
            } else {
                self.rows.insert(id, change["version"].as_i64().unwrap());
            }
        }
        self.after = page["next"].as_i64().unwrap();
    }
}

/// Each writer keeps its transaction open for a different time, so that they commit in another order than they write.
#[actix_web::test]
async fn follower_of_eight_writers_ends_with_the_contents_of_the_table() {
    use diesel_async::SimpleAsyncConnection;

    let server = Server::new().await;
    let writer = async |writer: i64| {
        let mut conn = server.connection().await;
        for round in 0..6 {
            let id = writer * 100 + round;
            let delay = (writer * 7 + round * 5) % 11;
            let sql = format!(
                "begin; insert into towers (id, code, name, operator, effective_on, geom) values \
                 ({id}, 'T{id}', 'x', 'vnpt', current_date, st_setsrid(st_makepoint(105.7, 19.8), 4326)); \
                 select pg_sleep({delay} * 0.002); \
                 update towers set height_m = {round} where id = {id}; \
                 {} commit; select number_changes();",
                if round % 3 == 0 { format!("update towers set deleted_at = now() where id = {id};") } else { String::new() }
            );
            conn.batch_execute(&sql).await.unwrap();
        }
    };
    let (mut administrator, mut anonymous) = (
        Follower { caller: server.administrator(), after: 0, rows: BTreeMap::new() },
        Follower { caller: server.anonymous(), after: 0, rows: BTreeMap::new() },
    );
    let writing = async {
        tokio::join!(writer(1), writer(2), writer(3), writer(4), writer(5), writer(6), writer(7), writer(8));
    };
    tokio::pin!(writing);
    let mut done = false;
    while !done {
        tokio::select! {
            () = &mut writing => done = true,
            () = async { administrator.poll().await; anonymous.poll().await } => {}
        }
    }
    let total = server.query("select last_seq from feed").await.as_i64().unwrap();
    for follower in [&mut administrator, &mut anonymous] {
        while follower.after < total {
            follower.poll().await;
        }
    }
    assert_eq!(total, server.query("select count(*) from changes").await);
    let table: BTreeMap<i64, i64> = server
        .anonymous()
        .all_items(&format!("{TOWERS}?limit=1000"))
        .await
        .iter()
        .map(|row| (row["id"].as_i64().unwrap(), row["properties"]["version"].as_i64().unwrap()))
        .collect();
    assert_eq!(table.len(), 32);
    assert_eq!(administrator.rows, table);
    assert_eq!(anonymous.rows, table);
}
