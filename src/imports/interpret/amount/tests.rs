use super::*;
use crate::layers::{CAMERA, FIBER_AREA, FIBER_ROUTE, TOWER, WIFI_POINT};

fn field(name: &str) -> &'static Field {
    [&CAMERA, &TOWER, &FIBER_ROUTE, &FIBER_AREA, &WIFI_POINT]
        .iter()
        .find_map(|layer| layer.field(name))
        .unwrap_or_else(|| panic!("no field {name}"))
}

fn read_with(name: &str, text: &str, habits: &Habits) -> (Option<f64>, &'static str, String) {
    match read(field(name), text, habits) {
        Ok((number, note)) => {
            let code = note.as_ref().map_or("", |note| note.code);
            (Some(number), code, note.and_then(|note| note.suggestion).unwrap_or_default())
        }
        Err(note) => (None, note.code, note.suggestion.unwrap_or_default()),
    }
}

#[test]
fn units_of_the_cell_are_converted_with_a_word() {
    for (name, text, number, code) in [
        ("height_m", "42,5", 42.5, ""),
        ("height_m", "30 m", 30.0, ""),
        ("height_m", "30mét.", 30.0, ""),
        ("height_m", "40 ft", 12.192, "number.converted"),
        ("height_m", "1m80", 1.8, "number.converted"),
        ("height_m", "5' 6\"", 1.6764, "number.converted"),
        ("radius_m", "1,5 km", 1500.0, "number.converted"),
        ("cable_km", "850 m", 0.85, "number.converted"),
        ("backup_power_h", "30 phút", 0.5, "number.converted"),
        ("backup_power_h", "1 giờ 30 phút", 1.5, "number.converted"),
        ("backup_power_h", "3h30", 3.5, "number.converted"),
        ("backup_power_h", "2:30", 2.5, "number.converted"),
        ("height_m", "30 (m)", 30.0, ""),
        ("retention_days", "3 tháng", 90.0, "number.converted"),
        ("retention_days", "1 năm 6 tháng", 545.0, "number.converted"),
        ("downlink_mbps", "1 Gbps", 1000.0, "number.converted"),
        ("downlink_mbps", "512kbps", 0.512, "number.converted"),
        ("azimuth_deg", "225°", 225.0, ""),
        ("azimuth_deg", "Đông Bắc", 45.0, "number.converted"),
        ("eye_count", "2 mắt", 2.0, ""),
        ("eye_count", "02 chiếc", 2.0, ""),
        ("households_passed", "1,2 nghìn hộ", 1200.0, "number.converted"),
        ("height_m", "~30", 30.0, "number.about"),
        ("height_m", "khoảng 30 m", 30.0, "number.about"),
        ("height_m", "30±2 m", 30.0, "number.about"),
        ("height_m", "-5", -5.0, ""),
    ] {
        let (read, told, _) = read_with(name, text, &Habits::default());
        assert_eq!((read, told), (Some(number), code), "{name} {text}");
    }
}

#[test]
fn what_is_no_single_number_is_refused() {
    for (name, text, suggestion) in [
        ("height_m", "hai", ""),
        ("height_m", ">30", "30"),
        ("height_m", "trên 30 m", "30"),
        ("height_m", "30 m trở lên", "30"),
        ("height_m", "30+", "30"),
        ("height_m", "30-35", "30; 35"),
        ("height_m", "30 đến 35 m", "30; 35"),
        ("height_m", "30x40", "30; 40"),
        ("height_m", "12:30", "12; 30"),
        ("eye_count", "2+1", "2; 1"),
        ("height_m", "(30)", "30"),
        ("height_m", "30%", ""),
        ("height_m", "30 kg", ""),
        ("height_m", "30 m (ước tính)", "30"),
        ("height_m", "1,5 km, ước tính", "1500"),
        ("height_m", "cột 30 m", "30"),
        ("downlink_mbps", "100 MB/s", "100; 800"),
        ("downlink_mbps", "100/100", "100; 100"),
        ("backup_power_h", "5 m", ""),
        ("eye_count", "2 xe", "2"),
        ("eye_count", "2 mắt hỏng", "2"),
        ("eye_count", "2,5,1", ""),
        ("azimuth_deg", "N", "0; 180"),
    ] {
        let (read, code, suggested) = read_with(name, text, &Habits::default());
        assert_eq!((read, code, suggested.as_str()), (None, "type", suggestion), "{name} {text}");
    }
}

#[test]
fn the_notation_of_the_column_decides_and_otherwise_both_readings_are_named() {
    let column = |decimal| Habits { decimal: Some(decimal), ..Habits::default() };
    assert_eq!(read_with("radius_m", "1.234", &column(Decimal::Comma)), (Some(1234.0), "", String::new()));
    assert_eq!(read_with("radius_m", "1.234", &column(Decimal::Point)), (Some(1.234), "", String::new()));
    let both = (Some(1234.0), "number.ambiguous", "1234; 1,2340".to_owned());
    assert_eq!(read_with("radius_m", "1.234", &Habits::default()), both);
    // Only one reading is a height, and only one a count.
    assert_eq!(read_with("height_m", "1.234", &Habits::default()).0, Some(1.234));
    assert_eq!(read_with("households_passed", "1.234 hộ", &Habits::default()), (Some(1234.0), "", String::new()));
}

#[test]
fn the_unit_of_the_header_holds_unless_the_cell_has_its_own() {
    let feet = Habits { unit: quantity::of_any_dimension("ft"), ..Habits::default() };
    assert_eq!(read_with("height_m", "40", &feet), (Some(12.192), "", String::new()));
    assert_eq!(read_with("height_m", "40 m", &feet).0, Some(40.0));
    // 1,234 ft are no height of a camera.
    assert_eq!(read_with("height_m", "1.234", &feet), (Some(0.376_123_2), "", String::new()));
    assert_eq!(in_field_unit(field("height_m"), 40.0, &feet), 12.192);
    assert_eq!(in_field_unit(field("height_m"), 40.0, &Habits::default()), 40.0);
}
