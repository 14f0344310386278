//! Declared figures, figures published earlier, availability: who states them, what is refused, what is kept.

use serde_json::{Value, json};

use crate::common::{Caller, Server, minimal};

/// Path and body of operations on statements, in the commune in which records of tests lie.
pub async fn address(server: &Server, operation: &str, path: &str) -> String {
    let administrator = server.administrator();
    let mut path = path.to_owned();
    if path.contains("{indicator}") || path.contains("{statement}") {
        let code = format!("test.i{:x}", rand::random::<u64>());
        administrator.post_json("/indicators", groups(&code)).await.ok();
        path = path.replace("{indicator}", &code);
        if operation != "delete_indicator" {
            let value = value("38@2026-01-01", "2025", 194);
            put(administrator, &format!("/indicators/{code}/values"), json!({"values": [value]})).await.ok();
            let stated = administrator.get(&format!("/indicators/{code}/values")).await.ok();
            path = path.replace("{kind}", "values").replace("{statement}", &stated["values"][0]["id"].to_string());
        }
    }
    match operation {
        "import_statements" => path += "?kind=values",
        "import_units" => path += "?kind=list&as_of=2023-01-01",
        _ => {}
    }
    if path.contains("{baseline}") {
        put(administrator, "/baselines", body(server, "state_baselines").await.unwrap()).await.ok();
        let unit = format!("{}@2026-01-01", commune(server).await);
        let stated = administrator.get(&format!("/baselines?unit={unit}")).await.ok();
        path = path.replace("{baseline}", &stated["baselines"][0]["id"].to_string());
    }
    if operation.ends_with("hamlet_availability") {
        let within = format!("/collections/hamlets/items?within={}@2026-01-01&limit=1", commune(server).await);
        let id = server.anonymous().get(&within).await.features()[0]["id"].to_string();
        path = format!("/collections/hamlets/items/{id}/availability");
    }
    path
}

pub async fn body(server: &Server, operation: &str) -> Option<Value> {
    let commune = format!("{}@2026-01-01", commune(server).await);
    let statement = json!({"technology": "4g", "operator": "viettel", "state": "available", "as_of": "2026-01-01"});
    Some(match operation {
        "define_indicator" => groups(&format!("test.d{:x}", rand::random::<u64>())),
        "import_statements" | "import_units" => json!("a,b"),
        "update_indicator" => json!({"decimals": 0}),
        "state_values" => json!({"values": [value(&commune, "2025", 3)]}),
        "state_baselines" => json!({"baselines": [
            {"indicator": "camera_eyes", "unit": commune, "on": "2026-01-01", "value": 12, "document": "BC 12"}]}),
        "state_hamlet_availability" | "state_unit_availability" => json!({"statements": [statement]}),
        _ => return None,
    })
}

/// The commune of today in which `minimal()` lies.
async fn commune(server: &Server) -> String {
    let tower = minimal(&hatang::layers::TOWER);
    let posted = server.administrator().post("/collections/towers/items", tower).await.ok();
    posted["properties"]["commune_code"].as_str().unwrap().to_owned()
}

fn groups(code: &str) -> Value {
    json!({"code": code, "kind": "number", "sentence": {"vi": "Tổ công nghệ số cộng đồng", "en": "Community digital groups"},
        "unit_label": {"vi": "tổ", "en": "group"}})
}

fn value(unit: &str, period: &str, value: i64) -> Value {
    json!({"unit": unit, "period": period, "value": value, "source": "Báo cáo 20/BC-UBND"})
}

async fn put(caller: Caller<'_>, path: &str, body: Value) -> crate::common::Answer {
    let headers = [("Content-Type", "application/json")];
    caller.send(actix_web::http::Method::PUT, path, &headers, Some(body)).await
}

async fn define(server: &Server, definition: Value) {
    server.administrator().post_json("/indicators", definition).await.ok();
}

fn counts(create: i64, update: i64, withdraw: i64, unchanged: i64) -> Value {
    json!({"create": create, "update": update, "withdraw": withdraw, "unchanged": unchanged})
}

