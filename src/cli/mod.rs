//! The commands of the program.

mod audit;
mod availability;
mod backup;
mod baselines;
mod check;
mod database;
mod demo;
mod descriptors;
mod file;
mod generate;
mod import;
mod layer;
mod package;
mod programs;
mod refused;
mod restore;
mod serve;
mod settings_file;
mod statements;
mod token;
mod units;
mod user;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::{Config, ServeConfig};
use crate::postgres::forecast::forecast;
use crate::postgres::migrations;
use database::Database;

pub use crate::http::connections::start;
pub use demo::load as load_demo;

/// The register and map API of a locality's digital infrastructure.
#[derive(Parser)]
#[command(name = "hatang", version)]
struct Cli {
    #[command(flatten)]
    config: Config,

    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Run the service: start the private PostgreSQL if needed, apply migrations, serve HTTP.
    Serve {
        #[command(flatten)]
        config: Box<ServeConfig>,
        /// Load the demo district first, if the register is empty.
        #[arg(long)]
        demo: bool,
    },
    /// Apply pending migrations. No service of an earlier version may run.
    Migrate {
        /// Only print their names, what they lock and for about how long.
        #[arg(long)]
        dry_run: bool,
    },
    /// Write the whole register to a file. The service may run.
    Backup(backup::BackupCommand),
    /// Put the register of a backup into an empty database, or in place of the one that is there. No service may run.
    Restore(restore::RestoreCommand),
    /// Look at everything on which the register depends. Exit status: 0 good, 1 warnings, 2 critical.
    Check(check::CheckCommand),
    /// Load the demo district Đông Sơn, if the register is empty.
    Demo,
    /// Make up records in the communes that are loaded, for measurements.
    Generate(generate::GenerateCommand),
    /// Manage accounts and their permissions.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Manage access tokens.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Read the audit trail.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Import administrative units.
    #[command(subcommand)]
    Units(units::UnitsCommand),
    /// Load sheets of what is stated with its source: indicators, their values, earlier figures, availability.
    #[command(subcommand)]
    Statements(statements::StatementsCommand),
    /// Load which network technologies are available in hamlets.
    #[command(subcommand)]
    Availability(availability::AvailabilityCommand),
    /// Import a file of records: xlsx, csv, GeoJSON, KML or KMZ.
    Import(import::ImportCommand),
    /// Load figures that were published before the register existed.
    #[command(subcommand)]
    Baselines(baselines::BaselinesCommand),
    /// Print the SQL of a layer, from its definition.
    #[command(subcommand)]
    Layer(layer::LayerCommand),
    /// Print the OpenAPI document.
    Openapi,
    /// Write manual pages, completions for shells and the file of settings, for a package.
    #[command(hide = true)]
    Package(package::PackageCommand),
}

/// Runs the command that the command line names.
///
/// # Errors
/// The error of the command, in words for the operator.
pub fn main() -> anyhow::Result<ExitCode> {
    let parsed = settings_file::with_file(Cli::command()).get_matches();
    let Cli { config, verb } = Cli::from_arg_matches(&parsed).unwrap_or_else(|error| error.exit());
    let done = match verb {
        Verb::Serve { config: serve_config, demo } => serve::run(&config, &serve_config, demo),
        Verb::Layer(command) => layer::run(&command),
        Verb::Package(command) => package::run(&command, Cli::command()),
        Verb::Openapi => {
            println!("{:#}", crate::http::openapi::document());
            Ok(())
        }
        Verb::Migrate { dry_run: true } => Database::attach(&config)?.connected(async |conn| {
            let pending = migrations::pending(conn).await?;
            for line in forecast(conn, &pending).await? {
                println!("{line}");
            }
            Ok(())
        }),
        Verb::Migrate { dry_run: false } => {
            serve::log();
            let database = Database::attach(&config)?;
            let applied = migrations::run(&database.url(), &crate::figures::tables())?;
            println!("{applied} migrations applied");
            Ok(())
        }
        Verb::Backup(command) => backup::run(&Database::attach(&config)?, &command),
        Verb::Restore(command) => {
            serve::log();
            restore::run(Database::start(&config)?, &command)
        }
        Verb::Check(command) => return Ok(check::run(&config, &command)?.into()),
        Verb::Demo => Database::attach(&config)?.run(async |conn| {
            println!(
                "{}",
                if demo::load(conn).await? {
                    "the demo district is loaded"
                } else {
                    "the register is not empty: nothing loaded"
                }
            );
            Ok(())
        }),
        Verb::Generate(command) => Database::attach(&config)?.run(async |conn| generate::run(conn, &command).await),
        Verb::Audit(command) => Database::attach(&config)?.run(async |conn| audit::run(conn, command).await),
        Verb::Units(command) => Database::attach(&config)?.run(async |conn| units::run(conn, command).await),
        Verb::Statements(command) => Database::attach(&config)?.run(async |conn| statements::run(conn, command).await),
        Verb::Availability(command) => {
            Database::attach(&config)?.run(async |conn| availability::run(conn, command).await)
        }
        Verb::Import(command) => import::run(Database::attach(&config)?, command),
        Verb::Baselines(command) => Database::attach(&config)?.run(async |conn| baselines::run(conn, command).await),
        Verb::User(command) => {
            let database = Database::attach(&config)?;
            let address = database.address();
            database.run(async |conn| user::run(conn, command, address).await)
        }
        Verb::Token(command) => Database::attach(&config)?.run(async |conn| token::run(conn, command).await),
    };
    done.map(|()| ExitCode::SUCCESS)
}
