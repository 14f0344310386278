//! The landing page.

use actix_web::HttpResponse;
use maud::html;
use serde_json::Value;

use crate::http::html::{Frame, answer};
use crate::texts::{Text, text};

/// `landing` is the document.
pub fn landing(frame: &Frame<'_>, landing: &Value) -> HttpResponse {
    let say = |text: Text| text.say(frame.vietnamese);
    let below = |path: &str| format!("{}{path}", frame.base);
    let body = html! {
        p { (say(text!("landing.about"))) }
        @if let Some(notice) = landing["notice"].as_str() { p { strong { (notice) } } }
        ul {
            li { a href=(below("/collections")) { (say(text!("html.layers"))) } }
            li { a href=(below("/docs")) { (say(text!("html.docs"))) } " (" a href=(below("/openapi.json")) { "OpenAPI" } ")" }
            li { a href=(below("/conformance")) { (say(text!("html.conformance"))) } }
        }
    };
    answer(frame, &body)
}
