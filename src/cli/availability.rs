//! `hatang availability`: statements of what can be had in each hamlet.

use std::path::PathBuf;

use anyhow::Context;
use diesel_async::AsyncPgConnection;

use crate::units::availability;

#[derive(Debug, clap::Subcommand)]
pub enum AvailabilityCommand {
    /// Load a CSV file: hamlet_code, hamlet_on, technology, operator, state, share_households, basis, as_of.
    ///
    /// A statement of the same hamlet, technology, operator and day is replaced. A file with a problem is refused whole.
    Load { file: PathBuf },
}

/// Runs the command and prints one line of what it did.
///
/// # Errors
/// Every problem of the file, or the database's.
pub async fn run(conn: &mut AsyncPgConnection, command: AvailabilityCommand) -> anyhow::Result<()> {
    let AvailabilityCommand::Load { file } = command;
    let text = crate::cli::file::read(&file)?;
    let loaded = availability::load(conn, &text).await.with_context(|| file.display().to_string())?;
    println!("availability: {loaded}");
    Ok(())
}
