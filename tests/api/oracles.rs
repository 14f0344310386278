//! Queries that try to find out what an answer does not show.

use serde_json::{Value, json};

use crate::common::{Caller, Server, camera};

const CAMERAS: &str = "/collections/cameras/items";
/// In the west of `communes.sql`, between two nodes of the grid.
const PLACE: [f64; 2] = [105.700_437, 19.810_461];

/// A household's camera in the western commune, and an editor of the eastern commune.
async fn house() -> (Server, Value, String) {
    let server = Server::with_communes().await;
    let mut house = camera(json!({
        "name": "Nhà bà Tư", "managing_level": "household", "owner_phone": "0900111222", "azimuth_deg": 77,
        "serial_number": "SN-4711", "note": "cột điện số 9", "installed_on": "2024-01-01", "code": "NHA-1"}));
    house["geometry"]["coordinates"] = json!(PLACE);
    let made = server.administrator().post(CAMERAS, house).await.ok();
    let neighbour = server.account("east", &[json!({"role": "editor", "unit": "00002@2026-01-01"})]).await;
    (server, made["id"].clone(), neighbour)
}

/// The place that a shrinking box finds, in degrees.
async fn bisect(caller: Caller<'_>) -> [f64; 2] {
    let (mut west, mut south, mut east, mut north) = (105.6, 19.7, 105.9, 19.9);
    for _ in 0..24 {
        let middle = (west + east) / 2.0;
        let is_west = found(caller, &format!("bbox={west},{south},{middle},{north}")).await;
        if is_west { east = middle } else { west = middle }
        let middle = (south + north) / 2.0;
        let is_south = found(caller, &format!("bbox={west},{south},{east},{middle}")).await;
        if is_south { north = middle } else { south = middle }
    }
    [(west + east) / 2.0, (south + north) / 2.0]
}

async fn found(caller: Caller<'_>, question: &str) -> bool {
    !caller.get(&format!("{CAMERAS}?{question}")).await.features().is_empty()
}

#[actix_web::test]
async fn shrinking_box_finds_only_the_grid_node() {
    let (server, _, east) = house().await;
    for (caller, who) in [(server.anonymous(), "anonymous"), (server.holder(&east), "editor of another commune")] {
        let [lon, lat] = bisect(caller).await;
        assert!((lon - 105.7).abs() < 1e-6 && (lat - 19.81).abs() < 1e-6, "{who} found {lon} {lat}");
    }
    let west = server.account("west", &[json!({"role": "viewer", "unit": "00001@2026-01-01"})]).await;
    let [lon, lat] = bisect(server.holder(&west)).await;
    assert!((lon - PLACE[0]).abs() < 1e-6 && (lat - PLACE[1]).abs() < 1e-6, "a viewer of the commune found {lon} {lat}");
}

#[actix_web::test]
async fn filters_and_search_on_hidden_values_find_nothing() {
    let (server, id, east) = house().await;
    let neighbour = server.holder(&east);
    assert!(found(neighbour, "code=NHA-1").await);
    for question in [
        "serial_number=SN-4711",
        "owner_phone=0900111222",
        "azimuth_deg=77",
        "note=c%E1%BB%99t%20%C4%91i%E1%BB%87n%20s%E1%BB%91%209",
        "version=1&azimuth_deg=77",
        "name=Nh%C3%A0%20b%C3%A0%20T%C6%B0",
        "q=ba%20tu",
    ] {
        assert!(!found(neighbour, question).await, "{question}");
        assert!(found(server.administrator(), question).await, "{question} by an administrator");
        let anonymous = server.anonymous().get(&format!("{CAMERAS}?{question}")).await;
        assert!(anonymous.status == 400 || anonymous.features().is_empty(), "{question} by an anonymous caller");
    }
    let seen = neighbour.get(&format!("{CAMERAS}/{id}")).await;
    assert_eq!(seen.etag(), "\"p1\"");
    for hidden in ["owner_phone", "serial_number", "azimuth_deg", "note", "created_by"] {
        assert!(seen.json()["properties"].get(hidden).is_none(), "{hidden}");
    }
}

#[actix_web::test]
async fn outsider_sees_the_public_history_and_past_only() {
    let (server, id, east) = house().await;
    let path = format!("{CAMERAS}/{id}");
    let change = json!({"properties": {"owner_phone": "0900333444", "eye_count": 3}});
    server.administrator().patch(&path, "\"1\"", change).await.ok();
    let told = |answer: crate::common::Answer| String::from_utf8(answer.body.to_vec()).unwrap();
    let of_anonymous = told(server.anonymous().get(&format!("{path}/history")).await);
    let of_neighbour = told(server.holder(&east).get(&format!("{path}/history")).await);
    assert_eq!(of_anonymous, of_neighbour);
    let past = told(server.holder(&east).get(&format!("{CAMERAS}?as_of=2024-06-01")).await);
    assert!(past.contains("NHA-1"));
    for hidden in ["0900", "SN-4711", "105.7004", "Nhà bà", "cột điện"] {
        assert!(!of_neighbour.contains(hidden) && !past.contains(hidden), "{hidden}");
    }
}

#[actix_web::test]
async fn near_duplicate_check_does_not_reveal_a_hidden_camera() {
    let (server, ..) = house().await;
    let both = server.account("both", &[json!({"role": "editor", "collections": ["cameras"], "unit": "00002@2026-01-01"})]).await;
    // The editor may write on the eastern side of the boundary. A hidden camera is 4 m to the west.
    let mut hidden = camera(json!({"code": "KIN-1", "legal_class": "operational_police"}));
    hidden["geometry"]["coordinates"] = json!([105.749_97, 19.81]);
    server.administrator().post(CAMERAS, hidden).await.ok();
    let mut mine = camera(json!({}));
    mine["geometry"]["coordinates"] = json!([105.750_01, 19.81]);
    mine["confirm"] = json!([]);
    let answer = server.holder(&both).post(CAMERAS, mine).await;
    assert_eq!(answer.status, 201, "{}", answer.summary());
    assert!(answer.json().get("warnings").is_none());
}

#[actix_web::test]
async fn fields_hidden_from_the_writer_are_kept_and_cannot_be_written() {
    let (server, id, _) = house().await;
    let secret = server.account("west", &[json!({"role": "editor", "unit": "00001@2026-01-01"})]).await;
    server.execute("update tokens set sees_restricted = false where name = 'test'").await;
    let west = server.holder(&secret);
    let path = format!("{CAMERAS}/{id}");
    let read = west.get(&path).await;
    let (etag, mut feature) = (read.etag(), read.json());
    assert!(feature["properties"].get("owner_phone").is_none() && feature["properties"]["azimuth_deg"] == 77.0);
    feature["properties"]["eye_count"] = json!(4);
    west.put(&path, &etag, feature).await.ok();
    let kept = server.administrator().get(&path).await.ok();
    assert_eq!((&kept["properties"]["owner_phone"], &kept["properties"]["eye_count"]), (&json!("0900111222"), &json!(4)));

    let given = json!({"properties": {"owner_phone": "0900999999"}});
    assert_eq!(
        west.patch(&path, "\"2\"", given).await.summary(),
        "422 field.not_permitted /properties/owner_phone"
    );
}
