//! Figures of loudspeakers.

use crate::figures::definitions::building::{count, hamlets};
use crate::figures::{Indicator, Weight};
use crate::layers::{LOUDSPEAKER, label};

pub fn figures() -> Vec<Indicator> {
    let clusters = label("Số cụm loa truyền thanh đang hoạt động.", "Clusters of operational loudspeakers.");
    let speakers = label("Số loa truyền thanh đang hoạt động.", "Operational loudspeakers.");
    vec![
        count(&LOUDSPEAKER, "loudspeaker_clusters", "cluster", clusters).summing("cluster_count"),
        count(&LOUDSPEAKER, "loudspeaker_speakers", "speaker", speakers).summing("speaker_count"),
        // Criterion 8 of the new-rural set, QĐ 318/QĐ-TTg of 2022-03-08.
        hamlets(
            "loudspeaker",
            Weight::One,
            "loudspeaker_hamlets",
            label(
                "Số thôn, tổ dân phố có loa truyền thanh đang hoạt động.",
                "Hamlets with an operational loudspeaker.",
            ),
        ),
    ]
}
