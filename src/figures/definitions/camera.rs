//! Figures of cameras.

use crate::figures::definitions::building::{count, fact, hamlets};
use crate::figures::{Denominator, Indicator, Weight};
use crate::layers::{CAMERA, label};

/// Whether a camera is the first of its place (lowest id) and represents it, so that places add up.
pub const POSITION: &str = "position";

pub fn figures() -> Vec<Indicator> {
    let eyes = count(
        &CAMERA,
        "camera_eyes",
        "eye",
        label("Số mắt camera đang sử dụng.", "Eyes (lenses) of operational cameras."),
    )
    .summing("eye_count");
    vec![
        eyes.clone(),
        count(&CAMERA, "camera_units", "camera", label("Số camera đang sử dụng.", "Operational cameras.")),
        // Districts report "131 eyes at 59 positions".
        count(
            &CAMERA,
            "camera_positions",
            "position",
            label(
                "Số vị trí lắp camera đang sử dụng (nhiều camera trên một cột là một vị trí).",
                "Places of operational cameras; several cameras on a pole have one place.",
            ),
        )
        .of(fact(POSITION)),
        Indicator {
            code: "camera_eyes_per_1000_households",
            unit: "eye_per_1000_households",
            sentence: label("Số mắt camera trên 1.000 hộ dân.", "Eyes of cameras for each 1,000 households."),
            ..eyes.clone().for_each(
                1_000,
                Denominator::Census(Weight::Households),
                label("hộ dân theo số liệu dân số của xã", "households of the census"),
            )
        },
        eyes.by(
            "managing_level",
            "camera_eyes_by_manager",
            label("Số mắt camera theo cấp quản lý.", "Eyes by managing level."),
        ),
        eyes.by(
            "funding",
            "camera_eyes_by_funding",
            label("Số mắt camera theo nguồn kinh phí.", "Eyes by source of funding."),
        ),
        eyes.by(
            "surveillance_zone",
            "camera_eyes_by_zone",
            label("Số mắt camera theo khu vực giám sát.", "Eyes by surveillance zone."),
        ),
        hamlets(
            "camera",
            Weight::One,
            "camera_hamlets",
            label(
                "Số thôn, tổ dân phố có ít nhất một camera đang sử dụng.",
                "Hamlets with at least one operational camera.",
            ),
        ),
        hamlets(
            "connected_camera",
            Weight::One,
            "camera_hamlets_connected",
            label(
                "Số thôn, tổ dân phố có camera kết nối về trung tâm giám sát.",
                "Hamlets with a camera connected to a monitoring centre.",
            ),
        ),
    ]
}
