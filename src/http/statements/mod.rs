//! What is stated with its source: declared indicators and their values, figures published earlier, availability.

mod availability;
mod baselines;
mod history;
mod imports;
mod indicators;
mod values;

use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDate;
use diesel_async::AsyncPgConnection;
use serde_json::{Value, json};

use crate::access::Caller;
use crate::conditions::UnitRef;
use crate::error::Error;
use crate::http::extract::WriteRequest;
use crate::http::links::base;
use crate::http::paging::{self, MAX_LIMIT, Paging};
use crate::http::state::App;
use crate::input::Params;
use crate::layers::Problem;
use crate::statements::reading::{self, Asked, shown};
use crate::statements::writing::{Outcome, Writing, write};
use crate::statements::{Draft, Kind};
use crate::texts::text;
use crate::units::territory;
use crate::units::territory::Unit;

pub use availability::{
    show_hamlet_availability, show_unit_availability, state_hamlet_availability, state_unit_availability,
};
pub use baselines::{list_baselines, state_baselines, withdraw_baseline};
pub use history::list_statement_versions;
pub use imports::{import_statements, show_statement_template};
pub use indicators::{define_indicator, delete_indicator, find_indicator, list_indicators, update_indicator};
pub use values::{list_values, state_values};

/// Answers with a page of statements. `member` is the name of the list.
async fn page(
    app: &App,
    caller: &Caller,
    request: &HttpRequest,
    mut params: Params,
    (kind, member, asked): (Kind, &str, Asked),
) -> Result<HttpResponse, Error> {
    params.format(&["json"])?;
    let paging = Paging::read(&mut params, MAX_LIMIT, paging::id)?;
    params.finish()?;
    let mut conn = app.store.connection().await?;
    let asked = Asked { after: paging.cursor, limit: Some(paging.sought()), ..asked };
    let mut found = reading::list(&mut conn, kind, asked).await?;
    let links = paging.links(app, request, &mut found, |stored| stored["id"].to_string());
    let history = format!("{}/statements/{}", base(app, request), kind.name());
    let found = found.into_iter().map(|stored| {
        let link = format!("{history}/{}/history", stored["id"]);
        let mut stored = shown(stored, caller.is_anonymous());
        stored.insert("history".into(), json!(link));
        stored
    });
    Ok(HttpResponse::Ok().json(json!({member: found.collect::<Vec<_>>(), "links": links})))
}

/// Writes the statements of a request.
async fn stated(
    conn: &mut AsyncPgConnection,
    request: &WriteRequest,
    (kind, list): (Kind, Option<&'static str>),
    drafts: Vec<Result<Draft, Error>>,
) -> Result<Outcome, Error> {
    let by = request.by();
    let writing = Writing { kind, caller: &request.caller, by: &by, today: request.clock().today(), list };
    write(conn, writing, drafts).await
}

/// Takes `unit` from the parameters: the version of a unit.
async fn unit_parameter(
    conn: &mut AsyncPgConnection,
    params: &mut Params,
    today: NaiveDate,
) -> Result<Option<Vec<i64>>, Error> {
    let Some(unit) = params.read("unit", text!("expected.unit"), UnitRef::parse)? else { return Ok(None) };
    Ok(Some(vec![find_unit(conn, &unit, today).await?.id]))
}

/// The version of a unit that an address names; a code alone is read today.
///
/// # Errors
/// 404, with the code and the day.
async fn find_unit(conn: &mut AsyncPgConnection, unit: &UnitRef, today: NaiveDate) -> Result<Unit, Error> {
    let on = unit.on.unwrap_or(today);
    let versions = territory::versions(conn, &unit.code).await?;
    let found = versions.into_iter().find(|version| version.is_in_force(on));
    let unknown = || Problem::of_parameter("unit", text!("unit.not_valid/none", code = &unit.code, on));
    found.ok_or_else(|| Error::NoSuchUnit(unknown()))
}

fn unit_json(unit: &Unit) -> Value {
    json!({
        "code": unit.code,
        "name": unit.name,
        "level": unit.level.name(),
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
    })
}
