//! Hamlets: written one by one and by sheets, within a scope, and kept while their commune changes.

use serde_json::{Value, json};

use crate::common::{Server, feature};
use crate::imports::{commit, counts, findings, plan};

const HAMLETS: &str = "/collections/hamlets/items";

fn hamlet(more: Value) -> Value {
    let mut body = feature([105.7, 19.8], json!({"name": "Thôn Đông"}), more);
    if body["properties"].get("declared_commune_code").is_some() {
        body["geometry"] = Value::Null;
    }
    body
}

/// A sheet as a commune keeps it: no codes, no coordinates, no column of the commune.
fn sheet(households: impl Fn(usize) -> usize) -> Vec<u8> {
    let rows = (1..=20).map(|nth| {
        let households = households(nth);
        format!("{nth};Thôn {nth};{households};{};{};", households * 4, if nth == 7 { "Không" } else { "Có" })
    });
    let head = "STT;Tên thôn;Số hộ;Số khẩu;Điện lưới;Ghi chú".to_owned();
    [head].into_iter().chain(rows).collect::<Vec<_>>().join("\n").into_bytes()
}

fn counted(day: &str) -> String {
    let defaults = json!({"counted_on": day, "counted_source": "Công an xã"});
    format!("?{}", form_urlencoded::Serializer::new(String::new()).append_pair("defaults", &defaults.to_string()).finish())
}

#[actix_web::test]
async fn hamlet_has_a_point_an_area_or_neither_and_is_in_itself() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    // An area over the boundary of both communes, most of it in the western one.
    let ring = json!([[[105.70, 19.8], [105.76, 19.8], [105.76, 19.82], [105.70, 19.82], [105.70, 19.8]]]);
    let mut area = hamlet(json!({"name": "Thôn Rộng", "code": "00001-7"}));
    area["geometry"] = json!({"type": "Polygon", "coordinates": ring});
    let area = admin.post(HAMLETS, area).await.ok();
    assert_eq!((&area["geometry"]["type"], &area["properties"]["commune_code"]), (&json!("MultiPolygon"), &json!("00001")));
    let point = admin.post(HAMLETS, hamlet(json!({"code": "00001-8"}))).await.ok();
    let none = admin.post(HAMLETS, hamlet(json!({"name": "Thôn Xa", "declared_commune_code": "00002"}))).await.ok();
    assert_eq!(none["properties"]["commune_code"], "00002");
    assert!(none["properties"]["code"].as_str().unwrap().starts_with("THON-"));
    let line = json!({"type": "Feature", "properties": {"name": "Thôn"}, "geometry":
        {"type": "LineString", "coordinates": [[105.7, 19.8], [105.71, 19.8]]}});
    assert_eq!(admin.post(HAMLETS, line).await.summary(), "422 geo.type /geometry/type");

    // Each lies in one commune, today and on another day; a code addresses the hamlet itself.
    let day = hatang::time::today().pred_opt().unwrap();
    for unit in ["00001".to_owned(), format!("00001@{day}")] {
        assert_eq!(server.anonymous().get(&format!("{HAMLETS}?within={unit}&sortby=name")).await.names(), ["Thôn Đông", "Thôn Rộng"]);
    }
    assert_eq!(server.anonymous().get("/collections/hamlets/items?within=00002").await.names(), ["Thôn Xa"]);
    assert_eq!(server.anonymous().get("/collections/hamlets/items?within=00001-7").await.names(), ["Thôn Rộng"]);
    // Records stand in its area, or name it.
    admin.post("/collections/loudspeakers/items", feature([105.72, 19.81], json!({"name": "Trong"}), json!({}))).await.ok();
    admin.post("/collections/loudspeakers/items", feature([105.72, 19.83], json!({"name": "Ngoài"}), json!({}))).await.ok();
    let within = |unit: &str| format!("/collections/loudspeakers/items?within={unit}");
    assert_eq!(server.anonymous().get(&within("00001-7")).await.names(), ["Trong"]);
    let named = json!({"name": "Của thôn", "hamlet_id": point["id"]});
    admin.post("/collections/loudspeakers/items", feature([105.65, 19.83], named, json!({}))).await.ok();
    assert_eq!(server.anonymous().get(&within("00001-8")).await.names(), ["Của thôn"]);
}

