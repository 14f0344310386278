//! Boundaries follow units, and end with their territory.

use hatang::units::{boundaries, lists, mappings};
use serde_json::{Value, json};

use crate::common::{Server, feature};

/// Three provinces of the old tier: 25 and 26 become one, 75 stays as it is.
const OLD: &str = "province_code,province_name,district_code,district_name,commune_code,commune_name
25,Tỉnh Phú Thọ,227,Thành phố Việt Trì,07900,Phường Gia Cẩm
26,Tỉnh Vĩnh Phúc,243,Thành phố Vĩnh Yên,08707,Phường Tích Sơn
26,Tỉnh Vĩnh Phúc,243,Thành phố Vĩnh Yên,08710,Phường Liên Bảo
75,Tỉnh Đồng Nai,731,Thành phố Biên Hòa,25993,Phường Trảng Dài
75,Tỉnh Đồng Nai,738,Huyện Vĩnh Cửu,26170,Thị trấn Trị An
";
const NEW: &str = "province_code,province_name,commune_code,commune_name
25,Tỉnh Phú Thọ,07900,Phường Việt Trì
25,Tỉnh Phú Thọ,08707,Phường Vĩnh Yên
75,Tỉnh Đồng Nai,25993,Phường Trảng Dài
75,Tỉnh Đồng Nai,26170,Xã Trị An
";
const MAPPING: &str = "old_commune_code,old_district_code,old_province_code,new_commune_code,new_commune_name,\
new_province_code,new_province_name,part
07900,227,25,07900,Phường Việt Trì,25,Tỉnh Phú Thọ,full
08707,243,26,08707,Phường Vĩnh Yên,25,Tỉnh Phú Thọ,full
08710,243,26,08707,Phường Vĩnh Yên,25,Tỉnh Phú Thọ,full
25993,731,75,25993,Phường Trảng Dài,75,Tỉnh Đồng Nai,full
26170,738,75,26170,Xã Trị An,75,Tỉnh Đồng Nai,full
";

/// Squares of 0.1 degree, west to east from 105 degrees: 07900, 08707, 25993, 26170.
fn squares() -> String {
    let features = ["07900", "08707", "25993", "26170"].iter().enumerate().map(|(nth, code)| {
        let west = 105.0 + 0.1 * nth as f64;
        let east = west + 0.1;
        let ring = json!([[[west, 20.0], [east, 20.0], [east, 20.1], [west, 20.1], [west, 20.0]]]);
        json!({"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": ring}})
    });
    json!({"type": "FeatureCollection", "features": features.collect::<Vec<_>>()}).to_string()
}

pub async fn register() -> Server {
    let server = Server::new().await;
    let conn = &mut server.connection().await;
    let day = |text: &str| text.parse().unwrap();
    // On 2026-04-30 a commune became a ward. Nothing else changed.
    let upgraded = NEW.replace("Xã Trị An", "Phường Trị An");
    lists::import(conn, OLD, day("2025-06-30"), Some(true)).await.unwrap();
    lists::import(conn, NEW, day("2025-07-01"), Some(true)).await.unwrap();
    lists::import(conn, &upgraded, day("2026-04-30"), Some(true)).await.unwrap();
    mappings::import(conn, MAPPING, day("2025-07-01")).await.unwrap();
    boundaries::import(conn, &squares(), day("2026-04-30"), |_, _| {}).await.unwrap();
    for (lon, eyes) in [(105.05, 1), (105.15, 2), (105.25, 4), (105.35, 8)] {
        let properties = json!({"managing_level": "commune_police", "eye_count": eyes, "installed_on": "2020-01-01"});
        server.administrator().post("/collections/cameras/items", feature([lon, 20.05], properties, json!({}))).await.ok();
    }
    server
}

/// The eyes of each unit, and of none: `25=3 75=12 -=0`.
async fn eyes(server: &Server, query: &str) -> String {
    let answer = server.anonymous().get(&format!("/stats?indicators=camera_eyes&{query}")).await.ok();
    let value = |figures: &Value| figures["camera_eyes"]["value"].to_string();
    let units = answer["units"].as_array().unwrap().iter();
    let units = units.map(|unit| format!("{}={} ", unit["unit"]["code"].as_str().unwrap(), value(&unit["figures"])));
    format!("{}-={}", units.collect::<String>(), value(&answer["unassigned"]["figures"]))
}

