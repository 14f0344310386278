//! A client that follows the feed and keeps what it reports.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::common::Caller;

/// A layer and the id of a record.
pub type Key = (String, i64);

pub struct Follower<'a> {
    pub name: &'static str,
    pub caller: Caller<'a>,
    pub after: i64,
    /// The last reported version of each record.
    pub told: BTreeMap<Key, i64>,
    /// Each record as fetched after its last report.
    fetched: BTreeMap<Key, Value>,
}

impl<'a> Follower<'a> {
    pub fn new(name: &'static str, caller: Caller<'a>) -> Follower<'a> {
        Follower { name, caller, after: 0, told: BTreeMap::new(), fetched: BTreeMap::new() }
    }

    /// Reads one page. Returns whether there is more.
    pub async fn poll(&mut self, limit: usize) -> bool {
        let page = self.caller.get(&format!("/changes?after={}&limit={limit}", self.after)).await.ok();
        for change in page["changes"].as_array().unwrap() {
            self.apply(change).await;
        }
        self.after = page["next"].as_i64().unwrap();
        page["more"].as_bool().unwrap()
    }

    /// Applies a change. Checks that it is new and fits the earlier reports.
    pub async fn apply(&mut self, change: &Value) {
        let Follower { name, .. } = *self;
        let seq = change["seq"].as_i64().unwrap();
        assert!(seq > self.after, "{name}: {change} after {}", self.after);
        self.after = seq;
        let (collection, id) = (change["collection"].as_str().unwrap().to_owned(), change["id"].as_i64().unwrap());
        let path = format!("/collections/{collection}/items/{id}");
        let key = (collection, id);
        assert_eq!(self.told.contains_key(&key), change["op"] != "create", "{name}: {change}");
        if change["op"] == "delete" {
            self.told.remove(&key);
            self.fetched.remove(&key);
            return;
        }
        self.told.insert(key.clone(), change["version"].as_i64().unwrap());
        let answer = self.caller.get(&path).await;
        match answer.status.as_u16() {
            // It has been deleted since. A later change will report that.
            404 => self.fetched.remove(&key),
            _ => self.fetched.insert(key, content(&answer.ok())),
        };
    }

    /// Checks that the records followed are those in the lists now.
    pub async fn assert_equals_lists(&self, collections: &[&str]) {
        let mut listed = BTreeMap::new();
        for collection in collections {
            for item in self.caller.all_items(&format!("/collections/{collection}/items?limit=1000")).await {
                listed.insert(((*collection).to_owned(), item["id"].as_i64().unwrap()), content(&item));
            }
        }
        let version = |item: &Value| item["properties"]["version"].as_i64().unwrap();
        let versions: BTreeMap<_, _> = listed.iter().map(|(key, item)| (key.clone(), version(item))).collect();
        assert_eq!(self.told, versions, "{}", self.name);
        assert_eq!(self.fetched, listed, "{}", self.name);
    }
}

fn content(item: &Value) -> Value {
    json!({"geometry": item["geometry"], "properties": item["properties"]})
}
