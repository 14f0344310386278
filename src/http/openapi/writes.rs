//! Writes of many features at once.

use serde_json::{Value, json};

use crate::http::openapi::operations::{Operation, answer, get, json_answer};
use crate::http::openapi::parameters;
use crate::http::openapi::parameters::reference;
use crate::layers::Layer;

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
            parameters: own.iter().cloned().chain([reference("Idempotency-Key")]).collect(),
            body: Some(json!({"required": true, "content": content})),
            answers: vec![(200, json_answer("What became of each, in order", many()))],
            problems: &[400, 401, 403, 404, 405, 409, 413, 415, 422, 503, 504],
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

/// What is done with features besides: said to be still true, brought back, looked up as it was.
pub fn more(
    path: &str,
    suffix: &str,
    own: &[Value],
    feature: &Value,
    layer: Option<&'static Layer>,
) -> Vec<(String, Operation)> {
    let with = |names: &[&str]| own.iter().cloned().chain(names.iter().map(|name| reference(name))).collect::<Vec<_>>();
    let item = format!("{path}/items/{{featureId}}");
    let now = || answer("The feature as it is now", "application/geo+json", feature.clone());
    let post = |id: &str, summary, parameters, members: Value, done| Operation {
        method: "post",
        id: format!("{id}{suffix}"),
        summary,
        tag: "Changes",
        parameters,
        body: optional_body(members),
        answers: vec![(200, done)],
        problems: &[400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 503, 504],
        writes: true,
    };
    let mut version = get(
        &format!("find_version{suffix}"),
        "A feature as a version left it",
        "Changes",
        with(&["featureId", "version", "f-items"]),
        answer("The feature as it was", "application/geo+json", feature.clone()),
    );
    version.problems = &[400, 401, 404, 503];
    let filters = parameters::of_items(layer).into_iter().chain(layer.map(parameters::of_fields).unwrap_or_default());
    let ids = json!({"items": {"type": "array", "minItems": 1, "maxItems": 10_000, "items": {"type": "integer", "format": "int64"}}});
    vec![
        (format!("{item}/history/{{version}}"), version),
        (
            format!("{item}/restore"),
            post(
                "restore_item",
                "Bring back a deleted feature, or with version and If-Match its values as of a version",
                with(&["featureId", "Idempotency-Key"]),
                json!({"version": {"type": "integer", "minimum": 1}}),
                now(),
            ),
        ),
        (
            format!("{item}/verify"),
            post(
                "verify_item",
                "Say that a feature is still true",
                with(&["featureId", "Idempotency-Key"]),
                json!({}),
                now(),
            ),
        ),
        (
            format!("{path}/verify"),
            post(
                "verify_items",
                "Say that many features are still true: those listed, or those that the parameters select",
                with(&["Idempotency-Key"]).into_iter().chain(filters).collect(),
                ids,
                json_answer("What became of each, in order", many()),
            ),
        ),
    ]
}

