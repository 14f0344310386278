//! The VN-2000 grid of each province: the central meridian of its 3 degree zone.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use crate::imports::interpret::fold::fold;
use crate::layers::Crs;

/// The central meridian in a title or header: "kinh tuyến trục 105°45'", "KTT 105 độ 30".
pub fn central_meridian(text: &str) -> Option<f64> {
    static MERIDIAN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)(?:kinh tuyến(?: trục)?|kinh tuyen(?: truc)?|KTT|KTTW)\D{0,12}(10[2-9])(?:\s*(?:°|º|độ|do)\s*(\d{1,2})?|[.,](\d{1,2}))?")
            .expect("the pattern is valid")
    });
    let found = MERIDIAN.captures(text)?;
    let degrees: f64 = found[1].parse().ok()?;
    let minutes = found.get(2).and_then(|minutes| minutes.as_str().parse::<f64>().ok()).unwrap_or(0.0);
    let decimals = found.get(3).and_then(|part| format!("0.{}", part.as_str()).parse::<f64>().ok()).unwrap_or(0.0);
    Some(degrees + minutes / 60.0 + decimals)
}

/// The grid of a province on a day: one of 34 provinces since 1 July 2025 (Circular 24/2025/TT-BNNMT), of 63 before
/// (Circular 25/2014/TT-BTNMT). "Tỉnh" before the name is optional.
pub fn epsg_of_province(name: &str, on: NaiveDate) -> Option<i32> {
    let folded = fold(name);
    let bare = ["thanh pho ", "tinh ", "tp "].iter().find_map(|layer| folded.strip_prefix(layer)).unwrap_or(&folded);
    let merged = NaiveDate::from_ymd_opt(2025, 7, 1).is_some_and(|day| on >= day);
    let of = |table: &[(&str, f64)]| table.iter().find(|(name, _)| *name == bare).map(|(_, meridian)| *meridian);
    let meridian = if merged { of(CHANGED_IN_2025).or_else(|| of(PROVINCES)) } else { of(PROVINCES) };
    Crs::of_meridian(meridian?).map(Crs::epsg)
}

static PROVINCES: &[(&str, f64)] = &[
    ("an giang", 104.75),
    ("ba ria vung tau", 107.75),
    ("bac giang", 107.0),
    ("bac kan", 106.5),
    ("bac lieu", 105.0),
    ("bac ninh", 105.5),
    ("ben tre", 105.75),
    ("binh dinh", 108.25),
    ("binh duong", 105.75),
    ("binh phuoc", 106.25),
    ("binh thuan", 108.5),
    ("ca mau", 104.5),
    ("can tho", 105.0),
    ("cao bang", 105.75),
    ("da nang", 107.75),
    ("dak lak", 108.5),
    ("dak nong", 108.5),
    ("dien bien", 103.0),
    ("dong nai", 107.75),
    ("dong thap", 105.0),
    ("gia lai", 108.5),
    ("ha giang", 105.5),
    ("ha nam", 105.0),
    ("ha noi", 105.0),
    ("ha tinh", 105.5),
    ("hai duong", 105.5),
    ("hai phong", 105.75),
    ("hau giang", 105.0),
    ("ho chi minh", 105.75),
    ("hoa binh", 106.0),
    ("hung yen", 105.5),
    ("khanh hoa", 108.25),
    ("kien giang", 104.5),
    ("kon tum", 107.5),
    ("lai chau", 103.0),
    ("lam dong", 107.75),
    ("lang son", 107.25),
    ("lao cai", 104.75),
    ("long an", 105.75),
    ("nam dinh", 105.5),
    ("nghe an", 104.75),
    ("ninh binh", 105.0),
    ("ninh thuan", 108.25),
    ("phu tho", 104.75),
    ("phu yen", 108.5),
    ("quang binh", 106.0),
    ("quang nam", 107.75),
    ("quang ngai", 108.0),
    ("quang ninh", 107.75),
    ("quang tri", 106.25),
    ("soc trang", 105.5),
    ("son la", 104.0),
    ("tay ninh", 105.5),
    ("thai binh", 105.5),
    ("thai nguyen", 106.5),
    ("thanh hoa", 105.0),
    ("thua thien hue", 107.0),
    ("tien giang", 105.75),
    ("tra vinh", 105.5),
    ("tuyen quang", 106.0),
    ("vinh long", 105.5),
    ("vinh phuc", 105.0),
    ("yen bai", 104.75),
];

/// Merged provinces whose zone differs from that of the former province of the same name.
static CHANGED_IN_2025: &[(&str, f64)] = &[
    ("bac ninh", 107.0),
    ("gia lai", 108.25),
    ("hue", 107.0),
    ("lai chau", 104.75),
    ("quang tri", 106.0),
    ("tay ninh", 105.75),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grid_follows_the_province_and_the_day() {
        let day = |text: &str| text.parse().unwrap();
        assert_eq!(epsg_of_province("Tỉnh Thanh Hóa", day("2024-01-01")), Some(5897));
        assert_eq!(epsg_of_province("Lai Châu", day("2025-06-30")), Some(9205));
        assert_eq!(epsg_of_province("Tỉnh Lai Châu", day("2025-07-01")), Some(9208));
        assert_eq!(epsg_of_province("Atlantis", day("2025-07-01")), None);
    }

    #[test]
    fn meridian_is_found_in_titles() {
        for (text, meridian) in [
            ("Hệ tọa độ VN-2000, kinh tuyến trục 105°00', múi chiếu 3°", Some(105.0)),
            ("Tọa độ X (VN-2000, KTT 105°45')", Some(105.75)),
            ("KTT: 107 độ 30 phút", Some(107.5)),
            ("kinh tuyến trục 104.75", Some(104.75)),
            ("Kinh độ", None),
        ] {
            assert_eq!(central_meridian(text), meridian, "{text}");
        }
    }
}
