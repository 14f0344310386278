//! A number of places, and a queue of bounded length before them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ::deadpool::managed::TimeoutType;
use diesel_async::pooled_connection::deadpool::PoolError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

pub struct Gate {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    most_waiting: usize,
}

impl Gate {
    pub fn new(places: usize, waiting_each: usize) -> Gate {
        let places = places.max(1);
        let most_waiting = places * waiting_each;
        Gate { places: Arc::new(Semaphore::new(places)), waiting: AtomicUsize::new(0), most_waiting }
    }

    /// A place. If too many wait already, it fails at once: otherwise they would pile up, and each would be answered
    /// after its client has left.
    pub async fn enter(&self, wait: Duration) -> Result<OwnedSemaphorePermit, PoolError> {
        if let Ok(place) = self.places.clone().try_acquire_owned() {
            return Ok(place);
        }
        let full = PoolError::Timeout(TimeoutType::Wait);
        let waiting = Waiting::new(&self.waiting);
        if waiting.others >= self.most_waiting {
            return Err(full);
        }
        let place = timeout(wait, self.places.clone().acquire_owned()).await;
        place.ok().and_then(Result::ok).ok_or(full)
    }
}

struct Waiting<'a> {
    count: &'a AtomicUsize,
    others: usize,
}

impl Waiting<'_> {
    fn new(count: &AtomicUsize) -> Waiting<'_> {
        Waiting { count, others: count.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn the_queue_has_an_end() {
        let gate = Gate::new(1, 1);
        let place = gate.enter(Duration::ZERO).await.ok();
        assert!(place.is_some());
        let long = Duration::from_secs(60);
        let first = gate.enter(long);
        let second = async {
            tokio::task::yield_now().await;
            assert!(gate.enter(long).await.is_err(), "one waits already");
            drop(place);
        };
        let (first, ()) = tokio::join!(first, second);
        assert!(first.is_ok());
        assert!(gate.enter(Duration::from_millis(10)).await.is_err());
    }
}
