//! The price of requests: how long they hold connections to the database.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::http::limiters::Refused;
use crate::http::seats::Reader;

/// Each reader may use so much time of the database a minute, also at once.
pub struct Spending {
    /// Seconds for an address and for an account; 0 means no limit.
    address_s: u32,
    account_s: u32,
    spent: Mutex<HashMap<Reader, Spent>>,
}

/// Time that was used and is not forgotten yet, when it was last counted.
#[derive(Clone, Copy)]
struct Spent {
    seconds: f64,
    at: Instant,
}

impl Spending {
    pub fn new(address_s: u32, account_s: u32) -> Spending {
        Spending { address_s, account_s, spent: Mutex::default() }
    }

    /// # Errors
    /// When the reader has used its time.
    pub fn check(&self, reader: Reader) -> Result<(), Refused> {
        let limit = self.limit(reader);
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let over = spent.get(&reader).map_or(0.0, |spent| spent.now(limit)) - f64::from(limit);
        if limit == 0 || over < 0.0 {
            return Ok(());
        }
        Err(Refused { wait: Duration::from_secs_f64(over * 60.0 / f64::from(limit)), limit })
    }

    /// Counts time that was used. It may exceed the limit: nobody knows beforehand what a request costs.
    pub fn note(&self, reader: Reader, time: Duration) {
        let limit = self.limit(reader);
        if limit == 0 || time.is_zero() {
            return;
        }
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let before = spent.get(&reader).map_or(0.0, |spent| spent.now(limit));
        spent.insert(reader, Spent { seconds: before + time.as_secs_f64(), at: Instant::now() });
    }

    pub fn forget_idle(&self) {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.retain(|reader, spent| spent.now(self.limit(*reader)) > 0.0);
    }

    fn limit(&self, reader: Reader) -> u32 {
        match reader {
            Reader::Address(_) => self.address_s,
            Reader::Account(_) => self.account_s,
        }
    }
}

impl Spent {
    fn now(&self, limit: u32) -> f64 {
        (self.seconds - self.at.elapsed().as_secs_f64() * f64::from(limit) / 60.0).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_what_a_request_costs() {
        let spending = Spending::new(60, 0);
        let (lan, address) = (Reader::Account(1), Reader::Address(None));
        spending.note(address, Duration::from_secs(59));
        assert!(spending.check(address).is_ok());
        spending.note(address, Duration::from_secs(31));
        let refused = spending.check(address).unwrap_err();
        assert!((29..=30).contains(&refused.wait.as_secs()), "{refused:?}");
        spending.note(lan, Duration::from_secs(1000));
        assert!(spending.check(lan).is_ok(), "0 means no limit");
        assert!(spending.check(Reader::Address(Some([203, 0, 113, 1].into()))).is_ok());
    }
}
