//! Query, path and header parameters.

use serde_json::{Map, Value, json};

use crate::access::{Caller, View};
use crate::conditions::{CRS84, DEFAULT_LIMIT, FORMATS, MAX_LIMIT};
use crate::figures::INDICATORS;
use crate::http::schema;
use crate::layers::{Field, Layer, Type};

/// `components.parameters`. QGIS takes its page size from `limit` there, and only there.
pub fn shared() -> Value {
    let query = |name: &str, description: &str, schema: Value| json!({"name": name, "in": "query", "required": false, "description": description, "schema": schema});
    let date = || json!({"type": "string", "format": "date"});
    let mut shared = Map::new();
    let mut add = |parameter: Value| {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        shared.insert(name, parameter);
    };
    let mut limit = query(
        "limit",
        "At most so many features; more than the maximum is clamped",
        json!({
        "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}),
    );
    limit["style"] = json!("form");
    limit["explode"] = json!(false);
    add(limit);
    let mut bbox = query(
        "bbox",
        "West, south, east, north in WGS 84; across the antimeridian west is greater",
        json!({
        "type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}),
    );
    bbox["style"] = json!("form");
    bbox["explode"] = json!(false);
    add(bbox);
    let mut datetime =
        query("datetime", "Valid time: an instant or an interval, open ends as ..", json!({"type": "string"}));
    datetime["style"] = json!("form");
    datetime["explode"] = json!(false);
    add(datetime);
    add(query("as_of", "The records as they were on this day", date()));
    add(query(
        "known_at",
        "What the register held at this instant, or at the end of this day in Vietnam; strangers are not shown what is hidden or deleted today",
        json!({"type": "string", "example": "2026-01-31T23:59:59+07:00"}),
    ));
    add(query(
        "within",
        "A unit: code@date, or a code in force today",
        json!({"type": "string", "example": "405@2023-09-20"}),
    ));
    add(query(
        "indicator",
        "The rows that a figure counts on the day of as_of: a code of /stats/definitions of this layer, or code.value",
        json!({"type": "string", "example": "camera_eyes"}),
    ));
    add(query("q", "Text to search; accents are folded, exact ones rank first", json!({"type": "string"})));
    let mut sortby = query(
        "sortby",
        "Fields of /sortables, the first first; a minus before one: descending. Without a value last, ties by id",
        json!({"type": "array", "items": {"type": "string", "pattern": "^[+-]?[a-z_]+$"}}),
    );
    sortby["style"] = json!("form");
    sortby["explode"] = json!(false);
    sortby["example"] = json!("-code");
    add(sortby);
    add(query("cursor", "Where the page begins: taken from a next link", json!({"type": "string"})));
    add(query(
        "resultType",
        "hits: the number alone",
        json!({"type": "string", "enum": ["results", "hits"], "default": "results"}),
    ));
    add(query(
        "offset",
        "Accepted as 0, for clients that send it; follow the next links",
        json!({"type": "integer", "enum": [0]}),
    ));
    add(query("crs", "The CRS of the answer", json!({"type": "string", "enum": [CRS84]})));
    add(query("bbox-crs", "The CRS of bbox", json!({"type": "string", "enum": [CRS84]})));
    add(query("f", "The format", json!({"type": "string", "enum": ["json"]})));
    shared.insert("f-items".into(), query("f", "The format", json!({"type": "string", "enum": ["json", "geojson"]})));
    let files =
        "The format: json is a page; the others are the whole result as a file, or as much of it as `limit` says";
    shared.insert("f-list".into(), query("f", files, json!({"type": "string", "enum": FORMATS})));
    shared.insert("collectionId".into(), path("collectionId", "The id of a layer", json!({"type": "string"})));
    shared.insert(
        "featureId".into(),
        path("featureId", "The id of a record", json!({"type": "integer", "format": "int64", "minimum": 1})),
    );
    shared.insert(
        "If-Match".into(),
        json!({
        "name": "If-Match", "in": "header", "required": true, "schema": {"type": "string"},
        "description": "The ETag of the record as it was read: 428 without, 412 when somebody has written since"}),
    );
    let number = || json!({"type": "integer", "format": "int64", "minimum": 1});
    shared.insert("version".into(), path("version", "The number of a version", number()));
    shared.insert("batchId".into(), path("batchId", "The number of a bulk write", number()));
    shared.insert("Idempotency-Key".into(), crate::http::openapi::writes::idempotency_key());
    Value::Object(shared)
}

fn path(name: &str, description: &str, schema: Value) -> Value {
    json!({"name": name, "in": "path", "required": true, "description": description, "schema": schema})
}

pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/parameters/{name}")})
}

/// What items takes in every layer; `indicator` where a figure counts the layer's rows.
pub fn of_items(layer: Option<&'static Layer>) -> Vec<Value> {
    let counted = layer.is_none_or(|layer| INDICATORS.iter().any(|found| found.layer.collection == layer.collection));
    [
        "f-list",
        "limit",
        "bbox",
        "datetime",
        "as_of",
        "known_at",
        "within",
        "indicator",
        "q",
        "sortby",
        "cursor",
        "resultType",
        "offset",
        "crs",
        "bbox-crs",
    ]
    .into_iter()
    .filter(|name| counted || *name != "indicator")
    .filter(|name| layer.is_none_or(|layer| layer.is_writable()) || *name != "known_at")
    .map(reference)
    .collect()
}

/// Each field of a layer as a parameter: GDAL sends a filter only for one that it finds here. The type is that of one
/// value; several are separated by commas.
pub fn of_fields(layer: &'static Layer) -> Vec<Value> {
    let everyone = Caller::console("");
    let view = View::new(&everyone, layer);
    view.fields().map(of_field).collect()
}

fn of_field(field: &Field) -> Value {
    let mut schema = match field.value {
        Type::SomeOf(_) => json!({"type": "string"}),
        _ => schema::of_field(field),
    };
    if let Some(object) = schema.as_object_mut() {
        // What a value is, not what may be stored; a list of values is no value of the enumeration.
        for key in [
            "default",
            "readOnly",
            "maxLength",
            "minimum",
            "maximum",
            "enum",
            "x-enum-labels",
            "title",
            "x-title-en",
            "x-ogc-unit",
            "x-ogc-role",
            "x-collection",
        ] {
            object.remove(key);
        }
    }
    json!({
        "name": field.name,
        "in": "query",
        "required": false,
        "description": format!("{} / {}", field.label.vi, field.label.en),
        "schema": schema,
    })
}
