//! `GET /api/v1/styles/{style}.json`: a MapLibre style that draws the tiles of some layers, for maps that are not ours.
//! It asks no other host for anything.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::error::Error;
use crate::http::as_of::Back;
use crate::http::glyphs::REGULAR;
use crate::http::language::wants_vietnamese;
use crate::http::links::base;
use crate::http::state::App;
use crate::http::tiles::layers_named;
use crate::layers::{ALL, Layer};
use crate::register::tiles::COUNT;

/// The style of all layers.
const EVERY: &str = "all";

/// The colours of the page: Okabe and Ito's, then some of Paul Tol's. People with any colour vision can tell them apart.
const COLOURS: [&str; 12] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#882255", "#117733", "#aa4499", "#999933",
    "#332288", "#44aa99",
];
const GREY: &str = "#7a8288";
const SOURCE: &str = "hatang";

/// `style` is `all`, or the ids of layers with commas between them.
pub async fn show_style(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let back = Back::only(&request)?;
    let style = request.match_info().get("style").unwrap_or_default();
    let layers = if style == EVERY { ALL.to_vec() } else { layers_named(style)? };
    let vietnamese = wants_vietnamese(&request);
    let (titles, names): (Vec<_>, Vec<_>) =
        layers.iter().map(|layer| (layer.title.say(vietnamese), layer.collection)).unzip();
    let mut drawn: Vec<_> = layers.iter().flat_map(|layer| draw(layer)).collect();
    // Areas below lines, lines below points, names on top.
    drawn.sort_by_key(|layer| {
        ["background", "fill", "line", "circle", "symbol"].iter().position(|kind| layer["type"] == *kind)
    });
    drawn.insert(0, json!({"id": "background", "type": "background", "paint": {"background-color": "#f7f7f4"}}));
    Ok(HttpResponse::Ok().json(json!({
        "version": 8,
        "name": titles.join(", "),
        "glyphs": format!("{}/glyphs/{{fontstack}}/{{range}}.pbf", base(&app, &request)),
        "sources": {SOURCE: {"type": "vector", "url": format!("{}/tiles/{}.json", back.base(&app, &request), names.join(","))}},
        "layers": drawn,
    })))
}

fn draw(layer: &'static Layer) -> Vec<Value> {
    let of_layer = |suffix: &str, kind: &str, more: Value| {
        let mut drawn = json!({
            "id": format!("{}{suffix}", layer.collection), "type": kind, "source": SOURCE, "source-layer": layer.collection});
        for (name, value) in more.as_object().into_iter().flatten() {
            drawn[name] = value.clone();
        }
        drawn
    };
    let of_kind = |kind: &str| json!(["==", ["geometry-type"], kind]);
    let is_several = json!(["has", COUNT]);
    let colour = colour(layer);
    let has = |kind: &str| layer.geometry.iter().any(|geometry| geometry.ends_with(kind));
    let mut drawn = Vec::new();
    if has("Polygon") {
        let opacity = if layer.is_writable() { 0.25 } else { 0.0 };
        drawn.push(of_layer(
            "",
            "fill",
            json!({
            "filter": of_kind("Polygon"), "paint": {"fill-color": colour, "fill-opacity": opacity}}),
        ));
        drawn.push(of_layer(
            "-outline",
            "line",
            json!({
            "filter": of_kind("Polygon"), "paint": {"line-color": colour, "line-width": 1}}),
        ));
    }
    if has("LineString") {
        drawn.push(of_layer("", "line", json!({"paint": {"line-color": colour, "line-width": 2}})));
    }
    if has("Point") {
        let count = json!(["coalesce", ["get", COUNT], 1]);
        drawn.push(of_layer(
            "-points",
            "circle",
            json!({
            "filter": of_kind("Point"),
            "paint": {
                "circle-color": colour,
                "circle-radius": ["step", count, 4, 2, 8, 10, 11, 100, 14, 1000, 18],
                "circle-stroke-color": "#ffffff",
                "circle-stroke-width": 1,
            }}),
        ));
        let number = json!(["to-string", ["get", layer.summed[..].first().copied().unwrap_or(COUNT)]]);
        drawn.push(of_layer(
            "-counts",
            "symbol",
            json!({
            "filter": ["all", of_kind("Point"), is_several],
            "layout": {"text-field": number, "text-font": [REGULAR], "text-size": 11, "text-allow-overlap": true},
            "paint": {"text-color": "#ffffff"}}),
        ));
    }
    let (minzoom, offset) = if has("Point") { (14, json!([0, 1])) } else { (10, json!([0, 0])) };
    drawn.push(of_layer("-names", "symbol", json!({
        "minzoom": minzoom,
        "filter": ["!", is_several],
        "layout": {"text-field": ["get", "name"], "text-font": [REGULAR], "text-size": 12, "text-anchor": "top", "text-offset": offset},
        "paint": {"text-color": "#22272b", "text-halo-color": "#ffffff", "text-halo-width": 1.2}})));
    drawn
}

/// The colour of a feature, by the layer's legend. Several records together have none of its values.
fn colour(layer: &Layer) -> Value {
    let legend = layer.legend.and_then(|name| layer.field(name));
    let values = legend.into_iter().flat_map(|legend| legend.value.choices());
    let cases: Vec<_> = values
        .zip(COLOURS.into_iter().cycle())
        .flat_map(|(choice, colour)| [json!(choice.value), json!(colour)])
        .collect();
    match legend {
        Some(legend) if !cases.is_empty() => {
            let head = [json!("match"), json!(["coalesce", ["get", legend.name], ""])];
            head.into_iter().chain(cases).chain([json!(GREY)]).collect()
        }
        _ => json!(GREY),
    }
}
