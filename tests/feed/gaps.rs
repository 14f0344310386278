//! The order of changes, without gaps, while transactions are held open.

use diesel_async::SimpleAsyncConnection;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::common::{Caller, Server, tower};

const TOWERS: &str = "/collections/towers/items";
const WRITERS: usize = 8;

/// The changes that a reader has been told of, oldest first.
struct Reader<'a> {
    caller: Caller<'a>,
    after: i64,
    seen: Vec<(i64, String)>,
}

impl Reader<'_> {
    async fn poll(&mut self) {
        let page = self.caller.get(&format!("/changes?after={}", self.after)).await.ok();
        for change in page["changes"].as_array().unwrap() {
            // Without gaps: each number follows the last.
            assert_eq!(change["seq"], self.after + 1);
            self.after += 1;
            self.seen.push((change["id"].as_i64().unwrap(), change["op"].as_str().unwrap().to_owned()));
        }
        assert_eq!((&page["next"], &page["more"]), (&json!(self.after), &json!(false)));
    }
}

/// Eight transactions are open at once and commit in random order. Two more stay open all the time: one has written
/// elsewhere in the database, one has written a station.
#[actix_web::test]
async fn commits_are_reported_at_once_in_order_while_other_transactions_are_open() {
    let server = Server::new().await;
    let admin = server.administrator();
    let held = admin.post(TOWERS, tower(json!({}))).await.ok()["id"].as_i64().unwrap();
    let mut expected = vec![(held, "create".to_owned())];
    let mut readers = [admin, server.anonymous()].map(|caller| Reader { caller, after: 0, seen: Vec::new() });

    let mut foreign = server.connection().await;
    foreign
        .batch_execute("begin; select pg_current_xact_id(); update accounts set display_name = 'x'; lock table grants in share mode")
        .await
        .unwrap();
    let mut holder = server.connection().await;
    holder.batch_execute(&format!("begin; update towers set height_m = 9 where id = {held}")).await.unwrap();

    let mut chance = StdRng::seed_from_u64(8);
    let mut writers = Vec::new();
    for _ in 0..WRITERS {
        writers.push((server.connection().await, None));
    }
    let (mut next_id, mut commits) = (1, 0);
    while commits < 60 {
        let (conn, open) = &mut writers[chance.random_range(0..WRITERS)];
        let Some(id) = open.take() else {
            let sql = format!(
                "begin; insert into towers (id, code, name, operator, effective_on, geom) values \
                 ({next_id}, 'T{next_id}', 'x', 'vnpt', current_date, st_setsrid(st_makepoint(105.7, 19.8), 4326)); \
                 update towers set height_m = 1 where id = {next_id}; \
                 update towers set deleted_at = now() where id = {next_id} and id % 3 = 0"
            );
            conn.batch_execute(&sql).await.unwrap();
            *open = Some(next_id);
            next_id += 1;
            continue;
        };
        conn.batch_execute("commit; select number_changes()").await.unwrap();
        commits += 1;
        let ops = ["create", "update", "delete"];
        let ops = if id % 3 == 0 { &ops[..] } else { &ops[..2] };
        expected.extend(ops.iter().map(|op| (id, (*op).to_owned())));
        // Meanwhile the service goes on writing.
        if commits % 20 == 0 {
            let made = admin.post(TOWERS, tower(json!({}))).await.ok();
            expected.push((made["id"].as_i64().unwrap(), "create".into()));
        }
        for reader in &mut readers {
            reader.poll().await;
            assert_eq!(reader.seen, expected);
        }
    }
    holder.batch_execute("commit; select number_changes()").await.unwrap();
    expected.push((held, "update".into()));
    for reader in &mut readers {
        reader.poll().await;
        assert_eq!(reader.seen, expected);
    }
    foreign.batch_execute("rollback").await.unwrap();
}

#[actix_web::test]
async fn tombstone_is_reported_to_later_readers_and_reveals_nothing_else() {
    let server = Server::new().await;
    let admin = server.administrator();
    let id = admin.post(TOWERS, tower(json!({"name": "Trạm cũ"}))).await.ok()["id"].clone();
    admin.delete(&format!("{TOWERS}/{id}"), "*").await.ok();
    for caller in [admin, server.anonymous()] {
        assert_eq!(caller.get(&format!("{TOWERS}/{id}")).await.status, 404);
        let page = caller.get("/changes").await.ok();
        let tombstone = page["changes"].as_array().unwrap().last().unwrap();
        let names: Vec<_> = tombstone.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["seq", "collection", "id", "op", "version", "at"]);
        let values = [&tombstone["seq"], &tombstone["id"], &tombstone["op"], &tombstone["version"]];
        assert_eq!(values, [&json!(2), &id, &json!("delete"), &json!(2)]);
        assert_eq!(page["changes"][0]["op"], Value::from("create"));
    }
}
