//! The fields that every layer of assets has, and the lists of values that several layers share.

use crate::layers::field::{Choice, Default, Field, Group, choice};

/// What filters and `id=` call the id of a record. No field of a layer: features have it as a member of their own.
pub static ID: Field = Field::integer("id", "Số định danh", "Id", 1, (1 << 53) - 1).read_only().not_null();

/// Shown before a layer's own fields.
pub static HEAD: &[Field] = &[
    Field::text("code", "Mã", "Code", 60)
        .in_group(Group::Record)
        .also(&["Mã số", "Mã hiệu", "Mã bản ghi"])
        .or(Default::Code),
    Field::text("external_id", "Mã của đơn vị gửi", "External id", 120)
        .in_group(Group::Record)
        .also(&["Mã đơn vị gửi", "Mã quản lý", "Mã nội bộ", "Mã tài sản", "ID ngoài", "ref"])
        .internal(),
    Field::text("source_org", "Đơn vị cung cấp", "Source organisation", 200)
        .in_group(Group::Record)
        .also(&["Nguồn cung cấp", "Đơn vị gửi", "Đơn vị báo cáo"])
        .internal(),
];

/// The name. Each layer lists it first among its own fields, since some require it and some hide it.
pub const NAME: Field = Field::text("name", "Tên", "Name", 200).essential().also(&[
    "Tên điểm",
    "Tên điểm lắp đặt",
    "Tên vị trí",
    "Vị trí lắp đặt",
    "Điểm lắp đặt",
    "Tên gọi",
    "Tên camera",
    "Tên trạm",
    "Tên cơ sở",
]);