/// The figures of the issue: 194 groups with 355 members, rank 52 of 63, index 80%, video conference in 136 communes,
/// computers per official, a level of skills.
#[actix_web::test]
async fn figures_that_are_not_counted_stand_beside_the_counted_ones() {
    let server = Server::with_demo().await;
    let administrator = server.administrator();
    let names = |vi: &str, en: &str| json!({"vi": vi, "en": en});
    for (code, kind, more, given) in [
        ("digital.groups", "number", json!({}), json!({"value": 194})),
        ("digital.members", "number", json!({"decimals": 0}), json!({"value": 355})),
        ("dti.rank", "rank", json!({"of": 63}), json!({"value": 52})),
        ("dti.index", "share", json!({}), json!({"value": 80})),
        ("video.communes", "number", json!({}), json!({"value": 136, "of": 136})),
        ("computers.per_official", "number", json!({"decimals": 1}), json!({"value": 0.9})),
        ("skills", "level", json!({"of": 5}), json!({"value": 3, "note": "Tự đánh giá"})),
    ] {
        let mut definition = json!({"code": code, "kind": kind, "sentence": names("Tên", "Name"), "unit_label": names("đv", "unit")});
        definition.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        define(&server, definition).await;
        let mut value = json!({"unit": "405@2023-09-20", "period": "2022", "source": "BC 1"});
        value.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
        let answer = put(administrator, &format!("/indicators/{code}/values"), json!({"values": [value]})).await.ok();
        assert_eq!(answer, counts(1, 0, 0, 0), "{code}");
    }
    let later = json!({"values": [value("405@2023-09-20", "2023-Q2", 200), value("405@2023-09-20", "2023-Q4", 230)]});
    put(administrator, "/indicators/digital.groups/values", later).await.ok();

    let stats = server.anonymous().get("/stats/405@2023-09-20?as_of=2023-09-20").await.ok();
    assert_eq!(stats["figures"]["camera_eyes"]["value"], 421);
    let declared: Vec<_> = stats["declared"].as_array().unwrap().iter().collect();
    let shown: Vec<_> = declared.iter().map(|it| (it["code"].as_str().unwrap(), it["value"].as_f64().unwrap(), it["of"].as_f64())).collect();
    assert_eq!(
        shown,
        [
            ("computers.per_official", 0.9, None),
            ("digital.groups", 200.0, None),
            ("digital.members", 355.0, None),
            ("dti.index", 80.0, None),
            ("dti.rank", 52.0, Some(63.0)),
            ("skills", 3.0, Some(5.0)),
            ("video.communes", 136.0, Some(136.0)),
        ]
    );
    let groups = declared[1];
    assert_eq!((&groups["period"], &groups["from"], &groups["to"]), (&json!("2023-Q2"), &json!("2023-04-01"), &json!("2023-06-30")));
    assert!(stats["figures"].get("digital.groups").is_none(), "declared figures are not counted ones");
    let inside = server.anonymous().get("/stats/405@2023-09-20?as_of=2023-11-01").await.ok();
    assert_eq!(inside["declared"][1]["value"], 230.0, "the period that holds the day");
    let before = server.anonymous().get("/stats/405@2023-09-20?as_of=2021-12-31").await.ok();
    assert_eq!(before["declared"], json!([]));
    let listed = server.anonymous().get("/stats?level=district&within=405@2023-09-20&as_of=2023-09-20&indicators=camera_eyes").await.ok();
    assert_eq!(listed["units"][0]["declared"][4]["value"], 52.0);
}

