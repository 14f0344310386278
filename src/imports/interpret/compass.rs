//! Directions by their names, in degrees clockwise from north.

use crate::imports::interpret::fold::fold;
use crate::imports::interpret::number::Digits;

/// The 16 points in English letters, each 22.5 degrees after the one before.
const POINTS: [&str; 16] =
    ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"];

/// A direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Direction {
    Degrees(f64),
    /// "N" alone is north in English and south ("Nam") in Vietnamese.
    NorthOrSouth,
}

/// Reads "Đông Bắc", "hướng ĐB", "NE", "north-east", "N45E". `None` for anything else.
pub fn parse(text: &str) -> Option<Direction> {
    let folded = fold(text);
    let words: Vec<&str> =
        folded.split(' ').filter(|word| !matches!(*word, "huong" | "phia" | "ve" | "chinh" | "due")).collect();
    let joined = words.concat();
    if let Some(degrees) = bearing(&joined) {
        return Some(Direction::Degrees(degrees));
    }
    let letters = letters_of_words(&words).or_else(|| letters_of_initials(&joined))?;
    if letters == "?" {
        return Some(Direction::NorthOrSouth);
    }
    POINTS.iter().position(|point| *point == letters).map(|nth| Direction::Degrees(nth as f64 * 22.5))
}

/// "đông nam" and "southeast" as "SE".
fn letters_of_words(words: &[&str]) -> Option<String> {
    const NAMES: [(&str, char); 8] = [
        ("north", 'N'),
        ("south", 'S'),
        ("east", 'E'),
        ("west", 'W'),
        ("bac", 'N'),
        ("nam", 'S'),
        ("dong", 'E'),
        ("tay", 'W'),
    ];
    let mut rest = words.concat();
    let mut letters = String::new();
    while !rest.is_empty() {
        let (name, letter) = NAMES.iter().find(|(name, _)| rest.starts_with(name))?;
        letters.push(*letter);
        rest.drain(..name.len());
    }
    (!letters.is_empty()).then(|| in_english_order(&letters))
}

/// "db" (đông bắc) and "ne" as "NE". The letters B, Đ and T are Vietnamese, E, S and W English; N is both.
fn letters_of_initials(initials: &str) -> Option<String> {
    let vietnamese = initials.contains(['b', 'd', 't']);
    let letter = |c: char| match (c, vietnamese) {
        ('b', true) => Some('N'),
        ('n', true) => Some('S'),
        ('d', true) => Some('E'),
        ('t', true) => Some('W'),
        ('n' | 'e' | 's' | 'w', false) => Some(c.to_ascii_uppercase()),
        _ => None,
    };
    if initials == "n" {
        return Some("?".into());
    }
    let letters: String = initials.chars().map(letter).collect::<Option<_>>()?;
    (!letters.is_empty()).then(|| in_english_order(&letters))
}

/// Vietnamese says east before north; the English letters of the last two points begin with north or south.
fn in_english_order(letters: &str) -> String {
    match letters.as_bytes() {
        [rest @ .., a @ (b'E' | b'W'), b @ (b'N' | b'S')] if rest.len() <= 1 => {
            [rest, &[*b, *a]].concat().iter().map(|byte| char::from(*byte)).collect()
        }
        _ => letters.to_owned(),
    }
}

/// "n45e": 45 degrees from north towards east; "b30t" is the same in Vietnamese letters, from north towards west.
fn bearing(text: &str) -> Option<f64> {
    let (from, rest) = text.split_at_checked(1)?;
    let (angle, to) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
    let angle = Digits::read(angle)?.readings().0;
    if !(0.0..=90.0).contains(&angle) || angle.fract() != 0.0 {
        return None;
    }
    let vietnamese = matches!(to, "d" | "t");
    let degrees = match (from, to) {
        ("n", "e") | ("b", "d") => angle,
        ("s", "e") => 180.0 - angle,
        ("s", "w") => 180.0 + angle,
        ("n", "w") | ("b", "t") => 360.0 - angle,
        ("n", "d") if vietnamese => 180.0 - angle,
        ("n", "t") if vietnamese => 180.0 + angle,
        _ => return None,
    };
    Some(degrees % 360.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read_in_both_languages() {
        for (text, degrees) in [
            ("Bắc", 0.0),
            ("B", 0.0),
            ("Đông Bắc", 45.0),
            ("ĐB", 45.0),
            ("NE", 45.0),
            ("north-east", 45.0),
            ("hướng Tây Nam", 225.0),
            ("TN", 225.0),
            ("chính Đông", 90.0),
            ("Đông - Nam", 135.0),
            ("Nam", 180.0),
            ("S", 180.0),
            ("W", 270.0),
            ("T", 270.0),
            ("WNW", 292.5),
            ("Tây Tây Bắc", 292.5),
            ("BTB", 337.5),
            ("Nam Đông Nam", 157.5),
            ("N45E", 45.0),
            ("N 45° E", 45.0),
            ("S30W", 210.0),
            ("B30T", 330.0),
            ("N0W", 0.0),
        ] {
            assert_eq!(parse(text), Some(Direction::Degrees(degrees)), "{text}");
        }
        assert_eq!(parse("N"), Some(Direction::NorthOrSouth));
        for text in ["", "45", "NS", "cổng chợ", "EEE", "N95E", "E45N", "hướng", "NNNE"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn each_point_is_its_own_name() {
        for (nth, point) in POINTS.iter().enumerate().skip(1) {
            assert_eq!(parse(point), Some(Direction::Degrees(nth as f64 * 22.5)), "{point}");
        }
    }
}
