//! The indicators by subject. A new figure is one line in its subject.
//!
//! Codes and rules follow the register's definition of figures. Users read the sentences.

mod areas;
mod building;
mod camera;
mod facility;
mod fiber;
mod loudspeaker;
mod mobile;
mod signal;
mod units;
mod wifi;

use std::sync::LazyLock;

use crate::figures::Indicator;
use crate::layers::{Choice, Layer, TOWER};

pub use areas::stations_of;
pub use building::{field, of_type};
pub use camera::POSITION;
pub use facility::LEVEL_OFFICE;
pub use mobile::{BY_TECHNOLOGY, SHARED_SITE, SITE};
pub use units::unit_label;
pub use wifi::{FREE_WIFI, PERHAPS_FREE_WIFI};

/// The figures that a page shows first, in the order of the districts' reports.
pub const HEADLINES: &[&str] = &[
    "camera_eyes",
    "camera_eyes_by_manager",
    "bts_stations",
    "bts_stations_by_operator",
    "wifi_facilities_agency_office",
    "wifi_facilities_commune_office",
    "wifi_facilities_school",
    "mobile_hamlets_4g",
    "fiber_hamlets_any",
    "camera_hamlets",
    "heritage_qr_sites",
];

/// Every indicator, in the order of lists.
pub static INDICATORS: LazyLock<Vec<Indicator>> = LazyLock::new(|| {
    [
        camera::figures(),
        mobile::figures(),
        areas::figures(),
        signal::figures(),
        fiber::figures(),
        wifi::figures(),
        facility::figures(),
        loudspeaker::figures(),
    ]
    .concat()
});

pub fn find(code: &str) -> Option<&'static Indicator> {
    INDICATORS.iter().find(|indicator| indicator.code == code)
}

/// The indicators that are counted from the rows of a layer, in order.
pub fn of_layer(layer: &Layer) -> impl Iterator<Item = &'static Indicator> {
    INDICATORS.iter().filter(move |indicator| indicator.is_of_rows(layer))
}

/// The operators that availability is stated for.
pub fn operators() -> &'static [Choice] {
    field(&TOWER, "operator").value.choices()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::layers::FACILITY;

    #[test]
    fn codes_are_unique_and_partitions_name_a_total() {
        let codes: HashSet<_> = INDICATORS.iter().map(|indicator| indicator.code).collect();
        assert_eq!(codes.len(), INDICATORS.len());
        for indicator in INDICATORS.iter() {
            assert!(indicator.part_of.is_none_or(|total| find(total).is_some()), "{}", indicator.code);
            if indicator.by_field().is_some() {
                assert!(!indicator.choices().is_empty(), "{}", indicator.code);
            }
        }
    }

    #[test]
    fn headlines_are_indicators() {
        assert!(HEADLINES.iter().all(|code| find(code).is_some()));
    }

    #[test]
    fn every_facility_type_has_its_wifi_figure() {
        for choice in field(&FACILITY, "type").value.choices() {
            assert!(find(&format!("wifi_facilities_{}", choice.value)).is_some(), "{}", choice.value);
        }
    }
}
