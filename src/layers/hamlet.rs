//! Hamlets: thôn, xóm, bản, tổ dân phố. The households and people that figures count live in them, other records stand
//! in them, and a record of a hamlet stays while communes are merged or get other codes.

use crate::layers::common::NAME;
use crate::layers::field::{Choice, Field, choice, label};
use crate::layers::{Layer, Problem, Properties, Storage, Symbol};
use crate::texts::text;

pub static HAMLET: Layer = Layer {
    collection: "hamlets",
    title: label("Thôn, tổ dân phố", "Hamlets"),
    description: label(
        "Thôn, xóm, bản, tổ dân phố, với số hộ và số dân; không có mã chính thức: mã xã, gạch ngang, số thứ tự.",
        "Hamlets with their households and people; they have no official codes: commune code, dash, number.",
    ),
    storage: Storage::Assets { table: "hamlets", code_prefix: "THON" },
    symbol: Some(Symbol::named("village")),
    geometry: &["Point", "MultiPolygon"],
    legend: Some("kind"),
    national: 90_000,
    summed: &[],
    own_fields: &[
        NAME.also(&[
            "Tên thôn",
            "Tên xóm",
            "Tên bản",
            "Tên tổ dân phố",
            "Tên thôn tổ dân phố",
            "Tên thôn bản",
            "Tên thôn xóm",
            "Tên khu phố",
            "Tên ấp",
            "Thôn",
            "Xóm",
            "Bản",
            "Ấp",
            "Tổ dân phố",
            "Thôn xóm",
            "Thôn bản",
            "Thôn tổ dân phố",
            "Khu phố",
            "Khu dân cư",
            "Tên gọi",
        ])
        .required(),
        Field::one_of("kind", "Loại", "Kind", KINDS).also(&["Loại thôn", "Loại hình", "Loại đơn vị"]),
        Field::integer("households", "Số hộ", "Households", 0, 100_000).essential().also(&[
            "Tổng số hộ",
            "Hộ",
            "Số hộ dân",
            "Số hộ gia đình",
            "Tổng số hộ dân",
        ]),
        Field::integer("population", "Số khẩu", "Population", 0, 1_000_000).essential().also(&[
            "Dân số",
            "Nhân khẩu",
            "Số nhân khẩu",
            "Số dân",
            "Tổng số khẩu",
            "Tổng số nhân khẩu",
            "Số người",
            "Khẩu",
        ]),
        Field::date("counted_on", "Ngày của số hộ, số khẩu", "Date of the counts").also(&[
            "Ngày thống kê",
            "Thời điểm thống kê",
            "Số liệu đến ngày",
            "Thời điểm số liệu",
            "Ngày số liệu",
        ]),
        Field::text("counted_source", "Nguồn số hộ, số khẩu", "Source of the counts", 200).also(&[
            "Nguồn số liệu",
            "Nguồn thống kê",
            "Căn cứ số liệu",
        ]),
        Field::boolean("grid_power", "Điện lưới", "Grid power").also(&[
            "Có điện lưới",
            "Điện lưới quốc gia",
            "Có điện lưới quốc gia",
            "Có điện",
            "Điện",
        ]),
        Field::one_of("difficulty", "Mức độ khó khăn", "Difficulty", DIFFICULTIES).also(&[
            "Thôn khó khăn",
            "Thôn đặc biệt khó khăn",
            "Diện khó khăn",
            "Diện đặc biệt khó khăn",
            "ĐBKK",
            "Phân loại",
        ]),
    ],
    internal_common: &[],
    // It is a place and no device.
    omits: &["hamlet_id", "operational_state", "address", "location_accuracy_m", "managing_org"],
    rules: &[counts_without_day, counts_without_source],
    checks: &[
        ("counts_have_day_check", "counted_on is not null or households is null and population is null"),
        ("day_has_source_check", "(counted_on is null) = (counted_source is null)"),
    ],
    near: None,
    named_in_commune: true,
    own_code: None,
    // A hamlet is in itself, so that grants and figures of a hamlet hold for its own record.
    stored: &[("public", "true"), ("public_geom", "new.geom"), ("hamlet_id", "new.id")],
};

static KINDS: &[Choice] = &[
    choice("thon", "Thôn", "Thôn"),
    choice("xom", "Xóm", "Xóm"),
    choice("ban", "Bản", "Bản"),
    choice("lang", "Làng", "Làng"),
    choice("buon", "Buôn", "Buôn").also(&["Bon"]),
    choice("to_dan_pho", "Tổ dân phố", "Tổ dân phố").also(&["TDP", "Tổ dân cư", "Tổ"]),
    choice("khoi_pho", "Khối phố", "Khối phố").also(&["Khối"]),
    choice("khu_pho", "Khu phố", "Khu phố").also(&["Khu"]),
    choice("ap", "Ấp", "Ấp"),
    choice("khom", "Khóm", "Khóm"),
    choice("other", "Khác", "Other"),
];

/// Decision 33/2020/QĐ-TTg: hamlets of the mountains and of ethnic minorities.
static DIFFICULTIES: &[Choice] = &[
    choice("none", "Không", "None").also(&["Không khó khăn", "Bình thường"]),
    choice("difficult", "Khó khăn", "Difficult").also(&["Thôn khó khăn", "KK"]),
    choice("especially_difficult", "Đặc biệt khó khăn", "Especially difficult").also(&[
        "ĐBKK",
        "Thôn đặc biệt khó khăn",
        "Thôn ĐBKK",
        "Có",
    ]),
];

fn counts_without_day(hamlet: &Properties) -> Option<Problem> {
    missing(hamlet, "counted_on", &["households", "population", "counted_source"])
}

fn counts_without_source(hamlet: &Properties) -> Option<Problem> {
    missing(hamlet, "counted_source", &["households", "population", "counted_on"])
}

/// A field that is needed when one of some others is given.
fn missing(hamlet: &Properties, name: &str, with: &[&str]) -> Option<Problem> {
    let is_given = |name: &str| hamlet.get(name).is_some_and(|value| !value.is_null());
    let field = HAMLET.field(name)?;
    (!is_given(name) && with.iter().any(|other| is_given(other)))
        .then(|| Problem::of_field(name, text!("required", field = field.label)))
}
