//! `hatang availability`: loads which network technologies are available in each hamlet.

use std::path::PathBuf;

use anyhow::Context;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::json;

use crate::accounts::audit;
use crate::accounts::audit::By;
use crate::cli::statements::state_as_console;
use crate::units::availability;

#[derive(Debug, clap::Subcommand)]
pub enum AvailabilityCommand {
    /// Load a CSV file: hamlet_code, hamlet_on, technology, operator, state, share_households, basis, as_of.
    ///
    /// A row replaces the stored one of the same hamlet, technology, operator and day. If any row has a problem,
    /// nothing is loaded.
    Load { file: PathBuf },
}

/// Runs the command and prints one line that says what it did.
///
/// # Errors
/// Every problem of the file, or a database error.
pub async fn run(conn: &mut AsyncPgConnection, command: AvailabilityCommand) -> anyhow::Result<()> {
    let AvailabilityCommand::Load { file } = command;
    state_as_console(conn).await?;
    let text = crate::cli::file::read(&file)?;
    let loaded = conn
        .transaction(async |conn| {
            let loaded = availability::load(conn, &text).await?;
            if loaded.written > 0 {
                let detail = json!({"written": loaded.written, "unchanged": loaded.unchanged});
                audit::add(conn, &By::console(), "availability.write", detail).await?;
            }
            anyhow::Ok(loaded)
        })
        .await
        .with_context(|| file.display().to_string())?;
    println!("availability: {loaded}");
    Ok(())
}
