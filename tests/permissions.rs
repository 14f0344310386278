//! Every operation of the OpenAPI document, by every caller.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::http::Method;
use hatang::layers::{ALL, Layer};
use serde_json::{Value, json};

use crate::common::{PASSWORD, Server, minimal};

/// The callers, in the order of the answers below. The record asked for is in the editor's commune and of the liaison's
/// operator.
const CALLERS: [&str; 11] = [
    "anonymous",
    "nonsense",
    "expired",
    "revoked",
    "viewer",
    "officer",
    "other_editor",
    "editor",
    "other_liaison",
    "liaison",
    "administrator",
];

/// The status that each caller gets.
type Answers = [u16; 11];

/// The same for all callers: clients ask for it before they know of tokens.
const OPEN: Answers = [200; 11];
/// An invalid credential is refused. All other callers see what they may see.
const READ: Answers = [200, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200];

/// Writing one record: allowed within its scope. Liaisons may write only in layers with operators.
const fn write(done: u16) -> Answers {
    [401, 401, 401, 401, 403, 403, 403, done, 403, done, done]
}

/// Writing many records: each one out of scope is a problem at its index in the list.
const fn write_many(done: u16) -> Answers {
    [401, 401, 401, 401, 403, 403, 422, done, 422, done, done]
}

/// For administrators only.
const ADMINISTER: Answers = [401, 401, 401, 401, 403, 403, 403, 403, 403, 403, 200];
/// Planning a file: rows out of scope become findings.
const PLAN: Answers = [401, 401, 401, 401, 403, 403, 201, 201, 201, 201, 201];
/// An import that the editor has sent.
const OF_SENDER: Answers = [401, 401, 401, 401, 404, 404, 404, 200, 404, 404, 200];

/// Allowed with any valid credential.
const SIGNED_IN: Answers = [401, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200];
/// Needs a session, not a token. `tests/api/auth.rs` tests it with sessions.
const IN_SESSION: Answers = [401, 401, 401, 401, 403, 403, 403, 403, 403, 403, 403];

const fn administer(done: u16) -> Answers {
    [401, 401, 401, 401, 403, 403, 403, 403, 403, 403, done]
}

