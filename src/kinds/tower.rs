//! BTS stations. A station is one operator's installation; operators share sites by `site_code`.

use super::common::{NAME, OPERATORS};
use super::field::{Choice, Default, Field, choice, label};
use super::{Kind, Near, Storage};

pub static TOWER: Kind = Kind {
    collection: "towers",
    title: label("Trạm BTS", "BTS stations"),
    description: label(
        "Trạm của từng nhà mạng; các nhà mạng dùng chung vị trí (site_code). Báo cáo đếm trạm.",
        "Stations of one operator each; operators share sites (site_code). Reports count stations.",
    ),
    storage: Storage::Assets { table: "towers", code_prefix: "BTS" },
    geometry: &["Point"],
    legend: Some("operator"),
    own_fields: &[
        NAME.required(),
        Field::one_of("operator", "Nhà mạng", "Operator", OPERATORS).required(),
        Field::text("site_code", "Mã vị trí", "Site code", 60),
        Field::text("station_code", "Mã trạm", "Station code", 60),
        Field::some_of("technologies", "Công nghệ", "Technologies", TECHNOLOGIES),
        Field::one_of("cell_class", "Cỡ trạm", "Cell class", CELL_CLASSES).or(Default::Text("macro")),
        Field::one_of("structure", "Kết cấu", "Structure", STRUCTURES),
        Field::number("height_m", "Chiều cao", "Height", 0.0, 500.0).in_unit("m"),
        Field::number("radius_m", "Bán kính phủ ước tính", "Nominal radius (estimate)", 1.0, 50_000.0).in_unit("m"),
        Field::date("on_air_on", "Ngày phát sóng", "On air on").may_be_future(),
        Field::text("infra_owner", "Chủ hạ tầng", "Infrastructure owner", 200),
        Field::text("permit_no", "Số giấy phép", "Permit", 100),
        Field::text("cell_ids", "Mã cell", "Cell ids", 500).restricted(),
        Field::text("backhaul", "Truyền dẫn", "Backhaul", 100).restricted(),
        Field::number("backup_power_h", "Nguồn dự phòng", "Backup power", 0.0, 1000.0).in_unit("h").restricted(),
    ],
    internal_common: &[],
    rules: &[],
    near: Some(Near { distance_m: 50.0, same: &["operator"], direction: None, shared_site_m: Some(30.0) }),
};

static TECHNOLOGIES: &[Choice] =
    &[choice("2G", "2G", "2G"), choice("3G", "3G", "3G"), choice("4G", "4G", "4G"), choice("5G", "5G", "5G")];

static CELL_CLASSES: &[Choice] = &[choice("macro", "Trạm lớn", "Macro"), choice("small", "Trạm nhỏ", "Small cell")];

static STRUCTURES: &[Choice] = &[
    choice("mast", "Cột dây co", "Mast"),
    choice("tower", "Cột tự đứng", "Tower"),
    choice("rooftop", "Trên mái", "Rooftop"),
    choice("pole", "Cột đơn", "Pole"),
    choice("building", "Trong nhà", "Building"),
];
