//! Writes of many features at once.

use serde_json::{Value, json};

use super::operations::{Operation, json_answer};

/// What a bulk write answers.
fn many() -> Value {
    json!({"$ref": "#/components/schemas/BulkAnswer"})
}

/// The body of a write of one feature, or of many under a member.
pub fn one_or_many(body: Option<Value>, member: &str) -> Option<Value> {
    let mut body = body?;
    for (_, content) in body["content"].as_object_mut().into_iter().flatten() {
        let feature = content["schema"].take();
        content["schema"] = json!({"oneOf": [feature.clone(), collection(member, &feature)]});
    }
    Some(body)
}

/// The answer to a write of one feature, or of many.
pub fn also_many(mut answer: Value) -> Value {
    answer["content"]["application/json"] = json!({"schema": many()});
    answer
}

fn collection(member: &str, item: &Value) -> Value {
    json!({
        "type": "object",
        "required": ["type", member],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            member: {"type": "array", "minItems": 1, "maxItems": 10_000, "items": item},
            "reason": reason(),
            "confirm": confirm(),
        },
    })
}

/// Why; kept with each version.
fn reason() -> Value {
    json!({"type": "string", "maxLength": 500, "description": "Why; kept in the history"})
}

fn confirm() -> Value {
    json!({"type": "array", "items": {"type": "string", "enum": ["dup.near"]}, "description": "Warnings seen and confirmed"})
}

/// Changes and deletions of many features, all or none.
pub fn bulk(items: &str, suffix: &str, own: &[Value]) -> Vec<(String, Operation)> {
    let of = |method, id: &str, summary, member: &str, item: Value, types: &[&str]| {
        let schema = json!({
            "type": "object",
            "required": [member],
            "properties": {
                member: {"type": "array", "minItems": 1, "maxItems": 10_000, "items": item},
                "reason": reason(), "confirm": confirm()},
        });
        let content: serde_json::Map<_, _> =
            types.iter().map(|name| ((*name).to_owned(), json!({"schema": schema}))).collect();
        let operation = Operation {
            method,
            id: format!("{id}{suffix}"),
            summary,
            tag: "Layers",
            parameters: own.to_vec(),
            body: Some(json!({"required": true, "content": content})),
            answers: vec![(200, json_answer("What became of each, in order", many()))],
            problems: &[400, 401, 403, 404, 405, 413, 415, 422, 503, 504],
            writes: true,
        };
        (items.to_owned(), operation)
    };
    let item = json!({
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "integer", "format": "int64"},
            "version": {"type": "integer", "description": "The version that is meant: needed, unless the token writes unconditionally"}},
    });
    let mut patch = item.clone();
    patch["properties"]["properties"] = json!({"type": "object"});
    patch["properties"]["geometry"] = json!({"$ref": "#/components/schemas/Geometry"});
    vec![
        of(
            "patch",
            "update_items",
            "Change many features (merge patches), all or none",
            "features",
            patch,
            &["application/merge-patch+json", "application/geo+json", "application/json"],
        ),
        of(
            "delete",
            "delete_items",
            "Delete many features, all or none; history keeps them",
            "items",
            item,
            &["application/json", "application/geo+json"],
        ),
    ]
}

/// The header by which a write that is sent again is not done again.
pub fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "The same key with the same request is answered again for 24 hours, not done again",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200}})
}

pub fn schemas() -> Vec<(&'static str, Value)> {
    vec![(
        "BulkAnswer",
        json!({
            "type": "object",
            "required": ["items", "batch"],
            "properties": {
                "batch": {"type": "integer", "description": "By which the whole can be undone"},
                "items": {"type": "array", "items": {
                    "type": "object",
                    "required": ["index", "id", "version", "status"],
                    "properties": {
                        "index": {"type": "integer"}, "id": {"type": "integer"}, "version": {"type": "integer"},
                        "status": {"type": "string", "enum": ["created", "updated", "unchanged", "deleted", "restored", "verified"]},
                        "warnings": {"type": "array", "items": {"$ref": "#/components/schemas/Warning"}}},
                }},
            },
        }),
    )]
}
