//! PostgreSQL's own programs: `pg_dump`, `pg_restore`, `psql`.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::cli::database::Database;
use crate::postgres::address::Address;

/// A program, with the environment that makes it connect to this database as the owner of the tables.
pub fn program(database: &Database, name: &str) -> Result<Command> {
    let mut command = Command::new(database.program(name)?);
    command.envs(Address::of(&database.url())?.environment()).env("PGAPPNAME", "hatang").stdin(Stdio::null());
    // A server asks for a password only of people at a terminal.
    command.args((name != "pg_restore").then_some("--no-password"));
    Ok(command)
}

/// Runs a program to its end and returns what it printed.
///
/// # Errors
/// What it wrote to its error output, when it fails.
pub fn output(command: &mut Command) -> Result<Vec<u8>> {
    let name = command.get_program().display().to_string();
    let output = command.stderr(Stdio::piped()).output().with_context(|| format!("cannot run {name}"))?;
    ensure!(output.status.success(), "{name}: {}", first_lines(&output.stderr));
    Ok(output.stdout)
}

/// The first lines of an error output: what follows the first error comes from it.
pub fn first_lines(stderr: &[u8]) -> String {
    String::from_utf8_lossy(stderr).lines().take(8).collect::<Vec<_>>().join("\n")
}
