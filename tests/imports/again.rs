//! What a screen needs between the upload and the commit: columns, defaults, answers and cells changed without sending the
//! file again, and the rows with their cells.

use serde_json::{Value, json};

use super::{commit, counts, findings, plan, targets};
use crate::common::{Answer, Caller, Server};

fn csv(rows: &[&str]) -> Vec<u8> {
    rows.join("\n").into_bytes()
}

async fn again(caller: Caller<'_>, plan: &Value, said: Value) -> Answer {
    caller.post(&format!("/imports/{}/plan", plan["id"].as_str().unwrap()), said).await
}

async fn rows(caller: Caller<'_>, plan: &Value, query: &str) -> Vec<Value> {
    let answer = caller.get(&format!("/imports/{}/rows{query}", plan["id"].as_str().unwrap())).await.ok();
    answer["rows"].as_array().unwrap().clone()
}

fn messy() -> Vec<u8> {
    csv(&[
        "Tên;Đơn vị quản lý;Chủng loại;Kinh độ;Vĩ độ;Ngày lắp đặt",
        "A;CAP Đông;360;105,7;19,8;5/6/2024",
        "B;UBND xã;360;105,72;19,8;31/02/2024",
        "C;Hộ dân;PTZ;19,8;105,74;6/6/2024",
    ])
}

#[actix_web::test]
async fn columns_defaults_and_answers_change_without_the_file() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let first = plan(admin, "cameras", "", messy()).await;
    assert_eq!((targets(&first)[1].as_str(), counts(&first)[4]), ("managing_org", 3), "{:?}", findings(&first));
    let mapped = again(admin, &first, json!({"mapping": {"Đơn vị quản lý": "managing_level"}})).await.ok();
    assert_eq!((&mapped["id"], targets(&mapped)[1].as_str()), (&first["id"], "managing_level"));
    assert_eq!(mapped["questions"][0]["rows"], 2);
    // What is not named stays as it was said.
    let answered = again(admin, &mapped, json!({"values": {"camera_type": {"360": "dome"}}})).await.ok();
    assert_eq!((targets(&answered)[1].as_str(), &answered["questions"]), ("managing_level", &json!([])));
    assert_eq!(counts(&answered)[..5], [1, 0, 0, 0, 2], "{:?}", findings(&answered));
    let accepted = admin.post(&format!("/imports/{}/suggestions", first["id"].as_str().unwrap()), json!({})).await.ok();
    assert_eq!((&accepted["applied"], counts(&accepted)[4]), (&json!(2), 0), "{:?}", findings(&accepted));
    commit(admin, &accepted).await.ok();
    let stored = "select jsonb_agg(jsonb_build_array(name, managing_level, camera_type, st_x(geom), installed_on) order by name) from cameras";
    let expected = json!([
        ["A", "commune_police", "dome", 105.7, "2024-06-05"],
        ["B", "commune_committee", "dome", 105.72, "2024-02-29"],
        ["C", "household", "panning", 105.74, "2024-06-06"],
    ]);
    assert_eq!(server.query(stored).await, expected);
    assert_eq!(again(admin, &accepted, json!({})).await.summary(), "409 import.not_planned ");
    // The next file of the sender needs none of it.
    let next = plan(admin, "cameras", "", messy()).await;
    assert_eq!((targets(&next)[1].as_str(), &next["questions"]), ("managing_level", &json!([])));
    let forgotten = again(admin, &next, json!({"mapping": null, "values": null})).await.ok();
    assert_eq!((targets(&forgotten)[1].as_str(), &forgotten["questions"][0]["rows"]), ("managing_org", &json!(2)));
}

#[actix_web::test]
async fn what_is_no_option_is_named() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let planned = plan(admin, "towers", "", csv(&["Tên;X;Y;Xã", "A;2192163,6;576592,325;00001"])).await;
    for (said, problem) in [
        (json!({"mapping": {"Tên": "no_field"}}), "422 parameter.invalid /mapping"),
        (json!({"defaults": []}), "422 type /defaults"),
        (json!({"values": {"operator": {"x": "nobody"}}}), "422 parameter.invalid /values"),
        (json!({"central_meridian": 12}), "422 type /central_meridian"),
        (json!({"mode": "snapshot"}), "422 property.unknown /mode"),
        (json!({"corrections": [{"row": 2}]}), "422 type /corrections"),
        (
            json!({"corrections": [{"sheet": "", "row": 2, "field": "version", "value": "9"}]}),
            "422 property.unknown /corrections/0/field",
        ),
        (json!({"defaults": {"name": "\u{0}"}}), "422 text.control "),
    ] {
        assert_eq!(again(admin, &planned, said.clone()).await.summary(), problem, "{said}");
    }
    // It still waits, with the plan that it had.
    let kept = admin.get(&format!("/imports/{}", planned["id"].as_str().unwrap())).await.ok();
    assert_eq!((&kept["status"], &kept["plan"]), (&json!("planned"), &planned["plan"]));
    let said = json!({"central_meridian": 105, "defaults": {"operator": "Viettel"}});
    let placed = again(admin, &planned, said).await.ok();
    assert_eq!(counts(&placed)[..5], [1, 0, 0, 0, 0], "{:?}", findings(&placed));
    let withdrawn =
        again(admin, &placed, json!({"central_meridian": null, "defaults": {"operator": "VNPT"}})).await.ok();
    assert_eq!(
        (&withdrawn["options"]["grid"], &withdrawn["options"]["defaults"]["operator"]),
        (&Value::Null, &json!("VNPT"))
    );
}

