//! Every operation of the API.

use serde_json::{Map, Value, json};

use crate::files::export::Format;
use crate::http::openapi::components::feature_name;
use crate::http::openapi::parameters;
use crate::http::openapi::parameters::reference;
use crate::layers::{ALL, Layer};
use crate::register::erasure;

/// An operation: method, id, summary, tag, parameters, body, answers.
pub struct Operation {
    pub method: &'static str,
    pub id: String,
    pub summary: &'static str,
    pub tag: &'static str,
    pub parameters: Vec<Value>,
    pub body: Option<Value>,
    pub answers: Vec<(u16, Value)>,
    /// Statuses that are answered by a problem document.
    pub problems: &'static [u16],
    pub writes: bool,
}

/// Operations that neither ask who is there nor the database.
const SAME_FOR_ALL: &[&str] = &["show_landing", "show_conformance", "show_openapi", "show_docs", "list_definitions"];

/// Reads that strangers may not ask for.
const SIGNED_IN: &[&str] = &["list_events", "list_batches", "find_batch", "show_reclassification"];

/// Path to operations.
pub fn paths() -> Value {
    let mut paths = Map::new();
    for (path, operation) in all() {
        let item = paths.entry(path).or_insert_with(|| json!({}));
        let method = operation.method;
        item[method] = describe(operation);
    }
    Value::Object(paths)
}

fn all() -> Vec<(String, Operation)> {
    let mut all = vec![
        (
            "/".to_owned(),
            get(
                "show_landing",
                "The landing page",
                "Capabilities",
                vec![reference("f")],
                json_answer("Links", json!({"type": "object"})),
            ),
        ),
        (
            "/conformance".to_owned(),
            get(
                "show_conformance",
                "Conformance classes",
                "Capabilities",
                vec![reference("f")],
                json_answer(
                    "Classes",
                    json!({"type": "object", "required": ["conformsTo"], "properties": {"conformsTo": {"type": "array", "items": {"type": "string"}}}}),
                ),
            ),
        ),
        (
            "/openapi.json".to_owned(),
            get(
                "show_openapi",
                "This document",
                "Capabilities",
                vec![reference("f")],
                answer("OpenAPI 3.0", crate::http::openapi::MEDIA_TYPE, json!({"type": "object"})),
            ),
        ),
        (
            "/docs".to_owned(),
            get(
                "show_docs",
                "This document, to read",
                "Capabilities",
                vec![],
                answer("A page", "text/html", json!({"type": "string"})),
            ),
        ),
        (
            "/collections".to_owned(),
            get(
                "list_collections",
                "The layers",
                "Capabilities",
                vec![reference("f")],
                json_answer(
                    "Layers",
                    json!({"type": "object", "required": ["collections", "links"], "properties": {"collections": {"type": "array", "items": {"type": "object"}}, "links": {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}}}),
                ),
            ),
        ),
        (
            "/changes".to_owned(),
            get(
                "list_changes",
                "What changed after a number",
                "Changes",
                change_parameters(),
                json_answer(
                    "Changes in order",
                    json!({"type": "object", "required": ["changes", "next", "more", "scope"], "properties": {"changes": {"type": "array", "items": {"$ref": "#/components/schemas/Change"}}, "next": {"type": "integer", "description": "The number to ask after next time"}, "more": {"type": "boolean", "description": "Whether to ask at once: there are changes beyond, even if none of this page was the caller's"}, "scope": {"type": "string", "description": "A hash of what the caller may see: when it changes, read the layers anew and follow from `next`"}}}),
                ),
            ),
        ),
    ];
    all.push(("/changes/stream".to_owned(), stream()));
    all.extend(crate::http::openapi::stats::operations());
    all.extend(crate::http::openapi::accounts::operations());
    all.extend(crate::http::openapi::audit::operations());
    all.extend(crate::http::openapi::writes::batches());
    all.extend(crate::http::openapi::writes::reclassification());
    all.extend(crate::http::openapi::imports::operations());
    for (_, operation) in &mut all {
        if SAME_FOR_ALL.contains(&operation.id.as_str()) {
            operation.problems = &[400];
        }
    }
    for (suffix, id, summary) in [
        ("", "find_collection", "A layer"),
        ("/schema", "show_schema", "The fields of a layer"),
        ("/feature-schema", "show_feature_schema", "The GeoJSON Schema of a feature"),
        ("/queryables", "show_queryables", "What a layer can be filtered by"),
        ("/sortables", "show_sortables", "What a layer can be sorted by"),
    ] {
        let media_type = if suffix.is_empty() { "application/json" } else { "application/schema+json" };
        let mut operation = get(
            id,
            summary,
            "Capabilities",
            vec![reference("collectionId"), reference("f")],
            answer(summary, media_type, json!({"type": "object"})),
        );
        operation.problems = &[400, 401, 404, 503];
        all.push((format!("/collections/{{collectionId}}{suffix}"), operation));
    }
    let generic = vec![reference("collectionId")];
    all.extend(of_layer("/collections/{collectionId}", "", generic, None));
    for layer in ALL {
        all.extend(of_layer(
            &format!("/collections/{}", layer.collection),
            &format!("_{}", layer.table()),
            vec![],
            Some(layer),
        ));
    }
    all
}

