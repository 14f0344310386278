//! Hashes and checks passwords.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::rt::task::spawn_blocking;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use unicode_normalization::UnicodeNormalization;

use crate::error::Error;

/// Each hash takes 19 MiB and one core. More at once would only wait for each other.
const AT_ONCE: usize = 2;
const LONGEST_WAIT: Duration = Duration::from_secs(5);
static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

static VERIFICATIONS: AtomicU64 = AtomicU64::new(0);

/// A password as it was typed, composed (NFC) so that every keyboard gives the same bytes. Never printed.
#[derive(Clone)]
pub struct Password(pub(super) String);

impl Password {
    pub fn new(given: &str) -> Password {
        Password(given.nfc().collect())
    }

    /// Hashes the password, away from the threads that serve requests.
    ///
    /// # Errors
    /// 503 when too many others are waiting.
    pub async fn hash(self) -> Result<String, Error> {
        off_thread(move || {
            let salt: [u8; 16] = rand::random();
            let hash = argon2().hash_password_with_salt(self.0.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(|error| anyhow::anyhow!("argon2: {error}"))
        })
        .await?
        .map_err(Error::Internal)
    }

    /// Whether the password matches a hash. Without a hash it does the same work, so that the time taken does not
    /// reveal whether there is one.
    ///
    /// # Errors
    /// 503 when too many others are waiting.
    pub async fn verify(self, hash: Option<String>) -> Result<bool, Error> {
        static NONE: LazyLock<String> = LazyLock::new(|| {
            let (password, salt): ([u8; 32], [u8; 16]) = rand::random();
            argon2().hash_password_with_salt(&password, &salt).map(|hash| hash.to_string()).unwrap_or_default()
        });
        off_thread(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NONE.clone());
            let matches = PasswordHash::new(&hash)
                .is_ok_and(|parsed| argon2().verify_password(self.0.as_bytes(), &parsed).is_ok());
            VERIFICATIONS.fetch_add(1, Ordering::Relaxed);
            known && matches
        })
        .await
    }
}

/// The number of verifications so far. A sign-in does one, whatever the account.
pub fn verifications() -> u64 {
    VERIFICATIONS.load(Ordering::Relaxed)
}

/// argon2id with the parameters of OWASP's Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane.
fn argon2() -> Argon2<'static> {
    const MEMORY_KIB: u32 = 19 * 1024;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(MEMORY_KIB, 2, 1, None).unwrap_or_default())
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let place = timeout(LONGEST_WAIT, PLACES.acquire()).await.map_err(|_| Error::Overloaded)?;
    let _place = place.map_err(|error| Error::Internal(error.into()))?;
    spawn_blocking(work).await.map_err(|error| Error::Internal(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_password_is_the_same_from_every_keyboard() {
        let composed = Password::new("thuyền giấy trôi ngược suối");
        let decomposed = Password::new(&"thuyền giấy trôi ngược suối".nfd().collect::<String>());
        let hash = composed.hash().await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(decomposed.verify(Some(hash.clone())).await.unwrap());
        assert!(!Password::new("thuyền giấy trôi ngược sông").verify(Some(hash)).await.unwrap());
    }

    #[actix_web::test]
    async fn without_a_hash_nothing_is_right_and_the_work_is_done() {
        let before = verifications();
        assert!(!Password::new("thuyền giấy trôi ngược suối").verify(None).await.unwrap());
        assert!(verifications() > before);
    }
}
