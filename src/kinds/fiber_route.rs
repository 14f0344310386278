//! Fibre cable routes: where the cable runs, not where one can be connected (that is availability).

use super::common::{self, NAME, OPERATORS};
use super::field::{Choice, Field, choice, label};
use super::{Kind, Storage};

pub static FIBER_ROUTE: Kind = Kind {
    collection: "fiber-routes",
    title: label("Tuyến cáp quang", "Fibre routes"),
    description: label(
        "Tuyến cáp quang theo nhà mạng. Người ngoài thấy tuyến giản lược trên lưới 0,001 độ.",
        "Fibre cable routes by operator. Strangers see a simplified line on a 0.001 degree grid.",
    ),
    storage: Storage::Assets { table: "fiber_routes", code_prefix: "FR" },
    geometry: &["LineString", "MultiLineString"],
    legend: Some("operator"),
    own_fields: &[
        NAME.internal(),
        Field::one_of("operator", "Nhà mạng", "Operator", OPERATORS).required(),
        Field::one_of("deployment", "Cách đặt cáp", "Deployment", DEPLOYMENTS),
        Field::integer("fiber_count", "Số sợi quang", "Fibres", 1, 10_000).internal(),
        Field::number("cable_km", "Chiều dài cáp", "Cable length", 0.001, 100_000.0).in_unit("km").internal(),
        Field::number("route_km", "Chiều dài tuyến", "Route length", 0.0, 100_000.0).in_unit("km").read_only(),
    ],
    internal_common: common::ALL,
    rules: &[],
    near: None,
};

/// OFDS `deployment`.
static DEPLOYMENTS: &[Choice] =
    &[choice("above_ground", "Treo", "Above ground"), choice("below_ground", "Ngầm", "Below ground")];
