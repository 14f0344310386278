//! Objects inside the properties of GeoJSON: only their name can be the value of a field.

use serde_json::Value;

use crate::files::sheet::Cell;
use crate::imports::interpret::cell::{self, Said};
use crate::imports::interpret::finding::Note;
use crate::imports::interpret::habits::Habits;
use crate::imports::interpret::mapping::Column;
use crate::layers::Field;
use crate::texts::text;

/// Reads a cell. Of an object the name is read, if it is a value of the field; otherwise the cell is noted and not read.
///
/// # Errors
/// Why it is not a value of the field.
pub fn read(field: &Field, cell: &Cell, column: &Column, habits: &Habits) -> Result<Said, Note> {
    let Cell::Geometry(nested) = cell else { return cell::read(field, cell, habits) };
    let name = name_of(nested).and_then(|name| Cell::text(&name));
    Ok(name.and_then(|name| cell::read(field, &name, habits).ok()).unwrap_or_else(|| {
        let note = Note::info(text!("cell.nested", header = &column.header, field = field.label));
        (None, vec![note])
    }))
}

/// The name of an object, or the names of several.
fn name_of(nested: &Value) -> Option<String> {
    match nested {
        Value::Array(several) => {
            let names: Option<Vec<_>> = several.iter().map(name_of).collect();
            Some(names?.join("; "))
        }
        one => ["name", "title"].iter().find_map(|key| one[*key].as_str()).map(str::to_owned),
    }
}
