//! `/unit-groups`: named groups of units, and what lies in them.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Answer, Caller, Server, feature};

async fn put(caller: Caller<'_>, code: &str, body: Value) -> Answer {
    caller.send(Method::PUT, &format!("/unit-groups/{code}"), &[("Content-Type", "application/json")], Some(body)).await
}

fn former() -> Value {
    json!({"name_vi": "Các xã của huyện Đông Sơn cũ", "name_en": "The former district", "source": "Nghị quyết 1238",
        "units_on": "2024-01-01", "members": ["00012", "00011"]})
}

#[actix_web::test]
async fn group_is_written_by_administrators_and_read_by_anyone() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    assert_eq!(put(server.anonymous(), "dong-son", former()).await.status, 401);
    assert_eq!(put(administrator, "dong-son", former()).await.status, 201);
    let mut renamed = former();
    renamed["name_vi"] = json!("Huyện cũ");
    assert_eq!(put(administrator, "dong-son", renamed).await.status, 200);
    let group = server.anonymous().get("/unit-groups/dong-son").await.ok();
    assert_eq!((&group["name"]["vi"], &group["units_on"]), (&json!("Huyện cũ"), &json!("2024-01-01")));
    let names = |member: &str| -> Vec<Value> {
        group[member].as_array().unwrap().iter().map(|unit| unit["name"].clone()).collect()
    };
    assert_eq!(names("members"), ["Thị trấn Cũ", "Xã Giữa"]);
    assert_eq!(names("communes"), ["Thị trấn Cũ", "Xã Giữa"]);
    let all = server.anonymous().get("/unit-groups").await.ok();
    assert_eq!(all["unit_groups"][0]["members"], json!(["00011", "00012"]));
    let events = server.query("select jsonb_agg(action order by id) from audit where action like 'group.%'").await;
    assert_eq!(events, json!(["group.replace", "group.replace"]));

    let mut wrong = former();
    wrong["members"] = json!(["00011", "00001"]);
    assert_eq!(put(administrator, "dong-son", wrong).await.summary(), "422 unit.not_valid /members/0");
    assert_eq!(
        put(administrator, "dong-son", json!({"members": []})).await.summary(),
        "422 required /name_vi required /source required /units_on type /members"
    );
    assert_eq!(put(administrator, "Dong_Son", former()).await.status, 400);
    assert_eq!(administrator.delete("/unit-groups/dong-son", "*").await.status, 204);
    assert_eq!(server.anonymous().get("/unit-groups/dong-son").await.status, 404);
}

#[actix_web::test]
async fn rows_within_a_group_are_those_of_its_members() {
    let server = Server::with_communes().await;
    for (lon, name) in [(105.65, "Trong thị trấn"), (105.72, "Xã Giữa, nay Phường Tây"), (105.8, "Xã Giữa, nay Xã Đông")] {
        let properties = json!({"name": name, "managing_level": "commune_police"});
        server.administrator().post("/collections/cameras/items", feature([lon, 19.8], properties, json!({}))).await.ok();
    }
    let group = |members: Value| {
        json!({"name_vi": "Nhóm", "source": "Thử", "units_on": "2024-01-01", "members": members})
    };
    put(server.administrator(), "mot", group(json!(["00012"]))).await.ok();
    put(server.administrator(), "hai", group(json!(["405"]))).await.ok();
    let names = async |query: &str| {
        let mut names = server.administrator().get(&format!("/collections/cameras/items?{query}")).await.names();
        names.sort();
        names
    };
    assert_eq!(names("within=group:mot").await, ["Xã Giữa, nay Phường Tây", "Xã Giữa, nay Xã Đông"]);
    assert_eq!(names("within=group:hai").await.len(), 3);
    let none = server.anonymous().get("/collections/cameras/items?within=group:ba").await;
    assert_eq!(none.summary(), "404 unit.not_valid within");
    // On another era the communes map by territory.
    let communes = async |day: &str| {
        let sql = format!("select jsonb_agg(code order by code) from group_communes('mot', '{day}')");
        server.query(Box::leak(sql.into_boxed_str())).await
    };
    assert_eq!(communes("2024-01-01").await, json!(["00012"]));
    assert_eq!(communes("2026-01-01").await, json!(["00001", "00002"]));
}
