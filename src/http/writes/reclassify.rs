//! Replaces values of an enumeration that have ended, such as district police on 1 March 2025.
//! `GET /collections/{collection}/reclassification` shows which records still hold one; `POST` gives them a successor,
//! as one write that can be undone.

use std::fmt::Write as _;

use actix_web::{HttpRequest, HttpResponse, web};
use diesel_async::AsyncPgConnection;
use serde_json::{Value, json};

use crate::access::Caller;
use crate::accounts::secrets;
use crate::conditions::Condition;
use crate::error::Error;
use crate::figures::place;
use crate::http::extract::LayerPath;
use crate::http::items::query::ItemsQuery;
use crate::http::state::App;
use crate::http::writes::body::{FEATURE, MOST_FEATURES};
use crate::http::writes::idempotency::Request;
use crate::http::writes::{Context, body, bulk, permit};
use crate::input::Params;
use crate::layers::normalise::Write;
use crate::layers::{Choice, Field, Layer, Problem, Properties, value};
use crate::register::items::Question;
use crate::register::writing::Expected;
use crate::register::{items, writing};
use crate::texts::text;

/// Lists every value of the layer with an end date, and how many of the selected records hold it.
pub async fn show_reclassification(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    permit(&caller, layer)?;
    let context = Context::new(&app, &caller, layer, &request);
    let mut query = selection(&context, &request)?;
    let asked = request.query_string();
    let more = if asked.is_empty() { String::new() } else { format!("&{asked}") };
    let mut conn = app.store.connection().await?;
    query.resolve_units(&mut conn).await?;
    let mut selected = query.question;
    place(&mut conn, &context.view, &mut selected).await?;
    let mut ended = Vec::new();
    for (field, choice) in ended_values(layer).filter(|(field, _)| context.view.field(field.name).is_some()) {
        let holding = Holding { field, choice, selected: &selected };
        let shown = items::count(&mut conn, &context.view, &holding.question()).await?;
        let found = holding.find(&mut conn, &context).await?;
        ended.push(json!({
            "field": field.name,
            "value": choice.value,
            "title": context.label(choice),
            "until": choice.until,
            "successors": successors(field, choice)
                .map(|next| json!({"value": next.value, "title": context.label(next)}))
                .collect::<Vec<_>>(),
            "shown": shown,
            "writable": found.ids.len(),
            "plan": found.plan,
            "rows": format!("{}/collections/{}/items?{}={}{more}", context.base, layer.collection, field.name, choice.value),
        }));
    }
    Ok(HttpResponse::Ok().json(json!({"ended": ended})))
}

/// `{"field", "from", "to", "plan", "effective_on", "reason"}`: changes all records of the plan, or none.
pub async fn reclassify(
    app: web::Data<App>,
    caller: Caller,
    LayerPath(layer): LayerPath,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<HttpResponse, Error> {
    permit(&caller, layer)?;
    let body = body::read_object(request.headers(), &bytes, FEATURE)?;
    let once = Request::new(&caller, &request, &bytes)?;
    let context = Context::new(&app, &caller, layer, &request);
    let query = selection(&context, &request)?;
    let (field, choice, to) = change_of(layer, &body).map_err(Error::Invalid)?;
    if context.view.field(field.name).is_none() {
        return Err(Error::Forbidden(None));
    }
    // The change took effect on the day on which the value ended, so figures of earlier days stay as they were.
    let effective_on = body.get("effective_on").cloned().unwrap_or_else(|| json!(choice.until));
    let patch = json!({"properties": {field.name: to, "effective_on": effective_on}});
    let remarks = body::remarks(&body)?;
    once.answer(&app, async |conn| {
        let mut query = query.clone();
        query.resolve_units(conn).await?;
        let mut selected = query.question;
        place(conn, &context.view, &mut selected).await?;
        let found = Holding { field, choice, selected: &selected }.find(conn, &context).await?;
        if found.plan.as_deref() != body["plan"].as_str() || found.plan.is_none() {
            return Err(stale().into());
        }
        let writing = bulk::begin(conn, &context, "reclassify", remarks.clone()).await?;
        let targets: Vec<_> = found.ids.iter().map(|id| (*id, Expected::Unneeded)).collect();
        let read =
            |_: usize, current: &Properties| body::change(layer, Write::Patch { current }, &patch, writing.today);
        let written = writing::change(conn, &writing, &targets, read).await?;
        Ok(bulk::answer(conn, &context, &writing, 200, "updated", &written).await?)
    })
    .await
    .map_err(|refused| refused.of_list("/items"))
}

/// The records that the parameters select. Other days than today are rejected, because writes change today's records.
fn selection(context: &Context<'_>, request: &HttpRequest) -> Result<ItemsQuery, Error> {
    let query = ItemsQuery::parse(&context.view, Params::parse(request.query_string()), context.clock.now)?;
    for (name, is_given) in [("as_of", query.as_of.is_some()), ("known_at", query.known_at.is_some())] {
        if is_given {
            return Err(Error::of_parameter(name, text!("parameter.invalid/reclassify", name)));
        }
    }
    Ok(query)
}

fn ended_values(layer: &'static Layer) -> impl Iterator<Item = (&'static Field, &'static Choice)> {
    let of_field = |field: &'static Field| field.value.choices().iter().map(move |choice| (field, choice));
    layer.fields().filter(|field| field.writable).flat_map(of_field).filter(|(_, choice)| choice.until.is_some())
}

/// The values that may replace a value.
fn successors(field: &'static Field, choice: &'static Choice) -> impl Iterator<Item = &'static Choice> {
    field.value.choices().iter().filter(|next| choice.successors.contains(&next.value))
}

