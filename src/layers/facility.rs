//! Places that people use: offices, schools, health stations, heritage sites. They are the denominator of the Wi-Fi
//! figures.

use crate::layers::common::{FACILITY_TYPES, NAME};
use crate::layers::field::{Choice, Field, choice, label};
use crate::layers::{Layer, Storage, Symbol};

pub static FACILITY: Layer = Layer {
    collection: "facilities",
    title: label("Cơ sở, công sở", "Facilities"),
    description: label(
        "Trụ sở, trường học, trạm y tế, di tích: mẫu số của các chỉ tiêu Wi-Fi.",
        "Offices, schools, health stations, heritage sites: the denominator of the Wi-Fi figures.",
    ),
    storage: Storage::Assets { table: "facilities", code_prefix: "FAC" },
    symbol: Some(Symbol::named("building")),
    geometry: &["Point"],
    legend: Some("type"),
    national: 0,
    summed: &[],
    own_fields: &[
        NAME.required(),
        Field::one_of("type", "Loại", "Type", FACILITY_TYPES)
            .also(&["Loại hình", "Loại cơ sở", "Loại công trình"])
            .required()
            .indexed(),
        Field::boolean("data_line", "Đường truyền số liệu chuyên dùng", "Government data line").also(&[
            "Đường truyền chuyên dùng",
            "Mạng truyền số liệu chuyên dùng",
            "TSLCD",
        ]),
        // Decree 85/2016/NĐ-CP.
        Field::integer("security_level", "Cấp độ an toàn thông tin", "Information security level", 1, 5)
            .also(&["Cấp độ", "Cấp độ an toàn"]),
        Field::boolean("video_conference", "Họp trực tuyến", "Video conference").also(&[
            "Phòng họp trực tuyến",
            "Hội nghị truyền hình",
            "Hội nghị trực tuyến",
            "Cầu truyền hình",
        ]),
        Field::boolean("lan", "Mạng nội bộ", "Local network").also(&["Mạng LAN", "LAN", "Mạng nội bộ (LAN)"]),
        Field::one_of("heritage_rank", "Xếp hạng di tích", "Heritage rank", HERITAGE_RANKS).also(&[
            "Hạng di tích",
            "Cấp di tích",
            "Cấp xếp hạng",
        ]),
        Field::url("qr_url", "Liên kết của mã QR", "QR link").also(&["Link QR", "Mã QR", "Đường dẫn QR"]),
    ],
    internal_common: &[],
    omits: &[],
    rules: &[],
    checks: &[],
    near: None,
    named_in_commune: false,
    own_code: None,
    stored: &[],
};

/// Law on cultural heritage (45/2024/QH15): the levels at which a site is ranked.
static HERITAGE_RANKS: &[Choice] = &[
    choice("national_special", "Quốc gia đặc biệt", "Special national").also(&["Di tích quốc gia đặc biệt", "QGĐB"]),
    choice("national", "Quốc gia", "National").also(&["Cấp quốc gia", "Di tích quốc gia", "Di tích cấp quốc gia"]),
    choice("provincial", "Cấp tỉnh", "Provincial").also(&["Tỉnh", "Di tích cấp tỉnh", "Cấp tỉnh, thành phố"]),
    choice("none", "Chưa xếp hạng", "Not ranked").also(&["Kiểm kê", "Không xếp hạng"]),
];
