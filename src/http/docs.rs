//! The API documentation as a web page: every operation of the OpenAPI document. With the files of `make web` it becomes one
//! to search and to try; the list stays for those without scripts.

use std::sync::LazyLock;

use actix_web::http::header::{CONTENT_SECURITY_POLICY, EntityTag, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

use crate::error::Error;
use crate::http::caching::{not_modified, tag_of_body, with_tag};
use crate::http::openapi;
use crate::http::web::asset;
use crate::texts::text;

/// Its own scripts and styles, and requests to this service only.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// `GET /api/v1/docs`
pub async fn show_docs(request: HttpRequest) -> Result<HttpResponse, Error> {
    static PAGE: LazyLock<(String, EntityTag)> = LazyLock::new(|| {
        let page = page(&openapi::document()).into_string();
        let tag = tag_of_body(page.as_bytes());
        (page, tag)
    });
    let (page, tag) = web::block(|| &*PAGE).await.map_err(anyhow::Error::new)?;
    let mut answer = not_modified(&request, tag).unwrap_or_else(|| {
        let answer = HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page.as_str());
        with_tag(answer, tag.clone())
    });
    // Also with 304: browsers replace their stored headers, and the default policy would stop the scripts.
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(answer)
}

fn page(document: &Value) -> Markup {
    let [style, script] = ["css", "js"].map(|ending| asset("swagger-ui", ending));
    html! {
        (DOCTYPE)
        html lang="vi" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "Hatang API" }
                link rel="icon" href="/favicon.svg" type="image/svg+xml";
                @if let Some(style) = style { link rel="stylesheet" href={ "/" (style) }; }
                @if let Some(script) = script {
                    script src={ "/" (script) } defer {}
                    script src="/docs.js" defer {}
                }
            }
            body {
                div id="docs" data-document="openapi.json" {
                    h1 { "Hatang API" }
                    p { (text!("docs.whole").vi()) ": " a href="openapi.json" { "openapi.json" } }
                    (list(document))
                }
            }
        }
    }
}

fn list(document: &Value) -> Markup {
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| item.as_object().into_iter().flatten().map(move |it| (path, it)));
    html! {
        @for (path, (method, operation)) in operations {
            details {
                summary { code { (method.to_uppercase()) " " (path) } " " (word(operation, "summary")) }
                ul { @for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    @let parameter = resolve(document, parameter);
                    li { code { (word(parameter, "name")) } " " (word(parameter, "description")) }
                } }
            }
        }
    }
}

fn word<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap_or_default()
}

fn resolve<'a>(document: &'a Value, parameter: &'a Value) -> &'a Value {
    let pointer = parameter["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(parameter)
}
