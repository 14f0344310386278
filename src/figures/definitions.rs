//! The indicators, one table. A new figure is a line here.
//!
//! Codes and rules are those of the register's definition of figures; the sentences are what users read.

use crate::figures::indicator::{Amount, Condition, HamletState, Indicator, Measure, Weight};
use crate::layers::{CAMERA, Choice, FACILITY, HAMLET, Label, Layer, TOWER, WIFI_POINT};

const fn label(vi: &'static str, en: &'static str) -> Label {
    Label { vi, en }
}

/// The figures that a page shows first, in its order: those of the districts' reports.
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

/// An indicator of rule version 1 that has no denominator.
const fn count(
    code: &'static str,
    layer: &'static Layer,
    unit: &'static str,
    sentence: Label,
    amount: Amount,
    of: Condition,
) -> Indicator {
    let measure = Measure::Sum { amount, of };
    Indicator { code, sentence, unit, denominator: None, rule_version: 1, layer, measure, part_of: None }
}

const fn partition(total: &Indicator, code: &'static str, by: &'static str, sentence: Label) -> Indicator {
    let Measure::Sum { amount, of } = total.measure else { panic!("a partition is of a sum") };
    Indicator {
        code,
        sentence,
        measure: Measure::Partition { amount, of, by, overlapping: false },
        part_of: Some(total.code),
        ..*total
    }
}

const fn ratio(
    code: &'static str,
    unit: &'static str,
    sentence: Label,
    denominator: Label,
    of: Condition,
    covered: Condition,
    unknown: Condition,
) -> Indicator {
    Indicator {
        code,
        sentence,
        unit,
        denominator: Some(denominator),
        rule_version: 1,
        layer: &FACILITY,
        measure: Measure::Ratio { of, covered, unknown },
        part_of: None,
    }
}

const fn wifi(code: &'static str, facility_type: &'static str, sentence: Label, denominator: Label) -> Indicator {
    let of = Condition::FacilityType(facility_type);
    ratio(code, "facility", sentence, denominator, of, Condition::FreeWifi, Condition::PerhapsFreeWifi)
}

const fn hamlets(code: &'static str, state: HamletState, weight: Weight, sentence: Label) -> Indicator {
    let (unit, denominator) = match weight {
        Weight::One => ("hamlet", label("thôn, tổ dân phố", "hamlets")),
        Weight::Households | Weight::Share => ("household", label("hộ", "households")),
        Weight::Population => ("person", label("người", "people")),
    };
    Indicator {
        code,
        sentence,
        unit,
        denominator: Some(denominator),
        rule_version: 1,
        layer: &HAMLET,
        measure: Measure::Hamlets { state, weight },
        part_of: None,
    }
}

const EYES: Indicator = count(
    "camera_eyes",
    &CAMERA,
    "eye",
    label("Số mắt camera đang sử dụng.", "Eyes (lenses) of operational cameras."),
    Amount::Column("eye_count"),
    Condition::Always,
);

const STATIONS: Indicator = count(
    "bts_stations",
    &TOWER,
    "station",
    label(
        "Số trạm BTS đang sử dụng, mỗi nhà mạng tại một vị trí là một trạm.",
        "Operational BTS stations: one operator's installation at a site each.",
    ),
    Amount::One,
    Condition::Always,
);

const OFFICES: Condition = Condition::FacilityType("commune_office");

