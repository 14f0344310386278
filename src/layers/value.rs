//! One value of a field, from what a client sent to what is stored.

use chrono::{NaiveDate, Timelike};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use crate::layers::{Choice, Field, Problem, Type, secret};

/// One value of a field: its type, bounds and enumeration. What is left empty is null.
///
/// # Errors
/// The first problem of the value.
pub fn read(field: &Field, value: &Value, today: NaiveDate) -> Result<Value, Problem> {
    let wrong = |vi: String, en: String| Problem::property(field.name, "type", vi, en);
    let out_of_range = |vi: String, en: String| Problem::property(field.name, "range", vi, en);
    let name = field.label;
    match (field.value, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Type::Text { max }, Value::String(text)) => read_text(field, text, max),
        (Type::Url, Value::String(text)) => match read_text(field, text, 2000)? {
            Value::String(url) if !url.starts_with("https://") && !url.starts_with("http://") => Err(wrong(
                format!("“{}” phải là địa chỉ http(s).", name.vi),
                format!("“{}” must be an http(s) address.", name.en),
            )),
            url => Ok(url),
        },
        (Type::CommuneCode, Value::String(text)) => {
            if text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit()) {
                Ok(json!(text))
            } else {
                Err(Problem::property(
                    field.name,
                    "unit.code_format",
                    format!("Mã xã gồm 5 chữ số, giữ số 0 ở đầu: “00004”, không phải “{text}”."),
                    format!("A commune code has 5 digits with leading zeros: “00004”, not “{text}”."),
                ))
            }
        }
        (Type::Integer { min, max }, Value::Number(number)) => {
            let integer = number
                .as_i64()
                .or_else(|| number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 9e15).map(|n| n as i64));
            match integer {
                Some(integer) if (min..=max).contains(&integer) => Ok(json!(integer)),
                Some(_) => Err(out_of_range(
                    format!("“{}” từ {min} đến {max}.", name.vi),
                    format!("“{}” is {min} to {max}.", name.en),
                )),
                None => Err(wrong(
                    format!("“{}” phải là số nguyên.", name.vi),
                    format!("“{}” must be an integer.", name.en),
                )),
            }
        }
        (Type::Reference { .. }, Value::Number(number)) => match number.as_i64().filter(|id| *id > 0) {
            Some(id) => Ok(json!(id)),
            None => Err(wrong(format!("“{}” phải là một id.", name.vi), format!("“{}” must be an id.", name.en))),
        },
        (Type::Number { min, max }, Value::Number(number)) => match number.as_f64() {
            Some(number) if number >= min && number <= max => Ok(json!(number)),
            _ => Err(out_of_range(
                format!("“{}” từ {min} đến {max}.", name.vi),
                format!("“{}” is {min} to {max}.", name.en),
            )),
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
        _ => {
            let (vi, en) = expected(field.value);
            Err(wrong(format!("“{}” phải là {vi}.", name.vi), format!("“{}” must be {en}.", name.en)))
        }
    }
}

fn expected(value: Type) -> (&'static str, &'static str) {
    match value {
        Type::Text { .. } | Type::Url | Type::CommuneCode => ("chuỗi", "a string"),
        Type::Integer { .. } | Type::Reference { .. } => ("số nguyên", "an integer"),
        Type::Number { .. } => ("số", "a number"),
        Type::Boolean => ("true hoặc false", "true or false"),
        Type::Date | Type::Timestamp => ("ngày dạng 2023-09-20", "a date such as 2023-09-20"),
        Type::OneOf(_) => ("một giá trị trong danh sách", "a value of the list"),
        Type::SomeOf(_) => ("một mảng giá trị trong danh sách", "an array of values of the list"),
    }
}

/// What a text neither begins nor ends with: spaces, also those that nobody sees.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')
}

fn read_text(field: &Field, text: &str, max: usize) -> Result<Value, Problem> {
    let text: String = text.trim_matches(is_blank).nfc().collect();
    let name = field.label;
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Problem::property(
            field.name,
            "text.control",
            format!("“{}” có ký tự điều khiển.", name.vi),
            format!("“{}” holds a control character.", name.en),
        ));
    }
    if text.chars().count() > max {
        return Err(Problem::property(
            field.name,
            "range",
            format!("“{}” dài quá {max} ký tự.", name.vi),
            format!("“{}” is longer than {max} characters.", name.en),
        ));
    }
    if secret::is_in(&text) {
        return Err(Problem::property(
            field.name,
            "secret.in_text",
            format!("“{}” có địa chỉ luồng hình, địa chỉ mạng nội bộ hoặc mật khẩu: không được lưu.", name.vi),
            format!("“{}” holds a stream address, a private address or a password: these are never stored.", name.en),
        ));
    }
    Ok(if text.is_empty() { Value::Null } else { Value::String(text) })
}

fn read_date(field: &Field, text: &str, today: NaiveDate) -> Result<Value, Problem> {
    let name = field.label;
    // A midnight timestamp is how some clients write a date.
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().or_else(|| {
        let moment = chrono::DateTime::parse_from_rfc3339(text).ok()?;
        (moment.num_seconds_from_midnight() == 0).then(|| moment.date_naive())
    });
    let earliest = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a valid date");
    let latest = NaiveDate::from_ymd_opt(2199, 12, 31).expect("a valid date");
    match date {
        None => Err(Problem::property(
            field.name,
            "type",
            format!("“{}” phải là ngày dạng 2023-09-20.", name.vi),
            format!("“{}” must be a date such as 2023-09-20.", name.en),
        )),
        Some(date) if date < earliest || date > latest => Err(Problem::property(
            field.name,
            "range",
            format!("“{}” phải từ năm 1900 đến năm 2199.", name.vi),
            format!("“{}” must lie in 1900 to 2199.", name.en),
        )),
        Some(date) if date > today && !field.may_be_future => Err(Problem::property(
            field.name,
            "date.future",
            format!("“{}” không được ở tương lai.", name.vi),
            format!("“{}” may not lie in the future.", name.en),
        )),
        Some(date) => Ok(json!(date)),
    }
}

fn unknown_choice(field: &Field, given: &str, choices: &[Choice]) -> Problem {
    let values: Vec<_> = choices.iter().map(|choice| choice.value).collect();
    let values = values.join(", ");
    Problem::property(
        field.name,
        "enum.unknown",
        format!("“{}” không có giá trị “{given}”; chọn trong: {values}.", field.label.vi),
        format!("“{}” has no value “{given}”; choose among: {values}.", field.label.en),
    )
}
