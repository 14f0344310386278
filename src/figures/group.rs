//! The groups in which reports list the figures.

use crate::figures::Indicator;
use crate::layers::{Label, label};

/// In the order of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Cameras,
    Stations,
    Coverage,
    Fiber,
    Wifi,
    Offices,
    Loudspeakers,
}

impl Group {
    pub const ALL: [Group; 7] = [
        Group::Cameras,
        Group::Stations,
        Group::Coverage,
        Group::Fiber,
        Group::Wifi,
        Group::Offices,
        Group::Loudspeakers,
    ];

    /// Also the name of its sheet, which may have 31 characters and no colon or slash.
    pub const fn name(self) -> Label {
        match self {
            Group::Cameras => label("Camera", "Cameras"),
            Group::Stations => label("Trạm BTS", "BTS stations"),
            Group::Coverage => label("Phủ sóng di động", "Mobile coverage"),
            Group::Fiber => label("Cáp quang", "Fibre"),
            Group::Wifi => label("Wi-Fi công cộng", "Public Wi-Fi"),
            Group::Offices => label("Trụ sở, di tích", "Offices, heritage"),
            Group::Loudspeakers => label("Truyền thanh", "Loudspeakers"),
        }
    }

    /// The group of an indicator, which its code begins with.
    pub fn of(indicator: &Indicator) -> Group {
        match indicator.code.split('_').next().unwrap_or_default() {
            "camera" => Group::Cameras,
            "bts" | "stations" => Group::Stations,
            "mobile" | "hamlets" => Group::Coverage,
            "fiber" => Group::Fiber,
            "wifi" => Group::Wifi,
            "loudspeaker" => Group::Loudspeakers,
            _ => Group::Offices,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::INDICATORS;
    use crate::layers::FACILITY;

    #[test]
    fn only_facilities_are_among_offices() {
        for indicator in INDICATORS.iter().filter(|indicator| Group::of(indicator) == Group::Offices) {
            assert_eq!(indicator.layer.collection, FACILITY.collection, "{}", indicator.code);
        }
    }
}
