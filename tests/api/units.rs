//! `GET /units/{unit}`, and why figures are zero or an answer is empty.

use actix_web::http::Method;
use hatang::time::today;
use serde_json::{Value, json};

use crate::api::unit_boundaries::register;
use crate::common::{Answer, Server};

/// The codes and names of predecessors or successors, with the change: `00001 Phường Tây full merged`.
fn kin(value: &Value) -> Vec<String> {
    let text = |unit: &Value, name: &str| unit[name].as_str().unwrap().to_owned();
    let line = |unit: &Value| ["code", "name", "part", "change"].map(|name| text(unit, name)).join(" ");
    value.as_array().unwrap().iter().map(line).collect()
}

fn codes(answer: &Value) -> Vec<String> {
    let why = answer["why"].as_array().cloned().unwrap_or_default();
    why.iter().map(|why| why["code"].as_str().unwrap().to_owned()).collect()
}

async fn in_vietnamese(server: &Server, path: &str) -> Answer {
    server.anonymous().send(Method::GET, path, &[("Accept-Language", "vi")], None).await
}

#[actix_web::test]
async fn unit_says_what_it_came_from_and_became() {
    let server = Server::with_communes().await;
    let ward = server.anonymous().get("/units/00001").await.ok();
    assert_eq!(
        (&ward["code"], &ward["name"], &ward["valid_from"], &ward["parent"]["name"], &ward["boundary"]["present"]),
        (&json!("00001"), &json!("Phường Tây"), &json!("2025-07-01"), &json!("Tỉnh Thanh Hóa"), &json!(true))
    );
    assert_eq!(
        kin(&ward["predecessors"]),
        ["00011 Thị trấn Cũ full merged", "00012 Xã Giữa partial split"]
    );
    // A code alone that has ended is its last version.
    let old = server.anonymous().get("/units/00012").await.ok();
    assert_eq!(old["valid_to"], "2025-06-30");
    assert_eq!(kin(&old["successors"]), ["00001 Phường Tây partial split", "00002 Xã Đông partial split"]);
    for link in old["links"].as_array().unwrap() {
        let answer = server.anonymous().get(&crate::common::below_api(link)).await;
        assert!(answer.status.is_success(), "{link}");
    }
    let items = old["links"].as_array().unwrap().iter().find(|link| link["rel"] == "items").unwrap();
    let found = server.anonymous().get(&crate::common::below_api(items)).await;
    assert_eq!(found.names(), ["Xã Giữa"]);
}

#[actix_web::test]
async fn place_as_people_write_it_is_read_with_its_units() {
    let server = Server::with_communes().await;
    let anonymous = server.anonymous();
    for at in ["19.8,105.7", "105.7%2019.8", "19%C2%B048'N%20105%C2%B042'E", "19,8;105,7"] {
        let place = anonymous.get(&format!("/place?at={at}")).await.ok();
        assert_eq!(place["geometry"], json!({"type": "Point", "coordinates": [105.7, 19.8]}), "{at}");
        let names: Vec<_> = place["units"].as_array().unwrap().iter().map(|unit| unit["name"].clone()).collect();
        assert_eq!(names, ["Phường Tây", "Tỉnh Thanh Hóa"]);
    }
    assert_eq!(anonymous.get("/place?at=10.8,106.7").await.ok()["units"], json!([]));
    let grid = anonymous.get("/place?at=2190000;573300&crs=VN-2000%20105%C2%B000'").await.ok();
    assert_eq!(grid["units"][0]["code"], "00001");
    for (query, name) in [("", "at"), ("?at=ch%E1%BB%A3", "at"), ("?at=2190000;573300", "at"), ("?at=19.8,105.7&crs=x", "crs")]
    {
        let refused = anonymous.get(&format!("/place{query}")).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["parameter"]), (400, &json!(name)), "{query}");
    }
}

