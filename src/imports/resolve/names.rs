//! Finds the units and records that rows name.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::files::sheet::Workbook;
use crate::imports::interpret::{Note, Reading, Record};
use crate::imports::resolve::ask::{Hamlet, Named};
use crate::layers::Field;
use crate::texts::text;
use crate::units::names::comparable;

/// The hamlets of a day: by code, and by commune code and name.
pub struct Hamlets {
    by_code: HashMap<String, (i64, String)>,
    by_name: HashMap<(String, String), i64>,
}

impl Hamlets {
    pub fn new(hamlets: Vec<Hamlet>) -> Hamlets {
        let mut by_code = HashMap::new();
        let mut by_name = HashMap::new();
        for Hamlet { id, code, name, commune_code } in hamlets {
            let parent = commune_code.unwrap_or_default();
            by_code.insert(code, (id, parent.clone()));
            by_name.insert((parent, bare_hamlet(&name)), id);
        }
        Hamlets { by_code, by_name }
    }

    /// The hamlet with this code, or with this name in a commune.
    pub fn find(&self, name: &str, commune: &str) -> Option<i64> {
        let of_name = self.by_name.get(&(commune.to_owned(), bare_hamlet(name)));
        of_name.copied().or_else(|| self.by_code.get(name).map(|(id, _)| *id))
    }

    /// Finds hamlets by code, or by name within the declared commune.
    pub fn resolve(&self, workbook: &Workbook, reading: &mut Reading, records: &mut [Record]) {
        for record in records {
            let Some(name) = record.hamlet.take() else { continue };
            let commune = record.values.get("declared_commune_code").and_then(Value::as_str).unwrap_or_default();
            let of_code = self.by_code.get(&name);
            if let Some((_, parent)) = of_code.filter(|(_, parent)| !commune.is_empty() && parent != commune) {
                let note = Note::error(text!("unit.other_commune", name, code = parent, commune));
                reading.note_record(workbook, record, Some("hamlet_id"), note);
                record.broken.push("hamlet_id");
                continue;
            }
            let of_name = self.by_name.get(&(commune.to_owned(), bare_hamlet(&name)));
            match of_name.or(of_code.map(|(id, _)| id)) {
                Some(id) => {
                    record.values.insert("hamlet_id".into(), json!(id));
                }
                None => {
                    let note = Note::info(text!("unit.unknown_hamlet", name));
                    reading.note_record(workbook, record, Some("hamlet_id"), note);
                }
            }
        }
    }
}

/// "Thôn 3" and "thôn 03" are the same. Accents are kept, otherwise Đông would equal Dòng.
fn bare_hamlet(name: &str) -> String {
    let lower = name.to_lowercase();
    let kinds = ["tổ dân phố", "khu phố", "thôn", "xóm", "bản", "tdp"];
    let bare = kinds.iter().find_map(|kind| lower.strip_prefix(kind)).unwrap_or(&lower);
    comparable(bare).trim_start_matches('0').to_owned()
}

/// The texts with which records refer to others in a field.
pub fn references_of(field: &'static Field, records: &[Record]) -> Vec<String> {
    records.iter().filter_map(|record| reference_of(field, record)).collect()
}

fn reference_of(field: &'static Field, record: &Record) -> Option<String> {
    record.references.iter().find(|(name, _)| *name == field.name).map(|(_, text)| text.clone())
}

/// Finds other records by code or name.
pub fn references(
    field: &'static Field,
    named: &[Named],
    workbook: &Workbook,
    reading: &mut Reading,
    records: &mut [Record],
) {
    let mut ids: HashMap<&str, Vec<i64>> = HashMap::new();
    for Named { id, code, name } in named {
        for text in [code, name].into_iter().flatten() {
            ids.entry(text).or_default().push(*id);
        }
    }
    for record in records {
        let Some(text) = reference_of(field, record) else { continue };
        match ids.get(text.as_str()).map(Vec::as_slice) {
            Some([id]) => {
                record.values.insert(field.name.into(), json!(id));
            }
            found => {
                let said = match found {
                    Some(_) => text!("reference.unknown/several", given = text, field = field.label),
                    None => text!("reference.unknown/none", given = text, field = field.label),
                };
                reading.note_record(workbook, record, Some(field.name), Note::error(said));
                record.broken.push(field.name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hamlets_are_compared_without_their_kind_and_zeros() {
        assert_eq!(bare_hamlet("Thôn 03"), bare_hamlet("thôn 3"));
        assert_ne!(bare_hamlet("Thôn Đông"), bare_hamlet("Thôn Dòng"));
    }
}
