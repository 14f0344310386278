//! `hatang baselines`: figures that were published before the register existed.

use std::path::PathBuf;

use anyhow::Context;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::json;

use crate::accounts::audit;
use crate::accounts::audit::By;
use crate::cli::statements::state_as_console;
use crate::units::baselines;

#[derive(Debug, clap::Subcommand)]
pub enum BaselinesCommand {
    /// Load a CSV file: indicator, group_value, unit_code, unit_on, date, value, document.
    ///
    /// A figure replaces the stored one of the same indicator, group, unit and day. If any row has a problem, nothing
    /// is loaded.
    Load { file: PathBuf },
}

/// Runs the command and prints one line that says what it did.
///
/// # Errors
/// Every problem of the file, or a database error.
pub async fn run(conn: &mut AsyncPgConnection, command: BaselinesCommand) -> anyhow::Result<()> {
    let BaselinesCommand::Load { file } = command;
    state_as_console(conn).await?;
    let text = crate::cli::file::read(&file)?;
    let loaded = conn
        .transaction(async |conn| {
            let loaded = baselines::load(conn, &text).await?;
            if loaded.written > 0 {
                let detail = json!({"written": loaded.written, "unchanged": loaded.unchanged});
                audit::add(conn, &By::console(), "baselines.write", detail).await?;
            }
            anyhow::Ok(loaded)
        })
        .await
        .with_context(|| file.display().to_string())?;
    println!("baselines: {loaded}");
    Ok(())
}
