//! `GET /audit`: the audit trail, for administrators; and the audit context of a request.

use std::net::IpAddr;

use actix_web::http::header::HeaderMap;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use chrono::{DateTime, SecondsFormat, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::{Value, json};

use crate::access::{Caller, may_administer};
use crate::accounts::audit;
use crate::accounts::audit::{Asked, Event, NotedEvent};
use crate::error::Error;
use crate::files::formula::neutralise;
use crate::http::address::client_address;
use crate::http::download::download;
use crate::http::envelope::RequestId;
use crate::http::items::search::only_reads;
use crate::http::paging;
use crate::http::paging::{DEFAULT_LIMIT, Paging};
use crate::http::state::App;
use crate::input::Params;
use crate::layers::{Layer, Problem};
use crate::texts::text;
use crate::time::{date_of, in_vietnam, start_of};

const LONGEST_PURPOSE: usize = 200;

/// The most events of a CSV file; the rest has other days.
const MOST_OF_FILE: usize = 50_000;

/// Lists events, newest first. `next` links to older ones. As CSV all of them are in one file.
pub async fn list_events(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    may_administer(&caller)?;
    let mut params = Params::parse(request.query_string());
    let is_file = params.format(&["json", "csv"])? == Some("csv");
    let collection = params.read("collection", text!("expected.layer"), |text| {
        Layer::of_collection(text).map(|layer| layer.collection.to_owned())
    })?;
    let asked = Asked {
        actor: params.take("actor")?,
        action: params.take("action")?,
        collection,
        from: params.read("from", text!("expected.moment"), moment_of)?,
        to: params.read("to", text!("expected.moment"), moment_of)?,
    };
    let paging = Paging::read(&mut params, DEFAULT_LIMIT, paging::id)?;
    params.finish()?;

    let mut conn = app.store.connection().await?;
    if is_file {
        let events = audit::events(&mut conn, asked, paging.cursor, MOST_OF_FILE as i64).await?;
        let detail = json!({"query": request.query_string(), "rows": events.len()});
        Trace::of(&request).record(&mut conn, &caller, "audit.export", None, detail).await?;
        return csv(&events);
    }
    let mut events = audit::events(&mut conn, asked, paging.cursor, paging.sought()).await?;
    let links = paging.links(&app, &request, &mut events, |event| event.id.to_string());
    Ok(HttpResponse::Ok().json(json!({"events": events, "links": links})))
}

/// The events as CSV. The byte order mark makes Excel read it as UTF-8.
fn csv(events: &[NotedEvent]) -> Result<HttpResponse, Error> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let mut write = |cells: [&str; 7]| {
        writer
            .write_record(cells.map(|cell| neutralise(cell).into_owned()))
            .map_err(|error| Error::Internal(error.into()))
    };
    write(["at", "actor", "action", "collection", "address", "request_id", "detail"])?;
    for event in events {
        let (at, detail) = (in_vietnam(event.at).to_rfc3339_opts(SecondsFormat::Secs, true), event.detail.to_string());
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (collection, address, id) = (text(&event.collection), text(&event.address), text(&event.request_id));
        write([&at, &event.actor, &event.action, &collection, &address, &id, &detail])?;
    }
    let body = writer.into_inner().map_err(|error| Error::Internal(anyhow::anyhow!("{error}")))?;
    Ok(download("text/csv; charset=utf-8", "audit.csv", body))
}

/// Parses a time. A day means the moment at which it begins in Vietnam.
fn moment_of(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.to_utc());
    }
    start_of(date_of(text)?)
}

/// The audit context of a request: what the audit trail records about it. A copy, so that it can outlive the handler.
#[derive(Debug, Clone)]
pub struct Trace {
    pub path: String,
    pub request_id: Option<String>,
    pub address: Option<IpAddr>,
    /// Why the client reads restricted fields, in its own words.
    purpose: Option<String>,
    needs_purpose: bool,
}

impl Trace {
    pub fn of(request: &HttpRequest) -> Trace {
        let limits = request.app_data::<web::Data<App>>().map(|app| &app.limits);
        let requires = limits.is_some_and(|limits| limits.require_purpose);
        Trace {
            path: request.path().to_owned(),
            request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()),
            address: client_address(limits.is_some_and(|limits| limits.trust_proxy), request),
            purpose: purpose(request.headers()),
            // A write needs no stated purpose: its purpose is the write itself.
            needs_purpose: requires && only_reads(request.method(), request.path()),
        }
    }

    /// Records an action of the caller in the audit trail.
    pub async fn record(
        &self,
        conn: &mut AsyncPgConnection,
        caller: &Caller,
        action: &'static str,
        collection: Option<&'static str>,
        detail: Value,
    ) -> Result<(), Error> {
        let request_id = self.request_id.as_deref();
        let actor = caller.name();
        let event = Event { actor, action, collection, detail, request_id, address: self.address };
        Ok(audit::record(conn, &event).await?)
    }

    /// Records that restricted fields of some rows were read, with the purpose from `X-Purpose`.
    ///
    /// # Errors
    /// 400 when the purpose is too long, or missing where the deployment requires one.
    pub async fn record_reading(
        &self,
        conn: &mut AsyncPgConnection,
        caller: &Caller,
        action: &'static str,
        layer: &'static Layer,
        rows: usize,
    ) -> Result<(), Error> {
        self.check_purpose()?;
        let mut detail = json!({"path": self.path, "rows": rows});
        self.add_purpose(&mut detail);
        self.record(conn, caller, action, Some(layer.collection), detail).await
    }

    /// Checks the purpose before restricted fields are read.
    ///
    /// # Errors
    /// 400 when the purpose is too long, or missing where the deployment requires one.
    pub fn check_purpose(&self) -> Result<(), Error> {
        let wrong = match &self.purpose {
            None if self.needs_purpose => text!("purpose.required"),
            Some(text) if text.chars().count() > LONGEST_PURPOSE => text!("purpose.too_long", max = LONGEST_PURPOSE),
            _ => return Ok(()),
        };
        Err(Error::BadRequest(vec![Problem::of_header("X-Purpose", wrong)]))
    }

    /// Adds the purpose to the details of an event.
    pub fn add_purpose(&self, detail: &mut Value) {
        if let Some(purpose) = &self.purpose {
            detail["purpose"] = json!(purpose);
        }
    }
}

/// Reads `X-Purpose`: UTF-8, percent-encoded if need be, because scripts of a page can send only ASCII. It is a header
/// and not a parameter, so that it appears in no link, browser history or access log.
fn purpose(headers: &HeaderMap) -> Option<String> {
    let text = percent_encoding::percent_decode(headers.get("x-purpose")?.as_bytes()).decode_utf8_lossy();
    let text = text.replace('\0', "");
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
