//! Reads coordinates as people type them. Every character counts: a text with one that is not understood is unreadable.

use crate::imports::interpret::sign::{Letter, Sign, signs};

/// A number of a text, with what is written around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Angle {
    /// Negative only by a minus sign; a letter is not applied yet.
    pub value: f64,
    /// The unit of its last digit: 0.001 for 19.817, a tenth of a second for 19°49'01.2".
    pub step: f64,
    pub letter: Option<Letter>,
    /// Written with minutes, so never metres.
    pub has_minutes: bool,
}

/// The axis of a number, by its size. Column names do not tell: survey papers call north X and east Y, others the
/// reverse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    Longitude,
    Latitude,
    East,
    North,
}

pub fn axis_of(value: f64) -> Option<Axis> {
    match value {
        102.0..=118.0 => Some(Axis::Longitude),
        6.0..=24.0 => Some(Axis::Latitude),
        100_000.0..900_000.0 => Some(Axis::East),
        900_000.0..=2_600_000.0 => Some(Axis::North),
        _ => None,
    }
}

/// The possible readings of a text, each with one, two or three numbers in the order written: `19,817` is one number or
/// two. Empty if the text holds anything else.
pub fn read(text: &str) -> Vec<Vec<Angle>> {
    if let Some(angle) = with_exponent(text) {
        return vec![vec![angle]];
    }
    let parts = signs(text).and_then(|signs| parts(&signs)).unwrap_or_default();
    let mut readings = vec![Vec::new()];
    for part in &parts {
        let of_part = part.readings();
        let longer = |before: &Vec<Angle>| {
            let before = before.clone();
            of_part.iter().map(move |angles| before.iter().chain(angles).copied().collect::<Vec<_>>())
        };
        readings = readings.iter().flat_map(longer).filter(|angles| angles.len() <= 3).take(64).collect();
    }
    readings.retain(|angles| !angles.is_empty());
    readings
}

/// `1.9817E+01`, as spreadsheets and programs write 19.817.
fn with_exponent(text: &str) -> Option<Angle> {
    let (digits, exponent) = text.trim().split_once(['E', 'e'])?;
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent).parse::<i32>().ok().filter(|it| it.abs() < 10)?;
    let digits = digits.replace(',', ".");
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let value = format!("{digits}e{exponent}").parse::<f64>().ok().filter(|_| is_number && digits.len() > 1)?;
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len() as i32);
    Some(Angle { value, step: 10_f64.powi(exponent - decimals), letter: None, has_minutes: false })
}

/// The numbers of a text up to the next separator or letter: one coordinate, or several with only spaces between.
#[derive(Debug, Default)]
struct Part {
    numbers: Vec<Number>,
    is_negative: bool,
    before: Option<Letter>,
    label: Option<Letter>,
    after: Option<Letter>,
    is_metres: bool,
}

#[derive(Debug, Clone)]
struct Number {
    digits: String,
    /// What stands between it and the number before.
    joint: Joint,
    /// Marked as degrees, minutes or seconds.
    mark: Option<Sign>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    Space,
    Mark,
    Colon,
}

fn parts(signs: &[Sign]) -> Option<Vec<Part>> {
    let is_number = |sign: Option<&Sign>| matches!(sign, Some(Sign::Number(_)));
    let first = |wanted: fn(&Sign) -> bool| signs.iter().position(wanted);
    // A letter before the first number stands before every number; otherwise each stands behind its own.
    let letter = first(|sign| matches!(sign, Sign::Letter(letter) if !letter.is_label()));
    let is_prefix = letter.is_some_and(|letter| first(|sign| matches!(sign, Sign::Number(_))) > Some(letter));
    let mut parts: Vec<Part> = Vec::new();
    let mut part = Part::default();
    let mut joint = Joint::Space;
    let mut close = |part: &mut Part| {
        if !part.numbers.is_empty() {
            parts.push(std::mem::take(part));
        }
    };
    for (at, sign) in signs.iter().enumerate() {
        let after_number = at > 0 && is_number(signs.get(at - 1));
        match sign {
            Sign::Number(digits) => {
                // A second degree sign begins the next angle.
                let is_degrees = signs[at + 1..].iter().find(|sign| **sign != Sign::Space) == Some(&Sign::Degree);
                if part.after.is_some() || is_degrees || part.is_closed(digits) {
                    close(&mut part);
                }
                part.numbers.push(Number { digits: digits.clone(), joint, mark: None });
                joint = Joint::Space;
            }
            Sign::Degree | Sign::Minute | Sign::Second => {
                let expected = [Sign::Degree, Sign::Minute, Sign::Second];
                let number = part.numbers.len().checked_sub(1)?;
                if part.after.is_some() || expected.get(number) != Some(sign) || part.numbers[number].mark.is_some() {
                    return None;
                }
                part.numbers[number].mark = Some(sign.clone());
                joint = Joint::Mark;
            }
            Sign::Letter(letter) if letter.is_label() || is_prefix => {
                close(&mut part);
                let slot = if letter.is_label() { &mut part.label } else { &mut part.before };
                if slot.replace(*letter).is_some() {
                    return None;
                }
            }
            Sign::Letter(letter) => {
                if part.numbers.is_empty() || part.after.replace(*letter).is_some() {
                    return None;
                }
            }
            Sign::Metre if after_number => part.is_metres = true,
            Sign::Colon | Sign::Minus if after_number && is_number(signs.get(at + 1)) => joint = Joint::Colon,
            Sign::Minus | Sign::Plus if is_number(signs.get(at + 1)) => {
                close(&mut part);
                part.is_negative = *sign == Sign::Minus;
            }
            Sign::Break => close(&mut part),
            Sign::Space => {}
            _ => return None,
        }
    }
    let is_dangling = part.numbers.is_empty() && (part.before.is_some() || part.label.is_some());
    close(&mut part);
    (!is_dangling).then_some(parts)
}

