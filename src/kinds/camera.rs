//! Security cameras. A camera is a device at a point; reports count its eyes (lenses).

use super::common::NAME;
use super::field::{Choice, Field, choice, label};
use super::{Default, Kind, Near, Storage};

pub static CAMERA: Kind = Kind {
    collection: "cameras",
    title: label("Camera an ninh", "Security cameras"),
    description: label(
        "Camera tại một điểm; báo cáo đếm số mắt (eye_count). Người ngoài thấy vị trí trên lưới 0,001 độ.",
        "Cameras at a point; reports count eyes (eye_count). Strangers see the place on a 0.001 degree grid.",
    ),
    storage: Storage::Assets { table: "cameras", code_prefix: "CAM" },
    geometry: &["Point"],
    legend: Some("managing_level"),
    own_fields: &[
        NAME.public_column("public_name"),
        Field::integer("eye_count", "Số mắt", "Eyes", 1, 16).or(Default::Integer(1)),
        Field::one_of("camera_type", "Loại camera", "Camera type", CAMERA_TYPES),
        Field::one_of("surveillance_zone", "Khu vực giám sát", "Surveillance zone", ZONES),
        Field::one_of("managing_level", "Cấp quản lý", "Managing level", MANAGING_LEVELS).required(),
        Field::one_of("funding", "Nguồn kinh phí", "Funding", FUNDING),
        Field::one_of("connected_center", "Kết nối trung tâm", "Connected centre", CENTERS),
        Field::number("azimuth_deg", "Góc hướng", "Azimuth", 0.0, 359.9).in_unit("deg").internal(),
        Field::number("hfov_deg", "Góc nhìn ngang", "Horizontal field of view", 1.0, 360.0).in_unit("deg").internal(),
        Field::number("range_m", "Tầm nhìn", "Range", 0.1, 10_000.0).in_unit("m").internal(),
        Field::number("height_m", "Chiều cao lắp", "Height", 0.0, 200.0).in_unit("m").internal(),
        Field::text("resolution", "Độ phân giải", "Resolution", 11).internal(),
        Field::text("manufacturer", "Hãng sản xuất", "Manufacturer", 100).internal(),
        Field::text("model", "Kiểu máy", "Model", 100).internal(),
        Field::integer("retention_days", "Số ngày lưu hình", "Retention", 0, 3650).in_unit("d").internal(),
        Field::one_of("legal_class", "Phân loại pháp lý", "Legal class", LEGAL_CLASSES),
        Field::text("serial_number", "Số sê-ri", "Serial number", 100).restricted(),
        Field::text("owner_name", "Tên chủ sở hữu", "Owner", 200).restricted(),
        Field::text("owner_phone", "Điện thoại chủ sở hữu", "Owner's telephone", 30).restricted(),
        Field::text("vms_ref", "Mã trên hệ thống VMS", "VMS reference", 200).restricted(),
    ],
    internal_common: &[
        "decommissioned_on",
        "declared_commune_code",
        "declared_on",
        "hamlet_id",
        "address",
        "location_accuracy_m",
        "managing_org",
        "effective_on",
        "verified_at",
    ],
    rules: &[],
    near: Some(Near {
        distance_m: 10.0,
        same: &["managing_org", "managing_level"],
        direction: Some("azimuth_deg"),
        shared_site_m: None,
    }),
};

/// OSM `camera:type`.
static CAMERA_TYPES: &[Choice] = &[
    choice("fixed", "Cố định", "Fixed"),
    choice("panning", "Quay quét", "Panning"),
    choice("dome", "Bán cầu", "Dome"),
];

/// After OSM `surveillance:zone`.
static ZONES: &[Choice] = &[
    choice("traffic", "Giao thông", "Traffic"),
    choice("town", "Khu dân cư", "Town"),
    choice("market", "Chợ", "Market"),
    choice("school", "Trường học", "School"),
    choice("public_office", "Trụ sở cơ quan", "Public office"),
    choice("residential_gate", "Cổng thôn, tổ dân phố", "Residential gate"),
    choice("border", "Biên giới", "Border"),
    choice("parking", "Bãi xe", "Parking"),
    choice("other", "Khác", "Other"),
];

/// District police ended on 2025-03-01, Decree 02/2025/NĐ-CP.
static MANAGING_LEVELS: &[Choice] = &[
    choice("province_police", "Công an tỉnh", "Province police"),
    choice("district_police", "Công an huyện", "District police")
        .ended("2025-03-01", &["province_police", "commune_police"]),
    choice("commune_police", "Công an xã", "Commune police"),
    choice("commune_committee", "Ủy ban nhân dân xã", "Commune committee"),
    choice("department", "Sở, ngành", "Department"),
    choice("school", "Trường học", "School"),
    choice("enterprise", "Doanh nghiệp", "Enterprise"),
    choice("household", "Hộ gia đình", "Household"),
];

static FUNDING: &[Choice] = &[
    choice("budget", "Ngân sách", "Budget"),
    choice("socialised", "Xã hội hóa", "Socialised"),
    choice("enterprise", "Doanh nghiệp", "Enterprise"),
    choice("private", "Tư nhân", "Private"),
];

/// The district tier ended on 2025-07-01.
static CENTERS: &[Choice] = &[
    choice("none", "Không kết nối", "None"),
    choice("commune", "Xã", "Commune"),
    choice("district", "Huyện", "District").ended("2025-07-01", &["commune", "province"]),
    choice("province", "Tỉnh", "Province"),
];

static LEGAL_CLASSES: &[Choice] = &[
    choice("public_security", "An ninh trật tự", "Public security"),
    choice("traffic", "Giao thông", "Traffic"),
    choice("internal", "Nội bộ", "Internal"),
    choice("operational_police", "Nghiệp vụ công an", "Operational police"),
];
