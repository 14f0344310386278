//! What all streams of the process share: the limits on open streams, the watch on the feed, the shutdown.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit, watch};

use crate::config;
use crate::error::Error;
use crate::http::seats::{Reader, Seat, Seats};
use crate::postgres::Store;
use crate::register::changes;

/// How often the feed is checked while streams are open. `LISTEN` would occupy a connection and does not work behind a
/// pgbouncer in transaction mode, and each `NOTIFY` makes commits wait for each other.
const GLANCE: Duration = Duration::from_millis(250);

/// How long a client is told to wait when it has too many streams open.
const WAIT: Duration = Duration::from_secs(30);

/// The streams of the process.
pub struct Streams {
    heartbeat: Duration,
    news: watch::Sender<News>,
    seats: Arc<Seats>,
    /// Limits how many streams read at once. A write wakes all of them, and other requests need connections, too.
    turns: Semaphore,
}

/// What wakes a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct News {
    /// The last number of the feed of accounts.
    pub last_seq: i64,
    /// The last number of the feed of anonymous callers.
    pub last_public_seq: i64,
    /// The process is shutting down.
    pub closing: bool,
}

impl Streams {
    pub fn new(limits: &config::Streams, db_connections: usize) -> Streams {
        Streams {
            heartbeat: Duration::from_secs(limits.heartbeat_s),
            news: watch::Sender::default(),
            seats: Arc::new(Seats::new(limits.open, limits.each)),
            turns: Semaphore::new((db_connections / 4).max(1)),
        }
    }

    pub fn heartbeat(&self) -> Duration {
        self.heartbeat
    }

    /// Subscribes to news from now on.
    pub fn subscribe(&self) -> watch::Receiver<News> {
        self.news.subscribe()
    }

    /// Waits until this stream may read.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// Reserves a seat for one more stream.
    ///
    /// # Errors
    /// 503 when all seats are taken or the process is shutting down, 429 when this reader has its share.
    pub fn seat(&self, reader: Reader) -> Result<Seat, Error> {
        if self.news.borrow().closing { Err(Error::Overloaded) } else { self.seats.take(reader, WAIT) }
    }

    /// How many streams are open.
    pub fn count(&self) -> usize {
        self.seats.count()
    }

    /// Checks the feed on behalf of all streams, until [`close`](Streams::close) is called.
    pub async fn watch(&self, store: &Store) {
        while !self.news.borrow().closing {
            if self.news.receiver_count() > 0 {
                match glance(store).await {
                    Ok((last_seq, last_public_seq)) => {
                        self.news.send_if_modified(|news| {
                            let seen = News { last_seq, last_public_seq, ..*news };
                            std::mem::replace(news, seen) != seen
                        });
                    }
                    Err(error) => tracing::warn!(%error, "the feed could not be checked"),
                }
            }
            actix_web::rt::time::sleep(GLANCE).await;
        }
    }

    /// Ends all streams.
    pub fn close(&self) {
        self.news.send_modify(|news| news.closing = true);
    }
}

async fn glance(store: &Store) -> Result<(i64, i64), Error> {
    Ok(changes::last(&mut *store.own_connection().await?).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_stream_begins_while_the_process_stops() {
        let streams = Streams::new(&config::Streams { open: 3, each: 2, heartbeat_s: 1 }, 4);
        assert!(streams.seat(Reader::Account(1)).is_ok());
        streams.close();
        assert!(matches!(streams.seat(Reader::Account(1)), Err(Error::Overloaded)));
    }
}