#[actix_web::test]
async fn commune_that_became_a_ward_keeps_its_boundary() {
    let server = register().await;
    for day in ["2026-04-29", "2026-04-30"] {
        let within = format!("level=commune&within=75@{day}&as_of={day}");
        assert_eq!(eyes(&server, &within).await, "25993=4 26170=8 -=0", "{day}");
    }
    // Each became one commune as a whole, so the boundary holds before the reform, too.
    assert_eq!(eyes(&server, "level=commune&within=75@2025-06-30&as_of=2025-06-30").await, "25993=4 26170=8 -=0");
    let sources = "select jsonb_agg(concat_ws(' ', valid_from, geom_source) order by valid_from) from admin_units where code = '26170'";
    assert_eq!(
        server.query(sources).await,
        json!(["2025-06-30 lineage", "2025-07-01 lineage", "2026-04-30 import"])
    );
}

#[actix_web::test]
async fn province_holds_what_it_held_in_its_period() {
    let server = register().await;
    assert_eq!(eyes(&server, "level=province&as_of=2025-06-30").await, "25=1 26=2 75=12 -=0");
    assert_eq!(eyes(&server, "level=province&as_of=2025-07-01").await, "25=3 75=12 -=0");
    // The two old communes of Vĩnh Yên have no boundary of their own.
    assert_eq!(eyes(&server, "level=commune&within=26@2025-06-30&as_of=2025-06-30").await, "08707=0 08710=0 -=2");
    assert_eq!(eyes(&server, "level=district&within=26@2025-06-30&as_of=2025-06-30").await, "243=2 -=0");
    let versions = "select jsonb_agg(concat_ws(' ', code, valid_from, valid_to, geom_source) order by code, valid_from) from admin_units where level = 'province'";
    assert_eq!(
        server.query(versions).await,
        json!([
            "25 2025-06-30 2025-06-30 children",
            "25 2025-07-01 children",
            "26 2025-06-30 2025-06-30 lineage",
            "75 2025-06-30 children",
        ])
    );
}

#[actix_web::test]
async fn boundary_of_another_territory_is_not_taken() {
    let server = register().await;
    let conn = &mut server.connection().await;
    // Half of Liên Bảo goes to Việt Trì: the old provinces are no union of the new communes.
    let split = MAPPING.replace(
        "08710,243,26,08707,Phường Vĩnh Yên,25,Tỉnh Phú Thọ,full",
        "08710,243,26,08707,Phường Vĩnh Yên,25,Tỉnh Phú Thọ,partial\n08710,243,26,07900,Phường Việt Trì,25,Tỉnh Phú Thọ,partial",
    );
    mappings::import(conn, &split, "2025-07-01".parse().unwrap()).await.unwrap();
    assert_eq!(eyes(&server, "level=province&as_of=2025-06-30").await, "25=0 26=0 75=12 -=3");
    assert_eq!(eyes(&server, "level=province&as_of=2025-07-01").await, "25=3 75=12 -=0");
}

#[actix_web::test]
async fn commune_that_vanished_without_a_mapping_has_its_province() {
    let server = register().await;
    let conn = &mut server.connection().await;
    let earlier = OLD.replace("08710,Phường Liên Bảo\n", "08710,Phường Liên Bảo\n26,Tỉnh Vĩnh Phúc,243,Thành phố Vĩnh Yên,08713,Xã Cũ\n");
    lists::import(conn, &earlier, "2024-05-01".parse().unwrap(), Some(true)).await.unwrap();
    let declared = json!({
        "type": "Feature", "geometry": null,
        "properties": {"managing_level": "commune_police", "eye_count": 16, "installed_on": "2020-01-01",
            "declared_commune_code": "08713", "declared_on": "2024-05-01"}});
    server.administrator().post("/collections/cameras/items", declared).await.ok();
    for (day, expected) in [("2024-05-01", "243=18 -=0"), ("2025-06-30", "243=18 -=0")] {
        assert_eq!(eyes(&server, &format!("level=district&within=26@{day}&as_of={day}")).await, expected, "{day}");
    }
    assert_eq!(eyes(&server, "level=province&as_of=2025-07-01").await, "25=19 75=12 -=0");
    assert_eq!(eyes(&server, "level=commune&within=25@2025-07-01&as_of=2025-07-01").await, "07900=1 08707=2 -=16");
}
