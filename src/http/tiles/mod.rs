//! Vector tiles: of a layer by OGC API Tiles, row before column, and of one or several layers as XYZ, column before row.

mod query;
mod sets;
mod tilejson;

pub use sets::{TILESETS, find_tile_matrix_set, find_tileset, list_tile_matrix_sets, list_tilesets};
pub use tilejson::show_tilejson;

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, ETag, EntityTag, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::access::{Caller, View};
use crate::error::Error;
use crate::figures::place;
use crate::http::caching::{hash, not_modified, tag_of, tag_of_register};
use crate::http::clock::Clock;
use crate::http::extract::LayerPath;
use crate::http::state::App;
use crate::input::Params;
use crate::layers::Layer;
use crate::live::{State, draw};
use crate::register::tiles::{self, MAX_ZOOM, Tile};
use crate::texts::text;

pub const MVT: &str = "application/vnd.mapbox-vector-tile";

/// `GET /api/v1/collections/{collection}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}`
pub async fn find_collection_tile(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let tile = tile_of(&request, ["tileMatrix", "tileCol", "tileRow"])?;
    Ok(asked_anew(&caller, respond(&app, &caller, &[layer], tile, &request).await?))
}

/// `GET /api/v1/tiles/{collections}/{z}/{x}/{y}.mvt`
pub async fn find_tile(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let layers = layers_of(&request)?;
    let tile = tile_of(&request, ["z", "x", "y"])?;
    Ok(asked_anew(&caller, respond(&app, &caller, &layers, tile, &request).await?))
}

/// A tile never outlives a write: caches ask before they give it to others.
fn asked_anew(caller: &Caller, mut answer: HttpResponse) -> HttpResponse {
    if caller.is_anonymous() {
        answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    }
    answer
}

async fn respond(
    app: &App,
    caller: &Caller,
    layers: &[&'static Layer],
    tile: Tile,
    request: &HttpRequest,
) -> Result<HttpResponse, Error> {
    let clock = Clock::of(request);
    let is_plain = caller.is_anonymous() && request.query_string().is_empty();
    let since = app.live.tiles().turn();
    let is_in_memory = |state: &Arc<State>| layers.iter().all(|layer| state.rows(layer).is_some());
    let state = app.live.current(clock.today()).filter(|state| is_plain && is_in_memory(state));
    if let Some(state) = &state
        && let Some(found) = from_memory(app, state, since, layers, tile, request).await?
    {
        return Ok(found);
    }
    let params = Params::parse(request.query_string());
    let mut asked = Vec::new();
    for layer in layers {
        let view = View::new(caller, layer).without_restricted();
        asked.push((view, query::parse(&view, params.clone(), clock.now)?));
    }
    let mut conn = app.store.connection().await?;
    // MapLibre takes two tiles with one tag for the same one, although their addresses differ.
    let form = (!request.query_string().is_empty()).then(|| hash(request.query_string().as_bytes()));
    let form: Vec<_> = form.iter().map(String::as_str).collect();
    let tag = tag_of_register(&mut conn, caller, clock.today(), &form).await?;
    if let Some(answer) = not_modified(request, &tag) {
        return Ok(answer);
    }
    let mut body = Vec::new();
    for (view, mut query) in asked {
        query.resolve_units(&mut conn).await?;
        place(&mut conn, &view, &mut query.question).await?;
        // The layers of a tile stand one after the other.
        body.extend(tiles::layer(&mut conn, &view, &query.question, tile, &query.form.fields(&view)).await?);
    }
    if state.is_some() {
        app.live.tiles().keep(layers, tile, &body, since);
    }
    Ok(answer(tag, body.into()))
}

/// A tile that is kept, or whose layers are all in memory.
async fn from_memory(
    app: &App,
    state: &Arc<State>,
    since: u64,
    layers: &[&'static Layer],
    tile: Tile,
    request: &HttpRequest,
) -> Result<Option<HttpResponse>, Error> {
    let tag = tag_of(state.version, &[]);
    let answered = |body: Bytes| not_modified(request, &tag).unwrap_or_else(|| answer(tag.clone(), body));
    if let Some(kept) = app.live.tiles().find(layers, tile) {
        return Ok(Some(answered(Bytes::from_owner(kept))));
    }
    let (drawn_from, of) = (state.clone(), layers.to_vec());
    let drawn = web::block(move || draw(&drawn_from, &of, tile)).await.map_err(anyhow::Error::new)?;
    let Some(body) = drawn else { return Ok(None) };
    app.live.tiles().keep(layers, tile, &body, since);
    Ok(Some(answered(body.into())))
}

fn answer(tag: EntityTag, body: Bytes) -> HttpResponse {
    let mut answer = if body.is_empty() { HttpResponse::NoContent() } else { HttpResponse::Ok() };
    answer.insert_header(ETag(tag));
    if body.is_empty() { answer.finish() } else { answer.content_type(MVT).body(body) }
}

/// The layers that the path names.
fn layers_of(request: &HttpRequest) -> Result<Vec<&'static Layer>, Error> {
    layers_named(request.match_info().get("collections").unwrap_or_default())
}

/// The layers of a list with commas, each once.
///
/// # Errors
/// 404 for an unknown one.
pub fn layers_named(names: &str) -> Result<Vec<&'static Layer>, Error> {
    let mut layers: Vec<&'static Layer> = Vec::new();
    for name in names.split(',') {
        let layer = Layer::of_collection(name).ok_or(Error::NotFound)?;
        if !layers.iter().any(|known| known.collection == layer.collection) {
            layers.push(layer);
        }
    }
    Ok(layers)
}

/// The tile that the path names.
fn tile_of(request: &HttpRequest, [z, x, y]: [&'static str; 3]) -> Result<Tile, Error> {
    let number = |name: &'static str, max: u32| {
        let text = request.match_info().get(name).unwrap_or_default();
        // `+1` is a number to Rust, but no name of a tile.
        let number = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        number.filter(|number| *number <= max).ok_or_else(|| {
            let expected = text!("expected.whole_until", max = i64::from(max));
            Error::of_parameter(name, text!("parameter.invalid", name, expected))
        })
    };
    let zoom = number(z, MAX_ZOOM.into())?;
    let last = (1_u32 << zoom) - 1;
    Ok(Tile { z: zoom as u8, x: number(x, last)?, y: number(y, last)? })
}
