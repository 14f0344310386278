//! Every operation of the OpenAPI document, by every caller.

use actix_web::http::Method;
use hatang::kinds::{ALL, Kind};
use serde_json::{Value, json};

use crate::common::{Server, minimal};

/// What an operation answers: to strangers; to invalid, expired and revoked tokens; to an administrator.
const EXPECTED: &[(&str, [u16; 3])] = &[
    // The same for all, and asked by clients before they know of tokens.
    ("show_landing", [200, 200, 200]),
    ("show_conformance", [200, 200, 200]),
    ("show_openapi", [200, 200, 200]),
    ("show_docs", [200, 200, 200]),
    ("list_definitions", [200, 200, 200]),
    ("list_collections", [200, 401, 200]),
    ("find_collection", [200, 401, 200]),
    ("show_schema", [200, 401, 200]),
    ("show_feature_schema", [200, 401, 200]),
    ("show_queryables", [200, 401, 200]),
    ("list_items", [200, 401, 200]),
    ("find_item", [200, 401, 200]),
    ("list_versions", [200, 401, 200]),
    ("list_changes", [200, 401, 200]),
    ("list_stats", [200, 401, 200]),
    ("show_stats", [200, 401, 200]),
    ("create_item", [401, 401, 201]),
    ("replace_item", [401, 401, 200]),
    ("update_item", [401, 401, 200]),
    ("delete_item", [401, 401, 204]),
];

/// An operation of the document: its method, its path below the API with `{featureId}` left in it, and the layer.
pub struct Operation {
    pub id: String,
    pub method: Method,
    pub path: String,
    pub kind: Option<&'static Kind>,
    pub described: Value,
}

impl Operation {
    /// The id without its layer: `list_items_towers` is `list_items`.
    fn name(&self) -> &str {
        let layer = self.kind.map(|kind| format!("_{}", kind.table()));
        layer.and_then(|layer| self.id.strip_suffix(&layer)).unwrap_or(&self.id)
    }

    fn is_write(&self) -> bool {
        self.method != Method::GET
    }
}

/// Every operation; those by template as of towers.
pub fn operations() -> Vec<Operation> {
    let document = hatang::api::openapi::document();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap() {
            let path = path.replace("{collectionId}", "towers").replace("{unit}", "405@2023-09-20");
            let kind = path.strip_prefix("/collections/").map(|rest| rest.split('/').next().unwrap());
            operations.push(Operation {
                id: described["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                kind: kind.map(|collection| Kind::of_collection(collection).unwrap()),
                path: if path == "/" { String::new() } else { path },
                described: described.clone(),
            });
        }
    }
    operations
}

/// A record of a layer: one of the demo, or a new one that may be changed.
pub async fn record(server: &Server, kind: &'static Kind) -> Value {
    let items = format!("/collections/{}/items", kind.collection);
    if kind.is_writable() {
        return server.administrator().post(&items, minimal(kind)).await.ok()["id"].clone();
    }
    server.stranger().get(&format!("{items}?datetime=2023-09-20&limit=1")).await.ok()["features"][0]["id"].clone()
}

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let operations = operations();
    for operation in &operations {
        assert!(EXPECTED.iter().any(|(name, _)| *name == operation.name()), "no row for {}", operation.id);
    }
    for (name, _) in EXPECTED {
        assert!(operations.iter().any(|operation| operation.name() == *name), "no operation {name}");
    }
}

#[test]
fn what_writes_says_that_it_needs_a_token() {
    for operation in operations() {
        let open = operation.described["security"].as_array().unwrap().contains(&json!({}));
        assert_eq!(open, !operation.is_write(), "{}", operation.id);
    }
}

#[actix_web::test]
async fn each_operation_answers_each_caller_as_the_table_says() {
    let server = Server::with_demo().await;
    let mut secrets = vec!["nonsense".to_owned()];
    let mut conn = server.connection().await;
    for (name, end) in [("expired", "expires_at = now()"), ("revoked", "revoked_at = now()")] {
        secrets.push(hatang::store::tokens::create(&mut conn, name, 1).await.unwrap());
        server.execute(&format!("update tokens set {end} where name = '{name}'")).await;
    }
    for operation in operations() {
        let Operation { id, method, path, kind, described } = &operation;
        let Some((_, [stranger, invalid, administrator])) = EXPECTED.iter().find(|(name, _)| *name == operation.name())
        else {
            panic!("no row for {id}")
        };
        let mut path = path.clone();
        if path.contains("{featureId}") {
            path = path.replace("{featureId}", &record(&server, kind.unwrap()).await.to_string());
        }
        let body = operation.is_write().then(|| minimal(kind.unwrap()));
        let headers = [("If-Match", "*")];
        let callers = [(server.stranger(), stranger)]
            .into_iter()
            .chain(secrets.iter().map(|secret| (server.holder(secret), invalid)))
            .chain([(server.administrator(), administrator)]);
        for (index, (caller, expected)) in callers.enumerate() {
            let headers = if operation.is_write() { &headers[..] } else { &[] };
            let answer = caller.send(method.clone(), &path, headers, body.clone()).await;
            assert_eq!(answer.status.as_u16(), *expected, "{id} by caller {index}: {}", answer.summary());
            assert!(
                described["responses"].get(answer.status.as_str()).is_some(),
                "{id}: {} is not documented",
                answer.status
            );
        }
    }
}

#[actix_web::test]
async fn strangers_feed_and_insiders_feed_are_apart() {
    let server = Server::with_demo().await;
    let last = async |caller: crate::common::Caller<'_>| caller.get("/changes?limit=10000").await.ok()["next"].as_i64();
    assert!(last(server.stranger()).await < last(server.administrator()).await);
    assert!(ALL.iter().any(|kind| kind.is_writable()));
}
