//! Figures of cameras.

use crate::figures::definitions::building::{count, hamlets};
use crate::figures::{Indicator, Weight};
use crate::layers::{CAMERA, label};

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
