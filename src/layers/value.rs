//! Checks one value of a field and turns it into what is stored.

use chrono::NaiveDate;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use crate::layers::resolution::Meant;
use crate::layers::{Choice, Field, Layer, Problem, Properties, Type, phone, resolution, secret};
use crate::texts::{Text, text};
use crate::time::{date_of, meant_day};

/// Checks one value against its type, bounds and enumeration. An empty value becomes null.
///
/// # Errors
/// The first problem of the value.
pub fn read(field: &Field, value: &Value, today: NaiveDate) -> Result<Value, Problem> {
    let wrong = |text: Text| Problem::of_field(field.name, text.with("field", field.label));
    match (field.value, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Type::Text { max }, Value::String(text)) => read_text(field, text, max),
        (Type::Url, Value::String(text)) => match read_text(field, text, 2000)? {
            Value::String(url) if !url.starts_with("https://") && !url.starts_with("http://") => {
                Err(wrong(text!("type/url")))
            }
            url => Ok(url),
        },
        (Type::Phone, Value::String(_) | Value::Number(_)) => {
            let given = value.as_str().map_or_else(|| value.to_string(), clean);
            match phone::normalise(&given) {
                Some(number) => Ok(json!(number)),
                None if given.is_empty() => Ok(Value::Null),
                None => Err(wrong(text!("type", expected = text!("expected.phone")))),
            }
        }
        (Type::Resolution, Value::String(text)) => match resolution::read(text) {
            Some(Meant::Pixels(size)) => Ok(json!(size)),
            Some(Meant::Named(size)) => Ok(json!(size)),
            None if clean(text).is_empty() => Ok(Value::Null),
            _ => Err(wrong(text!("type", expected = text!("expected.resolution")))),
        },
        (Type::CommuneCode, Value::String(text)) => {
            if text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit()) {
                Ok(json!(text))
            } else {
                Err(Problem::of_field(field.name, text!("unit.code_format", given = text)))
            }
        }
        (Type::Integer { min, max }, Value::Number(number)) => {
            let integer = number
                .as_i64()
                .or_else(|| number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 9e15).map(|n| n as i64));
            match integer {
                Some(integer) if (min..=max).contains(&integer) => Ok(json!(integer)),
                Some(_) => Err(wrong(text!("range", min, max))),
                None => Err(wrong(text!("type", expected = text!("expected.integer")))),
            }
        }
        (Type::Reference { .. }, Value::Number(number)) => match number.as_i64().filter(|id| *id > 0) {
            Some(id) => Ok(json!(id)),
            None => Err(wrong(text!("type", expected = text!("expected.id")))),
        },
        (Type::Number { min, max }, Value::Number(number)) => match number.as_f64() {
            Some(number) if number >= min && number <= max => Ok(json!(number)),
            _ => Err(wrong(text!("range", min, max))),
        },
        (Type::Boolean, Value::Bool(_)) => Ok(value.clone()),
        (Type::Date, Value::String(text)) => read_date(field, text, today),
        (Type::OneOf(choices), Value::String(text)) => match choices.iter().find(|choice| choice.value == text) {
            Some(choice) => Ok(json!(choice.value)),
            None => Err(unknown_choice(field, text, choices)),
        },
        (Type::SomeOf(choices), Value::Array(values)) => {
            for value in values {
                if !choices.iter().any(|choice| value == choice.value) {
                    return Err(unknown_choice(field, &value.to_string(), choices));
                }
            }
            let set: Vec<_> = choices
                .iter()
                .filter(|choice| values.iter().any(|value| value == choice.value))
                .map(|choice| choice.value)
                .collect();
            Ok(if set.is_empty() { Value::Null } else { json!(set) })
        }
        _ => Err(wrong(text!("type", expected = expected(field.value)))),
    }
}

fn expected(value: Type) -> Text {
    match value {
        Type::Text { .. } | Type::Url | Type::CommuneCode => text!("expected.text"),
        Type::Phone => text!("expected.phone"),
        Type::Resolution => text!("expected.resolution"),
        Type::Integer { .. } | Type::Reference { .. } => text!("expected.integer"),
        Type::Number { .. } => text!("expected.number"),
        Type::Boolean => text!("expected.flag"),
        Type::Date | Type::Timestamp => text!("expected.day"),
        Type::OneOf(_) => text!("expected.choice"),
        Type::SomeOf(_) => text!("expected.choices"),
    }
}

