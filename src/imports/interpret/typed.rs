//! A place as somebody types or pastes it into one line.

use crate::imports::interpret::coordinate::{self, Axis, axis_of};
use crate::imports::interpret::pair::is_plausible;
use crate::layers::Crs;
use crate::texts::{Text, text};

/// Longitude and latitude in WGS 84 of `19.817, 105.733`, `19°49'01.2"N 105°43'58.8"E`, or `2192163.6 576592.3` in metres of
/// the system `crs`, in either order.
///
/// # Errors
/// That the text is no place, or that it is in metres and nobody said of which system.
pub fn typed_place(text: &str, crs: Option<Crs>) -> Result<[f64; 2], Text> {
    let unreadable = || text!("geo.unreadable", given = text);
    let angles = coordinate::read(text).into_iter().find(|angles| angles.len() == 2 && is_plausible(angles));
    let [first, second] = angles.ok_or_else(unreadable)?[..] else { return Err(unreadable()) };
    let is_first = |axis: Axis| axis_of(first.value) == Some(axis);
    let [x, y] = if is_first(Axis::Longitude) || is_first(Axis::East) {
        [first.value, second.value]
    } else {
        [second.value, first.value]
    };
    let is_metres = is_first(Axis::East) || is_first(Axis::North);
    let system = match crs {
        Some(crs) if crs.is_degrees() != is_metres => crs,
        None | Some(_) if !is_metres => Crs::WGS84,
        _ => return Err(text!("geo.vn2000/meridian")),
    };
    system.to_wgs84([x, y]).ok_or_else(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_and_metres_are_read_in_either_order() {
        let zone = Crs::of_meridian(105.0);
        for (text, crs) in [
            ("19.817, 105.733", None),
            ("105.733 19.817", None),
            ("19°49'01.2\"N, 105°43'58.8\"E", None),
            ("19,817; 105,733", zone),
        ] {
            assert_eq!(
                typed_place(text, crs).map(|at| at.map(|it| (it * 1e6).round() / 1e6)),
                Ok([105.733, 19.817]),
                "{text}"
            );
        }
        let [x, y] = zone.unwrap().of_wgs84([105.733, 19.817]).unwrap();
        for text in [format!("{x:.2} {y:.2}"), format!("X: {y:.2}; Y: {x:.2}")] {
            let [longitude, latitude] = typed_place(&text, zone).unwrap();
            assert!((longitude - 105.733).abs() < 1e-6 && (latitude - 19.817).abs() < 1e-6, "{text}");
        }
        assert_eq!(typed_place(&format!("{x:.2} {y:.2}"), None), Err(text!("geo.vn2000/meridian")));
        for text in ["", "gần chợ", "19.817", "19.817, 12.5", "1, 2, 3"] {
            assert_eq!(typed_place(text, zone), Err(text!("geo.unreadable", given = text)), "{text}");
        }
    }
}