#[actix_web::test]
async fn counts_need_their_day_and_source_and_are_read_by_day() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let post = async |more| admin.post(HAMLETS, hamlet(more)).await.summary();
    assert_eq!(
        post(json!({"households": 212})).await,
        "422 required /properties/counted_on required /properties/counted_source"
    );
    assert_eq!(post(json!({"population": 3, "counted_on": "2024-01-01"})).await, "422 required /properties/counted_source");
    assert_eq!(post(json!({"households": -1})).await.split(' ').nth(1), Some("range"));
    assert_eq!(post(json!({"name": null})).await, "422 required /properties/name");
    assert_eq!(post(json!({"difficulty": "poor"})).await, "422 enum.unknown /properties/difficulty");
    assert_eq!(post(json!({"hamlet_id": 5})).await, "422 property.unknown /properties/hamlet_id");

    let first = json!({"installed_on": "2020-01-01", "effective_on": "2020-01-01", "households": 200, "population": 800,
        "counted_on": "2019-04-01", "counted_source": "Tổng điều tra"});
    let made = admin.post(HAMLETS, hamlet(first)).await.ok();
    let path = format!("{HAMLETS}/{}", made["id"]);
    let later = json!({"properties": {"households": 230, "counted_on": "2024-04-01", "counted_source": "Công an xã",
        "effective_on": "2024-04-01"}});
    admin.patch(&path, "\"1\"", later).await.ok();
    let on = async |day: &str| {
        let items = server.anonymous().get(&format!("{HAMLETS}?as_of={day}")).await.features();
        items.first().map(|item| item["properties"]["households"].clone())
    };
    assert_eq!([on("2019-12-31").await, on("2023-01-01").await, on("2025-01-01").await], [None, Some(json!(200)), Some(json!(230))]);
    let history = admin.get(&format!("{path}/history")).await.ok();
    assert_eq!(history["versions"][1]["changes"]["households"], json!({"before": 200, "after": 230}));
}

#[actix_web::test]
async fn sheet_of_a_commune_is_imported_by_its_editor_updated_and_undone() {
    let server = Server::with_communes().await;
    let secret = server.account("west", &[json!({"role": "editor", "unit": "00001@2026-01-01"})]).await;
    let editor = server.holder(&secret);
    let bare = plan(editor, "hamlets", "", sheet(|nth| 100 + nth)).await;
    assert_eq!(bare["counts"]["error"], 20, "without a day of the counts: {bare}");

    let planned = plan(editor, "hamlets", &counted("2026-06-30"), sheet(|nth| 100 + nth)).await;
    assert_eq!(counts(&planned)[..5], [20, 0, 0, 0, 0], "{:?}", findings(&planned));
    commit(editor, &planned).await.ok();
    let first = planned;
    let listed = editor.get(&format!("{HAMLETS}?within=00001&limit=50")).await.features();
    let of = |name: &str| listed.iter().find(|item| item["properties"]["name"] == name).unwrap()["properties"].clone();
    let seventh = of("Thôn 7");
    assert_eq!(
        [&seventh["households"], &seventh["population"], &seventh["grid_power"], &seventh["commune_code"], &seventh["source"]],
        [&json!(107), &json!(428), &json!(false), &json!("00001"), &json!("import")]
    );
    assert_eq!((listed.len(), of("Thôn 20")["grid_power"].clone()), (20, json!(true)));

    // The sheet of the next year finds the hamlets by their names in the commune.
    let planned = plan(editor, "hamlets", &counted("2026-09-30"), sheet(|nth| 100 + nth + usize::from(nth == 3))).await;
    assert_eq!(counts(&planned)[..3], [0, 1, 19], "{:?}", findings(&planned));
    commit(editor, &planned).await.ok();
    assert_eq!(households(&server).await, json!(2211));
    for import in [&planned["id"], &first["id"]] {
        let import = import.as_str().expect("an id");
        editor.post(&format!("/imports/{import}/undo"), json!({})).await.ok();
    }
    assert_eq!(editor.get(HAMLETS).await.ok()["numberMatched"], 0);

    let refused = editor.post(HAMLETS, hamlet(json!({"declared_commune_code": "00002"}))).await;
    assert_eq!(refused.summary(), "403 scope.outside ");
}

async fn households(server: &Server) -> Value {
    server.query("select sum(households) from hamlets where deleted_at is null").await
}