#[actix_web::test]
async fn wrong_values_are_refused_with_every_problem_and_nothing_is_written() {
    let server = Server::with_demo().await;
    define(&server, json!({"code": "dti.rank", "kind": "rank", "of": 63, "sentence": {"vi": "a", "en": "a"}, "unit_label": {"vi": "a", "en": "a"}})).await;
    let good = value("405@2023-09-20", "2022", 52);
    let mut bad = vec![good.clone(), good];
    for (name, given) in [
        ("value", json!(64)),
        ("value", json!("52")),
        ("value", json!(1.5)),
        ("period", json!("2023-Q5")),
        ("period", json!("2100")),
        ("unit", json!("999@2023-09-20")),
        ("period", json!("2018")),
        ("period", json!("0000")),
        ("unit", json!("405@0000-01-01")),
        ("source", json!("mật khẩu: abc123")),
        ("source", Value::Null),
        ("colour", json!("red")),
    ] {
        let mut value = value("405@2023-09-20", "2021", 3);
        value[name] = given;
        bad.push(value);
    }
    let answer = put(server.administrator(), "/indicators/dti.rank/values", json!({"values": bad})).await;
    assert_eq!(
        answer.summary(),
        "422 dup.statement /values/1 range /values/2/value type /values/3/value range /values/4/value \
         type /values/5/period date.future /values/6/period unit.not_valid /values/7/unit \
         unit.not_valid /values/8/unit range /values/9/period unit.not_valid /values/10/unit secret.in_text /values/11/source required /values/12/source \
         property.unknown /values/13/colour"
    );
    let stored = server.anonymous().get("/indicators/dti.rank/values").await.ok();
    assert_eq!(stored["values"], json!([]));
    assert_eq!(put(server.administrator(), "/indicators/dti.rank/values", json!({"values": []})).await.summary(), "422 type /values");
    let missing = put(server.administrator(), "/indicators/nothing/values", json!({"values": []})).await;
    assert_eq!(missing.status, 404);
    assert_eq!(server.anonymous().get("/indicators/a%00b").await.status, 404);
}

#[actix_web::test]
async fn corrected_and_withdrawn_values_stay_in_history() {
    let server = Server::with_demo().await;
    define(&server, groups("digital.groups")).await;
    let path = "/indicators/digital.groups/values";
    let editor = server.account("ward", &[json!({"role": "editor", "unit": "16378@2026-01-01"})]).await;
    let editor = server.holder(&editor);
    let said = |number| json!({"values": [value("16378@2026-01-01", "2025", number)]});
    assert_eq!(put(editor, path, said(3)).await.ok(), counts(1, 0, 0, 0));
    assert_eq!(put(editor, path, said(3)).await.ok(), counts(0, 0, 0, 1));
    let known_at = server.query("select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')").await;
    assert_eq!(put(editor, path, said(4)).await.ok(), counts(0, 1, 0, 0));
    let stored = server.anonymous().get(path).await.ok()["values"][0].clone();
    assert_eq!((&stored["value"], stored.get("stated_by")), (&json!(4), None));
    assert_eq!(server.holder(&server.account("other", &[json!({"role": "viewer"})]).await).get(path).await.ok()["values"][0]["stated_by"], "ward");
    let withdrawn = json!({"values": [{"unit": "16378@2026-01-01", "period": "2025", "withdrawn": true}]});
    assert_eq!(put(editor, path, withdrawn.clone()).await.ok(), counts(0, 0, 1, 0));
    assert_eq!(put(editor, path, withdrawn).await.ok(), counts(0, 0, 0, 1));

    let history = crate::common::below_api(&json!({"href": stored["history"]}));
    let versions = editor.get(&history).await.ok()["versions"].clone();
    let told: Vec<_> = versions
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["op"].as_str().unwrap(), it["by"].as_str().unwrap(), &it["before"]["value"], &it["after"]["value"]))
        .collect();
    assert_eq!(
        told,
        [
            ("withdraw", "ward", &json!(4), &Value::Null),
            ("update", "ward", &json!(3), &json!(4)),
            ("create", "ward", &Value::Null, &json!(3)),
        ]
    );
    let open = server.anonymous().get(&history).await.ok();
    assert!(open["versions"][0].get("by").is_none() && open["versions"][0]["before"].get("stated_by").is_none());
    let known = format!("/stats/16378@2026-01-01?indicators=camera_eyes&known_at={}", known_at.as_str().unwrap());
    assert_eq!(server.anonymous().get(&known).await.ok()["declared"][0]["value"], 3.0, "as it was known");
    let events = server.administrator().get("/audit?action=values.write").await.ok();
    let actors: Vec<_> = events["events"].as_array().unwrap().iter().map(|event| event["actor"].as_str().unwrap()).collect();
    assert_eq!(actors, ["ward", "ward", "ward"], "what changed nothing is no event");
}

