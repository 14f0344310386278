//! The read-only layers of administrative units: communes, districts, provinces.

use crate::layers::field::{Field, label};
use crate::layers::{Layer, Storage};

/// The fields of all levels.
pub static FIELDS: &[Field] = &[
    Field::text("code", "Mã", "Code", 10).read_only().not_null(),
    Field::text("name", "Tên", "Name", 200).read_only().not_null(),
    Field::text("kind", "Loại đơn vị", "Kind of unit", 60).read_only(),
    Field::text("parent_code", "Mã đơn vị cấp trên", "Parent code", 5).read_only(),
    Field::text("parent_name", "Đơn vị cấp trên", "Parent", 200).read_only(),
    Field::date("valid_from", "Có hiệu lực từ", "Valid from").read_only().not_null(),
    Field::date("valid_to", "Có hiệu lực đến hết", "Valid to (last day)").read_only(),
    Field::number("area_km2", "Diện tích", "Area", 0.0, 1e6).in_unit("km2").read_only(),
    Field::integer("population", "Dân số", "Population", 0, 1_000_000_000).read_only(),
    Field::integer("households", "Số hộ", "Households", 0, 1_000_000_000).read_only(),
    Field::date("counted_on", "Ngày của số dân và số hộ", "Date of the counts").read_only(),
    Field::text("counted_source", "Nguồn số dân và số hộ", "Source of the counts", 200).read_only(),
    Field::text("decree", "Văn bản", "Decree", 200).read_only(),
];

const UNITS: Layer = Layer {
    collection: "",
    title: label("", ""),
    description: label("", ""),
    storage: Storage::Units { table: "" },
    symbol: None,
    geometry: &["MultiPolygon"],
    legend: None,
    national: 0,
    summed: &[],
    own_fields: &[],
    internal_common: &[],
    omits: &[],
    rules: &[],
    checks: &[],
    near: None,
    named_in_commune: false,
    own_code: None,
    stored: &[],
};

pub static PROVINCE: Layer = Layer {
    collection: "provinces",
    title: label("Tỉnh, thành phố", "Provinces"),
    description: label("Đơn vị hành chính cấp tỉnh, theo thời gian.", "Provinces, as versions in time."),
    storage: Storage::Units { table: "provinces" },
    symbol: None,
    ..UNITS
};

pub static DISTRICT: Layer = Layer {
    collection: "districts",
    title: label("Quận, huyện", "Districts"),
    description: label(
        "Đơn vị hành chính cấp huyện; không còn từ ngày 01/7/2025.",
        "Districts, as versions in time; the tier ended on 2025-07-01.",
    ),
    storage: Storage::Units { table: "districts" },
    symbol: None,
    ..UNITS
};

pub static COMMUNE: Layer = Layer {
    collection: "communes",
    title: label("Xã, phường, thị trấn", "Communes"),
    description: label("Đơn vị hành chính cấp xã, theo thời gian.", "Communes, as versions in time."),
    storage: Storage::Units { table: "communes" },
    symbol: None,
    ..UNITS
};
