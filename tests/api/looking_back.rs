//! The landing page, the layers and their features of a past day, by parameters and below a path.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Server, below_api, tower};

const TOWERS: &str = "/collections/towers";
const DAY: &str = "/as-of/2023-09-20";

#[actix_web::test]
async fn every_document_of_a_day_leads_to_that_day() {
    let server = Server::with_demo().await;
    for start in ["?as_of=2023-09-20", DAY, "?as_of=2023-09-20&known_at=2030-01-01", "/as-of/2023-09-20/"] {
        if start.contains("known_at") {
            assert_eq!(server.anonymous().get(start).await.summary(), "400 parameter.invalid known_at");
            continue;
        }
        let mut pages = vec![start.to_owned()];
        let mut seen = Vec::new();
        while let Some(page) = pages.pop() {
            let answer = server.anonymous().get(&page).await;
            assert_eq!(answer.status, 200, "{page}");
            let document = answer.json();
            let collections = document["collections"].as_array().into_iter().flatten();
            let links = [&document].into_iter().chain(collections);
            for link in links.flat_map(|part| part["links"].as_array().cloned().unwrap_or_default()) {
                let path = below_api(&link);
                // The definitions of figures are those of every day.
                let of_the_day = path.starts_with(DAY) || path.contains("as_of=2023-09-20");
                assert!(of_the_day || path == "/stats/definitions", "{page}: {path}");
                if !seen.contains(&path) && link["rel"] != "enclosure" {
                    seen.push(path.clone());
                    pages.push(path);
                }
            }
        }
        assert!(seen.len() > 60, "{start}: {}", seen.len());
    }
}

#[actix_web::test]
async fn districts_are_a_layer_on_a_day_of_theirs() {
    let server = Server::with_demo().await;
    let today = server.anonymous().get("/collections/districts").await.ok();
    assert_eq!(today["itemCount"], 0);
    let then = server.anonymous().get(&format!("{DAY}/collections/districts")).await.ok();
    let by_parameter = server.anonymous().get("/collections/districts?as_of=2023-09-20").await.ok();
    assert_eq!(then, by_parameter);
    let rows = server.anonymous().get(&format!("{DAY}/collections/districts/items")).await.features();
    assert_eq!(then["itemCount"], rows.len());
    assert!(!rows.is_empty() && then["extent"]["spatial"]["bbox"].is_array(), "{then:#}");
    let one = &rows[0];
    let found = server.anonymous().get(&format!("{DAY}/collections/districts/items/{}", one["id"])).await.ok();
    assert_eq!(found["properties"], one["properties"]);
    let later = server.anonymous().get(&format!("/collections/districts/items/{}?as_of=2026-01-01", one["id"])).await;
    assert_eq!(later.status, 404);
}

#[actix_web::test]
async fn counts_extents_and_records_are_those_of_the_day() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    for (name, lon, installed_on) in [("Cũ", 105.7, "2022-05-01"), ("Mới", 105.8, "2024-05-01")] {
        let mut given = tower(json!({"name": name, "installed_on": installed_on, "effective_on": installed_on}));
        given["geometry"]["coordinates"] = json!([lon, 19.8]);
        administrator.post(&format!("{TOWERS}/items"), given).await.ok();
    }
    for (path, count, east) in [("", 2, 105.8), ("?as_of=2023-01-01", 1, 105.7), ("?as_of=2021-01-01", 0, 0.0)] {
        let layer = server.anonymous().get(&format!("{TOWERS}{path}")).await.ok();
        assert_eq!(layer["itemCount"], count, "{path}");
        let bbox = &layer["extent"]["spatial"]["bbox"][0];
        assert_eq!(bbox.is_null(), count == 0, "{path}");
        if count > 0 {
            assert!((bbox[2].as_f64().unwrap() - east).abs() < 1e-3, "{path}: {bbox}");
        }
    }
    let rows = server.anonymous().get(&format!("{TOWERS}/items")).await.features();
    let id = |name: &str| rows.iter().find(|row| row["properties"]["name"] == name).unwrap()["id"].clone();
    let (old, new) = (format!("{TOWERS}/items/{}", id("Cũ")), format!("{TOWERS}/items/{}", id("Mới")));
    assert_eq!(server.anonymous().get(&format!("{new}?as_of=2023-01-01")).await.status, 404);
    let before = server.anonymous().get(&format!("/as-of/2023-01-01{old}")).await;
    let tag = before.etag();
    let link = below_api(&before.json()["links"][0]);
    assert_eq!(link, format!("/as-of/2023-01-01{old}"));
    let unchanged = server.anonymous().send(Method::GET, &link, &[("If-None-Match", &tag)], None).await;
    assert_eq!(unchanged.status, 304);
    // A correction changes the past, and with it the tag.
    let now = server.anonymous().get(&old).await.etag();
    let correction = json!({"properties": {"name": "Cũ nhất", "effective_on": "2022-06-01"}});
    administrator.patch(&old, &administrator.get(&old).await.etag(), correction).await.ok();
    let after = server.anonymous().get(&link).await;
    assert_ne!((after.etag(), now), (tag, after.etag()));
    assert_eq!(after.json()["properties"]["name"], "Cũ nhất");
}

#[actix_web::test]
async fn nothing_is_written_below_a_day() {
    let server = Server::with_communes().await;
    let items = format!("{DAY}{TOWERS}/items");
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let refused = server.administrator().send(method.clone(), &items, &[], Some(tower(json!({})))).await;
        let allow = refused.header("allow");
        assert_eq!((refused.status.as_u16(), allow.as_deref()), (405, Some("GET, HEAD, OPTIONS")), "{method}");
        assert_eq!(refused.json()["code"], "method.not_allowed");
    }
    let options = server.administrator().send(Method::OPTIONS, &items, &[], None).await;
    assert_eq!(options.header("allow").as_deref(), Some("GET, HEAD, OPTIONS"));
    let login = server.anonymous().send(Method::POST, &format!("{DAY}/auth/login"), &[], Some(json!({}))).await;
    assert_eq!(login.status, 405);
}

#[actix_web::test]
async fn days_that_are_none_and_days_to_come_are_refused() {
    let server = Server::new().await;
    for (path, expected) in [
        ("/as-of/2999-01-01/collections", "400 parameter.invalid as_of"),
        ("/as-of/hello/collections", "400 parameter.invalid as_of"),
        ("/as-of/2023-09-20/collections?as_of=2023-09-20", "200"),
        ("/as-of/2023-09-20/collections?as_of=2023-09-21", "400 parameter.invalid as_of"),
        ("/as-of/2023-09-20/known-at/2026-01-01/collections/towers/items", "200"),
        ("/known-at/2026-01-01T00:00:00Z/collections/towers/items", "200"),
        ("/known-at/2026-01-01/collections/communes", "200"),
        ("/as-of/2023-09-20/nonsense", "404"),
        ("/as-of/2023-09-20&limit=1/collections", "404"),
        ("/as-of", "404"),
        ("?as_of=2023-09-20&nonsense=1", "400 parameter.unknown nonsense"),
    ] {
        let answer = server.anonymous().get(path).await;
        let summary = answer.summary();
        assert!(summary == expected || answer.status == 400 && summary.starts_with(expected), "{path}: {summary}");
    }
    let today: Value = server.query("select to_jsonb((now() at time zone 'Asia/Ho_Chi_Minh')::date)").await;
    let known = server.anonymous().get(&format!("/known-at/{}/collections", today.as_str().unwrap())).await.ok();
    let next = below_api(&known["links"][0]);
    assert_eq!(server.anonymous().get(&next).await.status, 200, "{next}: the end of today is not to come");
}
