//! Reads digits with their separators.

/// The sign before the decimals. The other one separates thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decimal {
    Comma,
    Point,
}

/// What digits mean with a decimal comma and with a decimal point; `None` where they cannot be written so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Digits {
    pub comma: Option<f64>,
    pub point: Option<f64>,
}

impl Digits {
    /// Reads a whole text: `1.234,5`, `2 192 163,6`, `-0.5`, `4.2e+01`. `None` if it is no number in either notation.
    pub fn read(text: &str) -> Option<Digits> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1.0, digits),
            None => (1.0, text.strip_prefix('+').unwrap_or(text)),
        };
        let read = |decimal, thousands| value(digits, decimal, thousands).map(|number| sign * number);
        let digits = Digits { comma: read(',', '.'), point: read('.', ',') };
        (digits.comma.is_some() || digits.point.is_some()).then_some(digits)
    }

    /// The notation that the digits show: only one of them can be meant.
    pub fn shows(&self) -> Option<Decimal> {
        match (self.comma, self.point) {
            (Some(_), None) => Some(Decimal::Comma),
            (None, Some(_)) => Some(Decimal::Point),
            _ => None,
        }
    }

    /// The readings: one, or two that differ, the one with the decimal comma first.
    pub fn readings(&self) -> (f64, Option<f64>) {
        match (self.comma, self.point) {
            (Some(comma), Some(point)) => (comma, (comma != point).then_some(point)),
            (one, other) => (one.or(other).unwrap_or(f64::NAN), None),
        }
    }

    /// The reading in a notation, or the only one.
    pub fn with(&self, decimal: Decimal) -> f64 {
        let asked = if decimal == Decimal::Comma { self.comma } else { self.point };
        asked.unwrap_or(self.readings().0)
    }
}

/// The first number of a text, with what is before and after it. A sign belongs to it if nothing but words is before.
pub fn split(text: &str) -> Option<(&str, &str, &str)> {
    let digit = text.find(|c: char| c.is_ascii_digit())?;
    let bytes = text.as_bytes();
    let mut start = digit;
    if start > 0 && matches!(bytes[start - 1], b'.' | b',') {
        start -= 1;
    }
    let before = text[..start].trim_end();
    if before.ends_with(['-', '+']) {
        start = before.len() - 1;
    }
    let mut end = digit;
    while let Some(byte) = bytes.get(end) {
        let group = |from: usize| bytes.get(from..from + 3).is_some_and(|three| three.iter().all(u8::is_ascii_digit));
        match byte {
            b'0'..=b'9' | b'.' | b',' => end += 1,
            b' ' if group(end + 1) && !bytes.get(end + 4).is_some_and(u8::is_ascii_digit) => end += 4,
            _ => break,
        }
    }
    end = text[..end].trim_end_matches(['.', ',']).len();
    let exponent = exponent(&bytes[end..]);
    Some((text[..start].trim(), &text[start..end + exponent], text[end + exponent..].trim()))
}

/// The length of `e+05` at the start of a text.
fn exponent(bytes: &[u8]) -> usize {
    let signed = usize::from(matches!(bytes.get(1), Some(b'+' | b'-')));
    let digits = bytes.iter().skip(1 + signed).take_while(|byte| byte.is_ascii_digit()).count();
    let ends = !bytes.get(1 + signed + digits).is_some_and(u8::is_ascii_alphanumeric);
    if matches!(bytes.first(), Some(b'e' | b'E')) && (1..=3).contains(&digits) && ends {
        1 + signed + digits
    } else {
        0
    }
}

