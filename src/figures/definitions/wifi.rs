//! Figures of public Wi-Fi.

use crate::figures::Indicator;
use crate::figures::definitions::building::{count, fact, lasting, of_type};
use crate::layers::{FACILITY, Label, WIFI_POINT, label};

/// Whether a facility has an operational point that is free.
pub const FREE_WIFI: &str = "free_wifi";
/// Whether a facility has no free point, but an operational point whose fee is unknown.
pub const PERHAPS_FREE_WIFI: &str = "perhaps_free_wifi";

/// The types of facilities, each with the word for facilities of that type.
const FACILITIES: [(&str, Label); 11] = [
    ("commune_office", label("trụ sở xã, phường", "commune offices")),
    ("agency_office", label("cơ quan, đơn vị", "agency offices")),
    ("school", label("trường học", "schools")),
    ("health_station", label("trạm y tế", "health stations")),
    ("cultural_house", label("nhà văn hóa", "cultural houses")),
    ("post_office", label("bưu điện", "post offices")),
    ("market", label("chợ", "markets")),
    ("bus_station", label("bến xe", "bus stations")),
    ("heritage_site", label("di tích", "heritage sites")),
    ("border_post", label("đồn biên phòng, cửa khẩu", "border posts")),
    ("other", label("cơ sở khác", "other facilities")),
];

pub fn figures() -> Vec<Indicator> {
    let points = count(
        &WIFI_POINT,
        "wifi_points",
        "point",
        label("Số điểm Wi-Fi công cộng đang hoạt động.", "Operational public Wi-Fi points."),
    );
    let access_points = count(
        &WIFI_POINT,
        "wifi_access_points",
        "access_point",
        label("Số bộ phát của các điểm Wi-Fi công cộng.", "Access points of the public Wi-Fi points."),
    );
    FACILITIES.into_iter().map(of_facilities).chain([points, access_points.summing("ap_count")]).collect()
}

/// The share of the facilities of a type that have free Wi-Fi.
fn of_facilities((facility_type, name): (&str, Label)) -> Indicator {
    let code = lasting(format!("wifi_facilities_{facility_type}"));
    let (first, rest) = name.en.split_at(1);
    let sentence = label(
        lasting(format!("Số {} có Wi-Fi miễn phí.", name.vi)),
        lasting(format!("{}{rest} with free Wi-Fi.", first.to_uppercase())),
    );
    let of_type = count(&FACILITY, code, "facility", sentence).of(of_type(facility_type));
    of_type.covered(name, fact(FREE_WIFI), fact(PERHAPS_FREE_WIFI))
}
