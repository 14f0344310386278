//! `OPTIONS`, and methods that are not allowed.

use actix_web::http::header::ALLOW;
use actix_web::{HttpRequest, HttpResponse};

use crate::access::{Caller, may_write};
use crate::error::Error;
use crate::http::envelope::READING;
use crate::http::extract::LayerPath;
use crate::layers::Layer;

/// `OPTIONS`: the methods that this caller may use in this layer (OGC API Features, part 4). A record does not differ from
/// its layer, also where the caller may not write it: QGIS asks about the first record and means all.
pub async fn show_options(caller: Caller, LayerPath(layer): LayerPath, request: HttpRequest) -> HttpResponse {
    let of_one = request.match_info().get("id").is_some();
    let allow = if may_write(&caller, layer).is_ok() { methods(layer, of_one) } else { READING };
    HttpResponse::Ok().insert_header((ALLOW, allow)).finish()
}

/// Answers a method that the path does not have.
pub async fn refuse_method(LayerPath(layer): LayerPath, request: HttpRequest) -> Result<HttpResponse, Error> {
    Err(Error::MethodNotAllowed(methods(layer, request.match_info().get("id").is_some())))
}

fn methods(layer: &Layer, of_one: bool) -> &'static str {
    match (layer.is_writable(), of_one) {
        (true, true) => "GET, HEAD, OPTIONS, PUT, PATCH, DELETE",
        (true, false) => "GET, HEAD, OPTIONS, POST, PATCH, DELETE",
        (false, _) => READING,
    }
}
