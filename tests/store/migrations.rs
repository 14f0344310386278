//! Migrations: who may run them, what is refused, and what a second start does.

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use hatang::postgres::migrations;
use hatang::postgres::row::Row;
use hatang::postgres::sql::Sql;
use serde_json::json;

use crate::common::{Server, TestDatabase, tower};

async fn connect(url: &str) -> AsyncPgConnection {
    hatang::postgres::connect(url, std::time::Duration::from_secs(60)).await.unwrap()
}

#[actix_web::test]
async fn database_of_a_development_version_is_refused() {
    let server = Server::new().await;
    server.anonymous().get("//readyz").await.ok();
    server.execute("insert into __diesel_schema_migrations (version) values ('20261122000300')").await;
    let refusal = migrations::run(&server.database_url(), &hatang::figures::tables()).unwrap_err().to_string();
    for said in ["20261122000300", "pg_dump", "HATANG_DATA_DIR", "DATABASE_URL"] {
        assert!(refusal.contains(said), "{refusal}");
    }
    assert_eq!(server.anonymous().get("//readyz").await.status, 503);
}

/// A newer program has upgraded the database: this one, which may write what the newer one does not expect, keeps away.
#[actix_web::test]
async fn database_of_a_newer_program_is_refused() {
    let server = Server::new().await;
    server.execute("insert into __diesel_schema_migrations (version) values ('99991231000000')").await;
    server.execute("drop function refresh_grants()").await;
    let refusal = migrations::run(&server.database_url(), &hatang::figures::tables()).unwrap_err().to_string();
    assert!(refusal.contains("newer version of Hatang (migration 99991231000000)"), "{refusal}");
    assert_eq!(server.query("select to_regproc('refresh_grants') is null").await, true);
    assert_eq!(server.anonymous().get("//readyz").await.codes(), ["ready.foreign"]);
}

/// A migration may take what the older program still uses.
#[actix_web::test]
async fn upgrade_waits_until_the_older_service_is_stopped() {
    let database = TestDatabase::empty().await;
    let url = database.url();
    let forget = "delete from __diesel_schema_migrations
                  where version = (select max(version) from __diesel_schema_migrations)";
    {
        let store =
            hatang::postgres::Store::new(&database.service_url(), 1, std::time::Duration::from_secs(9)).unwrap();
        let _service = store.connection().await.unwrap();
        let mut owner = connect(&url).await;
        owner.batch_execute(&format!("begin; {forget}; commit")).await.unwrap();
        let refusal = migrations::run(&url, &hatang::figures::tables()).unwrap_err().to_string();
        assert!(refusal.contains("stop it, then upgrade (migrations: 2"), "{refusal}");
    }
}

#[actix_web::test]
async fn functions_are_recreated_only_when_they_changed() {
    let server = Server::new().await;
    let run = || migrations::run(&server.database_url(), &hatang::figures::tables());
    let at = "select applied_at::text from applied_functions";
    let first = server.query(at).await;
    assert_eq!(run().unwrap(), 0);
    assert_eq!(server.query(at).await, first);
    server.execute("update applied_functions set hash = 'of another program'").await;
    assert_eq!(run().unwrap(), 0);
    assert_ne!(server.query(at).await, first);
}

/// A restore as another role can lose functions, and everything else seems to be well.
#[actix_web::test]
async fn lost_functions_are_noticed_and_recreated() {
    let server = Server::new().await;
    let run = || migrations::run(&server.database_url(), &hatang::figures::tables());
    let message = async || server.anonymous().get("//readyz").await.json()["errors"][0]["message"].to_string();
    server.anonymous().get("//readyz").await.ok();
    for (loss, named) in [
        ("drop function refresh_grants()", "function refresh_grants()"),
        ("alter function number_changes() security invoker", "function number_changes()"),
        ("drop trigger audit_final on audit", "trigger audit_final on audit"),
        ("alter table audit disable trigger audit_final", "trigger audit_final on audit"),
    ] {
        server.execute(loss).await;
        assert_eq!(server.anonymous().get("//readyz").await.codes(), ["ready.lost"], "{loss}");
        assert!(message().await.contains(named), "{loss}: {}", message().await);
        if !loss.starts_with("alter") {
            run().unwrap();
            server.anonymous().get("//readyz").await.ok();
        }
    }
    server.execute("alter table audit enable trigger audit_final").await;
    // A constraint comes from a migration, which is not run again.
    server.execute("alter table feed drop constraint feed_only_row_check").await;
    assert!(message().await.contains("constraint feed_only_row_check on feed"));
    let refusal = run().unwrap_err().to_string();
    assert!(refusal.contains("lost constraint feed_only_row_check on feed"), "{refusal}");
}

#[actix_web::test]
async fn database_that_only_accepts_reads_is_not_ready() {
    let server = Server::new().await;
    let sql = "do $$ begin
        execute format('alter database %I set default_transaction_read_only = on', current_database());
    end $$";
    server.execute(sql).await;
    assert_eq!(server.anonymous().get("//readyz").await.codes(), ["ready.read_only"]);
}

