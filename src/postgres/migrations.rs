//! Creates the tables by migrations, which run once and in order, and then the functions, triggers and rights, which
//! are created anew when their text has changed. Both are embedded in the program.

use std::collections::BTreeSet;
use std::time::Instant;

use anyhow::{anyhow, bail};
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::result::QueryResult;
use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use sha2::{Digest, Sha256};

use super::address::Address;
use super::forecast::forecast;
use super::objects;
use super::row::Row;
use super::sql::{Bind, Sql};
use crate::layers::ALL;
use crate::layers::sql::registration;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Functions and triggers. Each file comes after those that it uses. Functions on which stored values depend are in the
/// migrations instead.
const FUNCTIONS: &[&str] = &[
    include_str!("functions/filters.sql"),
    include_str!("functions/tiles.sql"),
    include_str!("functions/units.sql"),
    include_str!("functions/boundaries.sql"),
    include_str!("functions/groups.sql"),
    include_str!("functions/hamlets.sql"),
    include_str!("functions/grants.sql"),
    include_str!("functions/final.sql"),
    include_str!("functions/seals.sql"),
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

/// By this name PostgreSQL shows the connections of services, and not those of commands.
pub const SERVICE: &str = "hatang-serve";

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
/// When the database cannot be reached, belongs to another version of the program, or lost what cannot be created anew,
/// or when a migration fails. A migration that fails is rolled back.
pub fn run(database_url: &str, derived: &str) -> anyhow::Result<usize> {
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
            runtime.block_on(migrate(database_url, derived))
        });
        worker.join().unwrap_or_else(|_| Err(anyhow!("the migration thread panicked")))
    })
}

/// What is wrong with a database that this program is to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// This many migrations are still to be applied.
    Behind(usize),
    /// A newer program, or a development version, made it.
    Foreign(String),
    /// Functions, triggers or constraints that it had are gone.
    Lost(Vec<String>),
}

/// Why this program cannot serve the database; `None` when it can.
///
/// # Errors
/// The database's.
pub async fn unfit(conn: &mut AsyncPgConnection) -> QueryResult<Option<Unfit>> {
    let applied = applied(conn).await?;
    if let Err(error) = check(&applied) {
        return Ok(Some(Unfit::Foreign(error.to_string())));
    }
    let behind = own_versions().difference(&applied).count();
    if behind > 0 {
        return Ok(Some(Unfit::Behind(behind)));
    }
    let missing = objects::missing(conn).await?;
    Ok(Some(missing).filter(|missing| !missing.is_empty()).map(Unfit::Lost))
}

/// The migrations that are still to be applied, by their names.
///
/// # Errors
/// The database's.
pub async fn pending(conn: &mut AsyncPgConnection) -> QueryResult<Vec<String>> {
    let applied = applied(conn).await?;
    let migrations: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().unwrap_or_default();
    let names = migrations.iter().map(|migration| migration.name());
    Ok(names.filter(|name| !applied.contains(&name.version().to_string())).map(ToString::to_string).collect())
}

/// Whether a service has connections to this database.
///
/// # Errors
/// The database's.
pub async fn is_served(conn: &mut AsyncPgConnection) -> QueryResult<bool> {
    let row: Row = Sql::new(
        "select exists (select from pg_stat_activity where datname = current_database() and application_name = ",
    )
    .bind(Bind::Text(SERVICE.into()))
    .text(")")
    .get_result(conn)
    .await?;
    Ok(row.cells[0].to_json() == true)
}

/// Whether this program knows how to go on from these migrations.
///
/// # Errors
/// When a newer program, or a development version, made the database.
pub fn check(applied: &BTreeSet<String>) -> anyhow::Result<()> {
    let own = own_versions();
    match applied.iter().find(|version| !own.contains(*version)) {
        Some(newer) if Some(newer) > own.last() => bail!(
            "the database belongs to a newer version of Hatang (migration {newer}): install that one, or restore the \
             backup from before the upgrade"
        ),
        Some(version) => bail!(
            "the database was made by a development version of Hatang (migration {version}), which cannot be upgraded: \
             save what you need with pg_dump, then remove its data directory, or set HATANG_DATA_DIR or DATABASE_URL to \
             an empty one"
        ),
        None => Ok(()),
    }
}

async fn migrate(database_url: &str, derived: &str) -> anyhow::Result<usize> {
    let mut conn = Address::of(database_url)?.open().await?;
    // The connection holds the lock, so the lock is released however this ends.
    Sql::new("select pg_advisory_lock(").bind(Bind::Integer(LOCK)).text(")").execute(&mut conn).await?;
    check(&applied(&mut conn).await?)?;
    let pending = pending(&mut conn).await?;
    if !pending.is_empty() && is_served(&mut conn).await? {
        bail!(
            "a service of an earlier version runs on this database: stop it, then upgrade (migrations: {})",
            pending.join(", ")
        );
    }
    // Nobody waits for those of an empty database.
    let is_upgrade = pending.len() < own_versions().len();
    if is_upgrade && !pending.is_empty() {
        for line in forecast(&mut conn, &pending).await? {
            tracing::info!("migration to apply: {line}");
        }
    }
    let mut harness = AsyncMigrationHarness::new(conn);
    for name in &pending {
        let started = Instant::now();
        harness.run_next_migration(MIGRATIONS).map_err(|error| anyhow!(error))?;
        if is_upgrade {
            tracing::info!(name, locked_s = started.elapsed().as_secs_f64(), "migration applied");
        }
    }
    create_functions(&mut harness.into_inner(), derived).await?;
    Ok(pending.len())
}

/// Creates the functions in one transaction, unless the database already has them all.
async fn create_functions(conn: &mut AsyncPgConnection, derived: &str) -> anyhow::Result<()> {
    let applied = applied(conn).await?;
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
    let is_same = row.cells[0].as_text() == Some(&hash);
    if is_same && objects::missing(conn).await?.is_empty() {
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
        // The same program made the list, so what it names must be there: only functions can be created anew.
        let lost = if is_same { objects::missing(conn).await? } else { Vec::new() };
        if !lost.is_empty() {
            bail!("the database lost {}: restore a backup", lost.join(", "));
        }
        Ok(objects::keep(conn).await?)
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
