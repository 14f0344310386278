//! What the bodies of writes say.

use actix_web::http::header::{CONTENT_TYPE, Header, HeaderMap, IF_MATCH, IfMatch};
use actix_web::{HttpRequest, web};
use serde_json::{Value, json};

use crate::access::Caller;
use crate::error::Error;
use crate::layers::normalise::{Write, normalise};
use crate::layers::{Layer, Problem, Properties, secret};
use crate::register::writing::{Draft, Expected};
use crate::texts::{Text, text};

/// Media types of a feature.
pub const FEATURE: &[&str] = &["application/geo+json", "application/json"];
/// Media types of a change of a feature.
pub const PATCH: &[&str] = &["application/merge-patch+json", "application/geo+json", "application/json"];

const LONGEST_REASON: usize = 500;
/// Most features of a bulk write.
pub const MOST_FEATURES: usize = 10_000;

/// The bytes of a body; after it is known who sends it.
pub async fn bytes(payload: web::Payload, limit: usize) -> Result<web::Bytes, Error> {
    match payload.to_bytes_limited(limit).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(invalid("", text!("json.malformed/broken"))),
        Err(_) => Err(Error::TooLarge),
    }
}

/// The JSON object of a body of one of the media types.
pub fn read_object(headers: &HeaderMap, body: &[u8], types: &[&str]) -> Result<Value, Error> {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if !types.iter().any(|known| known.eq_ignore_ascii_case(essence)) {
        return Err(Error::UnsupportedMediaType);
    }
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| invalid("", text!("json.malformed", line = error.line(), column = error.column())))?;
    if value.is_object() { Ok(value) } else { Err(no_feature()) }
}

/// The JSON object of a body that may be left out.
pub fn read_optional(headers: &HeaderMap, body: &[u8]) -> Result<Value, Error> {
    if body.is_empty() { Ok(json!({})) } else { read_object(headers, body, FEATURE) }
}

/// A feature, or with `patch` a part of one, which need not say that it is one.
pub fn check_feature(value: &Value, patch: bool) -> Result<(), Error> {
    match value.get("type") {
        Some(name) if name == "Feature" => Ok(()),
        None if patch => Ok(()),
        _ => Err(no_feature()),
    }
}

fn no_feature() -> Error {
    invalid("/type", text!("json.malformed/feature"))
}

fn invalid(pointer: impl Into<String>, text: Text) -> Error {
    Error::Invalid(vec![Problem::in_body(pointer, text)])
}

/// A new record of a feature. What an account registers is its organisation's, unless it says another.
pub fn draft(
    layer: &'static Layer,
    caller: &Caller,
    feature: &Value,
    today: chrono::NaiveDate,
) -> Result<Draft, Error> {
    let mut given = properties(feature)?;
    if let Some(organisation) = caller.account().and_then(|account| account.organisation.as_ref()) {
        given.entry("source_org").or_insert_with(|| json!(organisation));
    }
    let record = normalise(layer, Write::Create, &given, Some(&feature["geometry"]), today).map_err(Error::Invalid)?;
    Ok(Draft { given, record })
}

/// The change of a record that a feature says.
pub fn change(
    layer: &'static Layer,
    write: Write<'_>,
    feature: &Value,
    today: chrono::NaiveDate,
) -> Result<Draft, Error> {
    let given = properties(feature)?;
    let geometry = match write {
        Write::Patch { .. } => feature.get("geometry"),
        Write::Create | Write::Replace { .. } => Some(&feature["geometry"]),
    };
    let record = normalise(layer, write, &given, geometry, today).map_err(Error::Invalid)?;
    Ok(Draft { given, record })
}

fn properties(feature: &Value) -> Result<Properties, Error> {
    match feature.get("properties") {
        Some(Value::Object(properties)) => Ok(properties.clone()),
        None | Some(Value::Null) => Ok(Properties::new()),
        Some(_) => Err(wrong_type("properties", text!("expected.object"))),
    }
}

