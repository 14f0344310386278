//! The layers: `GET /collections`, `GET /collections/{collection}`, `…/schema`, `…/queryables`,
//! `…/sortables`.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::access::{Caller, View};
use crate::conditions::Condition;
use crate::error::Error;
use crate::http::accept::preferred;
use crate::http::as_of::Back;
use crate::http::caching::{not_modified, tag_of_register, with_tag};
use crate::http::clock::Clock;
use crate::http::extract::LayerPath;
use crate::http::html::{self, Frame};
use crate::http::items::query::ItemsQuery;
use crate::http::language::wants_vietnamese;
use crate::http::links::{self, base, link, own};
use crate::http::schema::Written;
use crate::http::state::App;
use crate::http::tiles::TILESETS;
use crate::http::{exports, schema};
use crate::input::Params;
use crate::layers::{ALL, Label, NamedCrs};
use crate::postgres::Connection;
use crate::postgres::row::Cell;
use crate::register::items::{self, Question};
use crate::texts::text;

/// `GET /api/v1/collections`
pub async fn list_collections(
    app: web::Data<App>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let (back, as_page) = Back::of_page(&request)?;
    let base = back.base(&app, &request);
    let vietnamese = wants_vietnamese(&request);
    let mut conn = app.store.connection().await?;
    let tag = tag_of_register(&mut conn, &caller, Clock::of(&request).today(), form(as_page, vietnamese)).await?;
    if let Some(answer) = not_modified(&request, &tag) {
        return Ok(answer);
    }
    let mut collections = Vec::new();
    for layer in ALL {
        let view = View::new(&caller, layer);
        collections.push(describe(&app, &mut conn, &view, back, &request).await?);
    }
    if as_page {
        let (api, title) = (links::base(&app, &request), text!("html.layers").say(vietnamese));
        let frame = Frame { request: &request, api: &api, base: &base, vietnamese, title: &title, above: Vec::new() };
        return Ok(with_tag(html::collections(&frame, &collections), tag));
    }
    let url = format!("{base}/collections");
    let answer = HttpResponse::Ok().json(json!({
        "links": [link("self", &url, "application/json", "The layers"), link("root", &base, "application/json", "The API")],
        "collections": collections,
    }));
    Ok(with_tag(answer, tag))
}

/// `GET /api/v1/collections/{collection}`
pub async fn find_collection(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let (back, as_page) = Back::of_page(&request)?;
    let view = View::new(&caller, layer);
    let base = back.base(&app, &request);
    let vietnamese = wants_vietnamese(&request);
    let mut conn = app.store.connection().await?;
    let tag = tag_of_register(&mut conn, &caller, Clock::of(&request).today(), form(as_page, vietnamese)).await?;
    if let Some(answer) = not_modified(&request, &tag) {
        return Ok(answer);
    }
    let collection = describe(&app, &mut conn, &view, back, &request).await?;
    let answer = if as_page {
        let (api, title) = (links::base(&app, &request), layer.title.say(vietnamese));
        let above = html::above(layer, vietnamese, 0);
        let frame = Frame { request: &request, api: &api, base: &base, vietnamese, title, above };
        html::collection(&frame, &collection)
    } else {
        HttpResponse::Ok().json(collection)
    };
    Ok(with_tag(answer, tag))
}

/// `GET /api/v1/collections/{collection}/schema`: the fields, each with its role; with `type`, those of a write.
pub async fn show_schema(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let mut params = Params::parse(request.query_string());
    let known = text!("expected.one_of", known = "create, replace, update");
    let written = params.read("type", known, Written::parse)?;
    params.format(&["json"])?;
    Back::take(&mut params, Clock::of(&request), true)?;
    params.finish()?;
    let (view, url) = (View::new(&caller, layer), own(&base(&app, &request), &request));
    let schema = match written {
        Some(written) => schema::of_written(&view, &url, written),
        None => schema::of_properties(&view, &url),
    };
    Ok(answer(&request, &schema))
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
    let (back, as_page) = Back::of_page(&request)?;
    let view = View::new(&caller, layer.0);
    let api = base(&app, &request);
    if !as_page {
        return Ok(answer(&request, &schema::of_queryables(&view, &own(&api, &request))));
    }
    let vietnamese = wants_vietnamese(&request);
    let (base, title) = (back.base(&app, &request), text!("html.fields").say(vietnamese));
    let above = html::above(layer.0, vietnamese, 1);
    Ok(html::queryables(&Frame { request: &request, api: &api, base: &base, vietnamese, title: &title, above }, &view))
}

/// What the tag of a document says of its form.
fn form(as_page: bool, vietnamese: bool) -> &'static [&'static str] {
    match (as_page, vietnamese) {
        (false, true) => &["vi"],
        (false, false) => &["en"],
        (true, true) => &["html", "vi"],
        (true, false) => &["html", "en"],
    }
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
    Back::only(request)?;
    let schema = schema(&View::new(caller, layer.0), &own(&base(app, request), request));
    Ok(answer(request, &schema))
}

/// GDAL accepts `/queryables` only as plain JSON, and says so.
fn answer(request: &HttpRequest, schema: &Value) -> HttpResponse {
    let names = ["application/schema+json", "application/json"];
    let content_type = names[preferred(request, &names).unwrap_or(0)];
    HttpResponse::Ok().content_type(content_type).body(schema.to_string())
}

async fn describe(
    app: &App,
    conn: &mut Connection,
    view: &View<'_>,
    back: Back,
    request: &HttpRequest,
) -> Result<Value, Error> {
    let vietnamese = wants_vietnamese(request);
    let layer = view.layer;
    let back = back.of(layer);
    let base = back.base(app, request);
    let question = ItemsQuery::parse(view, back.params(), Clock::of(request).now)?.question;
    // Without a day, units have the extent of all their periods.
    let any_day = Question { condition: Condition::always(), ..question.clone() };
    let extent = items::extent(conn, view, if back.is_now() { &any_day } else { &question }).await?.cells;
    let count = items::count(conn, view, &question).await?;
    let pick = |label: Label| if vietnamese { label.vi } else { label.en };
    let url = format!("{base}/collections/{}", layer.collection);
    let mut collection = json!({
        "id": layer.collection,
        "title": pick(layer.title),
        "description": pick(layer.description),
        "itemType": "feature",
        "crs": NamedCrs::all().iter().map(NamedCrs::uri).collect::<Vec<_>>(),
        "storageCrs": NamedCrs::crs84().uri(),
        "links": [
            link("self", &url, "application/json", "This layer"),
            link("items", &format!("{url}/items"), "application/geo+json", "The features"),
            link("queryables", &format!("{url}/queryables"), "application/schema+json", "What can be filtered by"),
            link("http://www.opengis.net/def/rel/ogc/1.0/queryables", &format!("{url}/queryables"), "application/schema+json", "What can be filtered by"),
            link("http://www.opengis.net/def/rel/ogc/1.0/sortables", &format!("{url}/sortables"), "application/schema+json", "What can be sorted by"),
            link("http://www.opengis.net/def/rel/ogc/1.0/schema", &format!("{url}/schema"), "application/schema+json", "The fields"),
            link(TILESETS, &format!("{url}/tiles"), "application/json", "Vector tiles"),
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
        extents.insert("spatial".into(), json!({"bbox": [bbox], "crs": NamedCrs::crs84().uri()}));
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
