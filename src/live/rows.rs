//! The rows of one layer that anonymous callers see: a packed base, and beside it what changed since.

use std::collections::BTreeMap;
use std::sync::Arc;

use geo::{BoundingRect, Geometry, Point};
use static_aabb2d_index::{StaticAABB2DIndex, StaticAABB2DIndexBuilder};

use crate::layers::Properties;

#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    Nowhere,
    Point(Point),
    Shape(Box<Geometry>),
}

impl Place {
    pub fn of(geometry: Option<Geometry>) -> Place {
        match geometry {
            None => Place::Nowhere,
            Some(Geometry::Point(point)) => Place::Point(point),
            Some(shape) => Place::Shape(Box::new(shape)),
        }
    }

    pub fn geometry(&self) -> Option<Geometry> {
        match self {
            Place::Nowhere => None,
            Place::Point(point) => Some((*point).into()),
            Place::Shape(shape) => Some((**shape).clone()),
        }
    }

    /// West, south, east and north.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        match self {
            Place::Nowhere => None,
            Place::Point(point) => Some([point.x(), point.y(), point.x(), point.y()]),
            Place::Shape(shape) => {
                let bounds = shape.bounding_rect()?;
                Some([bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y])
            }
        }
    }
}

/// How many fields of a row are added up at most.
pub const SUMMED: usize = 2;

/// What tiles need of a row, so that the JSON of a million rows need not be read for a map of the country.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Mark {
    /// Where a point lies in the grid of tiles.
    pub at: [u32; 2],
    /// Which of the legend's values it has; their number for none of them.
    pub legend: u8,
    /// The fields that the layer adds up.
    pub summed: [Option<i32>; SUMMED],
}

/// A row, with the GeoJSON feature that answers have of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub id: i64,
    pub json: Vec<u8>,
    pub place: Place,
    pub mark: Mark,
}

/// A row of the base, or one that changed.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    pub id: i64,
    pub json: &'a [u8],
    pub place: &'a Place,
    pub mark: &'a Mark,
}

impl Found<'_> {
    pub fn is_point(&self) -> bool {
        matches!(self.place, Place::Point(_))
    }

    pub fn properties(&self) -> Properties {
        #[derive(serde::Deserialize)]
        struct Feature {
            properties: Properties,
        }
        serde_json::from_slice::<Feature>(self.json).map(|feature| feature.properties).unwrap_or_default()
    }

    /// The version of a record; `None` for units, which have none.
    pub fn version(&self) -> Option<i64> {
        #[derive(serde::Deserialize)]
        struct Feature {
            properties: Versioned,
        }
        #[derive(serde::Deserialize)]
        struct Versioned {
            version: Option<i64>,
        }
        serde_json::from_slice::<Feature>(self.json).ok()?.properties.version
    }
}

/// Rows in the order of their ids, and an R-tree of their places, packed in Hilbert order. A point takes about 130 bytes
/// beside its JSON.
#[derive(Default)]
struct Base {
    ids: Vec<i64>,
    places: Vec<Place>,
    marks: Vec<Mark>,
    json: Vec<u8>,
    /// Where the JSON of each row ends.
    ends: Vec<usize>,
    /// `None` where no row has a place.
    tree: Option<StaticAABB2DIndex<f64>>,
    /// The row of each place in the tree.
    placed: Vec<u32>,
}

/// A base to which rows are added in the order of their ids, one at a time: all of them beside it would take the memory
/// twice.
#[derive(Default)]
pub struct Packer {
    base: Base,
    boxes: Vec<[f64; 4]>,
}

impl Packer {
    pub fn add(&mut self, row: Record) {
        let base = &mut self.base;
        if let Some(bounds) = row.place.bounds() {
            base.placed.push(base.ids.len() as u32);
            self.boxes.push(bounds);
        }
        base.ids.push(row.id);
        base.places.push(row.place);
        base.marks.push(row.mark);
        base.json.extend_from_slice(&row.json);
        base.ends.push(base.json.len());
    }

    pub fn finish(self) -> Rows {
        let Packer { mut base, boxes } = self;
        base.json.shrink_to_fit();
        if !boxes.is_empty() {
            let mut tree = StaticAABB2DIndexBuilder::new(boxes.len());
            for [west, south, east, north] in boxes {
                tree.add(west, south, east, north);
            }
            base.tree = tree.build().ok();
        }
        Rows { count: base.ids.len(), base: Arc::new(base), changed: BTreeMap::new() }
    }
}

impl Base {
    fn row(&self, nth: usize) -> Found<'_> {
        let begin = if nth == 0 { 0 } else { self.ends[nth - 1] };
        let json = &self.json[begin..self.ends[nth]];
        Found { id: self.ids[nth], json, place: &self.places[nth], mark: &self.marks[nth] }
    }
}

/// The rows of a layer at one moment. Cheap to clone: readers keep what they have begun to read.
#[derive(Clone, Default)]
pub struct Rows {
    base: Arc<Base>,
    /// The rows that are not as in the base; `None` for one that is gone.
    changed: BTreeMap<i64, Option<Arc<Record>>>,
    count: usize,
}

impl Rows {
    /// Packs rows, which come in the order of their ids.
    pub fn pack(rows: impl Iterator<Item = Record>) -> Rows {
        let mut packer = Packer::default();
        rows.for_each(|row| packer.add(row));
        packer.finish()
    }

    pub fn count(&self) -> usize {
        self.count
    }

