//! Figures of fibre, from statements about each hamlet.

use crate::figures::definitions::building::{count, hamlets};
use crate::figures::{Indicator, Weight};
use crate::layers::{FIBER_ROUTE, label};

pub fn figures() -> Vec<Indicator> {
    let kilometres = count(
        &FIBER_ROUTE,
        "fiber_route_km",
        "km",
        label(
            "Số km tuyến cáp quang đang sử dụng, tính phần nằm trong địa bàn.",
            "Kilometres of operational fibre routes, of which the part within the unit counts.",
        ),
    )
    .in_metres();
    let by_operator = kilometres.by(
        "operator",
        "fiber_route_km_by_operator",
        label("Số km tuyến cáp quang theo nhà mạng.", "Kilometres of fibre routes by operator."),
    );
    vec![
        kilometres,
        by_operator,
        hamlets(
            "fiber_any",
            Weight::One,
            "fiber_hamlets_any",
            label("Số thôn, tổ dân phố có cáp quang đến ít nhất một hộ.", "Hamlets where fibre reaches any household."),
        ),
        hamlets(
            "fiber_full",
            Weight::One,
            "fiber_hamlets_full",
            label(
                "Số thôn, tổ dân phố có cáp quang đến từ 95% số hộ trở lên.",
                "Hamlets where fibre reaches at least 95% of the households.",
            ),
        ),
        hamlets(
            "fiber_passed",
            Weight::Share,
            "fiber_households_passed",
            label(
                "Số hộ có thể dùng cáp quang: tỷ lệ hộ đã công bố của từng thôn nhân số hộ.",
                "Households that fibre reaches: the share stated for each hamlet times its households.",
            ),
        ),
        hamlets(
            "fiber_connected",
            Weight::Share,
            "fiber_households_connected",
            label("Số hộ đã đấu nối cáp quang.", "Households connected by fibre."),
        ),
    ]
}
