//! `known_at` of what is stated: a statement that was replaced or withdrawn later still holds then.

use serde_json::{Value, json};

use crate::common::Server;

async fn moment(server: &Server) -> String {
    let now = "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
    server.query(now).await.as_str().unwrap().to_owned()
}

async fn figure(server: &Server, code: &str, query: &str) -> Value {
    server.anonymous().get(&format!("/stats/00001?indicators={code}&{query}")).await.ok()["figures"][code].clone()
}

#[actix_web::test]
async fn availability_is_that_of_the_instant() {
    let server = Server::with_communes().await;
    server.execute(include_str!("../common/hamlet.sql")).await;
    let before = moment(&server).await;
    let stated = "insert into availability (hamlet_id, technology, state, basis, as_of) values (1001, '4g', 'available', 'reported', '2025-08-01')";
    server.execute(stated).await;
    let first = moment(&server).await;
    server.execute("update availability set state = 'not_available', stated_at = now()").await;
    let second = moment(&server).await;
    server.execute("delete from availability").await;
    for (known_at, covered, unknown) in
        [(before, 0, 1), (first, 1, 0), (second, 0, 0), (moment(&server).await, 0, 1)]
    {
        let query = format!("as_of=2025-09-01&known_at={known_at}");
        let found = figure(&server, "mobile_hamlets_4g", &query).await;
        assert_eq!((&found["covered"], &found["unknown"]), (&json!(covered), &json!(unknown)), "{known_at}");
    }
}

#[actix_web::test]
async fn a_basis_that_is_asked_for_is_the_basis_of_the_figure() {
    let server = Server::with_communes().await;
    server.execute(include_str!("../common/hamlet.sql")).await;
    let stated = "insert into availability (hamlet_id, technology, state, basis, as_of) values (1001, '4g', 'available', 'reported', '2025-08-01')";
    server.execute(stated).await;
    for (basis, covered, unknown) in [("reported", 1, 0), ("measured", 0, 1)] {
        let found = figure(&server, "mobile_hamlets_4g", &format!("basis={basis}")).await;
        assert_eq!((&found["covered"], &found["unknown"], &found["basis"]), (&json!(covered), &json!(unknown), &json!(basis)));
    }
}

#[actix_web::test]
async fn published_figures_are_those_of_the_instant() {
    let server = Server::with_communes().await;
    let published = "insert into declared_baselines (indicator, unit_id, on_day, value, document)
        select 'camera_eyes', id, '2025-09-01', 5, 'Báo cáo' from admin_units where code = '00001'";
    server.execute(published).await;
    let first = moment(&server).await;
    server.execute("update declared_baselines set value = 7, stated_at = now()").await;
    for (known_at, value) in [(first, 5), (moment(&server).await, 7)] {
        let found = figure(&server, "camera_eyes", &format!("as_of=2025-09-01&known_at={known_at}")).await;
        assert_eq!(found["published"]["value"], json!(value), "{known_at}");
    }
}
