//! Reads an upload: the file, as the body or as a part of a form, and its parameters.

use std::sync::Arc;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, web};
use chrono::NaiveDate;
use futures_util::StreamExt;
use serde_json::Value;

use crate::access::Caller;
use crate::error::Error;
use crate::http::clock::Clock;
use crate::http::heavy::{Body, Room};
use crate::http::multipart::parts;
use crate::http::state::App;
use crate::imports::interpret::Instructions;
use crate::imports::interpret::instructions::malformed;
use crate::imports::{Mode, Options, Sent};
use crate::input::{Params, json};
use crate::layers::{Crs, Layer, Problem};
use crate::texts::{Text, text};
use crate::time::date_of;

/// The longest fields of a form together, bytes, and how many there may be.
const FIELDS_LIMIT: usize = 256 * 1024;
const MOST_FIELDS: usize = 40;

/// Reads an upload. Its parameters come from the query or from the fields of the form.
///
/// # Errors
/// 400 for parameters, 413 for a file that is too large, 422 without a file.
pub async fn read(
    layer: &'static Layer,
    caller: &Caller,
    request: &HttpRequest,
    payload: web::Payload,
    app: &App,
) -> Result<(Sent, Room), Error> {
    let Received { file, room, file_name, query } = receive(request, payload, app).await?;
    let mut sent = of_parameters(layer, caller, Params::parse(&query), Clock::of(request).today())?;
    sent.file = Arc::from(&*file);
    sent.file_name = sent.file_name.or(file_name);
    Ok((sent, room))
}

/// A file, with the parameters of the query and of the form as one query.
pub struct Received {
    pub file: web::Bytes,
    /// The room that the file takes in memory.
    pub room: Room,
    pub file_name: Option<String>,
    pub query: String,
}

/// Reads a file.
///
/// # Errors
/// 413 for a file that is too large, 422 without a file.
pub async fn receive(request: &HttpRequest, payload: web::Payload, app: &App) -> Result<Received, Error> {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut query = request.query_string().to_owned();
    let mut file_name = None;
    let file = if content_type.starts_with("multipart/form-data") {
        let form = read_form(request, payload, app).await?;
        let fields = form_urlencoded::Serializer::new(String::new()).extend_pairs(form.fields).finish();
        query = if query.is_empty() { fields } else { format!("{query}&{fields}") };
        file_name = form.file_name;
        form.file
    } else {
        read_body(payload, app).await?
    };
    if file.is_empty() {
        return Err(Error::Invalid(vec![Problem::in_body("", text!("file.empty/none"))]));
    }
    let (file, room) = file.split();
    Ok(Received { file, room, file_name, query })
}

fn of_parameters(layer: &'static Layer, caller: &Caller, mut params: Params, today: NaiveDate) -> Result<Sent, Error> {
    let mode = params.read("mode", text!("expected.one_of", known = vec!["upsert", "snapshot"]), Mode::of_name)?;
    let source_org = params.take("source_org")?.filter(|text| !text.trim().is_empty());
    let crs = params.read("crs", text!("expected.crs"), Crs::read)?;
    let meridian = params.read("central_meridian", text!("expected.meridian"), meridian)?;
    if let Some(text) = contradiction(crs, meridian) {
        return Err(Error::of_parameter("central_meridian", text));
    }
    let units_as_of = params.read("units_as_of", text!("expected.day"), date_of)?.unwrap_or(today);
    let effective_on = params.read("effective_on", text!("expected.day"), date_of)?.unwrap_or(today);
    let mut forget = Vec::new();
    let mut object = |name: &str| -> Result<Value, Error> {
        let Some(text) = params.take(name)? else { return Ok(Value::Null) };
        if text.contains("\\u0000") {
            return Err(Error::of_parameter(name, text!("parameter.invalid/nul", name)));
        }
        let given = json::parse(text.as_bytes()).map_err(|it| Error::of_parameter(name, it.or(malformed(name))))?;
        if given.is_null() {
            forget.push(name.to_owned());
        }
        Ok(given)
    };
    let (mapping, defaults, values) = (object("mapping")?, object("defaults")?, object("values")?);
    let instructions = Instructions::read(layer, [&mapping, &defaults, &values], today).map_err(Error::BadRequest)?;
    let file_name = params.take("file_name")?;
    params.finish()?;
    let mode = mode.unwrap_or(Mode::Upsert);
    let source_org = source_org.or_else(|| caller.account().and_then(|account| account.organisation.clone()));
    if mode == Mode::Snapshot && source_org.is_none() {
        return Err(Error::of_parameter("source_org", text!("parameter.invalid/source_org")));
    }
    Ok(Sent {
        file: Arc::default(),
        file_name,
        mode,
        source_org,
        options: Options {
            epsg: crs.map(Crs::epsg),
            grid: meridian.map(Crs::epsg),
            units_as_of,
            effective_on,
            mapping,
            defaults,
            values,
            forget,
            remembered: Value::Null,
        },
        instructions,
    })
}

/// The system of a zone of VN-2000: "105", "105,5".
pub fn meridian(text: &str) -> Option<Crs> {
    Crs::of_meridian(text.replace(',', ".").parse().ok()?)
}

/// What is wrong if a file is said to be in two systems.
pub fn contradiction(crs: Option<Crs>, meridian: Option<Crs>) -> Option<Text> {
    let (one, other) = (crs.filter(|crs| crs.is_grid())?, meridian?);
    (one != other).then(|| text!("geo.crs/contradictory", one = one.name(), other = other.name()))
}

async fn read_body(mut payload: web::Payload, app: &App) -> Result<Body, Error> {
    let mut body = Body::default();
    while let Some(chunk) = payload.next().await {
        body.add(&app.heavy, &chunk.map_err(|_| broken())?, app.limits.bulk_limit).await?;
    }
    Ok(body)
}

#[derive(Default)]
struct Form {
    file: Body,
    file_name: Option<String>,
    fields: Vec<(String, String)>,
}

async fn read_form(request: &HttpRequest, payload: web::Payload, app: &App) -> Result<Form, Error> {
    let mut form = Form::default();
    let mut fields_left = FIELDS_LIMIT;
    let (mut parts, ended) = parts(request, payload);
    while let Some(part) = ended.next(&mut parts).await.map_err(|()| broken())? {
        let mut part = part.map_err(|_| broken())?;
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = name == "file";
        let file_name =
            part.content_disposition().and_then(|disposition| disposition.get_filename()).map(str::to_owned);
        if is_file {
            if !form.file.is_empty() {
                return Err(Error::of_parameter("file", text!("parameter.invalid/twice", name = "file")));
            }
            while let Some(chunk) = ended.next(&mut part).await.map_err(|()| broken())? {
                form.file.add(&app.heavy, &chunk.map_err(|_| broken())?, app.limits.bulk_limit).await?;
            }
            form.file_name = file_name;
            continue;
        }
        if form.fields.len() == MOST_FIELDS {
            return Err(Error::of_parameter(&name, text!("form.fields", max = MOST_FIELDS)));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = ended.next(&mut part).await.map_err(|()| broken())? {
            let chunk = chunk.map_err(|_| broken())?;
            fields_left = fields_left.checked_sub(chunk.len()).ok_or(Error::TooLarge)?;
            bytes.extend_from_slice(&chunk);
        }
        form.fields.push((name, String::from_utf8(bytes).map_err(|_| broken())?));
    }
    Ok(form)
}

fn broken() -> Error {
    Error::BadRequest(vec![Problem::in_body("", text!("body.broken"))])
}
