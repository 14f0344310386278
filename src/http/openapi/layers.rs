//! The paths and schemas of each layer, from `layer.json` and the layer's table of fields.

use serde_json::{Map, Value, json};

use crate::access::{Caller, View};
use crate::figures::INDICATORS;
use crate::http::openapi::template::fill;
use crate::http::schema;
use crate::layers::{ALL, Field, Layer, Type};

/// The operations of a layer that is only read.
const READING: &[&str] = &["list_items", "find_item"];

/// The paths of the features of any layer, then those of each.
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

/// Makes an operation of any layer that of one layer; whether the layer has it.
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
            Some("indicator") => is_counted,
            Some("known_at") => layer.is_writable(),
            _ => true,
        });
        // What takes a bbox takes every filter. GDAL sends a filter only for a field that it finds here.
        if parameters.iter().any(|parameter| parameter == "bbox") {
            parameters.extend(fields(layer).into_iter().map(parameter));
        }
    }
    true
}

/// `…Feature` and `…FeatureCollection` of each layer.
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

/// The fields of the widest view: an answer leaves out what its caller does not see.
fn fields(layer: &'static Layer) -> Vec<&'static Field> {
    let everyone = Caller::console("");
    View::new(&everyone, layer).fields().collect()
}

/// `cameras` is `CamerasFeature`.
fn feature_name(layer: &Layer) -> String {
    let words = layer.collection.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
    words.collect::<String>() + "Feature"
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

/// A field as a parameter. The type is that of one value; several are separated by commas.
fn parameter(field: &Field) -> Value {
    let mut schema = match field.value {
        Type::SomeOf(_) => json!({"type": "string"}),
        _ => schema::of_field(field),
    };
    if let Some(object) = schema.as_object_mut() {
        // What a value is, not what may be stored; a list of values is no value of the enumeration.
        object.retain(|key, _| ["type", "format", "pattern"].contains(&key.as_str()));
    }
    json!({
        "name": field.name,
        "in": "query",
        "required": false,
        "description": format!("{} / {}", field.label.vi, field.label.en),
        "schema": schema,
    })
}

/// A schema of OpenAPI 3.0 from one of JSON Schema 2020-12: where the two differ in what we use.
fn schema_3_0(mut schema: Value) -> Value {
    if let Some(object) = schema.as_object_mut() {
        object.insert("nullable".into(), json!(true));
        if let Some(Value::Array(values)) = object.get_mut("enum") {
            values.push(Value::Null);
        }
    }
    schema
}
