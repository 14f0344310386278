//! The whole country, if its files are present: on every day on which units change, communes and records in none of
//! them add up to their parent.

use std::path::Path;

use hatang::units::{boundaries, lists, mappings};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::common::Server;

const EYES: &str = "indicators=camera_eyes";

/// Loads the lists, the mapping and the boundaries of the country; `None` without its files.
async fn country() -> Option<Server> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let read = |name: &str| std::fs::read_to_string(folder.join(name));
    let mapping = read("mapping_old_to_new_2025-07-01.csv").ok()?;
    let server = Server::new().await;
    let conn = &mut server.connection().await;
    let day = |text: &str| text.parse().unwrap();
    for (name, as_of) in [
        ("units_old_2024-05-01.csv", "2024-05-01"),
        ("units_old_2025-06-30.csv", "2025-06-30"),
        ("units_new_2026-07.csv", "2026-07-01"),
    ] {
        lists::import(conn, &read(name).unwrap(), day(as_of), None).await.unwrap();
    }
    mappings::import(conn, &mapping, day("2025-07-01")).await.unwrap();
    let polygons = read("new_communes_vn_simplified.geojson").unwrap();
    boundaries::import(conn, &polygons, day("2026-07-01"), |_, _| {}).await.unwrap();
    Some(server)
}

/// Cameras in the country, and some without a place that declare a commune which is or was.
fn cameras() -> Vec<Value> {
    let mut random = StdRng::seed_from_u64(13);
    let mut cameras = Vec::new();
    for nth in 0..400_u32 {
        // Between Hà Giang and Cà Mau, wide enough to also fall into the sea.
        let (lat, east) = (random.random_range(8.6..23.0), random.random_range(0.0..2.6));
        let west = if lat > 19.0 { 103.6 } else if lat > 12.0 { 106.6 } else { 105.0 };
        cameras.push(json!({
            "type": "Feature", "geometry": {"type": "Point", "coordinates": [west + east, lat]},
            "properties": {"managing_level": "commune_police", "eye_count": 1 + nth % 16, "installed_on": "2020-01-01"}}));
    }
    cameras
}

fn value(figures: &Value) -> i64 {
    figures["camera_eyes"]["value"].as_i64().unwrap()
}

/// Eyes by unit, and in none.
async fn by_unit(server: &Server, query: &str) -> (Vec<(String, i64)>, i64) {
    let answer = server.anonymous().get(&format!("/stats?{EYES}&{query}")).await.ok();
    let units = answer["units"].as_array().unwrap().iter();
    let units = units.map(|unit| (unit["unit"]["code"].as_str().unwrap().to_owned(), value(&unit["figures"]))).collect();
    (units, value(&answer["unassigned"]["figures"]))
}

#[actix_web::test]
async fn communes_and_unassigned_add_up_on_every_day() {
    let Some(server) = country().await else { return };
    for camera in cameras() {
        // Those in the sea are refused.
        let answer = server.administrator().post("/collections/cameras/items", camera).await;
        assert!(answer.status == 201 || answer.status == 422, "{}", answer.summary());
    }
    server
        .execute(
            "insert into cameras (id, code, managing_level, eye_count, declared_commune_code, declared_on, lifecycle_status, \
             installed_on, source, created_by, updated_by, effective_on) \
             select row_number() over (order by u.code, u.valid_from), 'W-' || row_number() over (order by u.code, u.valid_from), 'commune_police', 3, u.code, \
               coalesce(u.valid_to, u.valid_from), 'operational', '2020-01-01', 'manual', 'walk', 'walk', '2020-01-01' \
             from admin_units u where u.level = 'commune' and (u.valid_to = '2025-06-29' and u.id % 3 = 0 or u.id % 97 = 0)",
        )
        .await;
    hatang::figures::fold(&mut server.connection().await, hatang::time::today()).await.unwrap();
    let total = server.query("select sum(eye_count) from cameras").await.as_i64().unwrap();
    let days = server
        .query(
            "select jsonb_agg(distinct d::date) from admin_units, unnest(array[valid_from - 1, valid_from, valid_to, valid_to + 1]) d \
             where d between '2024-05-01' and current_date",
        )
        .await;
    let days: Vec<_> = days.as_array().unwrap().iter().map(|day| day.as_str().unwrap().to_owned()).collect();
    assert!(days.contains(&"2026-06-30".to_owned()) && days.len() > 5, "{days:?}");
    for (nth, day) in days.into_iter().enumerate() {
        let on = format!("as_of={day}&units_on={day}");
        let (provinces, outside) = by_unit(&server, &format!("level=province&{on}")).await;
        assert_eq!(provinces.iter().map(|(_, eyes)| eyes).sum::<i64>() + outside, total, "{day}");
        let (communes, outside) = by_unit(&server, &format!("level=commune&{on}")).await;
        assert_eq!(communes.iter().map(|(_, eyes)| eyes).sum::<i64>() + outside, total, "{day}");
        let (districts, outside) = by_unit(&server, &format!("level=district&{on}")).await;
        assert_eq!(districts.iter().map(|(_, eyes)| eyes).sum::<i64>() + outside, total, "{day}");
        // Each day other provinces, so that all are asked.
        for (province, eyes) in provinces.into_iter().skip(nth % 3).step_by(3) {
            let within = format!("within={province}@{day}&as_of={day}");
            for level in ["commune", "district"] {
                if level == "district" && districts.is_empty() {
                    continue;
                }
                let (units, outside) = by_unit(&server, &format!("level={level}&{within}")).await;
                let sum = units.iter().map(|(_, eyes)| eyes).sum::<i64>();
                assert_eq!(sum + outside, eyes, "{level} of {province} on {day}");
                let all: i64 = if level == "commune" { &communes } else { &districts }
                    .iter()
                    .filter(|(code, _)| units.iter().any(|(unit, _)| unit == code))
                    .map(|(_, eyes)| eyes)
                    .sum();
                assert_eq!(all, sum, "{level} of {province} alone and in the country on {day}");
            }
        }
        // Of those with districts, each district has its communes.
        for (district, eyes) in districts.into_iter().filter(|(_, eyes)| *eyes > 0).take(15) {
            let (units, outside) = by_unit(&server, &format!("level=commune&within={district}@{day}&as_of={day}")).await;
            let sum = units.iter().map(|(_, eyes)| eyes).sum::<i64>();
            assert_eq!(sum + outside, eyes, "{district} on {day}");
        }
    }
    // Every commune of today keeps its boundary across the change of 2026.
    let (before, _) = by_unit(&server, "within=75@2026-06-30&as_of=2026-06-30").await;
    let (after, _) = by_unit(&server, "within=75@2026-07-01&as_of=2026-07-01").await;
    assert_eq!(before, after);
    let missing = server.query("select count(*) from admin_units where level = 'commune' and valid_from >= '2025-07-01' and geom is null").await;
    assert_eq!(missing, 0);
    // Vĩnh Yên's place belongs to Vĩnh Phúc before the reform, and to Phú Thọ after it.
    let at = async |day: &str| {
        let sql = format!("select p.province from territory(st_setsrid(st_makepoint(105.6, 21.31), 4326), null, null, '{day}') p");
        server.query(Box::leak(sql.into_boxed_str())).await
    };
    assert_eq!((at("2024-06-01").await, at("2025-07-01").await), (json!("26"), json!("25")));
}