#[actix_web::test]
async fn ended_code_names_what_it_became() {
    let server = Server::with_communes().await;
    let anonymous = server.anonymous();
    for path in [
        "/units/00012@2026-01-01",
        "/stats/00012@2026-01-01",
        "/stats?within=00012@2026-01-01",
        "/collections/cameras/items?within=00012@2026-01-01",
        "/collections/cameras/items?within=00012@2026-01-01&f=csv",
    ] {
        let answer = anonymous.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        let said = answer.json()["detail"].to_string();
        for part in ["Xã Giữa", "2025-06-30", "00001 Phường Tây", "00002 Xã Đông"] {
            assert!(said.contains(part), "{path}: {said}");
        }
    }
    let district = in_vietnamese(&server, "/stats/405@2026-01-01").await;
    assert_eq!(district.status, 404);
    let said = district.json()["detail"].to_string();
    assert!(said.contains("Huyện Đông Sơn kết thúc ngày 30/6/2025; cấp huyện kết thúc ngày 30/6/2025"), "{said}");
    assert_eq!(anonymous.get("/units/99999").await.status, 404);
    assert_eq!(anonymous.get("/units/abc").await.status, 404);
}

#[actix_web::test]
async fn empty_answers_and_zeros_say_why() {
    let server = register().await;
    let anonymous = server.anonymous();
    let districts = anonymous.get("/stats?level=district&as_of=2025-07-01&indicators=camera_eyes").await.ok();
    assert_eq!(codes(&districts), ["tier_ended"]);
    assert_eq!(districts["why"][0]["ended_on"], "2025-06-30");
    assert_eq!(
        districts["notice"],
        "The district tier ended on 2025-06-30, so there are no figures of districts; ask provinces or communes."
    );
    let communes = anonymous.get("/stats?within=26@2025-06-30&as_of=2025-06-30&indicators=camera_eyes").await.ok();
    assert_eq!(codes(&communes), ["no_boundary"]);
    assert_eq!(communes["why"][0]["units"], json!(["08707", "08710"]));
    let whole = anonymous.get("/stats?within=75@2025-06-30&as_of=2025-06-30&indicators=camera_eyes").await.ok();
    assert_eq!((&whole["why"], &whole["notice"]), (&Value::Null, &Value::Null));
    let one = in_vietnamese(&server, "/stats/08710@2025-06-30?as_of=2025-06-30&indicators=camera_eyes").await.ok();
    assert!(one["notice"].as_str().unwrap().starts_with("Phường Liên Bảo chưa có đủ ranh giới của ngày 30/6/2025"));
}

#[actix_web::test]
async fn figure_of_another_period_says_from_which_units_it_is_added() {
    let server = Server::with_communes().await;
    let ward = server.anonymous().get("/stats/00001@2026-01-01?as_of=2024-01-01&indicators=camera_eyes").await.ok();
    assert_eq!(codes(&ward), ["split"]);
    let parts = |answer: &Value| -> Vec<String> {
        let from = answer["territory"]["from"].as_array().unwrap().iter();
        from.map(|unit| format!("{} {}", unit["code"].as_str().unwrap(), unit["part"].as_str().unwrap())).collect()
    };
    assert_eq!(parts(&ward), ["00011 full", "00012 partial"]);
    assert_eq!(ward["territory"]["placed_by_geometry"], true);
    // Both communes of today lie in the former district as a whole.
    let district = server.anonymous().get("/stats/405@2024-01-01?as_of=2026-01-01&indicators=camera_eyes").await.ok();
    assert_eq!(codes(&district), ["tier_ended"]);
    assert_eq!(parts(&district), ["00001 full", "00002 full"]);
    assert_eq!(district["territory"]["placed_by_geometry"], false);
    let own = server.anonymous().get("/stats/00001@2026-01-01?as_of=2026-01-01&indicators=camera_eyes").await.ok();
    assert_eq!((&own["territory"], &own["why"]), (&Value::Null, &Value::Null));
}

