//! `hatang check`: looks at everything on which the register depends, for people and for monitoring. It changes nothing.

mod counts;
mod secrets;
mod settings;
mod setup;

use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use crate::cli::database::Database;
use crate::config::{Config, ServeConfig};

#[derive(Debug, clap::Args)]
pub struct CheckCommand {
    #[command(flatten)]
    serve: Box<ServeConfig>,
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
}

/// How bad a finding is. The worst one gives the exit status, as monitoring programs expect it: 0, 1, 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Good,
    Warning,
    Critical,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Good => "ok",
            Level::Warning => "warning",
            Level::Critical => "critical",
        }
    }
}

/// What one check found.
#[derive(Debug)]
pub struct Finding {
    pub subject: &'static str,
    pub level: Level,
    pub text: String,
}

impl Finding {
    pub fn good(subject: &'static str, text: impl Into<String>) -> Finding {
        Finding { subject, level: Level::Good, text: text.into() }
    }

    pub fn warning(subject: &'static str, text: impl Into<String>) -> Finding {
        Finding { subject, level: Level::Warning, text: text.into() }
    }

    pub fn critical(subject: &'static str, text: impl Into<String>) -> Finding {
        Finding { subject, level: Level::Critical, text: text.into() }
    }
}

/// A check of the database that failed for another reason than the one it looks for.
const LIMIT: Duration = Duration::from_secs(300);

/// Prints a line for each finding and returns the exit status.
///
/// # Errors
/// Never the checks': an unreachable database is a finding.
pub fn run(config: &Config, command: &CheckCommand) -> Result<u8> {
    let mut findings = settings::check(config, &command.serve);
    match Database::attach(config) {
        Ok(database) => findings.extend(of_database(&database, &command.serve)?),
        Err(error) => findings.push(Finding::critical("database", format!("{error:#}"))),
    }
    let worst = findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Good);
    if command.json {
        let each = |it: &Finding| json!({"subject": it.subject, "level": it.level.name(), "text": it.text});
        println!("{:#}", json!({"level": worst.name(), "findings": findings.iter().map(each).collect::<Vec<_>>()}));
    } else {
        for Finding { subject, level, text } in &findings {
            println!("{:<9}{subject}: {text}", level.name());
        }
    }
    Ok(worst as u8)
}

fn of_database(database: &Database, serve: &ServeConfig) -> Result<Vec<Finding>> {
    let mut findings = setup::disk(database);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut conn = match crate::postgres::connect(&database.url(), LIMIT).await {
            Ok(conn) => conn,
            Err(error) => {
                findings.push(Finding::critical("database", error.to_string()));
                return Ok(findings);
            }
        };
        findings.push(Finding::good("database", format!("reached: {}", database.place())));
        let setup = setup::check(&mut conn).await;
        let may_count = setup.iter().all(|finding| finding.level != Level::Critical);
        findings.extend(setup);
        findings.extend(setup::rights(database).await);
        if may_count {
            findings.extend(counts::check(&mut conn).await);
            findings.push(secrets::check(&mut conn, database, &serve.limits.sessions).await);
        }
        Ok(findings)
    })
}
