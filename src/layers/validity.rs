//! Whether areas are valid (OGC 06-103r4, 6.1.11 and 6.1.14): rings neither cross nor overlap, holes lie in their area,
//! areas lie apart, and touching rings do not cut an area in two.
//!
//! One sweep from west to east in n log n, which ends at the first fault. `geo` compares every side with every other,
//! which takes minutes for 25,000 corners.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Coord, LineString, MultiPolygon};

/// Why areas are not valid, and where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    /// A ring has fewer than three different corners.
    Corners,
    /// Sides cross or overlap, or a ring touches itself.
    Crossing(Coord),
    /// A hole lies outside its area or in another hole, or an area lies in another.
    Nesting(Coord),
    /// Rings touch so that they cut their area in two.
    Cut(Coord),
}

/// Checks closed rings.
///
/// # Errors
/// The westernmost fault.
pub fn check(areas: &MultiPolygon) -> Result<(), Fault> {
    let mut sweep = Sweep::of(areas)?;
    let events = sweep.events();
    events.chunk_by(|(one, ..), (other, ..)| one == other).try_for_each(|here| sweep.pass(here))
}

/// A side of a ring, from its western end to its eastern end; of a side that runs north, from its southern end.
#[derive(Debug, Clone, Copy)]
struct Side {
    west: Coord,
    east: Coord,
    number: usize,
    ring: usize,
    polygon: usize,
    /// Whether the area lies north of it.
    is_floor: bool,
}

impl Side {
    /// Where a point lies: `Greater` to the north.
    fn side_of(&self, point: Coord) -> Ordering {
        match RobustKernel::orient2d(self.west, self.east, point) {
            Orientation::CounterClockwise => Ordering::Greater,
            Orientation::Clockwise => Ordering::Less,
            Orientation::Collinear => Ordering::Equal,
        }
    }

    /// The polygon that lies on its north.
    fn above(&self) -> Option<usize> {
        self.is_floor.then_some(self.polygon)
    }

    fn below(&self) -> Option<usize> {
        (!self.is_floor).then_some(self.polygon)
    }

    /// Whether two sides share more than a point, or cross inside both.
    fn crosses(&self, other: &Side) -> bool {
        let of_other = [other.west, other.east].map(|end| self.side_of(end));
        let of_self = [self.west, self.east].map(|end| other.side_of(end));
        if of_other == [Ordering::Equal; 2] {
            return order(self.west, other.east).is_lt() && order(other.west, self.east).is_lt();
        }
        let parts = |[one, two]: [Ordering; 2]| one != Ordering::Equal && one == two.reverse();
        parts(of_other) && parts(of_self)
    }
}

/// Sides that the sweep crosses at the same time, from south to north.
impl Ord for Side {
    fn cmp(&self, other: &Side) -> Ordering {
        let by_place = match order(self.west, other.west) {
            Ordering::Greater => other.side_of(self.west).then_with(|| other.side_of(self.east)),
            _ => self.side_of(other.west).then_with(|| self.side_of(other.east)).reverse(),
        };
        by_place.then(self.number.cmp(&other.number))
    }
}

