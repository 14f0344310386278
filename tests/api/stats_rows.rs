//! The rows behind the figures of several units: one template for all, and the records that lie in no unit.

use serde_json::{Value, json};

use crate::api::stats::count;
use crate::common::{Caller, Server, camera, feature};

/// The day before and after the reform, when the province has no districts and all of it lies in none.
const QUESTIONS: [&str; 3] = [
    "/stats?level=commune&within=405@2023-09-20&as_of=2023-09-20",
    "/stats?level=district&within=38@2025-07-01&as_of=2025-12-31",
    "/stats?level=province",
];

#[actix_web::test]
async fn template_opens_the_rows_of_every_value_of_every_unit() {
    let server = Server::with_demo().await;
    let mut compared = 0;
    let callers = [server.anonymous(), server.administrator(), server.anonymous()];
    for (caller, question) in callers.into_iter().zip(QUESTIONS) {
        let answer = caller.get(question).await.ok();
        for unit in answer["units"].as_array().expect("units").iter().take(2) {
            let template = answer["rows_template"].as_str().expect("a template");
            let template = template.replace("{unit}", unit["unit"]["code"].as_str().expect("a code"));
            compared += check(caller, &template, &answer["indicators"], &unit["figures"]).await;
        }
        let unassigned = &answer["unassigned"];
        let template = unassigned["rows_template"].as_str().expect("a template");
        assert!(!template.contains("{unit}"), "{template}");
        compared += check(caller, template, &answer["indicators"], &unassigned["figures"]).await;
    }
    assert!(compared > 200, "{compared}");
}

/// Compares each value with its rows. Returns how many were compared.
async fn check(caller: Caller<'_>, template: &str, indicators: &Value, figures: &Value) -> usize {
    let mut compared = 0;
    for (code, figure) in figures.as_object().expect("figures") {
        let shared = &indicators[code];
        let indicator = shared["indicator"].as_str().expect("an indicator");
        let all = ["value", "covered", "total"].into_iter().find_map(|name| figure[name].as_i64());
        let values = figure["values"].as_object().into_iter().flatten();
        let values = values.map(|(name, value)| (format!("{indicator}.{name}"), value.as_i64()));
        for (filled, value) in values.chain([(indicator.to_owned(), all)]) {
            let Some(value) = value else { continue };
            // Shares of households are no field of a hamlet: the answer says so.
            if shared["rows_note"].is_string() {
                assert!(shared["rows_sum"].is_null(), "{shared}");
                continue;
            }
            let link = template.replace("{indicator}", &filled);
            assert_eq!(count(caller, &link, shared["rows_sum"].as_str()).await, value, "{link}");
            compared += 1;
        }
    }
    compared
}

/// An officer opens the level of a district: one of its offices, not a sum of the levels of several.
#[actix_web::test]
async fn rows_of_a_level_are_the_office_that_has_it() {
    let server = Server::with_demo().await;
    for code in ["A", "B"] {
        let office = json!({"code": code, "name": code, "type": "agency_office", "security_level": 4});
        let office = feature([105.72, 19.80], office, json!({}));
        let answer = server.administrator().post("/collections/facilities/items", office).await;
        assert_eq!(answer.status, 201, "{}", answer.summary());
    }
    let answer = server.anonymous().get("/stats/38?indicators=security_level").await.ok();
    let figure = &answer["figures"]["security_level"];
    assert_eq!((&figure["value"], &figure["rows_sum"]), (&json!(4), &json!("security_level")));
    assert_eq!(count(server.anonymous(), figure["rows"].as_str().expect("a link"), Some("security_level")).await, 4);
}

#[actix_web::test]
async fn answer_of_several_units_says_once_what_is_the_same_in_all() {
    let server = Server::with_demo().await;
    let answer = server.anonymous().get(&format!("{}&compare=2022-12-31", QUESTIONS[0])).await.ok();
    let text = answer.to_string();
    assert_eq!(text.matches("http://").count(), 2, "one template for units, one for the unassigned");
    assert_eq!((&answer["compare"], &answer["indicators"]["camera_eyes"]), (
        &json!("2022-12-31"),
        &json!({"unit": "eye", "basis": "register", "collection": "cameras", "indicator": "camera_eyes", "rows_sum": "eye_count"}),
    ));
    let mut eyes = 0;
    for unit in answer["units"].as_array().expect("units") {
        for (code, figure) in unit["figures"].as_object().expect("figures") {
            for (name, member) in figure.as_object().expect("members") {
                let may_be_zero = ["value", "covered", "total"].contains(&&**name);
                assert!(may_be_zero || ![json!(0), json!({}), json!([]), Value::Null].contains(member), "{code}: {figure}");
            }
        }
        eyes += unit["figures"]["camera_eyes"]["value"].as_i64().expect("a value, also when it is 0");
    }
    assert_eq!(eyes, 421);
}

#[actix_web::test]
async fn unassigned_rows_are_those_in_no_unit_of_the_level() {
    let server = Server::with_communes().await;
    let located = camera(json!({"eye_count": 2}));
    assert_eq!(server.administrator().post("/collections/cameras/items", located).await.status, 201);
    let count = async |query: &str| {
        server.anonymous().get(&format!("/collections/cameras/items?{query}")).await.ok()["numberMatched"].clone()
    };
    // The communes of this database have no district.
    assert_eq!(count("unassigned=commune").await, 0);
    assert_eq!(count("unassigned=district").await, 1);
    for (query, parameter) in [("unassigned=hamlet", "unassigned"), ("units_on=soon", "units_on")] {
        let answer = server.anonymous().get(&format!("/collections/cameras/items?{query}")).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["parameter"]), (400, &json!(parameter)));
    }
    let answer = server.anonymous().get("/rows?within=00001").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["parameter"]), (400, &json!("indicator")));
}
