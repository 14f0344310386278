//! Heavy work: large bodies, files, plans. It runs on threads of its own, so that the workers go on answering, and only
//! as much at once as the memory holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, web};
use futures_util::StreamExt;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::spawn_blocking;

use crate::error::Error;
use crate::files::sheet::MAX_CELLS;
use crate::http::audit::Trace;
use crate::http::clock::Clock;
use crate::http::language::wants_vietnamese;
use crate::http::links::base;
use crate::http::state::App;
use crate::input::measure;
use crate::layers::Problem;
use crate::postgres::work::{self, Share, Work};
use crate::texts::text;

/// Smaller bodies are handled by the worker that read them, in milliseconds.
pub const SMALL: usize = 32 * 1024;

/// How much of the bodies over [`FREE`] is in memory at once, MiB.
const BODIES_MIB: usize = 96;
/// The first part of a body, which takes no room.
const FREE: usize = 1 << 20;

/// The places for work. A piece of work takes one or more by the number of its values. The largest leaves one free, so
/// that a list of ten rows need not wait for one of 100,000.
const PLACES: usize = 6;
const MOST_PLACES: usize = PLACES - 1;

/// How long a request waits for room or a place.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many requests may wait for a place.
const WAITING: usize = 64;

/// What bounds heavy work.
pub struct Heavy {
    bodies: Arc<Semaphore>,
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Default for Heavy {
    fn default() -> Heavy {
        let semaphore = |count| Arc::new(Semaphore::new(count));
        Heavy { bodies: semaphore(BODIES_MIB), places: semaphore(PLACES), waiting: AtomicUsize::new(0) }
    }
}

/// A place for a piece of work, until it is dropped.
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Heavy {
    /// A place for work on so many values.
    ///
    /// # Errors
    /// `Overloaded` when none becomes free in time, or too many requests wait.
    pub async fn place(&self, values: usize) -> Result<Place, Error> {
        let count = (1 + values.saturating_mul(MOST_PLACES - 1) / MAX_CELLS).min(MOST_PLACES);
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= WAITING {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Error::Overloaded);
        }
        let taken = take(&self.places, count).await;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        Ok(Place { _permit: taken? })
    }

    /// A place for work on a body or file.
    ///
    /// # Errors
    /// As [`place`](Heavy::place).
    pub async fn place_for(&self, bytes: impl AsRef<[u8]> + Send + 'static) -> Result<Place, Error> {
        let values = spawn_blocking(move || measure::values(bytes.as_ref())).await.map_err(anyhow::Error::new)?;
        self.place(values).await
    }
}

async fn take(semaphore: &Arc<Semaphore>, count: usize) -> Result<OwnedSemaphorePermit, Error> {
    let permit = Arc::clone(semaphore).acquire_many_owned(count as u32);
    match tokio::time::timeout(PATIENCE, permit).await {
        Ok(Ok(permit)) => Ok(permit),
        Ok(Err(_)) | Err(_) => Err(Error::Overloaded),
    }
}

/// Runs work on a thread of its own. When the request ends, the work ends at its next `await`.
///
/// # Errors
/// `Internal` when the work panics.
pub async fn run<T, F>(place: Place, work: impl FnOnce() -> F + Send + 'static) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
    T: Send + 'static,
{
    let handle = Handle::current();
    let (alive, ended) = oneshot::channel::<()>();
    let share = work::share();
    let running = spawn_blocking(move || {
        let _place = place;
        handle.block_on(async {
            tokio::select! {
                biased;
                _ = ended => Err(Error::Timeout),
                done = shared(share, work) => done,
            }
        })
    });
    let done = running.await.map_err(anyhow::Error::new)?;
    drop(alive);
    done
}

/// Does work with the share of the request that it belongs to.
async fn shared<T, F: Future<Output = T>>(share: Option<Share>, work: impl FnOnce() -> F) -> T {
    match share {
        Some(share) => Work::part_of(share).run(work()).await,
        None => work().await,
    }
}

/// A body that is being read, with the room that it takes in memory.
#[derive(Default)]
pub struct Body {
    bytes: Vec<u8>,
    room: Room,
}

/// The room of a body, until it is dropped.
pub type Room = Option<OwnedSemaphorePermit>;

impl Body {
    /// Adds a chunk.
    ///
    /// # Errors
    /// 413 beyond `limit`; `Overloaded` when there is no room in time.
    pub async fn add(&mut self, heavy: &Heavy, chunk: &[u8], limit: usize) -> Result<(), Error> {
        let size = self.bytes.len() + chunk.len();
        if size > limit {
            return Err(Error::TooLarge);
        }
        let needed = size.saturating_sub(FREE).div_ceil(1 << 20);
        let held = self.room.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        if needed > held {
            let more = take(&heavy.bodies, needed - held).await?;
            match &mut self.room {
                Some(room) => room.merge(more),
                none => *none = Some(more),
            }
        }
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Reads a body of at most `limit` bytes.
    ///
    /// # Errors
    /// As [`add`](Body::add); 422 for a body that broke off.
    pub async fn read(heavy: &Heavy, mut payload: web::Payload, limit: usize) -> Result<Body, Error> {
        let mut body = Body::default();
        while let Some(chunk) = payload.next().await {
            let broken = |_| Error::Invalid(vec![Problem::in_body("", text!("json.malformed/broken"))]);
            body.add(heavy, &chunk.map_err(broken)?, limit).await?;
        }
        Ok(body)
    }

    /// The bytes, and the room that they take, which is to be kept as long.
    pub fn split(self) -> (web::Bytes, Room) {
        (self.bytes.into(), self.room)
    }
}

/// What a write needs of its request, to be taken to another thread.
#[derive(Clone)]
pub struct Asked {
    pub method: String,
    pub uri: String,
    pub headers: HeaderMap,
    pub query: String,
    pub base: String,
    pub clock: Clock,
    pub vietnamese: bool,
    pub trace: Trace,
}

impl Asked {
    pub fn of(app: &App, request: &HttpRequest) -> Asked {
        Asked {
            method: request.method().to_string(),
            uri: request.uri().to_string(),
            headers: request.headers().clone(),
            query: request.query_string().to_owned(),
            base: base(app, request),
            clock: Clock::of(request),
            vietnamese: wants_vietnamese(request),
            trace: Trace::of(request),
        }
    }
}