/// Every indicator, in the order in which they are listed.
pub static INDICATORS: &[Indicator] = &[
    EYES,
    count(
        "camera_units",
        &CAMERA,
        "camera",
        label("Số camera đang sử dụng.", "Operational cameras."),
        Amount::One,
        Condition::Always,
    ),
    partition(
        &EYES,
        "camera_eyes_by_manager",
        "managing_level",
        label("Số mắt camera theo cấp quản lý.", "Eyes by managing level."),
    ),
    partition(
        &EYES,
        "camera_eyes_by_funding",
        "funding",
        label("Số mắt camera theo nguồn kinh phí.", "Eyes by source of funding."),
    ),
    partition(
        &EYES,
        "camera_eyes_by_zone",
        "surveillance_zone",
        label("Số mắt camera theo khu vực giám sát.", "Eyes by surveillance zone."),
    ),
    hamlets(
        "camera_hamlets",
        HamletState::Camera,
        Weight::One,
        label(
            "Số thôn, tổ dân phố có ít nhất một camera đang sử dụng.",
            "Hamlets with at least one operational camera.",
        ),
    ),
    hamlets(
        "camera_hamlets_connected",
        HamletState::ConnectedCamera,
        Weight::One,
        label(
            "Số thôn, tổ dân phố có camera kết nối về trung tâm giám sát.",
            "Hamlets with a camera connected to a monitoring centre.",
        ),
    ),
    STATIONS,
    partition(
        &STATIONS,
        "bts_stations_by_operator",
        "operator",
        label("Số trạm BTS theo nhà mạng.", "BTS stations by operator."),
    ),
    count(
        "bts_sites",
        &TOWER,
        "site",
        label(
            "Số vị trí đặt trạm (trạm không có mã vị trí là một vị trí riêng).",
            "Sites; a station without a site code is its own.",
        ),
        Amount::One,
        Condition::Site,
    ),
    count(
        "bts_shared_sites",
        &TOWER,
        "site",
        label("Số vị trí từ hai nhà mạng trở lên dùng chung.", "Sites that two or more operators share."),
        Amount::One,
        Condition::SharedSite,
    ),
    count(
        "bts_small_cells",
        &TOWER,
        "station",
        label("Số trạm nhỏ (small cell).", "Small cells."),
        Amount::One,
        Condition::Sql("t.cell_class = 'small'"),
    ),
    Indicator {
        code: "bts_by_technology",
        sentence: label(
            "Số trạm theo công nghệ; một trạm có thể có nhiều công nghệ nên các số không cộng lại.",
            "Stations by technology; a station may have several, so the numbers do not add up.",
        ),
        measure: Measure::Partition {
            amount: Amount::One,
            of: Condition::Always,
            by: "technologies",
            overlapping: true,
        },
        part_of: None,
        ..STATIONS
    },
    hamlets("mobile_hamlets_2g", HamletState::Mobile(2), Weight::One, MOBILE_HAMLETS[0]),
    hamlets("mobile_hamlets_3g", HamletState::Mobile(3), Weight::One, MOBILE_HAMLETS[1]),
    hamlets("mobile_hamlets_4g", HamletState::Mobile(4), Weight::One, MOBILE_HAMLETS[2]),
    hamlets("mobile_hamlets_5g", HamletState::Mobile(5), Weight::One, MOBILE_HAMLETS[3]),
    hamlets("mobile_households_2g", HamletState::Mobile(2), Weight::Households, MOBILE_HOUSEHOLDS[0]),
    hamlets("mobile_households_3g", HamletState::Mobile(3), Weight::Households, MOBILE_HOUSEHOLDS[1]),
    hamlets("mobile_households_4g", HamletState::Mobile(4), Weight::Households, MOBILE_HOUSEHOLDS[2]),
    hamlets("mobile_households_5g", HamletState::Mobile(5), Weight::Households, MOBILE_HOUSEHOLDS[3]),
    hamlets("mobile_population_2g", HamletState::Mobile(2), Weight::Population, MOBILE_POPULATION[0]),
    hamlets("mobile_population_3g", HamletState::Mobile(3), Weight::Population, MOBILE_POPULATION[1]),
    hamlets("mobile_population_4g", HamletState::Mobile(4), Weight::Population, MOBILE_POPULATION[2]),
    hamlets("mobile_population_5g", HamletState::Mobile(5), Weight::Population, MOBILE_POPULATION[3]),
    hamlets(
        "fiber_hamlets_any",
        HamletState::FiberAny,
        Weight::One,
        label("Số thôn, tổ dân phố có cáp quang đến ít nhất một hộ.", "Hamlets where fibre reaches any household."),
    ),
    hamlets(
        "fiber_hamlets_full",
        HamletState::FiberFull,
        Weight::One,
        label(
            "Số thôn, tổ dân phố có cáp quang đến từ 95% số hộ trở lên.",
            "Hamlets where fibre reaches at least 95% of the households.",
        ),
    ),
    hamlets(
        "fiber_households_passed",
        HamletState::FiberPassed,
        Weight::Share,
        label(
            "Số hộ có thể dùng cáp quang: tỷ lệ hộ đã công bố của từng thôn nhân số hộ.",
            "Households that fibre reaches: the share stated for each hamlet times its households.",
        ),
    ),
    hamlets(
        "fiber_households_connected",
        HamletState::FiberConnected,
        Weight::Share,
        label("Số hộ đã đấu nối cáp quang.", "Households connected by fibre."),
    ),
    wifi(
        "wifi_facilities_commune_office",
        "commune_office",
        label("Số trụ sở xã, phường có Wi-Fi miễn phí.", "Commune offices with free Wi-Fi."),
        label("trụ sở xã, phường", "commune offices"),
    ),
    wifi(
        "wifi_facilities_agency_office",
        "agency_office",
        label("Số cơ quan, đơn vị có Wi-Fi miễn phí.", "Agency offices with free Wi-Fi."),
        label("cơ quan, đơn vị", "agency offices"),
    ),
    wifi(
        "wifi_facilities_school",
        "school",
        label("Số trường học có Wi-Fi miễn phí.", "Schools with free Wi-Fi."),
        label("trường học", "schools"),
    ),
    wifi(
        "wifi_facilities_health_station",
        "health_station",
        label("Số trạm y tế có Wi-Fi miễn phí.", "Health stations with free Wi-Fi."),
        label("trạm y tế", "health stations"),
    ),
    wifi(
        "wifi_facilities_cultural_house",
        "cultural_house",
        label("Số nhà văn hóa có Wi-Fi miễn phí.", "Cultural houses with free Wi-Fi."),
        label("nhà văn hóa", "cultural houses"),
    ),
    wifi(
        "wifi_facilities_post_office",
        "post_office",
        label("Số bưu điện có Wi-Fi miễn phí.", "Post offices with free Wi-Fi."),
        label("bưu điện", "post offices"),
    ),
    wifi(
        "wifi_facilities_market",
        "market",
        label("Số chợ có Wi-Fi miễn phí.", "Markets with free Wi-Fi."),
        label("chợ", "markets"),
    ),
    wifi(
        "wifi_facilities_bus_station",
        "bus_station",
        label("Số bến xe có Wi-Fi miễn phí.", "Bus stations with free Wi-Fi."),
        label("bến xe", "bus stations"),
    ),
    wifi(
        "wifi_facilities_heritage_site",
        "heritage_site",
        label("Số di tích có Wi-Fi miễn phí.", "Heritage sites with free Wi-Fi."),
        label("di tích", "heritage sites"),
    ),
    wifi(
        "wifi_facilities_border_post",
        "border_post",
        label("Số đồn biên phòng, cửa khẩu có Wi-Fi miễn phí.", "Border posts with free Wi-Fi."),
        label("đồn biên phòng, cửa khẩu", "border posts"),
    ),
    wifi(
        "wifi_facilities_other",
        "other",
        label("Số cơ sở khác có Wi-Fi miễn phí.", "Other facilities with free Wi-Fi."),
        label("cơ sở khác", "other facilities"),
    ),
    count(
        "wifi_points",
        &WIFI_POINT,
        "point",
        label("Số điểm Wi-Fi công cộng đang hoạt động.", "Operational public Wi-Fi points."),
        Amount::One,
        Condition::Always,
    ),
    count(
        "wifi_access_points",
        &WIFI_POINT,
        "access_point",
        label("Số bộ phát của các điểm Wi-Fi công cộng.", "Access points of the public Wi-Fi points."),
        Amount::Column("ap_count"),
        Condition::Always,
    ),
    ratio(
        "heritage_qr_sites",
        "site",
        label("Số di tích có mã QR dẫn đến phim giới thiệu.", "Heritage sites with a QR code that links to a video."),
        label("di tích", "heritage sites"),
        Condition::FacilityType("heritage_site"),
        Condition::Sql("t.qr_url is not null"),
        Condition::Never,
    ),
    ratio(
        "data_line_offices",
        "office",
        label(
            "Số trụ sở xã, phường dùng đường truyền số liệu chuyên dùng.",
            "Commune offices on the dedicated government data line.",
        ),
        label("trụ sở xã, phường", "commune offices"),
        OFFICES,
        Condition::Sql("t.data_line"),
        Condition::Sql("t.data_line is null"),
    ),
    Indicator {
        code: "security_level",
        // Decree 85/2016/NĐ-CP.
        sentence: label(
            "Cấp độ an toàn thông tin của trụ sở: cấp cao nhất trong các trụ sở xã của xã, trong các cơ quan của huyện, tỉnh.",
            "Information security level of the office: the highest of a commune's offices, of a district's or province's agencies.",
        ),
        unit: "level",
        denominator: None,
        rule_version: 1,
        layer: &FACILITY,
        measure: Measure::SecurityLevel,
        part_of: None,
    },
];