#[actix_web::test]
async fn rows_come_with_their_cells_and_any_cell_is_corrected() {
    let server = Server::with_communes().await;
    let admin = server.administrator();
    let said = "?mapping=%7B%22%C4%90%C6%A1n%20v%E1%BB%8B%20qu%E1%BA%A3n%20l%C3%BD%22:%22managing_level%22%7D";
    let planned = plan(admin, "cameras", said, messy()).await;
    let all = rows(admin, &planned, "").await;
    assert_eq!(all.len(), 3);
    assert_eq!(
        (&all[2]["cells"]["A"], &all[2]["cells"]["D"], &all[2]["op"]),
        (&json!("C"), &json!("19,8"), &json!("error"))
    );
    assert_eq!((&all[0]["row"], &all[0]["corrected"]), (&json!(2), &json!([])));
    let answer = admin.get(&format!("/imports/{}/rows?limit=2", planned["id"].as_str().unwrap())).await.ok();
    let next = answer["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").unwrap();
    let query = next["href"].as_str().unwrap().split_once("/rows").unwrap().1.to_owned();
    assert_eq!(rows(admin, &planned, &query).await.len(), 1);
    let path = format!("/imports/{}", planned["id"].as_str().unwrap());
    assert_eq!(admin.get(&format!("{path}/rows?op=delete")).await.summary(), "400 parameter.invalid op");

    // The name has no finding, the type and the place have; row 9 is not there, and nobody writes a version.
    let cells = json!({"rows": [
        {"row": 2, "field": "name", "value": "Ngã tư"}, {"row": 2, "field": "camera_type", "value": "Bán cầu"},
        {"row": 4, "field": "geom", "value": "19.8, 105.74"}, {"row": 9, "field": "name", "value": "x"},
        {"row": 2, "field": "version", "value": "7"}]});
    let corrected = admin.post(&format!("{path}/suggestions"), cells).await.ok();
    assert_eq!(corrected["applied"], 3);
    let left: Vec<_> = corrected["not_applied"].as_array().unwrap().iter().map(|it| it["code"].clone()).collect();
    assert_eq!(left, ["suggestion.no_cell", "suggestion.no_cell"]);
    let good = rows(admin, &planned, "?op=create").await;
    assert_eq!((&good[0]["cells"]["A"], &good[0]["corrected"]), (&json!("Ngã tư"), &json!(["A", "C"])));
    assert_eq!(good[1]["geometry"], json!({"type": "Point", "coordinates": [105.74, 19.8]}));
    let doubtful = rows(admin, &planned, "?severity=warning").await;
    assert_eq!((doubtful.len(), &doubtful[0]["row"]), (1, &json!(3)));
    // One of the corrections is taken back.
    let kept = corrected["corrections"].as_array().unwrap()[1..].to_vec();
    again(admin, &planned, json!({"corrections": kept})).await.ok();
    assert_eq!(rows(admin, &planned, "?op=create").await[0]["cells"]["A"], "A");
    let nul = json!({"rows": [{"row": 2, "field": "name", "value": "\u{0}"}]});
    assert_eq!(admin.post(&format!("{path}/suggestions"), nul).await.summary(), "422 text.control ");
}

#[actix_web::test]
async fn title_right_above_the_header_is_no_part_of_it() {
    let server = Server::with_communes().await;
    let file = csv(&["DANH SÁCH TRẠM THÁNG 11;;;", "Tên;Nhà mạng;Kinh độ;Vĩ độ", "A;Viettel;105,7;19,8"]);
    let planned = plan(server.administrator(), "towers", "", file).await;
    assert_eq!(planned["mapping"][0]["columns"][1]["header"], "Nhà mạng");
    assert_eq!(counts(&planned)[..5], [1, 0, 0, 0, 0]);
}
