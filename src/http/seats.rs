//! Places for what a client may keep open for long: streams, exports.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::HttpRequest;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::access::Caller;
use crate::error::Error;
use crate::http::address::{client_address, network};

/// Who is counted together: an account, or an address for anonymous callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reader {
    Account(i64),
    Address(Option<IpAddr>),
}

impl Reader {
    pub fn of(caller: &Caller, trust_proxy: bool, request: &HttpRequest) -> Reader {
        match caller {
            Caller::Account(account) => Reader::Account(account.id),
            Caller::Anonymous => Reader::Address(client_address(trust_proxy, request).map(network)),
        }
    }

    fn is_anonymous(self) -> bool {
        matches!(self, Reader::Address(_))
    }
}

/// Anonymous callers get half of the places. An address gets as many of them as are left, so that there is always one
/// for another address.
pub struct Seats {
    most: usize,
    each: usize,
    open: Mutex<HashMap<Reader, usize>>,
    freed: Notify,
}

/// The right to keep something open, until it is dropped.
pub struct Seat {
    seats: Arc<Seats>,
    reader: Reader,
}

impl Seats {
    /// `most` in all, and `each` for one reader.
    pub fn new(most: usize, each: usize) -> Seats {
        Seats { most, each, open: Mutex::default(), freed: Notify::new() }
    }

    /// # Errors
    /// 503 when all places are taken, 429 when this reader has its share; it is told to wait so long.
    pub fn take(self: &Arc<Seats>, reader: Reader, wait: Duration) -> Result<Seat, Error> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let mut left = self.most.saturating_sub(open.values().sum());
        let own = open.get(&reader).copied().unwrap_or(0);
        let mut share = self.each;
        if reader.is_anonymous() {
            let anonymous: usize =
                open.iter().filter(|(reader, _)| reader.is_anonymous()).map(|(_, count)| count).sum();
            left = left.min((self.most / 2).saturating_sub(anonymous));
            share = share.min(left);
        }
        if left == 0 {
            return Err(Error::Overloaded);
        }
        if own >= share {
            return Err(Error::TooManyRequests { wait, limit: own.try_into().unwrap_or(u32::MAX) });
        }
        open.insert(reader, own + 1);
        Ok(Seat { seats: self.clone(), reader })
    }

    /// How many places are taken.
    pub fn count(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// The same, after waiting until there is a place, for at most so long.
    ///
    /// # Errors
    /// The same.
    pub async fn wait(self: &Arc<Seats>, reader: Reader, wait: Duration) -> Result<Seat, Error> {
        let found = async {
            loop {
                let freed = self.freed.notified();
                match self.take(reader, wait) {
                    Ok(seat) => return seat,
                    Err(_) => freed.await,
                }
            }
        };
        match timeout(wait, found).await {
            Ok(seat) => Ok(seat),
            Err(_) => self.take(reader, wait),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.seats.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.reader) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.reader);
            }
        }
        drop(open);
        self.seats.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_millis(20);

    fn address(byte: u8) -> Reader {
        Reader::Address(Some(IpAddr::from([203, 0, 113, byte])))
    }

    #[test]
    fn seats_are_limited_in_total_and_per_reader_and_given_back() {
        let seats = Arc::new(Seats::new(3, 2));
        let (lan, minh) = (Reader::Account(1), Reader::Account(2));
        let first = seats.take(lan, WAIT).ok();
        let _second = seats.take(lan, WAIT).ok().unwrap();
        assert!(matches!(seats.take(lan, WAIT), Err(Error::TooManyRequests { limit: 2, .. })));
        let _third = seats.take(minh, WAIT).ok().unwrap();
        assert!(matches!(seats.take(minh, WAIT), Err(Error::Overloaded)));
        drop(first);
        assert!(seats.take(lan, WAIT).is_ok());
    }

    #[test]
    fn anonymous_callers_leave_half_for_accounts_and_an_address_leaves_some_for_others() {
        let seats = Arc::new(Seats::new(16, 50));
        let taken = |reader| (0..50).map_while(|_| seats.take(reader, WAIT).ok()).collect::<Vec<_>>();
        let kept: Vec<_> = (1..=4).map(|byte| taken(address(byte))).collect();
        assert_eq!(kept.iter().map(Vec::len).collect::<Vec<_>>(), [4, 2, 1, 1]);
        assert!(matches!(seats.take(address(9), WAIT), Err(Error::Overloaded)));
        assert_eq!(taken(Reader::Account(1)).len(), 8);
    }

    #[actix_web::test]
    async fn a_place_that_becomes_free_is_given_to_who_waits() {
        let seats = Arc::new(Seats::new(2, 1));
        let first = seats.take(address(1), WAIT).ok().unwrap();
        assert!(matches!(seats.wait(address(2), WAIT).await, Err(Error::Overloaded)));
        let waits = seats.wait(address(2), Duration::from_secs(60));
        let frees = async { drop(first) };
        let (second, ()) = tokio::join!(waits, frees);
        assert!(second.is_ok());
    }
}
