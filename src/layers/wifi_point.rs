//! Public Wi-Fi points. Reports count the facilities that have a free one.

use crate::layers::common::{FACILITY_TYPES, NAME};
use crate::layers::field::{Choice, Default, Field, choice, label};
use crate::layers::{Layer, Near, Storage, Symbol};

pub static WIFI_POINT: Layer = Layer {
    collection: "wifi-points",
    title: label("Điểm Wi-Fi công cộng", "Public Wi-Fi points"),
    description: label(
        "Điểm phát Wi-Fi công cộng; báo cáo đếm cơ sở có Wi-Fi miễn phí.",
        "Public Wi-Fi points; reports count the facilities that have a free one.",
    ),
    storage: Storage::Assets { table: "wifi_points", code_prefix: "WIFI" },
    symbol: Some(Symbol::named("wifi")),
    geometry: &["Point"],
    legend: Some("venue_type"),
    national: 100_000,
    summed: &["ap_count"],
    own_fields: &[
        NAME,
        // IEEE 802.11: at most 32 octets. A space at an end makes another network, but in a list it is a slip of the hand.
        Field::text("ssid", "Tên mạng (SSID)", "SSID", 32)
            .essential()
            .also(&["Tên wifi", "Tên sóng", "Tên mạng wifi", "internet_access:ssid"])
            .octets(),
        Field::reference("facility_id", "Cơ sở", "Facility", "facilities").also(&["Mã cơ sở", "Thuộc cơ sở"]).indexed(),
        Field::one_of("venue_type", "Loại địa điểm", "Venue type", FACILITY_TYPES)
            .essential()
            .also(&["Loại hình", "Địa điểm công cộng"]),
        Field::one_of("fee", "Thu phí", "Fee", FEES).also(&["Phí", "internet_access:fee"]),
        Field::one_of("auth", "Cách đăng nhập", "Sign-in", AUTHS).essential().also(&["Đăng nhập", "Xác thực"]),
        Field::integer("ap_count", "Số bộ phát", "Access points", 1, 1000)
            .also(&["Số AP", "Số điểm phát", "Số thiết bị phát"])
            .or(Default::Integer(1)),
        Field::number("radius_m", "Bán kính phủ", "Radius", 1.0, 10_000.0).in_unit("m"),
        Field::text("isp", "Nhà cung cấp Internet", "Internet provider", 100).also(&[
            "Nhà mạng",
            "Đơn vị cung cấp mạng",
            "Nhà cung cấp",
            "internet_access:operator",
        ]),
        Field::number("downlink_mbps", "Tốc độ tải xuống", "Downlink", 0.1, 100_000.0)
            .also(&["Tốc độ", "Băng thông", "Tốc độ tải"])
            .in_unit("Mbit/s"),
    ],
    internal_common: &[],
    omits: &[],
    rules: &[],
    checks: &[],
    near: Some(Near { distance_m: 30.0, same: &["ssid"], direction: None, shared_site_m: None }),
    named_in_commune: false,
    own_code: None,
    stored: &[],
};

/// OSM `internet_access:fee`.
static FEES: &[Choice] = &[
    choice("no", "Miễn phí", "Free").also(&["Không thu phí", "Không"]),
    choice("yes", "Có thu phí", "Paid").also(&["Thu phí", "Có"]),
    choice("customers", "Cho khách hàng", "Customers"),
];

static AUTHS: &[Choice] = &[
    choice("open", "Mở", "Open").also(&["Không mật khẩu", "Tự do"]),
    choice("captive_portal", "Trang chào", "Captive portal").also(&["Cổng chào", "Portal"]),
    choice("password_on_request", "Hỏi mật khẩu", "Password on request").also(&["Có mật khẩu"]),
    choice("voucher", "Thẻ", "Voucher"),
];
