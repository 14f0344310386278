//! Examples for the guide of a template: a row of them is a record that the register takes.

use chrono::NaiveDate;
use serde_json::json;

use crate::imports::interpret::template::{open, yes_or_no};
use crate::layers::{Field, Layer, Type};

/// Where somebody writes.
#[derive(Debug, Clone)]
pub struct Locality {
    /// Communes as lists show them: "00004 Phường Trúc Bạch".
    pub communes: Vec<String>,
    /// Longitude and latitude of a place in the first of them.
    pub place: (f64, f64),
}

/// Texts and numbers by field. A field without an example stays empty in the row.
static BY_FIELD: &[(&str, &str)] = &[
    ("code", "001"),
    ("external_id", "DS-0001"),
    ("source_org", "Công an xã Đông Sơn"),
    ("managing_org", "Công an xã Đông Sơn"),
    ("address", "Ngã tư chợ, đường số 1"),
    ("note", "Lắp mới"),
    ("location_accuracy_m", "5"),
    ("eye_count", "2"),
    ("azimuth_deg", "90"),
    ("hfov_deg", "85"),
    ("range_m", "30"),
    ("resolution", "1920x1080"),
    ("manufacturer", "Hikvision"),
    ("model", "DS-2CD2043"),
    ("retention_days", "30"),
    ("serial_number", "SN0001234"),
    ("owner_name", "Nguyễn Văn An"),
    ("owner_phone", "0912 345 678"),
    ("vms_ref", "VMS-0001"),
    ("site_code", "THA0123"),
    ("station_code", "THA0123-1"),
    ("infra_owner", "Viettel Thanh Hóa"),
    ("permit_no", "12/GPXD"),
    ("cell_ids", "452-04-1234"),
    ("backhaul", "Cáp quang"),
    ("backup_power_h", "4"),
    ("radius_m", "500"),
    ("ssid", "UBND Dong Son"),
    ("ap_count", "2"),
    ("isp", "VNPT"),
    ("downlink_mbps", "100"),
    ("fiber_count", "24"),
    ("cable_km", "1,5"),
    ("max_down_mbps", "1000"),
    ("households_passed", "120"),
    ("security_level", "1"),
    ("qr_url", "https://hatang.example/di-tich"),
    ("cluster_count", "1"),
    ("speaker_count", "2"),
    ("households", "212"),
    ("population", "846"),
    ("counted_source", "Ủy ban nhân dân xã"),
    // A record in use has not ended.
    ("decommissioned_on", ""),
];

static NAMES: &[(&str, &str)] = &[
    ("cameras", "Ngã tư chợ"),
    ("towers", "Trạm Đông Sơn 1"),
    ("wifi-points", "Wi-Fi trụ sở xã"),
    ("fiber-routes", "Tuyến cáp quốc lộ 45"),
    ("fiber-areas", "Khu dân cư trung tâm"),
    ("facilities", "Trường tiểu học Đông Sơn"),
    ("loudspeakers", "Cụm loa nhà văn hóa"),
    ("hamlets", "Thôn Đông"),
];

/// What a cell of a field may say.
pub fn example(layer: &Layer, field: &Field, locality: &Locality, today: NaiveDate) -> String {
    let known =
        |list: &[(&str, &'static str)], name: &str| list.iter().find(|(key, _)| *key == name).map(|(_, it)| *it);
    let listed = if field.name == "name" { known(NAMES, layer.collection) } else { known(BY_FIELD, field.name) };
    if let Some(listed) = listed {
        return listed.to_owned();
    }
    match field.value {
        // Heights differ much between layers.
        Type::Integer { min, max } => (min + 6).min(max).to_string(),
        Type::Number { min, max } => (min + 6.0).min(max).to_string().replace('.', ","),
        Type::Boolean => yes_or_no(true).vi(),
        Type::Date | Type::Timestamp if field.may_be_future => "20/9/2023".into(),
        Type::Date | Type::Timestamp => today.format("%d/%m/%Y").to_string(),
        Type::OneOf(choices) if field.name == "lifecycle_status" => {
            choices.iter().find(|choice| choice.value == "operational").map_or("", |choice| choice.label.vi).into()
        }
        Type::OneOf(choices) => open(choices, today).next().map_or("", |choice| choice.label.vi).into(),
        Type::SomeOf(choices) => {
            open(choices, today).take(2).map(|choice| choice.label.vi).collect::<Vec<_>>().join("; ")
        }
        Type::CommuneCode => locality.communes.first().cloned().unwrap_or_default(),
        Type::Phone => "0912 345 678".to_owned(),
        Type::Resolution => "1920x1080".to_owned(),
        // Only the sender knows which records there are.
        Type::Text { .. } | Type::Url | Type::Reference { .. } => String::new(),
    }
}

/// A small line or area at a place, as GeoJSON.
pub fn example_of_place(layer: &Layer, (lon, lat): (f64, f64)) -> String {
    let at = |x: f64, y: f64| json!([((lon + x) * 1e6).round() / 1e6, ((lat + y) * 1e6).round() / 1e6]);
    let geometry = if layer.geometry.contains(&"LineString") {
        json!({"type": "LineString", "coordinates": [at(0.0, 0.0), at(1e-4, 0.0)]})
    } else {
        let ring = [at(0.0, 0.0), at(1e-4, 0.0), at(1e-4, 1e-4), at(0.0, 1e-4), at(0.0, 0.0)];
        json!({"type": "MultiPolygon", "coordinates": [[ring]]})
    };
    geometry.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::ALL;

    #[test]
    fn every_example_belongs_to_a_field_or_a_layer() {
        let has = |name: &str| ALL.iter().any(|layer| layer.field(name).is_some());
        let unknown: Vec<_> = BY_FIELD.iter().filter(|(name, _)| !has(name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        for layer in ALL.iter().filter(|layer| layer.is_writable()) {
            assert!(NAMES.iter().any(|(name, _)| *name == layer.collection), "{}", layer.collection);
        }
    }
}
