//! `GET /stats`, `/stats/{unit}`, `/stats/definitions`, with the demo district and its published figures.

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use crate::common::{Caller, Server, camera};

/// The units that the tests read, with their days: the district of the report, one of its communes, and their
/// successors.
const QUESTIONS: [&str; 4] = [
    "/stats/405@2023-09-20?as_of=2023-09-20&compare=2022-12-31",
    "/stats/16378@2023-09-20?as_of=2024-12-31&compare=2023-09-20",
    "/stats/405@2023-09-20?as_of=2025-12-31&compare=2023-09-20",
    "/stats/38?compare=2023-09-20",
];

#[actix_web::test]
async fn district_has_its_published_figures() {
    let server = Server::with_demo().await;
    for caller in [server.anonymous(), server.administrator()] {
        let answer = caller.get(QUESTIONS[0]).await.ok();
        assert_eq!(answer["unit"]["name"], "Huyện Đông Sơn");
        let figure = |code: &str| answer["figures"][code].clone();

        assert_eq!(figure("camera_eyes")["value"], 421);
        assert_eq!(figure("camera_eyes_by_manager")["values"], json!({"district_police": 55, "commune_police": 366}));
        let delta = &answer["figures"]["camera_eyes"]["delta"];
        assert_eq!(
            (&delta["value"], &delta["base"], &delta["base_kind"]),
            (&json!(109), &json!(312), &json!("declared"))
        );
        assert_eq!((&delta["computed_base"], &delta["parts"]), (&json!(312), &json!({"new": 109})));
        assert_eq!(delta["notes"], json!(["The published parts +9, +76 give 85, not +109."]));
        let parts = &answer["figures"]["camera_eyes_by_manager"]["delta"]["values"];
        assert_eq!((&parts["district_police"]["value"], &parts["commune_police"]["value"]), (&json!(9), &json!(76)));

        assert_eq!(figure("bts_stations")["value"], 69);
        assert_eq!(figure("bts_stations")["delta"]["value"], 11);
        assert_eq!(figure("bts_stations_by_operator")["values"], json!({"viettel": 30, "mobifone": 15, "vnpt": 24}));
        for code in ["mobile_hamlets_3g", "mobile_hamlets_4g", "fiber_hamlets_any"] {
            let ratio = figure(code);
            assert_eq!((&ratio["covered"], &ratio["percent"]), (&ratio["total"], &json!(100.0)), "{code}");
            assert_eq!(ratio["basis"], "reported");
        }
        let covered = |code: &str| figure(code)["covered"].clone();
        assert_eq!(covered("wifi_facilities_agency_office"), 18);
        assert_eq!(covered("wifi_facilities_commune_office"), 14);
        assert_eq!(figure("wifi_facilities_commune_office")["total"], 14);
        assert_eq!(covered("wifi_facilities_school"), 35);
        assert_eq!(covered("heritage_qr_sites"), 7);
        assert_eq!(figure("security_level")["value"], 2);
    }
}

#[actix_web::test]
async fn communes_and_the_unassigned_add_up_to_the_district() {
    let server = Server::with_demo().await;
    for (level, within, as_of, count) in [
        ("commune", "405@2023-09-20", "2023-09-20", 14),
        ("commune", "405@2023-09-20", "2025-12-31", 14),
        ("commune", "380@2025-03-01", "2025-03-01", 14),
        ("district", "38@2023-09-20", "2023-09-20", 1),
        ("commune", "38@2025-07-01", "2024-01-01", 3),
    ] {
        let caller = server.administrator();
        let whole = caller.get(&format!("/stats/{within}?as_of={as_of}")).await.ok();
        let parts = caller.get(&format!("/stats?level={level}&within={within}&as_of={as_of}")).await.ok();
        let units = parts["units"].as_array().expect("units");
        assert_eq!(units.len(), count, "{level} within {within}");
        for (code, figure) in whole["figures"].as_object().expect("figures") {
            if code == "security_level" {
                continue;
            }
            let mut sum = Map::new();
            for part in units.iter().chain([&parts["unassigned"]]) {
                add(&mut sum, &part["figures"][code]);
            }
            let mut given = Map::new();
            add(&mut given, figure);
            assert_eq!(sum, given, "{code} of {within} on {as_of}");
        }
    }
}

/// Adds the counts of a figure, by path.
fn add(sum: &mut Map<String, Value>, figure: &Value) {
    let counts = ["value", "total", "covered", "not_covered", "unknown"].map(|name| (name.to_owned(), &figure[name]));
    let values =
        figure["values"].as_object().into_iter().flatten().map(|(name, value)| (format!("values.{name}"), value));
    for (name, count) in counts.into_iter().chain(values) {
        // Of many units, an answer leaves out what is zero.
        if let Some(count) = count.as_i64().filter(|count| *count != 0) {
            let before = sum.get(&name).and_then(Value::as_i64).unwrap_or(0);
            sum.insert(name, json!(before + count));
        }
    }
}