const EXPECTED: &[(&str, Answers)] = &[
    ("show_landing", OPEN),
    ("show_conformance", OPEN),
    ("show_openapi", OPEN),
    ("show_docs", OPEN),
    ("list_definitions", OPEN),
    ("list_collections", READ),
    ("find_collection", READ),
    ("show_schema", READ),
    ("show_feature_schema", READ),
    ("show_queryables", READ),
    ("show_sortables", READ),
    ("list_items", READ),
    ("search_items", READ),
    ("find_item", READ),
    ("export_package", READ),
    ("list_tilesets", READ),
    ("find_tileset", READ),
    ("find_collection_tile", READ),
    ("find_tile", READ),
    ("show_tilejson", READ),
    ("show_style", OPEN),
    ("show_glyphs", OPEN),
    ("list_tile_matrix_sets", OPEN),
    ("find_tile_matrix_set", OPEN),
    ("list_versions", READ),
    ("list_changes", READ),
    ("stream_changes", READ),
    ("list_events", ADMINISTER),
    ("log_in", OPEN),
    ("set_password", OPEN),
    ("show_me", SIGNED_IN),
    ("log_out", IN_SESSION),
    ("change_password", IN_SESSION),
    ("list_sessions", IN_SESSION),
    ("confirm_session", IN_SESSION),
    ("list_own_events", IN_SESSION),
    ("begin_second_factor", IN_SESSION),
    ("confirm_second_factor", IN_SESSION),
    ("renew_recovery_codes", IN_SESSION),
    ("remove_second_factor", IN_SESSION),
    // The account of the test has none.
    ("reset_second_factor", administer(404)),
    ("end_session", IN_SESSION),
    ("list_tokens", SIGNED_IN),
    ("create_token", IN_SESSION),
    ("revoke_token", IN_SESSION),
    ("rotate_token", IN_SESSION),
    ("list_users", ADMINISTER),
    ("create_user", administer(201)),
    ("find_user", ADMINISTER),
    ("update_user", ADMINISTER),
    ("create_password_link", administer(201)),
    ("unlock_user", administer(204)),
    ("list_grants", ADMINISTER),
    ("create_grant", administer(201)),
    ("revoke_grant", administer(204)),
    ("review_grant", ADMINISTER),
    ("erase_fields", ADMINISTER),
    ("list_rows", READ),
    ("show_quality", READ),
    ("find_place", READ),
    ("find_unit", READ),
    ("list_unit_groups", READ),
    ("find_unit_group", READ),
    ("replace_unit_group", administer(201)),
    ("delete_unit_group", administer(204)),
    ("list_stats", READ),
    ("show_stats", READ),
    ("create_item", write(201)),
    ("replace_item", write(200)),
    ("update_item", write(200)),
    ("delete_item", write(204)),
    ("create_import", PLAN),
    ("show_template", READ),
    ("list_imports", SIGNED_IN),
    ("find_import", OF_SENDER),
    ("show_workbook", OF_SENDER),
    ("commit_import", OF_SENDER),
    ("accept_suggestions", OF_SENDER),
    ("plan_import", OF_SENDER),
    ("list_import_rows", OF_SENDER),
    ("undo_import", OF_SENDER),
    ("update_items", write_many(200)),
    ("delete_items", write_many(200)),
    ("restore_item", write(200)),
    ("verify_item", write(200)),
    ("verify_items", write_many(200)),
    ("find_version", READ),
    ("show_reclassification", [401, 401, 401, 401, 403, 403, 200, 200, 200, 200, 200]),
    // No value of towers has ended.
    ("reclassify", [401, 401, 401, 401, 403, 403, 422, 422, 422, 422, 422]),
    ("list_batches", [401, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200]),
    ("find_batch", [401, 401, 401, 401, 404, 404, 404, 200, 404, 200, 200]),
    ("undo_batch", [401, 401, 401, 401, 404, 404, 404, 200, 404, 200, 200]),
    ("list_indicators", READ),
    ("find_indicator", READ),
    ("list_values", READ),
    ("list_baselines", READ),
    ("show_hamlet_availability", READ),
    ("show_unit_availability", READ),
    ("list_statement_versions", READ),
    ("show_statement_template", OPEN),
    // The sheet that is sent has no header.
    ("import_statements", [401, 401, 401, 401, 403, 403, 422, 422, 403, 403, 422]),
    ("import_units", ADMINISTER),
    ("define_indicator", administer(201)),
    ("update_indicator", ADMINISTER),
    ("delete_indicator", administer(204)),
    // A figure of a unit is of every operator, so no liaison's.
    ("state_values", [401, 401, 401, 401, 403, 403, 422, 200, 403, 403, 200]),
    ("state_baselines", [401, 401, 401, 401, 403, 403, 422, 200, 403, 403, 200]),
    ("withdraw_baseline", [401, 401, 401, 401, 403, 403, 403, 204, 403, 403, 204]),
    // What is stated here is of the liaison's operator. No editor's grant covers all communes of the district.
    ("state_hamlet_availability", [401, 401, 401, 401, 403, 403, 422, 200, 422, 200, 200]),
    ("state_unit_availability", [401, 401, 401, 401, 403, 403, 422, 422, 422, 200, 200]),
];