/// Nested: 4G coverage is 3G coverage.
const MOBILE_HAMLETS: [Label; 4] = [
    label("Số thôn, tổ dân phố có sóng 2G trở lên.", "Hamlets covered by 2G or later."),
    label("Số thôn, tổ dân phố có sóng 3G trở lên.", "Hamlets covered by 3G or later."),
    label("Số thôn, tổ dân phố có sóng 4G trở lên.", "Hamlets covered by 4G or later."),
    label("Số thôn, tổ dân phố có sóng 5G.", "Hamlets covered by 5G."),
];
const MOBILE_HOUSEHOLDS: [Label; 4] = [
    label("Số hộ ở các thôn có sóng 2G trở lên.", "Households of hamlets covered by 2G or later."),
    label("Số hộ ở các thôn có sóng 3G trở lên.", "Households of hamlets covered by 3G or later."),
    label("Số hộ ở các thôn có sóng 4G trở lên.", "Households of hamlets covered by 4G or later."),
    label("Số hộ ở các thôn có sóng 5G.", "Households of hamlets covered by 5G."),
];
const MOBILE_POPULATION: [Label; 4] = [
    label("Dân số các thôn có sóng 2G trở lên.", "People of hamlets covered by 2G or later."),
    label("Dân số các thôn có sóng 3G trở lên.", "People of hamlets covered by 3G or later."),
    label("Dân số các thôn có sóng 4G trở lên.", "People of hamlets covered by 4G or later."),
    label("Dân số các thôn có sóng 5G.", "People of hamlets covered by 5G."),
];

