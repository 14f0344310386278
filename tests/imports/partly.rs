//! A plan taken in part: accepted suggestions, rows without errors, renamed and moved stations.

use actix_web::http::Method;
use calamine::{Data, Reader};
use serde_json::{Value, json};

use super::{commit, counts, findings, plan, send};
use crate::common::{Answer, Caller, Server};

const ORG: &str = "?source_org=Viettel%20Thanh%20H%C3%B3a";
const HEADER: &str = "Mã đơn vị gửi,Tên,Nhà mạng,Kinh độ,Vĩ độ";

fn towers(rows: &[&str]) -> Vec<u8> {
    format!("{HEADER}\n{}\n", rows.join("\n")).into_bytes()
}

async fn accept(caller: Caller<'_>, plan: &Value, wish: Value) -> Answer {
    caller.post(&format!("/imports/{}/suggestions", plan["id"].as_str().unwrap()), wish).await
}

async fn commit_valid(caller: Caller<'_>, plan: &Value) -> Answer {
    let body = json!({"plan": plan["plan"], "accept_warnings": true, "only": "valid"});
    caller.post(&format!("/imports/{}/commit", plan["id"].as_str().unwrap()), body).await
}

#[actix_web::test]
async fn accepted_suggestions_correct_the_cells_and_plan_again() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    // Swapped, and a padded code of a commune.
    let file = "Tên,Nhà mạng,Kinh độ,Vĩ độ,Mã xã\nA,Viettel,19.8,105.7,00001\nB,Viettel,105.72,19.8,1\nC,Viettel,19.8,105.74,00001\n";
    let first = plan(administrator, "towers", ORG, file.as_bytes().to_vec()).await;
    assert_eq!(counts(&first)[4], 2, "{:?}", findings(&first));
    let one =
        accept(administrator, &first, json!({"rows": [{"row": 2, "field": "geom"}, {"row": 9, "field": "geom"}]}))
            .await
            .ok();
    assert_eq!((&one["applied"], counts(&one)[4]), (&json!(1), 1));
    assert_eq!(one["not_applied"][0]["code"], "suggestion.no_finding");
    assert_eq!((&one["id"], &one["status"]), (&first["id"], &json!("planned")));
    assert_ne!(one["plan"], first["plan"]);
    assert_eq!(one["corrections"][0]["row"], 2);
    let all = accept(administrator, &one, json!({})).await.ok();
    assert_eq!(counts(&all)[4], 0, "{:?}", findings(&all));
    // Again: nothing is left to accept, and the plan stays.
    let again = accept(administrator, &all, json!({"all": true})).await.ok();
    assert_eq!((&again["applied"], &again["plan"]), (&json!(0), &all["plan"]));
    assert_eq!(commit(administrator, &first).await.summary(), "409 import.other_plan /plan");
    commit(administrator, &all).await.ok();
    let places = "select jsonb_agg(jsonb_build_array(st_x(geom), st_y(geom)) order by name) from towers";
    assert_eq!(server.query(places).await, json!([[105.7, 19.8], [105.72, 19.8], [105.74, 19.8]]));
    assert_eq!(accept(administrator, &all, json!({})).await.summary(), "409 import.not_planned ");
    assert_eq!(accept(administrator, &all, json!({"every": 1})).await.summary(), "422 property.unknown /every");
}

#[actix_web::test]
async fn several_candidates_need_a_choice() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let file = "Tên,Nhà mạng,Kinh độ,Vĩ độ\nA,Vietnam,105.7,19.8\n";
    let first = plan(administrator, "towers", ORG, file.as_bytes().to_vec()).await;
    assert_eq!(counts(&first)[4], 1);
    let left = accept(administrator, &first, json!({"rows": [{"row": 2, "field": "operator"}]})).await.ok();
    assert_eq!(left["applied"], 0, "{left}");
    let chosen =
        accept(administrator, &first, json!({"rows": [{"row": 2, "field": "operator", "value": "Vietnamobile"}]}))
            .await
            .ok();
    assert_eq!((&chosen["applied"], counts(&chosen)), (&json!(1), [1, 0, 0, 0, 0, 0]));
    assert_eq!(
        chosen["corrections"],
        json!([{"sheet": "", "row": 2, "field": "operator", "value": "Vietnamobile", "before": "Vietnam"}])
    );
}

