//! One connection of a client: what it is doing, and since when.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::task::AtomicWaker;

/// How long a client may take to send the head of a request. The server answers 408 to a first head that is late, and
/// closes the connection when a later one is.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a connection may wait for its next request.
pub const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// A client that is slow to take an answer must take [`SLOWEST`] bytes in this time.
const PATIENCE: Duration = Duration::from_secs(30);
const SLOWEST: usize = 64 * 1024;

/// No instant.
const NONE: u64 = u64::MAX;

/// Shared by the connection's socket, the middleware of its requests, and the watch over all connections.
#[derive(Debug)]
pub struct Connection {
    pub(super) number: u64,
    /// `None`: the address is unknown, or a proxy's.
    pub(super) address: Option<IpAddr>,
    opened: Instant,
    phase: AtomicU8,
    /// When the phase began, milliseconds after `opened`.
    since_ms: AtomicU64,
    /// When the client first did not take what was written to it, milliseconds after `opened`.
    blocked_ms: AtomicU64,
    /// Bytes that it has taken since then.
    taken: AtomicUsize,
    is_ended: AtomicBool,
    pub(super) waker: AtomicWaker,
}

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It waits for a request.
    Idle = 0,
    /// A head has begun to arrive.
    Head = 1,
    /// A request is being answered.
    Busy = 2,
}

impl Connection {
    pub(super) fn new(number: u64, address: Option<IpAddr>) -> Connection {
        Connection {
            number,
            address,
            opened: Instant::now(),
            phase: AtomicU8::new(Phase::Idle as u8),
            since_ms: AtomicU64::new(0),
            blocked_ms: AtomicU64::new(NONE),
            taken: AtomicUsize::new(0),
            is_ended: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        }
    }

    /// Begins a phase.
    pub fn enter(&self, phase: Phase) {
        self.since_ms.store(self.now_ms(), Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Notes that bytes have arrived.
    pub(super) fn note_arrival(&self) {
        if self.is_idle() {
            self.enter(Phase::Head);
        }
    }

    /// Notes that the client has taken bytes, or that it does not take any.
    pub(super) fn note_taken(&self, bytes: Option<usize>) {
        if bytes.is_none() && self.blocked_ms.load(Ordering::Relaxed) == NONE {
            self.taken.store(0, Ordering::Relaxed);
            self.blocked_ms.store(self.now_ms(), Ordering::Relaxed);
        }
        let bytes = bytes.unwrap_or(0);
        if bytes > 0 && self.taken.fetch_add(bytes, Ordering::Relaxed) + bytes >= SLOWEST {
            self.note_all_taken();
        }
    }

    /// Notes that the client has taken everything that was written.
    pub(super) fn note_all_taken(&self) {
        self.blocked_ms.store(NONE, Ordering::Relaxed);
    }

    /// Ends the connection at its next step, which this causes.
    pub(super) fn end(&self) {
        self.is_ended.store(true, Ordering::Release);
        self.waker.wake();
    }

    pub(super) fn is_ended(&self) -> bool {
        self.is_ended.load(Ordering::Acquire)
    }

    /// How long it has waited for a request; `None` if it does not wait.
    pub(super) fn idle(&self) -> Option<Duration> {
        self.is_idle().then(|| self.since(&self.since_ms)).flatten()
    }

    /// Whether its client takes longer than it may.
    pub(super) fn is_late(&self) -> bool {
        let is_slow = self.since(&self.blocked_ms).is_some_and(|blocked| blocked > PATIENCE);
        let longest = match self.phase.load(Ordering::Relaxed) {
            phase if phase == Phase::Idle as u8 => KEEP_ALIVE,
            phase if phase == Phase::Head as u8 => HEAD_TIMEOUT,
            _ => return is_slow,
        };
        // A little longer, so that the server can answer 408 itself.
        is_slow || self.since(&self.since_ms).is_some_and(|since| since > longest + Duration::from_secs(1))
    }

    fn is_idle(&self) -> bool {
        self.phase.load(Ordering::Relaxed) == Phase::Idle as u8
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(NONE - 1)
    }

    fn since(&self, at_ms: &AtomicU64) -> Option<Duration> {
        let at_ms = at_ms.load(Ordering::Relaxed);
        (at_ms != NONE).then(|| Duration::from_millis(self.now_ms().saturating_sub(at_ms)))
    }
}
