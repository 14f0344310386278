//! Reads the text of a number field: a number, its unit, and everything else that people write beside it. Each character is
//! used or complained of.

use crate::imports::interpret::compass::{self, Direction};
use crate::imports::interpret::finding::Note;
use crate::imports::interpret::fold::fold;
use crate::imports::interpret::habits::Habits;
use crate::imports::interpret::number::{Decimal, Digits, split, unambiguous};
use crate::imports::interpret::quantity;
use crate::imports::interpret::scale::{Scale, is_own_word, part_of, scale};
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
    // "480 min" is a time, "480 m min" a bound.
    if is_bound(before, behind) && (!before.is_empty() || scale(field, behind, habits).is_none()) {
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
    let scale = scale(field, behind, habits).ok_or_else(|| wrong_unit(field, given, behind, number, digits, habits))?;
    let (result, other) = reading(field, digits, &scale, habits);
    if let Some(other) = other {
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

/// The readings of digits, in the unit of the field: by the notation of the column, otherwise by what the field can hold.
/// Both if nothing tells.
fn reading(field: &Field, digits: Digits, scale: &Scale, habits: &Habits) -> (f64, Option<f64>) {
    let (first, second) = digits.readings();
    let (first, Some(second)) = (scale.of(first), second.map(|second| scale.of(second))) else {
        return (scale.of(first), None);
    };
    if let Some(decimal) = habits.decimal {
        return (scale.of(digits.with(decimal)), None);
    }
    let fits = |number: f64| match field.value {
        Type::Integer { .. } => number.fract() == 0.0,
        Type::Number { min, max } => (min..=max).contains(&number),
        _ => true,
    };
    match (fits(first), fits(second)) {
        (true, false) => (first, None),
        (false, true) => (second, None),
        _ => (first, Some(second)),
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
        let result = reading(field, first, &scale(field, unit, habits)?, habits).0;
        return Some((result, Some(about(field, given, result, habits))));
    }
    let own = field.unit.and_then(quantity::of_field)?;
    // "2:30" as the time of a clock.
    let large = quantity::named(if between == ":" { "h" } else { between }, own.dimension)?;
    let first = first.readings();
    let (Some(part), None) = (part_of(large, second, second_digits, rest), first.1) else { return None };
    let result = large.convert(first.0 + part, own);
    Some((result, Some(converted(field, given, result, habits))))
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
pub fn amount(field: &Field, value: f64) -> Value {
    match field.unit {
        Some(unit) => text!("amount", value, unit = Text::new(unit)).into(),
        None => value.into(),
    }
}

/// Whether a field holds a direction: an angle below a full circle.
pub fn is_direction(field: &Field) -> bool {
    field.unit == Some("deg") && matches!(field.value, Type::Number { max, .. } if max < 360.0)
}

fn is_bound(before: &str, behind: &str) -> bool {
    before.contains(['<', '>', '≤', '≥'])
        || BOUNDS.contains(&fold(before).as_str())
        || behind.ends_with('+')
        || behind.contains(['<', '>'])
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
mod tests;
