//! The OpenAPI 3.0 document, built from the layers and the operations.
//!
//! By hand and not by utoipa: it writes 3.1 only, GIS clients read 3.0.x.

mod accounts;
mod audit;
mod components;
mod imports;
mod operations;
mod parameters;
mod stats;
mod writes;

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::error::Error;
use crate::http::BASE;
use crate::http::links::base;
use crate::http::state::App;
use crate::input::Params;

pub const MEDIA_TYPE: &str = "application/vnd.oai.openapi+json;version=3.0";

/// `GET /api/v1/openapi.json`
pub async fn show_openapi(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json"])?;
    // The same for every request but for the address.
    static DOCUMENT: LazyLock<Value> = LazyLock::new(document);
    let mut document = DOCUMENT.clone();
    document["servers"] = json!([{"url": base(&app, &request)}]);
    Ok(HttpResponse::Ok().content_type(MEDIA_TYPE).body(document.to_string()))
}

/// The document as it is kept in `openapi/openapi.json`.
pub fn document() -> Value {
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Hatang",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The register and map API of a locality's digital infrastructure: OGC API Features, figures, history, changes.",
            "license": {"name": "MIT OR Apache-2.0", "url": "https://spdx.org/licenses/MIT.html"},
            "contact": {"name": "Hatang"},
        },
        "servers": [{"url": BASE}],
        "tags": [
            {"name": "Capabilities", "description": "What the service is and has"},
            {"name": "Layers", "description": "The features of the layers"},
            {"name": "Imports", "description": "Files that are planned, committed, undone"},
            {"name": "Figures", "description": "What reports count"},
            {"name": "Changes", "description": "What was written when"},
            {"name": "Accounts", "description": "Who may do what, and who did"},
        ],
        "paths": operations::paths(),
        "components": components::components(),
    })
}

/// A schema of OpenAPI 3.0 from one of JSON Schema 2020-12: where the two differ in what we use.
fn schema_3_0(mut schema: Value) -> Value {
    if let Some(object) = schema.as_object_mut() {
        object.remove("$schema");
        object.remove("$id");
        object.insert("nullable".into(), json!(true));
        if let Some(Value::Array(values)) = object.get_mut("enum") {
            values.push(Value::Null);
        }
    }
    schema
}
