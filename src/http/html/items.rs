//! A page of features as a table, with links to filter it and to the next page.

use actix_web::HttpResponse;
use maud::{Markup, html};
use serde_json::{Value, json};

use crate::files::export::{Column, Columns};
use crate::http::html::collections::files;
use crate::http::html::words::{class, place, value};
use crate::http::html::{Frame, answer};
use crate::http::links::{at, without_parameters};
use crate::layers::{Choice, Type};
use crate::postgres::row::{Cell, Row};
use crate::texts::{Text, text};

/// What a page shows.
pub struct List<'a> {
    pub columns: &'a Columns,
    pub rows: &'a [Row],
    pub matched: Option<i64>,
    /// The parameters as they were given.
    pub given: &'a [(String, String)],
    /// The URL of the next page.
    pub next: Option<String>,
    pub links: Vec<Value>,
}

pub fn items(frame: &Frame<'_>, list: &List<'_>) -> HttpResponse {
    let say = |text: Text| text.say(frame.vietnamese);
    let shown = list.rows.len();
    let count = match list.matched {
        Some(matched) => say(text!("html.shown", shown, matched)),
        None => say(text!("html.shown/many", shown)),
    };
    let body = html! {
        (search(frame, list))
        (filters(frame, list))
        p { (count) }
        @if shown > 0 { (table(frame, list)) }
        p.pages {
            @if list.given.iter().any(|(name, _)| name == "cursor") {
                a href=(address(frame, &["cursor"])) rel="first" { (say(text!("html.first"))) } " "
            }
            @if let Some(next) = &list.next { a href=(next) rel="next" { (say(text!("html.next"))) } }
        }
        h2 { (say(text!("html.files"))) }
        (files(&json!({"links": list.links})))
    };
    answer(frame, &body)
}

fn table(frame: &Frame<'_>, list: &List<'_>) -> Markup {
    // Columns in which no row of the page has a value are left out.
    let is_shown = |column: &&Column, row: &Row| {
        list.columns.layer.class(column.field) <= row.class() && !matches!(*column.cell(row), Cell::Null)
    };
    let columns: Vec<_> =
        list.columns.columns.iter().filter(|column| list.rows.iter().any(|row| is_shown(column, row))).collect();
    let collection = list.columns.layer.collection;
    let place_shown = list.rows.iter().any(|row| !place(&row.cells[1]).is_empty());
    html! {
        div.table { table {
            thead { tr {
                th scope="col" { "id" }
                @for column in &columns { th scope="col" title=(column.field.name) { (column.field.heading(frame.vietnamese)) } }
                @if place_shown { th scope="col" { (text!("html.place").say(frame.vietnamese)) } }
            } }
            tbody { @for row in list.rows { tr {
                @let id = row.cells[0].as_integer().unwrap_or_default();
                td { a href={ (frame.base) "/collections/" (collection) "/items/" (id) } { (id) } }
                @for column in &columns {
                    td class=[class(column)] { @if is_shown(column, row) { (value(column, row, frame.vietnamese)) } }
                }
                @if place_shown { td { (place(&row.cells[1])) } }
            } } }
        } }
    }
}

/// For each field with codes, its values as links.
fn filters(frame: &Frame<'_>, list: &List<'_>) -> Markup {
    let fields = list.columns.columns.iter().map(|column| column.field);
    let fields = fields.filter(|field| matches!(field.value, Type::OneOf(_) | Type::SomeOf(_)));
    let given = |name: &str| list.given.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let say = |text: Text| text.say(frame.vietnamese);
    html! {
        @for field in fields {
            @let chosen = given(field.name);
            details open[chosen.is_some()] {
                summary { (field.label.say(frame.vietnamese)) }
                @if chosen.is_some() { a href=(address(frame, &[field.name, "cursor"])) { (say(text!("html.all"))) } " · " }
                @for (nth, choice) in field.value.choices().iter().enumerate() {
                    @if nth > 0 { " · " }
                    (option(frame, field.name, choice, chosen))
                }
            }
        }
    }
}

fn option(frame: &Frame<'_>, name: &str, choice: &Choice, chosen: Option<&str>) -> Markup {
    let label = choice.label.say(frame.vietnamese);
    if chosen == Some(choice.value) {
        return html! { span.chosen aria-current="true" { (label) } };
    }
    let url = address(frame, &[name, "cursor"]);
    let separator = if url.contains('?') { '&' } else { '?' };
    html! { a href={ (url) (separator) (name) "=" (choice.value) } rel="nofollow" { (label) } }
}

/// A field for the search text. It keeps the other parameters.
fn search(frame: &Frame<'_>, list: &List<'_>) -> Markup {
    let kept = list.given.iter().filter(|(name, _)| !["q", "cursor"].contains(&name.as_str()));
    let text = list.given.iter().find(|(name, _)| name == "q").map_or("", |(_, text)| text);
    let say = |text: Text| text.say(frame.vietnamese);
    html! {
        form action=(at(frame.api, frame.request)) {
            @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
            input type="search" name="q" value=(text) aria-label=(say(text!("html.search"))) maxlength="200";
            " " button { (say(text!("html.search"))) }
        }
    }
}

/// The address of this page without some parameters.
fn address(frame: &Frame<'_>, without: &[&str]) -> String {
    without_parameters(frame.api, frame.request, without)
}
