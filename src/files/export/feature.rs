//! Rows as GeoJSON features, in answers and files.

use serde_json::Value;

use crate::files::export::Columns;
use crate::postgres::row::Row;

/// Appends a row of items as a GeoJSON feature, without the fields that are hidden in
/// it. `more` are additional members.
pub fn write_feature(out: &mut Vec<u8>, columns: &Columns, row: &Row, more: &[(&str, Value)]) {
    out.extend_from_slice(b"{\"type\":\"Feature\",\"id\":");
    row.cells[0].write_json(out);
    out.extend_from_slice(b",\"geometry\":");
    row.cells[1].write_json(out);
    out.extend_from_slice(b",\"properties\":{");
    let class = row.class();
    let shown = columns.columns.iter().filter(|column| columns.layer.class(column.field) <= class);
    for (index, column) in shown.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.push(b'"');
        out.extend_from_slice(column.name().as_bytes());
        out.extend_from_slice(b"\":");
        column.cell(row).write_json(out);
    }
    out.push(b'}');
    for (name, value) in more {
        out.extend_from_slice(format!(",\"{name}\":{value}").as_bytes());
    }
    out.push(b'}');
}
