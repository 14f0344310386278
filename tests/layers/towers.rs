//! BTS stations.

use serde_json::{Value, json};

use crate::common::{Server, tower};

const TOWERS: &str = "/collections/towers/items";

#[actix_web::test]
async fn technologies_are_a_set_in_their_order() {
    let server = Server::new().await;
    let post = async |technologies: Value| {
        server.administrator().post(TOWERS, tower(json!({"technologies": technologies}))).await
    };
    assert_eq!(post(json!(["5G", "3G", "5G"])).await.ok()["properties"]["technologies"], json!(["3G", "5G"]));
    assert_eq!(post(json!([])).await.ok()["properties"]["technologies"], Value::Null);
    for wrong in [json!(["6G"]), json!([4]), json!([null])] {
        assert_eq!(post(wrong).await.summary(), "422 enum.unknown /properties/technologies");
    }
    assert_eq!(post(json!("4G")).await.summary(), "422 type /properties/technologies");
}

#[actix_web::test]
async fn operator_and_name_are_required() {
    let server = Server::new().await;
    let bare = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [105.7, 19.8]}, "properties": {"name": "  "}});
    let refused = server.administrator().post(TOWERS, bare).await;
    assert_eq!(refused.summary(), "422 required /properties/name required /properties/operator");
}

#[actix_web::test]
async fn anonymous_callers_see_the_place_and_not_the_cells() {
    let server = Server::new().await;
    let more = json!({"cell_ids": "452-04", "backhaul": "viba", "backup_power_h": 4, "permit_no": "GP 1", "address": "Thôn 1"});
    server.administrator().post(TOWERS, tower(more)).await.ok();
    let seen = &server.anonymous().get(TOWERS).await.features()[0];
    assert_eq!(seen["geometry"]["coordinates"], json!([105.7, 19.81]));
    assert_eq!((&seen["properties"]["permit_no"], &seen["properties"]["address"]), (&json!("GP 1"), &json!("Thôn 1")));
    for hidden in ["cell_ids", "backhaul", "backup_power_h", "note", "external_id"] {
        assert!(seen["properties"].get(hidden).is_none(), "{hidden}");
    }
}

#[actix_web::test]
async fn tower_decommissioned_today_is_still_there_last_year() {
    let server = Server::new().await;
    let made = server.administrator().post(TOWERS, tower(json!({"installed_on": "2020-01-01"}))).await.ok();
    let today = json!(hatang::time::today());
    let ended = json!({"properties": {"lifecycle_status": "decommissioned", "decommissioned_on": today}});
    server.administrator().patch(&format!("{TOWERS}/{}", made["id"]), "*", ended).await.ok();
    let was = server.anonymous().get(&format!("{TOWERS}?as_of=2025-01-01")).await.features();
    assert_eq!(was[0]["properties"]["lifecycle_status"], "operational");
}

#[actix_web::test]
async fn only_a_planned_station_may_have_a_future_date() {
    let server = Server::new().await;
    let post = async |status: &str| {
        let more = json!({"lifecycle_status": status, "installed_on": "2190-01-01"});
        server.administrator().post(TOWERS, tower(more)).await.summary()
    };
    assert_eq!(post("planned").await, "201");
    assert_eq!(post("operational").await, "422 date.future /properties/installed_on");
}
