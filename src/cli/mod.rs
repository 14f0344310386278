//! The commands of the program.

mod availability;
mod baselines;
mod database;
mod demo;
mod file;
mod import;
mod layer;
mod refused;
mod serve;
mod statements;
mod token;
mod units;
mod user;

use clap::{Parser, Subcommand};

use crate::config::{Config, ServeConfig};
use crate::postgres::migrations;
use database::Database;

pub use demo::load as load_demo;
pub use serve::start;

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
    /// Apply pending migrations.
    Migrate,
    /// Load the demo district Đông Sơn, if the register is empty.
    Demo,
    /// Manage accounts and their permissions.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Manage access tokens.
    #[command(subcommand)]
    Token(token::TokenCommand),
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
}

/// Runs the command that the command line names.
///
/// # Errors
/// The error of the command, in words for the operator.
pub fn main() -> anyhow::Result<()> {
    let Cli { config, verb } = Cli::parse();
    match verb {
        Verb::Serve { config: serve_config, demo } => serve::run(&config, &serve_config, demo),
        Verb::Layer(command) => layer::run(&command),
        Verb::Openapi => {
            println!("{:#}", crate::http::openapi::document());
            Ok(())
        }
        Verb::Migrate => {
            let database = Database::attach(&config)?;
            let applied = migrations::run(&database.url(), &crate::figures::tables())?;
            println!("{applied} migrations applied");
            Ok(())
        }
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
    }
}
