//! What all streams of the process share: the limits on open streams, the watch on the feed, the shutdown.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit, watch};

use crate::config;
use crate::error::Error;
use crate::postgres::Store;
use crate::register::changes;

/// How often the feed is checked while streams are open. `LISTEN` would occupy a connection and does not work behind a
/// pgbouncer in transaction mode, and each `NOTIFY` makes commits wait for each other.
const GLANCE: Duration = Duration::from_millis(250);

/// How long a client is told to wait when it has too many streams open.
const WAIT: Duration = Duration::from_secs(30);

/// The streams of the process.
pub struct Streams {
    limits: config::Streams,
    news: watch::Sender<News>,
    open: Mutex<HashMap<Reader, usize>>,
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

/// Whose open streams are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reader {
    Account(i64),
    Address(Option<IpAddr>),
}

/// The right to keep one stream open, until it is dropped.
pub struct Seat {
    streams: Arc<Streams>,
    reader: Reader,
}

impl Streams {
    pub fn new(limits: &config::Streams, db_connections: usize) -> Streams {
        Streams {
            limits: limits.clone(),
            news: watch::Sender::default(),
            open: Mutex::default(),
            turns: Semaphore::new((db_connections / 4).max(1)),
        }
    }

    pub fn heartbeat(&self) -> Duration {
        Duration::from_secs(self.limits.heartbeat_s)
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
    /// 503 when all seats are taken or the process is shutting down, 429 when this reader has its maximum.
    pub fn seat(self: &Arc<Self>, reader: Reader) -> Result<Seat, Error> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if self.news.borrow().closing || open.values().sum::<usize>() >= self.limits.open {
            return Err(Error::Overloaded);
        }
        let count = open.get(&reader).copied().unwrap_or(0);
        if count >= self.limits.each {
            return Err(Error::TooManyRequests { wait: WAIT, limit: self.limits.each.try_into().unwrap_or(u32::MAX) });
        }
        open.insert(reader, count + 1);
        Ok(Seat { streams: self.clone(), reader })
    }

    /// How many streams are open.
    pub fn count(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
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
    Ok(changes::last(&mut *store.connection().await?).await?)
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.reader) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.reader);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_limited_in_total_and_per_reader_and_given_back() {
        let streams = Arc::new(Streams::new(&config::Streams { open: 3, each: 2, heartbeat_s: 1 }, 4));
        let (lan, minh) = (Reader::Account(1), Reader::Account(2));
        let first = streams.seat(lan).ok();
        let _second = streams.seat(lan).ok().unwrap();
        assert!(matches!(streams.seat(lan), Err(Error::TooManyRequests { limit: 2, .. })));
        let _third = streams.seat(minh).ok().unwrap();
        assert!(matches!(streams.seat(minh), Err(Error::Overloaded)));
        drop(first);
        let _again = streams.seat(lan).ok().unwrap();
        streams.close();
        assert!(matches!(streams.seat(minh), Err(Error::Overloaded)));
    }
}