fn value(digits: &str, decimal: char, thousands: char) -> Option<f64> {
    let digits = digits.trim_start();
    let (digits, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (whole, decimals) = digits.split_once(decimal).unwrap_or((digits, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = if whole.is_empty() && digits.contains(decimal) {
        "0".to_owned()
    } else {
        without_separators(whole, thousands)?
    };
    if !is_number(&whole) || !is_number(decimals) {
        return None;
    }
    let exponent = exponent.parse::<i16>().ok()?;
    format!("{whole}.{decimals}e{exponent}").parse::<f64>().ok().filter(|number| number.is_finite())
}

/// `1.234.567` as `1234567`: groups of three after the first, which has one to three digits and no zero in front.
fn without_separators(whole: &str, thousands: char) -> Option<String> {
    let separator = [thousands, ' '].into_iter().find(|separator| whole.contains(*separator));
    let Some(separator) = separator else { return Some(whole.to_owned()) };
    let groups: Vec<_> = whole.split(separator).collect();
    let first = groups[0];
    let is_grouped =
        (1..=3).contains(&first.len()) && !first.starts_with('0') && groups[1..].iter().all(|it| it.len() == 3);
    is_grouped.then(|| groups.concat())
}

/// A number as text that reads back as the same number whatever the notation of the column: `0,85`, `12,1920`.
pub fn unambiguous(number: f64, decimal: Decimal) -> String {
    let mut text = number.to_string();
    if text.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 3) {
        text.push('0');
    }
    if decimal == Decimal::Comma { text.replace('.', ",") } else { text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::texts::{Text, Value};

    #[test]
    fn decimals_and_thousands_are_told_apart() {
        for (text, comma, point) in [
            ("12", Some(12.0), Some(12.0)),
            ("12,5", Some(12.5), None),
            ("12.5", None, Some(12.5)),
            ("1.234,5", Some(1234.5), None),
            ("1,234.5", None, Some(1234.5)),
            ("1.234", Some(1234.0), Some(1.234)),
            ("1,234", Some(1.234), Some(1234.0)),
            ("0.850", None, Some(0.85)),
            ("1234.567", None, Some(1234.567)),
            ("2 192 163,6", Some(2_192_163.6), None),
            ("1.234.567", Some(1_234_567.0), None),
            ("-0,5", Some(-0.5), None),
            (".5", None, Some(0.5)),
            ("4.2e+01", None, Some(42.0)),
            ("1e5", Some(1e5), Some(1e5)),
        ] {
            assert_eq!(Digits::read(text), Some(Digits { comma, point }), "{text}");
        }
        for text in ["", "-", "abc", "1.2.3", "2x3", "1-2", "12,34,5", "30 35", "1e", "1e999", "1.234 m", "--1", "."] {
            assert_eq!(Digits::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_is_split_around_its_first_number() {
        for (text, parts) in [
            ("1,5 km", ("", "1,5", "km")),
            ("khoảng 30m.", ("khoảng", "30", "m.")),
            ("-5", ("", "-5", "")),
            ("30-35", ("", "30", "-35")),
            ("12 345 hộ", ("", "12 345", "hộ")),
            ("30 35", ("", "30", "35")),
            ("30.", ("", "30", ".")),
            ("5e+02 m", ("", "5e+02", "m")),
            ("5em", ("", "5", "em")),
        ] {
            assert_eq!(split(text), Some(parts), "{text}");
        }
        assert_eq!(split("hai"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(text in r"[-+0-9., eE]{0,12}", other in ".{0,12}") {
            for text in [text, other] {
                Digits::read(&text);
                if let Some((before, number, after)) = split(&text) {
                    prop_assert!(before.len() + number.len() + after.len() <= text.len());
                }
            }
        }

        #[test]
        fn what_is_shown_reads_back(thousandths in -9_999_999_999_i64..9_999_999_999) {
            let number = thousandths as f64 / 1000.0;
            let shown = Text::new("figures.number").with("value", Value::Number(number));
            prop_assert_eq!(Digits::read(&shown.vi()).unwrap().with(Decimal::Comma), number);
            prop_assert_eq!(Digits::read(&shown.en()).unwrap().with(Decimal::Point), number);
            for decimal in [Decimal::Comma, Decimal::Point] {
                prop_assert_eq!(Digits::read(&unambiguous(number, decimal)).unwrap().readings(), (number, None));
            }
        }
    }
}
