//! Entering hamlets: namesakes in a commune, and the day from which counts hold.

use serde_json::{Value, json};

use crate::common::{Server, feature};
use crate::imports::{commit, plan};

const HAMLETS: &str = "/collections/hamlets/items";

fn hamlet(lon: f64, name: &str, more: Value) -> Value {
    let mut hamlet = feature([lon, 19.8], json!({"name": name}), more);
    hamlet.as_object_mut().unwrap().remove("confirm");
    hamlet
}

#[actix_web::test]
async fn a_name_that_a_hamlet_of_the_commune_has_is_confirmed() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let first = administrator.post(HAMLETS, hamlet(105.65, "Thôn Hai", json!({}))).await;
    assert_eq!(first.status, 201);
    let again = administrator.post(HAMLETS, hamlet(105.7, "thôn hai", json!({}))).await;
    assert_eq!(again.summary(), "409 dup.near /properties/name");
    assert!(again.json()["errors"][0]["message"].as_str().unwrap().contains("Thôn Hai"));
    let mut without_place = hamlet(105.7, "Thôn Hai", json!({"declared_commune_code": "00001"}));
    without_place["geometry"] = Value::Null;
    assert_eq!(administrator.post(HAMLETS, without_place).await.summary(), "409 dup.near /properties/name");
    // Thôn Hái is another name, and Xã Đông another commune.
    assert_eq!(administrator.post(HAMLETS, hamlet(105.7, "Thôn Hái", json!({}))).await.status, 201);
    let elsewhere = administrator.post(HAMLETS, hamlet(105.8, "Thôn Hai", json!({}))).await;
    assert_eq!(elsewhere.status, 201);
    let path = format!("{HAMLETS}/{}", elsewhere.ok()["id"]);
    let moved = json!({"geometry": {"type": "Point", "coordinates": [105.7, 19.82]}});
    assert_eq!(administrator.patch(&path, "*", moved.clone()).await.summary(), "409 dup.near /properties/name");
    let mut confirmed = moved;
    confirmed["confirm"] = json!(["dup.near"]);
    assert_eq!(administrator.patch(&path, "*", confirmed).await.status, 200);
    // A write that neither names nor moves it asks nothing.
    assert_eq!(administrator.patch(&path, "*", json!({"properties": {"kind": "thon"}})).await.status, 200);
}

#[actix_web::test]
async fn counts_hold_from_the_day_of_the_count() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let counted = |households: i64, day: &str| json!({"households": households, "counted_on": day, "counted_source": "UBND xã"});
    let made = administrator.post(HAMLETS, hamlet(105.65, "Thôn Hai", counted(100, "2025-08-01"))).await.ok();
    assert_eq!(made["properties"]["effective_on"], "2025-08-01");
    let path = format!("{HAMLETS}/{}", made["id"]);
    let change = json!({"properties": counted(130, "2025-10-01")});
    assert_eq!(administrator.patch(&path, "*", change).await.ok()["properties"]["effective_on"], "2025-10-01");
    for (day, total) in [("2025-07-15", 0), ("2025-09-01", 100), ("2025-11-01", 130)] {
        let query = format!("/stats/00001?indicators=mobile_households_4g&as_of={day}");
        let answer = server.anonymous().get(&query).await.ok();
        assert_eq!(answer["figures"]["mobile_households_4g"]["total"], json!(total), "{day}");
    }
    // Names that are repeated are no change.
    let mut repeated = json!({"properties": counted(135, "2025-11-15")});
    repeated["properties"]["name"] = json!("Thôn Hai");
    assert_eq!(administrator.patch(&path, "*", repeated).await.ok()["properties"]["effective_on"], "2025-11-15");
    // A day that is given counts, and a name holds from today.
    let mut given = json!({"properties": counted(140, "2025-12-01")});
    given["properties"]["effective_on"] = json!("2025-12-15");
    assert_eq!(administrator.patch(&path, "*", given).await.ok()["properties"]["effective_on"], "2025-12-15");
    let mut named = json!({"properties": counted(150, "2026-01-01")});
    named["properties"]["name"] = json!("Thôn Ba");
    let today = hatang::time::today().to_string();
    assert_eq!(administrator.patch(&path, "*", named).await.ok()["properties"]["effective_on"], json!(today));
}

#[actix_web::test]
async fn counts_of_a_list_hold_from_their_day() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let list = |households: i64, day: &str| {
        let head = "Tên thôn,Mã xã,Số hộ,Ngày thống kê,Nguồn số liệu";
        format!("{head}\nThôn Hai,00001,{households},{day},UBND xã\n").into_bytes()
    };
    for (households, day, holds_from) in [(100, "2025-08-01", "2025-08-01"), (130, "2025-10-01", "2025-10-01")] {
        let planned = plan(administrator, "hamlets", "", list(households, day)).await;
        assert_eq!(planned["counts"]["error"], 0, "{planned}");
        commit(administrator, &planned).await.ok();
        let items = administrator.get(HAMLETS).await.features();
        assert_eq!(items.len(), 1);
        let stored = &items[0]["properties"];
        assert_eq!((&stored["households"], &stored["effective_on"]), (&json!(households), &json!(holds_from)));
    }
    // A day that the sender gives for the whole list counts.
    let planned = plan(administrator, "hamlets", "?effective_on=2026-01-05", list(140, "2025-12-01")).await;
    commit(administrator, &planned).await.ok();
    let items = administrator.get(HAMLETS).await.features();
    assert_eq!(items[0]["properties"]["effective_on"], "2026-01-05");
}
