//! Figures of named groups of units, and within them.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Server, camera, feature};

/// Cameras of 1, 2 and 4 eyes from west to east: in the former town, in the west and in the east of the former commune;
/// and the groups `xa` (00012 of 2024), `huyen` (405 of 2024) and `phuong` (00001 of 2026).
async fn with_groups() -> Server {
    let server = Server::with_communes().await;
    for (lon, eyes) in [(105.65, 1), (105.72, 2), (105.8, 4)] {
        let mut camera = camera(json!({"eye_count": eyes, "installed_on": "2023-01-01"}));
        camera["geometry"]["coordinates"] = json!([lon, 19.8]);
        let answer = server.administrator().post("/collections/cameras/items", camera).await;
        assert_eq!(answer.status, 201, "{}", answer.summary());
    }
    for (code, day, members) in
        [("xa", "2024-01-01", ["00012"]), ("huyen", "2024-01-01", ["405"]), ("phuong", "2026-01-01", ["00001"])]
    {
        let body = json!({"name_vi": format!("Nhóm {code}"), "source": "Thử", "units_on": day, "members": members});
        let headers = [("Content-Type", "application/json")];
        let path = format!("/unit-groups/{code}");
        server.administrator().send(Method::PUT, &path, &headers, Some(body)).await.ok();
    }
    server
}

/// The sum of the eyes of the features at an address.
async fn eyes_at(server: &Server, address: &str) -> i64 {
    let path = address.strip_prefix("http://hatang.test/api/v1").unwrap();
    let rows = server.anonymous().get(path).await.ok();
    rows["features"].as_array().unwrap().iter().filter_map(|row| row["properties"]["eye_count"].as_i64()).sum()
}

#[actix_web::test]
async fn a_group_has_the_figures_of_its_members_on_its_own_day() {
    let server = with_groups().await;
    for (group, eyes) in [("xa", 6), ("huyen", 7), ("phuong", 3)] {
        let answer = server.anonymous().get(&format!("/stats/group:{group}?indicators=camera_eyes,security_level")).await.ok();
        let figure = &answer["figures"]["camera_eyes"];
        assert_eq!(figure["value"], json!(eyes), "{group}");
        assert_eq!(eyes_at(&server, figure["rows"].as_str().unwrap()).await, eyes, "{group}");
        assert_eq!(answer["unit"]["level"], json!("group"));
        assert_eq!(answer["unit"]["name"], json!(format!("Nhóm {group}")));
        // A group has no office of its own.
        assert_eq!(answer["figures"]["security_level"]["value"], json!(null));
    }
}

#[actix_web::test]
async fn units_within_a_group_are_its_communes_and_the_larger_ones_that_it_names() {
    let server = with_groups().await;
    let within = async |query: &str| -> Vec<(String, i64)> {
        let answer = server.anonymous().get(&format!("/stats?indicators=camera_eyes&{query}")).await.ok();
        let template = answer["rows_template"].as_str().unwrap();
        let mut found = Vec::new();
        for unit in answer["units"].as_array().unwrap() {
            let (code, value) = (unit["unit"]["code"].as_str().unwrap(), &unit["figures"]["camera_eyes"]["value"]);
            let address = template.replace("{unit}", code).replace("{indicator}", "camera_eyes");
            assert_eq!(eyes_at(&server, &address).await, value.as_i64().unwrap(), "{query} {code}");
            found.push((code.to_owned(), value.as_i64().unwrap()));
        }
        let none = answer["unassigned"]["figures"]["camera_eyes"]["value"].as_i64().unwrap();
        let address = answer["unassigned"]["rows_template"].as_str().unwrap().replace("{indicator}", "camera_eyes");
        assert_eq!(eyes_at(&server, &address).await, none, "{query}: {address}");
        found.push(("none".into(), none));
        found
    };
    let listed = |units: &[(&str, i64)]| -> Vec<(String, i64)> {
        units.iter().map(|(code, eyes)| ((*code).to_owned(), *eyes)).collect()
    };
    assert_eq!(within("within=group:huyen").await, listed(&[("00011", 1), ("00012", 6), ("none", 0)]));
    assert_eq!(within("within=group:huyen&level=district").await, listed(&[("405", 7), ("none", 0)]));
    assert_eq!(within("within=group:huyen&level=province").await, listed(&[("none", 7)]));
    assert_eq!(within("within=group:phuong").await, listed(&[("00001", 3), ("none", 0)]));
    // Only a part of the district is in the group: what lies there lies in no district of the group.
    assert_eq!(within("within=group:xa&level=district").await, listed(&[("none", 6)]));
}