/// Bulk writes, and taking one back.
pub fn batches() -> Vec<(String, Operation)> {
    let query = |name: &str, description: &str, schema: Value| json!({"name": name, "in": "query", "required": false, "description": description, "schema": schema});
    let batch = || json!({"$ref": "#/components/schemas/Batch"});
    let mut find = get(
        "find_batch",
        "A bulk write",
        "Changes",
        vec![reference("batchId"), reference("f")],
        json_answer("The batch", batch()),
    );
    find.problems = &[400, 401, 404, 503];
    let list = get(
        "list_batches",
        "Bulk writes, newest first",
        "Changes",
        vec![
            query("collection", "Of this layer only", json!({"type": "string", "example": "cameras"})),
            query("before", "Those before this one", json!({"type": "integer", "minimum": 1})),
            query(
                "limit",
                "At most so many",
                json!({"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
            ),
            reference("f"),
        ],
        json_answer(
            "Batches",
            json!({"type": "object", "required": ["batches"], "properties": {"batches": {"type": "array", "items": batch()}}}),
        ),
    );
    let undo = Operation {
        method: "post",
        id: "undo_batch".into(),
        summary: "Take a bulk write back; what was changed since is left and listed",
        tag: "Changes",
        parameters: vec![reference("batchId"), reference("Idempotency-Key")],
        body: optional_body(json!({})),
        answers: vec![(200, json_answer("What was restored, and what was left", many()))],
        problems: &[400, 401, 403, 404, 405, 409, 413, 415, 422, 503, 504],
        writes: true,
    };
    vec![("/batches".into(), list), ("/batches/{batchId}".into(), find), ("/batches/{batchId}/undo".into(), undo)]
}

/// Giving records a value in the place of one that has ended.
pub fn reclassification() -> Vec<(String, Operation)> {
    let path = "/collections/{collectionId}/reclassification".to_owned();
    let text = || json!({"type": "string"});
    let value =
        || json!({"type": "object", "required": ["value", "title"], "properties": {"value": text(), "title": text()}});
    let count =
        |description: &str| json!({"type": "integer", "minimum": 0, "nullable": true, "description": description});
    let ended = json!({
        "type": "object",
        "required": ["field", "value", "until", "successors", "writable"],
        "properties": {
            "field": text(), "value": text(), "title": text(),
            "until": {"type": "string", "format": "date", "description": "The first day on which it is not written any more"},
            "successors": {"type": "array", "items": value()},
            "shown": count("How many records still hold it; null beyond 10,000"),
            "writable": count("How many of them the caller may write; 10,001 is more than one write may be of"),
            "plan": {"type": "string", "nullable": true, "description": "Which records, in which versions: to be sent back"},
            "rows": {"type": "string", "format": "uri"}}});
    let mut parameters = vec![reference("collectionId")];
    parameters.extend(["within", "bbox", "q"].map(reference));
    let mut show = get(
        "show_reclassification",
        "Values that have ended, their successors, and the records that still hold them",
        "Changes",
        parameters.iter().cloned().chain([reference("f")]).collect(),
        json_answer(
            "Each value",
            json!({"type": "object", "required": ["ended"], "properties": {"ended": {"type": "array", "items": ended}}}),
        ),
    );
    show.problems = &[400, 401, 403, 404, 405, 503];
    let members = json!({
        "field": text(), "from": text(), "to": text(),
        "plan": {"type": "string", "description": "As it was shown"},
        "effective_on": {"type": "string", "format": "date", "description": "Default: the day on which the value ended"},
        "reason": reason(), "confirm": confirm()});
    let schema = json!({"type": "object", "required": ["field", "from", "to", "plan"], "properties": members});
    let write = Operation {
        method: "post",
        id: "reclassify".into(),
        summary: "Give the records of a plan a successor of the value that ended, all or none",
        tag: "Changes",
        parameters: parameters.into_iter().chain([reference("Idempotency-Key")]).collect(),
        body: Some(json!({"required": true, "content": {"application/json": {"schema": schema}}})),
        answers: vec![(200, json_answer("What became of each, in order", many()))],
        problems: &[400, 401, 403, 404, 405, 409, 413, 415, 422, 503, 504],
        writes: true,
    };
    vec![(path.clone(), show), (path, write)]
}

/// A body that may be left out, with why.
pub fn optional_body(mut members: Value) -> Option<Value> {
    members["reason"] = reason();
    members["confirm"] = confirm();
    let schema = json!({"type": "object", "properties": members});
    Some(json!({"required": false, "content": {"application/json": {"schema": schema}}}))
}

/// The header by which a write that is sent again is not done again.
pub fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "The same key with the same request is answered again for 24 hours, not done again",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200}})
}

pub fn schemas() -> Vec<(&'static str, Value)> {
    let batch = json!({
        "type": "object",
        "required": ["id", "collection", "op", "at", "by", "count"],
        "properties": {
            "id": {"type": "integer"}, "collection": {"type": "string"}, "op": {"type": "string"},
            "at": {"type": "string", "format": "date-time"}, "by": {"type": "string"},
            "reason": {"type": "string", "nullable": true}, "count": {"type": "integer"},
            "undoes": {"type": "integer", "nullable": true}, "undone_by": {"type": "integer", "nullable": true},
            "items": {"type": "array", "items": {"type": "object", "properties": {
                "id": {"type": "integer"}, "version": {"type": "integer"}, "op": {"type": "string"}}}},
        },
    });
    vec![
        ("Batch", batch),
        (
            "BulkAnswer",
            json!({
                "type": "object",
                "required": ["items", "batch"],
                "properties": {
                    "batch": {"type": "integer", "description": "By which the whole can be undone"},
                    "left": {"type": "array", "description": "Of an undo: what was left, and why", "items": {"type": "object", "properties": {
                        "id": {"type": "integer"}, "why": {"type": "string", "enum": ["changed", "outside_scope"]}}}},
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
        ),
    ]
}
