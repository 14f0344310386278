//! `hatang units`: imports administrative units from the lists of the statistics office and from the resolutions that
//! change them.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use chrono::NaiveDate;
use diesel_async::AsyncPgConnection;
use serde_json::json;

use crate::accounts::audit;
use crate::accounts::audit::By;
use crate::units::import as units;

#[derive(Debug, clap::Subcommand)]
pub enum UnitsCommand {
    /// Import a file of units. If the file has problems, all of them are listed and nothing is written. Importing the
    /// same file twice changes nothing.
    #[command(subcommand)]
    Import(Import),
}

#[derive(Debug, clap::Subcommand)]
pub enum Import {
    /// A list of all units on a day: a CSV file with one row per commune.
    ///
    /// Columns: province_code, province_name, [district_code, district_name,] commune_code, commune_name,
    /// [commune_type, area_km2]. A row without a commune code is a district without communes. Lists may be imported in
    /// any order. A unit that the list lacks ended on the day before.
    List {
        file: PathBuf,
        /// The day for which the list is valid: 2025-06-30.
        #[arg(long)]
        as_of: NaiveDate,
        /// What happens to provinces that the list does not name: they have ended (country), or they stay as they are
        /// (listed). Default: country for a list of 30 provinces or more, otherwise listed.
        #[arg(long, value_enum)]
        covers: Option<Covers>,
    },
    /// Boundaries: a GeoJSON FeatureCollection of polygons, WGS 84, each with the property `code` (text).
    ///
    /// A district or province whose communes all have a boundary gets the union of these boundaries.
    Boundaries {
        file: PathBuf,
        /// The day on which the codes of the file are valid.
        #[arg(long)]
        as_of: NaiveDate,
    },
    /// What happened to each commune in a reform: a CSV file with one row for each part of an old commune.
    ///
    /// Columns: old_commune_code (for a district without communes: its own code), old_district_code, old_province_code,
    /// new_commune_code, new_commune_name, new_province_code, new_province_name, part (full, partial). Import the lists
    /// from before and after the reform first.
    Mapping {
        file: PathBuf,
        /// The first day of the new units.
        #[arg(long)]
        on: NaiveDate,
    },
    /// Population and households of communes: a CSV file with commune_code, commune_name, [area_km2,] and population,
    /// households (also population_2019, households_2019; pop_census2019_est, households_census2019_est).
    ///
    /// A row is left out and listed if its code is no longer the code of a commune, or if the commune has another name.
    Census {
        file: PathBuf,
        /// The day of the census.
        #[arg(long)]
        on: NaiveDate,
        /// The day on which the codes of the file are valid; default: the day of the census.
        #[arg(long)]
        units_as_of: Option<NaiveDate>,
        /// Who counted. This name is shown next to the numbers.
        #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
        source: String,
    },
}

/// Which provinces a list covers: all of the country, or only those that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Covers {
    Country,
    Listed,
}

/// Runs the command. Progress and rows left out go to stderr; one line that says what it did goes to stdout.
///
/// # Errors
/// Every problem of the file, or a database error.
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
    let import = match import {
        Import::List { as_of, covers, .. } => {
            units::Import::List { as_of, country: covers.map(|covers| covers == Covers::Country) }
        }
        Import::Boundaries { as_of, .. } => units::Import::Boundaries { as_of },
        Import::Mapping { on, .. } => units::Import::Mapping { on },
        Import::Census { on, units_as_of, source, .. } => {
            units::Import::Census { on, units_as_of: units_as_of.unwrap_or(on), source }
        }
    };
    let imported = units::run(conn, &text, &import, show_progress).await.with_context(|| file.display().to_string())?;
    imported.left_out.iter().for_each(|line| eprintln!("left out: {line}"));
    audit::add(conn, &By::console(), "units.import", json!({"file": imported.summary.what})).await?;
    eprintln!("Done in {:.1} s.", start.elapsed().as_secs_f64());
    println!("{}", imported.summary);
    Ok(())
}

fn show_progress(written: usize, of: usize) {
    // A terminal shows one line that counts up.
    eprint!("\r{written} of {of} boundaries{}", if written == of { "\n" } else { "" });
    let _ = std::io::stderr().flush();
}
