//! The resources of the API as web pages, for people with a browser: `f=html`, or `Accept: text/html`. No page has a script,
//! and every text in it is escaped by `maud`.

mod collections;
mod item;
mod items;
mod landing;
mod queryables;
mod words;

pub use collections::{collection, collections};
pub use item::item;
pub use items::{List, items};
pub use landing::landing;
pub use queryables::queryables;

use std::sync::LazyLock;

use actix_web::http::header::{CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY};
use actix_web::{HttpRequest, HttpResponse};
use base64::prelude::{BASE64_STANDARD, Engine};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::http::accept::preferred;
use crate::http::language;
use crate::http::links::without_parameters;
use crate::input::Params;
use crate::layers::Layer;
use crate::texts::{Text, text};

/// Whether a document is wanted as a web page.
///
/// # Errors
/// 400 for a format that it does not have, 406 when the client accepts none.
pub fn is_wanted(request: &HttpRequest, params: &mut Params) -> Result<bool, Error> {
    match params.format(&["json", "html"])? {
        Some(format) => Ok(format == "html"),
        None => Ok(preferred(request, &["application/json", "text/html"]).ok_or(Error::NotAcceptable)? == 1),
    }
}

/// What all pages have besides their own part.
pub struct Frame<'a> {
    pub request: &'a HttpRequest,
    /// The URL of the API.
    pub api: &'a str,
    /// The same for the day that the page is about.
    pub base: &'a str,
    pub vietnamese: bool,
    pub title: &'a str,
    /// The pages above: where they are below the API, and their titles.
    pub above: Vec<(String, String)>,
}

/// The pages above one of a layer, which is so many levels below the layer's own.
pub fn above(layer: &Layer, vietnamese: bool, levels: usize) -> Vec<(String, String)> {
    let url = format!("/collections/{}", layer.collection);
    let pages = [
        ("/collections".to_owned(), text!("html.layers").say(vietnamese)),
        (url.clone(), layer.title.say(vietnamese).to_owned()),
        (format!("{url}/items"), text!("html.items").say(vietnamese)),
    ];
    pages.into_iter().take(levels + 1).collect()
}

const STYLE: &str = include_str!("style.css");

/// The policy of the pages: their own style, forms that ask the service, and nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
    )
});

/// Answers with a page.
pub fn answer(frame: &Frame<'_>, body: &Markup) -> HttpResponse {
    let Frame { request, api, base, vietnamese, title, above } = frame;
    let say = |text: Text| text.say(*vietnamese);
    let plain = without_parameters(api, request, &["f"]);
    let json = format!("{plain}{}f=json", if plain.contains('?') { '&' } else { '?' });
    let page = html! {
        (DOCTYPE)
        html lang=(language::code(*vietnamese)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) }
                link rel="alternate" type="application/json" href=(json);
                style { (PreEscaped(STYLE)) }
            }
            body {
                nav aria-label=(say(text!("html.above"))) {
                    a href=(base) { (say(text!("landing"))) }
                    @for (path, title) in above { " › " a href={ (base) (path) } { (title) } }
                }
                main { h1 { (title) } (body) }
                footer {
                    a href=(json) { "JSON" } " · "
                    a href={ (base) "/docs" } { (say(text!("html.docs"))) }
                }
            }
        }
    };
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .insert_header((CONTENT_LANGUAGE, language::code(*vietnamese)))
        .body(page.into_string())
}
