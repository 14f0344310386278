//! Fibre service areas: where an operator says that fibre can be ordered. They show neither routes nor customers.

use crate::layers::common::{NAME, OPERATORS};
use crate::layers::field::{Choice, Field, choice, label};
use crate::layers::{Layer, Storage};

pub static FIBER_AREA: Layer = Layer {
    collection: "fiber-areas",
    title: label("Vùng phục vụ cáp quang", "Fibre service areas"),
    description: label(
        "Vùng nhà mạng nhận lắp cáp quang; không phải là tuyến cáp, cũng không cho biết hộ nào đã lắp.",
        "Areas where an operator says fibre can be ordered; neither a route nor who is connected.",
    ),
    storage: Storage::Assets { table: "fiber_areas", code_prefix: "FA" },
    symbol: None,
    geometry: &["MultiPolygon"],
    legend: Some("operator"),
    national: 0,
    summed: &[],
    own_fields: &[
        NAME,
        Field::one_of("operator", "Nhà mạng", "Operator", OPERATORS)
            .also(&["Doanh nghiệp", "Đơn vị viễn thông"])
            .required()
            .indexed(),
        Field::one_of("technology", "Công nghệ", "Technology", TECHNOLOGIES).also(&["Loại cáp", "transmissionMedium"]),
        Field::number("max_down_mbps", "Tốc độ tải xuống tối đa", "Maximum downlink", 0.1, 1_000_000.0)
            .also(&["Tốc độ tối đa", "Tốc độ"])
            .in_unit("Mbit/s"),
        Field::integer("households_passed", "Số hộ có thể lắp", "Households passed", 0, 10_000_000)
            .also(&["Số hộ", "Số hộ phủ"]),
        Field::one_of("basis", "Căn cứ", "Basis", BASES),
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

static TECHNOLOGIES: &[Choice] = &[
    choice("ftth", "Cáp quang đến nhà", "Fibre to the home").also(&["FTTH", "GPON", "fibre", "fiber"]),
    choice("hfc", "Cáp đồng trục lai", "Hybrid fibre-coaxial"),
    choice("fwa", "Vô tuyến cố định", "Fixed wireless access"),
];

static BASES: &[Choice] = &[
    choice("reported", "Báo cáo", "Reported"),
    choice("surveyed", "Khảo sát", "Surveyed"),
    choice("measured", "Đo đạc", "Measured"),
    choice("modelled", "Mô hình", "Modelled"),
];
