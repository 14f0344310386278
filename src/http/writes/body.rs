//! Parses the bodies and preconditions of writes.

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_TYPE, Header, HeaderMap, IF_MATCH, IfMatch};
use serde_json::{Value, json};

use crate::access::Caller;
use crate::error::Error;
use crate::http::caching::uncoded;
use crate::input::json::parse;
use crate::layers::normalise::{Write, normalise};
use crate::layers::value::{clean, has_controls};
use crate::layers::{Layer, Problem, Properties, secret};
use crate::register::writing::{Draft, Expected};
use crate::texts::{Text, text};

/// Media types of a feature.
pub const FEATURE: &[&str] = &["application/geo+json", "application/json"];
/// Media types of a change to a feature.
pub const PATCH: &[&str] = &["application/merge-patch+json", "application/geo+json", "application/json"];

pub const LONGEST_REASON: usize = 500;
/// The most features of a bulk write.
pub const MOST_FEATURES: usize = 10_000;

/// Parses a body as a JSON object. Its media type, if it has one (OWSLib's `PUT` has none), must be one of `types`.
pub fn read_object(headers: &HeaderMap, body: &[u8], types: &[&str]) -> Result<Value, Error> {
    let given = headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    let essence = given.map(|given| given.split(';').next().unwrap_or_default().trim());
    if essence.is_some_and(|essence| !types.iter().any(|known| known.eq_ignore_ascii_case(essence))) {
        return Err(Error::UnsupportedMediaType);
    }
    let value = parse(body).map_err(|malformed| invalid("", malformed.text()))?;
    if value.is_object() { Ok(value) } else { Err(not_a_feature()) }
}

/// Parses a body as a JSON object. An empty body counts as `{}`.
pub fn read_optional(headers: &HeaderMap, body: &[u8]) -> Result<Value, Error> {
    if body.is_empty() { Ok(json!({})) } else { read_object(headers, body, FEATURE) }
}

/// Checks that a body is a feature. With `patch` it may be a part of one, which needs no `type`.
pub fn check_feature(value: &Value, patch: bool) -> Result<(), Error> {
    match value.get("type") {
        Some(name) if name == "Feature" => Ok(()),
        None if patch => Ok(()),
        _ => Err(not_a_feature()),
    }
}

fn not_a_feature() -> Error {
    invalid("/type", text!("json.malformed/feature"))
}

fn invalid(pointer: impl Into<String>, text: Text) -> Error {
    Error::Invalid(vec![Problem::in_body(pointer, text)])
}

/// The new record that a feature describes. `source_org` is the organisation of the account, unless the feature names
/// another.
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

/// The change that a feature makes to a record.
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

/// Rejects unknown members: ignoring them could hide a misspelt one.
pub fn only_members(body: &Value, known: &[&str]) -> Result<(), Error> {
    let unknown =
        body.as_object().into_iter().flat_map(|body| body.keys()).filter(|name| !known.contains(&name.as_str()));
    let problems: Vec<_> = unknown
        .map(|name| Problem::in_body(format!("/{name}"), text!("property.unknown/listed", name, known)))
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Checks that an `id` in the body, if there is one, is the id in the path.
pub fn same_id(feature: &Value, id: i64) -> Result<(), Error> {
    match feature.get("id") {
        Some(given) if given != id && given.as_str() != Some(&id.to_string()) => {
            Err(invalid("/id", text!("id.mismatch")))
        }
        _ => Ok(()),
    }
}

/// What a writer adds to a write besides the data.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Remarks {
    /// The reason for the write. It is kept with each version.
    pub reason: Option<String>,
    /// The codes of the warnings that the writer confirms.
    pub confirm: Vec<String>,
}

/// Parses the members `reason` and `confirm` of a body.
pub fn remarks(body: &Value) -> Result<Remarks, Error> {
    let reason = match body.get("reason") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(reason(text)?).filter(|reason| !reason.is_empty()),
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

/// A cleaned reason, which may be empty.
///
/// # Errors
/// 422 when it is too long or has something that no text may hold.
pub fn reason(text: &str) -> Result<String, Error> {
    let reason = clean(text);
    let wrong = |text: Text| Err(invalid("/reason", text.with("field", Text::new("reason"))));
    if has_controls(&reason) {
        return wrong(text!("text.control"));
    }
    if reason.chars().count() > LONGEST_REASON {
        return wrong(text!("range/length", max = LONGEST_REASON));
    }
    if secret::is_in(&reason) {
        return wrong(text!("secret.in_text"));
    }
    Ok(reason)
}

/// Parses the precondition `If-Match` of a request.
pub fn expected(request: &HttpRequest) -> Expected {
    if !request.headers().contains_key(IF_MATCH) {
        return Expected::Unsaid;
    }
    let tags = match IfMatch::parse(request) {
        Ok(IfMatch::Any) => return Expected::Any,
        Ok(IfMatch::Items(tags)) => tags,
        Err(_) => Vec::new(),
    };
    // RFC 9110 compares strongly, and a proxy that compresses makes every tag weak: no client behind it could write. The
    // tag is the version, so it is exact all the same.
    let version = |tag: &str| tag.parse().ok().filter(|version: &i64| version.to_string() == tag);
    // What follows a hyphen names the form in which the feature was read: its system of coordinates.
    let plain = |tag: &str| version(uncoded(tag).split('-').next().unwrap_or_default());
    let versions: Vec<i64> = tags.iter().filter_map(|tag| plain(tag.tag())).collect();
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

/// The problem of a member with the wrong type.
pub fn wrong_type(name: &'static str, expected: Text) -> Error {
    invalid(format!("/{name}"), text!("type", field = Text::new(name), expected))
}

/// The records of a bulk write, each with its `id` and expected `version`. A duplicate id is a problem.
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