/// Every common field that a layer can hide from anonymous callers.
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
    Field::one_of("lifecycle_status", "Tình trạng sử dụng", "Lifecycle status", LIFECYCLE)
        .in_group(Group::State)
        .also(&["Vòng đời", "Trạng thái", "Giai đoạn", "Hiện trạng", "Status"])
        .or(Default::Text("operational")),
    Field::one_of("operational_state", "Tình trạng hoạt động", "Operational state", STATE)
        .in_group(Group::State)
        .also(&["Tình trạng", "Tình trạng thiết bị", "Trạng thái hoạt động"])
        .or(Default::Text("unknown")),
    Field::date("installed_on", "Ngày lắp đặt", "Installed on")
        .in_group(Group::State)
        .essential()
        .also(&[
            "Ngày lắp",
            "Thời gian lắp đặt",
            "Thời điểm lắp đặt",
            "Năm lắp đặt",
            "Ngày đưa vào sử dụng",
            "Năm sử dụng",
            "Tháng lắp đặt",
            "Ngày tháng lắp đặt",
            "Thời gian đưa vào sử dụng",
            "start_date",
            "readyForServiceDate",
        ])
        .may_be_future(),
    Field::date("decommissioned_on", "Ngày ngừng sử dụng", "Decommissioned on")
        .in_group(Group::State)
        .also(&["Ngày dừng", "Ngày tháo dỡ", "Ngày ngừng hoạt động", "end_date"])
        .may_be_future(),
    Field::commune_code("commune_code", "Xã, phường hiện nay", "Commune today")
        .in_group(Group::Place)
        .read_only()
        .public_column("public_commune_code"),
    Field::commune_code("declared_commune_code", "Mã xã khai báo", "Declared commune code")
        .in_group(Group::Place)
        .also(&[
            "Mã xã",
            "Mã phường",
            "Mã ĐVHC",
            "Mã đơn vị hành chính",
            "Xã",
            "Phường",
            "Xã phường",
            "Phường xã",
            "Xã phường thị trấn",
            "Thị trấn",
            "Tên xã",
            "Tên phường",
            "Địa bàn",
            "Địa bàn xã",
            "Đơn vị hành chính",
            "Thuộc xã",
            "Commune",
            "addr:subdistrict",
            "addr:ward",
            "addr:commune",
        ]),
    Field::date("declared_on", "Ngày khai báo xã, phường", "Date of the declared code")
        .in_group(Group::Place)
        .also(&["Ngày của mã xã khai báo"]),
    Field::reference("hamlet_id", "Thôn, tổ dân phố", "Hamlet", "hamlets").in_group(Group::Place).also(&[
        "Thôn",
        "Xóm",
        "Bản",
        "Tổ dân phố",
        "Thôn xóm",
        "Thôn tổ dân phố",
        "Thôn bản",
        "Khu phố",
    ]),
    Field::text("address", "Địa chỉ", "Address", 300).in_group(Group::Place).also(&[
        "Địa chỉ lắp đặt",
        "Địa chỉ cụ thể",
        "Nơi lắp đặt",
        "Địa điểm",
        "Địa điểm lắp đặt",
        "addr:full",
        "addr:street",
    ]),
    Field::number("location_accuracy_m", "Sai số vị trí", "Location accuracy", 0.0, 100_000.0)
        .in_group(Group::Place)
        .also(&["Độ chính xác", "Sai số"])
        .in_unit("m"),
    Field::text("managing_org", "Đơn vị quản lý", "Managing organisation", 200).in_group(Group::Keeper).also(&[
        "Đơn vị quản lý vận hành",
        "Cơ quan quản lý",
        "Đơn vị vận hành",
        "Quản lý",
        "operator",
        "physicalInfrastructureProvider",
    ]),
    Field::one_of("source", "Nguồn", "Source", SOURCE).in_group(Group::Record).internal().or(Default::Text("manual")),
    Field::text("note", "Ghi chú", "Note", 2000)
        .in_group(Group::Keeper)
        .also(&["Ghi chú thêm", "Chú thích", "Diễn giải", "Description"])
        .internal(),
    Field::date("effective_on", "Có hiệu lực từ", "Effective on")
        .in_group(Group::State)
        .also(&["Hiệu lực từ", "Ngày hiệu lực", "Áp dụng từ"])
        .or(Default::Today),
    Field::timestamp("verified_at", "Xác nhận lúc", "Verified at").in_group(Group::Record).read_only(),
    Field::text("verified_by", "Người xác nhận", "Verified by", 200).in_group(Group::Record).internal().read_only(),
    Field::integer("version", "Phiên bản", "Version", 1, i32::MAX as i64)
        .in_group(Group::Record)
        .read_only()
        .not_null()
        .public_column("public_version"),
    Field::timestamp("created_at", "Tạo lúc", "Created at").in_group(Group::Record).internal().read_only().not_null(),
    Field::text("created_by", "Người tạo", "Created by", 200).in_group(Group::Record).internal().read_only().not_null(),
    Field::timestamp("updated_at", "Sửa lúc", "Updated at").in_group(Group::Record).internal().read_only().not_null(),
    Field::text("updated_by", "Người sửa", "Updated by", 200).in_group(Group::Record).internal().read_only().not_null(),
];

/// The lifecycle of the Open Fibre Data Standard. Headline figures count only `operational`.
pub static LIFECYCLE: &[Choice] = &[
    choice("proposed", "Đề xuất", "Proposed").also(&["Đề nghị", "Dự kiến"]),
    choice("planned", "Theo kế hoạch", "Planned").also(&["Kế hoạch", "Quy hoạch", "Chưa triển khai"]),
    choice("under_construction", "Đang xây dựng", "Under construction").also(&[
        "Đang lắp đặt",
        "Đang thi công",
        "Đang triển khai",
    ]),
    choice("operational", "Đang sử dụng", "Operational").also(&[
        "Đang hoạt động",
        "Hoạt động",
        "Hoạt động tốt",
        "Đang sử dụng tốt",
        "Bình thường",
        "Sử dụng",
        "Đang dùng",
        "Đang phát sóng",
        "Tốt",
        "Active",
    ]),
    // Not "Hỏng": what is broken today is an operational state, and still in use.
    choice("inactive", "Tạm dừng", "Inactive").also(&["Tạm ngừng", "Tạm ngưng", "Ngừng tạm thời", "Không hoạt động"]),
    choice("decommissioned", "Đã ngừng sử dụng", "Decommissioned").also(&[
        "Đã tháo dỡ",
        "Tháo dỡ",
        "Ngừng sử dụng",
        "Thanh lý",
        "Đã thanh lý",
        "Hủy",
    ]),
];

