//! Figures of offices and heritage sites.

use crate::conditions::Condition;
use crate::figures::definitions::building::{count, field, of_type};
use crate::figures::{Indicator, Measure};
use crate::layers::{FACILITY, label};

/// Whether a facility is the office whose level is that of the unit.
pub const LEVEL_OFFICE: &str = "level_office";

pub fn figures() -> Vec<Indicator> {
    let data_line = field(&FACILITY, "data_line");
    vec![
        count(
            &FACILITY,
            "heritage_qr_sites",
            "site",
            label(
                "Số di tích có mã QR dẫn đến phim giới thiệu.",
                "Heritage sites with a QR code that links to a video.",
            ),
        )
        .of(of_type("heritage_site"))
        .covered(
            label("di tích", "heritage sites"),
            Condition::is_null(field(&FACILITY, "qr_url")).negated(),
            Condition::never(),
        ),
        count(
            &FACILITY,
            "data_line_offices",
            "office",
            label(
                "Số trụ sở xã, phường dùng đường truyền số liệu chuyên dùng.",
                "Commune offices on the dedicated government data line.",
            ),
        )
        .of(of_type("commune_office"))
        .covered(
            label("trụ sở xã, phường", "commune offices"),
            Condition::equal(data_line, true),
            Condition::is_null(data_line),
        ),
        Indicator {
            measure: Measure::SecurityLevel,
            ..count(
                &FACILITY,
                "security_level",
                "level",
                // Decree 85/2016/NĐ-CP.
                label(
                    "Cấp độ an toàn thông tin của trụ sở: cấp cao nhất trong các trụ sở xã của xã, trong các cơ quan của huyện, tỉnh.",
                    "Information security level of the office: the highest of a commune's offices, of a district's or province's agencies.",
                ),
            )
        },
    ]
}
