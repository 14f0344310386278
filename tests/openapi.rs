//! The OpenAPI document describes what the service does.

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use crate::common::Server;
use crate::permissions::{Operation, address, operations};

#[test]
fn committed_document_matches_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json");
    let committed = std::fs::read_to_string(path).ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
    assert!(
        committed == Some(hatang::http::openapi::document()),
        "openapi/openapi.json is not what the code says: run `make openapi` and commit the file"
    );
}

/// The paths in the list of routes, in their written form.
fn routed() -> Vec<String> {
    let source = include_str!("../src/http/routes.rs");
    let (_, api) = source.split_once("web::scope(BASE)").unwrap();
    let (api, _) = api.split_once("\n}\n").unwrap();
    let mut paths: Vec<_> =
        api.split('"').skip(1).step_by(2).filter(|text| text.starts_with("/")).map(str::to_owned).collect();
    paths.push("/".into());
    paths.sort();
    paths
        .into_iter()
        .map(|path| path.replace("{collection}", "{collectionId}").replace("{id}", "{featureId}"))
        .collect()
}

#[test]
fn every_route_is_documented() {
    let document = hatang::http::openapi::document();
    let documented = document["paths"].as_object().unwrap();
    let routed = routed();
    for path in &routed {
        assert!(documented.contains_key(path), "{path} is not documented");
    }
    for layer in hatang::layers::ALL {
        assert!(documented.contains_key(&format!("/collections/{}/items", layer.collection)));
    }
    let concrete = |path: &str| {
        hatang::layers::ALL.iter().any(|layer| path.starts_with(&format!("/collections/{}/", layer.collection)))
    };
    for path in documented.keys().filter(|path| !concrete(path)) {
        assert!(routed.contains(path), "{path} is documented and not routed");
    }
}

#[actix_web::test]
async fn methods_match_the_document() {
    let server = Server::with_demo().await;
    let operations = operations();
    for Operation { path, .. } in &operations {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let documented = operations.iter().any(|other| other.path == *path && other.method == method);
            let asked = path.replace("{featureId}", "1").replace("{batchId}", "1").replace("{import}", "1");
            let status = server.anonymous().send(method.clone(), &asked, &[], None).await.status;
            assert_eq!(status == 405, !documented, "{method} {path} is {status}");
        }
    }
}

/// Follows a reference to a component.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.strip_prefix('#').unwrap()).expect(reference),
        None => value,
    }
}

/// A value that the schema of a parameter allows.
fn example(parameter: &Value) -> String {
    let name = parameter["name"].as_str().unwrap();
    let schema = &parameter["schema"];
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => {
            values.iter().map(|value| value.to_string().replace('"', "")).collect::<Vec<_>>().join(",")
        }
        value => value.to_string(),
    };
    if let Some(given) = [
        &parameter["example"],
        &parameter["x-example"],
        &schema["example"],
        &schema["default"],
        &schema["enum"][0],
        &schema["items"]["enum"][0],
    ]
    .into_iter()
    .find(|value| !value.is_null())
    {
        return text(given);
    }
    match (name, schema["type"].as_str().unwrap_or_default(), schema["format"].as_str()) {
        ("bbox", ..) => "105,19,106,20".into(),
        ("cursor", ..) => "WzFd".into(),
        ("datetime", ..) => "2023-09-20/..".into(),
        ("collections", ..) => "cameras,towers".into(),
        (_, "string", Some("date")) => "2023-09-20".into(),
        (_, "string", Some("date-time")) => "2023-09-20T00:00:00Z".into(),
        (_, "string", _) if schema["pattern"].is_string() => "00001".into(),
        (_, "string", _) => "4G".into(),
        (_, "integer" | "number", _) => "1".into(),
        (_, "boolean", _) => "true".into(),
        other => panic!("no example of {other:?}"),
    }
}

/// A value for parameters whose schema lists none: one of an enumeration of which several may be given, or an indicator
/// of the layer.
fn choice(operation: &Operation, name: &str) -> Option<String> {
    // Rows of a file have no ids but places.
    if operation.id == "list_import_rows" && name == "cursor" {
        return Some("0".to_owned());
    }
    let layer = operation.layer?;
    if name == "indicator" {
        let counts = |collection: &str| collection == layer.collection;
        return hatang::figures::INDICATORS.iter().find(|it| counts(it.layer.collection)).map(|it| it.code.to_owned());
    }
    // A new record is known from today; a unit of the past is not there today.
    if ["as_of", "known_at"].contains(&name) && operation.path.ends_with("{featureId}") && layer.is_writable() {
        return Some(hatang::time::today().to_string());
    }
    if name == "quality" {
        let of_hamlets = layer.collection == "hamlets";
        return Some(if of_hamlets { "unknown_availability" } else { "unlocated" }.to_owned());
    }
    let field = layer.field(name)?;
    Some(field.value.choices().first()?.value.to_owned())
}

#[actix_web::test]
async fn every_documented_parameter_is_accepted() {
    let server = Server::with_demo().await;
    let document = hatang::http::openapi::document();
    for operation in operations().iter().filter(|operation| operation.method == Method::GET) {
        let path = address(&server, operation).await;
        for parameter in operation.described["parameters"].as_array().unwrap() {
            let parameter = resolve(&document, parameter);
            // The path of an operation has what it requires.
            if parameter["in"] != "query" || parameter["required"] == true {
                continue;
            }
            let name = parameter["name"].as_str().unwrap();
            let value = choice(operation, name).unwrap_or_else(|| example(parameter));
            let next = if path.contains('?') { '&' } else { '?' };
            let asked =
                format!("{path}{next}{name}={}", form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>());
            let answer = server.administrator().get(&asked).await;
            // A tile may have nothing in it.
            assert!([200, 204].contains(&answer.status.as_u16()), "{asked}: {}", answer.summary());
        }
    }
}

