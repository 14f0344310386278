//! The `near` parameter: places around a point.

/// A point in degrees, and a distance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    pub lon: f64,
    pub lat: f64,
    pub metres: f64,
}

/// The greatest distance. Within a greater one, most rows would have to be measured for one page.
const FARTHEST_M: f64 = 100_000.0;

/// The shortest degree of latitude, at the equator.
const METRES_PER_DEGREE: f64 = 110_000.0;

impl Near {
    /// Reads `105.7,19.8,500`.
    pub fn parse(text: &str) -> Option<Near> {
        let numbers: Vec<f64> = text.split(',').map(|number| number.trim().parse().ok()).collect::<Option<_>>()?;
        let [lon, lat, metres] = numbers[..] else { return None };
        let on_earth = (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat);
        (on_earth && metres > 0.0 && metres <= FARTHEST_M).then_some(Near { lon, lat, metres })
    }

    /// A box that contains every place near enough: west, south, east, north. An index finds what lies in it.
    pub fn around(self) -> [f64; 4] {
        // The edge of a place bends a little out of the box of its corners, so there is a margin.
        let height = (self.metres * 1.01 + 100.0) / METRES_PER_DEGREE;
        let (south, north) = (self.lat - height, self.lat + height);
        let width = height / south.abs().max(north.abs()).min(90.0).to_radians().cos();
        let (west, east) = (self.lon - width, self.lon + width);
        // Around a pole and across the antimeridian: any longitude.
        let is_plain = west >= -180.0 && east <= 180.0;
        let (west, east) = if is_plain { (west, east) } else { (-180.0, 180.0) };
        [west, south.max(-90.0), east, north.min(90.0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_and_a_distance() {
        assert_eq!(Near::parse("105.7, 19.8,500"), Some(Near { lon: 105.7, lat: 19.8, metres: 500.0 }));
        for text in [
            "",
            "105.7,19.8",
            "105.7,19.8,0",
            "105.7,19.8,-1",
            "105.7,19.8,100001",
            "181,0,1",
            "0,91,1",
            "NaN,0,1",
            "0,0,inf",
        ] {
            assert_eq!(Near::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_box_holds_the_circle() {
        let around = |lon, lat, metres| Near { lon, lat, metres }.around();
        let [west, south, east, north] = around(105.7, 19.8, 10_000.0);
        assert!(
            west < 105.6045 && east > 105.7955 && south < 19.7097 && north > 19.8903,
            "{west} {south} {east} {north}"
        );
        assert!(west > 105.59 && north < 19.9, "not much larger than the circle");
        assert_eq!(around(179.99, 19.8, 10_000.0)[0], -180.0);
        assert_eq!(around(0.0, 89.99, 10_000.0)[2..], [180.0, 90.0]);
    }
}
