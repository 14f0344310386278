//! Tilesets and tile matrix sets (OGC API Tiles 1.0, OGC Two Dimensional Tile Matrix Set 2.0).

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::access::{Caller, View};
use crate::error::Error;
use crate::http::as_of::Back;
use crate::http::extract::LayerPath;
use crate::http::language::wants_vietnamese;
use crate::http::links::link;
use crate::http::schema;
use crate::http::state::App;
use crate::http::tiles::MVT;
use crate::layers::Layer;
use crate::register::tiles::MAX_ZOOM;

pub const QUAD: &str = "WebMercatorQuad";
const QUAD_URI: &str = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";
const CRS: &str = "http://www.opengis.net/def/crs/EPSG/0/3857";
/// From the middle of the world to its edge, metres of Web Mercator.
const EDGE_M: f64 = 20_037_508.342_789_244;

pub const TILING_SCHEME: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme";
pub const TILESETS: &str = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";

/// `GET /api/v1/collections/{collection}/tiles`
pub async fn list_tilesets(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let base = Back::only(&request)?.of(layer).base(&app, &request);
    let url = format!("{base}/collections/{}/tiles", layer.collection);
    Ok(HttpResponse::Ok().json(json!({
        "links": [link("self", &url, "application/json", "The tilesets")],
        "tilesets": [tileset(&View::new(&caller, layer), &base, wants_vietnamese(&request))],
    })))
}

/// `GET /api/v1/collections/{collection}/tiles/WebMercatorQuad`
pub async fn find_tileset(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let base = Back::only(&request)?.of(layer).base(&app, &request);
    let view = View::new(&caller, layer).without_restricted();
    let mut tileset = tileset(&view, &base, wants_vietnamese(&request));
    let last = |zoom: u8| (1_u32 << zoom) - 1;
    let limits = (0..=MAX_ZOOM).map(|zoom| {
        json!({"tileMatrix": zoom.to_string(), "minTileRow": 0, "maxTileRow": last(zoom), "minTileCol": 0, "maxTileCol": last(zoom)})
    });
    tileset["tileMatrixSetLimits"] = limits.collect();
    tileset["layers"] = json!([{
        "id": layer.collection,
        "title": layer.title.say(wants_vietnamese(&request)),
        "dataType": "vector",
        "geometryDimension": dimension(layer),
        "propertiesSchema": schema::of_properties(&view, &format!("{base}/collections/{}/schema", layer.collection)),
    }]);
    Ok(HttpResponse::Ok().json(tileset))
}

/// 0 for points, 1 for lines, 2 for areas: the least of the layer.
fn dimension(layer: &Layer) -> u8 {
    let has = |kind: &str| layer.geometry.iter().any(|geometry| geometry.ends_with(kind));
    if has("Point") {
        0
    } else if has("LineString") {
        1
    } else {
        2
    }
}

fn tileset(view: &View<'_>, base: &str, vietnamese: bool) -> Value {
    let layer = view.layer;
    let url = format!("{base}/collections/{}/tiles/{QUAD}", layer.collection);
    let mut item = link("item", &format!("{url}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"), MVT, "A tile");
    item["templated"] = json!(true);
    json!({
        "title": layer.title.say(vietnamese),
        "dataType": "vector",
        "crs": CRS,
        "tileMatrixSetURI": QUAD_URI,
        "links": [
            link("self", &url, "application/json", "This tileset"),
            item,
            link(TILING_SCHEME, &format!("{base}/tileMatrixSets/{QUAD}"), "application/json", QUAD),
            link("describedby", &format!("{base}/tiles/{}.json", layer.collection), "application/json", "TileJSON"),
        ],
    })
}

/// `GET /api/v1/tileMatrixSets`
pub async fn list_tile_matrix_sets(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let url = format!("{}/tileMatrixSets", Back::only(&request)?.base(&app, &request));
    Ok(HttpResponse::Ok().json(json!({
        "links": [link("self", &url, "application/json", "The tile matrix sets")],
        "tileMatrixSets": [{
            "id": QUAD,
            "title": QUAD,
            "uri": QUAD_URI,
            "crs": CRS,
            "links": [link("self", &format!("{url}/{QUAD}"), "application/json", QUAD)],
        }],
    })))
}

/// `GET /api/v1/tileMatrixSets/WebMercatorQuad`: the set as registered, as deep as the tiles go.
pub async fn find_tile_matrix_set(request: HttpRequest) -> Result<HttpResponse, Error> {
    Back::only(&request)?;
    let matrices = (0..=MAX_ZOOM).map(|zoom| {
        let tiles = 1_u32 << zoom;
        let cell_size = 2.0 * EDGE_M / 256.0 / f64::from(tiles);
        json!({
            "id": zoom.to_string(),
            // A pixel is 0.28 mm by definition.
            "scaleDenominator": cell_size / 0.000_28,
            "cellSize": cell_size,
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": [-EDGE_M, EDGE_M],
            "tileWidth": 256,
            "tileHeight": 256,
            "matrixWidth": tiles,
            "matrixHeight": tiles,
        })
    });
    Ok(HttpResponse::Ok().json(json!({
        "id": QUAD,
        "title": "Google Maps Compatible for the World",
        "uri": QUAD_URI,
        "crs": CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": matrices.collect::<Vec<_>>(),
    })))
}
