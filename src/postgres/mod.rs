//! Connections to PostgreSQL, statements with bound values, rows with any columns, migrations.

pub mod address;
pub mod conditions;
pub mod migrations;
pub mod moment;
mod objects;
pub mod row;
mod slow;
pub mod sql;
mod tls;
mod tries;
pub mod view;

use std::time::Duration;

use ::deadpool::Status;
use ::deadpool::managed::TimeoutType;
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::deadpool::{self, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};

use address::Address;

pub use tries::Tries;

/// How many requests may wait for each connection. A map page makes about thirty at once.
pub const WAITING: usize = 32;

pub type Connection = deadpool::Object<AsyncPgConnection>;

/// How many files may be written at once. A slow client holds a connection, so files have connections of their own.
const EXPORTS: usize = 2;
/// The longest time of a statement that writes a file. The limits for clients are shorter, see
/// [`crate::config::Limits`].
const EXPORT_STATEMENT: Duration = Duration::from_secs(3600);

/// The connection pool. A handler takes one connection at a time.
#[derive(Clone)]
pub struct Store {
    pool: Pool<AsyncPgConnection>,
    exports: Pool<AsyncPgConnection>,
}

/// A connection that writes a file. It is closed, and its statement stopped, unless the file was written to its end.
pub struct ExportConnection(Option<Connection>);

impl ExportConnection {
    /// The connection; `None` after [`done`](ExportConnection::done).
    pub fn get(&mut self) -> Option<&mut AsyncPgConnection> {
        self.0.as_deref_mut()
    }

    /// Returns the connection to its pool.
    pub fn done(mut self) {
        self.0.take();
    }
}

impl Drop for ExportConnection {
    fn drop(&mut self) {
        if let Some(conn) = self.0.take() {
            drop(Connection::take(conn));
        }
    }
}

impl Store {
    /// Creates the pool. Connections are opened when they are needed.
    ///
    /// # Errors
    /// Only when the settings contradict each other.
    pub fn new(database_url: &str, connections: usize, statement_timeout: Duration) -> anyhow::Result<Store> {
        Ok(Store {
            pool: pool(database_url, connections, statement_timeout)?,
            exports: pool(database_url, EXPORTS, EXPORT_STATEMENT)?,
        })
    }

    /// A connection, or the reason why there is none in time. If too many requests already wait, it fails at once:
    /// otherwise they would pile up, and each would be answered after its client has left.
    pub async fn connection(&self) -> Result<Connection, deadpool::PoolError> {
        take(&self.pool).await
    }

    /// Each pool with its name and its state.
    pub fn pools(&self) -> [(&'static str, Status); 2] {
        [("requests", self.pool.status()), ("exports", self.exports.status())]
    }

    /// A connection for writing a file, or the reason why there is none in time.
    pub async fn export_connection(&self) -> Result<ExportConnection, deadpool::PoolError> {
        Ok(ExportConnection(Some(take(&self.exports).await?)))
    }
}

async fn take(pool: &Pool<AsyncPgConnection>) -> Result<Connection, deadpool::PoolError> {
    let state = pool.status();
    if state.waiting >= WAITING * state.max_size {
        return Err(deadpool::PoolError::Timeout(TimeoutType::Wait));
    }
    pool.get().await
}

fn pool(
    database_url: &str,
    connections: usize,
    statement_timeout: Duration,
) -> anyhow::Result<Pool<AsyncPgConnection>> {
    let mut config = ManagerConfig::default();
    config.custom_setup = Box::new(move |url| Box::pin(serve(url, statement_timeout)));
    let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(database_url, config);
    let pool = Pool::builder(manager)
        .max_size(connections)
        .wait_timeout(Some(Duration::from_secs(5)))
        .create_timeout(Some(Duration::from_secs(5)))
        .recycle_timeout(Some(Duration::from_secs(5)))
        .runtime(::deadpool::Runtime::Tokio1)
        .build()?;
    Ok(pool)
}

/// A connection outside the pool.
///
/// # Errors
/// When the address is malformed, or the server rejects the connection.
pub async fn connect(database_url: &str, statement_timeout: Duration) -> ConnectionResult<AsyncPgConnection> {
    connect_as("hatang", database_url, statement_timeout).await
}

/// A connection of the service.
async fn serve(database_url: &str, statement_timeout: Duration) -> ConnectionResult<AsyncPgConnection> {
    let mut conn = connect_as(migrations::SERVICE, database_url, statement_timeout).await?;
    slow::watch(&mut conn);
    Ok(conn)
}

async fn connect_as(name: &str, database_url: &str, limit: Duration) -> ConnectionResult<AsyncPgConnection> {
    let address =
        Address::of(database_url).map_err(|error| ConnectionError::InvalidConnectionUrl(format!("{error:#}")))?;
    let mut conn = address.with_options(&options(name, limit)).open().await?;
    // `current_date` must be the day in Vietnam. This cannot be one of the connection options: diesel sets the zone of
    // each new connection to UTC, and from midnight to seven in the morning everything was a day late.
    let zoned = conn.batch_execute("set time zone 'Asia/Ho_Chi_Minh'").await;
    zoned.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

/// Limits all further statements of a transaction to this many seconds. Work that goes on after its request has ended
/// would only hold locks.
///
/// # Errors
/// The database's.
pub async fn limit_statements(conn: &mut AsyncPgConnection, seconds: u64) -> diesel::QueryResult<()> {
    use diesel_async::SimpleAsyncConnection;
    conn.batch_execute(&format!("set local statement_timeout = '{seconds}s'")).await
}

/// The settings of every connection. Tiles took 102 ms with PostgreSQL's own settings, 3 ms with these.
fn options(name: &str, statement_timeout: Duration) -> String {
    format!(
        "-c jit=off -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1 -c statement_timeout={} \
         -c lock_timeout=10000 -c application_name={name}",
        statement_timeout.as_millis()
    )
}
