//! From what a client sent to what is stored: types, bounds, enumerations, defaults, rules; every problem at once.

use chrono::{NaiveDate, Timelike};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use crate::geo;

use super::{Choice, Default, Field, Kind, Problem, Properties, Type, secret};

/// What is being written.
#[derive(Debug, Clone, Copy)]
pub enum Write<'a> {
    Create,
    /// The whole record anew: what is left out becomes its default.
    Replace {
        current: &'a Properties,
    },
    /// Only what is named changes.
    Patch {
        current: &'a Properties,
    },
}

impl<'a> Write<'a> {
    fn current(&self) -> Option<&'a Properties> {
        match self {
            Write::Create => None,
            Write::Replace { current } | Write::Patch { current } => Some(current),
        }
    }
}

/// The columns to write, in the shape of the table: every writable field of `kind` for a creation or a replacement,
/// those that are named for a patch, and `effective_on`. `geometry` is what the feature says, `None` when it says
/// nothing. Read-only properties are ignored, so that what was read can be sent back.
///
/// # Errors
/// Every problem of the geometry and of every property.
pub fn normalise(
    kind: &'static Kind,
    write: Write<'_>,
    given: &Properties,
    geometry: Option<&Value>,
    today: NaiveDate,
) -> Result<Properties, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut record = Properties::new();
    for name in given.keys() {
        if kind.field(name).is_none() {
            problems.push(Problem::property(
                &escape(name),
                "property.unknown",
                format!("Lớp này không có trường “{name}”."),
                format!("This layer has no field “{name}”."),
            ));
        }
    }
    for field in kind.fields().filter(|field| field.writable) {
        match (given.get(field.name), write) {
            (Some(value), _) => match read(field, value, today) {
                Ok(value) => {
                    record.insert(field.name.into(), value);
                }
                Err(problem) => problems.push(problem),
            },
            (None, Write::Patch { .. }) => {}
            (None, Write::Create | Write::Replace { .. }) => {
                record.insert(field.name.into(), Value::Null);
            }
        }
    }
    match geometry.map(|geometry| geo::read(kind, geometry)) {
        Some(Ok(geom)) => {
            record.insert("geom".into(), geom);
        }
        Some(Err(wrong)) => {
            problems.extend(wrong);
            // Given, if wrongly: that it is missing would be one problem too many.
            record.insert("geom".into(), json!({}));
        }
        None if matches!(write, Write::Replace { .. }) => {
            record.insert("geom".into(), Value::Null);
        }
        None => {}
    }
    fill(kind, write, &mut record, today);

    let whole = match write {
        Write::Patch { current } => {
            let mut whole = current.clone();
            whole.extend(record.clone());
            whole
        }
        Write::Create | Write::Replace { .. } => record.clone(),
    };
    for field in kind.fields().filter(|field| field.writable) {
        let broken = problems.iter().any(|problem| problem.place == Problem::property(field.name, "", "", "").place);
        let made = matches!(write, Write::Create) && field.default == Default::Code;
        if field.not_null && !broken && !made && whole.get(field.name).is_none_or(Value::is_null) {
            problems.push(Problem::property(
                field.name,
                "required",
                format!("Thiếu “{}”.", field.label.vi),
                format!("“{}” is missing.", field.label.en),
            ));
        }
    }
    problems.extend(ended_choices(kind, write.current(), &whole));
    let misplaced = Problem::property("declared_commune_code", "", "", "").place;
    if !problems.iter().any(|problem| problem.place == misplaced) {
        problems.extend(place_missing(&whole));
    }
    problems.extend(dates_in_order(&whole));
    problems.extend(working_in_future(&whole, today));
    problems.extend(kind.rules.iter().filter_map(|rule| rule(&whole)));
    if problems.is_empty() { Ok(record) } else { Err(problems) }
}

