use clap::Parser;
use diesel_async::{AsyncConnection, AsyncPgConnection};
#[derive(Parser)]
struct Cli {
    #[arg(long)]
    url: String,
    #[command(subcommand)]
    verb: Verb,
}
#[derive(clap::Subcommand)]
enum Verb {
    #[command(subcommand)]
    Units(hatang::cli::units::UnitsCommand),
    #[command(subcommand)]
    Availability(hatang::cli::availability::AvailabilityCommand),
    #[command(subcommand)]
    Baselines(hatang::cli::baselines::BaselinesCommand),
    DemoUnits,
}
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let mut conn =
        AsyncPgConnection::establish(&hatang::store::with_options(&cli.url, std::time::Duration::from_secs(10)))
            .await?;
    match cli.verb {
        Verb::Units(c) => hatang::cli::units::run(&mut conn, c).await,
        Verb::Availability(c) => hatang::cli::availability::run(&mut conn, c).await,
        Verb::Baselines(c) => hatang::cli::baselines::run(&mut conn, c).await,
        Verb::DemoUnits => {
            let f = |n: &str| std::fs::read_to_string(format!("/work/main/fixtures/dong_son/{n}")).unwrap();
            let (a, b, c, d, e) =
                (f("units.csv"), f("boundaries.geojson"), f("changes.csv"), f("availability.csv"), f("baselines.csv"));
            println!(
                "{}",
                hatang::store::units::demo::load(
                    &mut conn,
                    hatang::store::units::demo::DemoFiles {
                        units: &a,
                        boundaries: &b,
                        changes: &c,
                        availability: &d,
                        baselines: &e
                    }
                )
                .await?
            );
            Ok(())
        }
    }
}
