//! What the state column of a returned workbook says about a row.

use serde_json::Value;

use crate::imports::interpret::finding::{Finding, Severity};
use crate::imports::interpret::paint::reason;
use crate::imports::interpret::template::yes_or_no;
use crate::layers::Layer;
use crate::texts::text;

/// What a row does, and why it does not.
pub fn state_text(layer: &'static Layer, (op, changes): &(String, Value), findings: &[&Finding]) -> String {
    let what = match op.as_str() {
        "create" => text!("state.create"),
        "update" => text!("state.update", changes = changes_text(layer, changes)),
        "restore" => text!("state.restore", changes = changes_text(layer, changes)),
        "unchanged" => text!("state.unchanged"),
        _ => text!("state.error"),
    };
    let what = what.vi();
    let reasons: Vec<_> =
        findings.iter().filter(|finding| finding.severity > Severity::Info).map(|finding| reason(finding)).collect();
    if reasons.is_empty() { what } else { format!("{what}: {}", reasons.join(" ")) }
}

/// "Chiều cao: 42 → 45; Vị trí: 105.7, 19.8 → 105.71, 19.8"
fn changes_text(layer: &'static Layer, changes: &Value) -> String {
    let one = |(name, values): (&String, &Value)| {
        let label = layer.field(name).map_or_else(|| text!("place").vi(), |field| field.label.vi.to_owned());
        format!("{label}: {} → {}", shown(layer, name, &values[0]), shown(layer, name, &values[1]))
    };
    changes.as_object().into_iter().flatten().map(one).collect::<Vec<_>>().join("; ")
}

/// A value as people read it: the label of a choice, the coordinates of a place.
fn shown(layer: &'static Layer, name: &str, value: &Value) -> String {
    let label = |value: &str| {
        let choices = layer.field(name).map(|field| field.value.choices()).unwrap_or_default();
        choices
            .iter()
            .find(|choice| choice.value == value)
            .map_or(value.to_owned(), |choice| choice.label.vi.to_owned())
    };
    match value {
        Value::Null => "–".into(),
        Value::Bool(value) => yes_or_no(*value).vi(),
        Value::String(text) => label(text),
        Value::Array(values) => values.iter().map(|value| shown(layer, name, value)).collect::<Vec<_>>().join(", "),
        Value::Object(geometry) => match geometry.get("type").and_then(Value::as_str) {
            Some("Point") => shown(layer, name, &geometry["coordinates"]),
            Some(other) => other.to_owned(),
            None => String::new(),
        },
        Value::Number(number) => number.to_string(),
    }
}
