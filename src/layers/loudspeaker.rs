//! Loudspeakers of the commune's radio. A record is a place with one or more clusters; reports count clusters and speakers.

use crate::layers::common::NAME;
use crate::layers::field::{Choice, Default, Field, choice, label};
use crate::layers::{Layer, Near, Storage, Symbol};

pub static LOUDSPEAKER: Layer = Layer {
    collection: "loudspeakers",
    title: label("Loa truyền thanh", "Loudspeakers"),
    description: label(
        "Cụm loa truyền thanh; báo cáo đếm số cụm và số loa.",
        "Clusters of public loudspeakers; reports count clusters and speakers.",
    ),
    storage: Storage::Assets { table: "loudspeakers", code_prefix: "LOA" },
    symbol: Some(Symbol::named("loudspeaker")),
    geometry: &["Point"],
    legend: Some("technology"),
    national: 0,
    summed: &["cluster_count", "speaker_count"],
    own_fields: &[
        NAME,
        Field::integer("cluster_count", "Số cụm loa", "Clusters", 1, 100)
            .essential()
            .also(&["Số cụm", "Cụm loa", "Số lượng cụm"])
            .or(Default::Integer(1)),
        Field::integer("speaker_count", "Số loa", "Speakers", 1, 64)
            .essential()
            .also(&["Số lượng loa", "Loa", "Số chiếc loa"])
            .or(Default::Integer(1)),
        Field::one_of("controlled_by", "Cấp điều khiển", "Controlled by", CONTROLLED_BY).also(&[
            "Cấp quản lý",
            "Đài truyền thanh",
            "Điều khiển từ",
        ]),
        Field::one_of("technology", "Công nghệ", "Technology", TECHNOLOGIES)
            .essential()
            .also(&["Loại loa", "Loại truyền thanh"]),
    ],
    internal_common: &[],
    omits: &[],
    rules: &[],
    checks: &[],
    named_in_commune: false,
    own_code: None,
    stored: &[],
    near: Some(Near { distance_m: 10.0, same: &["managing_org"], direction: None, shared_site_m: None }),
};

/// The district tier ended on 2025-07-01.
static CONTROLLED_BY: &[Choice] = &[
    choice("commune", "Xã", "Commune").also(&["Đài xã", "Cấp xã", "Phường", "UBND xã"]),
    choice("district", "Huyện", "District")
        .also(&["Đài huyện", "Cấp huyện"])
        .ended("2025-07-01", &["commune", "province"]),
    choice("province", "Tỉnh", "Province").also(&["Đài tỉnh", "Cấp tỉnh"]),
];

/// How the sound reaches the speakers: by wire, by FM radio, or over the Internet (which Decision 135/QĐ-TTg of 2020 calls
/// "truyền thanh ứng dụng công nghệ thông tin - viễn thông").
static TECHNOLOGIES: &[Choice] = &[
    choice("wired", "Hữu tuyến", "Wired").also(&["Có dây", "Truyền thanh hữu tuyến"]),
    choice("fm", "FM không dây", "FM radio").also(&["FM", "Vô tuyến", "Không dây", "Truyền thanh không dây"]),
    choice("ip", "Truyền thanh thông minh", "IP").also(&["IP", "Thông minh", "Ứng dụng CNTT-VT"]),
];