    pub fn find(&self, id: i64) -> Option<Found<'_>> {
        match self.changed.get(&id) {
            Some(changed) => changed.as_deref().map(found),
            None => self.base.ids.binary_search(&id).ok().map(|nth| self.base.row(nth)),
        }
    }

    /// The rows after an id, in order.
    pub fn after(&self, id: i64) -> impl Iterator<Item = Found<'_>> {
        let begin = self.base.ids.partition_point(|own| *own <= id);
        let mut base = (begin..self.base.ids.len()).peekable();
        let mut changed = self.changed.range(id + 1..).peekable();
        std::iter::from_fn(move || {
            loop {
                let (of_base, of_changed) =
                    (base.peek().map(|nth| self.base.ids[*nth]), changed.peek().map(|(id, _)| **id));
                match (of_base, of_changed) {
                    (None, None) => return None,
                    (Some(own), Some(other)) if own == other => {
                        base.next();
                    }
                    (Some(own), other) if other.is_none_or(|other| own < other) => {
                        return base.next().map(|nth| self.base.row(nth));
                    }
                    _ => {
                        if let Some((_, Some(record))) = changed.next() {
                            return Some(found(record));
                        }
                    }
                }
            }
        })
    }

    /// The rows whose boxes meet one of the boxes (west, south, east, north), in no order, each once for each.
    pub fn meeting(&self, boxes: &[[f64; 4]]) -> Vec<Found<'_>> {
        let mut rows = Vec::new();
        for [west, south, east, north] in boxes.iter().copied() {
            let near = self.base.tree.iter().flat_map(|tree| tree.query(west, south, east, north));
            let near = near.map(|at| self.base.placed[at] as usize);
            rows.extend(
                near.filter(|nth| !self.changed.contains_key(&self.base.ids[*nth])).map(|nth| self.base.row(nth)),
            );
            let changed = self.changed.values().flatten().filter(|record| {
                let meets = |[w, s, e, n]: [f64; 4]| w <= east && e >= west && s <= north && n >= south;
                record.place.bounds().is_some_and(meets)
            });
            rows.extend(changed.map(|record| found(record)));
        }
        rows
    }

    /// Puts in what a row is now; `None` if it is gone.
    pub fn set(&mut self, id: i64, now: Option<Record>) {
        let was = self.find(id).is_some();
        self.count = self.count + usize::from(now.is_some()) - usize::from(was);
        self.changed.insert(id, now.map(Arc::new));
    }

    /// Whether so much has changed that it should be packed.
    pub fn is_loose(&self) -> bool {
        self.changed.len() > 1000.max(self.base.ids.len() / 200)
    }

    /// The same rows with all changes in the base.
    pub fn packed(&self) -> Rows {
        let own =
            |row: Found<'_>| Record { id: row.id, json: row.json.to_vec(), place: row.place.clone(), mark: *row.mark };
        Rows::pack(self.after(i64::MIN).map(own))
    }

    /// These rows on the base of `packed`, which was packed from `before`, an earlier state of them.
    #[must_use]
    pub fn rebased(&self, before: &Rows, packed: &Rows) -> Rows {
        let is_in_base = |id: &i64, now: &Option<Arc<Record>>| match (before.changed.get(id), now) {
            (Some(Some(was)), Some(now)) => Arc::ptr_eq(was, now),
            (Some(None), None) => true,
            _ => false,
        };
        let later = self.changed.iter().filter(|(id, now)| !is_in_base(id, now));
        let changed = later.map(|(id, now)| (*id, now.clone())).collect();
        Rows { base: packed.base.clone(), changed, count: self.count }
    }
}

fn found(record: &Record) -> Found<'_> {
    Found { id: record.id, json: &record.json, place: &record.place, mark: &record.mark }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(id: i64, text: u8) -> Record {
        let place = if text.is_multiple_of(5) {
            Place::Nowhere
        } else {
            Place::Point(Point::new(f64::from(text % 7), id as f64 % 7.0))
        };
        Record { id, json: vec![text], place, mark: Mark { legend: text, ..Mark::default() } }
    }

    proptest! {
        /// However rows are written and packed, they are those of a plain map.
        #[test]
        fn rows_are_what_was_written(
            begin in prop::collection::btree_map(1..30_i64, any::<u8>(), 0..20),
            writes in prop::collection::vec((1..30_i64, prop::option::of(any::<u8>()), any::<bool>()), 0..40),
            after in 0..30_i64,
            west in 0..7_u8,
        ) {
            let mut plain = begin;
            let mut rows = Rows::pack(plain.iter().map(|(id, text)| record(*id, *text)));
            for (id, text, packs) in writes {
                let before = rows.clone();
                match text {
                    Some(text) => plain.insert(id, text),
                    None => plain.remove(&id),
                };
                rows.set(id, text.map(|text| record(id, text)));
                if packs {
                    rows = rows.rebased(&before, &before.packed());
                }
            }
            let expected: Vec<_> = plain.iter().map(|(id, text)| record(*id, *text)).collect();
            let own =
                |row: Found<'_>| Record { id: row.id, json: row.json.to_vec(), place: row.place.clone(), mark: *row.mark };
            prop_assert_eq!(rows.count(), expected.len());
            let later: Vec<_> = expected.iter().filter(|row| row.id > after).cloned().collect();
            prop_assert_eq!(rows.after(after).map(own).collect::<Vec<_>>(), later);
            for id in 0..31 {
                prop_assert_eq!(rows.find(id).map(own), expected.iter().find(|row| row.id == id).cloned());
            }
            let bounds = [f64::from(west), 1.0, 5.0, 4.0];
            let meets = |[w, s, e, n]: [f64; 4]| w <= bounds[2] && e >= bounds[0] && s <= bounds[3] && n >= bounds[1];
            let mut met: Vec<_> = rows.meeting(&[bounds]).into_iter().map(own).collect();
            met.sort_by_key(|row| row.id);
            let inside = expected.into_iter().filter(|row| row.place.bounds().is_some_and(meets));
            prop_assert_eq!(met, inside.collect::<Vec<_>>());
        }
    }
}
