//! Fibre cable routes: where the cable runs. Where fibre can be ordered is a statement of availability, not a route.

use crate::layers::common::{NAME, OPERATORS};
use crate::layers::field::{Choice, Field, choice, label};
use crate::layers::{Layer, Storage, common};

pub static FIBER_ROUTE: Layer = Layer {
    collection: "fiber-routes",
    title: label("Tuyến cáp quang", "Fibre routes"),
    description: label(
        "Tuyến cáp quang theo nhà mạng. Người không đăng nhập chỉ thấy tuyến giản lược trên lưới 0,001 độ.",
        "Fibre cable routes by operator. Anonymous callers see a simplified line on a 0.001 degree grid.",
    ),
    storage: Storage::Assets { table: "fiber_routes", code_prefix: "FR" },
    symbol: None,
    geometry: &["LineString", "MultiLineString"],
    legend: Some("operator"),
    national: 300_000,
    summed: &[],
    own_fields: &[
        NAME.internal(),
        Field::one_of("operator", "Nhà mạng", "Operator", OPERATORS)
            .also(&["Doanh nghiệp", "Đơn vị viễn thông", "Chủ tuyến"])
            .required()
            .indexed(),
        Field::one_of("deployment", "Cách đặt cáp", "Deployment", DEPLOYMENTS).also(&[
            "Hình thức",
            "Hình thức triển khai",
            "Kiểu đặt cáp",
        ]),
        Field::integer("fiber_count", "Số sợi quang", "Fibres", 1, 10_000)
            .also(&["Số sợi", "Dung lượng", "Dung lượng cáp", "fibreCount"])
            .internal(),
        Field::number("cable_km", "Chiều dài cáp", "Cable length", 0.001, 100_000.0)
            .also(&["Độ dài cáp", "Chiều dài", "fibreLength"])
            .in_unit("km")
            .internal(),
        Field::number("route_km", "Chiều dài tuyến", "Route length", 0.0, 100_000.0).in_unit("km").read_only(),
    ],
    internal_common: common::ALL,
    omits: &[],
    rules: &[],
    checks: &[],
    near: None,
    named_in_commune: false,
    own_code: None,
    stored: &[
        ("route_km", "round((st_length(new.geom::geography) / 1000)::numeric, 3)"),
        ("public", "true"),
        // Null when nothing is left of the route.
        (
            "public_geom",
            "(select case when not st_isempty(line) then line end \
             from st_snaptogrid(st_simplify(new.geom, 0.001), 0.001) as line)",
        ),
        ("public_search", "''"),
    ],
};

/// OFDS `deployment`.
static DEPLOYMENTS: &[Choice] = &[
    choice("above_ground", "Treo", "Above ground").also(&["Cáp treo", "Trên cột"]),
    choice("below_ground", "Ngầm", "Below ground").also(&["Cáp ngầm", "Đi ngầm", "Hạ ngầm", "Cống bể"]),
];
