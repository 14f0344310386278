//! When two records of a layer may be the same thing.

/// Records nearer than a distance that agree in some fields (`dup.near` of the validation table).
#[derive(Debug, Clone, Copy)]
pub struct Near {
    pub distance_m: f64,
    /// Only records that agree on the first of these that is known are compared.
    pub same: &'static [&'static str],
    /// The field of their direction: those that look elsewhere, by more than [`Near::DEGREES`], are two.
    pub direction: Option<&'static str>,
    /// Others that do not agree, this near, may share a site.
    pub shared_site_m: Option<f64>,
}

impl Near {
    pub const DEGREES: f64 = 30.0;

    /// The fields that are compared beside the place.
    pub fn compared(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.same.iter().copied().chain(self.direction)
    }
}
