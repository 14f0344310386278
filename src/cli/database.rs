//! The database that a command works on: the one of `DATABASE_URL`, or the private cluster.

use std::time::Duration;

use diesel_async::AsyncPgConnection;

use crate::cluster::{Cluster, default_data_dir};
use crate::config::Config;
use crate::postgres::{connect, migrations};

/// The time limit of one SQL statement of a command.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(600);

pub struct Database {
    /// Connects as the owner of the tables.
    url: String,
    service_url: String,
    /// The private cluster, if the command uses it.
    pub cluster: Option<Cluster>,
}

impl Database {
    /// For `serve`: starts the private cluster, which stops with the service.
    pub fn start(config: &Config) -> anyhow::Result<Database> {
        Database::open(config, Cluster::start)
    }

    /// For the other commands: uses the private cluster that is running, or starts one for the duration of the command.
    pub fn attach(config: &Config) -> anyhow::Result<Database> {
        Database::open(config, Cluster::attach_or_start)
    }

    fn open(config: &Config, cluster: fn(&std::path::Path) -> anyhow::Result<Cluster>) -> anyhow::Result<Database> {
        if let Some(service_url) = config.database_url.clone() {
            let url = config.migration_url.clone().unwrap_or_else(|| service_url.clone());
            return Ok(Database { url, service_url, cluster: None });
        }
        let data_dir = config.data_dir.clone().unwrap_or_else(default_data_dir);
        let cluster = cluster(&data_dir)?;
        Ok(Database { url: cluster.url(), service_url: cluster.service_url(), cluster: Some(cluster) })
    }

    /// Connects as the owner of the tables: for migrations and for every command except `serve`.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Connects as the service, which may neither alter tables nor change history.
    pub fn service_url(&self) -> String {
        self.service_url.clone()
    }

    /// Applies pending migrations, then runs `work` on a connection.
    pub fn run(self, work: impl AsyncFnOnce(&mut AsyncPgConnection) -> anyhow::Result<()>) -> anyhow::Result<()> {
        migrations::run(&self.url)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut conn = connect(&self.url, STATEMENT_TIMEOUT).await?;
            work(&mut conn).await
        })
    }
}
