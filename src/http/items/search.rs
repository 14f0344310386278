//! `POST /collections/{collection}/items/search`: the parameters of items as a JSON object, for filters that are too long
//! for an address. It only reads, so it needs no rights to write and no CSRF token.

use actix_web::http::Method;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::access::Caller;
use crate::error::Error;
use crate::http::extract::LayerPath;
use crate::http::feature::GEOJSON;
use crate::http::items::respond;
use crate::http::state::App;
use crate::input::{Params, json};
use crate::layers::Problem;
use crate::texts::text;

/// The longest body, bytes.
const LONGEST: usize = 64 * 1024;

/// The end of the paths of searches.
const PATH: &str = "/items/search";

/// The methods of a search.
pub const SEARCHING: &str = "POST, OPTIONS";

/// Whether a request changes nothing: by its method, or because it is a search.
pub fn only_reads(method: &Method, path: &str) -> bool {
    method.is_safe() || is_search(method.as_str(), path)
}

pub fn is_search(method: &str, path: &str) -> bool {
    method == "POST" && path.ends_with(PATH)
}

pub async fn search_items(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<HttpResponse, Error> {
    Params::parse(request.query_string()).finish()?;
    if !request.content_type().eq_ignore_ascii_case("application/json") {
        return Err(Error::UnsupportedMediaType);
    }
    if bytes.len() > LONGEST {
        return Err(Error::TooLarge);
    }
    let wrong = |text| Error::BadRequest(vec![Problem::in_body("", text)]);
    let body = match json::parse(&bytes) {
        Ok(Value::Object(body)) => body,
        Ok(_) => return Err(wrong(text!("json.malformed/object"))),
        Err(malformed) => return Err(wrong(malformed.text())),
    };
    let params = Params::of_json(&body)?;
    let mut answer = respond(app, caller, layer, &request, params, Some(&body)).await?;
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// The link to the next page of a search.
pub fn next(href: &str, body: &serde_json::Map<String, Value>, cursor: &str) -> Value {
    let mut body = body.clone();
    body.insert("cursor".into(), json!(cursor));
    json!({"rel": "next", "href": href, "method": "POST", "type": GEOJSON, "title": "The next page", "body": body})
}
