//! Features as they are written.

use serde_json::Value;

use crate::access::View;
use crate::postgres::row::Row;
use crate::register::items;

/// Appends a row of [`Page`](crate::register::items::Page) as a GeoJSON feature; `more` are further members.
pub fn write(out: &mut Vec<u8>, view: &View<'_>, row: &Row, more: &[(&str, Value)]) {
    out.extend_from_slice(b"{\"type\":\"Feature\",\"id\":");
    row.cells[0].write_json(out);
    out.extend_from_slice(b",\"geometry\":");
    row.cells[1].write_json(out);
    out.extend_from_slice(b",\"properties\":{");
    let class = items::class_of_row(row);
    let shown = view.fields().zip(&row.cells[2..]).filter(|(field, _)| view.layer.class(field) <= class);
    for (index, (field, cell)) in shown.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.push(b'"');
        out.extend_from_slice(field.name.as_bytes());
        out.extend_from_slice(b"\":");
        cell.write_json(out);
    }
    out.push(b'}');
    for (name, value) in more {
        out.extend_from_slice(format!(",\"{name}\":{value}").as_bytes());
    }
    out.push(b'}');
}
