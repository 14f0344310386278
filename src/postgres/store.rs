//! The connections of the service, and who may hold how many of them.
//!
//! Anonymous callers and accounts have pools of their own. Within a pool, figures have a part, and so has each layer:
//! then a locked table or a dear question leaves connections for everybody else.

use std::collections::HashMap;
use std::mem::take;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ::deadpool::Status;
use ::deadpool::managed::TimeoutType;
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::{Object, Pool, PoolError};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use crate::postgres::gate::Gate;
use crate::postgres::work::{self, Share};
use crate::postgres::{NOTICED, pool};

/// How many requests may wait for each connection. A map page makes about thirty at once.
pub const WAITING: usize = 32;

/// How long a request waits for a connection.
pub const WAIT: Duration = Duration::from_secs(5);

/// The longest time of a statement of an anonymous caller.
pub const ANONYMOUS_LIMIT: Duration = Duration::from_secs(5);

/// How many files may be written at once. A slow client holds a connection, so files have connections of their own.
pub const EXPORTS: usize = 4;

/// The longest time of a statement that writes a file. The limits for clients are shorter, see
/// [`crate::config::Limits`].
const EXPORT_STATEMENT: Duration = Duration::from_secs(3600);

/// The connection pools. A handler takes one connection at a time.
#[derive(Clone)]
pub struct Store {
    accounts: Arc<Part>,
    anonymous: Arc<Part>,
    exports: Pool<AsyncPgConnection>,
}

/// A pool and its parts.
struct Part {
    pool: Pool<AsyncPgConnection>,
    dear: Gate,
    each_layer: usize,
    layers: Mutex<HashMap<&'static str, Arc<Gate>>>,
}

/// A connection of a pool, which gets it back. If the work was abandoned, it is closed instead.
pub struct Connection {
    inner: Option<Object<AsyncPgConnection>>,
    since: Instant,
    places: Vec<OwnedSemaphorePermit>,
}

/// A connection that writes a file. It is closed, and its statement cancelled, unless the file was written to its end.
pub struct ExportConnection(Option<Object<AsyncPgConnection>>);

impl Store {
    /// Creates the pools. Connections are opened when they are needed. Anonymous callers have half of them.
    ///
    /// # Errors
    /// Only when the settings contradict each other.
    pub fn new(database_url: &str, connections: usize, statement_timeout: Duration) -> anyhow::Result<Store> {
        let for_anonymous = (connections / 2).max(1);
        let for_accounts = connections.saturating_sub(for_anonymous).max(1);
        let anonymous = pool(database_url, for_anonymous, statement_timeout.min(ANONYMOUS_LIMIT))?;
        Ok(Store {
            accounts: Arc::new(Part::new(pool(database_url, for_accounts, statement_timeout)?, for_accounts / 2)),
            anonymous: Arc::new(Part::new(anonymous, for_anonymous / 4)),
            exports: pool(database_url, EXPORTS, EXPORT_STATEMENT)?,
        })
    }

    /// A connection for the current work, or the reason why there is none in time. Without a request it is one for
    /// accounts.
    pub async fn connection(&self) -> Result<Connection, PoolError> {
        match work::share() {
            None => self.own_connection().await,
            Some(share) if share.account.is_some() => self.accounts.connection(share).await,
            Some(share) => self.anonymous.connection(share).await,
        }
    }

    /// A connection for what the service does itself, such as looking up a credential.
    pub async fn own_connection(&self) -> Result<Connection, PoolError> {
        Ok(Connection::new(self.accounts.take().await?, Vec::new()))
    }

    /// Each pool with its name and its state.
    pub fn pools(&self) -> [(&'static str, Status); 3] {
        let [accounts, anonymous] = [&self.accounts, &self.anonymous].map(|part| part.pool.status());
        [("accounts", accounts), ("anonymous", anonymous), ("exports", self.exports.status())]
    }

    /// A connection for writing a file, or the reason why there is none in time.
    pub async fn export_connection(&self) -> Result<ExportConnection, PoolError> {
        Ok(ExportConnection(Some(self.exports.get().await?)))
    }
}

impl Part {
    fn new(pool: Pool<AsyncPgConnection>, dear: usize) -> Part {
        // The rest is for other layers.
        let each_layer = pool.status().max_size * 3 / 4;
        Part { pool, dear: Gate::new(dear, WAITING), each_layer, layers: Mutex::default() }
    }

    async fn connection(&self, share: Share) -> Result<Connection, PoolError> {
        let mut places = Vec::new();
        if let Some(layer) = share.layer {
            places.push(self.gate_of(layer).enter(WAIT).await?);
        }
        if share.is_dear {
            places.push(self.dear.enter(WAIT).await?);
        }
        Ok(Connection::new(self.take().await?, places))
    }

    fn gate_of(&self, layer: &'static str) -> Arc<Gate> {
        let mut layers = self.layers.lock().unwrap_or_else(PoisonError::into_inner);
        layers.entry(layer).or_insert_with(|| Arc::new(Gate::new(self.each_layer, WAITING))).clone()
    }

    /// If too many requests already wait, it fails at once.
    async fn take(&self) -> Result<Object<AsyncPgConnection>, PoolError> {
        let state = self.pool.status();
        if state.waiting >= WAITING * state.max_size {
            return Err(PoolError::Timeout(TimeoutType::Wait));
        }
        self.pool.get().await
    }
}

impl Connection {
    fn new(inner: Object<AsyncPgConnection>, places: Vec<OwnedSemaphorePermit>) -> Connection {
        Connection { inner: Some(inner), since: Instant::now(), places }
    }
}

impl Deref for Connection {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        self.inner.as_deref().expect("it is held until it is dropped")
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        self.inner.as_deref_mut().expect("it is held until it is dropped")
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let is_abandoned = work::give_back(self.since.elapsed());
        if let Some(inner) = self.inner.take()
            && is_abandoned
        {
            drop(Object::take(inner));
            let places = take(&mut self.places);
            // Until PostgreSQL has noticed, its statement still runs.
            if let Ok(runtime) = Handle::try_current() {
                runtime.spawn(async move {
                    tokio::time::sleep(NOTICED).await;
                    drop(places);
                });
            }
        }
    }
}

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
            drop(Object::take(conn));
        }
    }
}
