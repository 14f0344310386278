//! Units of measure as people write them, and their conversion.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What is measured. Only units of one dimension convert into each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    Length,
    Time,
    Angle,
    Rate,
    Power,
}

use Dimension::{Angle, Length, Power, Rate, Time};

/// A unit: its size in the base of the dimension (metre, hour, degree, Mbit/s, watt) and what people write for it.
/// Case counts only where two units differ by it.
#[derive(Debug)]
pub struct Unit {
    pub dimension: Dimension,
    size: Size,
    names: &'static [&'static str],
}

#[derive(Debug, Clone, Copy)]
enum Size {
    Times(f64),
    /// Ten times the logarithm of the ratio to this.
    Decibel(f64),
}

const fn unit(dimension: Dimension, size: f64, names: &'static [&'static str]) -> Unit {
    Unit { dimension, size: Size::Times(size), names }
}

const fn decibel(reference: f64, names: &'static [&'static str]) -> Unit {
    Unit { dimension: Power, size: Size::Decibel(reference), names }
}

/// A month has 30 days and a year 365.
static UNITS: &[Unit] = &[
    unit(Length, 0.001, &["mm", "milimet", "millimetre", "millimeter"]),
    unit(Length, 0.01, &["cm", "xentimet", "centimet", "phân", "centimetre", "centimeter"]),
    unit(Length, 0.1, &["dm", "đề xi mét"]),
    unit(Length, 1.0, &["m", "mét", "metre", "metres", "meter", "meters"]),
    unit(
        Length,
        1000.0,
        &["km", "kilomet", "ki lô mét", "cây số", "kilometre", "kilometres", "kilometer", "kilometers"],
    ),
    unit(Length, 0.3048, &["ft", "feet", "foot", "'", "′", "’"]),
    unit(Length, 0.0254, &["in", "inch", "inches", "\"", "″", "”"]),
    unit(Length, 0.9144, &["yd", "yard", "yards"]),
    unit(Length, 1609.344, &["mi", "mile", "miles", "dặm"]),
    unit(Length, 1852.0, &["nmi", "hải lý"]),
    unit(Time, 1.0 / 3600.0, &["s", "giây", "sec", "second", "seconds"]),
    unit(Time, 1.0 / 60.0, &["min", "mins", "phút", "ph", "p", "minute", "minutes", "'"]),
    unit(Time, 1.0, &["h", "giờ", "tiếng", "hr", "hrs", "hour", "hours"]),
    unit(Time, 24.0, &["d", "ngày", "hôm", "day", "days"]),
    unit(Time, 168.0, &["tuần", "week", "weeks"]),
    unit(Time, 720.0, &["tháng", "month", "months"]),
    unit(Time, 8760.0, &["năm", "year", "years"]),
    unit(Angle, 1.0, &["°", "º", "˚", "độ", "deg", "degree", "degrees"]),
    unit(Angle, 1.0 / 60.0, &["'", "′", "’", "phút"]),
    unit(Angle, 1.0 / 3600.0, &["\"", "″", "”", "''", "giây"]),
    unit(Angle, 180.0 / std::f64::consts::PI, &["rad", "radian"]),
    unit(Angle, 0.9, &["gon", "grad"]),
    unit(Rate, 1e-6, &["bps", "bit/s"]),
    unit(Rate, 1e-3, &["kbps", "kbit/s", "kb/s", "Kb"]),
    unit(Rate, 1.0, &["Mbps", "Mbit/s", "Mb/s", "Mb", "Mbit", "M", "mega", "mega bit/s"]),
    unit(Rate, 1e3, &["Gbps", "Gbit/s", "Gb/s", "Gb", "Gbit", "G", "giga"]),
    unit(Rate, 1e6, &["Tbps", "Tbit/s", "Tb/s"]),
    unit(Power, 0.001, &["mW", "miliwatt"]),
    unit(Power, 1.0, &["W", "watt", "watts", "oát"]),
    unit(Power, 1e3, &["kW", "kilowatt"]),
    unit(Power, 1e6, &["MW"]),
    decibel(0.001, &["dBm"]),
    decibel(1.0, &["dBW"]),
];

/// The unit of a field by its UCUM code, and its dimension.
pub fn of_field(ucum: &str) -> Option<&'static Unit> {
    let name = if ucum == "deg" { "°" } else { ucum };
    UNITS.iter().find(|unit| unit.names.contains(&name))
}

/// The unit of a dimension that people write so.
pub fn named(name: &str, dimension: Dimension) -> Option<&'static Unit> {
    find(name, |unit| unit.dimension == dimension)
}