#[actix_web::test]
async fn good_rows_are_written_and_the_others_come_back_as_a_workbook() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let rows = [
        "A1,Trạm A,Viettel,105.7,19.8",
        "A2,Trạm B,Viettl,105.72,19.8",
        "A3,Trạm C,Viettel,105.74,19.8",
        "A4,Trạm D,Viettel,5,5",
    ];
    let planned = plan(administrator, "towers", ORG, towers(&rows)).await;
    assert_eq!(commit(administrator, &planned).await.summary(), "422 import.has_errors ");
    let path = format!("/imports/{}", planned["id"].as_str().unwrap());
    let unknown = json!({"plan": planned["plan"], "onyl": "valid"});
    assert_eq!(administrator.post(&format!("{path}/commit"), unknown).await.summary(), "422 property.unknown /onyl");
    let committed = commit_valid(administrator, &planned).await.ok();
    assert_eq!((&committed["counts"]["written"], &committed["counts"]["left"]), (&json!(2), &json!(2)));
    assert_eq!(
        server.query("select jsonb_agg(external_id order by external_id) from towers").await,
        json!(["A1", "A3"])
    );
    let links = committed["links"].to_string();
    assert!(links.contains("workbook?rows=refused"), "{links}");

    let workbook = administrator.get(&format!("{path}/workbook?rows=refused")).await.body.to_vec();
    let mut read: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(workbook)).unwrap();
    let sheet = read.worksheet_range_at(0).unwrap().unwrap();
    let text = |row, column| sheet.get((row, column)).map(ToString::to_string).unwrap_or_default();
    assert_eq!((text(0, 0), text(1, 0), text(2, 0)), ("Mã đơn vị gửi".into(), "A2".into(), "A4".into()));
    assert!(text(1, 5).starts_with("Lỗi"), "{}", text(1, 5));
    // The two rows corrected, sent as a workbook with its state column.
    let mut out = rust_xlsxwriter::Workbook::new();
    let page = out.add_worksheet();
    for (row, cells) in sheet.rows().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let (row, column) = (u32::try_from(row).unwrap(), u16::try_from(column).unwrap());
            match (row, column, cell) {
                (1, 2, _) => drop(page.write_string(row, column, "Viettel").unwrap()),
                (2, 3, _) => drop(page.write_number(row, column, 105.76).unwrap()),
                (2, 4, _) => drop(page.write_number(row, column, 19.8).unwrap()),
                (_, _, Data::Empty) => {}
                (_, _, cell) => drop(page.write_string(row, column, cell.to_string()).unwrap()),
            }
        }
    }
    let rest = plan(administrator, "towers", ORG, out.save_to_buffer().unwrap()).await;
    assert_eq!(counts(&rest)[..5], [2, 0, 0, 0, 0], "{:?}", findings(&rest));
    commit(administrator, &rest).await.ok();
    assert_eq!(server.query("select count(*) from towers").await, 4);

    let undone = administrator.post(&format!("{path}/undo"), Value::Null).await.ok();
    assert_eq!(undone["undone"], json!({"restored": 2, "kept": []}));
    let left = "select jsonb_agg(external_id order by external_id) from towers where deleted_at is null";
    assert_eq!(server.query(left).await, json!(["A2", "A4"]));
}

#[actix_web::test]
async fn refused_row_never_makes_a_record_missing() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let list: Vec<String> =
        (0..12).map(|id| format!("V{id},Trạm {id},Viettel,{:.3},19.8", 105.61 + f64::from(id) * 0.01)).collect();
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    let snapshot = format!("{ORG}&mode=snapshot");
    commit(administrator, &plan(administrator, "towers", &snapshot, towers(&list)).await).await.ok();
    // V0 has a wrong place, and V1 is gone: the record of the refused row is known.
    let mut known = list.clone();
    known.splice(0..2, ["V0,Trạm 0,Viettel,5,5"]);
    let planned = plan(administrator, "towers", &snapshot, towers(&known)).await;
    assert_eq!((counts(&planned), &planned["missing"][0]["name"]), ([0, 0, 10, 1, 1, 0], &json!("Trạm 1")));
    let committed = commit_valid(administrator, &planned).await.ok();
    assert_eq!((&committed["counts"]["written"], &committed["counts"]["left"]), (&json!(1), &json!(1)));
    // The number of V2 is misspelled and its place is wrong: it may be any record, so none is decommissioned.
    let mut unknown = list.clone();
    unknown.splice(1..3, ["V2x,Trạm 2,Viettel,5,5"]);
    let planned = plan(administrator, "towers", &snapshot, towers(&unknown)).await;
    assert_eq!(counts(&planned)[3..5], [1, 1]);
    let committed = commit_valid(administrator, &planned).await.ok();
    assert_eq!((&committed["counts"]["missing"], &committed["counts"]["left"]), (&json!(0), &json!(2)));
    assert!(findings(&committed).contains(&"snapshot.held".to_owned()));
    assert_eq!(server.query("select count(*) from towers where lifecycle_status = 'decommissioned'").await, 1);
}

