//! The fields of a layer: by what its features can be filtered.

use actix_web::HttpResponse;
use maud::{Markup, html};

use crate::access::View;
use crate::http::html::{Frame, answer};
use crate::layers::{Field, Type};
use crate::texts::{Text, Value, text};

pub fn queryables(frame: &Frame<'_>, view: &View<'_>) -> HttpResponse {
    let say = |text: Text| text.say(frame.vietnamese);
    let body = html! {
        div.table { table {
            thead { tr {
                th scope="col" { (say(text!("html.field"))) }
                th scope="col" { (say(text!("html.name"))) }
                th scope="col" { (say(text!("html.values"))) }
            } }
            tbody { @for field in view.fields() { tr {
                td { (field.heading(frame.vietnamese)) }
                td { code { (field.name) } }
                td { (values(frame, field)) }
            } } }
        } }
    };
    answer(frame, &body)
}

/// What values a field has.
fn values(frame: &Frame<'_>, field: &Field) -> Markup {
    let say = |text: Text| text.say(frame.vietnamese);
    let number = |number: f64| Value::from(number).say(frame.vietnamese);
    match field.value {
        Type::OneOf(choices) | Type::SomeOf(choices) => html! {
            @for (at, choice) in choices.iter().enumerate() {
                @if at > 0 { ", " }
                code { (choice.value) } " " (choice.label.say(frame.vietnamese))
            }
        },
        Type::Integer { min, max } => html! { (number(min as f64)) " – " (number(max as f64)) },
        Type::Number { min, max } => html! { (number(min)) " – " (number(max)) },
        Type::Boolean => html! { code { "true" } " " (say(text!("yes"))) ", " code { "false" } " " (say(text!("no"))) },
        Type::Date => html! { code { "2023-09-20" } },
        Type::Timestamp => html! { code { "2023-09-20T08:00:00+07:00" } },
        Type::CommuneCode => html! { code { "00001" } },
        Type::Resolution => html! { code { "1920x1080" } },
        Type::Reference { collection } => {
            html! { a href={ (frame.base) "/collections/" (collection) } { (collection) } }
        }
        Type::Text { .. } | Type::Url | Type::Phone => html! {},
    }
}