/// The operations on the features of a layer, or of any layer by template.
fn of_layer(path: &str, suffix: &str, own: Vec<Value>, layer: Option<&'static Layer>) -> Vec<(String, Operation)> {
    let name = layer.map_or_else(|| "CamerasFeature".to_owned(), feature_name);
    let feature = json!({"$ref": format!("#/components/schemas/{name}")});
    let features = json!({"$ref": format!("#/components/schemas/{name}Collection")});
    let (feature, features) = match layer {
        Some(_) => (feature, features),
        None => (json!({"type": "object"}), json!({"type": "object"})),
    };
    let items = format!("{path}/items");
    let item = format!("{path}/items/{{featureId}}");
    let with = |more: &[&str]| own.iter().cloned().chain(more.iter().map(|name| reference(name))).collect::<Vec<_>>();

    let list_parameters = own
        .iter()
        .cloned()
        .chain(parameters::of_items(layer))
        .chain(layer.map(parameters::of_fields).unwrap_or_default());
    let mut list = get(
        &format!("list_items{suffix}"),
        "Features",
        "Layers",
        list_parameters.collect(),
        also_files(answer("A page of features, or a file of all", "application/geo+json", features)),
    );
    list.problems = &[400, 401, 404, 503, 504];
    let mut find = get(
        &format!("find_item{suffix}"),
        "A feature",
        "Layers",
        with(&["featureId", "f-items"]),
        tagged(answer("The feature", "application/geo+json", feature.clone())),
    );
    find.problems = &[400, 401, 404, 503];
    let mut operations = vec![(items.clone(), list), (item.clone(), find)];
    if layer.is_some_and(|layer| !layer.is_writable()) {
        return operations;
    }
    let mut history = get(
        &format!("list_versions{suffix}"),
        "Every version of a feature",
        "Changes",
        with(&["featureId", "f"]),
        json_answer(
            "Versions, oldest first",
            json!({"type": "object", "required": ["id", "versions"], "properties": {"id": {"type": "integer"}, "versions": {"type": "array", "items": {"$ref": "#/components/schemas/Version"}}}}),
        ),
    );
    history.problems = &[400, 401, 404, 503];
    operations.push((format!("{item}/history"), history));
    if layer.is_none_or(|layer| layer.fields().any(|field| erasure::is_erasable(layer, field))) {
        operations.push(crate::http::openapi::audit::erasure(&item, suffix, with(&["featureId"])));
    }

    let body = |types: &[&str]| {
        let content: Map<_, _> = types.iter().map(|name| ((*name).to_owned(), json!({"schema": feature}))).collect();
        Some(json!({"required": true, "content": content}))
    };
    let whole = ["application/geo+json", "application/json"];
    operations.push((
        items.clone(),
        Operation {
            method: "post",
            id: format!("create_item{suffix}"),
            summary: "Add a feature",
            tag: "Layers",
            parameters: with(&["Idempotency-Key"]),
            body: crate::http::openapi::writes::one_or_many(body(&whole), "features"),
            answers: vec![(
                201,
                located(tagged(crate::http::openapi::writes::also_many(answer(
                    "The feature as it is now; of many, what became of each",
                    "application/geo+json",
                    feature.clone(),
                )))),
            )],
            problems: &[400, 401, 403, 404, 405, 409, 413, 415, 422, 503],
            writes: true,
        },
    ));
    for (method, id, summary, types) in [
        ("put", "replace_item", "Replace a feature", &whole[..]),
        (
            "patch",
            "update_item",
            "Change fields of a feature (merge patch)",
            &["application/merge-patch+json", "application/geo+json", "application/json"][..],
        ),
        ("delete", "delete_item", "Delete a feature; history keeps it", &[][..]),
    ] {
        let deletes = method == "delete";
        let done = if deletes {
            (204, json!({"description": "Deleted"}))
        } else {
            (200, tagged(answer("The feature as it is now", "application/geo+json", feature.clone())))
        };
        operations.push((
            item.clone(),
            Operation {
                method,
                id: format!("{id}{suffix}"),
                summary,
                tag: "Layers",
                parameters: with(&["featureId", "If-Match", "Idempotency-Key"]),
                body: if deletes { crate::http::openapi::writes::optional_body(json!({})) } else { body(types) },
                answers: vec![done],
                problems: &[400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 503],
                writes: true,
            },
        ));
    }
    operations.extend(crate::http::openapi::writes::bulk(&items, suffix, &own));
    operations.extend(crate::http::openapi::writes::more(path, suffix, &own, &feature, layer));
    operations
}