impl Part {
    /// Whether the next number begins another angle: this one has degrees with decimals, or its minutes or seconds.
    fn is_closed(&self, next: &str) -> bool {
        let Some(last) = self.numbers.last() else { return false };
        let is_marked = self.numbers[0].mark.is_some();
        is_marked && (self.numbers.len() == 3 || fraction(&last.digits) > 0 || sixtieths(next).is_none())
            || self.is_metres
    }

    fn readings(&self) -> Vec<Vec<Angle>> {
        let letter = match (self.before.or(self.after), self.label) {
            (Some(_), _) if self.before.is_some() && self.after.is_some() || self.is_negative => return Vec::new(),
            (Some(letter), Some(label)) if letter.is_latitude() != label.is_latitude() => return Vec::new(),
            (letter, label) => letter.or(label),
        };
        let is_before = self.before.is_some() || self.after.is_none();
        let mut readings = self.unsigned();
        for angles in &mut readings {
            let last = angles.len() - 1;
            angles[0].value *= if self.is_negative { -1.0 } else { 1.0 };
            angles[if is_before { 0 } else { last }].letter = letter;
        }
        readings
    }

    fn unsigned(&self) -> Vec<Vec<Angle>> {
        let digits: Vec<&str> = self.numbers.iter().map(|number| number.digits.as_str()).collect();
        if self.numbers.iter().any(|number| number.mark.is_some()) {
            return one(sexagesimal(&digits));
        }
        if self.numbers.iter().any(|number| number.joint == Joint::Colon) {
            // "19:49:01.2 105:43:58.8": a space begins the next angle.
            let angles = self.numbers.chunk_by(|_, next| next.joint == Joint::Colon);
            let read = angles.map(|angle| sexagesimal(&angle.iter().map(|n| n.digits.as_str()).collect::<Vec<_>>()));
            return read.collect::<Option<Vec<_>>>().into_iter().collect();
        }
        let all = |numbers: &[&str], size: usize, read: fn(&[&str]) -> Option<Angle>| {
            numbers.chunks(size).map(read).collect::<Option<Vec<_>>>()
        };
        match digits.as_slice() {
            [digits] => {
                let several: Vec<&str> = digits.split(',').collect();
                let mut readings = one(decimal(&[digits]).or_else(|| grouped(digits)));
                readings.extend(if several.len() == 4 { all(&several, 2, halves) } else { None });
                readings.extend((2..=3).contains(&several.len()).then(|| all(&several, 1, decimal)).flatten());
                readings
            }
            _ if self.is_metres => one(grouped(&digits.join(" "))),
            several => {
                let mut readings = one(sexagesimal(several).or_else(|| grouped(&several.join(" "))));
                readings.extend((several.len() == 4).then(|| all(several, 2, sexagesimal)).flatten());
                readings.extend((several.len() == 6).then(|| all(several, 3, sexagesimal)).flatten());
                readings.extend((several.len() <= 3).then(|| all(several, 1, decimal)).flatten());
                readings.extend(two_grouped(several));
                readings
            }
        }
    }
}

fn one(angle: Option<Angle>) -> Vec<Vec<Angle>> {
    angle.map(|angle| vec![angle]).into_iter().collect()
}

