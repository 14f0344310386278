//! How many numbers one page looks at.

use serde_json::json;

use crate::common::Server;

#[actix_web::test]
async fn reader_of_few_changes_advances_without_reading_all_changes() {
    let server = Server::with_communes().await;
    let west = server.account("west", &[json!({"role": "editor", "unit": "00001@2026-01-01"})]).await;
    // Hidden cameras in the east, then one in the west.
    server
        .execute(
            "insert into changes (collection, record_id, op, version, at, seq, is_commune_id) \
             select 'cameras', n, 'create', 1, now(), n, u.id from generate_series(1, 60001) n \
             join admin_units u on u.code = case when n = 60001 then '00001' else '00002' end; \
             update feed set last_seq = 60001;",
        )
        .await;
    let page = async |after: i64| server.holder(&west).get(&format!("/changes?after={after}")).await.ok();
    let first = page(0).await;
    assert_eq!((&first["changes"], &first["next"], &first["more"]), (&json!([]), &json!(50_000), &json!(true)));
    let second = page(50_000).await;
    assert_eq!(second["changes"][0]["seq"], 60_001);
    assert_eq!((&second["next"], &second["more"]), (&json!(60_001), &json!(false)));
    // A stream continues by itself.
    let mut events = server.holder(&west).stream("/changes/stream", &[]).await;
    assert_eq!(events.named("change").await["seq"], 60_001);
    let public = server.anonymous().get("/changes").await.ok();
    assert_eq!((&public["next"], &public["more"]), (&json!(0), &json!(false)));
}