/// Whether it works today. A broken device is not decommissioned.
static STATE: &[Choice] = &[
    choice("enabled", "Hoạt động", "Enabled").also(&[
        "Đang hoạt động",
        "Đang sử dụng",
        "Đang dùng",
        "Đang phát sóng",
        "Tốt",
        "Bình thường",
        "Hoạt động tốt",
        "Hoạt động bình thường",
    ]),
    choice("disabled", "Không hoạt động", "Disabled").also(&[
        "Hỏng",
        "Đã hỏng",
        "Mất kết nối",
        "Ngừng hoạt động",
        "Mất tín hiệu",
    ]),
    choice("degraded", "Hoạt động kém", "Degraded").also(&["Chập chờn", "Kém", "Hoạt động chập chờn", "Suy giảm"]),
    choice("unknown", "Chưa rõ", "Unknown").also(&["Không rõ", "Chưa xác định"]),
];

static SOURCE: &[Choice] = &[
    choice("manual", "Nhập tay", "Manual"),
    choice("import", "Từ tệp", "Import"),
    choice("operator_feed", "Từ nhà mạng", "Operator feed"),
];

pub static OPERATORS: &[Choice] = &[
    choice("viettel", "Viettel", "Viettel").also(&[
        "Viettel Telecom",
        "Tập đoàn Viettel",
        "VTT",
        "Viettel Thanh Hóa",
        "Quân đội",
    ]),
    choice("mobifone", "MobiFone", "MobiFone").also(&["Mobi", "VMS", "Mobi Fone", "MBF"]),
    choice("vnpt", "VNPT", "VNPT").also(&[
        "Vinaphone",
        "Vina",
        "VNP",
        "VNPT Vinaphone",
        "VNPT-VinaPhone",
        "Vina Phone",
    ]),
    choice("vietnamobile", "Vietnamobile", "Vietnamobile").also(&["VNM", "Vietnam Mobile"]),
    choice("gmobile", "Gmobile", "Gmobile").also(&["Gtel", "Beeline"]),
    choice("other", "Khác", "Other").also(&["Nhà mạng khác"]),
];

pub static FACILITY_TYPES: &[Choice] = &[
    choice("commune_office", "Trụ sở xã, phường", "Commune office").also(&[
        "UBND xã",
        "Trụ sở UBND",
        "Ủy ban nhân dân xã",
        "UBND phường",
        "townhall",
        "Công sở xã",
        "Trụ sở xã",
    ]),
    choice("agency_office", "Cơ quan, đơn vị", "Agency office").also(&[
        "Cơ quan",
        "Trụ sở cơ quan",
        "Công sở",
        "public_building",
    ]),
    choice("school", "Trường học", "School").also(&[
        "Trường",
        "Trường mầm non",
        "Trường tiểu học",
        "Trường THCS",
        "Trường THPT",
    ]),
    choice("health_station", "Trạm y tế", "Health station").also(&[
        "Trạm xá",
        "Trạm y tế xã",
        "Bệnh viện",
        "clinic",
        "hospital",
    ]),
    choice("cultural_house", "Nhà văn hóa", "Cultural house").also(&[
        "NVH",
        "Nhà văn hóa thôn",
        "Nhà sinh hoạt cộng đồng",
        "community_centre",
    ]),
    choice("post_office", "Bưu điện", "Post office").also(&["Bưu điện văn hóa xã", "Điểm bưu điện"]),
    choice("market", "Chợ", "Market").also(&["marketplace"]),
    choice("bus_station", "Bến xe", "Bus station"),
    choice("heritage_site", "Di tích", "Heritage site").also(&["Di tích lịch sử", "Di tích quốc gia"]),
    choice("border_post", "Đồn biên phòng, cửa khẩu", "Border post").also(&["Đồn biên phòng", "Cửa khẩu"]),
    choice("other", "Khác", "Other"),
];
