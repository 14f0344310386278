//! `hatang import`: prints what an import of a file would do, then does it.

use std::path::PathBuf;
use std::process::exit;

use anyhow::{Context, anyhow};
use diesel_async::AsyncPgConnection;
use serde_json::Value;

use crate::access::Caller;
use crate::cli::database::Database;
use crate::error::Error;
use crate::imports;
use crate::imports::interpret::{Finding, Instructions, Severity};
use crate::imports::{Consent, Import, Mode, Options, Sent};
use crate::layers::{ALL, Crs, Layer};
use crate::texts::text;
use crate::time::today;

/// No client waits for this command, so the limit only stops an import that hangs.
const COMMIT_LIMIT_S: u64 = 3600;

#[derive(Debug, clap::Args)]
pub struct ImportCommand {
    file: PathBuf,

    #[arg(long, help = collections())]
    collection: String,

    /// Print the plan and write nothing.
    #[arg(long)]
    dry_run: bool,

    /// Write even if there are warnings.
    #[arg(long)]
    accept_warnings: bool,

    /// The file lists every record of its source: records that it lacks are decommissioned.
    #[arg(long, requires = "source_org")]
    snapshot: bool,

    /// Allow the import to decommission more than a tenth of the source's records.
    #[arg(long)]
    confirm_missing: bool,

    /// The new rows that are perhaps a missing record are new.
    #[arg(long)]
    confirm_new: bool,

    /// Write the rows without errors and leave the others.
    #[arg(long)]
    only_valid: bool,

    /// The organisation that owns the records, unless a row names another.
    #[arg(long)]
    source_org: Option<String>,

    /// The system of the coordinates, such as EPSG:4756.
    #[arg(long)]
    crs: Option<String>,

    /// The central meridian of coordinates in metres, such as 105.75.
    #[arg(long)]
    central_meridian: Option<f64>,

    /// The day on which codes and names of communes are read; default today.
    #[arg(long)]
    units_as_of: Option<chrono::NaiveDate>,

    /// The day from which the values of the file are valid; default today.
    #[arg(long)]
    effective_on: Option<chrono::NaiveDate>,

    /// Which field each column holds, as JSON: {"header": "field"}.
    #[arg(long)]
    mapping: Option<String>,

    /// A value for what the rows leave open, as field=value; may be repeated.
    #[arg(long = "default", value_name = "FIELD=VALUE")]
    defaults: Vec<String>,

    /// What texts of cells mean, as JSON: {"field": {"text": "value"}}.
    #[arg(long)]
    values: Option<String>,
}

/// The help text of `--collection`.
fn collections() -> String {
    let layers = ALL.iter().filter(|layer| layer.is_writable());
    format!("The layer: {}", layers.map(|layer| layer.collection).collect::<Vec<_>>().join(", "))
}

/// Runs the command as administrator. The exit status is 1 if the file has errors and 2 if it cannot be read.
///
/// # Errors
/// A database error.
pub fn run(database: Database, command: ImportCommand) -> anyhow::Result<()> {
    let mut status = 0;
    database.run(async |conn| {
        status = import(conn, command).await?;
        Ok(())
    })?;
    // `exit` runs no destructors: by now `database` is dropped, so the private cluster is released.
    if status == 0 { Ok(()) } else { exit(status) }
}

