//! `GET /stats/definitions`, `/stats` and `/stats/{unit}`: the figures.

mod book;
mod change;
mod figure;
mod links;
mod list;
pub mod question;
mod table;
mod why;
pub mod words;

use actix_web::http::header::CONTENT_LANGUAGE;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use crate::access::Caller;
use crate::conditions::{Days, named};
use crate::error::Error;
use crate::figures::{
    HEADLINES, INDICATORS, Indicator, Measure, Question, UnitFigures, ask_of_hamlets, figures, unit_label,
};
use crate::files::export::Format;
use crate::files::export::report::{Page, write};
use crate::http::caching::{not_modified, tag_of_register, with_tag};
use crate::http::clock::Clock;
use crate::http::download::download;
use crate::http::envelope::learn;
use crate::http::language::{self, wants_vietnamese};
use crate::http::links::base;
use crate::http::state::App;
use crate::http::units::unit_json;
use crate::input::Params;
use crate::postgres::Connection;
use crate::statements::{availability, declared};
use crate::time::rfc3339;
use crate::units::territory::{Level, Unit};

use figure::Context;
use links::{Place, rows_template};

/// `GET /api/v1/stats/definitions`
pub async fn list_definitions(request: HttpRequest) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json"])?;
    let definitions: Vec<_> = INDICATORS.iter().map(definition).collect();
    Ok(HttpResponse::Ok().json(json!({"definitions": definitions})))
}

/// `GET /api/v1/stats`
pub async fn list_stats(app: web::Data<App>, caller: Caller, request: HttpRequest) -> Result<HttpResponse, Error> {
    let clock = Clock::of(&request);
    let asked = question::of_units(Params::parse(request.query_string()), clock)?;
    let mut conn = app.store.connection().await?;
    let vietnamese = wants_vietnamese(&request);
    let base = base(&app, &request);
    let tag = tag_of_register(&mut conn, &caller, clock.today(), &[language::code(vietnamese)]).await?;
    if let Some(answer) = not_modified(&request, &tag) {
        return Ok(answer);
    }
    let mut question = asked.resolve(&mut conn).await?;
    let of_hamlets = question.scope.level == Level::Hamlet;
    if of_hamlets {
        ask_of_hamlets(&mut conn, &caller, &mut question).await?;
    }
    // A workbook has a sheet of records to check.
    question.quality |= asked.format == "xlsx" && question.scope.within.is_some() && !of_hamlets;
    let counted = figures(&mut conn, &caller, &question).await?;
    learn(&request, |learned| learned.rows = Some(counted.len()));
    let units = question.units.iter().filter(|_| !of_hamlets);
    let named: Vec<_> = units.chain(&question.within).cloned().collect();
    let declared = declared::of_units(&mut conn, &named, &question.days).await?;
    let why = why::explain(&mut conn, &question, &base).await?;
    let context = Context::of_files(&asked, &base, &question, &why, vietnamese);
    let answer = match asked.format {
        "geojson" => table::geojson(&mut conn, &context, &counted, asked.zoom).await?,
        "csv" => table::csv(&context, &counted)?,
        "xlsx" => {
            let whole = whole(&mut conn, &caller, &question).await?;
            file(&question, "xlsx", workbook(book::of_units(&context, &counted, whole.as_ref(), &declared)).await?)
        }
        _ => {
            let none = UnitFigures::default();
            let of = |code: &Option<String>| counted.get(code).unwrap_or(&none);
            let of_unit = |unit: &Unit| {
                let figures = context.brief(of(&Some(unit.code.clone())));
                let declared = declared.get(&unit.id).map(Vec::as_slice).unwrap_or_default();
                // As text at once: the tree of all communes takes more time than all the rest.
                to_raw_value(&json!({"unit": unit_json(unit), "figures": figures, "declared": declared}))
            };
            let units: Result<Vec<_>, _> = question.units.iter().map(of_unit).collect();
            let unassigned = (!of_hamlets).then(|| {
                let rows_template = rows_template(&context, Place::Unassigned);
                json!({"figures": context.brief(of(&None)), "rows_template": rows_template})
            });
            json_answer(
                &context,
                &UnitList {
                    as_of: question.days.as_of,
                    known_at: question.days.known_at.map(rfc3339),
                    units_on: question.days.unit_date,
                    compare: question.compare,
                    rows_template: rows_template(&context, Place::Unit("{unit}")),
                    indicators: context.indicators(),
                    units: units.map_err(anyhow::Error::new)?,
                    unassigned,
                    why: why.members(context.vietnamese),
                },
            )
        }
    };
    Ok(with_tag(answer, tag))
}

/// The figures of several units.
#[derive(Serialize)]
struct UnitList {
    as_of: NaiveDate,
    known_at: Option<String>,
    units_on: NaiveDate,
    compare: Option<NaiveDate>,
    rows_template: String,
    indicators: Value,
    units: Vec<Box<RawValue>>,
    unassigned: Option<Value>,
    /// Why figures are zero, and what they are added from.
    #[serde(flatten)]
    why: Map<String, Value>,
}

