//! The mapping that a plan was made with, as it is stored with the import.

use serde_json::Value;

use crate::files::sheet::index;
use crate::imports::interpret::mapping::{Column, Mapping};
use crate::imports::interpret::target::Target;
use crate::layers::Layer;

/// Reads what [`Mapping`] serialises to. Columns whose target no longer exists are unknown.
pub fn stored_mappings(layer: &'static Layer, stored: &Value) -> Vec<Mapping> {
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let column = |value: &Value| {
        let letter = text(value, "column");
        let target = value["target"].as_str().and_then(|name| Target::of_name(layer, name));
        Some(Column { index: index(&letter)?, column: letter, header: text(value, "header"), target })
    };
    let mapping = |value: &Value| Mapping {
        sheet: text(value, "sheet"),
        header_rows: numbers(&value["header_rows"]),
        columns: value["columns"].as_array().into_iter().flatten().filter_map(column).collect(),
    };
    stored.as_array().into_iter().flatten().map(mapping).collect()
}

fn numbers(value: &Value) -> Vec<u32> {
    let numbers = value.as_array().into_iter().flatten();
    numbers.filter_map(Value::as_u64).filter_map(|number| number.try_into().ok()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::layers::CAMERA;

    #[test]
    fn mapping_comes_back_as_it_was_stored() {
        let stored = json!([{"sheet": "A", "header_rows": [2, 3], "columns": [
            {"column": "AB", "header": "Số mắt", "target": "eye_count"},
            {"column": "AC", "header": "Lạ", "target": "unknown"}]}]);
        let mappings = stored_mappings(&CAMERA, &stored);
        assert_eq!((mappings[0].header_rows.as_slice(), mappings[0].columns[0].index), ([2, 3].as_slice(), 27));
        assert_eq!(json!(mappings), stored);
    }
}