#[actix_web::test]
async fn an_indicator_with_values_stays_what_it_is() {
    let server = Server::with_demo().await;
    let administrator = server.administrator();
    let patch = async |body: Value| {
        let headers = [("Content-Type", "application/json")];
        administrator.send(actix_web::http::Method::PATCH, "/indicators/digital.groups", &headers, Some(body)).await
    };
    define(&server, groups("digital.groups")).await;
    assert_eq!(administrator.post_json("/indicators", groups("digital.groups")).await.summary(), "409 dup.code /code");
    assert_eq!(administrator.post_json("/indicators", groups("camera_eyes")).await.summary(), "422 dup.code /code");
    let changed = patch(json!({"sentence": {"en": "Groups"}, "decimals": 0})).await.ok();
    assert_eq!(changed["sentence"], json!({"vi": "Tổ công nghệ số cộng đồng", "en": "Groups"}));
    assert_eq!(patch(json!({"code": "other"})).await.summary(), "422 indicator.code_stays /code");
    assert_eq!(patch(json!({"kind": "share"})).await.ok()["kind"], "share");
    patch(json!({"kind": "number"})).await.ok();
    let path = "/indicators/digital.groups/values";
    put(administrator, path, json!({"values": [value("38@2026-01-01", "2025", 194)]})).await.ok();
    assert_eq!(patch(json!({"kind": "share"})).await.summary(), "422 indicator.has_values /code");
    let delete = async || administrator.delete("/indicators/digital.groups", "*").await;
    assert_eq!(delete().await.summary(), "422 indicator.has_values /code");
    put(administrator, path, json!({"values": [{"unit": "38@2026-01-01", "period": "2025", "withdrawn": true}]})).await.ok();
    assert_eq!(delete().await.status, 204);
    assert_eq!(server.anonymous().get("/indicators/digital.groups").await.status, 404);
}

#[actix_web::test]
async fn an_editor_states_only_of_units_that_a_grant_covers() {
    let server = Server::with_demo().await;
    define(&server, groups("digital.groups")).await;
    let editor = server.account("ward", &[json!({"role": "editor", "unit": "16378@2026-01-01"})]).await;
    let limited = json!({"role": "editor", "unit": "16378@2026-01-01", "collections": ["cameras"]});
    let limited = server.account("cameras", &[limited]).await;
    let path = "/indicators/digital.groups/values";
    let said = |unit: &str| json!({"values": [value(unit, "2024", 1)]});
    // Đông Sơn district became three wards, the old township only the editor's own.
    assert_eq!(put(server.holder(&editor), path, said("405@2024-01-01")).await.summary(), "422 scope.outside /values/0/unit");
    assert_eq!(put(server.holder(&editor), path, said("16378@2024-01-01")).await.ok(), counts(1, 0, 0, 0));
    assert_eq!(put(server.holder(&limited), path, said("16378@2024-01-01")).await.status, 403);
}

#[actix_web::test]
async fn a_baseline_is_the_base_of_a_comparison() {
    let server = Server::with_demo().await;
    let administrator = server.administrator();
    let said = json!({"baselines": [
        {"indicator": "bts_stations", "unit": "405@2022-12-31", "on": "2022-12-31", "value": 57, "document": "BC 57"}]});
    assert_eq!(put(administrator, "/baselines", said.clone()).await.ok(), counts(1, 0, 0, 0));
    let compared = async || {
        let path = "/stats/405@2023-09-20?as_of=2023-09-20&compare=2022-12-31&indicators=bts_stations";
        server.anonymous().get(path).await.ok()["figures"]["bts_stations"]["delta"].clone()
    };
    let delta = compared().await;
    assert_eq!((&delta["base"], &delta["base_kind"], &delta["document"]), (&json!(57), &json!("declared"), &json!("BC 57")));
    let stored = server.anonymous().get("/baselines?unit=405@2022-12-31&indicator=bts_stations").await.ok();
    let stored = stored["baselines"].as_array().expect("baselines").iter();
    let id = &stored.clone().find(|baseline| baseline["on"] == "2022-12-31").expect("the new one")["id"];
    assert_eq!(administrator.delete(&format!("/baselines/{id}"), "*").await.status, 204);
    assert_eq!(compared().await["base_kind"], "computed");
    let versions = server.anonymous().get(&format!("/statements/baselines/{id}/history")).await.ok();
    assert_eq!((&versions["versions"][0]["op"], &versions["versions"][0]["before"]["value"]), (&json!("withdraw"), &json!(57)));
    let mut bad = said;
    bad["baselines"][0]["group"] = json!("viettel");
    assert_eq!(put(administrator, "/baselines", bad).await.summary(), "422 enum.unknown /baselines/0/group");
}