/// An editor of one hamlet writes its record and no other.
#[actix_web::test]
async fn grant_on_a_hamlet_holds_for_its_record_and_for_what_names_it() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let mine = admin.post(HAMLETS, hamlet(json!({"code": "00001-1", "installed_on": "2020-01-01"}))).await.ok();
    let other = admin.post(HAMLETS, hamlet(json!({"name": "Thôn Tây"}))).await.ok();
    let secret = server.account("head", &[json!({"role": "editor", "unit": "00001-1@2026-01-01"})]).await;
    let head = server.holder(&secret);
    let patch = async |hamlet: &Value| {
        let path = format!("{HAMLETS}/{}", hamlet["id"]);
        head.patch(&path, "\"1\"", json!({"properties": {"grid_power": true}})).await.status.as_u16()
    };
    assert_eq!([patch(&mine).await, patch(&other).await], [200, 403]);
    let camera = |hamlet: &Value| {
        feature([105.7, 19.81], json!({"managing_level": "household", "hamlet_id": hamlet["id"]}), json!({}))
    };
    for (hamlet, status) in [(&mine, 201), (&other, 403)] {
        assert_eq!(head.post("/collections/cameras/items", camera(hamlet)).await.status, status);
    }
}

/// Before the reform it was a hamlet of Thị trấn Cũ, which became Phường Tây as a whole.
#[actix_web::test]
async fn record_stays_while_its_commune_is_merged_and_its_code_changes() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let old = json!({"code": "00011-3", "declared_commune_code": "00011", "declared_on": "2020-01-01",
        "installed_on": "2012-01-01", "effective_on": "2012-01-01", "households": 90, "counted_on": "2012-01-01",
        "counted_source": "Ủy ban nhân dân thị trấn"});
    let made = admin.post(HAMLETS, hamlet(old)).await.ok();
    assert_eq!(made["properties"]["commune_code"], "00001");
    let path = format!("{HAMLETS}/{}", made["id"]);
    let renamed = json!({"properties": {"code": "00001-3", "name": "Tổ dân phố Đông", "effective_on": "2025-07-01"}});
    admin.patch(&path, "\"1\"", renamed).await.ok();
    let named = async |query: &str| server.anonymous().get(&format!("{HAMLETS}?{query}")).await.names();
    assert_eq!(named("within=00011@2024-01-01&as_of=2024-01-01").await, ["Thôn Đông"]);
    assert_eq!(named("within=405@2024-01-01&as_of=2024-01-01").await, ["Thôn Đông"]);
    assert_eq!(named("within=00011-3@2024-01-01").await, ["Tổ dân phố Đông"]);
    assert_eq!(named("within=00001-3@2025-07-01").await, ["Tổ dân phố Đông"]);
    assert_eq!(server.anonymous().get("/collections/hamlets/items?within=00001-3@2024-01-01").await.features().len(), 0);

    let total = async |path: &str| {
        let figures = server.anonymous().get(path).await.ok();
        figures["figures"]["mobile_households_4g"]["total"].clone()
    };
    assert_eq!(total("/stats/00011@2024-01-01?as_of=2024-01-01").await, 90);
    assert_eq!(total("/stats/00001@2025-07-01").await, 90);
    assert_eq!(total("/stats/00002@2025-07-01").await, 0);
    // Dissolved: it counts until then.
    let dissolved = json!({"properties": {"lifecycle_status": "decommissioned", "decommissioned_on": "2026-01-01",
        "effective_on": "2026-01-01"}});
    admin.patch(&path, "\"2\"", dissolved).await.ok();
    assert_eq!(total("/stats/00001@2025-12-31?as_of=2025-12-31").await, 90);
    assert_eq!(total("/stats/00001@2026-01-01?as_of=2026-01-01").await, 0);
}

/// What anybody asks is answered from the versions that were known then.
#[actix_web::test]
async fn figures_of_hamlets_know_an_instant() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    admin.post(HAMLETS, hamlet(json!({"installed_on": "2020-01-01"}))).await.ok();
    let instant = "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
    let before = server.query(instant).await;
    let before = before.as_str().unwrap().to_owned();
    admin.post(HAMLETS, hamlet(json!({"installed_on": "2020-01-01", "name": "Thôn Sau"}))).await.ok();
    let total = async |query: &str| {
        let path = format!("/stats/00001@2026-01-01?indicators=mobile_hamlets_4g{query}");
        server.anonymous().get(&path).await.ok()["figures"]["mobile_hamlets_4g"]["total"].clone()
    };
    assert_eq!([total("").await, total(&format!("&known_at={before}")).await], [json!(2), json!(1)]);
}