impl PartialOrd for Side {
    fn partial_cmp(&self, other: &Side) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Side {
    fn eq(&self, other: &Side) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Side {}

/// The order in which the sweep meets points.
fn order(one: Coord, other: Coord) -> Ordering {
    one.x.total_cmp(&other.x).then(one.y.total_cmp(&other.y))
}

/// An end of a side: the point, whether a side starts there, the number of the side.
type Event = (Coord, bool, usize);

#[derive(Default)]
struct Sweep {
    sides: Vec<Side>,
    /// The sides that the sweep crosses, from south to north.
    crossed: BTreeSet<Side>,
    /// By ring, one that it touches, directly or by others: a forest.
    touching: Vec<usize>,
}

impl Sweep {
    fn of(areas: &MultiPolygon) -> Result<Sweep, Fault> {
        let mut sweep = Sweep::default();
        for (number, polygon) in areas.0.iter().enumerate() {
            sweep.add(polygon.exterior(), number, true)?;
            polygon.interiors().iter().try_for_each(|hole| sweep.add(hole, number, false))?;
        }
        Ok(sweep)
    }

    fn add(&mut self, ring: &LineString, polygon: usize, is_shell: bool) -> Result<(), Fault> {
        let mut corners = ring.0.clone();
        corners.dedup();
        if corners.len() < 4 {
            return Err(Fault::Corners);
        }
        let is_left = is_counterclockwise(&corners) == is_shell;
        for ends in corners.windows(2) {
            let runs_east = order(ends[0], ends[1]).is_lt();
            let (west, east) = if runs_east { (ends[0], ends[1]) } else { (ends[1], ends[0]) };
            let (number, ring) = (self.sides.len(), self.touching.len());
            self.sides.push(Side { west, east, number, ring, polygon, is_floor: is_left == runs_east });
        }
        self.touching.push(self.touching.len());
        Ok(())
    }

    /// All ends, by place.
    fn events(&self) -> Vec<Event> {
        let ends = |side: &Side| [(side.west, true, side.number), (side.east, false, side.number)];
        let mut events: Vec<Event> = self.sides.iter().flat_map(ends).collect();
        events.sort_unstable_by(|one, other| order(one.0, other.0).then(one.1.cmp(&other.1)));
        events
    }

    /// Passes the ends at one point.
    fn pass(&mut self, here: &[Event]) -> Result<(), Fault> {
        let point = here[0].0;
        let mut rings: Vec<(usize, usize)> = Vec::with_capacity(here.len());
        for (_, is_start, number) in here {
            let side = self.sides[*number];
            rings.push((side.polygon, side.ring));
            let changed = if *is_start { self.crossed.insert(side) } else { self.crossed.remove(&side) };
            if !changed {
                return Err(Fault::Crossing(point));
            }
        }
        self.look_around(point, &mut rings)?;
        // A corner has two sides of its ring. With more, or another side through it, the ring touches itself.
        rings.sort_unstable();
        if rings.chunk_by(|one, other| one == other).any(|same| same.len() > 2) {
            return Err(Fault::Crossing(point));
        }
        rings.dedup();
        for pair in rings.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            let [one, other] = [pair[0].1, pair[1].1].map(|ring| self.root(ring));
            if one == other {
                return Err(Fault::Cut(point));
            }
            self.touching[one] = other;
        }
        Ok(())
    }

    /// Compares the neighbours among the sides at a point and next to it: they do not cross, and agree on what lies between
    /// them. Adds the ring of a side that passes through the point.
    fn look_around(&self, point: Coord, rings: &mut Vec<(usize, usize)>) -> Result<(), Fault> {
        // Sides at the point are sorted by number only, and no number is less than this.
        let probe = Side { west: point, east: point, number: 0, ring: 0, polygon: 0, is_floor: false };
        let mut lower = self.crossed.range(..probe).next_back();
        let mut agree = true;
        for upper in self.crossed.range(probe..) {
            if lower.is_some_and(|lower| lower.crosses(upper)) {
                return Err(Fault::Crossing(point));
            }
            agree &= lower.and_then(Side::above) == upper.below();
            lower = Some(upper);
            if upper.side_of(point) != Ordering::Equal {
                return if agree { Ok(()) } else { Err(Fault::Nesting(point)) };
            }
            if upper.west != point {
                // It counts as both sides of its ring.
                rings.extend([(upper.polygon, upper.ring); 2]);
            }
        }
        agree &= lower.and_then(Side::above).is_none();
        if agree { Ok(()) } else { Err(Fault::Nesting(point)) }
    }

    fn root(&mut self, mut ring: usize) -> usize {
        while self.touching[ring] != ring {
            // Each look-up halves the way of the next.
            self.touching[ring] = self.touching[self.touching[ring]];
            ring = self.touching[ring];
        }
        ring
    }
}

/// The direction of a ring, from its westernmost corner.
fn is_counterclockwise(corners: &[Coord]) -> bool {
    let last = corners.len() - 1;
    let west = (0..last).min_by(|one, other| order(corners[*one], corners[*other])).unwrap_or_default();
    let before = corners[if west == 0 { last - 1 } else { west - 1 }];
    RobustKernel::orient2d(before, corners[west], corners[west + 1]) == Orientation::CounterClockwise
}

#[cfg(test)]
mod tests;
