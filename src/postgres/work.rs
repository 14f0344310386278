//! The work of one request: for whom it is done, which share of the connections it may have, and how long it held them.
//! [`Store`](super::Store) asks for it here, so that no handler has to pass it on.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

tokio::task_local! {
    static WORK: Rc<Work>;
}

#[derive(Debug)]
pub struct Work {
    is_dear: bool,
    layer: Option<&'static str>,
    account: Cell<Option<i64>>,
    is_abandoned: Cell<bool>,
    held: Cell<Duration>,
}

/// What limits the connections of some work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    pub account: Option<i64>,
    /// Whether it counts over many records.
    pub is_dear: bool,
    /// The collection that it reads or writes.
    pub layer: Option<&'static str>,
}

impl Work {
    /// Work for an anonymous caller, until [`belongs_to`] says otherwise.
    pub fn new(is_dear: bool, layer: Option<&'static str>) -> Rc<Work> {
        let (account, is_abandoned, held) = (Cell::new(None), Cell::new(false), Cell::default());
        Rc::new(Work { is_dear, layer, account, is_abandoned, held })
    }

    /// A part of some work, on another thread.
    pub fn part_of(share: Share) -> Rc<Work> {
        let work = Work::new(share.is_dear, share.layer);
        work.account.set(share.account);
        work
    }

    /// Does the work. If this is dropped before its end, because the client has gone or the time is over, the
    /// connections that the work holds are closed, and PostgreSQL cancels their statements.
    pub async fn run<F: Future>(self: Rc<Work>, work: F) -> F::Output {
        let work = pin!(WORK.scope(self.clone(), work));
        // Dropped before the work, unless the work is done.
        let _unfinished = Unfinished(self);
        work.await
    }

    /// The account for which it is done.
    pub fn account(&self) -> Option<i64> {
        self.account.get()
    }

    /// How long it has held connections.
    pub fn held(&self) -> Duration {
        self.held.get()
    }
}

struct Unfinished(Rc<Work>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.0.is_abandoned.set(true);
    }
}

/// Notes that the current work is for an account.
pub fn belongs_to(account: i64) {
    let _ = WORK.try_with(|work| work.account.set(Some(account)));
}

/// The share of the current work; `None` outside of requests.
pub fn share() -> Option<Share> {
    let share = |work: &Rc<Work>| Share { account: work.account.get(), is_dear: work.is_dear, layer: work.layer };
    WORK.try_with(share).ok()
}

/// Notes how long a connection was held. Returns whether its work was abandoned.
pub fn give_back(held: Duration) -> bool {
    let note = |work: &Rc<Work>| {
        work.held.set(work.held.get() + held);
        work.is_abandoned.get()
    };
    WORK.try_with(note).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Holds a connection for some work.
    struct Holds(Rc<Cell<Option<bool>>>);

    impl Drop for Holds {
        fn drop(&mut self) {
            self.0.set(Some(give_back(Duration::from_secs(1))));
        }
    }

    #[actix_web::test]
    async fn work_that_is_dropped_is_abandoned() {
        for (ends, abandoned) in [(true, false), (false, true)] {
            let seen = Rc::new(Cell::new(None));
            let work = Work::new(false, None);
            let holds = Holds(seen.clone());
            let done = work.clone().run(async move {
                belongs_to(7);
                if !ends {
                    std::future::pending::<()>().await;
                }
                drop(holds);
            });
            let _ = tokio::time::timeout(Duration::from_millis(20), done).await;
            assert_eq!(seen.get(), Some(abandoned));
            assert_eq!((work.account(), work.held()), (Some(7), Duration::from_secs(1)));
            assert_eq!(share(), None);
        }
    }
}
