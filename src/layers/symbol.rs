//! How the points of a layer look on a map.

/// The symbol of a layer's points.
#[derive(Debug, Clone, Copy)]
pub struct Symbol {
    /// A picture that maps know by this name. A map without it draws another one.
    pub name: &'static str,
    pub sector: Option<Sector>,
}

/// The fields with what a record looks at.
#[derive(Debug, Clone, Copy)]
pub struct Sector {
    /// Degrees, clockwise from true north.
    pub direction: &'static str,
    /// Degrees between its two sides.
    pub angle: &'static str,
    pub range_m: &'static str,
}

impl Symbol {
    pub const fn named(name: &'static str) -> Symbol {
        Symbol { name, sector: None }
    }
}
