//! Columns of the same field: their values are compared, so that none is left out silently.

use crate::files::sheet::Cell;
use crate::imports::interpret::finding::Note;
use crate::imports::interpret::mapping::{Column, Mapping};
use crate::imports::interpret::target::Target;
use crate::layers::{Field, Type};
use crate::texts::text;

/// The note when a column holds another value than an earlier column of its field. Of texts the first is kept, since two
/// columns may name one thing in two ways.
pub fn differ<'a>(mapping: &Mapping, column: &Column, field: &Field, cell: impl Fn(u32) -> Option<&'a Cell>) -> Note {
    let is_same = |other: &&Column| matches!(other.target, Some(Target::Field(own) | Target::Tick(own, _)) if own.name == field.name);
    let mut earlier = mapping.columns.iter().filter(|other| other.index != column.index).filter(is_same);
    let first = earlier.find(|other| cell(other.index).is_some()).unwrap_or(column);
    let shown = |column: &Column| cell(column.index).map(Cell::shown).unwrap_or_default();
    let text = match field.value {
        Type::Text { .. } => text!("column.differs/text"),
        _ => text!("column.differs"),
    };
    let text = text
        .with("field", field.label)
        .with("first", &first.header)
        .with("given", shown(first))
        .with("second", &column.header)
        .with("other", shown(column));
    if matches!(field.value, Type::Text { .. }) { Note::warning(text) } else { Note::error(text) }
}
