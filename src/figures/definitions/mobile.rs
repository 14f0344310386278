//! Figures of mobile stations and coverage. Coverage includes later generations: 4G coverage is 3G coverage, too.

use crate::conditions::Condition;
use crate::figures::definitions::building::{count, fact, field, hamlets, lasting};
use crate::figures::{Denominator, Indicator, Weight};
use crate::layers::{Label, TOWER, label};

/// Whether a station is the first of its site (lowest id) and represents it, so that each site belongs to one unit and
/// sites add up. A station without a site code is a site of its own.
pub const SITE: &str = "site";
/// The same, for sites with stations of at least two operators.
pub const SHARED_SITE: &str = "shared_site";

/// The stations by what they transmit.
pub const BY_TECHNOLOGY: &str = "bts_by_technology";

pub fn figures() -> Vec<Indicator> {
    let stations = count(
        &TOWER,
        "bts_stations",
        "station",
        label(
            "Số trạm BTS đang sử dụng, mỗi nhà mạng tại một vị trí là một trạm.",
            "Operational BTS stations: one operator's installation at a site each.",
        ),
    );
    let mut figures = vec![
        stations.clone(),
        stations.by(
            "operator",
            "bts_stations_by_operator",
            label("Số trạm BTS theo nhà mạng.", "BTS stations by operator."),
        ),
        count(
            &TOWER,
            "bts_sites",
            "site",
            label(
                "Số vị trí đặt trạm (trạm không có mã vị trí là một vị trí riêng).",
                "Sites; a station without a site code is its own.",
            ),
        )
        .of(fact(SITE)),
        count(
            &TOWER,
            "bts_shared_sites",
            "site",
            label("Số vị trí từ hai nhà mạng trở lên dùng chung.", "Sites that two or more operators share."),
        )
        .of(fact(SHARED_SITE)),
        // QĐ 885/QĐ-BTTTT of 2023-05-25, index of digital infrastructure.
        count(
            &TOWER,
            "bts_shared_share",
            "site",
            label(
                "Tỷ lệ vị trí đặt trạm được dùng chung giữa các nhà mạng.",
                "Share of the sites that two or more operators use.",
            ),
        )
        .of(fact(SITE))
        .covered(label("vị trí đặt trạm", "sites"), fact(SHARED_SITE), Condition::never()),
        count(&TOWER, "bts_small_cells", "station", label("Số trạm nhỏ (small cell).", "Small cells."))
            .of(Condition::equal(field(&TOWER, "cell_class"), "small")),
        stations.by_each(
            "technologies",
            BY_TECHNOLOGY,
            label(
                "Số trạm theo công nghệ; một trạm có thể có nhiều công nghệ nên các số không cộng lại.",
                "Stations by technology; a station may have several, so the numbers do not add up.",
            ),
        ),
    ];
    figures.extend(of_5g(&stations));
    figures.extend(not_yet_operational(
        "planned",
        "stations_planned",
        label("Số trạm BTS trong kế hoạch", "Planned BTS stations"),
    ));
    let under_construction = label("Số trạm BTS đang xây dựng", "BTS stations under construction");
    figures.extend(not_yet_operational("under_construction", "stations_under_construction", under_construction));
    figures.extend(COVERAGES.iter().flat_map(|of| GENERATIONS.iter().map(|generation| coverage(of, generation))));
    figures
}

/// QĐ 805/QĐ-TTg of 2024-08-07.
fn of_5g(stations: &Indicator) -> [Indicator; 3] {
    let with = |technology: &str| Condition::holds(field(&TOWER, "technologies"), [technology]);
    let of_5g =
        count(&TOWER, "bts_5g", "station", label("Số trạm BTS phát sóng 5G.", "Stations with 5G.")).of(with("5G"));
    let to_4g = of_5g.clone().for_each(100, Denominator::Rows(with("4G")), label("trạm 4G", "4G stations"));
    let to_4g = Indicator {
        code: "bts_5g_to_4g",
        unit: "percent",
        sentence: label("Tỷ lệ số trạm 5G so với số trạm 4G.", "5G stations for each 100 stations with 4G."),
        ..to_4g
    };
    let people = label("người dân theo số liệu dân số của xã", "people of the census");
    let density = Indicator {
        code: "bts_stations_per_10000_people",
        unit: "station_per_10000_people",
        sentence: label("Số trạm BTS trên 10.000 dân.", "BTS stations for each 10,000 people."),
        ..stations.clone().for_each(10_000, Denominator::Census(Weight::Population), people)
    };
    [of_5g, to_4g, density]
}

/// The stations of a status and their partition by operator.
fn not_yet_operational(status: &'static str, code: &'static str, what: Label) -> [Indicator; 2] {
    let sentence = label(lasting(format!("{}.", what.vi)), lasting(format!("{}.", what.en)));
    let all = count(&TOWER, code, "station", sentence).with_status(status);
    let sentence = label(lasting(format!("{} theo nhà mạng.", what.vi)), lasting(format!("{} by operator.", what.en)));
    let by_operator = all.by("operator", lasting(format!("{code}_by_operator")), sentence);
    [all, by_operator]
}

/// What can be covered: its name in codes and in words.
const COVERAGES: [(Weight, &str, Label); 3] = [
    (Weight::One, "hamlets", label("Số thôn, tổ dân phố", "Hamlets")),
    (Weight::Households, "households", label("Số hộ ở các thôn", "Households of hamlets")),
    (Weight::Population, "population", label("Dân số các thôn", "People of hamlets")),
];

/// The generations. The words name every generation that covers them.
const GENERATIONS: [(&str, Label); 4] = [
    ("2g", label("2G trở lên", "2G or later")),
    ("3g", label("3G trở lên", "3G or later")),
    ("4g", label("4G trở lên", "4G or later")),
    ("5g", label("5G", "5G")),
];

fn coverage((weight, of, what): &(Weight, &str, Label), (generation, by): &(&str, Label)) -> Indicator {
    let sentence = label(
        lasting(format!("{} có sóng {}.", what.vi, by.vi)),
        lasting(format!("{} covered by {}.", what.en, by.en)),
    );
    hamlets(&format!("mobile_{generation}"), *weight, lasting(format!("mobile_{of}_{generation}")), sentence)
}