/// The unit of any dimension that people write so.
pub fn of_any_dimension(name: &str) -> Option<&'static Unit> {
    find(name, |_| true)
}

/// Whether a rate is written in bytes, or perhaps in bits: "MB/s", "100 MB".
pub fn is_bytes(name: &str) -> bool {
    let bare: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    matches!(bare.strip_suffix("/s").or(bare.strip_suffix("ps")).unwrap_or(&bare), "kB" | "KB" | "MB" | "GB")
}

fn find(name: &str, fits: impl Fn(&Unit) -> bool) -> Option<&'static Unit> {
    let units = || UNITS.iter().filter(|unit| fits(unit));
    let exact = units().find(|unit| unit.names.contains(&name));
    let folded = key(name);
    let mut similar = units().filter(|unit| unit.names.iter().any(|name| key(name) == folded));
    exact.or_else(|| similar.next().filter(|_| similar.next().is_none()))
}

/// Lower case, without accents, spaces and a full stop: "Ki lô mét." becomes "kilomet".
fn key(name: &str) -> String {
    let plain = name.nfd().filter(|c| !is_combining_mark(*c) && !c.is_whitespace() && *c != '.');
    plain.flat_map(char::to_lowercase).map(|c| if c == 'đ' { 'd' } else { c }).collect()
}

impl Unit {
    /// A number of this unit in another unit of the dimension, to nine digits: 40 ft are 12.192 m, and not
    /// 12.192000000000002.
    pub fn convert(&self, number: f64, to: &Unit) -> f64 {
        let base = match self.size {
            Size::Times(size) => number * size,
            Size::Decibel(reference) => reference * 10_f64.powf(number / 10.0),
        };
        let converted = match to.size {
            Size::Times(size) => base / size,
            Size::Decibel(reference) => 10.0 * (base / reference).log10(),
        };
        format!("{converted:.8e}").parse().unwrap_or(converted)
    }

    pub fn is(&self, other: &Unit) -> bool {
        std::ptr::eq(self, other)
    }

    /// Whether it is larger than another one of its dimension.
    pub fn is_larger(&self, other: &Unit) -> bool {
        matches!((self.size, other.size), (Size::Times(own), Size::Times(other)) if own > other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::ALL;

    fn converted(number: f64, from: &str, to: &str) -> f64 {
        let to = of_field(to).unwrap();
        named(from, to.dimension).unwrap().convert(number, to)
    }

    #[test]
    fn quantities_convert_into_the_unit_of_the_field() {
        for (number, from, to, expected) in [
            (1.5, "km", "m", 1500.0),
            (850.0, "m", "km", 0.85),
            (40.0, "FT", "m", 12.192),
            (30.0, "phút", "h", 0.5),
            (3.0, "Tháng", "d", 90.0),
            (1.0, "nam", "d", 365.0),
            (1.0, "Gbps", "Mbit/s", 1000.0),
            (512.0, "kbps", "Mbit/s", 0.512),
            (43.0, "dBm", "W", 19.952_623_1),
            (5.0, "kW", "W", 5000.0),
            (200.0, "mW", "W", 0.2),
            (100.0, "gon", "deg", 90.0),
            (2.0, "Ki lô mét.", "m", 2000.0),
        ] {
            assert_eq!(converted(number, from, to), expected, "{number} {from}");
        }
        assert!(named("mw", Power).is_none(), "milliwatt or megawatt");
        assert!(named("m", Time).is_none(), "minutes or months");
        assert!(is_bytes("MB/s") && is_bytes("MBps") && !is_bytes("Mb/s") && !is_bytes("Mbps"));
    }

    #[test]
    fn every_unit_converts_forth_and_back() {
        for from in UNITS {
            for to in UNITS.iter().filter(|to| to.dimension == from.dimension) {
                for number in [0.001, 0.5, 1.0, 42.0, 1234.5] {
                    let back = to.convert(from.convert(number, to), from);
                    assert!((back - number).abs() <= 1e-5 * number.max(1.0), "{number} {from:?} {to:?}: {back}");
                }
            }
        }
    }

    #[test]
    fn every_measured_field_has_a_known_unit_and_no_name_means_two_of_a_dimension() {
        for field in ALL.iter().flat_map(|layer| layer.fields()).filter(|field| field.writable) {
            assert!(field.unit.is_none_or(|unit| of_field(unit).is_some()), "{}", field.name);
        }
        for unit in UNITS {
            for name in unit.names {
                assert!(named(name, unit.dimension).is_some_and(|found| found.is(unit)), "{name}");
            }
        }
    }
}
