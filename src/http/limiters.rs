//! Counts the requests of each address, credential and account.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Rates;
use crate::error::Error;
use crate::http::spending::Spending;

/// What the limiters need to know about a request.
pub struct Asker {
    pub address: Option<IpAddr>,
    pub secret: Option<SecretHash>,
    pub writes: bool,
    pub tries_password: bool,
}

pub type SecretHash = [u8; 32];

/// An address that guesses, and whether it guesses passwords. Tokens and passwords are counted apart.
type Guesser = (IpAddr, bool);

impl Asker {
    fn guesser(&self) -> Option<Guesser> {
        Some((self.address?, self.tries_password))
    }
}

/// The counters, shared by all workers.
pub struct Limiters {
    address_reads: Limiter<IpAddr>,
    address_writes: Limiter<IpAddr>,
    credential_reads: Limiter<SecretHash>,
    credential_writes: Limiter<SecretHash>,
    account_reads: Limiter<i64>,
    account_writes: Limiter<i64>,
    /// Time of the database.
    pub spending: Spending,
    /// Requests that may try a password, by address.
    sign_ins: Limiter<IpAddr>,
    /// Credentials that were refused.
    failures: Limiter<Guesser>,
    /// The same wrong credential again is not a guess: a program with an old token must not shut out its whole office.
    failed_lately: Limiter<SecretHash>,
    /// Addresses with too many failures. Until this time their unknown credentials, or their passwords, are rejected.
    shut_out: Mutex<HashMap<Guesser, Instant>>,
}

impl Limiters {
    pub fn new(rates: &Rates) -> Limiters {
        Limiters {
            address_reads: Limiter::new(rates.address_reads_per_minute),
            address_writes: Limiter::new(rates.address_writes_per_minute),
            credential_reads: Limiter::new(rates.credential_reads_per_minute),
            credential_writes: Limiter::new(rates.credential_writes_per_minute),
            account_reads: Limiter::new(rates.credential_reads_per_minute),
            account_writes: Limiter::new(rates.credential_writes_per_minute),
            spending: Spending::new(rates.address_seconds_per_minute, rates.account_seconds_per_minute),
            sign_ins: Limiter::new(rates.sign_ins_per_minute),
            failures: Limiter::new(rates.failures_per_minute),
            failed_lately: Limiter::new(1),
            shut_out: Mutex::default(),
        }
    }

    /// Counts a request before its caller is known.
    ///
    /// # Errors
    /// `TooManyRequests`.
    pub fn admit(&self, asker: &Asker) -> Result<(), Refused> {
        let Asker { address, secret, writes, tries_password } = asker;
        let (by_address, by_credential) = match writes {
            false => (&self.address_reads, &self.credential_reads),
            true => (&self.address_writes, &self.credential_writes),
        };
        by_address.check(address.as_ref())?;
        if *tries_password {
            self.sign_ins.check(address.as_ref())?;
            self.check_shut_out(asker)?;
        }
        by_credential.check(secret.as_ref())
    }

    /// Counts a request once the caller is known. All tokens and sessions of an account are counted together.
    ///
    /// # Errors
    /// `TooManyRequests`.
    pub fn admit_account(&self, account_id: i64, writes: bool) -> Result<(), Error> {
        let by_account = if writes { &self.account_writes } else { &self.account_reads };
        by_account.check(Some(&account_id)).map_err(Refused::into)
    }

    /// Whether the address has guessed too often. For tokens this is asked when the token has turned out to be unknown: a
    /// neighbour's wrong tokens do not shut out good ones, nor do they shut out passwords.
    ///
    /// # Errors
    /// When it has.
    pub fn check_shut_out(&self, asker: &Asker) -> Result<(), Refused> {
        let Some(guesser) = asker.guesser() else { return Ok(()) };
        let shut_out = self.shut_out.lock().unwrap_or_else(PoisonError::into_inner);
        match shut_out.get(&guesser).and_then(|until| until.checked_duration_since(Instant::now())) {
            Some(wait) => Err(Refused { wait, limit: self.failures.limit }),
            None => Ok(()),
        }
    }

    /// Counts a credential or password that was refused.
    pub fn note_failure(&self, asker: &Asker) {
        let Some(guesser) = asker.guesser() else { return };
        let secret = asker.secret;
        // A password is always a guess, even if the request also carries a credential.
        let is_guess =
            asker.tries_password || secret.is_some_and(|secret| self.failed_lately.check(Some(&secret)).is_ok());
        if !is_guess {
            return;
        }
        if let Err(refused) = self.failures.check(Some(&guesser)) {
            let mut shut_out = self.shut_out.lock().unwrap_or_else(PoisonError::into_inner);
            shut_out.insert(guesser, Instant::now() + refused.wait);
        }
    }

