//! Values of records as a reader writes them.

use maud::{Markup, html};
use postgis_diesel::types::GeometryContainer;

use crate::files::export::Column;
use crate::layers::Type;
use crate::layers::geometry::rounded;
use crate::postgres::row::{Cell, Row};
use crate::texts::{Value, text};
use crate::time::in_vietnam;

/// The value of a field: codes by their labels, numbers and days as the language writes them, addresses as links.
pub fn value(column: &Column, row: &Row, vietnamese: bool) -> Markup {
    let said = |value: Value| value.say(vietnamese);
    let words = match &*column.labelled(vietnamese).cell(row) {
        Cell::Null => String::new(),
        Cell::Text(address) if matches!(column.field.value, Type::Url) && is_address(address) => {
            return html! { a href=(address) rel="nofollow noopener" { (address) } };
        }
        Cell::Text(text) => text.clone(),
        Cell::Texts(texts) => texts.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", "),
        // The id of a record is no amount.
        Cell::Integer(id) if matches!(column.field.value, Type::Reference { .. }) => id.to_string(),
        Cell::Integer(number) => said((*number).into()),
        Cell::Double(number) => said((*number).into()),
        Cell::Bool(true) => text!("yes").say(vietnamese),
        Cell::Bool(false) => text!("no").say(vietnamese),
        Cell::Date(day) => said((*day).into()),
        Cell::Moment(moment) => {
            let moment = in_vietnam(*moment);
            format!("{} {}", moment.format("%H:%M"), said(moment.date_naive().into()))
        }
        Cell::Json(value) => value.to_string(),
        geometry @ Cell::Geometry(_) => place(geometry),
    };
    html! { (words) }
}

/// Only these are links: a text such as `javascript:…` is none.
fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// How a cell of a table is set.
pub fn class(column: &Column) -> Option<&'static str> {
    match column.field.value {
        Type::Integer { .. } | Type::Number { .. } => Some("number"),
        Type::Date | Type::Timestamp => Some("day"),
        _ => None,
    }
}

/// The place of a record: latitude and longitude of a point, as maps for people have them; otherwise the kind of shape.
pub fn place(cell: &Cell) -> String {
    match cell {
        Cell::Geometry(GeometryContainer::Point(point)) => format!("{}, {}", rounded(point.y), rounded(point.x)),
        Cell::Geometry(_) => cell.to_json()["type"].as_str().unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}
