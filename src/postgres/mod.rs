//! Connections to PostgreSQL, statements with bound values, rows with any columns, migrations.

pub mod address;
pub mod conditions;
pub mod forecast;
mod gate;
pub mod migrations;
pub mod moment;
mod objects;
pub mod places;
pub mod row;
mod slow;
pub mod sql;
mod store;
mod tls;
mod tries;
pub mod view;
pub mod work;

use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};

use address::Address;

pub use store::{ANONYMOUS_LIMIT, Connection, EXPORTS, ExportConnection, Store, WAIT, WAITING};
pub use tries::Tries;

/// How long PostgreSQL takes to notice that a client has closed its connection. It then cancels the statement.
const NOTICED: Duration = Duration::from_millis(250);

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
        .wait_timeout(Some(WAIT))
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
         -c lock_timeout=10000 -c client_connection_check_interval={} -c application_name={name}",
        statement_timeout.as_millis(),
        NOTICED.as_millis()
    )
}