    /// Forgets keys that have not made requests lately, to save memory. To be called about once a minute.
    pub fn forget_idle(&self) {
        self.failures.forget_idle();
        for limiter in [&self.address_reads, &self.address_writes, &self.sign_ins] {
            limiter.forget_idle();
        }
        for limiter in [&self.credential_reads, &self.credential_writes, &self.failed_lately] {
            limiter.forget_idle();
        }
        self.account_reads.forget_idle();
        self.account_writes.forget_idle();
        self.spending.forget_idle();
        let now = Instant::now();
        self.shut_out.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, until| *until > now);
    }
}

#[derive(Debug)]
pub struct Refused {
    pub wait: Duration,
    pub limit: u32,
}

impl From<Refused> for Error {
    fn from(Refused { wait, limit }: Refused) -> Error {
        Error::TooManyRequests { wait, limit }
    }
}

/// Allows `limit` requests a minute, also all at once. 0 means no limit.
struct Limiter<K: Clone + Hash + Eq> {
    limit: u32,
    inner: Option<DefaultKeyedRateLimiter<K>>,
}

impl<K: Clone + Hash + Eq> Limiter<K> {
    fn new(limit: u32) -> Limiter<K> {
        let inner = NonZeroU32::new(limit).map(|limit| RateLimiter::hashmap(Quota::per_minute(limit)));
        Limiter { limit, inner }
    }

    fn check(&self, key: Option<&K>) -> Result<(), Refused> {
        let (Some(inner), Some(key)) = (&self.inner, key) else { return Ok(()) };
        let wait = |refused: governor::NotUntil<_>| refused.wait_time_from(DefaultClock::default().now());
        inner.check_key(key).map_err(|refused| Refused { wait: wait(refused), limit: self.limit })
    }

    fn forget_idle(&self) {
        if let Some(inner) = &self.inner {
            inner.retain_recent();
            inner.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asker(address: u8, secret: Option<u8>) -> Asker {
        Asker {
            address: Some(IpAddr::from([203, 0, 113, address])),
            secret: secret.map(|byte| [byte; 32]),
            writes: false,
            tries_password: false,
        }
    }

    #[test]
    fn guessing_shuts_an_address_out_and_repeating_does_not() {
        let limiters = Limiters::new(&Rates { failures_per_minute: 3, ..Rates::UNLIMITED });
        for _ in 0..50 {
            limiters.note_failure(&asker(1, Some(0)));
        }
        assert!(limiters.admit(&asker(1, Some(0))).is_ok());
        for guess in 1..=3 {
            assert!(limiters.admit(&asker(1, Some(guess))).is_ok());
            limiters.note_failure(&asker(1, Some(guess)));
        }
        let refused = limiters.check_shut_out(&asker(1, Some(9))).unwrap_err();
        assert!(refused.wait > Duration::from_secs(10), "{:?}", refused.wait);
        assert!(limiters.admit(&asker(1, Some(9))).is_ok(), "it may be a good one");
        assert!(limiters.admit(&Asker { tries_password: true, ..asker(1, None) }).is_ok());
        assert!(limiters.check_shut_out(&asker(2, Some(9))).is_ok());
    }

    #[test]
    fn a_password_is_a_guess_with_or_without_a_cookie() {
        let limiters = Limiters::new(&Rates { failures_per_minute: 3, ..Rates::UNLIMITED });
        let guess = Asker { tries_password: true, ..asker(1, Some(0)) };
        for _ in 0..4 {
            assert!(limiters.admit(&guess).is_ok());
            limiters.note_failure(&guess);
        }
        assert!(limiters.admit(&guess).is_err());
    }

    #[test]
    fn all_tokens_of_an_account_are_counted_together() {
        let limiters = Limiters::new(&Rates { credential_writes_per_minute: 2, ..Rates::UNLIMITED });
        for allowed in [true, true, false] {
            assert_eq!(limiters.admit_account(1, true).is_ok(), allowed);
        }
        assert!(limiters.admit_account(1, false).is_ok() && limiters.admit_account(2, true).is_ok());
    }

    #[test]
    fn idle_keys_are_forgotten() {
        // The limit is so high that each key recovers at once.
        let limiters = Limiters::new(&Rates { address_reads_per_minute: u32::MAX, ..Rates::UNLIMITED });
        for address in 0..=255 {
            assert!(limiters.admit(&asker(address, Some(address))).is_ok());
        }
        limiters.forget_idle();
        assert_eq!(limiters.address_reads.inner.as_ref().unwrap().len(), 0);
    }
}
