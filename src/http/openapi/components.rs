//! Schemas, parameters and answers that operations share.

use serde_json::{Map, Value, json};

use crate::access::{Caller, View};
use crate::http::openapi::{parameters, schema_3_0};
use crate::http::schema;
use crate::layers::{ALL, Layer};

pub fn components() -> Value {
    let mut schemas = Map::new();
    for layer in ALL {
        schemas.insert(feature_name(layer), feature(layer));
        schemas.insert(format!("{}Collection", feature_name(layer)), feature_collection(layer));
    }
    for (name, schema) in fixed()
        .into_iter()
        .chain(crate::http::openapi::stats::schemas())
        .chain(crate::http::openapi::accounts::schemas())
        .chain(crate::http::openapi::audit::schemas())
        .chain(crate::http::openapi::writes::schemas())
        .chain(crate::http::openapi::imports::schemas())
    {
        schemas.insert(name.into(), schema);
    }
    json!({
        "schemas": schemas,
        "parameters": parameters::shared(),
        "responses": {"Problem": problem("What went wrong, with every problem of the request")},
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "A token of `POST /tokens` or `hatang token create`"},
            "session": {"type": "apiKey", "in": "cookie", "name": "hatang_session", "description": "What `POST /auth/login` sets, for browsers"},
            "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": "With each write of a session: `csrf` of `GET /auth/me`"},
        },
    })
}

/// `cameras` is `CamerasFeature`.
pub fn feature_name(layer: &Layer) -> String {
    let words = layer.collection.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
    words.collect::<String>() + "Feature"
}

fn feature(layer: &'static Layer) -> Value {
    // The widest view: what a caller does not see is left out of the answer.
    let everyone = Caller::console("");
    let view = View::new(&everyone, layer);
    let properties: Map<_, _> =
        view.fields().map(|field| (field.name.to_owned(), schema_3_0(schema::of_field(field)))).collect();
    json!({
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "integer", "format": "int64", "readOnly": true},
            "geometry": {"$ref": "#/components/schemas/Geometry"},
            "properties": {"type": "object", "properties": properties},
            "links": {"type": "array", "readOnly": true, "items": {"$ref": "#/components/schemas/Link"}},
            "warnings": {"type": "array", "readOnly": true, "items": {"$ref": "#/components/schemas/Warning"}},
        },
    })
}

fn feature_collection(layer: &Layer) -> Value {
    json!({
        "type": "object",
        "required": ["type", "features", "numberReturned", "timeStamp", "links"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "numberMatched": {"type": "integer", "minimum": 0, "description": "Left out when there are too many to count"},
            "numberReturned": {"type": "integer", "minimum": 0},
            "timeStamp": {"type": "string", "format": "date-time"},
            "links": {"type": "array", "items": {"$ref": "#/components/schemas/Link"}},
            "features": {"type": "array", "items": {"$ref": format!("#/components/schemas/{}", feature_name(layer))}},
        },
    })
}

fn fixed() -> Vec<(&'static str, Value)> {
    let text = || json!({"type": "string"});
    vec![
        (
            "Geometry",
            json!({
                "type": "object",
                "nullable": true,
                "description": "GeoJSON (RFC 7946), WGS 84 longitude and latitude; null: not located yet",
                "required": ["type", "coordinates"],
                "properties": {
                    "type": {"type": "string", "enum": ["Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon"]},
                    "coordinates": {"type": "array", "items": {}},
                },
            }),
        ),
        (
            "Link",
            json!({
                "type": "object",
                "required": ["href", "rel"],
                "properties": {"href": text(), "rel": text(), "type": text(), "title": text()},
            }),
        ),
        (
            "Warning",
            json!({"type": "object", "required": ["code", "message"], "properties": {"code": text(), "message": text()}}),
        ),
        (
            "Problem",
            json!({
                "type": "object",
                "description": "RFC 9457",
                "required": ["type", "title", "status", "detail", "code", "request_id"],
                "properties": {
                    "type": text(), "title": text(), "status": {"type": "integer"}, "detail": text(),
                    "code": text(), "request_id": text(),
                    "errors": {"type": "array", "items": {
                        "type": "object",
                        "required": ["code", "message"],
                        "properties": {"pointer": text(), "parameter": text(), "header": text(), "code": text(), "message": text()},
                    }},
                },
            }),
        ),
        (
            "Version",
            json!({
                "type": "object",
                "required": ["version", "op", "changes"],
                "properties": {
                    "version": {"type": "integer"}, "op": {"type": "string", "enum": ["create", "update", "delete", "restore"]},
                    "effective_on": {"type": "string", "format": "date"}, "at": {"type": "string", "format": "date-time"},
                    "by": text(), "reason": {"type": "string", "nullable": true},
                    "changes": {"type": "object", "additionalProperties": {
                        "type": "object", "properties": {"before": {}, "after": {}},
                    }},
                },
            }),
        ),
        (
            "Change",
            json!({
                "type": "object",
                "required": ["seq", "collection", "id", "op", "version", "at"],
                "properties": {
                    "seq": {"type": "integer"}, "collection": text(), "id": {"type": "integer"},
                    "op": {"type": "string", "enum": ["create", "update", "delete"]},
                    "version": {"type": "integer"}, "at": {"type": "string", "format": "date-time"},
                },
            }),
        ),
    ]
}

pub fn problem(description: &str) -> Value {
    json!({
        "description": description,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    })
}
