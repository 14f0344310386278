//! The state that all handlers share.

use std::path::PathBuf;
use std::sync::Arc;

use crate::accounts::mail::Mailer;
use crate::accounts::secret_key::SecretKey;
use crate::config::{Limits, Page};
use crate::http::changes::streams::Streams;
use crate::http::heavy::Heavy;
use crate::http::limiters::Limiters;
use crate::http::seats::Seats;
use crate::live::Live;
use crate::postgres::{EXPORTS, Store};

/// The connection pool, the settings, and the limits on callers, streams and heavy work of this process.
#[derive(Clone)]
pub struct App {
    pub store: Store,
    pub limits: Limits,
    pub page: Page,
    pub limiters: Arc<Limiters>,
    pub streams: Arc<Streams>,
    pub heavy: Arc<Heavy>,
    /// The layers in memory.
    pub live: Arc<Live>,
    /// Where the private cluster is.
    pub data_dir: Option<PathBuf>,
    /// The mail server, if one is configured.
    pub mailer: Option<Mailer>,
    /// The key of the secrets of authenticators, if there is one.
    pub secret_key: Option<Arc<SecretKey>>,
    /// Exports that run: as many as there are connections for them.
    pub exports: Arc<Seats>,
}

impl App {
    pub fn new(store: Store, limits: Limits, page: Page) -> App {
        let limiters = Arc::new(Limiters::new(&limits.rates));
        let streams = Arc::new(Streams::new(&limits.streams, limits.db_connections));
        let exports = Arc::new(Seats::new(EXPORTS, EXPORTS / 2));
        let live = Arc::new(Live::new(&limits.live_off));
        let heavy = Arc::default();
        let (data_dir, mailer, secret_key) = (None, None, None);
        App { store, limits, page, limiters, streams, heavy, live, data_dir, mailer, secret_key, exports }
    }
}
