//! One feature.

use actix_web::HttpResponse;
use maud::html;

use crate::files::export::Columns;
use crate::http::html::words::{place, value};
use crate::http::html::{Frame, answer};
use crate::postgres::row::{Cell, Row};
use crate::texts::text;

/// The fields of a feature that have a value and are not hidden in it.
pub fn item(frame: &Frame<'_>, columns: &Columns, row: &Row) -> HttpResponse {
    let class = row.class();
    let shown = columns
        .columns
        .iter()
        .filter(|column| columns.layer.class(column.field) <= class && !matches!(*column.cell(row), Cell::Null));
    let place = place(&row.cells[1]);
    let body = html! {
        table { tbody {
            @for column in shown {
                tr { th scope="row" { (column.field.heading(frame.vietnamese)) } td { (value(column, row, frame.vietnamese)) } }
            }
            @if !place.is_empty() {
                tr { th scope="row" { (text!("html.place").say(frame.vietnamese)) } td { (place) } }
            }
        } }
    };
    answer(frame, &body)
}