/// What a page that tries operations sends for a parameter of which nothing was typed.
fn proposed(parameter: &Value) -> Option<String> {
    let schema = &parameter["schema"];
    let first = if parameter["required"] == true { &schema["enum"][0] } else { &Value::Null };
    let values = [&parameter["example"], &schema["example"], &schema["default"], first];
    let value = values.into_iter().find(|value| !value.is_null())?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

#[actix_web::test]
async fn what_the_documentation_proposes_can_be_sent() {
    /// Each register gives these itself; `every_documented_parameter_is_accepted` asks with its own.
    const OWN: [&str; 8] = ["featureId", "version", "batchId", "import", "user", "statement", "indicator", "group"];
    let server = Server::with_demo().await;
    let document = hatang::http::openapi::document();
    let escape = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    let mut sent = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let mut asked = path.trim_end_matches('/').to_owned();
        for parameter in item["get"]["parameters"].as_array().into_iter().flatten() {
            let parameter = resolve(&document, parameter);
            let name = parameter["name"].as_str().unwrap();
            let Some(value) = proposed(parameter) else {
                assert!(parameter["required"] != true || OWN.contains(&name), "{path}: no example of {name}");
                continue;
            };
            if parameter["in"] == "path" {
                asked = asked.replace(&format!("{{{name}}}"), &escape(&value));
            } else if parameter["in"] == "query" {
                asked += &format!("{}{name}={}", if asked.contains('?') { '&' } else { '?' }, escape(&value));
            }
        }
        if item["get"].is_null() || OWN.iter().any(|name| path.contains(&format!("{{{name}}}"))) {
            continue;
        }
        let answer = server.administrator().get(&asked).await;
        let needs_session = answer.status == 403 && path.starts_with("/auth/");
        assert!([200, 204].contains(&answer.status.as_u16()) || needs_session, "{asked}: {}", answer.summary());
        sent += 1;
    }
    assert!(sent > 50, "{sent}");
    for (path, item) in document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.ends_with("/search")) {
        let example = &item["post"]["requestBody"]["content"]["application/json"]["schema"]["example"];
        let path = path.replace("{collectionId}", "cameras");
        assert_eq!(server.anonymous().post_json(&path, example.clone()).await.status, 200, "{path}: {example}");
    }
}

/// A schema of OpenAPI 3.0, which writes null differently, as JSON Schema.
fn json_schema(schema: &Value) -> Value {
    match schema {
        Value::Object(object) => {
            let mut converted: Map<_, _> =
                object.iter().map(|(name, value)| (name.clone(), json_schema(value))).collect();
            if converted.remove("nullable") == Some(json!(true)) && converted.contains_key("type") {
                converted["type"] = json!([converted["type"], "null"]);
            }
            Value::Object(converted)
        }
        Value::Array(values) => values.iter().map(json_schema).collect(),
        other => other.clone(),
    }
}

#[actix_web::test]
async fn answers_match_the_document() {
    let server = Server::with_demo().await;
    let document = hatang::http::openapi::document();
    let components = json_schema(&document["components"]);
    for operation in operations().iter().filter(|operation| operation.method == Method::GET) {
        let path = address(&server, operation).await.replace("{user}", "1");
        let anonymous = operation.is_open().then(|| server.anonymous());
        for caller in anonymous.into_iter().chain([server.administrator()]) {
            let answer = caller.get(&path).await;
            // `tests/api/auth.rs` tests sessions.
            let refused = matches!(answer.status.as_u16(), 401 | 403);
            if refused && !operation.described["security"].as_array().unwrap().contains(&json!({})) {
                continue;
            }
            let media_type = answer.header("content-type").unwrap();
            let content = operation.described["responses"]["200"]["content"].as_object().unwrap();
            let essence = |name: &str| name.split(';').next().unwrap().to_owned();
            let Some((_, described)) = content.iter().find(|(name, _)| essence(name) == essence(&media_type)) else {
                panic!("{path}: {media_type} is not documented")
            };
            if !media_type.contains("json") {
                continue;
            }
            let mut schema = json_schema(&described["schema"]);
            schema["components"] = components.clone();
            let validator = jsonschema::validator_for(&schema).unwrap();
            if let Some(error) = validator.iter_errors(&answer.json()).next() {
                panic!("{path}: {error} at {}", error.instance_path());
            }
        }
    }
}

#[actix_web::test]
async fn served_document_names_the_server_that_was_asked() {
    let server = Server::new().await;
    let answer = server.anonymous().get("/openapi.json").await;
    assert_eq!(answer.header("content-type").unwrap(), "application/vnd.oai.openapi+json;version=3.0");
    let mut served = answer.json();
    assert_eq!(served["servers"], json!([{"url": "http://hatang.test/api/v1"}]));
    let kept = hatang::http::openapi::document();
    served["servers"] = kept["servers"].clone();
    assert_eq!(served, kept);
}

#[test]
fn gis_clients_find_what_they_look_for() {
    let document = hatang::http::openapi::document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.0."));
    // QGIS takes its page size from this limit.
    let limit = &document["components"]["parameters"]["limit"]["schema"];
    assert_eq!((&limit["maximum"], &limit["default"]), (&json!(10_000), &json!(100)));
    // GDAL sends a filter only for parameters that it finds on the concrete path.
    let towers = document["paths"]["/collections/towers/items"]["get"]["parameters"].as_array().unwrap();
    assert!(towers.iter().any(|parameter| parameter["name"] == "operator"));
}
