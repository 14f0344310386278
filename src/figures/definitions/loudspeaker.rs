//! Figures of loudspeakers.

use crate::figures::Indicator;
use crate::figures::definitions::building::count;
use crate::layers::{LOUDSPEAKER, label};

pub fn figures() -> Vec<Indicator> {
    let clusters = label("Số cụm loa truyền thanh đang hoạt động.", "Clusters of operational loudspeakers.");
    let speakers = label("Số loa truyền thanh đang hoạt động.", "Operational loudspeakers.");
    vec![
        count(&LOUDSPEAKER, "loudspeaker_clusters", "cluster", clusters).summing("cluster_count"),
        count(&LOUDSPEAKER, "loudspeaker_speakers", "speaker", speakers).summing("speaker_count"),
    ]
}
