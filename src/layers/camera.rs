//! Security cameras. A camera is a device at a point; reports count its eyes (lenses).

use crate::layers::common::NAME;
use crate::layers::field::{Choice, Field, choice, label};
use crate::layers::{Default, Layer, Near, Sector, Storage, Symbol};

pub static CAMERA: Layer = Layer {
    collection: "cameras",
    title: label("Camera an ninh", "Security cameras"),
    description: label(
        "Camera đặt tại một điểm; báo cáo đếm số mắt. Người không đăng nhập chỉ thấy vị trí trên lưới 0,001 độ.",
        "Cameras at a point; reports count eyes (eye_count). Anonymous callers see the place on a 0.001 degree grid.",
    ),
    storage: Storage::Assets { table: "cameras", code_prefix: "CAM" },
    symbol: Some(Symbol {
        name: "camera",
        sector: Some(Sector { direction: "azimuth_deg", angle: "hfov_deg", range_m: "range_m" }),
    }),
    geometry: &["Point"],
    legend: Some("managing_level"),
    national: 1_000_000,
    summed: &["eye_count"],
    own_fields: &[
        NAME.public_column("public_name"),
        Field::integer("eye_count", "Số mắt", "Eyes", 1, 16)
            .essential()
            .also(&["Số mắt camera", "Số lượng mắt", "Mắt camera", "Số lượng camera", "Số camera", "Số mắt cam", "Mắt"])
            .or(Default::Integer(1)),
        Field::one_of("camera_type", "Loại camera", "Camera type", CAMERA_TYPES).essential().also(&[
            "Kiểu camera",
            "Chủng loại",
            "Loại cam",
        ]),
        Field::one_of("surveillance_zone", "Khu vực giám sát", "Surveillance zone", ZONES).also(&[
            "Khu vực",
            "Phạm vi giám sát",
            "Loại khu vực",
        ]),
        Field::one_of("managing_level", "Cấp quản lý", "Managing level", MANAGING_LEVELS)
            .also(&["Đơn vị quản lý camera", "Phân cấp quản lý", "Chủ quản", "Cấp"])
            .required()
            .indexed(),
        Field::one_of("funding", "Nguồn kinh phí", "Funding", FUNDING).also(&["Nguồn vốn", "Kinh phí", "Nguồn đầu tư"]),
        Field::one_of("connected_center", "Kết nối trung tâm", "Connected centre", CENTERS).also(&[
            "Kết nối về",
            "Trung tâm giám sát",
            "Kết nối",
            "Kết nối trung tâm giám sát",
        ]),
        Field::number("azimuth_deg", "Hướng quay", "Azimuth", 0.0, 359.9)
            .essential()
            .also(&["Góc hướng", "Hướng", "Góc phương vị", "Hướng camera", "direction", "camera:direction"])
            .in_unit("deg")
            .internal(),
        Field::number("hfov_deg", "Góc nhìn ngang", "Horizontal field of view", 1.0, 360.0)
            .also(&["Góc nhìn", "Góc mở"])
            .in_unit("deg")
            .internal(),
        Field::number("range_m", "Tầm nhìn", "Range", 0.1, 10_000.0)
            .also(&["Tầm quan sát", "Khoảng cách quan sát"])
            .in_unit("m")
            .internal(),
        Field::number("height_m", "Chiều cao lắp", "Height", 0.0, 200.0)
            .also(&["Chiều cao", "Độ cao", "Độ cao lắp đặt", "Chiều cao lắp đặt"])
            .in_unit("m")
            .internal(),
        Field::resolution("resolution", "Độ phân giải", "Resolution").internal(),
        Field::text("manufacturer", "Hãng sản xuất", "Manufacturer", 100)
            .also(&["Hãng", "Nhãn hiệu", "Nhà sản xuất", "brand"])
            .internal(),
        Field::text("model", "Kiểu máy", "Model", 100).also(&["Model", "Mã sản phẩm"]).internal(),
        Field::integer("retention_days", "Thời gian lưu hình", "Retention", 0, 3650)
            .also(&["Số ngày lưu hình", "Thời gian lưu", "Lưu trữ", "Số ngày lưu trữ", "Thời gian lưu trữ"])
            .in_unit("d")
            .internal(),
        Field::one_of("legal_class", "Phân loại pháp lý", "Legal class", LEGAL_CLASSES)
            .also(&["Phân loại", "Loại hình"]),
        Field::text("serial_number", "Số sê-ri", "Serial number", 100)
            .also(&["Serial", "Số seri", "Số serial", "S/N"])
            .restricted(),
        Field::text("owner_name", "Tên chủ sở hữu", "Owner", 200)
            .also(&["Chủ hộ", "Họ tên chủ hộ", "Chủ sở hữu", "Họ và tên chủ hộ", "Người quản lý"])
            .restricted(),
        Field::phone("owner_phone", "Điện thoại chủ sở hữu", "Owner's telephone")
            .also(&["Số điện thoại", "Điện thoại", "SĐT", "Điện thoại liên hệ", "phone"])
            .restricted(),
        Field::text("vms_ref", "Mã trên hệ thống VMS", "VMS reference", 200).also(&["Mã VMS", "VMS"]).restricted(),
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
    omits: &[],
    rules: &[],
    checks: &[],
    near: Some(Near {
        distance_m: 10.0,
        same: &["managing_org", "managing_level"],
        direction: Some("azimuth_deg"),
        shared_site_m: None,
    }),
    named_in_commune: false,
    own_code: None,
    stored: &[
        ("public", "new.legal_class is distinct from 'operational_police'"),
        // The nearest point of a grid, never a random place: the average of many random places would show the exact
        // one.
        ("public_geom", "st_snaptogrid(new.geom, 0.001)"),
        // A household's camera is often named after its owner.
        ("public_name", "case when new.managing_level <> 'household' then new.name end"),
        ("public_search", "fold(concat_ws(' ', new.code, new.public_name))"),
    ],
};

/// OSM `camera:type`.
static CAMERA_TYPES: &[Choice] = &[
    choice("fixed", "Cố định", "Fixed").also(&["Thân trụ", "Thân cố định", "Bullet"]),
    choice("panning", "Quay quét", "Panning").also(&["PTZ", "Xoay", "Quay", "Speed dome"]),
    choice("dome", "Bán cầu", "Dome").also(&["Mái vòm", "Ốp trần"]),
];

/// Based on OSM `surveillance:zone`.
static ZONES: &[Choice] = &[
    choice("traffic", "Giao thông", "Traffic").also(&["Ngã tư", "Đường giao thông", "Trục đường", "street"]),
    choice("town", "Khu dân cư", "Town").also(&["Dân cư"]),
    choice("market", "Chợ", "Market"),
    choice("school", "Trường học", "School").also(&["Trường"]),
    choice("public_office", "Trụ sở cơ quan", "Public office").also(&["Công sở", "Cơ quan", "UBND"]),
    choice("residential_gate", "Cổng thôn, tổ dân phố", "Residential gate").also(&[
        "Cổng thôn",
        "Cổng làng",
        "Cổng làng văn hóa",
    ]),
    choice("border", "Biên giới", "Border").also(&["Cửa khẩu"]),
    choice("parking", "Bãi xe", "Parking").also(&["Bãi đỗ xe"]),
    choice("other", "Khác", "Other"),
];

/// District police ended on 2025-03-01, Decree 02/2025/NĐ-CP.
static MANAGING_LEVELS: &[Choice] = &[
    choice("province_police", "Công an tỉnh", "Province police").also(&["CA tỉnh"]),
    choice("district_police", "Công an huyện", "District police")
        .also(&["CA huyện", "Công an quận", "Công an thị xã"])
        .ended("2025-03-01", &["province_police", "commune_police"]),
    choice("commune_police", "Công an xã", "Commune police").also(&[
        "CA xã",
        "CAX",
        "CAP",
        "CATT",
        "CA thị trấn",
        "Công an phường",
        "CA phường",
        "Công an thị trấn",
    ]),
    choice("commune_committee", "Ủy ban nhân dân xã", "Commune committee").also(&[
        "UBND xã",
        "UBND phường",
        "Ủy ban xã",
    ]),
    choice("department", "Sở, ngành", "Department").also(&["Sở", "Ngành"]),
    choice("school", "Trường học", "School").also(&["Nhà trường"]),
    choice("enterprise", "Doanh nghiệp", "Enterprise").also(&["Công ty", "DN"]),
    choice("household", "Hộ gia đình", "Household").also(&["Hộ dân", "Cá nhân", "Gia đình", "Người dân"]),
];

static FUNDING: &[Choice] = &[
    choice("budget", "Ngân sách", "Budget").also(&["Ngân sách nhà nước", "NSNN", "NS"]),
    choice("socialised", "Xã hội hóa", "Socialised").also(&["Xã hội hoá", "XHH", "Đóng góp", "Vận động"]),
    choice("enterprise", "Doanh nghiệp", "Enterprise").also(&["DN"]),
    choice("private", "Tư nhân", "Private").also(&["Cá nhân", "Tự đầu tư", "Hộ gia đình"]),
];

/// The district tier ended on 2025-07-01.
static CENTERS: &[Choice] = &[
    choice("none", "Không kết nối", "None").also(&["Không", "Chưa kết nối", "Chưa"]),
    choice("commune", "Xã", "Commune").also(&["Công an xã", "Trung tâm xã", "Cấp xã"]),
    choice("district", "Huyện", "District")
        .also(&["Công an huyện", "Trung tâm huyện"])
        .ended("2025-07-01", &["commune", "province"]),
    choice("province", "Tỉnh", "Province").also(&["Công an tỉnh", "IOC", "Trung tâm tỉnh"]),
];

static LEGAL_CLASSES: &[Choice] = &[
    choice("public_security", "An ninh trật tự", "Public security").also(&["ANTT", "An ninh"]),
    choice("traffic", "Giao thông", "Traffic").also(&["ATGT"]),
    choice("internal", "Nội bộ", "Internal"),
    choice("operational_police", "Nghiệp vụ công an", "Operational police").also(&["Nghiệp vụ"]),
];