#[actix_web::test]
async fn the_households_of_a_group_are_those_of_its_communes() {
    let server = with_groups().await;
    let count = "update admin_units set households = case code when '00011' then 1000 else 400 end, population = 1, \
                 counted_on = '2019-04-01', counted_source = 'TCTK' where code in ('00011', '00012')";
    server.execute(count).await;
    let code = "camera_eyes_per_1000_households";
    // 7 eyes, 1,400 households.
    let figure = server.anonymous().get(&format!("/stats/group:huyen?indicators={code}")).await.ok()["figures"][code].clone();
    assert_eq!((&figure["value"], &figure["denominator"]), (&json!(5.0), &json!(1400)));
    let figure = server.anonymous().get(&format!("/stats/group:phuong?indicators={code}")).await.ok()["figures"][code].clone();
    assert_eq!((&figure["value"], &figure["denominator"]), (&Value::Null, &Value::Null));
}

#[actix_web::test]
async fn groups_that_do_not_exist_or_of_another_day_are_refused() {
    let server = with_groups().await;
    let reader = server.anonymous();
    assert_eq!(reader.get("/stats/group:ba").await.summary(), "404 unit.not_valid unit");
    assert_eq!(reader.get("/stats?within=group:ba").await.summary(), "404 unit.not_valid within");
    assert_eq!(reader.get("/stats/group:Ba").await.status, 404);
    assert_eq!(reader.get("/stats?within=group:").await.status, 400);
    let other_day = reader.get("/stats?within=group:xa&units_on=2026-01-01").await;
    assert_eq!(other_day.summary(), "400 parameter.invalid units_on");
    let country = reader.get("/stats?within=group:xa&level=country").await;
    assert_eq!(country.summary(), "400 parameter.invalid level");
}

#[actix_web::test]
async fn the_whole_of_a_group_adds_what_moved_inside_it_to_nothing() {
    let server = with_groups().await;
    let administrator = server.administrator();
    let camera = administrator.get("/collections/cameras/items?sortby=eye_count&limit=1").await.ok()["features"][0].clone();
    let body = json!({"geometry": {"type": "Point", "coordinates": [105.8, 19.85]},
        "properties": {"effective_on": "2024-03-01"}});
    administrator.patch(&format!("/collections/cameras/items/{}", camera["id"]), "*", body).await.ok();
    let query = "as_of=2024-06-01&compare=2024-01-01&indicators=camera_eyes";
    let whole = server.anonymous().get(&format!("/stats/group:huyen?{query}")).await.ok();
    let delta = &whole["figures"]["camera_eyes"]["delta"];
    assert_eq!((&delta["value"], &delta["base"]), (&json!(0), &json!(7)));
    let commune = server.anonymous().get(&format!("/stats?within=group:xa&{query}")).await.ok();
    let delta = &commune["units"][0]["figures"]["camera_eyes"]["delta"];
    assert_eq!((&delta["value"], &delta["parts"]["moved"]), (&json!(1), &json!(1)));
}

#[actix_web::test]
async fn what_is_to_check_and_files_name_the_group() {
    let server = with_groups().await;
    let properties = json!({"name": "UBND xã", "type": "commune_office", "declared_commune_code": "00012", "declared_on": "2024-01-01"});
    let mut office = feature([105.72, 19.8], properties, json!({}));
    office["geometry"] = Value::Null;
    let answer = server.administrator().post("/collections/facilities/items", office).await;
    assert_eq!(answer.status, 201, "{}", answer.summary());
    // The office was in the commune that is split today: only the group of the former commune has it.
    let quality = server.anonymous().get("/quality?unit=group:xa").await.ok();
    let unlocated = quality["problems"].as_array().unwrap().iter().find(|problem| problem["check"] == "unlocated").unwrap();
    assert_eq!(unlocated["count"], json!(1));
    let path = unlocated["rows"].as_str().unwrap().strip_prefix("http://hatang.test/api/v1").unwrap();
    assert_eq!(server.anonymous().get(path).await.names(), ["UBND xã"]);
    let file = server.anonymous().get("/stats?within=group:xa&f=xlsx").await;
    assert!(file.header("content-disposition").unwrap().contains("figures_group-xa_"));
    let table = server.anonymous().get("/stats?within=group:xa&f=csv&indicators=camera_eyes").await;
    let table = String::from_utf8(table.body.to_vec()).unwrap();
    assert!(table.contains("00012,Xã Giữa,commune"), "{table}");
}
