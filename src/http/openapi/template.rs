//! The templates of the OpenAPI document: JSON in which the text `$name` stands for a value, and operations leave out
//! what all operations have in common.

use serde_json::{Map, Value, json};

pub fn read(template: &str) -> Value {
    serde_json::from_str(template).expect("the templates are JSON")
}

/// Replaces each name by its value, also within values. Unknown names stay.
pub fn fill(template: &mut Value, values: &Map<String, Value>) {
    match template {
        Value::String(text) => {
            if let Some(value) = text.strip_prefix('$').and_then(|name| values.get(name)) {
                *template = value.clone();
                fill(template, values);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, values)),
        Value::Object(members) => members.values_mut().for_each(|member| fill(member, values)),
        _ => {}
    }
}

/// Expands the operations of one path to OpenAPI, by method.
pub fn path_item(item: &Value) -> Value {
    let operations = item.as_object().into_iter().flatten();
    operations.map(|(method, short)| (method.clone(), operation(method, short))).collect()
}

/// Expands one operation. `problems` lists the statuses that answer with a problem document. `caller` is `account` if
/// anonymous callers are rejected. A parameter that is a text refers to a shared one.
fn operation(method: &str, short: &Value) -> Value {
    let parameters = short["parameters"].as_array().into_iter().flatten();
    let parameters: Vec<_> = parameters
        .map(|parameter| match parameter.as_str() {
            Some(name) => json!({"$ref": format!("#/components/parameters/{name}")}),
            None => parameter.clone(),
        })
        .collect();
    let mut responses = short["responses"].as_object().cloned().unwrap_or_default();
    let problems = short["problems"].as_array().into_iter().flatten().filter_map(Value::as_u64);
    // Every operation can be called too often, or with a request that is too long; a read, in a form that there is not, or with
    // parameters that are not encoded properly.
    let of_reads = (method == "get").then_some([400, 406]).into_iter().flatten();
    for status in problems.chain(of_reads).chain([414, 429, 431]) {
        responses.insert(status.to_string(), json!({"$ref": "#/components/responses/Problem"}));
    }
    let mut operation = json!({
        "operationId": short["operationId"],
        "summary": short["summary"],
        "description": short["summary"],
        "tags": short["tags"],
        "parameters": parameters,
        "responses": responses,
        "security": match (short["caller"] == "account", method) {
            (true, "get") => json!([{"token": []}, {"session": []}]),
            (true, _) => json!([{"token": []}, {"session": [], "csrf": []}]),
            (false, _) => json!([{}, {"token": []}, {"session": []}]),
        },
    });
    if let Some(body) = short.get("requestBody") {
        operation["requestBody"] = body.clone();
    }
    operation
}