#[actix_web::test]
async fn units_on_chooses_the_era() {
    let server = Server::with_communes().await;
    let units = async |query: &str| {
        let answer = server.anonymous().get(&format!("/stats?indicators=camera_eyes&as_of=2026-01-01&{query}")).await.ok();
        let units = answer["units"].as_array().unwrap().iter();
        units.map(|unit| unit["unit"]["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(units("").await, ["00001", "00002"]);
    assert_eq!(units("units_on=2024-01-01").await, ["00011", "00012"]);
    assert_eq!(units("within=38&units_on=2024-01-01").await, ["00011", "00012"]);
    assert_eq!(units("within=38@2024-01-01&units_on=2024-01-01").await, ["00011", "00012"]);
    let other = server.anonymous().get("/stats?within=38@2024-01-01&units_on=2024-01-02").await;
    assert_eq!(other.summary(), "400 parameter.invalid units_on");
}

#[actix_web::test]
async fn days_to_come_are_refused() {
    let server = Server::with_communes().await;
    let tomorrow = today().succ_opt().unwrap();
    for (path, expected) in [
        (format!("/stats?as_of={tomorrow}"), "400 parameter.invalid as_of"),
        (format!("/stats?compare={tomorrow}"), "400 parameter.invalid compare"),
        (format!("/stats/38?as_of={tomorrow}"), "400 parameter.invalid as_of"),
        (format!("/collections/cameras/items?as_of={tomorrow}"), "400 parameter.invalid as_of"),
        (format!("/rows?indicator=camera_eyes&as_of={tomorrow}"), "400 parameter.invalid as_of"),
        (format!("/stats?units_on={tomorrow}"), "400 units.none_ahead units_on"),
        (format!("/units/00001@{tomorrow}"), "404 units.none_ahead unit"),
        (format!("/stats?within=38@{tomorrow}"), "404 units.none_ahead within"),
        (format!("/collections/cameras/items?units_on={tomorrow}"), "400 units.none_ahead units_on"),
    ] {
        assert_eq!(server.anonymous().get(&path).await.summary(), expected, "{path}");
    }
    // Once units of that day are loaded, they may be asked.
    server
        .execute(&format!(
            "insert into admin_units (level, code, name, parent_code, valid_from, source) \
             values ('commune', '00003', 'Xã Mới', '38', '{tomorrow}', 'import')"
        ))
        .await;
    let answer = server.anonymous().get(&format!("/stats?units_on={tomorrow}&indicators=camera_eyes")).await.ok();
    assert_eq!(answer["units"].as_array().unwrap().len(), 3);
    server.anonymous().get(&format!("/units/00003@{tomorrow}")).await.ok();
}

/// Looking at all records of a country takes minutes: it is done only when communes were written, or began or ended.
#[actix_web::test]
async fn records_follow_their_communes_and_are_looked_at_only_when_these_change() {
    let server = Server::with_communes().await;
    let keep_up = async || hatang::units::keep_up(&mut server.connection().await).await.unwrap();
    let state = async |text: &'static str| server.query(text).await;
    server
        .execute(
            "insert into towers (id, code, name, operator, effective_on, geom) \
             values (1, 'T1', 'Trạm', 'vnpt', '2024-01-01', st_setsrid(st_makepoint(105.7, 19.8), 4326))",
        )
        .await;
    keep_up().await;
    assert_eq!(state("select communes_are_behind()").await, false);
    let version = "select version from towers where id = 1";
    assert_eq!(state(version).await, 1);
    // Another day on which no commune begins or ends.
    server.execute("update reference_state set communes_on = current_date - 1").await;
    assert_eq!(state("select communes_are_behind()").await, true);
    keep_up().await;
    assert_eq!((state("select communes_are_behind()").await, state(version).await), (false.into(), 1.into()));
    // With psql, since which nobody asked for it.
    server.execute("update admin_units set code = '00009' where code = '00001' and valid_to is null").await;
    assert_eq!(state("select communes_are_behind()").await, true);
    keep_up().await;
    assert_eq!(state("select commune_code from towers where id = 1").await, "00009");
    // A commune that begins between the day that records have and today.
    server
        .execute(
            "update admin_units set valid_to = current_date - 1 where code = '00009'; \
             insert into admin_units (level, code, name, parent_code, valid_from, source, geom, geom_source) \
             select 'commune', '00010', 'Phường Mới', '38', current_date, 'demo', geom, 'demo' from admin_units where code = '00009'; \
             update reference_state set communes_on = current_date - 1",
        )
        .await;
    keep_up().await;
    assert_eq!(state("select commune_code from towers where id = 1").await, "00010");
}