/// The tokens of the callers that have one, by name. Grants are for the communes in which `minimal()` lies.
async fn tokens(server: &Server) -> HashMap<&'static str, String> {
    let mut mine = BTreeSet::new();
    for layer in ALL.iter().filter(|layer| layer.is_writable()) {
        let path = format!("/collections/{}/items", layer.collection);
        let posted = server.administrator().post(&path, minimal(layer)).await.ok();
        mine.insert(posted["properties"]["commune_code"].as_str().unwrap().to_owned());
    }
    let communes = server.anonymous().get("/collections/communes/items").await.features();
    let codes = communes.iter().map(|commune| commune["properties"]["code"].as_str().unwrap().to_owned());
    let others: Vec<_> = codes.filter(|code| !mine.contains(code)).collect();
    assert!(!others.is_empty() && !mine.is_empty());

    let grants = |role: &str, communes: &mut dyn Iterator<Item = &String>| -> Vec<Value> {
        communes.map(|code| json!({"role": role, "unit": format!("{code}@2026-01-01")})).collect()
    };
    let liaison = |operator: &str| vec![json!({"role": "editor", "unit": "38@2026-01-01", "operators": [operator]})];
    let mut tokens = HashMap::from([("nonsense", "nonsense".to_owned())]);
    for (name, grants) in [
        ("viewer", grants("viewer", &mut mine.iter())),
        ("officer", vec![json!({"role": "viewer", "unit": "38@2026-01-01"})]),
        ("editor", grants("editor", &mut mine.iter())),
        ("other_editor", grants("editor", &mut others.iter())),
        ("liaison", liaison("viettel")),
        ("other_liaison", liaison("mobifone")),
        ("administrator", vec![json!({"role": "administrator"})]),
        ("expired", vec![json!({"role": "administrator"})]),
        ("revoked", vec![json!({"role": "administrator"})]),
    ] {
        tokens.insert(name, server.account(name, &grants).await);
    }
    for (name, end) in [("expired", "expires_at = now()"), ("revoked", "revoked_at = now()")] {
        let of_account = format!("account_id = (select id from accounts where username = '{name}')");
        server.execute(&format!("update tokens set {end} where {of_account}")).await;
    }
    tokens
}

/// An operation of the document: its method, its path below the API still with `{featureId}`, and its layer.
pub struct Operation {
    pub id: String,
    pub method: Method,
    pub path: String,
    pub layer: Option<&'static Layer>,
    pub described: Value,
}

impl Operation {
    /// The id without the layer: `list_items_towers` becomes `list_items`.
    fn name(&self) -> &str {
        let layer = self.layer.map(|layer| format!("_{}", layer.table()));
        layer.and_then(|layer| self.id.strip_suffix(&layer)).unwrap_or(&self.id)
    }

    /// The member of the body that lists the records.
    fn bulk_member(&self) -> Option<&'static str> {
        match self.name() {
            "update_items" => Some("features"),
            "delete_items" | "verify_items" => Some("items"),
            _ => None,
        }
    }

    fn is_write(&self) -> bool {
        self.method != Method::GET && self.name() != "search_items"
    }

    /// Whether anonymous callers may use it.
    pub fn is_open(&self) -> bool {
        self.method == Method::GET && !self.path.contains("{import}")
    }
}

/// Every operation. Templated paths get towers as their layer.
pub fn operations() -> Vec<Operation> {
    let document = hatang::http::openapi::document();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap() {
            let path = path.replace("{collectionId}", "towers").replace("{unit}", "405@2023-09-20");
            let path = path.replace("{version}", "1").replace("{collections}", "cameras,towers");
            let path =
                path.replace("{style}", "all").replace("{fontstack}", "Noto%20Sans%20Bold").replace("{range}", "0-255");
            let path = ["{z}", "{x}", "{y}", "{tileMatrix}", "{tileRow}", "{tileCol}"]
                .iter()
                .fold(path, |path, name| path.replace(name, "0"));
            let path = match &*path {
                "/rows" => format!("{path}?indicator=bts_stations"),
                "/place" => format!("{path}?at=19.8,105.7"),
                "/quality" => format!("{path}?unit=405@2023-09-20"),
                _ => path,
            };
            let layer = path.strip_prefix("/collections/").map(|rest| rest.split('/').next().unwrap());
            operations.push(Operation {
                id: described["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                layer: layer.map(|collection| Layer::of_collection(collection).unwrap()),
                path: if path == "/" { String::new() } else { path },
                described: described.clone(),
            });
        }
    }
    operations
}

