//! When two records of a layer may be duplicates.

/// Two records may be duplicates if they are nearer than a distance and agree in some fields (`dup.near` in the
/// validation table).
#[derive(Debug, Clone, Copy)]
pub struct Near {
    pub distance_m: f64,
    /// The first of these fields that is known decides; the records must agree on it.
    pub same: &'static [&'static str],
    /// The field with their direction. Records that face more than [`Near::DEGREES`] apart are not duplicates.
    pub direction: Option<&'static str>,
    /// Records that do not agree may share a site if they are this near.
    pub shared_site_m: Option<f64>,
}

impl Near {
    pub const DEGREES: f64 = 30.0;

    /// The fields that are compared besides the place.
    pub fn compared(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.same.iter().copied().chain(self.direction)
    }
}
