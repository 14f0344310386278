//! `hatang restore`: puts the register of a backup into the database.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::json;

use crate::accounts::audit;
use crate::accounts::audit::By;
use crate::cli::backup::{check, open};
use crate::cli::database::Database;
use crate::cli::programs::{first_lines, output, program};
use crate::postgres::migrations;
use crate::postgres::row::Row;
use crate::postgres::sql::Sql;

#[derive(Debug, clap::Args)]
pub struct RestoreCommand {
    /// A file that `hatang backup` wrote.
    file: PathBuf,
    /// Remove the register that the database has now.
    #[arg(long)]
    replace: bool,
}

/// Removes what belongs to the register. Extensions stay: an administrator may own them.
const CLEAR: &str = include_str!("clear.sql");
/// Sessions that ended since the backup must not live again.
const AFTER: &str = "delete from public.sessions; delete from public.applied_functions;";

/// Restores in one transaction: a backup that fails leaves the database as it was.
///
/// # Errors
/// When the file is damaged or of a newer program, when the register is not empty or in use, or when PostgreSQL refuses.
pub fn run(database: Database, command: &RestoreCommand) -> Result<()> {
    let RestoreCommand { file, replace } = command;
    check(&database, file)?;
    let versions = migrations_of(&database, file)?;
    ensure!(!versions.is_empty(), "{} holds no register", file.display());
    migrations::check(&versions)?;
    database.connected(async |conn| {
        ensure!(!migrations::is_served(conn).await?, "a service runs on this database: stop it first");
        ensure!(*replace || is_empty(conn).await?, "the register is not empty: --replace removes what it holds");
        Ok(())
    })?;
    load(&database, file)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    database.run(async |conn| {
        Sql::new("analyze").execute(conn).await?;
        audit::add(conn, &By::console(), "register.restore", json!({"file": name})).await?;
        let row: Row = Sql::new("select (select last_seq from feed), (select sum(row_count)::bigint from layers)")
            .get_result(conn)
            .await?;
        println!("restored: {} records, feed at {}", row.cells[1].to_json(), row.cells[0].to_json());
        Ok(())
    })
}

/// The migrations that the register of a backup had.
fn migrations_of(database: &Database, file: &Path) -> Result<BTreeSet<String>> {
    let mut restore = program(database, "pg_restore")?;
    restore.args(["--data-only", "--table=__diesel_schema_migrations", "--file=-"]).stdin(open(file)?);
    let script = String::from_utf8_lossy(&output(&mut restore)?).into_owned();
    let rows = script.lines().skip_while(|line| !line.starts_with("COPY public.__diesel_schema_migrations")).skip(1);
    Ok(rows.take_while(|line| *line != "\\.").filter_map(|line| line.split('\t').next()).map(str::to_owned).collect())
}

/// pg_restore writes the script, psql runs it after the SQL that removes the register, all in one transaction.
fn load(database: &Database, file: &Path) -> Result<()> {
    let mut contents = tempfile::NamedTempFile::new()?;
    let mut list = program(database, "pg_restore")?;
    let listed = String::from_utf8_lossy(&output(list.arg("--list").stdin(open(file)?))?).into_owned();
    for line in listed.lines().filter(|line| is_ours(line)) {
        writeln!(contents, "{line}")?;
    }
    let mut restore = program(database, "pg_restore")?;
    restore.args(["--no-owner", "--no-privileges", "--file=-", "--use-list"]).arg(contents.path());
    let mut restore = restore.stdin(open(file)?).stdout(Stdio::piped()).spawn().context("cannot run pg_restore")?;
    let script = restore.stdout.take().context("pg_restore prints nothing")?;
    let mut psql = program(database, "psql")?;
    psql.args(["-X", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--command", CLEAR]);
    psql.args(["--file=-", "--command", AFTER]).stdin(script).stdout(Stdio::null()).stderr(Stdio::piped());
    let read = psql.output().context("cannot run psql")?;
    // It holds the end of the pipe that is read: with it, pg_restore would wait for ever to write the rest.
    drop(psql);
    let written = restore.wait()?;
    ensure!(read.status.success(), "psql: {}", first_lines(&read.stderr));
    ensure!(written.success(), "pg_restore failed");
    Ok(())
}

/// Whether a line of a backup's contents is restored. The schema and the comments on extensions belong to the
/// administrator, and so do PostGIS's coordinate systems.
fn is_ours(line: &str) -> bool {
    let others = [" SCHEMA - ", " COMMENT - SCHEMA ", " COMMENT - EXTENSION ", " TABLE DATA public spatial_ref_sys "];
    !others.iter().any(|kind| line.contains(kind))
}

/// Whether nothing would be lost: no units, no records, and no account with a password.
async fn is_empty(conn: &mut AsyncPgConnection) -> Result<bool> {
    let there: Row = Sql::new("select to_regclass('public.versions') is not null").get_result(conn).await?;
    if there.cells[0].to_json() != true {
        return Ok(true);
    }
    let row: Row = Sql::new(
        "select not exists (select from versions) and not exists (select from admin_units) \
         and not exists (select from accounts where password_hash is not null)",
    )
    .get_result(conn)
    .await?;
    Ok(row.cells[0].to_json() == true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_administrator_owns_is_left_out() {
        for other in [
            "7; 2615 2200 SCHEMA - public pg_database_owner",
            "4600; 0 0 COMMENT - EXTENSION postgis ",
            "4100; 0 16700 TABLE DATA public spatial_ref_sys hatang",
        ] {
            assert!(!is_ours(other), "{other}");
        }
        for ours in ["2; 3079 16385 EXTENSION - postgis ", "4110; 0 17000 TABLE DATA public cameras hatang"] {
            assert!(is_ours(ours), "{ours}");
        }
    }
}
