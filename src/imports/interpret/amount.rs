//! Reads the text of a number field: a number, its unit, and everything else that people write beside it. Each character is
//! used or complained of.

use crate::imports::interpret::compass::{self, Direction};
use crate::imports::interpret::finding::Note;
use crate::imports::interpret::fold::fold;
use crate::imports::interpret::habits::Habits;
use crate::imports::interpret::number::{Decimal, Digits, split, unambiguous};
use crate::imports::interpret::quantity::{self, Unit};
use crate::layers::{Field, Type};
use crate::texts::{Text, Value, text};

/// Words for "about". The number behind them is taken, with a word.
const ABOUT: &[&str] = &["khoang", "tam", "uoc", "uoc tinh", "chung", "xap xi", "approx", "about", "circa", "ca"];
/// Words for "more than", "at most".
const BOUNDS: &[&str] = &[
    "tren",
    "duoi",
    "hon",
    "toi da",
    "toi thieu",
    "it nhat",
    "nhieu nhat",
    "khong qua",
    "tu",
    "den",
    "gan",
    "max",
    "min",
    "over",
    "under",
    "up to",
    "at least",
    "at most",
];
/// Words behind a bound: "30 trở lên".
const BOUNDS_BEHIND: &[&str] = &["tro len", "tro xuong", "max", "min"];
/// Words behind any count.
const COUNTERS: &[&str] = &["cai", "chiec", "bo", "con", "pcs", "pc", "ea", "unit", "units"];

/// The number of a text in the unit of the field, with a note if it is not simply what the cell says.
///
/// # Errors
/// Why the text is not one number of the field.
pub fn read(field: &Field, given: &str, habits: &Habits) -> Result<(f64, Option<Note>), Note> {
    let text = tidy(given);
    if let Some(direction) = compass::parse(&text).filter(|_| is_direction(field)) {
        return match direction {
            Direction::Degrees(degrees) => Ok((degrees, Some(converted(field, given, degrees, habits)))),
            Direction::NorthOrSouth => Err(Note::error(text!("type/north", given)).suggest("0; 180")),
        };
    }
    let refused = |text: Text| Note::error(text.with("field", field.label).with("given", given));
    if let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'))
        && Digits::read(inner).is_some()
    {
        return Err(refused(text!("type/brackets")).suggest(inner));
    }
    let (is_about, text) = without_about(&text);
    let Some((before, number, behind)) = split(text) else {
        return Err(refused(text!("type/given", expected = text!("expected.number"))));
    };
    if is_bound(before, behind) {
        return Err(refused(text!("type/bound")).suggest(number));
    }
    if !before.is_empty() && !is_own_word(field, before) {
        return Err(refused(text!("type/rest", rest = before)).suggest(number));
    }
    let Some(digits) = Digits::read(number) else {
        return Err(refused(text!("type/given", expected = text!("expected.number"))));
    };
    if let Some(second) = behind.find(|c: char| c.is_ascii_digit()) {
        let (between, (_, second, rest)) = (behind[..second].trim(), split(&behind[second..]).unwrap_or_default());
        return several(field, given, habits, digits, (between, second, rest)).ok_or_else(|| {
            let note = refused(text!("type/several"));
            if Digits::read(second).is_some() { note.suggest(format!("{number}; {second}")) } else { note }
        });
    }
    let (amount, other) = reading(field, digits, habits);
    let scale = scale(field, behind, habits).ok_or_else(|| wrong_unit(field, given, behind, number, digits, habits))?;
    let result = scale.of(amount);
    if let Some(other) = other {
        let other = scale.of(other);
        let candidates = [result, other].map(|number| unambiguous(number, habits.decimal.unwrap_or(Decimal::Comma)));
        let text = text!("number.ambiguous", given, first = result, second = other);
        return Ok((result, Some(Note::warning(text).suggest(candidates.join("; ")))));
    }
    let note = match (is_about, scale.is_told) {
        (true, _) => Some(about(field, given, result, habits)),
        (false, true) => Some(converted(field, given, result, habits)),
        (false, false) => None,
    };
    Ok((result, note))
}

/// A number cell in the unit of the field: the header may name another one.
pub fn in_field_unit(field: &Field, number: f64, habits: &Habits) -> f64 {
    scale(field, "", habits).map_or(number, |scale| scale.of(number))
}

