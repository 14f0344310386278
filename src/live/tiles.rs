//! Tiles that were made and still hold: those of layers in memory, without filters, for anonymous callers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::layers::Layer;
use crate::live::State;
use crate::register::tiles::Tile;

/// How many bytes are kept.
const MOST: usize = 128 << 20;
/// What a kept tile takes beside its bytes.
const EACH: usize = 200;
/// Shapes are drawn beyond the edges of a tile, in units of the tile.
const MARGIN: f64 = 256.0;

type Key = (Vec<&'static str>, Tile);

#[derive(Default)]
pub struct Tiles {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    tiles: HashMap<Key, Arc<[u8]>>,
    bytes: usize,
}

impl Tiles {
    pub fn find(&self, layers: &[&'static Layer], tile: Tile) -> Option<Arc<[u8]>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).tiles.get(&key(layers, tile)).cloned()
    }

    /// Keeps a tile that was read after `before` was the state, unless its layers have changed until `now`.
    pub fn keep(
        &self,
        layers: &[&'static Layer],
        tile: Tile,
        bytes: &[u8],
        before: &State,
        now: impl FnOnce() -> Option<Arc<State>>,
    ) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let versions = before.versions(layers);
        if versions.is_none() || now().and_then(|now| now.versions(layers)) != versions {
            return;
        }
        if kept.bytes > MOST {
            *kept = Kept::default();
        }
        kept.bytes += bytes.len() + EACH;
        kept.tiles.insert(key(layers, tile), bytes.into());
    }

    /// Drops the tiles of a layer in which something changed, then does `publish` before any other tile is kept. `None`:
    /// anything may have changed.
    pub fn change(&self, changed: &HashMap<&'static str, Option<Vec<[f64; 4]>>>, publish: impl FnOnce()) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut freed = 0;
        kept.tiles.retain(|(layers, tile), bytes| {
            let [west, south, east, north] = tile.bounds(MARGIN);
            let meets = |[w, s, e, n]: &[f64; 4]| *w <= east && *e >= west && *s <= north && *n >= south;
            let is_old = layers.iter().any(|layer| match changed.get(layer) {
                None => false,
                Some(None) => true,
                Some(Some(places)) => places.iter().any(meets),
            });
            freed += if is_old { bytes.len() + EACH } else { 0 };
            !is_old
        });
        kept.bytes = kept.bytes.saturating_sub(freed);
        publish();
    }
}

fn key(layers: &[&'static Layer], tile: Tile) -> Key {
    (layers.iter().map(|layer| layer.collection).collect(), tile)
}