/// Characters that are trimmed from both ends of a text: spaces, including invisible ones.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// A text as it is stored, whoever sends it: in composed form (NFC), with `\n` as the only line break and the plain space
/// as the only space, without invisible characters and without spaces at its ends.
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut letters = text.chars().filter(|c| !is_invisible(*c)).nfc().peekable();
    while let Some(letter) = letters.next() {
        cleaned.push(match letter {
            '\r' if letters.peek() == Some(&'\n') => continue,
            // Old Macs; the line break of Word (\x0b); pages; what Unicode has besides.
            '\n' | '\r' | '\x0b' | '\x0c' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            space if space.is_whitespace() => ' ',
            letter => letter,
        });
    }
    cleaned.trim().to_owned()
}

/// Characters that change how a text is broken or ordered and that nobody sees: soft hyphens, zero-width spaces and
/// joiners, marks of direction. Two codes that look the same would differ by them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether a cleaned text has characters that no text may hold. PostgreSQL stores no NUL, XML none of the others.
pub fn has_controls(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n')
}

fn read_text(field: &Field, text: &str, max: usize) -> Result<Value, Problem> {
    let text = clean(text);
    let wrong = |text: Text| Err(Problem::of_field(field.name, text.with("field", field.label)));
    if has_controls(&text) {
        return wrong(text!("text.control"));
    }
    if field.octets && text.len() > max {
        return wrong(text!("range/octets", max));
    }
    if text.chars().count() > max {
        return wrong(text!("range/length", max));
    }
    if secret::is_in(&text) {
        return wrong(text!("secret.in_text"));
    }
    Ok(if text.is_empty() { Value::Null } else { Value::String(text) })
}

/// A warning for each field where a space counts, and where the ends of the given text had some.
pub fn trimmed(layer: &Layer, given: &Properties) -> Vec<Problem> {
    let warn = |field: &Field| {
        let text = given.get(field.name)?.as_str()?;
        let stored = clean(text);
        (stored.len() < text.len() && text.trim_matches(' ').len() < text.len())
            .then(|| Problem::of_field(field.name, text!("text.trimmed", field = field.label, stored)))
    };
    layer.fields().filter(|field| field.octets).filter_map(warn).collect()
}

fn read_date(field: &Field, text: &str, today: NaiveDate) -> Result<Value, Problem> {
    let wrong = |text: Text| Err(Problem::of_field(field.name, text.with("field", field.label)));
    let date = date_of(text).or_else(|| meant_day(text));
    let earliest = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a valid date");
    let latest = NaiveDate::from_ymd_opt(2199, 12, 31).expect("a valid date");
    match date {
        None => wrong(text!("type", expected = text!("expected.day"))),
        Some(date) if date < earliest || date > latest => wrong(text!("range/year")),
        Some(date) if date > today && !field.may_be_future => wrong(text!("date.future")),
        Some(date) => Ok(json!(date)),
    }
}

fn unknown_choice(field: &Field, given: &str, choices: &[Choice]) -> Problem {
    Problem::of_field(field.name, text!("enum.unknown", field = field.label, given, choices = listed(choices)))
}

/// The labels of choices, each with the value to send.
pub fn listed<'a>(choices: impl IntoIterator<Item = &'a Choice>) -> Vec<Text> {
    choices.into_iter().map(|choice| text!("choice", label = choice.label, value = choice.value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn harmless_characters_become_plain_ones() {
        for (given, stored) in [
            ("dòng 1\r\ndòng 2\rdòng 3\ndòng 4\u{b}dòng 5", "dòng 1\ndòng 2\ndòng 3\ndòng 4\ndòng 5"),
            ("một\r\n\r\nhai\n\rba", "một\n\nhai\n\nba"),
            ("\u{a0}Chợ\u{a0}Rừng\u{2009}Thông\u{3000}", "Chợ Rừng Thông"),
            ("Trụ\tsố\t1", "Trụ số 1"),
            ("\u{feff}BTS\u{200b}-0\u{ad}1\u{200e}\u{2060}", "BTS-01"),
            ("To\u{302}\u{300} dân phố", "Tồ dân phố"),
            ("<b>A & B</b>", "<b>A & B</b>"),
            (" \r\n\t\u{a0}\u{200b} ", ""),
        ] {
            assert_eq!(clean(given), stored, "{given:?}");
            assert!(!has_controls(stored));
        }
        for given in ["a\0b", "\u{1b}[31m", "a\u{7f}", "a\u{9b}b"] {
            assert!(has_controls(&clean(given)), "{given:?}");
        }
    }

    proptest! {
        #[test]
        fn a_clean_text_stays_as_it_is(text in "[ab\r\n\t \u{a0}\u{200b}\u{ad}\u{feff}\u{301}\u{2028}]{0,12}") {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once);
        }
    }
}
