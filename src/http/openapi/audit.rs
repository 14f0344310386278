//! The audit trail and what it guards: erasure.

use serde_json::{Value, json};

use crate::http::openapi::operations::{Operation, get, json_answer};
use crate::http::openapi::parameters::reference;
use crate::layers::ALL;

pub fn operations() -> Vec<(String, Operation)> {
    let query = |name: &str, description: &str, schema: Value| json!({"name": name, "in": "query", "required": false, "description": description, "schema": schema});
    let text = || json!({"type": "string"});
    let layers: Vec<_> = ALL.iter().map(|layer| layer.collection).collect();
    let moment =
        |name: &str, description: &str| query(name, description, json!({"type": "string", "example": "2026-11-24"}));
    let mut trail = get(
        "list_events",
        "The audit trail, newest first",
        "Accounts",
        vec![
            query("actor", "The name of an account", text()),
            query("action", "What was done", json!({"type": "string", "example": "restricted.read"})),
            query("collection", "The id of a layer", json!({"type": "string", "enum": layers})),
            moment("from", "From this time on: RFC 3339, or a day in Vietnam"),
            moment("to", "Before this time"),
            query(
                "limit",
                "At most so many",
                json!({"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
            ),
            query("cursor", "Where the page begins: taken from a next link", json!({"type": "string", "example": "1"})),
            reference("f"),
        ],
        json_answer(
            "Events",
            json!({"type": "object", "required": ["events", "links"], "properties": {
                "events": {"type": "array", "items": {"$ref": "#/components/schemas/AuditEvent"}},
                "links": {"type": "array", "items": {"$ref": "#/components/schemas/Link"}},
            }}),
        ),
    );
    trail.problems = &[400, 401, 403, 503];
    vec![("/audit".to_owned(), trail)]
}

pub fn schemas() -> Vec<(&'static str, Value)> {
    let text = || json!({"type": "string"});
    let optional = || json!({"type": "string", "nullable": true});
    vec![(
        "AuditEvent",
        json!({
            "type": "object",
            "required": ["id", "at", "actor", "action", "detail"],
            "properties": {
                "id": {"type": "integer"}, "at": {"type": "string", "format": "date-time"}, "actor": text(), "action": text(),
                "collection": optional(), "detail": {"type": "object"}, "request_id": optional(), "address": optional(),
            },
        }),
    )]
}

/// Erasing fields of a record of a layer.
pub fn erasure(item: &str, suffix: &str, parameters: Vec<Value>) -> (String, Operation) {
    let body = json!({"required": true, "content": {"application/json": {"schema": {
        "type": "object",
        "required": ["fields", "reason"],
        "properties": {
            "fields": {"type": "array", "minItems": 1, "items": {"type": "string"}},
            "reason": {"type": "string", "minLength": 1, "maxLength": 500},
        },
    }}}});
    let answer = json_answer(
        "What was erased. SHA-256 of salt and value, as UTF-8, is the hash; the salt is not stored: keep it as the receipt",
        json!({"type": "object", "required": ["id", "erased", "salt"], "properties": {
            "id": {"type": "integer"}, "salt": {"type": "string"},
            "erased": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        }}),
    );
    let operation = Operation {
        method: "post",
        id: format!("erase_fields{suffix}"),
        summary: "Erase personal data from a feature and its history, for good",
        tag: "Accounts",
        parameters,
        body: Some(body),
        answers: vec![(200, answer)],
        problems: &[400, 401, 403, 404, 405, 413, 415, 422, 503],
        writes: true,
    };
    (format!("{item}/erase"), operation)
}
