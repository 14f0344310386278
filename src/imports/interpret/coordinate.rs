//! Reads coordinates as people type them, and tells by their size what they are.

use std::sync::LazyLock;

use regex::Regex;

use crate::imports::interpret::number;

/// What a number can be: degrees in Vietnam, or metres of VN-2000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    Longitude,
    Latitude,
    East,
    North,
}

/// The axis of a number, by its size. Column names do not tell: survey papers call north X and east Y, others the
/// reverse.
pub fn axis_of(value: f64) -> Option<Axis> {
    match value {
        102.0..=118.0 => Some(Axis::Longitude),
        6.0..=24.0 => Some(Axis::Latitude),
        100_000.0..900_000.0 => Some(Axis::East),
        900_000.0..=2_600_000.0 => Some(Axis::North),
        _ => None,
    }
}

/// One coordinate: decimal, or degrees, minutes and seconds, with or without a letter.
pub fn parse(text: &str) -> Option<f64> {
    match angles(text).as_slice() {
        [] => number::parse(text, false),
        [angle] => Some(*angle),
        _ => None,
    }
}

/// Two coordinates in one text, in the order written.
pub fn parse_pair(text: &str) -> Option<(f64, f64)> {
    match angles(text).as_slice() {
        [first, second] => return Some((*first, *second)),
        [] => {}
        _ => return None,
    }
    let cleaned: String =
        text.chars().map(|c| if matches!(c, ';' | '/' | '|' | '\n' | '\t') { ' ' } else { c }).collect();
    let parts: Vec<&str> = cleaned
        .split(' ')
        .map(|part| part.trim_matches(|c: char| !c.is_ascii_digit() && c != '-'))
        .filter(|part| part.contains(|c: char| c.is_ascii_digit()))
        .collect();
    let both = |first: &str, second: &str| Some((number::parse(first, false)?, number::parse(second, false)?));
    match parts.as_slice() {
        [first, second] => both(first, second),
        [one] => match one.split(',').collect::<Vec<_>>().as_slice() {
            [first, second] => both(first, second),
            [a, b, c, d] => both(&format!("{a}.{b}"), &format!("{c}.{d}")),
            _ => None,
        },
        _ => None,
    }
}

/// The angles in a text that are written with a degree sign or a compass letter.
fn angles(text: &str) -> Vec<f64> {
    static ANGLE: LazyLock<Regex> = LazyLock::new(|| {
        let number = r"(\d+(?:[.,]\d+)?)";
        Regex::new(&format!(
            r#"(?i)([NSEWBĐ])?\s*{number}\s*(?:[°ºᵒ˚]\s*(?:{number}\s*['′’‘]\s*)?(?:{number}\s*(?:["″”“]|''|’’|′′)?)?\s*([NSEWBĐ])?|\s([NSEWBĐ])\b)"#
        ))
        .expect("the pattern is valid")
    });
    ANGLE
        .captures_iter(text)
        .filter_map(|found| {
            let part =
                |index: usize| found.get(index).map_or(Some(0.0), |part| part.as_str().replace(',', ".").parse().ok());
            let (degrees, minutes, seconds): (f64, f64, f64) = (part(2)?, part(3)?, part(4)?);
            (minutes < 60.0 && seconds < 60.0).then_some(degrees + minutes / 60.0 + seconds / 3600.0)
        })
        .collect()
}

/// The central meridian in a title or header: "kinh tuyến trục 105°45'", "KTT 105 độ 30".
pub fn central_meridian(text: &str) -> Option<f64> {
    static MERIDIAN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)(?:kinh tuyến(?: trục)?|kinh tuyen(?: truc)?|KTT|KTTW)\D{0,12}(10[2-9])(?:\s*(?:°|º|độ|do)\s*(\d{1,2})?|[.,](\d{1,2}))?")
            .expect("the pattern is valid")
    });
    let found = MERIDIAN.captures(text)?;
    let degrees: f64 = found[1].parse().ok()?;
    let minutes = found.get(2).and_then(|minutes| minutes.as_str().parse::<f64>().ok()).unwrap_or(0.0);
    let decimals = found.get(3).and_then(|part| format!("0.{}", part.as_str()).parse::<f64>().ok()).unwrap_or(0.0);
    Some(degrees + minutes / 60.0 + decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: Option<f64>, b: f64) -> bool {
        a.is_some_and(|a| (a - b).abs() < 1e-6)
    }

    #[test]
    fn degrees_are_read_in_every_notation() {
        for text in ["19.817", "19,817", "19°49'01.2\"N", "19°49′01,2″", "19° 49' 1.2'' B", "N 19°49'01.2\"", "19.817°"]
        {
            assert!(close(parse(text), 19.817), "{text}: {:?}", parse(text));
        }
        assert!(close(parse("2192163,600"), 2_192_163.6));
        assert_eq!(parse("19°75'00\"N"), None);
    }

    #[test]
    fn both_in_one_cell_are_read_in_the_order_written() {
        for text in [
            "19.817, 105.733",
            "19.817,105.733",
            "19,817; 105,733",
            "19,817,105,733",
            "19.817 105.733",
            "(19.817, 105.733)",
            "19°49'01.2\"N 105°43'58.8\"E",
            "19°49'01.2\"N, 105°43'58.8\"E",
        ] {
            let (first, second) = parse_pair(text).unwrap_or_default();
            assert!(close(Some(first), 19.817) && close(Some(second), 105.733), "{text}: {first} {second}");
        }
        assert_eq!(parse_pair("2192163.6 576592.3"), Some((2_192_163.6, 576_592.3)));
        assert_eq!(parse_pair("chưa có"), None);
    }

    #[test]
    fn meridian_is_found_in_titles() {
        for (text, meridian) in [
            ("Hệ tọa độ VN-2000, kinh tuyến trục 105°00', múi chiếu 3°", Some(105.0)),
            ("Tọa độ X (VN-2000, KTT 105°45')", Some(105.75)),
            ("KTT: 107 độ 30 phút", Some(107.5)),
            ("kinh tuyến trục 104.75", Some(104.75)),
            ("Kinh độ", None),
        ] {
            assert_eq!(central_meridian(text), meridian, "{text}");
        }
    }
}
