//! What tells that a row is a record, or another record than a similar row.

use serde_json::Value;

use crate::imports::interpret::{Note, Record, fold};
use crate::imports::matching::Match;
use crate::layers::Layer;
use crate::register::writing::PlannedRow;
use crate::texts::text;

/// Whether the record was found by a code that several records have, while the row has a number of its own.
pub fn is_weak(record: &Record, matched: &Match) -> bool {
    let is_numbered = ["external_id", "code"].iter().any(|name| record.values.contains_key(*name));
    matched.by == "own_code" && matched.candidates > 1 && is_numbered
}

/// The code that an operator gives its own records, as a key among the rows of a file.
pub fn own_code(layer: &'static Layer, record: &Record) -> Option<String> {
    let (within, own_code) = layer.own_code?;
    let text = |name: &str| record.values.get(name)?.as_str();
    Some(format!("{own_code}\u{1f}{}\u{1f}{}", text(within)?, text(own_code)?))
}

/// What the sender tells a row apart by, as `kind:value`.
pub fn of(layer: &'static Layer, record: &Record, row: &PlannedRow) -> Option<String> {
    let known = |name: &'static str| Some((name, row.value(name).as_str()?.to_owned()));
    // A code that the row does not give is generated.
    let code =
        || if row.is_new { Some(("code", record.values.get("code")?.as_str()?.to_owned())) } else { known("code") };
    let own_code = || layer.own_code.and_then(|(_, own_code)| known(own_code));
    let is_directed = layer.near.is_some_and(|near| near.direction.is_some());
    let name = || known("name").filter(|_| is_directed).map(|(kind, name)| (kind, fold(&name)));
    let found = known("external_id").or_else(code).or_else(|| known("serial_number")).or_else(own_code).or_else(name);
    found.map(|(kind, value)| format!("{kind}:{value}"))
}

/// What is told when the record of an id has neither the code nor the name of the row. The id may be a number of the
/// sender's own that happens to be one of the register.
pub fn disagreement(record: &Record, matched: &Match) -> Option<Note> {
    let compared = ["external_id", "code", "name"].into_iter().filter_map(|name| {
        let given = record.values.get(name).and_then(Value::as_str)?;
        Some((name, matched.record.get(name).and_then(Value::as_str) == Some(given)))
    });
    let compared: Vec<_> = compared.collect();
    if compared.is_empty() || compared.iter().any(|(_, agrees)| *agrees) {
        return None;
    }
    let of_record = |name: &str| matched.record.get(name).and_then(Value::as_str).unwrap_or("–");
    let text = text!("match.id_disagrees", code = of_record("code"), name = of_record("name"));
    let only_name = compared.iter().all(|(name, _)| *name == "name");
    Some(if only_name { Note::warning(text) } else { Note::error(text) })
}