/// The readings of digits: by the notation of the column, otherwise by what the field can hold. Both if nothing tells.
fn reading(field: &Field, digits: Digits, habits: &Habits) -> (f64, Option<f64>) {
    let (first, Some(second)) = digits.readings() else { return (digits.readings().0, None) };
    if let Some(decimal) = habits.decimal {
        return (digits.with(decimal), None);
    }
    let fits = |number: &f64| match field.value {
        Type::Integer { .. } => number.fract() == 0.0,
        Type::Number { min, max } => habits.unit.is_some() || (min..=max).contains(number),
        _ => true,
    };
    match (fits(&first), fits(&second)) {
        (true, false) => (first, None),
        (false, true) => (second, None),
        _ => (first, Some(second)),
    }
}

/// How to get from a number and the words behind it to the field.
struct Scale {
    from: Option<(&'static Unit, &'static Unit)>,
    times: f64,
    /// Whether the cell itself names another unit than the field's.
    is_told: bool,
}

impl Scale {
    fn of(&self, number: f64) -> f64 {
        self.from.map_or(number * self.times, |(from, to)| from.convert(number, to))
    }
}

fn scale(field: &Field, behind: &str, habits: &Habits) -> Option<Scale> {
    let words = behind.trim_end_matches('.').trim();
    match field.unit.and_then(quantity::of_field) {
        Some(own) => {
            let written = if words.is_empty() { None } else { Some(quantity::named(words, own.dimension)?) };
            if quantity::is_bytes(words) {
                return None;
            }
            let from = written.or(habits.unit).filter(|unit| !unit.is(own)).map(|unit| (unit, own));
            Some(Scale { from, times: 1.0, is_told: written.is_some() && from.is_some() })
        }
        None => {
            let (times, words) = multiple(words);
            let is_told = times > 1.0;
            let fits = words.is_empty() || is_own_word(field, words);
            let times = if is_told { times } else { habits.times.unwrap_or(1.0) };
            fits.then_some(Scale { from: None, times, is_told })
        }
    }
}

/// "nghìn hộ" is a thousand, then "hộ".
pub fn multiple(words: &str) -> (f64, &str) {
    let (first, rest) = words.split_once(' ').unwrap_or((words, ""));
    match fold(first).as_str() {
        "nghin" | "ngan" | "k" | "thousand" => (1e3, rest),
        "trieu" | "tr" | "million" => (1e6, rest),
        _ => (1.0, words),
    }
}

/// Several numbers that are one amount: "30±2", "1 giờ 30 phút", "1m80". `None` for a range.
fn several(
    field: &Field,
    given: &str,
    habits: &Habits,
    first: Digits,
    (between, second, rest): (&str, &str, &str),
) -> Option<(f64, Option<Note>)> {
    let second_digits = Digits::read(second)?;
    if let Some(unit) = between.strip_suffix('±').or_else(|| between.strip_suffix("+/-")) {
        let unit = if unit.trim().is_empty() { rest } else { unit.trim() };
        let result = scale(field, unit, habits)?.of(reading(field, first, habits).0);
        return Some((result, Some(about(field, given, result, habits))));
    }
    let own = field.unit.and_then(quantity::of_field)?;
    let large = quantity::named(between, own.dimension)?;
    let first = first.readings();
    let (Some(part), None) = (part_of(large, second, second_digits, rest), first.1) else { return None };
    let result = large.convert(first.0 + part, own);
    Some((result, Some(converted(field, given, result, habits))))
}

/// The second number of an amount, in the unit of the first: with its own smaller unit, otherwise the decimals of metres
/// ("1m8") or the minutes of hours ("3h30").
fn part_of(large: &'static Unit, written: &str, digits: Digits, rest: &str) -> Option<f64> {
    let (number, None) = digits.readings() else { return None };
    let small = match quantity::named(rest, large.dimension) {
        Some(small) if large.is_larger(small) => small,
        None if rest.is_empty() && large.is(quantity::of_field("m")?) => return format!("0.{written}").parse().ok(),
        None if rest.is_empty() && large.is(quantity::of_field("h")?) && number < 60.0 => {
            quantity::named("min", large.dimension)?
        }
        _ => return None,
    };
    Some(small.convert(number, large)).filter(|part| *part < 1.0 && number >= 0.0)
}

