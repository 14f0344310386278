//! The layers: `GET /collections`, `GET /collections/{collection}`, `…/schema`, `…/queryables`,
//! `…/sortables`.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::access::{Caller, View};
use crate::error::Error;
use crate::http::clock::Clock;
use crate::http::extract::LayerPath;
use crate::http::items::query::{CRS84, ItemsQuery};
use crate::http::language::wants_vietnamese;
use crate::http::links::{base, link, own};
use crate::http::state::App;
use crate::http::{exports, schema};
use crate::input::Params;
use crate::layers::{ALL, Label};
use crate::postgres::Connection;
use crate::postgres::row::Cell;
use crate::register::items;

/// `GET /api/v1/collections`
pub async fn list_collections(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json"])?;
    let base = base(&app, &request);
    let mut conn = app.store.connection().await?;
    let mut collections = Vec::new();
    for layer in ALL {
        let view = View::new(&caller, layer);
        collections.push(describe(&mut conn, &view, &base, &request).await?);
    }
    let url = format!("{base}/collections");
    Ok(HttpResponse::Ok().json(json!({
        "links": [link("self", &url, "application/json", "The layers"), link("root", &base, "application/json", "The API")],
        "collections": collections,
    })))
}

/// `GET /api/v1/collections/{collection}`
pub async fn find_collection(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json"])?;
    let view = View::new(&caller, layer);
    let mut conn = app.store.connection().await?;
    Ok(HttpResponse::Ok().json(describe(&mut conn, &view, &base(&app, &request), &request).await?))
}

/// `GET /api/v1/collections/{collection}/schema`: the fields, each with its role.
pub async fn show_schema(
    app: web::Data<App>,
    caller: Caller,
    layer: LayerPath,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    show(&app, &caller, &layer, &request, schema::of_properties)
}

/// `GET /api/v1/collections/{collection}/feature-schema`: the GeoJSON feature. GDAL reads the columns from it.
pub async fn show_feature_schema(
    app: web::Data<App>,
    caller: Caller,
    layer: LayerPath,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    show(&app, &caller, &layer, &request, schema::of_feature)
}

/// `GET /api/v1/collections/{collection}/queryables`: the fields that `…/items` can be filtered by.
pub async fn show_queryables(
    app: web::Data<App>,
    caller: Caller,
    layer: LayerPath,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    show(&app, &caller, &layer, &request, schema::of_queryables)
}

/// `GET /api/v1/collections/{collection}/sortables`: the fields that `sortby` accepts.
pub async fn show_sortables(
    app: web::Data<App>,
    caller: Caller,
    layer: LayerPath,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    show(&app, &caller, &layer, &request, schema::of_sortables)
}

fn show(
    app: &App,
    caller: &Caller,
    layer: &LayerPath,
    request: &HttpRequest,
    schema: fn(&View<'_>, &str) -> Value,
) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json"])?;
    let schema = schema(&View::new(caller, layer.0), &own(&base(app, request), request));
    Ok(HttpResponse::Ok().content_type("application/schema+json").body(schema.to_string()))
}

async fn describe(conn: &mut Connection, view: &View<'_>, base: &str, request: &HttpRequest) -> Result<Value, Error> {
    let vietnamese = wants_vietnamese(request);
    let layer = view.layer;
    let extent = items::extent(conn, view).await?.cells;
    let everything = ItemsQuery::parse(view, Params::parse(""), Clock::of(request).now)?;
    let count = items::count(conn, view, &everything.question).await?;
    let pick = |label: Label| if vietnamese { label.vi } else { label.en };
    let url = format!("{base}/collections/{}", layer.collection);
    let mut collection = json!({
        "id": layer.collection,
        "title": pick(layer.title),
        "description": pick(layer.description),
        "itemType": "feature",
        "crs": [CRS84],
        "storageCrs": CRS84,
        "links": [
            link("self", &url, "application/json", "This layer"),
            link("items", &format!("{url}/items"), "application/geo+json", "The features"),
            link("queryables", &format!("{url}/queryables"), "application/schema+json", "What can be filtered by"),
            link("http://www.opengis.net/def/rel/ogc/1.0/queryables", &format!("{url}/queryables"), "application/schema+json", "What can be filtered by"),
            link("http://www.opengis.net/def/rel/ogc/1.0/sortables", &format!("{url}/sortables"), "application/schema+json", "What can be sorted by"),
            link("http://www.opengis.net/def/rel/ogc/1.0/schema", &format!("{url}/schema"), "application/schema+json", "The fields"),
            // GDAL 3.6 compares this relation case-sensitively; later versions use the spelling of the registry.
            link("describedby", &format!("{url}/feature-schema"), "application/schema+json", "The feature"),
            link("describedBy", &format!("{url}/feature-schema"), "application/schema+json", "The feature"),
        ],
    });
    if let Some(links) = collection["links"].as_array_mut() {
        links.extend(exports::links(&format!("{url}/items")));
    }
    if let Some(count) = count {
        collection["itemCount"] = json!(count);
    }
    let mut extents = serde_json::Map::new();
    if let [Cell::Double(west), Cell::Double(south), Cell::Double(east), Cell::Double(north), ..] = &extent[..] {
        // Rounded outward, so that every feature lies inside.
        let bbox = [down(*west), down(*south), up(*east), up(*north)];
        extents.insert("spatial".into(), json!({"bbox": [bbox], "crs": CRS84}));
    }
    if let Some(Cell::Date(first)) = extent.get(4) {
        extents.insert("temporal".into(), temporal(*first));
    }
    if !extents.is_empty() {
        collection["extent"] = Value::Object(extents);
    }
    Ok(collection)
}

fn temporal(first: NaiveDate) -> Value {
    json!({"interval": [[format!("{first}T00:00:00Z"), null]], "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"})
}

fn down(degrees: f64) -> f64 {
    (degrees * 1e4).floor() / 1e4
}

fn up(degrees: f64) -> f64 {
    (degrees * 1e4).ceil() / 1e4
}
