//! The templates of the document: JSON in which a text `$name` stands for a value, and in which an operation leaves out
//! what all operations have alike.

use serde_json::{Map, Value, json};

pub fn read(template: &str) -> Value {
    serde_json::from_str(template).expect("the templates are JSON")
}

/// Puts each value in the place of its name. A value may hold names of others; unknown names stay.
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

/// The operations of one path as OpenAPI writes them, by method.
pub fn path_item(item: &Value) -> Value {
    let operations = item.as_object().into_iter().flatten();
    operations.map(|(method, short)| (method.clone(), operation(method, short))).collect()
}

/// `problems` lists the statuses that a problem document answers; `caller` is `account` where anonymous callers are
/// refused. A parameter that is a text is one of the shared ones.
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
    // Anything can be asked too often, or be too long.
    for status in problems.chain([414, 429, 431]) {
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