fn wrong_unit(field: &Field, given: &str, behind: &str, number: &str, digits: Digits, habits: &Habits) -> Note {
    let Some(unit) = field.unit else {
        return Note::error(text!("type/rest", field = field.label, given, rest = behind)).suggest(number);
    };
    if quantity::is_bytes(behind) {
        let bits = digits.readings().0 * if behind.starts_with('G') { 1e3 } else { 1.0 };
        let both = [bits, bits * 8.0].map(|number| unambiguous(number, habits.decimal.unwrap_or(Decimal::Comma)));
        return Note::error(text!("type/bytes", given)).suggest(both.join("; "));
    }
    let note = Note::error(text!("type/unit", field = field.label, given, rest = behind, unit = Text::new(unit)));
    // A remark behind a known unit, or behind the number. What is measured in another unit has no suggestion.
    let words = behind.split(['(', ',', ';', ' ']).next().unwrap_or_default();
    match scale(field, words, habits) {
        Some(scale) => {
            let number = scale.of(digits.readings().0);
            note.suggest(unambiguous(number, habits.decimal.unwrap_or(Decimal::Comma)))
        }
        None => note,
    }
}

fn converted(field: &Field, given: &str, value: f64, habits: &Habits) -> Note {
    told(text!("number.converted", given, value = amount(field, value)), value, habits)
}

fn about(field: &Field, given: &str, value: f64, habits: &Habits) -> Note {
    told(text!("number.about", given, value = amount(field, value)), value, habits)
}

fn told(text: Text, value: f64, habits: &Habits) -> Note {
    Note::info(text).suggest(unambiguous(value, habits.decimal.unwrap_or(Decimal::Comma)))
}

/// A number with the unit of the field.
fn amount(field: &Field, value: f64) -> Value {
    match field.unit {
        Some(unit) => text!("amount", value, unit = Text::new(unit)).into(),
        None => value.into(),
    }
}

/// Whether a field holds a direction: an angle below a full circle.
fn is_direction(field: &Field) -> bool {
    field.unit == Some("deg") && matches!(field.value, Type::Number { max, .. } if max < 360.0)
}

/// Whether these words only repeat what the field is: "mắt", "cái", "cấp độ".
pub fn is_own_word(field: &Field, words: &str) -> bool {
    // "2/4" and "-5" leave no words when they are folded.
    if !words.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | ':' | '.')) {
        return false;
    }
    let own: Vec<String> =
        [field.label.vi, field.label.en].iter().chain(field.aliases).map(|name| fold(name)).collect();
    let is_known =
        |word: &str| own.iter().any(|name| name.split(' ').any(|known| known == word || known == format!("{word}s")));
    fold(words).split(' ').all(|word| !word.is_empty() && (COUNTERS.contains(&word) || is_known(word)))
}

fn is_bound(before: &str, behind: &str) -> bool {
    before.contains(['<', '>', '≤', '≥'])
        || BOUNDS.contains(&fold(before).as_str())
        || behind.contains(['+', '<', '>']) && !behind.contains("+/-")
        || BOUNDS_BEHIND.iter().any(|words| fold(behind).ends_with(words))
}

fn without_about(text: &str) -> (bool, &str) {
    if let Some(rest) = text.strip_prefix(['~', '≈', '∼']) {
        return (true, rest.trim());
    }
    let digit = text.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let before = &text[..digit];
    // A sign stays with its number.
    let words = before.trim_end_matches(['-', '+']);
    let is_about = ABOUT.contains(&fold(words).as_str());
    if is_about { (true, &text[words.len()..]) } else { (false, text) }
}

