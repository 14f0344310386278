//! `hatang units`: administrative units from the lists of the statistics office and the resolutions that change them.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use chrono::NaiveDate;
use diesel_async::AsyncPgConnection;

use crate::units::{boundaries, census, lists, mappings};

#[derive(Debug, clap::Subcommand)]
pub enum UnitsCommand {
    /// Import a file of units. A file with a problem is refused whole, every problem listed; importing a file again
    /// changes nothing.
    #[command(subcommand)]
    Import(Import),
}

#[derive(Debug, clap::Subcommand)]
pub enum Import {
    /// A list of all units as of a day: a CSV file with a row a commune.
    ///
    /// Columns: province_code, province_name, [district_code, district_name,] commune_code, commune_name,
    /// [commune_type, area_km2]. A row without a commune code is a district without communes. Lists may come in any
    /// order of time. Units that the list lacks have ended the day before.
    List {
        file: PathBuf,
        /// The day on which the list holds: 2025-06-30.
        #[arg(long)]
        as_of: NaiveDate,
        /// Whether provinces that the list does not name have ended (country), or are not its subject (listed). Default:
        /// country for a list of 30 provinces or more.
        #[arg(long, value_enum)]
        covers: Option<Covers>,
    },
    /// Boundaries: a GeoJSON FeatureCollection of polygons, WGS 84, each with the property `code` (text).
    ///
    /// Districts and provinces all of whose communes have a boundary get the union of them.
    Boundaries {
        file: PathBuf,
        /// The day on which the codes are read.
        #[arg(long)]
        as_of: NaiveDate,
    },
    /// What became of each commune in a reform: a CSV file with a row for each part of an old commune.
    ///
    /// Columns: old_commune_code (of a district without communes: its code), old_district_code, old_province_code,
    /// new_commune_code, new_commune_name, new_province_code, new_province_name, part (full, partial). The lists of
    /// before and after have to be imported first.
    Mapping {
        file: PathBuf,
        /// The first day of the new units.
        #[arg(long)]
        on: NaiveDate,
    },
    /// Population and households of communes: a CSV file with commune_code, commune_name, [area_km2,] and population,
    /// households (also population_2019, households_2019; pop_census2019_est, households_census2019_est).
    ///
    /// Codes that are no commune's any more, or that of a commune with another name, are left out and listed.
    Census {
        file: PathBuf,
        /// The day of the count.
        #[arg(long)]
        on: NaiveDate,
        /// The day on which the codes are read; default: the day of the count.
        #[arg(long)]
        units_as_of: Option<NaiveDate>,
        /// Who counted, as it is shown beside the numbers.
        #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
        source: String,
    },
}

/// What a list is a list of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Covers {
    Country,
    Listed,
}

/// Runs the command: progress and what was left out go to stderr, one line of what it did to stdout.
///
/// # Errors
/// Every problem of the file, or the database's.
pub async fn run(conn: &mut AsyncPgConnection, command: UnitsCommand) -> anyhow::Result<()> {
    let UnitsCommand::Import(import) = command;
    let (Import::List { file, .. }
    | Import::Boundaries { file, .. }
    | Import::Mapping { file, .. }
    | Import::Census { file, .. }) = &import;
    let file = file.clone();
    let start = Instant::now();
    eprintln!("Reading {} …", file.display());
    let text = crate::cli::file::read(&file)?;
    let summary = match import {
        Import::List { as_of, covers, .. } => {
            lists::import(conn, &text, as_of, covers.map(|covers| covers == Covers::Country)).await
        }
        Import::Boundaries { as_of, .. } => boundaries::import(conn, &text, as_of, show_progress).await,
        Import::Mapping { on, .. } => mappings::import(conn, &text, on).await,
        Import::Census { on, units_as_of, source, .. } => {
            census::import(conn, &text, on, units_as_of.unwrap_or(on), &source).await.map(|counted| {
                counted.left_out.iter().for_each(|line| eprintln!("left out: {line}"));
                counted.summary
            })
        }
    }
    .with_context(|| file.display().to_string())?;
    eprintln!("Done in {:.1} s.", start.elapsed().as_secs_f64());
    println!("{summary}");
    Ok(())
}

fn show_progress(written: usize, of: usize) {
    // A terminal shows one line that counts up.
    eprint!("\r{written} of {of} boundaries{}", if written == of { "\n" } else { "" });
    let _ = std::io::stderr().flush();
}
