//! `level=hamlet`: the figures of single hamlets.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::common::{Caller, Server, camera, feature};

const CODES: &str = "bts_stations,camera_eyes,camera_hamlets,mobile_hamlets_4g,security_level,fiber_route_km,camera_eyes_per_1000_households";

/// In Phường Tây Thôn Một, which has no boundary, and Thôn Hai, which has one. A station in each, and one in neither; a
/// camera of 3 eyes in Thôn Hai.
async fn with_hamlets() -> Server {
    let server = Server::with_communes().await;
    server.execute(include_str!("../common/hamlet.sql")).await;
    server
        .execute(
            "insert into hamlets (id, code, name, geom, installed_on, effective_on) values (1002, '00001-2', 'Thôn Hai', \
             st_multi(st_makeenvelope(105.62, 19.78, 105.66, 19.82, 4326)), '2025-07-01', '2025-07-01');
             insert into availability (hamlet_id, technology, state, basis, as_of)
             values (1001, '4g', 'available', 'reported', '2025-08-01')",
        )
        .await;
    let administrator = server.administrator();
    for (lon, hamlet) in [(105.64, Value::Null), (105.7, json!(1001)), (105.74, Value::Null)] {
        let properties = json!({"name": "Trạm", "operator": "vnpt", "hamlet_id": hamlet, "installed_on": "2025-07-01"});
        let answer = administrator.post("/collections/towers/items", feature([lon, 19.8], properties, json!({}))).await;
        assert_eq!(answer.status, 201, "{}", answer.summary());
    }
    let mut camera = camera(json!({"eye_count": 3, "installed_on": "2025-07-01"}));
    camera["geometry"]["coordinates"] = json!([105.64, 19.8]);
    assert_eq!(administrator.post("/collections/cameras/items", camera).await.status, 201);
    server
}

async fn ask(caller: Caller<'_>, more: &str) -> Value {
    caller.get(&format!("/stats?level=hamlet&indicators={CODES}{more}")).await.ok()
}

#[actix_web::test]
async fn hamlets_have_the_figures_of_what_stands_in_them() {
    let server = with_hamlets().await;
    let administrator = server.administrator();
    let answer = ask(administrator, "&within=00001").await;
    let units = answer["units"].as_array().unwrap();
    let names: Vec<_> = units.iter().map(|unit| unit["unit"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Thôn Một", "Thôn Hai"]);
    assert_eq!(answer["unassigned"], Value::Null);
    let template = answer["rows_template"].as_str().unwrap().strip_prefix("http://hatang.test/api/v1").unwrap();
    // Stations, eyes, whether a camera stands there, whether there is 4G.
    for (unit, [stations, eyes, camera, covered]) in units.iter().zip([[1, 0, 0, 1], [1, 3, 1, 0]]) {
        let figures = &unit["figures"];
        let found = [("bts_stations", "value"), ("camera_eyes", "value"), ("camera_hamlets", "covered"), ("mobile_hamlets_4g", "covered")]
            .map(|(code, member)| figures[code][member].as_i64().unwrap());
        assert_eq!(found, [stations, eyes, camera, covered], "{unit}");
        assert_eq!((&figures["camera_hamlets"]["total"], &figures["mobile_hamlets_4g"]["total"]), (&json!(1), &json!(1)));
        for (code, rows) in [("bts_stations", stations), ("camera_eyes", eyes / 3), ("camera_hamlets", camera), ("mobile_hamlets_4g", covered)] {
            let path = template.replace("{unit}", unit["unit"]["code"].as_str().unwrap()).replace("{indicator}", code);
            assert_eq!(administrator.get(&path).await.features().len() as i64, rows, "{path}");
        }
    }
    // In the province, and in a group, there are the same hamlets.
    assert_eq!(ask(administrator, "&within=38").await["units"], answer["units"]);
    let group = json!({"name_vi": "Nhóm", "source": "Thử", "units_on": "2026-01-01", "members": ["00001"]});
    let headers = [("Content-Type", "application/json")];
    administrator.send(Method::PUT, "/unit-groups/phuong", &headers, Some(group)).await.ok();
    assert_eq!(ask(administrator, "&within=group:phuong").await["units"], answer["units"]);
}

#[actix_web::test]
async fn what_cannot_be_counted_for_a_hamlet_is_null_and_said() {
    let server = with_hamlets().await;
    for (caller, expected) in [
        (server.administrator(), vec!["camera_eyes_per_1000_households", "fiber_route_km", "security_level"]),
        // Public places of cameras are rounded.
        (server.anonymous(), vec!["camera_eyes", "camera_eyes_per_1000_households", "fiber_route_km", "security_level"]),
    ] {
        let answer = ask(caller, "&within=00001").await;
        let mut left_out: Vec<_> = answer["why"].as_array().unwrap().iter()
            .filter(|why| why["code"] == "not_counted")
            .flat_map(|why| why["indicators"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()))
            .collect();
        left_out.sort();
        assert_eq!(left_out, expected);
        let figures = answer["units"][1]["figures"].as_object().unwrap();
        assert!(expected.iter().all(|code| figures[*code] == Value::Null), "{figures:?}");
        assert_eq!(figures["bts_stations"]["value"], json!(1));
    }
    let reader = server.anonymous();
    assert_eq!(reader.get("/stats?level=hamlet").await.summary(), "400 parameter.invalid within");
    let compared = reader.get("/stats?level=hamlet&within=00001&compare=2025-08-01").await;
    assert_eq!(compared.summary(), "400 parameter.invalid compare");
}

#[actix_web::test]
async fn a_camera_in_no_known_hamlet_may_stand_in_any_without_one() {
    let server = with_hamlets().await;
    let mut camera = camera(json!({"installed_on": "2025-07-01"}));
    camera["geometry"]["coordinates"] = json!([105.7, 19.88]);
    assert_eq!(server.administrator().post("/collections/cameras/items", camera).await.status, 201);
    server.execute("insert into hamlets (id, code, name, declared_commune_code, declared_on, installed_on, effective_on)
        values (1003, '00001-3', 'Thôn Ba', '00001', '2025-07-01', '2025-07-01', '2025-07-01')").await;
    let answer = ask(server.anonymous(), "&within=00001").await;
    let unknown: Vec<_> = answer["units"].as_array().unwrap().iter()
        .map(|unit| unit["figures"]["camera_hamlets"]["unknown"].as_i64().unwrap_or(0)).collect();
    assert_eq!(unknown, [1, 0, 1]);
}

#[actix_web::test]
async fn files_of_hamlets_have_a_row_each() {
    let server = with_hamlets().await;
    let path = format!("/stats?level=hamlet&within=00001&indicators={CODES}&labels=vi");
    let table = server.administrator().get(&format!("{path}&f=csv")).await;
    let rows: Vec<_> = csv::Reader::from_reader(&table.body[3..]).into_records().map(Result::unwrap).collect();
    assert_eq!(rows.iter().map(|row| row[1].to_owned()).collect::<Vec<_>>(), ["Thôn Một", "Thôn Hai"]);
    let map = server.administrator().get(&format!("{path}&f=geojson")).await.features();
    assert_eq!((&map[0]["geometry"], &map[1]["geometry"]["type"]), (&Value::Null, &json!("MultiPolygon")));
    let book = server.administrator().get(&format!("{path}&f=xlsx")).await;
    assert_eq!(book.status, 200, "{}", book.summary());
}
