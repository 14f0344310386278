//! What holds for a whole file: defaults, answers about texts, what the grants of the sender say, and what is remembered.

use serde_json::{Value, json};

use super::{commit, counts, findings, plan, send};
use crate::common::Server;

fn csv(rows: &[&str]) -> Vec<u8> {
    rows.join("\n").into_bytes()
}

/// A query with JSON parameters.
fn query(parameters: &[(&str, Value)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters {
        query.append_pair(name, &value.to_string());
    }
    format!("?{}", query.finish())
}

/// The value of a field by the name of the record.
async fn stored(server: &Server, collection: &str, field: &str) -> Value {
    let items = server.administrator().all_items(&format!("/collections/{collection}/items")).await;
    let pair =
        |item: &Value| (item["properties"]["name"].as_str().unwrap().to_owned(), item["properties"][field].clone());
    Value::Object(items.iter().map(pair).collect())
}

fn message(plan: &Value, code: &str) -> String {
    let found = plan["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == code);
    found.unwrap_or_else(|| panic!("no {code}: {}", plan["findings"]))["message"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn default_fills_only_what_neither_the_row_nor_the_register_says() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let first = csv(&["Mã;Tên;Cấp quản lý;Hãng;Xã", "K1;A;Hộ dân;Sao;00001", "K2;B;Hộ dân;;00001"]);
    commit(admin, &plan(admin, "cameras", "", first).await).await.ok();
    let more = || csv(&["Mã;Tên;Cấp quản lý;Xã", "K1;A;;", "K2;B;;", "K3;C;;00001", "K4;D;Trường học;"]);
    let defaults =
        json!({"managing_level": "Công an xã", "manufacturer": "Mặt Trăng", "declared_commune_code": "Xã Đông"});
    let planned = plan(admin, "cameras", &query(&[("defaults", defaults.clone())]), more()).await;
    assert_eq!(counts(&planned), [2, 1, 1, 0, 0, 0]);
    assert_eq!(findings(&planned), ["default.used"; 3]);
    assert!(message(&planned, "default.used").contains("rows"));
    assert_eq!(planned["options"]["defaults"], defaults);
    commit(admin, &planned).await.ok();
    let levels = json!({"A": "household", "B": "household", "C": "commune_police", "D": "school"});
    assert_eq!(stored(&server, "cameras", "managing_level").await, levels);
    let makers = json!({"A": "Sao", "B": "Mặt Trăng", "C": "Mặt Trăng", "D": "Mặt Trăng"});
    assert_eq!(stored(&server, "cameras", "manufacturer").await, makers);
    let communes = json!({"A": "00001", "B": "00001", "C": "00001", "D": "00002"});
    assert_eq!(stored(&server, "cameras", "declared_commune_code").await, communes);
}

#[actix_web::test]
async fn default_grid_transforms_metres() {
    let server = Server::with_communes().await;
    let file = csv(&["Tên;Nhà mạng;X;Y", "A;Viettel;2192163,6;576592,325"]);
    let planned =
        plan(server.administrator(), "towers", &query(&[("defaults", json!({"central_meridian": "105"}))]), file).await;
    assert_eq!((findings(&planned), counts(&planned)), (vec!["geo.transformed".into()], [1, 0, 0, 0, 0, 0]));
}

#[actix_web::test]
async fn what_is_not_understood_is_refused_and_named() {
    let server = Server::with_communes().await;
    let file = || csv(&["Tên;Cấp quản lý;Xã", "A;Công an xã;00001"]);
    for (name, given, part) in [
        ("defaults", json!({"managing_level": "Ai đó"}), "managing_level"),
        ("defaults", json!({"eye_count": 99}), "eye_count"),
        ("defaults", json!({"eyes": 2}), "eyes"),
        ("defaults", json!({"version": 2}), "version"),
        ("defaults", json!({"central_meridian": 99}), "central_meridian"),
        ("defaults", json!({"declared_commune_code": "Xã Không Đâu"}), "declared_commune_code"),
        ("defaults", json!(["managing_level"]), "field"),
        ("values", json!({"camera_type": {"360": "bay"}}), "camera_type"),
        ("values", json!({"camera_type": "dome"}), "camera_type"),
        ("values", json!({"kind": {"360": "dome"}}), "kind"),
        ("mapping", json!({"a": 1}), "not 1"),
        ("mapping", json!({"a": "eyes"}), "eyes"),
        ("mapping", json!([1]), "mapping"),
    ] {
        let answer = send(server.administrator(), "cameras", &query(&[(name, given.clone())]), file()).await;
        assert_eq!(answer.summary(), format!("400 parameter.invalid {name}"), "{given}");
        let detail = answer.json()["errors"].to_string();
        assert!(detail.contains(part), "{given}: {detail}");
    }
    let planned =
        plan(server.administrator(), "cameras", &query(&[("mapping", json!({"Tên gì": "name"}))]), file()).await;
    assert_eq!(findings(&planned), ["column.not_found"]);
}

#[actix_web::test]
async fn one_answer_holds_for_every_cell_with_the_text() {
    let server = Server::with_communes().await;
    let rows = [
        "Tên;Cấp quản lý;Xã;Loại camera",
        "A;Công an xã;00001;Toàn cảnh",
        "B;Công an xã;00001;TOÀN CẢNH",
        "C;Công an xã;Xã nọ;Lạ",
    ];
    let admin = server.administrator();
    let asked = plan(admin, "cameras", "", csv(&rows)).await;
    assert_eq!(findings(&asked), ["D2 enum.unknown", "D3 enum.unknown", "C4 unit.unknown_name", "D4 enum.unknown"]);
    let questions = asked["questions"].as_array().unwrap();
    let told: Vec<_> =
        questions.iter().map(|it| (it["field"].as_str(), it["text"].as_str(), it["rows"].as_u64())).collect();
    assert_eq!(told.len(), 4);
    assert_eq!(told[0], (Some("camera_type"), Some("Toàn cảnh"), Some(1)));
    let candidates: Vec<_> = questions[0]["candidates"].as_array().unwrap().iter().map(|it| &it["value"]).collect();
    assert_eq!(candidates, ["fixed", "panning", "dome"]);
    let values =
        json!({"camera_type": {"toàn cảnh": "Bán cầu", "Lạ": null}, "declared_commune_code": {"Xã nọ": "00002"}});
    let planned = plan(admin, "cameras", &query(&[("values", values)]), csv(&rows)).await;
    assert_eq!(findings(&planned), ["cell.answered"; 3]);
    assert_eq!((planned["questions"].clone(), counts(&planned)), (json!([]), [3, 0, 0, 0, 0, 0]));
    commit(admin, &planned).await.ok();
    assert_eq!(stored(&server, "cameras", "camera_type").await, json!({"A": "dome", "B": "dome", "C": null}));
    assert_eq!(stored(&server, "cameras", "declared_commune_code").await["C"], "00002");
}

#[actix_web::test]
async fn what_is_said_is_remembered_for_its_sender_and_collection_until_forgotten() {
    let server = Server::with_communes().await;
    let grants = [json!({"role": "editor"})];
    let (lan, huy) = (server.account("lan", &grants).await, server.account("huy", &grants).await);
    let file = || csv(&["Tên;Xã;Loại camera", "A;00001;Lạ"]);
    let said = [("defaults", json!({"managing_level": "school"})), ("values", json!({"camera_type": {"Lạ": "dome"}}))];
    let first = plan(server.holder(&lan), "cameras", &query(&said), file()).await;
    assert_eq!((counts(&first), &first["options"]["remembered"]), ([1, 0, 0, 0, 0, 0], &json!({})));

    let again = plan(server.holder(&lan), "cameras", "", file()).await;
    assert_eq!(counts(&again), [1, 0, 0, 0, 0, 0]);
    let remembered = json!({"defaults": {"managing_level": "school"}, "values": {"camera_type": {"Lạ": "dome"}}});
    assert_eq!(again["options"]["remembered"], remembered);
    assert!(message(&again, "default.used").contains("earlier file"));
    assert!(message(&again, "cell.answered").contains("earlier file"));

    // Nobody else, and no other collection.
    assert_eq!(plan(server.holder(&huy), "cameras", "", file()).await["counts"]["error"], 1);
    let towers = csv(&["Tên;Nhà mạng;Xã", "A;VNPT;00001"]);
    assert_eq!(findings(&plan(server.holder(&lan), "towers", "", towers).await), [""; 0]);

    let part = plan(server.holder(&lan), "cameras", &query(&[("values", json!({"camera_type": null}))]), file()).await;
    assert_eq!(findings(&part), ["default.used", "C2 enum.unknown"]);
    let none = plan(server.holder(&lan), "cameras", &query(&[("defaults", Value::Null)]), file()).await;
    assert_eq!(
        (findings(&none), &none["options"]["remembered"]),
        (vec!["2 required".into(), "C2 enum.unknown".into()], &json!({}))
    );
}

#[actix_web::test]
async fn grant_that_leaves_one_choice_says_the_operator_and_the_commune() {
    let server = Server::with_communes().await;
    let liaison = server
        .account("lien-lac", &[json!({"role": "editor", "operators": ["viettel"], "collections": ["towers"]})])
        .await;
    let file = || csv(&["Mã trạm;Tên trạm;Kinh độ;Vĩ độ", "T1;A;105.7;19.8", "T2;B;105.72;19.82"]);
    let planned = plan(server.holder(&liaison), "towers", "", file()).await;
    assert_eq!((findings(&planned), counts(&planned)), (vec!["default.used".into()], [2, 0, 0, 0, 0, 0]));
    let told = message(&planned, "default.used");
    assert!(told.contains("Viettel") && told.contains("2 rows"), "{told}");
    let everybody = plan(server.administrator(), "towers", "", file()).await;
    assert_eq!((findings(&everybody), counts(&everybody)), (vec!["required".into()], [0, 0, 0, 0, 2, 0]));
    assert!(message(&everybody, "required").contains("all 2 rows"));
    let two = server.account("hai", &[json!({"role": "editor", "operators": ["viettel", "vnpt"]})]).await;
    assert_eq!(counts(&plan(server.holder(&two), "towers", "", file()).await), [0, 0, 0, 0, 2, 0]);

    let police = server.account("cong-an", &[json!({"role": "editor", "unit": "00002@2026-01-01"})]).await;
    let cameras = csv(&["Tên;Cấp quản lý", "A;Công an xã", "B;Công an xã"]);
    let planned = plan(server.holder(&police), "cameras", "", cameras).await;
    assert_eq!((findings(&planned), counts(&planned)), (vec!["default.used".into()], [2, 0, 0, 0, 0, 0]));
    commit(server.holder(&police), &planned).await.ok();
    assert_eq!(stored(&server, "cameras", "declared_commune_code").await, json!({"A": "00002", "B": "00002"}));
    // A file that says what the register says changes nothing.
    let again = csv(&["Tên;Cấp quản lý;Xã", "A;Công an xã;00002"]);
    assert_eq!(counts(&plan(server.holder(&police), "cameras", "", again).await), [0, 0, 1, 0, 0, 0]);
}

#[actix_web::test]
async fn names_of_open_data_are_understood_and_objects_do_not_become_texts() {
    let server = Server::with_communes().await;
    let feature = |properties: Value| {
        let line = json!({"type": "LineString", "coordinates": [[105.7, 19.8], [105.71, 19.81]]});
        json!({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": line, "properties": properties}]})
    };
    let span = feature(json!({
        "name": "AB", "status": "underConstruction", "networkProviders": [{"name": "VNPT"}], "fibreCount": 12,
        "note": {"id": "x"}, "deployment": ["belowGround"], "physicalInfrastructureProvider": {"id": 1, "name": "Sở Xây dựng"}
    }));
    let planned = plan(server.administrator(), "fiber-routes", "", span.to_string().into_bytes()).await;
    assert!(findings(&planned).iter().any(|finding| finding.ends_with("cell.nested")), "{:?}", findings(&planned));
    commit(server.administrator(), &planned).await.ok();
    for (field, value) in [
        ("lifecycle_status", json!("under_construction")),
        ("operator", json!("vnpt")),
        ("fiber_count", json!(12)),
        ("deployment", json!("below_ground")),
        ("managing_org", json!("Sở Xây dựng")),
        ("note", Value::Null),
    ] {
        assert_eq!(stored(&server, "fiber-routes", field).await["AB"], value, "{field}");
    }

    let header = "camera:type,camera:direction,surveillance:zone,start_date,addr:street,contact:phone";
    let file = csv(&[header, "dome,90,parking,2020-02-01,Lê Lợi,0912345678"]);
    let columns = plan(server.administrator(), "cameras", "", file).await;
    let expected = ["camera_type", "azimuth_deg", "surveillance_zone", "installed_on", "address", "owner_phone"];
    assert_eq!(super::targets(&columns), expected);
}
