//! Tiles that were made and still hold: those of layers in memory, without filters, for anonymous callers.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use crate::layers::Layer;
use crate::register::tiles::Tile;

/// How many bytes are kept.
const MOST: usize = 128 << 20;
/// What a kept tile takes beside its bytes.
const EACH: usize = 200;
/// Shapes are drawn beyond the edges of a tile, in units of the tile.
const MARGIN: f64 = 256.0;

/// How many changes are remembered, and how many places of each.
const CHANGES: usize = 64;
const PLACES: usize = 256;

type Key = (Vec<&'static str>, Tile);

/// What changed of each layer: the boxes of its places, or anything.
pub type Changed = HashMap<&'static str, Option<Vec<[f64; 4]>>>;

#[derive(Default)]
pub struct Tiles {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    tiles: HashMap<Key, Arc<[u8]>>,
    bytes: usize,
    /// How often something has changed, and the last of these changes.
    turn: u64,
    changes: VecDeque<Changed>,
}

impl Tiles {
    pub fn find(&self, layers: &[&'static Layer], tile: Tile) -> Option<Arc<[u8]>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).tiles.get(&key(layers, tile)).cloned()
    }

    /// How often something has changed. Read it before what a tile is drawn from.
    pub fn turn(&self) -> u64 {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).turn
    }

    /// Keeps a tile that was drawn since a turn, unless something has changed in it meanwhile, or so much that nobody knows.
    pub fn keep(&self, layers: &[&'static Layer], tile: Tile, bytes: &[u8], since: u64) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (key, later) = (key(layers, tile), (kept.turn - since) as usize);
        if later > kept.changes.len() || kept.changes.iter().rev().take(later).any(|changed| changes(changed, &key)) {
            return;
        }
        if kept.bytes > MOST {
            kept.tiles.clear();
            kept.bytes = 0;
        }
        kept.bytes += bytes.len() + EACH;
        kept.tiles.insert(key, bytes.into());
    }

    /// Drops the tiles in which something changed, then does `publish` before any other tile is kept.
    pub fn change(&self, changed: Changed, publish: impl FnOnce()) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut freed = 0;
        kept.tiles.retain(|key, bytes| {
            let is_old = changes(&changed, key);
            freed += if is_old { bytes.len() + EACH } else { 0 };
            !is_old
        });
        kept.bytes = kept.bytes.saturating_sub(freed);
        kept.turn += 1;
        let few = |places: Option<Vec<_>>| places.filter(|places| places.len() <= PLACES);
        kept.changes.push_back(changed.into_iter().map(|(layer, places)| (layer, few(places))).collect());
        if kept.changes.len() > CHANGES {
            kept.changes.pop_front();
        }
        publish();
    }
}

/// Whether something has changed in a tile of layers.
fn changes(changed: &Changed, (layers, tile): &Key) -> bool {
    let [west, south, east, north] = tile.bounds(MARGIN);
    let meets = |[w, s, e, n]: &[f64; 4]| *w <= east && *e >= west && *s <= north && *n >= south;
    layers.iter().any(|layer| match changed.get(layer) {
        None => false,
        Some(None) => true,
        Some(Some(places)) => places.iter().any(meets),
    })
}

fn key(layers: &[&'static Layer], tile: Tile) -> Key {
    (layers.iter().map(|layer| layer.collection).collect(), tile)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{CAMERA, TOWER};

    const TILE: Tile = Tile { z: 12, x: 3250, y: 1817 };

    fn change(tiles: &Tiles, layer: &'static Layer, places: Option<Vec<[f64; 4]>>) {
        tiles.change(Changed::from([(layer.collection, places)]), || {});
    }

    #[test]
    fn a_tile_is_kept_unless_something_changed_in_it_while_it_was_drawn() {
        let (inside, elsewhere) = ([105.7, 19.85, 105.7, 19.85], [106.7, 20.8, 106.7, 20.8]);
        for (layer, places, is_kept) in [
            (&CAMERA, Some(vec![elsewhere]), true),
            (&CAMERA, Some(vec![elsewhere, inside]), false),
            (&CAMERA, None, false),
            (&CAMERA, Some(vec![elsewhere; PLACES + 1]), false),
            (&TOWER, Some(vec![inside]), true),
        ] {
            let tiles = Tiles::default();
            change(&tiles, &CAMERA, None);
            let since = tiles.turn();
            change(&tiles, layer, places.clone());
            tiles.keep(&[&CAMERA], TILE, b"tile", since);
            assert_eq!(tiles.find(&[&CAMERA], TILE).is_some(), is_kept, "{} {places:?}", layer.collection);
        }
        let tiles = Tiles::default();
        let since = tiles.turn();
        (0..=CHANGES).for_each(|_| change(&tiles, &CAMERA, Some(vec![elsewhere])));
        tiles.keep(&[&CAMERA], TILE, b"tile", since);
        assert!(tiles.find(&[&CAMERA], TILE).is_none(), "nobody knows any more what changed");
    }
}