/// One kind of space and of minus.
fn tidy(text: &str) -> String {
    let one = |c: char| match c {
        '−' | '–' | '—' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    text.trim().chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::{CAMERA, FIBER_AREA, FIBER_ROUTE, TOWER, WIFI_POINT};

    fn field(name: &str) -> &'static Field {
        [&CAMERA, &TOWER, &FIBER_ROUTE, &FIBER_AREA, &WIFI_POINT]
            .iter()
            .find_map(|layer| layer.field(name))
            .unwrap_or_else(|| panic!("no field {name}"))
    }

    fn read_with(name: &str, text: &str, habits: &Habits) -> (Option<f64>, &'static str, String) {
        match read(field(name), text, habits) {
            Ok((number, note)) => {
                let code = note.as_ref().map_or("", |note| note.code);
                (Some(number), code, note.and_then(|note| note.suggestion).unwrap_or_default())
            }
            Err(note) => (None, note.code, note.suggestion.unwrap_or_default()),
        }
    }

    #[test]
    fn units_of_the_cell_are_converted_with_a_word() {
        for (name, text, number, code) in [
            ("height_m", "42,5", 42.5, ""),
            ("height_m", "30 m", 30.0, ""),
            ("height_m", "30mét.", 30.0, ""),
            ("height_m", "40 ft", 12.192, "number.converted"),
            ("height_m", "1m80", 1.8, "number.converted"),
            ("height_m", "5' 6\"", 1.6764, "number.converted"),
            ("radius_m", "1,5 km", 1500.0, "number.converted"),
            ("cable_km", "850 m", 0.85, "number.converted"),
            ("backup_power_h", "30 phút", 0.5, "number.converted"),
            ("backup_power_h", "1 giờ 30 phút", 1.5, "number.converted"),
            ("backup_power_h", "3h30", 3.5, "number.converted"),
            ("retention_days", "3 tháng", 90.0, "number.converted"),
            ("retention_days", "1 năm 6 tháng", 545.0, "number.converted"),
            ("downlink_mbps", "1 Gbps", 1000.0, "number.converted"),
            ("downlink_mbps", "512kbps", 0.512, "number.converted"),
            ("azimuth_deg", "225°", 225.0, ""),
            ("azimuth_deg", "Đông Bắc", 45.0, "number.converted"),
            ("eye_count", "2 mắt", 2.0, ""),
            ("eye_count", "02 chiếc", 2.0, ""),
            ("households_passed", "1,2 nghìn hộ", 1200.0, "number.converted"),
            ("height_m", "~30", 30.0, "number.about"),
            ("height_m", "khoảng 30 m", 30.0, "number.about"),
            ("height_m", "30±2 m", 30.0, "number.about"),
            ("height_m", "-5", -5.0, ""),
        ] {
            let (read, told, _) = read_with(name, text, &Habits::default());
            assert_eq!((read, told), (Some(number), code), "{name} {text}");
        }
    }

    #[test]
    fn what_is_no_single_number_is_refused() {
        for (name, text, suggestion) in [
            ("height_m", "hai", ""),
            ("height_m", ">30", "30"),
            ("height_m", "trên 30 m", "30"),
            ("height_m", "30 m trở lên", "30"),
            ("height_m", "30+", "30"),
            ("height_m", "30-35", "30; 35"),
            ("height_m", "30 đến 35 m", "30; 35"),
            ("height_m", "30x40", "30; 40"),
            ("height_m", "(30)", "30"),
            ("height_m", "30%", ""),
            ("height_m", "30 kg", ""),
            ("height_m", "30 m (ước tính)", "30"),
            ("height_m", "1,5 km, ước tính", "1500"),
            ("height_m", "cột 30 m", "30"),
            ("downlink_mbps", "100 MB/s", "100; 800"),
            ("downlink_mbps", "100/100", "100; 100"),
            ("backup_power_h", "5 m", ""),
            ("eye_count", "2 xe", "2"),
            ("eye_count", "2 mắt hỏng", "2"),
            ("eye_count", "2,5,1", ""),
            ("azimuth_deg", "N", "0; 180"),
        ] {
            let (read, code, suggested) = read_with(name, text, &Habits::default());
            assert_eq!((read, code, suggested.as_str()), (None, "type", suggestion), "{name} {text}");
        }
    }

    #[test]
    fn the_notation_of_the_column_decides_and_otherwise_both_readings_are_named() {
        let column = |decimal| Habits { decimal: Some(decimal), ..Habits::default() };
        assert_eq!(read_with("radius_m", "1.234", &column(Decimal::Comma)), (Some(1234.0), "", String::new()));
        assert_eq!(read_with("radius_m", "1.234", &column(Decimal::Point)), (Some(1.234), "", String::new()));
        let both = (Some(1234.0), "number.ambiguous", "1234; 1,2340".to_owned());
        assert_eq!(read_with("radius_m", "1.234", &Habits::default()), both);
        // Only one reading is a height, and only one a count.
        assert_eq!(read_with("height_m", "1.234", &Habits::default()).0, Some(1.234));
        assert_eq!(read_with("households_passed", "1.234 hộ", &Habits::default()), (Some(1234.0), "", String::new()));
    }

    #[test]
    fn the_unit_of_the_header_holds_unless_the_cell_has_its_own() {
        let feet = Habits { unit: quantity::of_any_dimension("ft"), ..Habits::default() };
        assert_eq!(read_with("height_m", "40", &feet), (Some(12.192), "", String::new()));
        assert_eq!(read_with("height_m", "40 m", &feet).0, Some(40.0));
        assert_eq!(in_field_unit(field("height_m"), 40.0, &feet), 12.192);
        assert_eq!(in_field_unit(field("height_m"), 40.0, &Habits::default()), 40.0);
    }
}
