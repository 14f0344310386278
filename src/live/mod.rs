//! Layers in memory: what anonymous callers see now, for answers that need no connection to PostgreSQL.
//!
//! It follows the change feed, and only answers while it does: a node that has not heard of the feed for two seconds leaves
//! the answers to SQL. Dropping it changes speed, never an answer.

mod answers;
mod drawing;
mod follow;
mod rows;
mod tiles;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::NaiveDate;

use crate::layers::{ALL, Layer};

pub use answers::{Answer, answer};
pub use drawing::draw;
pub use rows::{Found, Rows};
pub use tiles::Tiles;

/// How long the rows count as those of now after the feed was read.
const FRESH: Duration = Duration::from_secs(2);

/// The layers of this process.
pub struct Live {
    /// Those that are kept in memory.
    layers: Vec<&'static Layer>,
    now: RwLock<Now>,
    /// Held by who reads the feed.
    turn: tokio::sync::Mutex<follow::Packing>,
    tiles: Tiles,
}

#[derive(Default)]
struct Now {
    state: Option<Arc<State>>,
    /// When the feed was last read to its end; `None` before, and after a write that is not in the feed yet.
    read_at: Option<Instant>,
}

/// Of which state of the database something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// The last number of the public feed.
    pub seq: i64,
    /// The version of units and other data that are not assets.
    pub reference: i64,
    pub today: NaiveDate,
}

/// The layers at one moment.
#[derive(Clone)]
pub struct State {
    pub version: Version,
    layers: HashMap<&'static str, Rows>,
}

/// Whether this process answers from memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Off,
    Loading,
    /// It has lost the feed, and answers from SQL.
    Behind,
    Following,
}

impl Standing {
    pub fn name(self) -> &'static str {
        match self {
            Standing::Off => "off",
            Standing::Loading => "loading",
            Standing::Behind => "behind",
            Standing::Following => "following",
        }
    }
}

impl Live {
    /// Of all layers except `left_out`. Nothing is read yet.
    pub fn new(left_out: &[String]) -> Live {
        let is_kept = |layer: &&&'static Layer| !left_out.iter().any(|name| name == "all" || name == layer.collection);
        let layers = ALL.iter().filter(is_kept).copied().collect();
        Live { layers, now: RwLock::default(), turn: tokio::sync::Mutex::default(), tiles: Tiles::default() }
    }

    /// The rows of now; `None` where SQL must answer.
    pub fn current(&self, today: NaiveDate) -> Option<Arc<State>> {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = now.read_at.is_some_and(|at| at.elapsed() < FRESH);
        now.state.as_ref().filter(|state| is_fresh && state.version.today == today).cloned()
    }

    pub fn standing(&self, today: NaiveDate) -> Standing {
        if self.layers.is_empty() {
            return Standing::Off;
        }
        let is_loaded = self.now.read().unwrap_or_else(PoisonError::into_inner).state.is_some();
        match (is_loaded, self.current(today)) {
            (false, _) => Standing::Loading,
            (true, None) => Standing::Behind,
            (true, Some(_)) => Standing::Following,
        }
    }

    pub fn tiles(&self) -> &Tiles {
        &self.tiles
    }
}

impl State {
    /// The rows of a layer, if they are kept.
    pub fn rows(&self, layer: &Layer) -> Option<&Rows> {
        self.layers.get(layer.collection)
    }
}
