//! The OpenAPI paths and schemas of each layer, from `layer.json` and the layer's table of fields.

use serde_json::{Map, Value, json};

use crate::access::{Caller, View};
use crate::figures::INDICATORS;
use crate::http::openapi::template::fill;
use crate::http::schema;
use crate::layers::{ALL, Field, ID, Layer, Type};

/// The operations of a read-only layer.
const READING: &[&str] = &["list_items", "search_items", "find_item"];

/// The generic paths for any layer, then the paths of each layer.
pub fn paths(template: &Value) -> Value {
    let mut paths = Map::new();
    let any = of_layer(template, &json!({"type": "object"}), &json!({"type": "object"}));
    paths.extend(any.into_iter().map(|(path, item)| (format!("/collections/{{collectionId}}{path}"), item)));
    for layer in ALL {
        let name = feature_name(layer);
        let of_own = of_layer(template, &reference(&name), &reference(&format!("{name}Collection")));
        for (path, mut item) in of_own {
            let operations = item.as_object_mut();
            operations.into_iter().for_each(|operations| operations.retain(|_, operation| narrow(operation, layer)));
            if item != json!({}) {
                paths.insert(format!("/collections/{}{path}", layer.collection), item);
            }
        }
    }
    paths.into()
}

fn of_layer(template: &Value, feature: &Value, features: &Value) -> Map<String, Value> {
    let mut paths = template.clone();
    fill(&mut paths, &Map::from_iter([("feature".into(), feature.clone()), ("features".into(), features.clone())]));
    paths.as_object().cloned().unwrap_or_default()
}

/// Turns the generic operation into the operation of one layer. Returns false if the layer does not have it.
fn narrow(operation: &mut Value, layer: &'static Layer) -> bool {
    let id = operation["operationId"].as_str().unwrap_or_default();
    if id == "erase_fields" && !layer.fields().any(|field| layer.is_erasable(field))
        || !layer.is_writable() && !READING.contains(&id)
    {
        return false;
    }
    operation["operationId"] = json!(format!("{id}_{}", layer.table()));
    let is_counted = INDICATORS.iter().any(|found| found.layer.collection == layer.collection);
    if let Some(parameters) = operation["parameters"].as_array_mut() {
        parameters.retain(|parameter| match parameter.as_str() {
            Some("collectionId") => false,
            Some("indicator" | "unassigned" | "quality") => is_counted,
            Some("known_at") => layer.is_writable(),
            _ => true,
        });
        // An operation with `bbox` also has all filters. GDAL uses a filter only if its field is listed here.
        if parameters.iter().any(|parameter| parameter == "bbox") {
            parameters.extend(fields(layer).into_iter().chain([&ID]).map(parameter));
        }
    }
    true
}

/// The schemas `…Feature` and `…FeatureCollection` of each layer.
pub fn schemas(template: &Value) -> Value {
    let mut schemas = Map::new();
    for layer in ALL {
        let name = feature_name(layer);
        let properties: Map<_, _> = fields(layer)
            .into_iter()
            .map(|field| (field.name.to_owned(), schema_3_0(schema::of_field(field))))
            .collect();
        let values = Map::from_iter([("feature".into(), reference(&name)), ("properties".into(), properties.into())]);
        for (suffix, schema) in [("", &template["Feature"]), ("Collection", &template["FeatureCollection"])] {
            let mut schema = schema.clone();
            fill(&mut schema, &values);
            schemas.insert(format!("{name}{suffix}"), schema);
        }
    }
    schemas.into()
}

/// Every field of a layer. An answer leaves out those that its caller may not see.
fn fields(layer: &'static Layer) -> Vec<&'static Field> {
    let everyone = Caller::console("");
    View::new(&everyone, layer).fields().collect()
}

/// The name of a schema: `cameras` becomes `CamerasFeature`.
fn feature_name(layer: &Layer) -> String {
    let words = layer.collection.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
    words.collect::<String>() + "Feature"
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

/// A field as a query parameter. The type is that of one value; several values are separated by commas.
fn parameter(field: &Field) -> Value {
    let mut schema = match field.value {
        Type::SomeOf(_) => json!({"type": "string"}),
        _ => schema::of_field(field),
    };
    if let Some(object) = schema.as_object_mut() {
        // Bounds and enumerations are dropped: a value outside them is a valid filter, and so is a list of values.
        object.retain(|key, _| ["type", "format", "pattern"].contains(&key.as_str()));
        if object["type"] == "string" {
            object.insert("minLength".into(), json!(1));
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

/// Converts a JSON Schema 2020-12 to a schema of OpenAPI 3.0. With the keywords that we use, only null is different.
fn schema_3_0(mut schema: Value) -> Value {
    if let Some(object) = schema.as_object_mut() {
        object.insert("nullable".into(), json!(true));
        if let Some(Value::Array(values)) = object.get_mut("enum") {
            values.push(Value::Null);
        }
    }
    schema
}
