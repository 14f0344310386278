//! Turns the record that a client sent into the one that is stored: values, defaults, rules. Reports every problem at
//! once.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::layers::geometry;
use crate::layers::problem::Place;
use crate::layers::{Choice, Default, Layer, Problem, Properties, value};
use crate::texts::text;

/// The kind of write.
#[derive(Debug, Clone, Copy)]
pub enum Write<'a> {
    Create,
    /// Replaces the whole record: fields that are left out get their defaults.
    Replace {
        current: &'a Properties,
    },
    /// Changes only the fields that are named.
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

/// The columns to write, in the shape of the table. A creation or a replacement has every writable field of `layer`; a
/// patch has the named fields and `effective_on`. `geometry` is that of the feature, `None` when it has none. Read-only
/// properties are ignored, so that a client can send back what it read.
///
/// # Errors
/// Every problem of the geometry and of every property.
pub fn normalise(
    layer: &'static Layer,
    write: Write<'_>,
    given: &Properties,
    geometry: Option<&Value>,
    today: NaiveDate,
) -> Result<Properties, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut record = Properties::new();
    for name in given.keys() {
        if layer.field(name).is_none() {
            problems.push(Problem::of_field(&escape(name), text!("property.unknown/field", name)));
        }
    }
    for field in layer.fields().filter(|field| field.writable) {
        match (given.get(field.name), write) {
            (Some(given), _) => match value::read(field, given, today) {
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
    match geometry.map(|geometry| geometry::read(layer, geometry)) {
        Some(Ok(geom)) => {
            record.insert("geom".into(), geom);
        }
        Some(Err(wrong)) => {
            problems.extend(wrong);
            // The geometry was sent, although it is wrong: a problem that says it is missing would be one too many.
            record.insert("geom".into(), json!({}));
        }
        None if matches!(write, Write::Replace { .. }) => {
            record.insert("geom".into(), Value::Null);
        }
        None => {}
    }
    fill(layer, write, &mut record, today);

    let whole = match write {
        Write::Patch { current } => {
            let mut whole = current.clone();
            whole.extend(record.clone());
            whole
        }
        Write::Create | Write::Replace { .. } => record.clone(),
    };
    for field in layer.fields().filter(|field| field.writable) {
        let broken = problems.iter().any(|problem| problem.place == Place::field(field.name));
        let made = matches!(write, Write::Create) && field.default == Default::Code;
        if field.not_null && !broken && !made && whole.get(field.name).is_none_or(Value::is_null) {
            problems.push(Problem::of_field(field.name, text!("required", field = field.label)));
        }
    }
    problems.extend(ended_choices(layer, write.current(), &whole));
    let misplaced = Place::field("declared_commune_code");
    if !problems.iter().any(|problem| problem.place == misplaced) {
        problems.extend(place_missing(&whole));
    }
    problems.extend(day_without_code(&whole));
    problems.extend(dates_in_order(&whole));
    problems.extend(working_in_future(&whole, today));
    problems.extend(layer.rules.iter().filter_map(|rule| rule(&whole)));
    if problems.is_empty() { Ok(record) } else { Err(problems) }
}

/// Fills in defaults, and the dates that follow from other fields.
fn fill(layer: &Layer, write: Write<'_>, record: &mut Properties, today: NaiveDate) {
    let holds_from = json!(counted_before(write, record, today).unwrap_or(today));
    let today = json!(today);
    for field in layer.fields().filter(|field| field.writable) {
        let Some(value) = record.get_mut(field.name).filter(|value| value.is_null()) else { continue };
        *value = match field.default {
            Default::Null => continue,
            Default::Text(text) => json!(text),
            Default::Integer(number) => json!(number),
            Default::Today => holds_from.clone(),
            Default::Code => match write.current() {
                Some(current) => current["code"].clone(),
                None => continue,
            },
        };
    }
    if let Some(current) = write.current() {
        // A client that sends back the old date does not say from when its change holds.
        let repeated =
            matches!(write, Write::Replace { .. }) && record.get("effective_on") == current.get("effective_on");
        if repeated || !record.contains_key("effective_on") {
            record.insert("effective_on".into(), holds_from);
        }
    }
    match record.get("declared_commune_code") {
        Some(Value::Null) => {
            record.entry("declared_on").or_insert(Value::Null);
        }
        Some(code) if record.get("declared_on").is_none_or(Value::is_null) => {
            // A code that was declared before keeps the day on which it is read.
            let before = write.current().filter(|current| current.get("declared_commune_code") == Some(code));
            let day = before.and_then(|current| current.get("declared_on")).cloned().unwrap_or(today);
            record.insert("declared_on".into(), day);
        }
        _ => {}
    }
}

/// The day of the counts that a write states, if it changes nothing else or creates the record: on that day the place was
/// there, and counted.
fn counted_before(write: Write<'_>, record: &Properties, today: NaiveDate) -> Option<NaiveDate> {
    const COUNTS: [&str; 5] = ["counted_on", "counted_source", "effective_on", "households", "population"];
    let counted_on = record.get("counted_on")?.as_str()?.parse().ok()?;
    let is_of_counts = write.current().is_none_or(|current| {
        let is_other = |(name, value): (&String, &Value)| current.get(name) != Some(value);
        record.iter().filter(|given| is_other(*given)).all(|(name, _)| COUNTS.contains(&name.as_str()))
    });
    Some(counted_on).filter(|day| is_of_counts && *day < today)
}

/// Values that have ended by `effective_on`. A record may keep such a value, but nobody may write it anew.
fn ended_choices(layer: &Layer, current: Option<&Properties>, whole: &Properties) -> Vec<Problem> {
    let effective_on = whole.get("effective_on").and_then(Value::as_str).unwrap_or_default();
    let mut problems = Vec::new();
    for field in layer.fields().filter(|field| field.writable) {
        let Some(value) = whole.get(field.name).and_then(Value::as_str) else { continue };
        let unchanged = current.and_then(|current| current.get(field.name)).and_then(Value::as_str) == Some(value);
        let choices = field.value.choices();
        let choice = choices.iter().find(|choice| choice.value == value);
        if let Some(Choice { until: Some(until), label, successors, .. }) = choice
            && !unchanged
            && effective_on >= *until
        {
            let until = until.parse::<NaiveDate>().expect("a valid date");
            let next = value::listed(choices.iter().filter(|choice| successors.contains(&choice.value)));
            let text = text!("enum.ended", value = *label, until, choices = next);
            problems.push(Problem::of_field(field.name, text));
        }
    }
    problems
}

fn place_missing(whole: &Properties) -> Option<Problem> {
    let given = |name| whole.get(name).is_some_and(|value: &Value| !value.is_null());
    (!given("geom") && !given("declared_commune_code")).then(|| Problem::in_body("/geometry", text!("required/place")))
}

fn day_without_code(whole: &Properties) -> Option<Problem> {
    let given = |name| whole.get(name).is_some_and(|value: &Value| !value.is_null());
    (given("declared_on") && !given("declared_commune_code"))
        .then(|| Problem::of_field("declared_commune_code", text!("required/declared_code")))
}

fn dates_in_order(whole: &Properties) -> Option<Problem> {
    let (installed_on, decommissioned_on) = (day_of(whole, "installed_on")?, day_of(whole, "decommissioned_on")?);
    (decommissioned_on < installed_on)
        .then(|| Problem::of_field("decommissioned_on", text!("date.order", installed_on)))
}

fn working_in_future(whole: &Properties, today: NaiveDate) -> Option<Problem> {
    let operational = whole.get("lifecycle_status").and_then(Value::as_str) == Some("operational");
    (operational && day_of(whole, "installed_on")? > today)
        .then(|| Problem::of_field("installed_on", text!("date.future/operational")))
}

fn day_of(whole: &Properties, name: &str) -> Option<NaiveDate> {
    whole.get(name)?.as_str()?.parse().ok()
}

/// A name as a JSON pointer token (RFC 6901).
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