/// Degrees with minutes, perhaps with seconds. Only the last number has decimals.
fn sexagesimal(numbers: &[&str]) -> Option<Angle> {
    let (degrees, rest) = numbers.split_first()?;
    let (Angle { value, step, .. }, mut unit) = (decimal(&[degrees])?, 1.0);
    let mut angle = Angle { value, step, letter: None, has_minutes: !rest.is_empty() };
    for (number, before) in rest.iter().zip(numbers) {
        unit /= 60.0;
        let value = sixtieths(number).filter(|_| fraction(before) == 0 && rest.len() <= 2)?;
        angle.value += value * unit;
        angle.step = unit / 10_f64.powi(fraction(number));
    }
    (rest.is_empty() || angle.value <= 181.0).then_some(angle)
}

/// Minutes or seconds: one or two digits, with decimals, below 60.
fn sixtieths(digits: &str) -> Option<f64> {
    let whole = digits.find(['.', ',']).unwrap_or(digits.len());
    decimal(&[digits]).map(|angle| angle.value).filter(|value| whole <= 2 && *value < 60.0)
}

/// A number with at most one separator, which is the decimal one.
fn decimal(numbers: &[&str]) -> Option<Angle> {
    let [digits] = numbers else { return None };
    let value = digits.replace(',', ".").parse().ok()?;
    Some(Angle { value, step: 0.1_f64.powi(fraction(digits)), letter: None, has_minutes: false })
}

/// "19" and "817": a number with a decimal comma, split at it.
fn halves(numbers: &[&str]) -> Option<Angle> {
    decimal(&[&numbers.join(".")])
}

/// A number with separators of thousands: "2 192 163,6", "1.981.700", "2,192,163.6".
fn grouped(digits: &str) -> Option<Angle> {
    let separator = digits.chars().find(|c| !c.is_ascii_digit())?;
    let (whole, decimals) = match digits.rfind(|c: char| !c.is_ascii_digit()) {
        Some(last) if !digits[last..].starts_with(separator) => (&digits[..last], &digits[last + 1..]),
        _ => (digits, ""),
    };
    let groups: Vec<&str> = whole.split(separator).collect();
    let is_grouped = groups[1..].iter().all(|group| group.len() == 3) && (1..=3).contains(&groups[0].len());
    let plain = format!("{}.{decimals}0", groups.concat());
    is_grouped.then(|| decimal(&[&plain]))?.map(|angle| Angle { step: 0.1_f64.powi(decimals.len() as i32), ..angle })
}

/// Two such numbers with spaces only: the decimals of the first tell where it ends.
fn two_grouped(numbers: &[&str]) -> Option<Vec<Angle>> {
    let end = numbers.iter().position(|digits| fraction(digits) > 0)? + 1;
    let (first, second) =
        numbers.split_at_checked(end).filter(|(_, second)| !second.is_empty() && numbers.len() > 3)?;
    Some(vec![grouped(&first.join(" "))?, grouped(&second.join(" "))?])
}

