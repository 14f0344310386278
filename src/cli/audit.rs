//! `hatang audit`: writes the audit trail out, for archives and for those who review it.

use std::io::{BufWriter, Write, stdout};

use anyhow::{Context, Result};
use chrono::NaiveDate;
use diesel_async::AsyncPgConnection;
use serde_json::json;

use crate::accounts::audit::{By, add, span};
use crate::time::{date_of, end_of, start_of};

#[derive(Debug, clap::Subcommand)]
pub enum AuditCommand {
    /// Print the events of some days as lines of JSON, oldest first. The export is an event itself.
    Export {
        /// The first day: 2026-01-01.
        #[arg(long, value_parser = day)]
        from: NaiveDate,
        /// The last day.
        #[arg(long, value_parser = day)]
        to: NaiveDate,
    },
}

/// Events of one statement.
const PAGE: i64 = 1_000;

fn day(text: &str) -> Result<NaiveDate, String> {
    date_of(text).ok_or_else(|| "a day is written 2026-01-31".to_owned())
}

/// Runs the command.
///
/// # Errors
/// Those of the database and of the output.
pub async fn run(conn: &mut AsyncPgConnection, command: AuditCommand) -> Result<()> {
    let AuditCommand::Export { from, to } = command;
    let begin = start_of(from).context("the first day is out of range")?;
    let end = end_of(to).context("the last day is out of range")?;
    add(conn, &By::console(), "audit.export", json!({"from": from, "to": to})).await?;
    let mut out = BufWriter::new(stdout().lock());
    let mut after = 0;
    loop {
        let events = span(conn, begin, end, after, PAGE).await?;
        let Some(last) = events.last() else { break };
        after = last.id;
        for event in &events {
            serde_json::to_writer(&mut out, event)?;
            writeln!(out)?;
        }
    }
    Ok(out.flush()?)
}