#[actix_web::test]
async fn availability_of_a_hamlet_counts_and_that_of_a_commune_stands_beside() {
    let server = Server::with_demo().await;
    let ratio = async |as_of: &str| {
        let path = format!("/stats/16378@2026-01-01?as_of={as_of}&indicators=mobile_hamlets_5g&operator=gmobile");
        server.anonymous().get(&path).await.ok()["figures"]["mobile_hamlets_5g"]["covered"].clone()
    };
    assert_eq!(ratio("2026-06-01").await, 0);
    let hamlet = server.anonymous().get("/collections/hamlets/items?within=16378@2026-01-01&limit=1").await.features()[0]["id"].clone();
    let path = format!("/collections/hamlets/items/{hamlet}/availability");
    let liaison = json!({"role": "editor", "unit": "38@2026-01-01", "operators": ["gmobile"]});
    let liaison = server.account("liaison", &[liaison]).await;
    let liaison = server.holder(&liaison);
    let said = |operator: &str| json!({"statements": [
        {"technology": "5g", "operator": operator, "state": "available", "as_of": "2026-05-01", "source": "Công văn 5"}]});
    assert_eq!(put(liaison, &path, said("gmobile")).await.ok(), counts(1, 0, 0, 0));
    assert_eq!(put(liaison, &path, said("vnpt")).await.summary(), "422 scope.outside /statements/0/operator");
    assert_eq!(ratio("2026-06-01").await, 1);
    assert_eq!(ratio("2026-04-30").await, 0);

    let stated = server.anonymous().get(&path).await.ok();
    let own = |it: &&Value| it["operator"] == "gmobile";
    let statement = stated["statements"].as_array().unwrap().iter().find(own).unwrap().clone();
    assert_eq!((&statement["operator"], &statement["basis"], &statement["source"]), (&json!("gmobile"), &json!("reported"), &json!("Công văn 5")));
    assert_eq!(stated["history"][0]["op"], "create");

    let unit = "/units/16378@2026-01-01/availability";
    let whole = json!({"statements": [{"technology": "fiber", "state": "available", "share_households": 0.9, "as_of": "2026-05-01"}]});
    assert_eq!(put(server.administrator(), unit, whole).await.ok(), counts(1, 0, 0, 0));
    let stated = server.anonymous().get(unit).await.ok();
    assert_eq!((&stated["unit"]["code"], &stated["statements"][0]["share_households"]), (&json!("16378"), &json!(0.9)));
    let stats = server.anonymous().get("/stats/16378@2026-01-01?as_of=2026-06-01&indicators=fiber_hamlets_any").await.ok();
    assert_eq!(stats["stated_availability"][0]["share_households"], 0.9);
    let before = server.anonymous().get("/stats/16378@2026-01-01?as_of=2026-04-30&indicators=fiber_hamlets_any").await.ok();
    assert_eq!(before["stated_availability"], json!([]));
    assert_eq!(stats["figures"]["fiber_hamlets_any"]["covered"], before["figures"]["fiber_hamlets_any"]["covered"], "hamlets are counted by their own statements");
    let bad = json!({"statements": [{"technology": "6g", "state": "unknown", "share_households": 1.2, "as_of": "2100-01-01"}]});
    assert_eq!(put(server.administrator(), unit, bad).await.summary(),
        "422 type /statements/0/technology date.future /statements/0/as_of type /statements/0/share_households");
}