#[actix_web::test]
async fn file_as_a_whole_cannot_be_taken_in_part() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let planned = send(administrator, "towers", ORG, b"a,b\n1,2\n".to_vec()).await.ok();
    assert!(findings(&planned).contains(&"file.no_header".to_owned()), "{:?}", findings(&planned));
    assert_eq!(commit_valid(administrator, &planned).await.summary(), "422 import.file_error /only");
}

#[actix_web::test]
async fn renamed_and_moved_stations_are_pairs_to_confirm() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let header = "Tên,Nhà mạng,Mã trạm,Kinh độ,Vĩ độ";
    let file = |rows: &[&str]| format!("{header}\n{}\n", rows.join("\n")).into_bytes();
    let snapshot = format!("{ORG}&mode=snapshot");
    let before = [
        "Chợ,Viettel,,105.70,19.8",
        "Đình,Viettel,,105.72,19.8",
        "Cầu,Viettel,S3,105.74,19.8",
        "Ga,Viettel,,105.76,19.8",
    ];
    commit(administrator, &plan(administrator, "towers", &snapshot, file(&before)).await).await.ok();
    let ids = server.query("select jsonb_object_agg(name, id) from towers").await;

    // Renamed, moved, both with its code, and one that is the same.
    let after =
        ["Chợ mới,Viettel,,105.7001,19.8", "Đình,Viettel,,105.78,19.81", "Cống,Viettel,S3,105.79,19.82", before[3]];
    let planned = plan(administrator, "towers", &snapshot, file(&after)).await;
    // The operator's code finds its station by itself.
    assert_eq!(counts(&planned)[..4], [2, 1, 1, 2], "{:?}", findings(&planned));
    let told: Vec<_> = findings(&planned).into_iter().filter(|it| it.contains("pair")).collect();
    assert_eq!(told, ["2 snapshot.pair", "3 snapshot.pair"]);
    assert_eq!(planned["pairs"][0]["why"], json!(["place"]));
    assert_eq!((&planned["pairs"][1]["id"], &planned["pairs"][1]["why"]), (&ids["Đình"], &json!(["name"])));
    let path = format!("/imports/{}/commit", planned["id"].as_str().unwrap());
    let consent = json!({"plan": planned["plan"], "accept_warnings": true, "confirm_missing": true});
    assert_eq!(administrator.post(&path, consent).await.summary(), "422 import.pairs /confirm_new");

    // All suggestions at once join no row with a record.
    assert_eq!(accept(administrator, &planned, json!({})).await.ok()["applied"], 0);
    let joined = accept(administrator, &planned, json!({"codes": ["snapshot.pair"]})).await.ok();
    assert_eq!((counts(&joined), &joined["pairs"]), ([0, 3, 1, 0, 0, 0], &json!([])), "{:?}", findings(&joined));
    commit(administrator, &joined).await.ok();
    let now =
        server.query("select jsonb_object_agg(name, id) from towers where lifecycle_status = 'operational'").await;
    assert_eq!(now, json!({"Chợ mới": ids["Chợ"], "Đình": ids["Đình"], "Cống": ids["Cầu"], "Ga": ids["Ga"]}));
    assert_eq!(counts(&plan(administrator, "towers", &snapshot, file(&after)).await), [0, 0, 4, 0, 0, 0]);
}

#[actix_web::test]
async fn pairs_may_be_others() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    let snapshot = format!("{ORG}&mode=snapshot");
    let list = |first: &str| towers(&[first, "B,Trạm B,Viettel,105.72,19.8"]);
    commit(administrator, &plan(administrator, "towers", &snapshot, list("A,Trạm A,Viettel,105.7,19.8")).await)
        .await
        .ok();
    let planned = plan(administrator, "towers", &snapshot, list("A0,Trạm A0,Viettel,105.7,19.8")).await;
    assert_eq!(planned["pairs"].as_array().unwrap().len(), 1);
    let path = format!("/imports/{}/commit", planned["id"].as_str().unwrap());
    let consent =
        json!({"plan": planned["plan"], "accept_warnings": true, "confirm_missing": true, "confirm_new": true});
    administrator.send(Method::POST, &path, &[("Content-Type", "application/json")], Some(consent)).await.ok();
    let gone = "select jsonb_agg(external_id) from towers where lifecycle_status = 'decommissioned'";
    assert_eq!(server.query(gone).await, json!(["A"]));
}
