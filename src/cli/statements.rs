//! `hatang statements`: declared indicators, their values, figures published earlier, and availability, from sheets.

use std::path::PathBuf;

use anyhow::{Context, bail};
use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::access::Caller;
use crate::accounts::audit::By;
use crate::cli::refused::told;
use crate::imports::interpret::{Finding, Severity};
use crate::postgres::sql::{Bind, Sql};
use crate::statements::Kind;
use crate::statements::sheet::{Plan, Sent, import, template};
use crate::time::today;

#[derive(Debug, clap::Subcommand)]
pub enum StatementsCommand {
    /// Load a sheet (xlsx or csv). A statement replaces the stored one of the same place and period; what it was stays in
    /// its history. If any row has a problem, all problems are listed and nothing is written.
    Load {
        /// What the rows are.
        #[arg(value_enum)]
        kind: KindName,
        file: PathBuf,
        /// Only say what would be written.
        #[arg(long)]
        dry_run: bool,
    },
    /// Write an empty workbook to fill in.
    Template {
        #[arg(value_enum)]
        kind: KindName,
        file: PathBuf,
    },
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum KindName {
    /// Definitions of indicators that are not counted.
    Indicators,
    /// Values of these indicators: unit, period, value, source.
    Values,
    /// Figures that were published before the register could count them.
    Baselines,
    /// Which services can be had in hamlets and units.
    Availability,
}

impl From<KindName> for Kind {
    fn from(name: KindName) -> Kind {
        match name {
            KindName::Indicators => Kind::Indicators,
            KindName::Values => Kind::Values,
            KindName::Baselines => Kind::Baselines,
            KindName::Availability => Kind::Availability,
        }
    }
}

/// Runs the command. Findings go to stderr; one line that says what was written goes to stdout.
///
/// # Errors
/// When a row has a problem, or a database error.
pub async fn run(conn: &mut AsyncPgConnection, command: StatementsCommand) -> anyhow::Result<()> {
    let (kind, path, dry_run) = match command {
        StatementsCommand::Load { kind, file, dry_run } => (Kind::from(kind), file, dry_run),
        StatementsCommand::Template { kind, file } => {
            std::fs::write(&file, template(kind.into())?).with_context(|| file.display().to_string())?;
            println!("{}", file.display());
            return Ok(());
        }
    };
    let file = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let (caller, by) = (Caller::console("console"), By::console());
    let sent = Sent { kind, caller: &caller, by: &by, today: today(), file: &file, plan: None };
    let planned = import(conn, sent).await.map_err(told).with_context(|| path.display().to_string())?;
    planned.findings.iter().for_each(|finding| eprintln!("{}", line(finding)));
    let Some(plan) = &planned.plan else { bail!("{}: refused, nothing was written", path.display()) };
    if dry_run {
        println!("would write {}: {}", kind.name(), counts(&planned));
        return Ok(());
    }
    let written = import(conn, Sent { plan: Some(plan), ..sent }).await.map_err(told)?;
    println!("{}: {}", kind.name(), counts(&written));
    Ok(())
}

/// Makes the console the author of the statements that this session writes.
pub async fn state_as_console(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    let actor = By::console().actor;
    Sql::new("select set_config('hatang.actor', ").bind(Bind::Text(actor)).text(", false)").execute(conn).await?;
    Ok(())
}

fn counts(plan: &Plan) -> String {
    let outcome = &plan.outcome;
    format!(
        "{} new, {} changed, {} withdrawn, {} unchanged",
        outcome.create, outcome.update, outcome.withdraw, outcome.unchanged
    )
}

fn line(finding: &Finding) -> String {
    let place = format!(
        "{}{}",
        finding.column.as_deref().unwrap_or(""),
        finding.row.map_or_else(String::new, |row| row.to_string())
    );
    let severity = if finding.severity == Severity::Error { "error" } else { "note" };
    let suggestion = finding.suggestion.as_ref().map_or_else(String::new, |text| format!(" → {text}"));
    format!("  {place} {severity} {}: {}{suggestion}", finding.code, finding.message.en)
}
