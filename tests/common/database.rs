//! A new database for each test, copied from a migrated template that each run creates once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use hatang::cluster::Cluster;
use hatang::postgres::migrations;
use hatang::postgres::row::Row;
use hatang::postgres::sql::{Bind, Sql};

/// The database is dropped together with the value.
pub struct TestDatabase {
    name: String,
    /// The role that owns the tables: `hatang`, or one without the rights of a superuser.
    owner: String,
}

impl TestDatabase {
    /// Migrated, empty.
    pub async fn empty() -> TestDatabase {
        TestDatabase::copy_of(&template("empty", false).await).await
    }

    /// With the demo district.
    pub async fn demo() -> TestDatabase {
        TestDatabase::copy_of(&template("demo", true).await).await
    }

    /// Not migrated, and without tables.
    pub async fn bare() -> TestDatabase {
        TestDatabase::copy_of("template1").await
    }

    /// As an administrator hands it over: a plain role owns it, and PostGIS is there. Not migrated.
    pub async fn of_plain_owner() -> TestDatabase {
        let mut database = TestDatabase::bare().await;
        let owner = format!("plain_{}", database.name);
        let mut server = connect(&database.name).await;
        for sql in [
            format!("drop role if exists {owner}"),
            format!("create role {owner} login"),
            format!("alter database {} owner to {owner}", database.name),
            "create extension postgis".to_owned(),
        ] {
            server.batch_execute(&sql).await.unwrap();
        }
        database.owner = owner;
        database
    }

    async fn copy_of(template: &str) -> TestDatabase {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let sql = format!("drop database if exists {name} with (force)");
        let mut server = connect("postgres").await;
        server.batch_execute(&sql).await.unwrap();
        server.batch_execute(&format!("create database {name} template {template} strategy wal_log")).await.unwrap();
        TestDatabase { name, owner: "hatang".to_owned() }
    }

    pub fn url(&self) -> String {
        let url = url(&self.name);
        assert!(url.ends_with("user=hatang"), "roles are known for the owner hatang only");
        url.replace("user=hatang", &format!("user={}", self.owner))
    }

    /// The address for the service's own role, so that every test shows that its rights are enough.
    pub fn service_url(&self) -> String {
        url(&self.name) + "_app"
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let mut sqls = vec![format!("drop database if exists {} with (force)", self.name)];
        sqls.extend((self.owner != "hatang").then(|| format!("drop role if exists {}", self.owner)));
        // In its own runtime, because that of the test may be ending.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                for sql in sqls {
                    connect("postgres").await.batch_execute(&sql).await?;
                }
                QueryResult::Ok(())
            })
        });
        let _ = dropping.join();
    }
}

/// The name of the template. The first test of a run that needs it creates it; the others wait.
async fn template(layer: &str, demo: bool) -> String {
    // nextest runs each test in its own process and sets the name of the run.
    let run = std::env::var("NEXTEST_RUN_ID").unwrap_or_else(|_| format!("pid{}", std::process::id()));
    let name = format!("template_{layer}_{}", run.replace('-', "_"));
    let mut server = connect("postgres").await;
    server.batch_execute("select pg_advisory_lock(1)").await.unwrap();
    let known: Vec<Row> = Sql::new("select 1 from pg_database where datname = ")
        .bind(Bind::Text(name.clone()))
        .load(&mut server)
        .await
        .unwrap();
    if known.is_empty() {
        // Templates of earlier runs. A run from another checkout may be going on now and still need its own.
        let old: Vec<Row> = Sql::new(
            "select datname::text from pg_database where datname ~ '^(template_(empty|demo)|test)_' \
             and (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification < now() - interval '2 hours'",
        )
        .load(&mut server)
        .await
        .unwrap();
        for old in old.iter().filter_map(|row| row.cells[0].as_text()) {
            let _ = server.batch_execute(&format!("drop database if exists {old}")).await;
        }
        let draft = format!("{name}_draft");
        server.batch_execute(&format!("drop database if exists {draft} with (force)")).await.unwrap();
        server.batch_execute(&format!("create database {draft}")).await.unwrap();
        migrations::run(&url(&draft), &hatang::figures::tables()).unwrap();
        let mut conn = connect(&draft).await;
        if demo {
            assert!(hatang::cli::load_demo(&mut conn).await.unwrap());
        }
        hatang::figures::fold(&mut conn, hatang::time::today()).await.unwrap();
        drop(conn);
        server.batch_execute(&format!("alter database {draft} rename to {name}")).await.unwrap();
    }
    server.batch_execute("select pg_advisory_unlock(1)").await.unwrap();
    name
}

async fn connect(database: &str) -> AsyncPgConnection {
    let mut last = None;
    for _ in 0..3 {
        match hatang::postgres::connect(&url(database), Duration::from_secs(120)).await {
            Ok(mut conn) => {
                // On a busy machine, copies and drops of databases wait for each other.
                conn.batch_execute("set lock_timeout = '2min'").await.unwrap();
                return conn;
            }
            Err(error) => last = Some(error),
        }
    }
    panic!("no connection to {database}: {last:?}");
}

/// The address of a database: on the server of `HATANG_TEST_SERVER` (its address ends in `user=hatang`, and it has a
/// role `hatang_app`), otherwise on a private cluster that all tests share.
fn url(database: &str) -> String {
    static SERVER: OnceLock<(String, Option<Cluster>)> = OnceLock::new();
    let (server, _) = SERVER.get_or_init(|| {
        if let Ok(url) = std::env::var("HATANG_TEST_SERVER") {
            return (url, None);
        }
        let uid = std::fs::metadata("/proc/self").map(|it| std::os::unix::fs::MetadataExt::uid(&it)).unwrap_or(0);
        let cluster = Cluster::attach_or_start(std::path::Path::new(&format!("/tmp/hatang-test-{uid}"))).unwrap();
        (cluster.url(), Some(cluster))
    });
    let (before, after) = server.split_once("/hatang?").expect("a URL with the database hatang");
    format!("{before}/{database}?{after}")
}