#[actix_web::test]
async fn rows_behind_a_figure_add_up_to_it() {
    let server = Server::with_demo().await;
    for caller in [server.anonymous(), server.administrator()] {
        for question in QUESTIONS {
            let answer = caller.get(question).await.ok();
            for (code, figure) in answer["figures"].as_object().expect("figures") {
                // The share of households in a hamlet is not a field of the hamlet.
                if code.starts_with("fiber_households_") {
                    continue;
                }
                let value = ["value", "covered", "total"].into_iter().find_map(|name| figure[name].as_i64());
                let by_value = figure["rows_by_value"].as_object().into_iter().flatten();
                let links = by_value.map(|(name, rows)| (rows, figure["values"][name].as_i64()));
                for (rows, value) in links.chain([(&figure["rows"], value)]) {
                    if let (Some(rows), Some(value)) = (rows.as_str(), value) {
                        assert_eq!(count(caller, rows, figure["rows_sum"].as_str()).await, value, "{code}: {rows}");
                    }
                }
            }
        }
    }
}

/// The number of items behind a link, or the sum of one of their fields.
pub async fn count(caller: Caller<'_>, link: &str, field: Option<&str>) -> i64 {
    let path = link.strip_prefix("http://hatang.test/api/v1").expect("an absolute link");
    let items = caller.get(&format!("{path}&limit=10000")).await.ok();
    let features = items["features"].as_array().expect("features");
    match field {
        None => features.len() as i64,
        Some(field) => features.iter().filter_map(|feature| feature["properties"][field].as_i64()).sum(),
    }
}

#[actix_web::test]
async fn parts_of_a_change_add_up() {
    let server = Server::with_demo().await;
    for question in QUESTIONS {
        let answer = server.administrator().get(question).await.ok();
        // The base of the change is the figure of that day for the same territory.
        let compare = question.split("compare=").nth(1).expect("a day");
        let unit = answer["unit"]["code"].as_str().expect("a code");
        let on = answer["units_on"].as_str().expect("a day");
        let base = server.administrator().get(&format!("/stats/{unit}@{on}?as_of={compare}")).await.ok();
        for (code, figure) in answer["figures"].as_object().expect("figures") {
            // Levels, rates and rounded kilometres are no counts.
            if !figure["per"].is_null() || code == "security_level" || figure["unit"] == "km" {
                continue;
            }
            let base = &base["figures"][code];
            let number =
                |figure: &Value| ["value", "covered", "total"].into_iter().find_map(|name| figure[name].as_i64());
            if let Some(values) = figure["delta"]["values"].as_object() {
                for (name, delta) in values {
                    let number = |figure: &Value| figure["values"][name].as_i64().unwrap_or(0);
                    assert_adds_up(delta, number(figure), number(base), code);
                }
            } else {
                assert_adds_up(&figure["delta"], number(figure).unwrap_or(0), number(base).unwrap_or(0), code);
            }
        }
    }
}

fn assert_adds_up(delta: &Value, value: i64, base: i64, code: &str) {
    assert_eq!(delta["computed_base"], base, "{code}");
    // Most of the base is unknown: no difference, but a sentence.
    if delta["value"].is_null() {
        assert_eq!((&delta["parts"], delta["notes"].as_array().map(Vec::len)), (&json!({}), Some(1)), "{code}");
        return;
    }
    let parts: i64 = delta["parts"].as_object().expect("parts").values().filter_map(Value::as_i64).sum();
    assert_eq!(parts, value - base, "{code}: {delta}");
    let declared = delta["base"].as_i64().expect("a base");
    assert_eq!(delta["value"], value - declared, "{code}");
}

#[actix_web::test]
async fn posted_camera_counts_at_once_and_a_closed_station_still_counts_before() {
    let server = Server::with_demo().await;
    let stats = "/stats/38?indicators=camera_eyes,bts_stations";
    let before = server.anonymous().get(stats).await.ok();
    let point = json!({"type": "Point", "coordinates": [105.72, 19.80]});
    let mut new = camera(json!({"eye_count": 3}));
    new["geometry"] = point;
    assert_eq!(server.administrator().post("/collections/cameras/items", new).await.status, 201);
    let after = server.anonymous().get(stats).await.ok();
    let eyes = |answer: &Value| answer["figures"]["camera_eyes"]["value"].as_i64().expect("a value");
    assert_eq!(eyes(&after), eyes(&before) + 3);

    let answer =
        server.anonymous().get("/collections/towers/items?operator=vnpt&lifecycle_status=operational").await.ok();
    let id = &answer["features"][0]["id"];
    let path = format!("/collections/towers/items/{id}");
    let etag = server.administrator().get(&path).await.etag();
    let close = json!({"properties": {"lifecycle_status": "decommissioned"}});
    assert_eq!(server.administrator().patch(&path, &etag, close).await.status, 200);
    let stations = |answer: &Value| answer["figures"]["bts_stations"]["value"].as_i64().expect("a value");
    assert_eq!(stations(&server.anonymous().get(stats).await.ok()), stations(&before) - 1);
    let then = server.anonymous().get(QUESTIONS[0]).await.ok();
    assert_eq!(stations(&then), 69);
}

