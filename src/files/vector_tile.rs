//! Writes a layer of points of a Mapbox Vector Tile 2.1 (github.com/mapbox/vector-tile-spec).

use std::collections::HashMap;

use crate::files::protobuf::{put_bytes, put_double, put_number, put_numbers, zigzag};

/// The width of a tile in its own units.
pub const EXTENT: u32 = 4096;

/// A value of a property.
#[derive(Debug, Clone, PartialEq)]
pub enum Property {
    Text(String),
    Integer(i64),
    Double(f64),
    Bool(bool),
}

/// A layer to which points are added.
#[derive(Default)]
pub struct PointLayer {
    features: Vec<u8>,
    keys: Vec<&'static str>,
    /// The number of each value, by its encoding.
    values: HashMap<Vec<u8>, u32>,
}

impl PointLayer {
    /// Adds a point at a place of the tile.
    pub fn add(
        &mut self,
        id: Option<i64>,
        [x, y]: [u32; 2],
        properties: impl IntoIterator<Item = (&'static str, Property)>,
    ) {
        let mut tags = Vec::new();
        for (key, value) in properties {
            tags.push(self.key(key));
            let next = self.values.len() as u32;
            tags.push(*self.values.entry(encode(&value)).or_insert(next));
        }
        let mut feature = Vec::new();
        if let Some(id) = id {
            put_number(&mut feature, 1, id as u64);
        }
        put_numbers(&mut feature, 2, tags);
        put_number(&mut feature, 3, 1);
        // The command: go to one place.
        put_numbers(&mut feature, 4, [1 << 3 | 1, zigzag(x as i32), zigzag(y as i32)]);
        put_bytes(&mut self.features, 2, &feature);
    }

    fn key(&mut self, key: &'static str) -> u32 {
        let known = self.keys.iter().position(|own| *own == key);
        known.unwrap_or_else(|| {
            self.keys.push(key);
            self.keys.len() - 1
        }) as u32
    }

    /// The layer as part of a tile; nothing without points.
    pub fn finish(self, name: &str) -> Vec<u8> {
        if self.features.is_empty() {
            return Vec::new();
        }
        let mut layer = Vec::new();
        put_number(&mut layer, 15, 2);
        put_bytes(&mut layer, 1, name.as_bytes());
        layer.extend_from_slice(&self.features);
        self.keys.iter().for_each(|key| put_bytes(&mut layer, 3, key.as_bytes()));
        let mut values: Vec<_> = self.values.into_iter().collect();
        values.sort_unstable_by_key(|(_, nth)| *nth);
        values.iter().for_each(|(value, _)| put_bytes(&mut layer, 4, value));
        put_number(&mut layer, 5, EXTENT.into());
        let mut tile = Vec::new();
        put_bytes(&mut tile, 3, &layer);
        tile
    }
}

fn encode(value: &Property) -> Vec<u8> {
    let mut out = Vec::new();
    match value {
        Property::Text(text) => put_bytes(&mut out, 1, text.as_bytes()),
        Property::Double(number) => put_double(&mut out, 3, *number),
        Property::Integer(number) if *number < 0 => put_number(&mut out, 4, *number as u64),
        Property::Integer(number) => put_number(&mut out, 5, *number as u64),
        Property::Bool(value) => put_number(&mut out, 7, u64::from(*value)),
    }
    out
}
