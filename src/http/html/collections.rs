//! The list of layers, and one layer.

use actix_web::HttpResponse;
use maud::{Markup, html};
use serde_json::Value;

use crate::http::html::{Frame, answer};
use crate::texts::{Text, Value as Said, text};

/// `collections` are the documents of the layers.
pub fn collections(frame: &Frame<'_>, collections: &[Value]) -> HttpResponse {
    let say = |text: Text| text.say(frame.vietnamese);
    let body = html! {
        div.table { table {
            thead { tr {
                th scope="col" { (say(text!("html.layer"))) }
                th scope="col" { (say(text!("html.count"))) }
                th scope="col" { (say(text!("html.about"))) }
            } }
            tbody { @for collection in collections { tr {
                td { a href={ (frame.base) "/collections/" (word(collection, "id")) } { (word(collection, "title")) } }
                td.number { (count(frame, collection)) }
                td { (word(collection, "description")) }
            } } }
        } }
    };
    answer(frame, &body)
}

/// `collection` is the document of the layer.
pub fn collection(frame: &Frame<'_>, collection: &Value) -> HttpResponse {
    let say = |text: Text| text.say(frame.vietnamese);
    let url = format!("{}/collections/{}", frame.base, word(collection, "id"));
    let bbox = collection["extent"]["spatial"]["bbox"][0].as_array();
    let bbox = bbox.map(|bbox| bbox.iter().map(Value::to_string).collect::<Vec<_>>().join(", "));
    let body = html! {
        p { (word(collection, "description")) }
        p { a href={ (url) "/items" } { (say(text!("html.items"))) } " · "
            a href={ (url) "/queryables" } { (say(text!("html.fields"))) } }
        table { tbody {
            tr { th scope="row" { (say(text!("html.count"))) } td { (count(frame, collection)) } }
            @if let Some(bbox) = bbox { tr { th scope="row" { (say(text!("html.extent"))) } td { (bbox) } } }
            @if let Some(since) = collection["extent"]["temporal"]["interval"][0][0].as_str() {
                tr { th scope="row" { (say(text!("html.since"))) } td { (day(frame, since)) } }
            }
        } }
        h2 { (say(text!("html.files"))) }
        (files(collection))
    };
    answer(frame, &body)
}

/// The links to files with the features of a document.
pub fn files(document: &Value) -> Markup {
    let links = document["links"].as_array().into_iter().flatten().filter(|link| link["rel"] == "enclosure");
    html! {
        p.files { @for link in links {
            @let href = link["href"].as_str().unwrap_or_default();
            a href=(href) rel="nofollow" { (href.rsplit("f=").next().unwrap_or_default()) } " "
        } }
    }
}

fn word<'a>(document: &'a Value, name: &str) -> &'a str {
    document[name].as_str().unwrap_or_default()
}

fn count(frame: &Frame<'_>, collection: &Value) -> String {
    collection["itemCount"].as_i64().map(|count| Said::from(count).say(frame.vietnamese)).unwrap_or_default()
}

fn day(frame: &Frame<'_>, moment: &str) -> String {
    let day = moment.split('T').next().and_then(|day| day.parse::<chrono::NaiveDate>().ok());
    day.map(|day| Said::from(day).say(frame.vietnamese)).unwrap_or_default()
}
