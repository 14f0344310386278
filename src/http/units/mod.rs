//! `GET /units/{unit}`: a version of a unit, what it came from and what it became; and named groups of units.

mod groups;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::access::Caller;
use crate::conditions::UnitRef;
use crate::error::Error;
use crate::http::caching::{not_modified, tag_of_register, with_tag};
use crate::http::clock::Clock;
use crate::http::links::{base, link};
use crate::http::state::App;
use crate::input::Params;
use crate::units::kin::Kin;
use crate::units::territory::{Level, Unit};
use crate::units::{kin, lookup, territory};

pub use groups::{delete_unit_group, find_unit_group, list_unit_groups, replace_unit_group};

/// `GET /api/v1/units/{unit}`
pub async fn find_unit(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    Params::only_format(request.query_string(), &["json"])?;
    // A hamlet is a record of its layer.
    let is_unit = |unit: &UnitRef| Level::of_code(&unit.code) != Some(Level::Hamlet);
    let named = UnitRef::parse(&path).filter(is_unit).ok_or(Error::NotFound)?;
    let today = Clock::of(&request).today();
    let mut conn = app.store.connection().await?;
    let base = base(&app, &request);
    let tag = tag_of_register(&mut conn, &caller, today, &[]).await?;
    if let Some(answer) = not_modified(&request, &tag) {
        return Ok(answer);
    }
    let days = match named.on {
        Some(day) => vec![day],
        // Today, otherwise the last day.
        None => {
            let versions = territory::versions(&mut conn, &named.code).await?;
            let last = versions.iter().rev().find_map(|version| version.valid_to.filter(|to| *to < today));
            [Some(today), last].into_iter().flatten().collect()
        }
    };
    let (unit, day) = lookup::find(&mut conn, "unit", &named.code, &days, today).await?;
    let predecessors = kin::predecessors(&mut conn, unit.id).await?;
    let successors = kin::successors(&mut conn, unit.id).await?;
    let mut answer = unit_json(&unit);
    let about = kin::about(&mut conn, unit.id, day).await?;
    for (name, value) in about.as_object().into_iter().flatten() {
        answer[name] = value.clone();
    }
    answer["predecessors"] = kin_json(&base, &predecessors);
    answer["successors"] = kin_json(&base, &successors);
    answer["links"] = links(&base, &answer, &unit, day, today);
    Ok(with_tag(HttpResponse::Ok().json(answer), tag))
}

/// What identifies a version of a unit in answers.
pub fn unit_json(unit: &Unit) -> Value {
    json!({
        "code": unit.code,
        "name": unit.name,
        "level": unit.level.name(),
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
    })
}

/// Predecessors or successors, each with its address.
pub fn kin_json(base: &str, kin: &[Kin]) -> Value {
    let one = |kin: &Kin| {
        let mut answer = unit_json(&kin.unit);
        answer["part"] = json!(kin.part);
        answer["change"] = json!(kin.kind);
        answer["href"] = json!(format!("{base}/units/{}@{}", kin.unit.code, kin.unit.valid_from));
        answer
    };
    kin.iter().map(one).collect()
}

fn links(base: &str, answer: &Value, unit: &Unit, day: NaiveDate, today: NaiveDate) -> Value {
    let Unit { code, level, .. } = unit;
    let mut links = vec![link("self", &format!("{base}/units/{code}@{day}"), "application/json", &unit.name)];
    if let (Some(parent), Some(name)) = (answer["parent"]["code"].as_str(), answer["parent"]["name"].as_str()) {
        links.push(link("up", &format!("{base}/units/{parent}@{day}"), "application/json", name));
    }
    // Figures and features are of days that have come.
    if day <= today {
        let stats = format!("{base}/stats/{code}@{day}?as_of={day}");
        links.push(link("stats", &stats, "application/json", "Figures"));
        let items = format!("{base}/collections/{}s/items?code={code}&as_of={day}", level.name());
        links.push(link("items", &items, "application/geo+json", "The unit as a feature"));
    }
    json!(links)
}
