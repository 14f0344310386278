//! Estimates of the area with a mobile signal, from the nominal radius of stations. They are never mixed with reported
//! coverage.

use crate::conditions::Condition;
use crate::figures::definitions::building::{count, field, lasting};
use crate::figures::{Indicator, Measure};
use crate::layers::{TOWER, label};

/// The generations, each with the words for the stations that cover it.
const GENERATIONS: [(&str, &str); 4] = [("2g", "2G"), ("3g", "3G"), ("4g", "4G"), ("5g", "5G")];

pub fn figures() -> Vec<Indicator> {
    GENERATIONS.iter().map(|(generation, name)| of_generation(generation, name)).collect()
}

/// The stations with a generation or a later one.
pub fn stations_of(generation: &str) -> Condition {
    let from = GENERATIONS.iter().position(|(known, _)| *known == generation).unwrap_or(0);
    Condition::holds(field(&TOWER, "technologies"), GENERATIONS[from..].iter().map(|(_, name)| *name))
}

fn of_generation(generation: &'static str, name: &str) -> Indicator {
    let (vi, en) = if generation == "5g" { ("", "") } else { (" trở lên", " or later") };
    let sentence = label(
        lasting(format!("Ước tính diện tích có sóng {name}{vi}, theo bán kính phủ danh định của các trạm.")),
        lasting(format!("Estimated area covered by {name}{en}: within the nominal radius of stations.")),
    );
    Indicator {
        denominator: Some(label("diện tích tự nhiên", "area of the unit")),
        measure: Measure::Area { generation },
        ..count(&TOWER, lasting(format!("mobile_area_{generation}")), "km2", sentence)
    }
}