/// The number of decimals.
fn fraction(digits: &str) -> i32 {
    digits.find(['.', ',']).map_or(0, |at| (digits.len() - at - 1) as i32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(value: f64, to: f64) -> bool {
        (value - to).abs() < 1e-6
    }

    /// The first reading with one number.
    fn single(text: &str) -> Option<Angle> {
        read(text).into_iter().find(|angles| angles.len() == 1).map(|angles| angles[0])
    }

    /// Whether one of the readings is this pair.
    fn is_pair(text: &str, first: f64, second: f64) -> bool {
        read(text)
            .iter()
            .any(|angles| matches!(angles.as_slice(), [a, b] if close(a.value, first) && close(b.value, second)))
    }

    #[test]
    fn degrees_are_read_in_every_notation() {
        for text in [
            "19.817",
            "19,817",
            "+19.817",
            "19°49'01.2\"N",
            "19°49′01,2″",
            "19° 49' 1.2'' B",
            "N 19°49'01.2\"",
            "19.817°",
            "19 49 01.2",
            "19-49-01.2",
            "19:49:01.2",
            "19°49.02'",
            "19 49,02",
            "19o49'01.2\"",
            "19049'01.2\"",
            "19 độ 49 phút 1,2 giây",
            "19º49´01,2”",
            "19d49m01.2s",
            "19°49'01.2\" vĩ độ Bắc",
            "Vĩ độ: 19.817",
            "19.817B",
            "lat 19.817",
            "(19.817)",
            "19 ° 49 ' 01.2 \" N",
            "19˚49’1.2’’",
        ] {
            assert!(single(text).is_some_and(|angle| close(angle.value, 19.817)), "{text}: {:?}", read(text));
        }
        assert_eq!(single("2192163,600").map(|angle| angle.value), Some(2_192_163.6));
        for text in ["2 192 163,6", "2.192.163,6", "2,192,163.6", "2192163.6 m", "2192163,6m"] {
            assert_eq!(single(text).map(|angle| angle.value), Some(2_192_163.6), "{text}");
        }
        assert_eq!(single("1.981.700").map(|angle| angle.value), Some(1_981_700.0));
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
            "[19.817 105.733]",
            "19.817/105.733",
            "19.817\n105.733",
            "19°49'01.2\"N 105°43'58.8\"E",
            "19°49'01.2\"N, 105°43'58.8\"E",
            "19°49'01.2\"N,105°43'58.8\"E",
            "N 19° 49,02', E 105° 43,98'",
            "19 49 01.2 105 43 58.8",
            "19 49 01.2 N 105 43 58.8 E",
            "19:49:01.2 105:43:58.8",
            "19.817° 105.733°",
            "19.817° N, 105.733° E",
            "N19.817 E105.733",
            "19.817N105.733E",
            "19.817 vĩ Bắc, 105.733 kinh Đông",
            "Vĩ độ: 19,817; Kinh độ: 105,733",
            "Lat: 19.817 Long: 105.733",
            "19°49'1.2\" 105°43'58.8\"",
            "19 49.02 105 43.98",
        ] {
            assert!(is_pair(text, 19.817, 105.733), "{text}: {:?}", read(text));
        }
        assert!(is_pair("2192163.6 576592.3", 2_192_163.6, 576_592.3));
        assert!(is_pair("2 192 163,6 576 592,3", 2_192_163.6, 576_592.3));
        assert!(is_pair("X: 2192163.6; Y: 576592.3", 2_192_163.6, 576_592.3));
        assert!(read("19.817, 105.733, 12.3").iter().any(|angles| angles.len() == 3));
    }

    #[test]
    fn text_with_anything_else_is_unreadable() {
        for text in [
            "chưa có",
            "7P28RP8M+RX",
            "19°75'00\"N",
            "19°49'61\"",
            "19.8x",
            "19.8 khoảng",
            "19.8 NN",
            "N 19.8 N",
            "19°1.2\"",
            "(19.8",
            "19.8)",
            "-19.8 N",
            "19.8°°",
            "Vĩ độ 19.8 Đ",
            "19.8%",
            "gần chợ 19.8",
            "",
            "NaN",
            "inf",
        ] {
            assert_eq!(read(text), Vec::<Vec<Angle>>::new(), "{text}");
        }
    }

    #[test]
    fn letters_stand_behind_their_number_or_before_it() {
        let letters = |text| read(text)[0].iter().map(|angle| angle.letter).collect::<Vec<_>>();
        assert_eq!(letters("19.8S 105.7W"), [Some(Letter::South), Some(Letter::West)]);
        assert_eq!(letters("S 19.8 W 105.7"), [Some(Letter::South), Some(Letter::West)]);
        assert_eq!(letters("19.8 N"), [Some(Letter::NorthOrNam)]);
        assert_eq!(letters("19.8 Nam, 105.7 Tây"), [Some(Letter::South), Some(Letter::West)]);
        assert_eq!(letters("19.8 B; 105.7 Đ"), [Some(Letter::North), Some(Letter::East)]);
        assert_eq!(letters("105.7T"), [Some(Letter::West)]);
    }

    #[test]
    fn step_is_the_unit_of_the_last_digit() {
        let step = |text| single(text).unwrap().step;
        assert!(close(step("19.817"), 0.001) && close(step("2192163"), 1.0));
        assert!(close(step("19°49'"), 1.0 / 60.0) && close(step("19 49 01.2"), 0.1 / 3600.0));
    }

    proptest! {
        #[test]
        fn every_notation_reads_back(value in 6.0_f64..117.9) {
            let (degrees, minutes) = (value.trunc(), value.fract() * 60.0);
            let (whole, seconds) = (minutes.trunc(), minutes.fract() * 60.0);
            prop_assume!(seconds < 59.9999 && minutes < 59.99999);
            let decimal = format!("{value:.7}");
            for text in [
                decimal.clone(),
                decimal.replace('.', ","),
                format!("{decimal}°"),
                format!("{degrees}°{minutes:.6}'"),
                format!("{degrees} {minutes:.6}"),
                format!("{degrees}°{whole:02}'{seconds:07.4}\""),
                format!("{degrees}o{whole:02}'{seconds:07.4}\"").replace('.', ","),
                format!("{degrees} {whole:02} {seconds:07.4}"),
                format!("{degrees}-{whole:02}-{seconds:07.4}"),
                format!("{degrees}:{whole:02}:{seconds:07.4}"),
                format!("{degrees} độ {whole} phút {seconds:.4} giây"),
            ] {
                prop_assert!(single(&text).is_some_and(|angle| (angle.value - value).abs() < 1e-6), "{}: {:?}", text, read(&text));
            }
        }
    }
}
