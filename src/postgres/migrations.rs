//! Creates the tables by migrations, which run once and in order, and then the functions, triggers and rights, which
//! are created anew when their text has changed. Both are embedded in the program.

use std::collections::BTreeSet;

use anyhow::{anyhow, bail};
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::result::QueryResult;
use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use sha2::{Digest, Sha256};

use super::row::Row;
use super::sql::{Bind, Sql};
use crate::layers::ALL;
use crate::layers::sql::registration;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Functions and triggers. Each file comes after those that it uses. Functions on which stored values depend are in the
/// migrations instead.
const FUNCTIONS: &[&str] = &[
    include_str!("functions/units.sql"),
    include_str!("functions/boundaries.sql"),
    include_str!("functions/groups.sql"),
    include_str!("functions/hamlets.sql"),
    include_str!("functions/grants.sql"),
    include_str!("functions/final.sql"),
    include_str!("functions/history.sql"),
    include_str!("functions/assets.sql"),
    include_str!("functions/feed.sql"),
    include_str!("functions/statements.sql"),
    include_str!("functions/erasure.sql"),
    include_str!("functions/statistics.sql"),
    include_str!("functions/layers.sql"),
];

/// The rights of the service's role on the tables of all migrations.
const SERVICE_ROLE: &str = include_str!("functions/service_role.sql");

/// Any number that none of our other locks uses.
const LOCK: i64 = 0x6861_7461_6e67;

/// Applies the pending migrations, then creates the functions if they changed; one process at a time. Returns the
/// number of migrations applied.
///
/// `derived` is SQL of tables that can be made anew from others, such as kept sums; it runs with the functions.
///
/// Blocks, on a thread of its own: diesel's harness waits inside, which an async runtime does not allow.
///
/// # Errors
/// When the database cannot be reached or was made by a development version, or when a migration fails. A migration
/// that fails is rolled back.
pub fn run(database_url: &str, derived: &str) -> anyhow::Result<usize> {
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
            runtime.block_on(migrate(database_url, derived))
        });
        worker.join().unwrap_or_else(|_| Err(anyhow!("the migration thread panicked")))
    })
}

/// Whether the database has every migration of this program. A database of a newer program has more.
///
/// # Errors
/// The database's.
pub async fn are_applied(conn: &mut AsyncPgConnection) -> QueryResult<bool> {
    let applied = applied(conn).await?;
    Ok(of_development_version(&applied).is_none() && own_versions().is_subset(&applied))
}

async fn migrate(database_url: &str, derived: &str) -> anyhow::Result<usize> {
    let mut conn = AsyncPgConnection::establish(database_url).await?;
    // The connection holds the lock, so the lock is released however this ends.
    Sql::new("select pg_advisory_lock(").bind(Bind::Integer(LOCK)).text(")").execute(&mut conn).await?;
    if let Some(version) = of_development_version(&applied(&mut conn).await?) {
        bail!(
            "the database was made by a development version of Hatang (migration {version}), which cannot be upgraded: \
             save what you need with pg_dump, then remove its data directory, or set HATANG_DATA_DIR or DATABASE_URL to \
             an empty one"
        );
    }
    let mut harness = AsyncMigrationHarness::new(conn);
    let done = harness.run_pending_migrations(MIGRATIONS).map_err(|error| anyhow!(error))?.len();
    create_functions(&mut harness.into_inner(), derived).await?;
    Ok(done)
}

/// Creates the functions in one transaction, unless the database already has them. Those of a newer program stay.
async fn create_functions(conn: &mut AsyncPgConnection, derived: &str) -> QueryResult<()> {
    let applied = applied(conn).await?;
    if applied.last() > own_versions().last() {
        return Ok(());
    }
    let row: Row = Sql::new(
        "select (select hash from applied_functions), (select oid::text from pg_roles where rolname = 'hatang_app')",
    )
    .get_result(conn)
    .await?;
    let registrations: Vec<_> =
        ALL.iter().filter(|layer| layer.is_writable()).map(|layer| registration(layer)).collect();
    let texts =
        || FUNCTIONS.iter().copied().chain(registrations.iter().map(String::as_str)).chain([derived, SERVICE_ROLE]);
    let mut hash = Sha256::new();
    for text in applied.iter().map(String::as_str).chain(row.cells[1].as_text()).chain(texts()) {
        hash.update(text);
    }
    let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if row.cells[0].as_text() == Some(&hash) {
        return Ok(());
    }
    conn.transaction(async |conn| {
        conn.batch_execute("set local lock_timeout = '10s'").await?;
        for text in texts() {
            conn.batch_execute(text).await?;
        }
        Sql::new("insert into applied_functions (hash) values (")
            .bind(Bind::Text(hash))
            .text(") on conflict (only_row) do update set hash = excluded.hash, applied_at = now()")
            .execute(conn)
            .await?;
        Ok(())
    })
    .await
}

/// The versions of the migrations that the database has.
async fn applied(conn: &mut AsyncPgConnection) -> QueryResult<BTreeSet<String>> {
    let table: Row = Sql::new("select to_regclass('__diesel_schema_migrations') is not null").get_result(conn).await?;
    if table.cells[0].to_json() == false {
        return Ok(BTreeSet::new());
    }
    let rows: Vec<Row> = Sql::new("select version::text from __diesel_schema_migrations").load(conn).await?;
    Ok(rows.iter().filter_map(|row| row.cells[0].as_text().map(str::to_owned)).collect())
}

fn own_versions() -> BTreeSet<String> {
    let migrations: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().unwrap_or_default();
    migrations.iter().map(|migration| migration.name().version().to_string()).collect()
}

/// A migration that is not ours and yet older than our newest: one of the 23 from before the baseline.
fn of_development_version(applied: &BTreeSet<String>) -> Option<&String> {
    let own = own_versions();
    applied.iter().find(|version| !own.contains(*version) && Some(*version) < own.last())
}