/// The indicator of a code.
pub fn find(code: &str) -> Option<&'static Indicator> {
    INDICATORS.iter().find(|indicator| indicator.code == code)
}

/// The operators that availability is stated for.
pub fn operators() -> &'static [Choice] {
    TOWER.field("operator").map_or(&[], |field| field.value.choices())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::figures::Selection;

    #[test]
    fn codes_are_unique_and_partitions_name_a_total() {
        let codes: HashSet<_> = INDICATORS.iter().map(|indicator| indicator.code).collect();
        assert_eq!(codes.len(), INDICATORS.len());
        for indicator in INDICATORS {
            assert!(indicator.part_of.is_none_or(|total| find(total).is_some()), "{}", indicator.code);
            if let Measure::Partition { .. } = indicator.measure {
                assert!(!indicator.choices().is_empty(), "{}", indicator.code);
            }
        }
    }

    #[test]
    fn every_facility_type_has_its_wifi_figure() {
        let types = FACILITY.field("type").expect("facilities have a type").value.choices();
        for choice in types {
            assert!(find(&format!("wifi_facilities_{}", choice.value)).is_some(), "{}", choice.value);
        }
    }

    #[test]
    fn a_selection_reads_what_it_writes() {
        for text in ["camera_eyes", "camera_eyes_by_funding.unknown", "mobile_hamlets_4g.viettel"] {
            assert_eq!(Selection::parse(text).map(Selection::to_text).as_deref(), Some(text));
        }
        for text in ["eyes", "camera_eyes.unknown", "camera_eyes_by_funding.rich", "mobile_hamlets_4g.unknown", ""] {
            assert!(Selection::parse(text).is_none(), "{text}");
        }
    }
}
