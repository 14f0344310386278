//! The fields that every layer of assets has, and the lists that several share.

use super::field::{Choice, Default, Field, choice};

/// Shown before a layer's own fields.
pub static HEAD: &[Field] = &[
    Field::text("code", "Mã", "Code", 60).or(Default::Code),
    Field::text("external_id", "Mã của đơn vị gửi", "External id", 120).internal(),
    Field::text("source_org", "Đơn vị cung cấp", "Source organisation", 200).internal(),
];

/// The name: a layer lists it first among its own fields, since it is required in some and hidden in others.
pub const NAME: Field = Field::text("name", "Tên", "Name", 200);

/// Every common field that a layer can hide from strangers.
pub static ALL: &[&str] = &[
    "code",
    "lifecycle_status",
    "operational_state",
    "installed_on",
    "decommissioned_on",
    "commune_code",
    "declared_commune_code",
    "declared_on",
    "hamlet_id",
    "address",
    "location_accuracy_m",
    "managing_org",
    "effective_on",
    "verified_at",
];

/// Shown after a layer's own fields.
pub static TAIL: &[Field] = &[
    Field::one_of("lifecycle_status", "Vòng đời", "Lifecycle status", LIFECYCLE).or(Default::Text("operational")),
    Field::one_of("operational_state", "Tình trạng hoạt động", "Operational state", STATE).or(Default::Text("unknown")),
    Field::date("installed_on", "Ngày lắp đặt", "Installed on").may_be_future(),
    Field::date("decommissioned_on", "Ngày ngừng sử dụng", "Decommissioned on").may_be_future(),
    Field::commune_code("commune_code", "Xã, phường hiện nay", "Commune today")
        .read_only()
        .public_column("public_commune_code"),
    Field::commune_code("declared_commune_code", "Mã xã khai báo", "Declared commune code"),
    Field::date("declared_on", "Ngày của mã xã khai báo", "Date of the declared code"),
    Field::reference("hamlet_id", "Thôn, tổ dân phố", "Hamlet", "hamlets"),
    Field::text("address", "Địa chỉ", "Address", 300),
    Field::number("location_accuracy_m", "Sai số vị trí", "Location accuracy", 0.0, 100_000.0).in_unit("m"),
    Field::text("managing_org", "Đơn vị quản lý", "Managing organisation", 200),
    Field::one_of("source", "Nguồn", "Source", SOURCE).internal().or(Default::Text("manual")),
    Field::text("note", "Ghi chú", "Note", 2000).internal(),
    Field::date("effective_on", "Có hiệu lực từ", "Effective on").or(Default::Today),
    Field::timestamp("verified_at", "Xác nhận lúc", "Verified at").read_only(),
    Field::text("verified_by", "Người xác nhận", "Verified by", 200).internal().read_only(),
    Field::integer("version", "Phiên bản", "Version", 1, i32::MAX as i64)
        .read_only()
        .not_null()
        .public_column("public_version"),
    Field::timestamp("created_at", "Tạo lúc", "Created at").internal().read_only().not_null(),
    Field::text("created_by", "Người tạo", "Created by", 200).internal().read_only().not_null(),
    Field::timestamp("updated_at", "Sửa lúc", "Updated at").internal().read_only().not_null(),
    Field::text("updated_by", "Người sửa", "Updated by", 200).internal().read_only().not_null(),
];

/// The lifecycle of the Open Fibre Data Standard. Only `operational` counts in a headline.
pub static LIFECYCLE: &[Choice] = &[
    choice("proposed", "Đề xuất", "Proposed"),
    choice("planned", "Theo kế hoạch", "Planned"),
    choice("under_construction", "Đang xây dựng", "Under construction"),
    choice("operational", "Đang sử dụng", "Operational"),
    choice("inactive", "Tạm dừng", "Inactive"),
    choice("decommissioned", "Đã ngừng sử dụng", "Decommissioned"),
];

/// Whether it works today; broken is not decommissioned.
static STATE: &[Choice] = &[
    choice("enabled", "Hoạt động", "Enabled"),
    choice("disabled", "Không hoạt động", "Disabled"),
    choice("degraded", "Hoạt động kém", "Degraded"),
    choice("unknown", "Chưa rõ", "Unknown"),
];

static SOURCE: &[Choice] = &[
    choice("manual", "Nhập tay", "Manual"),
    choice("import", "Từ tệp", "Import"),
    choice("operator_feed", "Từ nhà mạng", "Operator feed"),
];

pub static OPERATORS: &[Choice] = &[
    choice("viettel", "Viettel", "Viettel"),
    choice("mobifone", "MobiFone", "MobiFone"),
    choice("vnpt", "VNPT", "VNPT"),
    choice("vietnamobile", "Vietnamobile", "Vietnamobile"),
    choice("gmobile", "Gmobile", "Gmobile"),
    choice("other", "Khác", "Other"),
];

pub static FACILITY_TYPES: &[Choice] = &[
    choice("commune_office", "Trụ sở xã, phường", "Commune office"),
    choice("agency_office", "Cơ quan, đơn vị", "Agency office"),
    choice("school", "Trường học", "School"),
    choice("health_station", "Trạm y tế", "Health station"),
    choice("cultural_house", "Nhà văn hóa", "Cultural house"),
    choice("post_office", "Bưu điện", "Post office"),
    choice("market", "Chợ", "Market"),
    choice("bus_station", "Bến xe", "Bus station"),
    choice("heritage_site", "Di tích", "Heritage site"),
    choice("border_post", "Đồn biên phòng, cửa khẩu", "Border post"),
    choice("other", "Khác", "Other"),
];
