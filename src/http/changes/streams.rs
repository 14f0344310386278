//! What all streams of the process share: the places there are, one look at the feed, the end.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit, watch};

use crate::config;
use crate::error::Error;
use crate::postgres::Store;
use crate::register::changes;

/// How often the feed is looked at while there are streams. Not `LISTEN`: that keeps a connection, is deaf behind a
/// pgbouncer that lends connections by transaction, and each `NOTIFY` makes commits wait for each other.
const GLANCE: Duration = Duration::from_millis(250);

/// How long somebody without a place is asked to wait.
const WAIT: Duration = Duration::from_secs(30);

/// The streams of the process.
pub struct Streams {
    limits: config::Streams,
    news: watch::Sender<News>,
    open: Mutex<HashMap<Reader, usize>>,
    /// Streams that read at once: a write wakes them all, and they shall not take the connections of everybody else.
    turns: Semaphore,
}

/// What streams wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct News {
    /// The last numbers given, to insiders and to strangers.
    pub last_seq: i64,
    pub last_public_seq: i64,
    /// The process is told to stop.
    pub closing: bool,
}

/// By whom streams are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reader {
    Account(i64),
    Address(Option<IpAddr>),
}

/// A place of a stream, until it is dropped.
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

    /// What is new, from now on.
    pub fn subscribe(&self) -> watch::Receiver<News> {
        self.news.subscribe()
    }

    /// Waits until it may read.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// A place for one stream more.
    ///
    /// # Errors
    /// 503 when all are taken or the process stops, 429 when this reader has as many as one may have.
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

    /// Looks at the feed, for all streams, until it is told to [`close`](Streams::close).
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
                    Err(error) => tracing::warn!(%error, "the feed was not looked at"),
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
    fn places_are_counted_in_all_and_each_and_given_back() {
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