/// Refuses members that a body does not have: what was meant would be passed over.
pub fn only_members(body: &Value, known: &[&str]) -> Result<(), Error> {
    let unknown =
        body.as_object().into_iter().flat_map(|body| body.keys()).filter(|name| !known.contains(&name.as_str()));
    let problems: Vec<_> = unknown
        .map(|name| Problem::in_body(format!("/{name}"), text!("property.unknown/listed", name, known)))
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// An `id` in a body is that of the address, or absent.
pub fn same_id(feature: &Value, id: i64) -> Result<(), Error> {
    match feature.get("id") {
        Some(given) if given != id && given.as_str() != Some(&id.to_string()) => {
            Err(invalid("/id", text!("id.mismatch")))
        }
        _ => Ok(()),
    }
}

/// What a writer says of the write beside the data.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Remarks {
    /// Why; kept with each version.
    pub reason: Option<String>,
    /// Warnings confirmed.
    pub confirm: Vec<String>,
}

/// The members `reason` and `confirm` of a body.
pub fn remarks(body: &Value) -> Result<Remarks, Error> {
    let field = || Text::new("reason");
    let reason = match body.get("reason") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.chars().count() > LONGEST_REASON || text.chars().any(|c| c == '\0') => {
            return Err(invalid("/reason", text!("range/length", field = field(), max = LONGEST_REASON)));
        }
        Some(Value::String(text)) if secret::is_in(text) => {
            return Err(invalid("/reason", text!("secret.in_text", field = field())));
        }
        Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Some(_) => return Err(wrong_type("reason", text!("expected.text"))),
    };
    let confirm = match body.get("confirm") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(codes)) if codes.iter().all(|code| code == "dup.near") => {
            codes.first().into_iter().filter_map(|code| code.as_str().map(str::to_owned)).collect()
        }
        Some(_) => {
            return Err(invalid("/confirm", text!("enum.unknown/confirm")));
        }
    };
    Ok(Remarks { reason, confirm })
}

/// The precondition of a request.
pub fn expected(request: &HttpRequest) -> Expected {
    if !request.headers().contains_key(IF_MATCH) {
        return Expected::Unsaid;
    }
    let tags = match IfMatch::parse(request) {
        Ok(IfMatch::Any) => return Expected::Any,
        Ok(IfMatch::Items(tags)) => tags,
        Err(_) => Vec::new(),
    };
    // Compared strongly: a weak tag names no version.
    let strong = tags.iter().filter(|tag| !tag.weak);
    let versions: Vec<i64> = strong.filter_map(|tag| tag.tag().parse().ok()).collect();
    if versions.is_empty() { Expected::Other } else { Expected::Versions(versions) }
}

/// The features of a bulk write, under the member `name`.
pub fn list<'a>(body: &'a Value, name: &'static str) -> Result<&'a Vec<Value>, Error> {
    match body.get(name) {
        Some(Value::Array(list)) if list.is_empty() || list.len() > MOST_FEATURES => {
            let text = text!("range/elements", field = Text::new(name), max = MOST_FEATURES);
            Err(invalid(format!("/{name}"), text))
        }
        Some(Value::Array(list)) => Ok(list),
        _ => Err(wrong_type(name, text!("expected.list"))),
    }
}

/// A member of a body, by its name, that is not what it should be.
pub fn wrong_type(name: &'static str, expected: Text) -> Error {
    invalid(format!("/{name}"), text!("type", field = Text::new(name), expected))
}

/// The records that a bulk write is of, each with its `id` and the `version` that is meant, every one once.
pub fn targets(list: &[Value], name: &str) -> Result<Vec<(i64, Expected)>, Error> {
    let mut problems = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut targets = Vec::with_capacity(list.len());
    for (index, item) in list.iter().enumerate() {
        let pointer = format!("/{name}/{index}/id");
        let id = item.get("id").or(Some(item)).and_then(Value::as_i64).filter(|id| *id > 0);
        let version = item.get("version").or_else(|| item.get("properties")?.get("version"));
        let expected = match version {
            None | Some(Value::Null) => Expected::Unsaid,
            Some(version) => version.as_i64().map_or(Expected::Other, |version| Expected::Versions(vec![version])),
        };
        match id {
            None => problems.push(Problem::in_body(pointer, text!("required", field = Text::new("id")))),
            Some(id) if !seen.insert(id) => {
                problems.push(Problem::in_body(pointer, text!("dup.id")));
            }
            Some(id) => targets.push((id, expected)),
        }
    }
    if problems.is_empty() { Ok(targets) } else { Err(Error::Invalid(problems)) }
}