/// The field, the ended value and the successor that a body names.
fn change_of(
    layer: &'static Layer,
    body: &Value,
) -> Result<(&'static Field, &'static Choice, &'static str), Vec<Problem>> {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let is_meant = |(field, choice): &(&Field, &Choice)| field.name == text("field") && choice.value == text("from");
    let Some((field, choice)) = ended_values(layer).find(is_meant) else {
        let listed = |(field, choice): (&'static Field, &'static Choice)| {
            text!(
                "reclassify.ended",
                field = field.label,
                choice = choice.label,
                name = field.name,
                value = choice.value
            )
        };
        let known: Vec<_> = ended_values(layer).map(listed).collect();
        return Err(vec![Problem::in_body("/from", text!("reclassify.not_ended", known))]);
    };
    let candidates: Vec<_> = successors(field, choice).collect();
    match candidates.iter().find(|next| next.value == text("to")) {
        Some(next) => Ok((field, choice, next.value)),
        None => {
            let choices = value::listed(candidates);
            Err(vec![Problem::in_body("/to", text!("reclassify.not_a_successor", choices))])
        }
    }
}

/// The selected records that hold a value.
struct Holding<'a> {
    field: &'static Field,
    choice: &'static Choice,
    selected: &'a Question,
}

/// The records that the caller may write. `plan` is a hash of their ids and versions; `None` if there are no records or
/// too many for one write.
struct Found {
    ids: Vec<i64>,
    plan: Option<String>,
}

impl Holding<'_> {
    fn question(&self) -> Question {
        let selected = self.selected.clone();
        let holds = Condition::holds(self.field, [self.choice.value]);
        Question { condition: Condition::All(vec![selected.condition, holds]), ..selected }
    }

    async fn find(&self, conn: &mut AsyncPgConnection, context: &Context<'_>) -> Result<Found, Error> {
        let ids = items::writable_ids(conn, &context.view, &self.question(), MOST_FEATURES + 1).await?;
        if ids.is_empty() || ids.len() > MOST_FEATURES {
            return Ok(Found { ids, plan: None });
        }
        let versions = items::versions_of(conn, context.view.layer, &ids).await?;
        let mut text = format!("{} {}", self.field.name, self.choice.value);
        for id in &ids {
            let _ = write!(text, " {id}.{}", versions.get(id).copied().unwrap_or_default());
        }
        Ok(Found { ids, plan: Some(format!("sha256:{}", secrets::hash(&text))) })
    }
}

fn stale() -> Error {
    Error::Conflict(Problem::in_body("/plan", text!("reclassify.stale")))
}
