//! The API documentation as an HTML page.

use std::fmt::Write;

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpResponse, web};
use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::http::openapi;
use crate::texts::text;

/// `GET /api/v1/docs`: lists every operation of the OpenAPI document.
pub async fn show_docs() -> Result<HttpResponse, Error> {
    let document = web::block(openapi::document).await.map_err(anyhow::Error::new)?;
    let mut body = format!("<p>{}: <a href=\"openapi.json\">openapi.json</a></p>", text!("docs.whole").vi());
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let _ = write!(
                body,
                "<details><summary><code>{} {path}</code> {}</summary><ul>",
                method.to_uppercase(),
                escape(operation["summary"].as_str().unwrap_or_default())
            );
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let parameter = resolve(&document, parameter);
                let _ = write!(
                    body,
                    "<li><code>{}</code> {}</li>",
                    escape(parameter["name"].as_str().unwrap_or_default()),
                    escape(parameter["description"].as_str().unwrap_or_default())
                );
            }
            body.push_str("</ul></details>");
        }
    }
    Ok(page("Hatang API", &body))
}

fn resolve<'a>(document: &'a Value, parameter: &'a Value) -> &'a Value {
    let pointer = parameter["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(parameter)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}\
    code{font-size:.9em}summary{padding:.2rem 0;cursor:pointer}";

/// An HTML page with the style above. Its policy forbids scripts and loading anything.
fn page(title: &str, body: &str) -> HttpResponse {
    let style = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    );
    HttpResponse::Ok().content_type("text/html; charset=utf-8").insert_header((CONTENT_SECURITY_POLICY, policy)).body(
        format!(
            "<!doctype html><html lang=\"vi\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style><h1>{title}</h1>{body}</html>"
        ),
    )
}
