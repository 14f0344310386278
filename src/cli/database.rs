//! The database that a command works on: the one of `DATABASE_URL`, or the private cluster.

use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel_async::AsyncPgConnection;

use crate::cluster::{Cluster, client_program, default_data_dir};
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
    data_dir: Option<PathBuf>,
}

/// The file in the data directory with the address of the service that uses it.
const ADDRESS: &str = "address";

impl Database {
    /// For `serve`: starts the private cluster, which stops with the service.
    pub fn start(config: &Config) -> anyhow::Result<Database> {
        Database::open(config, Cluster::start)
    }

    /// For the other commands: uses the private cluster that is running, or starts one for the duration of the command.
    pub fn attach(config: &Config) -> anyhow::Result<Database> {
        Database::open(config, Cluster::attach_or_start)
    }

    fn open(config: &Config, cluster: fn(&Path) -> anyhow::Result<Cluster>) -> anyhow::Result<Database> {
        if let Some(service_url) = config.database_url.clone() {
            let url = config.migration_url.clone().unwrap_or_else(|| service_url.clone());
            return Ok(Database { url, service_url, cluster: None, data_dir: None });
        }
        let data_dir = config.data_dir.clone().unwrap_or_else(default_data_dir);
        let cluster = cluster(&data_dir)?;
        Ok(Database {
            url: cluster.url(),
            service_url: cluster.service_url(),
            cluster: Some(cluster),
            data_dir: Some(data_dir),
        })
    }

    /// Notes where the service is reached, for the links that other commands print.
    pub fn note_address(&self, address: &str) {
        if let Some(path) = self.data_dir.as_ref().map(|dir| dir.join(ADDRESS))
            && let Err(error) = std::fs::write(&path, address)
        {
            tracing::warn!(%error, path = %path.display(), "the address of the service was not noted");
        }
    }

    /// Where the service of this data directory is reached, or was when it last ran.
    pub fn address(&self) -> Option<String> {
        std::fs::read_to_string(self.data_dir.as_ref()?.join(ADDRESS)).ok()
    }

    /// The data directory or the database, for people.
    pub fn place(&self) -> String {
        let dir = self.data_dir.as_ref().map(|dir| dir.display().to_string());
        dir.unwrap_or_else(|| "the database of DATABASE_URL".to_owned())
    }

    /// Connects as the owner of the tables: for migrations and for every command except `serve`.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Connects as the service, which may neither alter tables nor change history.
    pub fn service_url(&self) -> String {
        self.service_url.clone()
    }

    /// One of PostgreSQL's own programs, of the version of the private cluster, or else the newest that there is.
    pub fn program(&self, name: &str) -> anyhow::Result<PathBuf> {
        self.cluster.as_ref().map_or_else(|| client_program(name), |cluster| Ok(cluster.program(name)))
    }

    /// The data directory of the private cluster.
    pub fn data_dir(&self) -> Option<&Path> {
        self.data_dir.as_deref()
    }

    /// Runs `work` on a connection, and leaves migrations alone.
    pub fn connected<T>(
        &self,
        work: impl AsyncFnOnce(&mut AsyncPgConnection) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut conn = connect(&self.url, STATEMENT_TIMEOUT).await?;
            work(&mut conn).await
        })
    }

    /// Applies pending migrations, then runs `work` on a connection.
    pub fn run(self, work: impl AsyncFnOnce(&mut AsyncPgConnection) -> anyhow::Result<()>) -> anyhow::Result<()> {
        migrations::run(&self.url, &crate::figures::tables())?;
        self.connected(work)
    }
}
