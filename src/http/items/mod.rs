//! Reading the features of a layer: `GET /collections/{collection}/items` and `…/items/{id}`.

pub mod form;
mod item;
mod qgis;
pub mod query;
pub mod search;

pub use item::find_item;

use std::borrow::Cow;

use actix_web::http::header::{LINK, USER_AGENT, VARY};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use crate::access::{Caller, View};
use crate::error::Error;
use crate::figures::{Selection, place};
use crate::files::export::{Format, write_feature};
use crate::http::accept::preferred;
use crate::http::as_of::Back;
use crate::http::audit::Trace;
use crate::http::caching::{not_modified, tag_of, tag_of_register, with_tag};
use crate::http::clock::Clock;
use crate::http::crs::turn;
use crate::http::envelope::learn;
use crate::http::exports;
use crate::http::extract::LayerPath;
use crate::http::feature::{CONTENT_CRS, GEOJSON, content_crs, log_restricted, restricted_rows};
use crate::http::html::{self, Frame};
use crate::http::items::query::{ItemsQuery, Medium};
use crate::http::language::{self, wants_vietnamese};
use crate::http::links::{base, link, own, with_parameter, without_parameters};
use crate::http::state::App;
use crate::input::Params;
use crate::layers::{Layer, NamedCrs};
use crate::live::{self, Answer, State};
use crate::postgres::Connection;
use crate::register::items;
use crate::texts::text;

/// `GET /api/v1/collections/{collection}/items`
pub async fn list_items(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    qgis::check(&request)?;
    respond(app, caller, layer, &request, Params::parse(request.query_string()), None).await
}

/// Answers with the items that the parameters ask for. They came as the body of a search, if it is given.
async fn respond(
    app: web::Data<App>,
    caller: Caller,
    layer: &'static Layer,
    request: &HttpRequest,
    params: Params,
    body: Option<&Map<String, Value>>,
) -> Result<HttpResponse, Error> {
    let view = View::new(&caller, layer);
    let clock = Clock::of(request);
    let mut query = ItemsQuery::parse(&view, params, clock.now)?;
    if query.within.is_some() || query.question.days.unit_date > clock.today() {
        query.resolve_units(&mut *app.store.connection().await?).await?;
    }
    let medium = medium(request, &query)?;
    if let Medium::File(format) = medium {
        return exports::export_items(&app, caller, layer, query, format, request).await;
    }
    let base = base(&app, request);
    let as_page = medium == Medium::Html && body.is_none();
    let vietnamese = as_page && query.form.labels.unwrap_or_else(|| wants_vietnamese(request));
    let form: &[&str] = if as_page { &["html", language::code(vietnamese)] } else { &[] };
    let current = app.live.current(clock.today()).filter(|_| caller.is_anonymous() && !as_page);
    let page = current.as_ref().and_then(|state| in_memory(state, layer, &query));
    let known = current.as_ref().filter(|_| page.is_some()).map(|state| tag_of(state.version, form));
    let (conn, tag) = match known {
        Some(tag) => (None, tag),
        None => {
            let mut conn = app.store.connection().await?;
            let tag = tag_of_register(&mut conn, &caller, clock.today(), form).await?;
            (Some(conn), tag)
        }
    };
    if let Some(answer) = not_modified(request, &tag).filter(|_| body.is_none()) {
        return Ok(answer);
    }
    let then = Back { as_of: query.as_of, known_at: query.known_at }.base(&app, request);
    let page = match conn {
        None => page.unwrap_or_default(),
        Some(mut conn) => {
            let (page, matched) = read(&mut conn, &caller, &view, &mut query, request).await?;
            drop(conn);
            if as_page {
                let columns = query.form.without_labels().columns(&view, vietnamese);
                let files = without_parameters(&base, request, &["f", "limit", "cursor", "crs"]);
                let list = html::List {
                    columns: &columns,
                    rows: &page.rows,
                    matched,
                    given: &query.given,
                    next: page.next.map(|cursor| with_parameter(&base, request, "cursor", &cursor)),
                    links: exports::links(&files).collect(),
                };
                let title = text!("html.items").say(vietnamese);
                let above = html::above(layer, vietnamese, 1);
                let frame = Frame { request, api: &base, base: &then, vietnamese, title: &title, above };
                return Ok(with_tag(html::items(&frame, &list), tag));
            }
            written(&view, &query, &page, matched)
        }
    };
    let ItemsPage { features, returned, matched, next } = page;
    learn(request, |learned| learned.rows = Some(returned));

    let url = own(&base, request);
    let mut links = vec![link(
        "collection",
        &format!("{then}/collections/{}", layer.collection),
        "application/json",
        layer.title.vi,
    )];
    let mut response = HttpResponse::Ok();
    if qgis::varies(request) {
        response.append_header((VARY, USER_AGENT.as_str()));
    }
    match body {
        Some(body) => links.extend(next.map(|cursor| search::next(&url, body, &cursor))),
        None => {
            links.insert(0, link("self", &url, GEOJSON, "This page"));
            links.extend(exports::links(&without_parameters(&base, request, &["f", "limit", "cursor", "crs"])));
            if let Some(cursor) = next {
                let next = with_parameter(&base, request, "cursor", &cursor);
                links.push(link("next", &next, GEOJSON, "The next page"));
                response.insert_header((LINK, format!("<{next}>; rel=\"next\"; type=\"{GEOJSON}\"")));
            }
        }
    }
    let answer = response
        .insert_header((CONTENT_CRS, content_crs(query.crs)))
        .content_type(GEOJSON)
        .body(collection(&features, returned, matched, links, clock));
    Ok(if body.is_none() { with_tag(answer, tag) } else { answer })
}

