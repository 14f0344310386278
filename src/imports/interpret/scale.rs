//! From a number and the words behind it to the unit of a field.

use crate::imports::interpret::fold::fold;
use crate::imports::interpret::habits::Habits;
use crate::imports::interpret::number::Digits;
use crate::imports::interpret::quantity::{self, Unit};
use crate::layers::Field;

/// Words behind any count.
const COUNTERS: &[&str] = &["cai", "chiec", "bo", "con", "pcs", "pc", "ea", "unit", "units"];

/// How to get from a number and the words behind it to the field.
pub struct Scale {
    from: Option<(&'static Unit, &'static Unit)>,
    times: f64,
    /// Whether the cell itself names another unit than the field's.
    pub is_told: bool,
}

impl Scale {
    pub fn of(&self, number: f64) -> f64 {
        self.from.map_or(number * self.times, |(from, to)| from.convert(number, to))
    }
}

/// The scale of the words behind a number; `None` if they are no unit of the field, and no words of a count.
pub fn scale(field: &Field, behind: &str, habits: &Habits) -> Option<Scale> {
    let words = behind.trim_end_matches('.').trim();
    let words = words.strip_prefix('(').and_then(|words| words.strip_suffix(')')).unwrap_or(words);
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

/// The second number of an amount, in the unit of the first: with its own smaller unit, otherwise the decimals of metres
/// ("1m8") or the minutes of hours ("3h30").
pub fn part_of(large: &'static Unit, written: &str, digits: Digits, rest: &str) -> Option<f64> {
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
