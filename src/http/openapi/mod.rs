//! The OpenAPI 3.0 document: `base.json`, plus the paths and schemas of each layer.
//!
//! It is written by hand because utoipa writes only OpenAPI 3.1, and GIS clients read 3.0.

mod layers;
mod template;

use std::sync::LazyLock;

use actix_web::http::header::EntityTag;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use crate::accounts::tokens::MAX_TOKEN_DAYS;
use crate::conditions::cql::Language;
use crate::error::Error;
use crate::figures::{INDICATORS, operators};
use crate::http::BASE;
use crate::http::as_of::Back;
use crate::http::caching::{hash, not_modified, with_tag};
use crate::http::items::query::{DEFAULT_LIMIT, FORMATS, MAX_LIMIT};
use crate::http::state::App;
use crate::layers::ALL;

pub const MEDIA_TYPE: &str = "application/vnd.oai.openapi+json;version=3.0";

/// `GET /api/v1/openapi.json`
pub async fn show_openapi(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let back = Back::only(&request)?;
    // Only the address of the server differs between requests.
    static DOCUMENT: LazyLock<(String, String)> = LazyLock::new(|| {
        let mut document = document();
        let servers = json!([{"url": ""}]).to_string();
        document["servers"] = json!([{"url": ""}]);
        let text = document.to_string();
        let (before, after) = text.split_once(&servers).unwrap_or((&text, ""));
        (before.to_owned(), after.to_owned())
    });
    static HASH: LazyLock<String> = LazyLock::new(|| hash(format!("{DOCUMENT:?}").as_bytes()));
    let servers = json!([{"url": back.base(&app, &request)}]).to_string();
    let tag = EntityTag::new_weak(format!("{}-{}", *HASH, hash(servers.as_bytes())));
    if let Some(answer) = not_modified(&request, &tag) {
        return Ok(answer);
    }
    let (before, after) = &*DOCUMENT;
    Ok(with_tag(HttpResponse::Ok().content_type(MEDIA_TYPE).body(format!("{before}{servers}{after}")), tag))
}

/// The document that is committed as `openapi/openapi.json`.
pub fn document() -> Value {
    let mut document = template::read(include_str!("base.json"));
    let mut layer = template::read(include_str!("layer.json"));
    let mut values = generated();
    for template in [&mut document, &mut layer] {
        let parts = template.as_object_mut().and_then(|template| template.remove("parts"));
        values.extend(parts.into_iter().flat_map(|parts| parts.as_object().cloned().unwrap_or_default()));
    }
    template::fill(&mut document, &values);
    template::fill(&mut layer, &values);

    let paths = [document["paths"].take(), layers::paths(&layer["paths"])];
    document["paths"] = joined(paths).into_iter().map(|(path, item)| (path, template::path_item(&item))).collect();
    let schemas = [layers::schemas(&layer["schemas"]), document["components"]["schemas"].take()];
    document["components"]["schemas"] = joined(schemas).into();
    document
}

/// The values that templates use: `$max_limit` is replaced by the value of `max_limit`.
fn generated() -> Map<String, Value> {
    let values = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "base": BASE,
        "max_limit": MAX_LIMIT,
        "default_limit": DEFAULT_LIMIT,
        "max_token_days": MAX_TOKEN_DAYS,
        "filter_languages": Language::ALL.map(Language::name),
        "formats": FORMATS,
        "layers": ALL.iter().map(|layer| layer.collection).collect::<Vec<_>>(),
        "indicators": INDICATORS.iter().map(|indicator| indicator.code).collect::<Vec<_>>(),
        "operators": operators().iter().map(|choice| choice.value).collect::<Vec<_>>(),
    });
    joined([values])
}

/// Joins the members of several objects, in order.
fn joined(objects: impl IntoIterator<Item = Value>) -> Map<String, Value> {
    let members = |object| if let Value::Object(members) = object { members } else { Map::new() };
    objects.into_iter().flat_map(members).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::export::Format;

    fn texts(value: &Value) -> Vec<&str> {
        match value {
            Value::String(text) => vec![text],
            Value::Array(items) => items.iter().flat_map(texts).collect(),
            Value::Object(members) => members.values().flat_map(texts).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn every_name_of_a_template_has_a_value() {
        let document = document();
        let left: Vec<_> = texts(&document).into_iter().filter(|text| text.starts_with('$')).collect();
        assert!(left.is_empty(), "{left:?}");
    }

    #[test]
    fn every_format_of_items_is_documented() {
        let document = document();
        let content = &document["paths"]["/collections/{collectionId}/items"]["get"]["responses"]["200"]["content"];
        let documented: Vec<_> = content.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(documented.len(), Format::ALL.len() + 1, "and the web page");
        for format in Format::ALL {
            assert!(documented.contains(&format.media_type()), "{}", format.name());
        }
    }
}
