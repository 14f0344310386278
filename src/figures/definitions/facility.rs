//! Figures of offices and heritage sites.

use crate::conditions::Condition;
use crate::figures::definitions::building::{count, field, of_type};
use crate::figures::{Indicator, Measure};
use crate::layers::{FACILITY, Label, label};

/// Whether a facility is the office whose level is that of the unit.
pub const LEVEL_OFFICE: &str = "level_office";

pub fn figures() -> Vec<Indicator> {
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
        .covered(label("di tích", "heritage sites"), has_qr(), Condition::never()),
        Indicator {
            part_of: Some("heritage_qr_sites"),
            ..count(
                &FACILITY,
                "heritage_qr_sites",
                "site",
                label("Di tích có mã QR.", "Heritage sites with a QR code."),
            )
            .of(Condition::All(vec![of_type("heritage_site"), has_qr()]))
            .by(
                "heritage_rank",
                "heritage_qr_sites_by_rank",
                label("Số di tích có mã QR theo xếp hạng.", "Heritage sites with a QR code by rank."),
            )
        },
        of_offices(
            "data_line",
            "data_line_offices",
            label(
                "Số trụ sở xã, phường dùng đường truyền số liệu chuyên dùng.",
                "Commune offices on the dedicated government data line.",
            ),
        ),
        of_offices(
            "video_conference",
            "video_conference_offices",
            label("Số trụ sở xã, phường họp trực tuyến được.", "Commune offices equipped for video conferences."),
        ),
        of_offices(
            "lan",
            "lan_offices",
            label("Số trụ sở xã, phường có mạng nội bộ (LAN).", "Commune offices with a local network."),
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

fn has_qr() -> Condition {
    Condition::is_null(field(&FACILITY, "qr_url")).negated()
}

/// The share of the commune offices that have something; unknown where nobody has said.
fn of_offices(has: &str, code: &'static str, sentence: Label) -> Indicator {
    let has = field(&FACILITY, has);
    count(&FACILITY, code, "office", sentence).of(of_type("commune_office")).covered(
        label("trụ sở xã, phường", "commune offices"),
        Condition::equal(has, true),
        Condition::is_null(has),
    )
}