/// The plan of a file with a new station, sent by a caller.
pub async fn planned(caller: crate::common::Caller<'_>) -> Value {
    let code = format!("I-{:x}", rand::random::<u64>());
    let mut feature = minimal(&hatang::layers::TOWER);
    feature["properties"]["code"] = json!(code);
    crate::imports::plan(caller, "towers", "", feature.to_string().into_bytes()).await
}

/// A record of a layer: one of the demo, or a new one that may be changed.
pub async fn record(server: &Server, layer: &'static Layer) -> Value {
    let items = format!("/collections/{}/items", layer.collection);
    if layer.is_writable() {
        return server.administrator().post(&items, minimal(layer)).await.ok()["id"].clone();
    }
    server.anonymous().get(&format!("{items}?datetime=2023-09-20&limit=1")).await.ok()["features"][0]["id"].clone()
}

const JSON: &[(&str, &str)] = &[("Content-Type", "application/json")];

/// A named group of units.
fn group() -> Value {
    json!({"name_vi": "Huyện cũ", "source": "Nghị quyết", "units_on": "2023-09-20", "members": ["405"]})
}

/// The path of an operation, on a record, batch or group created for it.
pub async fn address(server: &Server, operation: &Operation) -> String {
    let mut path = operation.path.clone();
    if path.contains("{featureId}") {
        path = path.replace("{featureId}", &record(server, operation.layer.unwrap()).await.to_string());
    }
    if path.contains("{batchId}") {
        let towers = Layer::of_collection("towers").unwrap();
        let body = json!({"type": "FeatureCollection", "confirm": ["dup.near"], "features": [minimal(towers)]});
        let made = server.administrator().post("/collections/towers/items", body).await.ok();
        path = path.replace("{batchId}", &made["batch"].to_string());
    }
    if path.contains("{import}") {
        path = path.replace("{import}", planned(server.administrator()).await["id"].as_str().unwrap());
    }
    if path.contains("{group}") {
        let code = format!("nhom-{:x}", rand::random::<u64>());
        path = path.replace("{group}", &code);
        if operation.name() != "replace_unit_group" {
            server.administrator().send(Method::PUT, &path, JSON, Some(group())).await.ok();
        }
    }
    if operation.described["tags"] == json!(["Statements"]) {
        path = crate::api::statements::address(server, operation.name(), &path).await;
    }
    path
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
fn document_says_which_operations_need_a_token() {
    for operation in operations() {
        let open = operation.described["security"].as_array().unwrap().contains(&json!({}));
        let (_, [anonymous, ..]) = EXPECTED.iter().find(|(name, _)| *name == operation.name()).unwrap();
        assert_eq!(open, *anonymous != 401, "{}", operation.id);
    }
}

/// Path and body of an operation on a new account that has a grant.
async fn of_accounts(server: &Server, operation: &Operation) -> (String, Option<Value>) {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let next = || format!("person{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let name = next();
    let user = server.administrator().post_json("/users", json!({"username": name})).await.ok()["id"].clone();
    let grants = format!("/users/{user}/grants");
    let grant = server.administrator().post_json(&grants, json!({"role": "viewer"})).await.ok()["id"].clone();
    let body = match operation.name() {
        "log_in" => {
            server.person(&format!("{name}b"), &[]).await;
            Some(json!({"username": format!("{name}b"), "password": PASSWORD}))
        }
        "set_password" => Some(json!({"token": server.link_of(&user).await, "password": PASSWORD})),
        "create_user" => Some(json!({"username": next()})),
        "update_user" => Some(json!({"disabled": true})),
        "create_grant" => Some(json!({"role": "viewer"})),
        _ => None,
    };
    let path = operation.path.replace("{user}", &user.to_string()).replace("{grant}", &grant.to_string());
    // The first token is the console's.
    (path.replace("{token}", "1").replace("{session}", "1"), body)
}

#[actix_web::test]
async fn each_operation_answers_each_caller_as_the_table_says() {
    let server = Server::with_demo().await;
    let tokens = tokens(&server).await;
    for operation in operations() {
        let Operation { id, method, layer, described, .. } = &operation;
        let (_, expected) = EXPECTED.iter().find(|(name, _)| *name == operation.name()).expect("a row");
        for (name, expected) in CALLERS.iter().zip(expected) {
            let caller = tokens.get(name).map_or(server.anonymous(), |token| server.holder(token));
            // Only the account that planned an import may see it, so these paths get a plan of the editor below.
            let mut path = if operation.path.contains("{import}") {
                operation.path.clone()
            } else {
                address(&server, &operation).await
            };
            let mut body = layer.filter(|_| operation.is_write()).map(minimal);
            if operation.name() == "restore_item" {
                body = Some(json!({"version": 1}));
            }
            if path.contains("{import}") {
                let editor = server.holder(&tokens["editor"]);
                let plan = planned(editor).await;
                path = path.replace("{import}", plan["id"].as_str().unwrap());
                body = operation.is_write().then(|| json!({"plan": plan["plan"], "accept_warnings": true}));
                if matches!(operation.name(), "accept_suggestions" | "plan_import" | "undo_import") {
                    body = Some(json!({}));
                }
                if operation.name() == "undo_import" {
                    crate::imports::commit(editor, &plan).await.ok();
                }
            }
            if let Some(member) = operation.bulk_member() {
                let id = record(&server, layer.unwrap()).await;
                body = Some(json!({member: [{"id": id, "version": 1, "properties": {"note": "một"}}]}));
            }
            let mut headers: &[_] = if operation.is_write() { &[("If-Match", "*")] } else { &[] };
            if operation.name() == "erase_fields" {
                let layer = layer.unwrap();
                let field = layer.fields().find(|field| layer.is_erasable(field)).unwrap();
                body = Some(json!({"fields": [field.name], "reason": "thử"}));
                headers = &[("Content-Type", "application/json")];
            }
            if operation.name() == "verify_item" {
                body = Some(json!({}));
            }
            if operation.name() == "search_items" {
                (body, headers) = (Some(json!({"limit": 1})), JSON);
            }
            if described["tags"] == json!(["Statements"]) && operation.is_write() {
                body = crate::api::statements::body(&server, operation.name()).await;
                headers = &[("Content-Type", "application/json")];
            }
            if operation.name() == "replace_unit_group" {
                body = Some(group());
                headers = JSON;
            }
            let is_of_accounts = described["tags"] == json!(["Accounts"]) && layer.is_none();
            if is_of_accounts && operation.is_write() {
                (path, body) = of_accounts(&server, &operation).await;
                headers = &[("Content-Type", "application/json")];
            } else if path.contains("{user}") {
                (path, _) = of_accounts(&server, &operation).await;
            }
            // In layers without operators, liaisons may write nothing.
            let is_liaison = name.ends_with("liaison") && operation.is_write();
            let is_theirs =
                layer.is_none_or(|layer| layer.field("operator").is_some()) || id == "state_hamlet_availability";
            let expected = if is_liaison && !is_theirs { 403 } else { *expected };
            let answer = caller.send(method.clone(), &path, headers, body).await;
            assert_eq!(answer.status.as_u16(), expected, "{id} by {name}: {}", answer.summary());
            assert!(
                described["responses"].get(answer.status.as_str()).is_some(),
                "{id}: {} is not documented",
                answer.status
            );
        }
    }
}

#[actix_web::test]
async fn anonymous_feed_and_account_feed_are_separate() {
    let server = Server::with_demo().await;
    let last = async |caller: crate::common::Caller<'_>| caller.get("/changes?limit=10000").await.ok()["next"].as_i64();
    assert!(last(server.anonymous()).await < last(server.administrator()).await);
    assert!(ALL.iter().any(|layer| layer.is_writable()));
}