/// In what a request is answered: what it names, otherwise what it accepts.
fn medium(request: &HttpRequest, query: &ItemsQuery) -> Result<Medium, Error> {
    if query.hits_only {
        return Ok(Medium::Json);
    }
    // GeoJSON without `f` is a page, as every client of OGC API Features expects.
    let files = Format::ALL.into_iter().filter(|format| *format != Format::Geojson);
    let answers = [(GEOJSON, Medium::Json), ("application/json", Medium::Json), ("text/html", Medium::Html)];
    let answers: Vec<_> =
        answers.into_iter().chain(files.map(|format| (format.media_type(), Medium::File(format)))).collect();
    let offers: Vec<_> = answers.iter().map(|(media_type, _)| *media_type).collect();
    let accepted = || preferred(request, &offers).map(|at| answers[at].1);
    query.format.or_else(accepted).ok_or(Error::NotAcceptable)
}

/// `GET /api/v1/rows`: the features behind a figure, in the layer that it counts.
pub async fn list_rows(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let indicator =
        Params::parse(request.query_string()).read("indicator", text!("expected.indicators"), Selection::parse)?;
    let Some(Selection { indicator, .. }) = indicator else {
        return Err(Error::of_parameter(
            "indicator",
            text!("parameter.invalid", name = "indicator", expected = text!("expected.indicators")),
        ));
    };
    list_items(app, caller, LayerPath(indicator.layer), request).await
}

/// A page as it is written.
#[derive(Default)]
struct ItemsPage<'a> {
    /// The features, each for itself or several with commas between them. Those in memory are copied once, into the answer.
    features: Vec<Cow<'a, [u8]>>,
    returned: usize,
    matched: Option<i64>,
    next: Option<String>,
}

/// A page of the layers in memory; `None` where SQL must answer.
fn in_memory<'a>(state: &'a State, layer: &'static Layer, query: &ItemsQuery) -> Option<ItemsPage<'a>> {
    let is_plain = query.form.is_plain() && query.crs == NamedCrs::crs84();
    // The day for which units or records are read is looked up.
    let is_of_now = query.within.is_none() && query.as_of.is_none() && query.known_at.is_none();
    if !is_plain || !is_of_now || query.hits_only || query.question.days.unit_date != state.version.today {
        return None;
    }
    let Answer { rows, next, matched } = live::answer(state, layer, &query.question, query.page_size())?;
    let features = rows.iter().map(|row| Cow::Borrowed(row.json)).collect();
    Some(ItemsPage { features, returned: rows.len(), matched, next })
}

async fn read(
    conn: &mut Connection,
    caller: &Caller,
    view: &View<'_>,
    query: &mut ItemsQuery,
    request: &HttpRequest,
) -> Result<(items::Page, Option<i64>), Error> {
    let layer = view.layer;
    place(conn, view, &mut query.question).await?;
    let matched = items::count(conn, view, &query.question).await?;
    let mut page = match query.hits_only {
        true => items::Page { rows: Vec::new(), next: None },
        false => items::page(conn, view, &query.question, query.page_size()).await?,
    };
    log_restricted(conn, caller, layer, restricted_rows(layer, &page.rows), &Trace::of(request)).await?;
    turn(&mut page.rows, query.crs);
    Ok((page, matched))
}

/// A page of rows as it is written.
fn written(view: &View<'_>, query: &ItemsQuery, page: &items::Page, matched: Option<i64>) -> ItemsPage<'static> {
    let columns = query.form.columns(view, true);
    let mut features = Vec::new();
    for (index, row) in page.rows.iter().enumerate() {
        if index > 0 {
            features.push(b',');
        }
        write_feature(&mut features, &columns, row, &[]);
    }
    ItemsPage { features: vec![features.into()], returned: page.rows.len(), matched, next: page.next.clone() }
}

fn collection(
    features: &[Cow<'_, [u8]>],
    returned: usize,
    matched: Option<i64>,
    links: Vec<Value>,
    clock: Clock,
) -> Vec<u8> {
    let mut head = json!({"type": "FeatureCollection"});
    if let Some(matched) = matched {
        head["numberMatched"] = json!(matched);
    }
    head["numberReturned"] = json!(returned);
    head["timeStamp"] = json!(clock.now.to_rfc3339_opts(SecondsFormat::Secs, true));
    head["links"] = json!(links);
    let head = head.to_string();
    let (begin, end) = (b",\"features\":[", b"]}");
    let size = features.iter().map(|feature| feature.len() + 1).sum::<usize>();
    let mut body = Vec::with_capacity(head.len() + begin.len() + size + end.len());
    body.extend_from_slice(&head.as_bytes()[..head.len() - 1]);
    body.extend_from_slice(begin);
    for (index, feature) in features.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(feature);
    }
    body.extend_from_slice(end);
    body
}
