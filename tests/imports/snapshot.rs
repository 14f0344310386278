//! The monthly list of a source: records that it lacks are decommissioned, never deleted.

use calamine::Reader;
use serde_json::json;

use super::{commit, counts, findings, plan, send};
use crate::common::Server;

const LIST: &str = "?mode=snapshot&source_org=Viettel%20Thanh%20H%C3%B3a&effective_on=2026-11-01";

fn list(ids: impl Iterator<Item = usize>) -> Vec<u8> {
    let mut text = "Mã đơn vị gửi,Tên,Nhà mạng,Kinh độ,Vĩ độ\n".to_owned();
    for id in ids {
        text += &format!("V{id},Trạm {id},Viettel,{},19.8\n", 105.61 + id as f64 * 0.004);
    }
    text.into_bytes()
}

#[actix_web::test]
async fn missing_records_are_decommissioned_and_many_only_when_confirmed() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    commit(administrator, &plan(administrator, "towers", LIST, list(0..20)).await).await.ok();
    // From another source, which the list does not affect.
    let other = plan(administrator, "towers", "?source_org=VNPT", b"M\xc3\xa3,T\xc3\xaan,Nh\xc3\xa0 m\xe1\xba\xa1ng,Kinh \xc4\x91\xe1\xbb\x99,V\xc4\xa9 \xc4\x91\xe1\xbb\x99\nX1,X,VNPT,105.8,19.85\n".to_vec()).await;
    commit(administrator, &other).await.ok();

    let planned = plan(administrator, "towers", LIST, list(1..21)).await;
    assert_eq!((findings(&planned), counts(&planned)), (vec![], [1, 0, 19, 1, 0, 0]));
    assert_eq!(planned["missing"][0]["name"], "Trạm 0");
    assert_eq!(
        planned["missing"][0]["fields"]["lifecycle_status"],
        json!({"before": "operational", "after": "decommissioned"})
    );
    let workbook = administrator.get(&format!("/imports/{}/workbook", planned["id"].as_str().unwrap())).await;
    let mut workbook: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(workbook.body.to_vec())).unwrap();
    let missing = workbook.worksheet_range("Thiếu").unwrap();
    assert_eq!(missing.get((1, 2)), Some(&calamine::Data::String("Trạm 0".into())));
    commit(administrator, &planned).await.ok();
    let gone = "select jsonb_agg(jsonb_build_array(external_id, decommissioned_on, deleted_at is null)) from towers where lifecycle_status = 'decommissioned'";
    assert_eq!(server.query(gone).await, json!([["V0", "2026-11-01", true]]));

    let short = plan(administrator, "towers", LIST, list(1..10)).await;
    assert_eq!(
        (findings(&short), short["counts"]["missing"].clone()),
        (vec!["snapshot.many_missing".to_owned()], json!(11))
    );
    assert_eq!(commit(administrator, &short).await.summary(), "422 import.many_missing /confirm_missing");
    let path = format!("/imports/{}/commit", short["id"].as_str().unwrap());
    let confirmed = json!({"plan": short["plan"], "accept_warnings": true, "confirm_missing": true});
    administrator.post(&path, confirmed).await.ok();
    assert_eq!(server.query("select count(*) from towers where lifecycle_status = 'decommissioned'").await, 12);
}

#[actix_web::test]
async fn list_must_name_its_source() {
    let server = Server::with_communes().await;
    let answer = send(server.administrator(), "towers", "?mode=snapshot", list(0..1)).await;
    assert_eq!(answer.summary(), "400 parameter.invalid source_org");
}