/// `GET /api/v1/stats/{unit}`
pub async fn show_stats(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let clock = Clock::of(&request);
    let asked = question::of_unit(&path, Params::parse(request.query_string()), clock)?;
    let mut conn = app.store.connection().await?;
    let vietnamese = wants_vietnamese(&request);
    let base = base(&app, &request);
    let tag = tag_of_register(&mut conn, &caller, clock.today(), &[language::code(vietnamese)]).await?;
    if let Some(answer) = not_modified(&request, &tag) {
        return Ok(answer);
    }
    let question = asked.resolve(&mut conn).await?;
    let counted = figures(&mut conn, &caller, &question).await?;
    let why = why::explain(&mut conn, &question, &base).await?;
    let context = Context::of_files(&asked, &base, &question, &why, vietnamese);
    let Some(unit) = question.units.first() else { return Err(Error::NotFound) };
    let own = counted.get(&Some(unit.code.clone())).cloned().unwrap_or_default();
    learn(&request, |learned| learned.rows = Some(counted.len()));
    let mut declared = declared::of_units(&mut conn, &question.units, &question.days).await?;
    match asked.format {
        "csv" => return Ok(with_tag(file(&question, "csv", list::csv(&context, unit, &own)?), tag)),
        "xlsx" => {
            let bytes = workbook(book::of_unit(&context, unit, &own, &declared)).await?;
            return Ok(with_tag(file(&question, "xlsx", bytes), tag));
        }
        _ => {}
    }
    let UnitFigures { figures, quality } = own;
    let quality: Map<_, _> = quality.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect();
    let mut answer = json!({
        "unit": unit_json(unit),
        "as_of": question.days.as_of,
        "known_at": question.days.known_at.map(rfc3339),
        "units_on": question.days.unit_date,
        "figures": context.of_unit(&unit.code).figures(&UnitFigures { figures, quality: Vec::new() }),
        "declared": declared.remove(&unit.id).unwrap_or_default(),
        "stated_availability": availability::of_unit(&mut conn, unit.id, question.days).await?,
        "quality": quality,
    });
    for (name, value) in why.members(context.vietnamese) {
        answer[name] = value;
    }
    Ok(with_tag(json_answer(&context, &answer), tag))
}

/// The figures of the unit that encloses the units asked for, if it is not one of them: what was published of it, and how
/// it changed, its parts do not say.
async fn whole(conn: &mut Connection, caller: &Caller, question: &Question) -> Result<Option<UnitFigures>, Error> {
    let Some(unit) = question.within.as_ref().filter(|unit| unit.level != question.scope.level) else {
        return Ok(None);
    };
    let mut own = question.clone();
    own.scope.level = unit.level;
    own.units = vec![unit.clone()];
    own.quality = false;
    Ok(figures(conn, caller, &own).await?.remove(&Some(unit.code.clone())))
}

async fn workbook(pages: Vec<Page>) -> Result<Vec<u8>, Error> {
    let written = web::block(move || write(&pages)).await.map_err(anyhow::Error::new)?;
    Ok(written.map_err(anyhow::Error::new)?)
}

/// Answers with a file such as `figures_405@2023-09-20_2023-09-20.xlsx`.
fn file(question: &Question, format: &str, bytes: Vec<u8>) -> HttpResponse {
    let Days { as_of, unit_date, .. } = question.days;
    let unit = question.scope.within.as_deref();
    let unit = unit.map_or_else(String::new, |code| format!("_{}", named(code, unit_date).replace(':', "-")));
    let media_type = if format == "csv" { "text/csv; charset=utf-8" } else { Format::Xlsx.media_type() };
    download(media_type, &format!("figures{unit}_{as_of}.{format}"), bytes)
}

fn json_answer(context: &Context<'_>, answer: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_LANGUAGE, language::code(context.vietnamese))).json(answer)
}

fn definition(indicator: &Indicator) -> Value {
    let unit_label = unit_label(indicator.unit);
    let mut definition = json!({
        "code": indicator.code,
        "vi": indicator.sentence.vi,
        "en": indicator.sentence.en,
        "unit": indicator.unit,
        "unit_label": {"vi": unit_label.vi, "en": unit_label.en},
        "denominator": indicator.denominator.map(|label| json!({"vi": label.vi, "en": label.en})),
        "rule_version": indicator.rule_version,
        "collection": indicator.layer.collection,
        "sums": indicator.summed_field(),
        "headline": HEADLINES.contains(&indicator.code),
    });
    if let Some(by) = indicator.by_field() {
        definition["by"] = json!(by.name);
        definition["overlapping"] = json!(matches!(indicator.measure, Measure::Partition { overlapping: true, .. }));
        definition["part_of"] = json!(indicator.part_of);
    }
    definition
}
