//! Records that enter and leave the scope of a reader.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::follower::Follower;
use super::writes::{LAYERS, Writes};
use crate::common::{Caller, Server, camera};

const CAMERAS: &str = "/collections/cameras/items";

/// Accounts with different scopes: name and token.
pub async fn readers(server: &Server) -> Vec<(&'static str, String)> {
    server.execute(include_str!("../common/hamlet.sql")).await;
    let mut readers = Vec::new();
    for (name, grants) in [
        ("west", json!([{"role": "editor", "unit": "00001@2026-01-01"}])),
        ("east", json!([{"role": "viewer", "unit": "00002@2026-01-01"}])),
        ("viettel", json!([{"role": "editor", "unit": "38@2026-01-01", "operators": ["viettel"]}])),
        ("hamlet", json!([{"role": "editor", "unit": "00001-1@2026-01-01", "collections": ["cameras"]}])),
        ("nothing", json!([])),
    ] {
        readers.push((name, server.account(name, grants.as_array().unwrap()).await));
    }
    readers
}

/// All followers, of a register that is still empty.
pub fn followers<'a>(server: &'a Server, readers: &'a [(&'static str, String)]) -> Vec<Follower<'a>> {
    let mut followers =
        vec![Follower::new("anonymous", server.anonymous()), Follower::new("administrator", server.administrator())];
    followers.extend(readers.iter().map(|(name, secret)| Follower::new(name, server.holder(secret))));
    followers
}

#[actix_web::test]
async fn follower_ends_with_the_contents_of_the_lists_whatever_is_written() {
    let seed = 1;
    let server = Server::with_communes().await;
    let readers = readers(&server).await;
    let mut followers = followers(&server, &readers);
    let mut writes = Writes::new(&server, seed).await;
    let mut chance = StdRng::seed_from_u64(seed);
    for _ in 0..150 {
        writes.next().await;
        for follower in &mut followers {
            if chance.random_range(0..4) == 0 {
                follower.poll(chance.random_range(1..6)).await;
            }
        }
    }
    for follower in &mut followers {
        while follower.poll(7).await {}
        follower.assert_equals_lists(&[&LAYERS[..], &["hamlets"]].concat()).await;
    }
    for layer in ["create", "move", "operator", "legal_class", "managing_level", "hamlet_id", "delete", "restore"] {
        assert!(writes.done.contains(layer), "{layer}: {:?}", writes.done);
    }
}

/// What each reader has been told since its last number: `op version`, in order.
async fn told(caller: Caller<'_>, after: &mut i64) -> Vec<String> {
    let page = caller.get(&format!("/changes?after={after}")).await.ok();
    *after = page["next"].as_i64().unwrap();
    let text = |change: &Value| format!("{} {}", change["op"].as_str().unwrap(), change["version"]);
    page["changes"].as_array().unwrap().iter().map(text).collect()
}

#[actix_web::test]
async fn record_that_changes_scope_leaves_one_reader_and_enters_another() {
    let server = Server::with_communes().await;
    let readers = readers(&server).await;
    let mut after = [0; 5];
    let mut all = async || {
        let callers = [
            server.administrator(),
            server.anonymous(),
            server.holder(&readers[0].1),
            server.holder(&readers[1].1),
            server.holder(&readers[2].1),
        ];
        let mut all = Vec::new();
        for (caller, after) in callers.into_iter().zip(&mut after) {
            all.push(told(caller, after).await.join(", "));
        }
        all
    };
    // The hamlet of a reader.
    assert_eq!(all().await, ["create 1"; 5]);
    let admin = server.administrator();
    let made = admin.post(CAMERAS, camera(json!({"legal_class": "operational_police"}))).await.ok();
    let path = format!("{CAMERAS}/{}", made["id"]);
    let patch = async |body: Value| {
        admin.patch(&path, "*", body).await.ok();
    };
    // In the order: administrator, anonymous, editor of the west, viewer of the east, liaison.
    assert_eq!(all().await, ["create 1", "", "create 1", "", ""]);
    patch(json!({"geometry": {"type": "Point", "coordinates": [105.8, 19.81]}, "confirm": ["dup.near"]})).await;
    assert_eq!(all().await, ["update 2", "", "delete 2", "create 2", ""], "moved while hidden");
    patch(json!({"properties": {"legal_class": "traffic"}})).await;
    assert_eq!(all().await, ["update 3", "create 1", "create 1", "update 3", "create 1"], "shown to all");
    patch(json!({"properties": {"note": "cột số 9"}})).await;
    assert_eq!(all().await, ["update 4", "", "", "update 4", ""], "an internal field");
    patch(json!({"properties": {"managing_level": "household"}})).await;
    assert_eq!(all().await, ["update 5", "update 2", "update 2", "update 5", "update 2"], "its name is hidden");
    patch(json!({"geometry": {"type": "Point", "coordinates": [105.7, 19.81]}, "confirm": ["dup.near"]})).await;
    assert_eq!(all().await, ["update 6", "update 3", "update 6", "update 3", "update 3"], "moved while shown");
    patch(json!({"properties": {"legal_class": "operational_police"}})).await;
    assert_eq!(all().await, ["update 7", "delete 4", "update 7", "delete 4", "delete 4"], "hidden again");
    admin.delete(&path, "*").await.ok();
    assert_eq!(all().await, ["delete 8", "", "delete 8", "", ""], "a tombstone for those who knew of it");
    assert_eq!(server.anonymous().get(&path).await.status, 404);
    admin.post_json(&format!("{path}/restore"), json!({})).await.ok();
    assert_eq!(all().await, ["create 9", "", "create 9", "", ""], "brought back");
}

#[actix_web::test]
async fn station_that_changes_its_operator_changes_its_liaison() {
    let server = Server::with_communes().await;
    let mut secrets = Vec::new();
    for operator in ["viettel", "vnpt"] {
        let grant = json!({"role": "editor", "unit": "38@2026-01-01", "operators": [operator]});
        secrets.push(server.account(operator, &[grant]).await);
    }
    let admin = server.administrator();
    let made = admin.post("/collections/towers/items", crate::common::tower(json!({"operator": "viettel"}))).await.ok();
    let path = format!("/collections/towers/items/{}", made["id"]);
    let classes = async || {
        let mut seen = Vec::new();
        for secret in &secrets {
            let properties = server.holder(secret).get(&path).await.ok()["properties"].clone();
            seen.push((properties["version"].as_i64().unwrap(), properties["class"].clone()));
        }
        seen
    };
    admin.patch(&path, "*", json!({"properties": {"note": "x"}})).await.ok();
    let mut after = [0; 2];
    let mut all = async || {
        let mut all = Vec::new();
        for (secret, after) in secrets.iter().zip(&mut after) {
            all.push(told(server.holder(secret), after).await.join(", "));
        }
        all
    };
    assert_eq!(all().await, ["create 1, update 2", "create 1"]);
    admin.patch(&path, "*", json!({"properties": {"operator": "vnpt"}})).await.ok();
    // Both still see it. Each sees a new version.
    assert_eq!(all().await, ["update 2", "update 3"]);
    let versions: Vec<_> = classes().await.into_iter().map(|(version, _)| version).collect();
    assert_eq!(versions, [2, 3]);
}
