//! Hamlets without a mobile signal ("trắng sóng") and with a weak one ("lõm sóng"): two lists with their own denominators.
//!
//! 1603/BTTTT-CVT of 2024-04-25, as cited by Lào Cai's plan 467/KH-UBND.

use crate::figures::definitions::building::{hamlets, hamlets_by, lasting};
use crate::figures::{Indicator, Weight};
use crate::layers::{Label, label};

pub fn figures() -> Vec<Indicator> {
    let none = hamlets(
        "no_signal",
        Weight::One,
        "hamlets_no_signal",
        label(
            "Số thôn, tổ dân phố trắng sóng di động: không có sóng 2G, 3G, 4G của nhà mạng nào.",
            "Hamlets without a mobile signal: no operator's 2G, 3G or 4G reaches them.",
        ),
    );
    let weak = Indicator {
        denominator: Some(label("thôn, tổ dân phố không trắng sóng", "hamlets that are not without a signal")),
        ..hamlets(
            "weak_signal",
            Weight::One,
            "hamlets_weak_signal",
            label(
                "Số thôn, tổ dân phố lõm sóng di động: sóng yếu, không dùng ổn định.",
                "Hamlets with a weak mobile signal, which does not serve them well.",
            ),
        )
    };
    let lists = [
        (none, label("Số thôn, tổ dân phố trắng sóng", "Hamlets without a signal")),
        (weak, label("Số thôn, tổ dân phố lõm sóng", "Hamlets with a weak signal")),
    ];
    lists.into_iter().flat_map(|(list, name)| with_parts(list, name)).collect()
}

/// A list, and its partitions by difficulty and by grid power.
fn with_parts(list: Indicator, name: Label) -> [Indicator; 3] {
    let by = |field: &str, vi: &str, en: &str| {
        let sentence = label(lasting(format!("{} theo {vi}.", name.vi)), lasting(format!("{} by {en}.", name.en)));
        hamlets_by(&list, field, lasting(format!("{}_by_{field}", list.code)), sentence)
    };
    let parts =
        [by("difficulty", "mức độ khó khăn", "difficulty"), by("grid_power", "tình trạng điện lưới", "grid power")];
    let [by_difficulty, by_grid_power] = parts;
    [list, by_difficulty, by_grid_power]
}