fn stream() -> Operation {
    let described = "Server-sent events. `scope`: what the caller may see, as in `GET /changes`, first and whenever it becomes another. \
        `change`: a Change, under its `seq` as `id`. `end`: the credential has ended. Comments in between.";
    let number = json!({"type": "integer", "minimum": 0});
    let mut parameters = change_parameters();
    parameters.truncate(2);
    parameters.push(json!({"name": "Last-Event-ID", "in": "header", "required": false, "description": "The `id` of the last event seen, instead of `after`; browsers send it when they come back", "schema": number}));
    get(
        "stream_changes",
        "What changes, as it happens",
        "Changes",
        parameters,
        answer(described, "text/event-stream", json!({"type": "string"})),
    )
}

fn change_parameters() -> Vec<Value> {
    let query = |name: &str, description: &str, schema: Value| json!({"name": name, "in": "query", "required": false, "description": description, "schema": schema});
    vec![
        query("after", "The last number seen; 0 for all", json!({"type": "integer", "minimum": 0, "default": 0})),
        query("collections", "Ids of layers, separated by commas", json!({"type": "string"})),
        query("limit", "At most so many", json!({"type": "integer", "minimum": 1, "maximum": 10_000, "default": 1000})),
        reference("f"),
    ]
}

pub fn get(id: &str, summary: &'static str, tag: &'static str, parameters: Vec<Value>, answer: Value) -> Operation {
    Operation {
        method: "get",
        id: id.to_owned(),
        summary,
        tag,
        parameters,
        body: None,
        answers: vec![(200, answer)],
        problems: &[400, 401, 503],
        writes: false,
    }
}

fn describe(operation: Operation) -> Value {
    let mut responses: Map<String, Value> =
        operation.answers.into_iter().map(|(status, answer)| (status.to_string(), answer)).collect();
    // Whatever is asked can be asked too often, or be too long.
    for status in operation.problems.iter().chain(&[414, 429, 431]) {
        responses.insert(status.to_string(), json!({"$ref": "#/components/responses/Problem"}));
    }
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "description": operation.summary,
        "tags": [operation.tag],
        "parameters": operation.parameters,
        "responses": responses,
        "security": match (operation.writes || SIGNED_IN.contains(&operation.id.as_str()), operation.method) {
            (true, "get") => json!([{"token": []}, {"session": []}]),
            (true, _) => json!([{"token": []}, {"session": [], "csrf": []}]),
            (false, _) => json!([{}, {"token": []}, {"session": []}]),
        },
    });
    if let Some(body) = operation.body {
        described["requestBody"] = body;
    }
    described
}

pub fn answer(description: &str, media_type: &str, schema: Value) -> Value {
    json!({"description": description, "content": {media_type: {"schema": schema}}})
}

fn also_files(mut answer: Value) -> Value {
    for format in Format::ALL.into_iter().filter(|format| *format != Format::Geojson) {
        answer["content"][format.media_type()] = json!({"schema": {"type": "string", "format": "binary"}});
    }
    answer
}

pub fn json_answer(description: &str, schema: Value) -> Value {
    answer(description, "application/json", schema)
}

fn tagged(mut answer: Value) -> Value {
    answer["headers"]["ETag"] = json!({"description": "The version", "schema": {"type": "string"}});
    answer
}

fn located(mut answer: Value) -> Value {
    answer["headers"]["Location"] =
        json!({"description": "Where the feature is", "schema": {"type": "string", "format": "uri"}});
    answer
}
