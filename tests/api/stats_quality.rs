//! `GET /quality`: what to check, and the rows behind each count.

use serde_json::{Value, json};

use crate::common::{Caller, Server, camera, tower};

async fn count(caller: Caller<'_>, link: &Value) -> i64 {
    let path = link.as_str().and_then(|link| link.strip_prefix("http://hatang.test/api/v1")).expect("a link");
    let items = caller.get(&format!("{path}&limit=10000")).await.ok();
    items["features"].as_array().expect("features").len() as i64
}

#[actix_web::test]
async fn each_count_of_quality_opens_its_rows() {
    let server = Server::with_demo().await;
    let mut compared = 0;
    for (caller, unit) in [
        (server.anonymous(), "405@2023-09-20&as_of=2023-09-20"),
        (server.administrator(), "405@2023-09-20&as_of=2024-12-31"),
        (server.administrator(), "38"),
    ] {
        let answer = caller.get(&format!("/quality?unit={unit}")).await.ok();
        let parts = answer["parts"].as_array().expect("parts").iter().map(|part| &part["problems"]);
        for problem in parts.chain([&answer["problems"]]).flat_map(|list| list.as_array().expect("problems")) {
            assert_eq!(count(caller, &problem["rows"]).await, problem["count"].as_i64().unwrap(), "{problem}");
            compared += 1;
        }
        let effects = answer["problems"].as_array().unwrap().iter().map(|problem| problem["effect"]["value"].as_i64());
        let effects: Vec<_> = effects.collect();
        assert!(effects.is_sorted_by(|a, b| a >= b), "the greatest effect first: {effects:?}");
    }
    assert!(compared > 20, "{compared}");
}

/// Two cameras of one place, three and four eyes, without a day of installation.
#[actix_web::test]
async fn duplicates_are_counted_with_their_eyes_for_those_who_may_know() {
    let server = Server::with_communes().await;
    for eyes in [3, 4] {
        let camera = camera(json!({"eye_count": eyes}));
        assert_eq!(server.administrator().post("/collections/cameras/items", camera).await.status, 201);
    }
    let find = |answer: &Value, check: &str| {
        let problems = answer["problems"].as_array().expect("problems").clone();
        problems.into_iter().find(|problem| problem["check"] == check)
    };
    let answer = server.administrator().get("/quality?unit=38").await.ok();
    let found = find(&answer, "suspected_duplicates").expect("duplicates");
    assert_eq!((&found["count"], &found["effect"]["value"], &found["effect"]["unit"]), (&json!(2), &json!(7), &json!("eye")));
    assert_eq!((&found["problem"], count(server.administrator(), &found["rows"]).await), (&json!("Suspected duplicates"), 2));
    let part = &answer["parts"][0];
    assert_eq!((&part["unit"]["code"], &part["problems"][0]["count"]), (&json!("00001"), &json!(2)));
    let public = server.anonymous().get("/quality?unit=38").await.ok();
    assert!(find(&public, "suspected_duplicates").is_none() && find(&public, "no_install_date").is_some());
    let refused = server.anonymous().get("/collections/cameras/items?quality=suspected_duplicates").await;
    assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["parameter"]), (400, &json!("quality")));
    for (path, parameter) in [("/quality", "unit"), ("/quality?unit=38&compare=2020-01-01", "compare")] {
        let refused = server.anonymous().get(path).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["parameter"]), (400, &json!(parameter)));
    }
    assert_eq!(server.anonymous().get("/quality?unit=99").await.status, 404);
}

#[actix_web::test]
async fn quality_of_an_operator_is_of_its_records_and_says_how_many_are_in_order() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    for (operator, more) in [("vnpt", json!({})), ("viettel", json!({})), ("viettel", json!({"installed_on": "2020-01-01"}))] {
        let mut tower = tower(json!({"operator": operator}));
        for (name, value) in more.as_object().unwrap() {
            tower["properties"][name] = value.clone();
        }
        tower["geometry"]["coordinates"][1] = json!(tower["geometry"]["coordinates"][1].as_f64().unwrap() + 0.001 * f64::from(u8::from(more != json!({}))));
        assert_eq!(admin.post("/collections/towers/items", tower).await.status, 201);
    }
    assert_eq!(admin.post("/collections/cameras/items", camera(json!({}))).await.status, 201);
    let answer = admin.get("/quality?unit=38&operator=viettel").await.ok();
    let problems = answer["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!((&problems[0]["check"], &problems[0]["count"]), (&json!("no_install_date"), &json!(1)));
    assert_eq!(count(admin, &problems[0]["rows"]).await, 1);
    assert_eq!(answer["checked"], json!([{"collection": "towers", "count": 2, "sound": 1}]));
    assert_eq!(answer["parts"][0]["checked"], answer["checked"]);
    let both = admin.get("/quality?unit=38&operator=viettel,vnpt").await.ok();
    assert_eq!(both["checked"], json!([{"collection": "towers", "count": 3, "sound": 1}]));
    let all = admin.get("/quality?unit=38").await.ok();
    assert!(all["checked"].as_array().unwrap().contains(&json!({"collection": "cameras", "count": 1, "sound": 0})), "{all}");
    assert_eq!(admin.get("/quality?unit=38&operator=att").await.summary(), "400 parameter.invalid operator");
}
