//! `hatang audit`: writes the audit trail out, for archives and for those who review it.

use std::io::{BufWriter, Write, stdout};

use anyhow::{Context, Result, ensure};
use chrono::NaiveDate;
use diesel_async::AsyncPgConnection;
use serde_json::json;

use crate::accounts::audit::{By, Seals, add, seal, seals, span};
use crate::time::{date_of, end_of, start_of};

#[derive(Debug, clap::Subcommand)]
pub enum AuditCommand {
    /// Print the events of some days as lines of JSON, oldest first. The export is an event itself. Then say on the error
    /// output whether the whole trail is as it was sealed, and its last seal; fail if it is not.
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
    out.flush()?;
    report(conn).await
}

/// Says on the error output whether the trail is what was sealed.
async fn report(conn: &mut AsyncPgConnection) -> Result<()> {
    seal(conn, i64::from(i32::MAX)).await?;
    let seals = seals(conn).await?;
    let text = describe(&seals);
    ensure!(seals.are_whole(), "{text}");
    eprintln!("{text}");
    Ok(())
}

/// `sealed: 1200 events, last seal 9f…`, and what is wrong.
pub fn describe(seals: &Seals) -> String {
    let Seals { changed, removed, unknown, broken, erased, sealed, last_hash } = seals;
    let faults = [
        (changed, "changed"),
        (removed, "removed"),
        (unknown, "slipped in"),
        (broken, "with a broken seal"),
        (erased, "erased from"),
    ];
    let faults = faults.iter().filter(|(count, _)| **count > 0).map(|(count, what)| format!(", {count} {what}"));
    let faults: String = faults.collect();
    format!("audit trail: {sealed} sealed events{faults}; last seal {}", last_hash.as_deref().unwrap_or("none"))
}
