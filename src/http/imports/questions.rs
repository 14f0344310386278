//! What a screen can ask the sender once for many rows: texts of a field that stand for no value, or for several communes.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::layers::{Layer, Type};

/// The codes of findings that an answer in `values` settles.
const ASKED: [&str; 4] = ["enum.unknown", "resolution.several", "unit.ambiguous_name", "unit.unknown_name"];

/// A question for each field and text, with the number of rows and the values to choose from; the nearest first.
pub fn of_findings(layer: &'static Layer, findings: &Value, today: NaiveDate) -> Vec<Value> {
    let mut questions: Vec<Value> = Vec::new();
    let mut asked: HashMap<(&str, &str), usize> = HashMap::new();
    for finding in findings.as_array().into_iter().flatten() {
        let (Some(name), Some(text)) = (finding["field"].as_str(), finding["value"].as_str()) else { continue };
        if !ASKED.iter().any(|code| finding["code"] == *code) || finding["row"].is_null() {
            continue;
        }
        if let Some(question) = asked.get(&(name, text)).and_then(|nth| questions.get_mut(*nth)) {
            question["rows"] = json!(question["rows"].as_u64().unwrap_or_default() + 1);
            continue;
        }
        let Some(field) = layer.field(name) else { continue };
        let suggested = finding["suggestion"].as_str().unwrap_or_default();
        let listed = |is_commune: bool| -> Vec<Value> {
            let value = |label| if is_commune { str::get(label, ..5) } else { Some(label) };
            let listed = suggested.split("; ").filter_map(|label| Some((value(label)?, label)));
            listed.map(|(value, label)| json!({"value": value, "label": {"vi": label, "en": label}})).collect()
        };
        let candidates = if matches!(field.value, Type::CommuneCode) {
            listed(true)
        } else if field.value.choices().is_empty() {
            listed(false)
        } else {
            let today = today.to_string();
            let mut choices: Vec<_> = field.value.choices().iter().collect();
            choices.retain(|choice| choice.until.is_none_or(|until| until > today.as_str()));
            choices.sort_by_key(|choice| choice.label.vi != suggested);
            let one = |choice: &&crate::layers::Choice| json!({"value": choice.value, "label": {"vi": choice.label.vi, "en": choice.label.en}});
            choices.iter().map(one).collect()
        };
        asked.insert((name, text), questions.len());
        questions.push(json!({"field": name, "text": text, "rows": 1, "candidates": candidates}));
    }
    questions
}
