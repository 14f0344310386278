//! Migrations, embedded in the program.

use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::postgres::sql::{Bind, Sql};
use diesel_async::RunQueryDsl;

pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Any number that no other program of ours locks.
const LOCK: i64 = 0x6861_7461_6e67;

/// What the service's own role may do, for tables of all migrations.
const SERVICE_ROLE: &str = include_str!("service_role.sql");

/// Applies what is pending, one process at a time, gives the service's role its rights, and returns how many were
/// applied.
///
/// Blocks, on a thread of its own: diesel's harness waits inside, which an async runtime forbids.
///
/// # Errors
/// When the database cannot be reached or a migration fails; that migration leaves no trace.
pub fn run(database_url: &str) -> anyhow::Result<usize> {
    on_own_thread(database_url, SERVICE_ROLE, |harness| {
        Ok(harness.run_pending_migrations(MIGRATIONS).map_err(|error| anyhow::anyhow!(error))?.len())
    })
}

/// Takes every migration back, newest first: for the test that goes up, down and up.
///
/// # Errors
/// As [`run`].
pub fn revert_all(database_url: &str) -> anyhow::Result<usize> {
    on_own_thread(database_url, "", |harness| {
        Ok(harness.revert_all_migrations(MIGRATIONS).map_err(|error| anyhow::anyhow!(error))?.len())
    })
}

/// How many migrations this program has; a database that has applied as many is ready.
pub fn count() -> usize {
    MigrationSource::<Pg>::migrations(&MIGRATIONS).map_or(0, |migrations| migrations.len())
}

fn on_own_thread(
    database_url: &str,
    afterwards: &str,
    work: impl FnOnce(&mut AsyncMigrationHarness<AsyncPgConnection>) -> anyhow::Result<usize> + Send,
) -> anyhow::Result<usize> {
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
            runtime.block_on(async {
                let mut conn = AsyncPgConnection::establish(database_url).await?;
                // Held by the connection, so released however this ends.
                Sql::new("select pg_advisory_lock(").bind(Bind::Integer(LOCK)).text(")").execute(&mut conn).await?;
                let mut harness = AsyncMigrationHarness::new(conn);
                let done = work(&mut harness)?;
                harness.into_inner().batch_execute(afterwards).await?;
                Ok(done)
            })
        });
        worker.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the migration thread panicked")))
    })
}
