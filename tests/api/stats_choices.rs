//! `technology=` for stations: figures of those that have it.

use serde_json::{Value, json};

use crate::common::{Server, below_api, feature};

const QUERY: &str = "as_of=2026-06-01&technology=5G";

/// In Phường Tây: a station with 4G, one with 4G and 5G at the same site, and a small cell that has 5G from February 2026.
async fn with_stations() -> Server {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    for (lon, operator, site, technologies, cell_class) in [
        (105.65, "viettel", Some("S1"), json!(["4G"]), "macro"),
        (105.65, "vnpt", Some("S1"), json!(["4G", "5G"]), "macro"),
        (105.7, "vnpt", None, json!(["4G"]), "small"),
    ] {
        let properties = json!({"name": operator, "operator": operator, "site_code": site, "technologies": technologies,
            "cell_class": cell_class, "installed_on": "2025-09-01"});
        let answer = administrator.post("/collections/towers/items", feature([lon, 19.8], properties, json!({}))).await;
        assert_eq!(answer.status, 201, "{}", answer.summary());
    }
    let small = administrator.get("/collections/towers/items?cell_class=small").await.features();
    let change = json!({"properties": {"technologies": ["4G", "5G"], "effective_on": "2026-02-01"}});
    administrator.patch(&format!("/collections/towers/items/{}", small[0]["id"]), "*", change).await.ok();
    server
}

async fn figures(server: &Server, codes: &str, more: &str) -> Value {
    server.anonymous().get(&format!("/stats/00001?indicators={codes}&{QUERY}{more}")).await.ok()["figures"].clone()
}

#[actix_web::test]
async fn stations_are_counted_by_a_technology_and_open_into_their_rows() {
    let server = with_stations().await;
    let found = figures(&server, "bts_stations,bts_stations_by_operator,bts_small_cells,bts_sites", "").await;
    for (code, value) in [("bts_stations", 2), ("bts_small_cells", 1)] {
        assert_eq!((&found[code]["value"], &found[code]["technology"]), (&json!(value), &json!("5g")), "{code}");
        let rows = server.anonymous().get(&below_api(&found[code]["rows"])).await.features();
        assert_eq!(rows.len(), value, "{code}");
    }
    let by_operator = &found["bts_stations_by_operator"];
    assert_eq!((&by_operator["values"], &by_operator["total"]), (&json!({"vnpt": 2}), &json!(2)));
    assert_eq!(server.anonymous().get(&below_api(&by_operator["rows_by_value"]["vnpt"])).await.features().len(), 2);
    // A site is of all its stations.
    assert_eq!((&found["bts_sites"]["value"], &found["bts_sites"]["technology"]), (&json!(2), &Value::Null));
    let lower = server.anonymous().get("/stats/00001?indicators=bts_stations&technology=4g").await.ok();
    assert_eq!(lower["figures"]["bts_stations"]["value"], json!(3));
    assert_eq!(server.anonymous().get("/stats/00001?technology=6G").await.summary(), "400 parameter.invalid technology");
}

#[actix_web::test]
async fn a_station_that_gets_a_technology_is_no_new_station() {
    let server = with_stations().await;
    let delta = &figures(&server, "bts_stations", "&compare=2026-01-01").await["bts_stations"]["delta"];
    assert_eq!((&delta["value"], &delta["base"], &delta["parts"]), (&json!(1), &json!(1), &json!({"reclassified": 1})));
}

#[actix_web::test]
async fn what_was_published_of_all_stations_is_not_shown_beside_some() {
    let server = with_stations().await;
    let baseline = "insert into declared_baselines (indicator, unit_id, on_day, value, document)
        select 'bts_stations', id, '2026-06-01', 9, 'Báo cáo' from admin_units where code = '00001'";
    server.execute(baseline).await;
    let all = server.anonymous().get("/stats/00001?indicators=bts_stations&as_of=2026-06-01").await.ok();
    assert_eq!(all["figures"]["bts_stations"]["published"]["value"], json!(9));
    assert_eq!(figures(&server, "bts_stations", "").await["bts_stations"]["published"], Value::Null);
}
