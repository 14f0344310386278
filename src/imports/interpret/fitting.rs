//! Lets the cells of a column decide between two enumerations that sheets call by the same name: "Hiện trạng" is the use
//! of a device in one sheet, and whether it works in another.

use std::collections::HashSet;

use crate::files::sheet::{Cell, Row};
use crate::imports::interpret::cell::is_placeholder;
use crate::imports::interpret::choice;
use crate::imports::interpret::mapping::Column;
use crate::imports::interpret::target::Target;
use crate::layers::{Field, Layer, Type};

/// How many rows are looked at.
const SAMPLE: usize = 2000;

/// Gives a column whose cells are no values of its field to the field of the layer that they are values of. `is_open` says
/// whether the header leaves a choice.
pub fn refit(layer: &'static Layer, columns: &mut [Column], rows: &[Row], is_open: impl Fn(&Column) -> bool) {
    for index in 0..columns.len() {
        let Some(Target::Field(field)) = columns[index].target else { continue };
        if !matches!(field.value, Type::OneOf(_)) || !is_open(&columns[index]) {
            continue;
        }
        let texts = texts_of(&columns[index], rows);
        let known = |field: &Field| texts.iter().filter(|text| choice::is_value(field, text)).count();
        let own = known(field);
        if own == texts.len() {
            continue;
        }
        let is_free = |other: &&'static Field| {
            let has = |column: &Column| matches!(column.target, Some(Target::Field(held)) if held.name == other.name);
            other.writable && matches!(other.value, Type::OneOf(_)) && !columns.iter().any(has)
        };
        let others = layer.fields().filter(is_free).map(|other| (known(other), other));
        if let Some((most, other)) = others.max_by_key(|(count, _)| *count)
            && most > own
            && most * 2 > texts.len()
        {
            columns[index].target = Some(Target::Field(other));
        }
    }
}

/// The different texts of a column.
fn texts_of<'a>(column: &Column, rows: &'a [Row]) -> HashSet<&'a str> {
    let text = |row: &'a Row| match row.cell(column.index)? {
        Cell::Text(text) if !is_placeholder(text) => Some(text.as_str()),
        _ => None,
    };
    rows.iter().take(SAMPLE).filter_map(text).collect()
}