/// Defaults, and the dates that follow from others.
fn fill(kind: &Kind, write: Write<'_>, record: &mut Properties, today: NaiveDate) {
    let today = json!(today);
    for field in kind.fields().filter(|field| field.writable) {
        let Some(value) = record.get_mut(field.name).filter(|value| value.is_null()) else { continue };
        *value = match field.default {
            Default::Null => continue,
            Default::Text(text) => json!(text),
            Default::Integer(number) => json!(number),
            Default::Today => today.clone(),
            Default::Code => match write.current() {
                Some(current) => current["code"].clone(),
                None => continue,
            },
        };
    }
    if let Some(current) = write.current() {
        // What was read and is sent back does not say from when the change holds.
        let repeated =
            matches!(write, Write::Replace { .. }) && record.get("effective_on") == current.get("effective_on");
        if repeated || !record.contains_key("effective_on") {
            record.insert("effective_on".into(), today.clone());
        }
    }
    match record.get("declared_commune_code") {
        Some(Value::Null) => {
            record.insert("declared_on".into(), Value::Null);
        }
        Some(_) if record.get("declared_on").is_none_or(Value::is_null) => {
            record.insert("declared_on".into(), today);
        }
        _ => {}
    }
}

fn read(field: &Field, value: &Value, today: NaiveDate) -> Result<Value, Problem> {
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

fn read_text(field: &Field, text: &str, max: usize) -> Result<Value, Problem> {
    let text: String = text.trim().nfc().collect();
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

/// A value that had ended by the day from which the version holds may stay, but not be written anew.
fn ended_choices(kind: &Kind, current: Option<&Properties>, whole: &Properties) -> Vec<Problem> {
    let effective_on = whole.get("effective_on").and_then(Value::as_str).unwrap_or_default();
    let mut problems = Vec::new();
    for field in kind.fields().filter(|field| field.writable) {
        let Some(value) = whole.get(field.name).and_then(Value::as_str) else { continue };
        let unchanged = current.and_then(|current| current.get(field.name)).and_then(Value::as_str) == Some(value);
        let choice = field.value.choices().iter().find(|choice| choice.value == value);
        if let Some(Choice { until: Some(until), label, successors, .. }) = choice
            && !unchanged
            && effective_on >= *until
        {
            let successors = successors.join(", ");
            problems.push(Problem::property(
                field.name,
                "enum.ended",
                format!("“{}” không còn từ ngày {until}; dùng: {successors}.", label.vi),
                format!("“{}” ended on {until}; use: {successors}.", label.en),
            ));
        }
    }
    problems
}

fn place_missing(whole: &Properties) -> Option<Problem> {
    let given = |name| whole.get(name).is_some_and(|value: &Value| !value.is_null());
    (!given("geom") && !given("declared_commune_code")).then(|| {
        Problem::at(
            "/geometry",
            "required",
            "Cần vị trí (geometry) hoặc mã xã khai báo (declared_commune_code).",
            "A geometry or a declared_commune_code is needed.",
        )
    })
}

fn dates_in_order(whole: &Properties) -> Option<Problem> {
    let installed_on = whole.get("installed_on").and_then(Value::as_str)?;
    let decommissioned_on = whole.get("decommissioned_on").and_then(Value::as_str)?;
    (decommissioned_on < installed_on).then(|| {
        Problem::property(
            "decommissioned_on",
            "date.order",
            format!("Ngày ngừng sử dụng ở trước ngày lắp đặt {installed_on}."),
            format!("Decommissioned before it was installed on {installed_on}."),
        )
    })
}

fn working_in_future(whole: &Properties, today: NaiveDate) -> Option<Problem> {
    let installed_on = whole.get("installed_on").and_then(Value::as_str)?;
    let operational = whole.get("lifecycle_status").and_then(Value::as_str) == Some("operational");
    (operational && installed_on > today.to_string().as_str()).then(|| {
        Problem::property(
            "installed_on",
            "date.future",
            "Ngày lắp đặt ở tương lai mà vòng đời là “Đang sử dụng”.",
            "Installed in the future, yet operational.",
        )
    })
}

/// A name as a JSON pointer token (RFC 6901).
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