#[actix_web::test]
async fn figures_are_available_as_a_map_and_as_a_table() {
    let server = Server::with_demo().await;
    let path = "/stats?level=commune&within=405@2023-09-20&as_of=2023-09-20";
    let map = server.anonymous().get(&format!("{path}&f=geojson")).await.ok();
    let features = map["features"].as_array().expect("features");
    assert_eq!(features.len(), 14);
    let sum = |name: &str| features.iter().filter_map(|feature| feature["properties"][name].as_i64()).sum::<i64>();
    assert_eq!(features[0]["geometry"]["type"], "MultiPolygon");
    assert_eq!((sum("camera_eyes"), sum("camera_eyes_by_manager_district_police")), (421, 55));
    assert_eq!(features[0]["properties"]["mobile_hamlets_4g_percent"], 100.0);

    let table = server.anonymous().get(&format!("{path}&f=csv&indicators=camera_eyes")).await;
    let text = String::from_utf8(table.body.to_vec()).expect("UTF-8");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("\u{feff}code,name,level,valid_from,valid_to,as_of,camera_eyes,notice"));
    assert!(lines.next().is_some_and(|line| line.starts_with("16378,Thị trấn Rừng Thông,commune,2019-12-01,")));
}

#[actix_web::test]
async fn invalid_question_names_its_parameter() {
    let server = Server::with_demo().await;
    for (path, status, parameter) in [
        ("/stats?level=hamlet", 400, "within"),
        ("/stats?level=district&within=16378@2023-09-20", 400, "level"),
        ("/stats?within=%C4%90%C3%B4ng", 400, "within"),
        ("/stats?within=405", 404, "within"),
        ("/stats?colour=red", 400, "colour"),
        ("/stats/405@2023-09-20?as_of=soon", 400, "as_of"),
        ("/stats/405@2023-09-20?as_of=2023-09-20&compare=2023-09-20", 400, "compare"),
        ("/stats/405@2023-09-20?indicators=camera_eyes,eyes", 400, "indicators"),
        ("/stats/405@2023-09-20?operator=skynet", 400, "operator"),
        ("/stats/405", 404, "unit"),
        ("/stats/999", 404, "unit"),
        ("/stats/nowhere", 404, "unit"),
        ("/collections/towers/items?indicator=camera_eyes", 400, "indicator"),
    ] {
        let answer = server.anonymous().get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.json()["errors"][0]["parameter"], parameter, "{path}");
    }
    let answer = server.anonymous().get("/stats/405").await.json();
    assert!(answer["detail"].as_str().is_some_and(|text| text.contains("ended on 2024-12-31 and became 380 Thành phố Thanh Hóa")), "{answer}");
}

#[actix_web::test]
async fn every_indicator_is_defined_in_both_languages() {
    let server = Server::new().await;
    let answer = server.anonymous().get("/stats/definitions").await.ok();
    for definition in answer["definitions"].as_array().expect("definitions") {
        for name in ["code", "vi", "en", "unit", "collection"] {
            assert!(definition[name].as_str().is_some_and(|text| !text.is_empty()), "{name} of {definition}");
        }
    }
}

/// Otherwise a 304 would keep the sentences of the other language on the page.
#[actix_web::test]
async fn the_tag_of_an_answer_depends_on_its_language_if_it_has_sentences() {
    let server = Server::with_demo().await;
    let ask = async |path: &str, language: &str, tag: &str| {
        let headers = [("Accept-Language", language), ("If-None-Match", tag)];
        server.anonymous().send(Method::GET, path, &headers, None).await
    };
    for (path, has_sentences) in [
        ("/stats/405@2023-09-20?compare=2022-09-20", true),
        ("/stats?within=405@2023-09-20&f=csv", true),
        ("/collections/towers/items?f=xlsx", true),
        ("/collections/towers/items?f=csv", false),
        ("/collections/towers/items?limit=1", false),
    ] {
        let tag = ask(path, "vi", "").await.etag();
        assert_eq!(ask(path, "vi", &tag).await.status, 304, "{path}");
        let other = ask(path, "en", &tag).await;
        assert_eq!(other.status.as_u16(), if has_sentences { 200 } else { 304 }, "{path}");
        assert_eq!(other.etag() == tag, !has_sentences, "{path}");
        assert_eq!(other.header("vary").unwrap().contains("accept-language"), has_sentences, "{path}");
    }
}