async fn import(conn: &mut AsyncPgConnection, command: ImportCommand) -> anyhow::Result<i32> {
    let layer = Layer::of_collection(&command.collection).filter(|layer| layer.is_writable());
    let layer = layer.ok_or_else(|| anyhow!("there is no layer “{}” to import into", command.collection))?;
    let file = match std::fs::read(&command.file) {
        Ok(file) => file,
        Err(error) => {
            eprintln!("{}: {error}", command.file.display());
            return Ok(2);
        }
    };
    let of_text = |text: &str| {
        let known = || text!("expected.crs").en();
        Crs::read(text).map(Crs::epsg).ok_or_else(|| anyhow!("--crs: “{text}” is not one of {}", known()))
    };
    let of_meridian = |degrees: f64| {
        let zone = Crs::of_meridian(degrees).map(Crs::epsg);
        zone.ok_or_else(|| anyhow!("there is no 3 degree zone around {degrees}"))
    };
    let json = |text: &Option<String>| text.as_deref().map_or(Ok(Value::Null), serde_json::from_str::<Value>);
    let (mapping, values) = (json(&command.mapping).context("--mapping")?, json(&command.values).context("--values")?);
    let pair = |text: &String| {
        let (field, value) =
            text.split_once('=').with_context(|| format!("--default {text}: FIELD=VALUE is needed"))?;
        anyhow::Ok((field.trim().to_owned(), Value::from(value.trim())))
    };
    let defaults = command.defaults.iter().map(pair).collect::<anyhow::Result<Value>>()?;
    let instructions = Instructions::read(layer, [&mapping, &defaults, &values], today()).map_err(|problems| {
        anyhow!("{}", problems.iter().map(|problem| problem.text.en()).collect::<Vec<_>>().join("\n"))
    })?;
    let sent = Sent {
        file: file.into(),
        file_name: command.file.file_name().map(|name| name.to_string_lossy().into_owned()),
        mode: if command.snapshot { Mode::Snapshot } else { Mode::Upsert },
        source_org: command.source_org.clone(),
        options: Options {
            epsg: command.crs.as_deref().map(of_text).transpose()?,
            grid: command.central_meridian.map(of_meridian).transpose()?,
            units_as_of: command.units_as_of.unwrap_or_else(today),
            effective_on: command.effective_on.unwrap_or_else(today),
            mapping,
            defaults,
            values,
            ..Options::default()
        },
        instructions,
    };
    let caller = Caller::console("console");
    let id = imports::create(conn, &caller, layer, &sent).await?;
    match imports::plan(conn, &caller, layer, id, sent).await {
        Err(Error::Invalid(problems) | Error::BadRequest(problems)) => {
            for problem in problems {
                eprintln!("{}: {} ({})", command.file.display(), problem.text.vi(), problem.text.en());
            }
            return Ok(2);
        }
        planned => planned.map_err(|error| anyhow!("{error}"))?,
    }
    let import = imports::find(conn, &caller, id).await?.context("the import is gone")?;
    print(conn, &import).await?;
    if import.counts["error"] != 0 && !command.only_valid {
        return Ok(1);
    }
    if command.dry_run {
        return Ok(0);
    }
    let consent = Consent {
        plan: import.plan.unwrap_or_default(),
        accept_warnings: command.accept_warnings,
        confirm_missing: command.confirm_missing,
        confirm_new: command.confirm_new,
        only_valid: command.only_valid,
    };
    match imports::commit(conn, &caller, layer, id, &consent, COMMIT_LIMIT_S).await {
        Err(Error::Invalid(problems) | Error::Outdated(problems)) => {
            for problem in problems {
                eprintln!("{} ({})", problem.text.vi(), problem.text.en());
            }
            Ok(1)
        }
        committed => {
            committed.map_err(|error| anyhow!("{error}"))?;
            println!("committed: import {id}");
            Ok(0)
        }
    }
}

/// Prints the plan: what each column holds, what is wrong or uncertain, what each update changes, and the counts.
async fn print(conn: &mut AsyncPgConnection, import: &Import) -> anyhow::Result<()> {
    for mapping in import.mappings.as_array().into_iter().flatten() {
        println!("sheet {}, header in rows {}", mapping["sheet"], mapping["header_rows"]);
        for column in mapping["columns"].as_array().into_iter().flatten() {
            let text = |name: &str| column[name].as_str().unwrap_or_default().to_owned();
            println!("  {:>3}  {:<40} {}", text("column"), text("header"), text("target"));
        }
    }
    let findings: Vec<Finding> = serde_json::from_value(import.findings.clone())?;
    for finding in &findings {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        let row = finding.row.map_or_else(String::new, |row| row.to_string());
        let cell = format!("{} {}{row}", finding.sheet, finding.column.as_deref().unwrap_or_default());
        let suggestion = finding.suggestion.as_ref().map_or_else(String::new, |text| format!(" → {text}"));
        println!("{:<20} {severity:<8} {:<24} {}{suggestion}", cell.trim(), finding.code, finding.message.vi);
    }
    for update in imports::listed(conn, import.id, "update", 100).await? {
        println!("update {} {}: {}", update["id"], update["code"], update["fields"]);
    }
    println!("{}  {}", import.counts, import.plan.as_deref().unwrap_or_default());
    Ok(())
}
