//! `OPTIONS`, and methods that are not allowed.

use actix_web::http::header::ALLOW;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::access::{Caller, View, may_write};
use crate::error::Error;
use crate::http::envelope::READING;
use crate::http::extract::LayerPath;
use crate::http::state::App;
use crate::layers::Layer;
use crate::register::items;

/// `OPTIONS`: the methods that this caller may use on this layer or record (OGC API Features, part 4).
pub async fn show_options(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let id = request.match_info().get("id").map(|id| id.parse::<i64>().unwrap_or(0));
    let may = match (may_write(&caller, layer), id) {
        (Err(_), _) => false,
        _ if !layer.is_writable() => false,
        (Ok(()), None) => true,
        (Ok(()), Some(id)) => {
            items::is_writable(&mut *app.store.connection().await?, &View::new(&caller, layer), id).await?
        }
    };
    let allow = if may { methods(layer, id.is_some()) } else { READING };
    Ok(HttpResponse::Ok().insert_header((ALLOW, allow)).finish())
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