/// The administrator installs PostGIS. The owner, who is not a superuser, owns everything else.
#[actix_web::test]
async fn plain_owner_of_the_database_migrates_and_erases() {
    let database = TestDatabase::of_plain_owner().await;
    let url = database.url();
    assert!(migrations::run(&url, &hatang::figures::tables()).unwrap() > 0);
    let mut conn = connect(&url).await;
    conn.batch_execute(
        "insert into cameras (id, code, managing_level, owner_name, declared_commune_code, declared_on, effective_on)
         values (1, 'C', 'household', 'Somebody', '00001', '2026-01-01', '2026-01-01');
         do $$ begin
           assert erase_fields('cameras', 1, '{\"owner_name\": [\"owner_name\"]}', 'salt', 'x', 'y') ? 'hashes';
           assert (select owner_name is null from cameras);
         end $$",
    )
    .await
    .unwrap();
    conn.batch_execute("update versions set by = 'x'").await.expect_err("history is final again");
    // A newer program creates its functions anew.
    conn.batch_execute("update applied_functions set hash = 'of another program'").await.unwrap();
    assert_eq!(migrations::run(&url, &hatang::figures::tables()).unwrap(), 0);
    drop(conn);
    let server = Server::on(database).await;
    server.administrator().post("/collections/towers/items", tower(json!({}))).await.ok();
    server.anonymous().get("//readyz").await.ok();
}

/// The contents of the register in `baseline.sql`, independent of how it is stored. Hamlets were units then.
const CONTENT: &str = "select jsonb_build_object(
    'versions', (select md5(string_agg(v::text, '' order by collection, record_id, version)) from
      (select collection, record_id, version, op, effective_on, at, by, reason, changes - 'hamlet_id' from versions
       where collection <> 'hamlets') v),
    'changes', (select md5(string_agg(c::text, '' order by seq)) from
      (select collection, record_id, op, public_op, seq, public_seq from changes where collection <> 'hamlets') c),
    'layers', (select jsonb_agg(array[collection, row_count::text, public_row_count::text] order by collection)
      from layers where row_count > 0),
    'units', (select md5(string_agg(concat_ws(' ', code, name, valid_from, search), '' order by id)) from admin_units
      where level <> 'hamlet'),
    'eyes', (select sum(eye_count) from cameras),
    'eyes_then', (select sum(eye_count) from cameras_as_of('2023-09-20')))";

/// The database has the functions of its time. The program brings its own functions and later migrations.
#[actix_web::test]
async fn database_of_the_baseline_is_upgraded_with_its_data() {
    use diesel_async::RunQueryDsl;
    let database = TestDatabase::bare().await;
    connect(&database.url()).await.batch_execute(include_str!("baseline.sql")).await.unwrap();
    let content = async |url: &str| {
        let row: Row = Sql::new(CONTENT).get_result(&mut connect(url).await).await.unwrap();
        row.cells[0].to_json()
    };
    let before = content(&database.url()).await;
    // What the upgrade locks is said before.
    let said = std::process::Command::new(env!("CARGO_BIN_EXE_hatang"))
        .args(["migrate", "--dry-run"])
        .env("DATABASE_URL", database.url())
        .env("HATANG_CONFIG", "/no/such/file")
        .output()
        .unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let line = said.lines().find(|line| line.starts_with("2026-11-27-030402_add_video_conference: ")).expect(&said);
    assert!(line.contains("locks for about 1 s; ") && line.contains(" rows)"), "{line}");
    let later = migrations::run(&database.url(), &hatang::figures::tables()).unwrap();
    assert_eq!(content(&database.url()).await, before);
    assert_eq!(migrations::run(&database.url(), &hatang::figures::tables()).unwrap(), 0, "after {later} migrations");

    let server = Server::on(database).await;
    server.anonymous().get("//readyz").await.ok();
    // Sums are not kept yet, so a question may take longer than anonymous callers may ask.
    let figures = server.administrator().get("/stats/405@2023-09-20?as_of=2023-09-20&compare=2022-12-31").await.ok();
    let eyes = &figures["figures"]["camera_eyes"];
    assert_eq!((&eyes["value"], &eyes["delta"]["value"]), (&json!(421), &json!(109)));
    assert_eq!(figures["figures"]["bts_stations"]["value"], 69);
    // The two units that each hamlet was are one record, with what was stated of both.
    assert_eq!(server.query("select count(*) from hamlets where code like '16378-%'").await, 54);
    let wards = server
        .administrator()
        .get("/stats?within=38@2025-07-01&as_of=2025-12-01&indicators=mobile_hamlets_5g")
        .await
        .ok();
    let covered = |figures: &serde_json::Value| figures["mobile_hamlets_5g"]["covered"].as_i64().unwrap();
    assert_eq!(wards["units"].as_array().unwrap().iter().map(|unit| covered(&unit["figures"])).sum::<i64>(), 22);
    for (code, value) in
        [("camera_hamlets", [67, 97]), ("mobile_hamlets_4g", [97, 97]), ("fiber_hamlets_full", [76, 97])]
    {
        let figure = &figures["figures"][code];
        assert_eq!([&figure["covered"], &figure["total"]], [&json!(value[0]), &json!(value[1])], "{code}");
    }
    assert_eq!(
        server
            .query(
                "select hamlet_id is null or hamlet_id in (select id from hamlets) from cameras_as_of('2025-08-01') \
        order by 1 limit 1"
            )
            .await,
        true
    );
    server.administrator().post("/collections/towers/items", tower(json!({}))).await.ok();
    let history = "select count(*) from versions v join towers t on t.id = v.record_id where t.created_by <> 'demo'";
    assert_eq!(server.query(history).await, 1);
}
