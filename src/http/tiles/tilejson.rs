//! `GET /api/v1/tiles/{collections}.json`: TileJSON 3 of the tiles of one or several layers.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use crate::access::{Caller, View};
use crate::error::Error;
use crate::http::clock::Clock;
use crate::http::language::wants_vietnamese;
use crate::http::links::base;
use crate::http::state::App;
use crate::http::tiles::{layers_of, query};
use crate::input::Params;
use crate::layers::{Field, Type};
use crate::register::tiles::{COUNT, MAX_ZOOM, sums};

/// The parameters are those of the tiles. Their address has the same ones.
pub async fn show_tilejson(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let layers = layers_of(&request)?;
    let vietnamese = wants_vietnamese(&request);
    let mut params = Params::parse(request.query_string());
    params.format(&["json"])?;
    let mut described = Vec::new();
    for layer in &layers {
        let view = View::new(&caller, layer).without_restricted();
        let asked = query::parse(&view, params.clone(), Clock::of(&request).now)?;
        described.push(json!({
            "id": layer.collection,
            "description": layer.title.say(vietnamese),
            "minzoom": 0,
            "maxzoom": MAX_ZOOM,
            "fields": fields(&view, &asked.form.fields(&view)),
        }));
    }
    let names: Vec<_> = layers.iter().map(|layer| layer.collection).collect();
    let titles: Vec<_> = layers.iter().map(|layer| layer.title.say(vietnamese)).collect();
    let given = form_urlencoded::Serializer::new(String::new()).extend_pairs(params.given()).finish();
    let query = if given.is_empty() { given } else { format!("?{given}") };
    let tiles = format!("{}/tiles/{}/{{z}}/{{x}}/{{y}}.mvt{query}", base(&app, &request), names.join(","));
    Ok(HttpResponse::Ok().json(json!({
        "tilejson": "3.0.0",
        "name": titles.join(", "),
        "scheme": "xyz",
        "tiles": [tiles],
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        "vector_layers": described,
    })))
}

/// The type of each property of a layer's features.
fn fields(view: &View<'_>, fields: &[&'static Field]) -> Value {
    let kind = |field: &Field| match field.value {
        Type::Integer { .. } | Type::Number { .. } | Type::Reference { .. } => "Number",
        Type::Boolean => "Boolean",
        _ => "String",
    };
    let mut types: Map<_, _> = fields.iter().map(|field| (field.name.to_owned(), json!(kind(field)))).collect();
    types.insert(COUNT.to_owned(), json!("Number"));
    types.extend(sums(view.layer, fields).iter().map(|sum| (sum.name.to_owned(), json!("Number"))));
    types.into()
}
