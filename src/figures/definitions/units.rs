//! The words for the units of figures.

use crate::layers::{Label, label};

const UNITS: &[(&str, Label)] = &[
    ("eye", label("mắt", "eyes")),
    ("camera", label("camera", "cameras")),
    ("position", label("vị trí", "positions")),
    ("station", label("trạm", "stations")),
    ("site", label("điểm", "sites")),
    ("hamlet", label("thôn", "hamlets")),
    ("household", label("hộ", "households")),
    ("person", label("người", "people")),
    ("facility", label("cơ sở", "facilities")),
    ("point", label("điểm", "points")),
    ("access_point", label("bộ phát", "access points")),
    ("office", label("trụ sở", "offices")),
    ("cluster", label("cụm", "clusters")),
    ("speaker", label("loa", "speakers")),
    ("position", label("vị trí", "positions")),
    ("km", label("km", "km")),
    ("km2", label("km²", "km²")),
    ("percent", label("%", "%")),
    ("eye_per_1000_households", label("mắt/1.000 hộ", "eyes per 1,000 households")),
    ("station_per_10000_people", label("trạm/10.000 dân", "stations per 10,000 people")),
    ("level", label("cấp", "level")),
];

/// The words for the unit of an indicator; its code if it has no words.
pub fn unit_label(code: &'static str) -> Label {
    UNITS.iter().find(|(known, _)| *known == code).map_or(label(code, code), |(_, label)| *label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::INDICATORS;

    #[test]
    fn every_unit_has_words() {
        for indicator in INDICATORS.iter() {
            assert!(UNITS.iter().any(|(code, _)| *code == indicator.unit), "{}", indicator.unit);
        }
    }
}
