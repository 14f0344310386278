//! BTS stations. A station is one operator's installation; operators share sites by `site_code`.

use crate::layers::common::{NAME, OPERATORS};
use crate::layers::field::{Choice, Default, Field, choice, label};
use crate::layers::{Layer, Near, Storage, Symbol};

pub static TOWER: Layer = Layer {
    collection: "towers",
    title: label("Trạm BTS", "BTS stations"),
    description: label(
        "Mỗi trạm thuộc một nhà mạng; các nhà mạng có thể dùng chung vị trí. Báo cáo đếm trạm.",
        "Stations of one operator each; operators share sites (site_code). Reports count stations.",
    ),
    storage: Storage::Assets { table: "towers", code_prefix: "BTS" },
    symbol: Some(Symbol::named("mast")),
    geometry: &["Point"],
    legend: Some("operator"),
    national: 150_000,
    summed: &[],
    own_fields: &[
        NAME.required(),
        Field::one_of("operator", "Nhà mạng", "Operator", OPERATORS)
            .also(&["Doanh nghiệp", "Doanh nghiệp viễn thông", "Mạng", "Đơn vị viễn thông", "Nhà cung cấp"])
            .required()
            .indexed(),
        Field::text("site_code", "Mã vị trí", "Site code", 60)
            .also(&["Mã site", "Site ID", "Mã nhà trạm", "Mã cột"])
            .indexed(),
        Field::text("station_code", "Mã trạm", "Station code", 60).essential().also(&[
            "Mã trạm BTS",
            "Mã BTS",
            "Station ID",
            "BTS ID",
        ]),
        Field::some_of("technologies", "Công nghệ", "Technologies", TECHNOLOGIES).essential().also(&[
            "Công nghệ mạng",
            "Thế hệ mạng",
            "Loại sóng",
            "Băng tần công nghệ",
        ]),
        Field::one_of("cell_class", "Cỡ trạm", "Cell class", CELL_CLASSES)
            .also(&["Loại trạm", "Quy mô trạm"])
            .or(Default::Text("macro")),
        Field::one_of("structure", "Kết cấu", "Structure", STRUCTURES).also(&[
            "Loại cột",
            "Kết cấu cột",
            "Loại hình cột",
            "tower:construction",
        ]),
        Field::number("height_m", "Chiều cao", "Height", 0.0, 500.0)
            .also(&["Độ cao cột", "Chiều cao cột", "Cao cột"])
            .in_unit("m"),
        Field::number("radius_m", "Bán kính phủ ước tính", "Nominal radius (estimate)", 1.0, 50_000.0)
            .also(&["Bán kính", "Bán kính phủ sóng", "Vùng phủ"])
            .in_unit("m"),
        Field::date("on_air_on", "Ngày phát sóng", "On air on")
            .also(&["Ngày on air", "Ngày hoạt động", "Ngày phát", "On air"])
            .may_be_future(),
        Field::text("infra_owner", "Chủ hạ tầng", "Infrastructure owner", 200).also(&[
            "Đơn vị sở hữu hạ tầng",
            "Chủ sở hữu cột",
            "Chủ đầu tư hạ tầng",
        ]),
        Field::text("permit_no", "Số giấy phép", "Permit", 100).also(&["Giấy phép", "Số GP", "Giấy phép xây dựng"]),
        Field::text("cell_ids", "Mã cell", "Cell ids", 500).also(&["Cell ID", "Danh sách cell"]).restricted(),
        Field::text("backhaul", "Truyền dẫn", "Backhaul", 100).also(&["Loại truyền dẫn"]).restricted(),
        Field::number("backup_power_h", "Nguồn dự phòng", "Backup power", 0.0, 1000.0)
            .also(&["Thời gian dự phòng", "Ắc quy"])
            .in_unit("h")
            .restricted(),
    ],
    internal_common: &[],
    omits: &[],
    rules: &[],
    checks: &[],
    near: Some(Near { distance_m: 50.0, same: &["operator"], direction: None, shared_site_m: Some(30.0) }),
    named_in_commune: false,
    own_code: Some(("operator", "station_code")),
    stored: &[],
};

static TECHNOLOGIES: &[Choice] = &[
    choice("2G", "2G", "2G").also(&["GSM"]),
    choice("3G", "3G", "3G").also(&["UMTS", "WCDMA"]),
    choice("4G", "4G", "4G").also(&["LTE"]),
    choice("5G", "5G", "5G").also(&["NR"]),
];

static CELL_CLASSES: &[Choice] = &[
    choice("macro", "Trạm lớn", "Macro").also(&["Macro", "BTS lớn", "Trạm macro"]),
    choice("small", "Trạm nhỏ", "Small cell").also(&["Small cell", "Micro", "Pico", "Trạm small cell"]),
];

static STRUCTURES: &[Choice] = &[
    choice("mast", "Cột dây co", "Mast").also(&["Dây co", "Cột co", "guyed_mast", "guyed"]),
    choice("tower", "Cột tự đứng", "Tower").also(&[
        "Tự đứng",
        "Tháp",
        "communications_tower",
        "freestanding",
        "lattice",
    ]),
    choice("rooftop", "Trên mái", "Rooftop").also(&["Trên mái nhà", "Mái nhà"]),
    choice("pole", "Cột đơn", "Pole").also(&["Monopole", "Cột bê tông", "Cột thân thiện"]),
    choice("building", "Trong nhà", "Building").also(&["IBS", "Inbuilding"]),
];
