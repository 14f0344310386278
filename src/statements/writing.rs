//! Writes lists of statements, all or none. A plan is a write that is taken back: it says exactly what a write would do.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::result::Error as DieselError;
use diesel::result::{DatabaseErrorKind, QueryResult};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::access::{Caller, Ground, Stated, may_state, states_of};
use crate::accounts::audit;
use crate::accounts::audit::By;
use crate::error::Error;
use crate::layers::Problem;
use crate::postgres::sql::{Bind, Sql};
use crate::statements::indicator::{limits, with_values};
use crate::statements::reading::objects;
use crate::statements::{Draft, Kind, Place, places, value};
use crate::texts::text;

/// Who writes which statements.
#[derive(Debug, Clone, Copy)]
pub struct Writing<'a> {
    pub kind: Kind,
    pub caller: &'a Caller,
    pub by: &'a By,
    pub today: NaiveDate,
    /// The pointer to the list in the body; `None` for a body that is one statement.
    pub list: Option<&'static str>,
}

/// What a write did, or what it would do.
#[derive(Debug, Default, Serialize)]
pub struct Outcome {
    pub create: usize,
    pub update: usize,
    pub withdraw: usize,
    pub unchanged: usize,
    /// The hash of every change.
    #[serde(skip)]
    pub plan: String,
}

/// Writes statements.
///
/// # Errors
/// 401, 403, `Invalid` with the problems of every draft, each with the pointer to its draft in front.
pub async fn write(
    conn: &mut AsyncPgConnection,
    writing: Writing<'_>,
    drafts: Vec<Result<Draft, Error>>,
) -> Result<Outcome, Error> {
    may_state(writing.caller, writing.kind.stated())?;
    conn.transaction(async |conn| state(conn, writing, drafts).await).await
}

/// Writes what was planned.
///
/// # Errors
/// As [`write`]; 409 when the write would not do what the plan says.
pub async fn commit(
    conn: &mut AsyncPgConnection,
    writing: Writing<'_>,
    drafts: Vec<Result<Draft, Error>>,
    plan: &str,
) -> Result<Outcome, Error> {
    may_state(writing.caller, writing.kind.stated())?;
    conn.transaction(async |conn| {
        let outcome = state(conn, writing, drafts).await?;
        if outcome.plan == plan {
            return Ok(outcome);
        }
        Err(Error::Outdated(vec![Problem::of_parameter("plan", text!("import.other_plan"))]))
    })
    .await
}

/// Says what a write would do.
///
/// # Errors
/// As [`write`].
pub async fn plan(
    conn: &mut AsyncPgConnection,
    writing: Writing<'_>,
    drafts: Vec<Result<Draft, Error>>,
) -> Result<Outcome, Error> {
    may_state(writing.caller, writing.kind.stated())?;
    let planned = conn
        .transaction(async |conn| -> Result<(), Planned> {
            let outcome = state(conn, writing, drafts).await.map_err(|error| Planned(Err(error)))?;
            Err(Planned(Ok(outcome)))
        })
        .await;
    planned.map_or_else(|Planned(outcome)| outcome, |()| Ok(Outcome::default()))
}

/// Ends the transaction of a plan.
struct Planned(Result<Outcome, Error>);

impl From<DieselError> for Planned {
    fn from(error: DieselError) -> Planned {
        Planned(Err(error.into()))
    }
}

async fn state(
    conn: &mut AsyncPgConnection,
    writing: Writing<'_>,
    drafts: Vec<Result<Draft, Error>>,
) -> Result<Outcome, Error> {
    let Writing { kind, by, .. } = writing;
    let rows = checked(conn, writing, drafts).await?;
    let given = rows.len();
    Sql::new("select set_config('hatang.actor', ")
        .bind(Bind::Text(by.actor.clone()))
        .text(", true)")
        .execute(conn)
        .await?;
    let statement = match kind {
        Kind::Indicators => include_str!("sql/indicators.sql"),
        Kind::Values => include_str!("sql/values.sql"),
        Kind::Baselines => include_str!("sql/baselines.sql"),
        Kind::Availability => include_str!("sql/availability.sql"),
    };
    Sql::file(statement, &[Bind::Json(rows.into())]).execute(conn).await.map_err(of_reference)?;
    let changes = changes(conn, kind, &by.actor).await?;
    let count = |op: &str| changes.iter().filter(|change| change.op == op).count();
    let mut outcome =
        Outcome { create: count("create"), update: count("update"), withdraw: count("withdraw"), ..Outcome::default() };
    outcome.unchanged = given.saturating_sub(changes.len());
    outcome.plan = hash(kind, given, &changes);
    if !changes.is_empty() {
        let action = match kind {
            Kind::Indicators => "indicators.write",
            Kind::Values => "values.write",
            Kind::Baselines => "baselines.write",
            Kind::Availability => "availability.write",
        };
        audit::add(conn, by, action, json!(outcome)).await?;
    }
    Ok(outcome)
}

/// The rows to write.
async fn checked(
    conn: &mut AsyncPgConnection,
    writing: Writing<'_>,
    drafts: Vec<Result<Draft, Error>>,
) -> Result<Vec<Value>, Error> {
    let Writing { kind, caller, today, list, .. } = writing;
    let read = || drafts.iter().filter_map(|draft| draft.as_ref().ok());
    let is_limited = caller.grants().iter().any(|grant| !grant.is_of_everything());
    let found = places::find(conn, read(), today, is_limited).await?;
    let codes =
        || read().filter_map(|draft| Some(draft.text("indicator").or(draft.text("code"))?.to_owned())).collect();
    let limits =
        if matches!(kind, Kind::Values | Kind::Indicators) { limits(conn, codes()).await? } else { HashMap::new() };
    let used = if kind == Kind::Indicators { with_values(conn, codes()).await? } else { Vec::new() };

    let mut rows = Vec::new();
    let mut problems = Vec::new();
    let mut firsts = HashMap::new();
    for (index, draft) in drafts.into_iter().enumerate() {
        let pointer = list.map_or_else(String::new, |list| format!("{list}/{index}"));
        let mut refuse = |texts: Vec<Problem>| problems.extend(Error::Invalid(texts).problems_at(&pointer));
        let mut draft = match draft {
            Ok(draft) => draft,
            Err(error) => {
                problems.extend(error.problems_at(&pointer));
                continue;
            }
        };
        let place = draft.place.as_ref().and_then(|place| found.get(place));
        match (&draft.place, place) {
            (None, _) => {
                let is_used = draft.text("code").is_some_and(|code| used.iter().any(|used| used == code));
                let known = draft.text("code").and_then(|code| limits.get(code));
                if is_used && (draft.withdrawn || known.is_some_and(|known| draft.text("kind") != Some(&known.kind))) {
                    refuse(vec![Problem::in_body("/code", text!("indicator.has_values"))]);
                }
            }
            (Some(Place::Unit { code, on }), None) => {
                refuse(vec![Problem::in_body("/unit", text!("unit.not_valid/none", code, on = *on))]);
            }
            (Some(Place::Hamlet(_)), None) => {
                refuse(vec![Problem::in_body("/hamlet", text!("reference.unknown"))]);
            }
            (Some(_), Some(place)) => {
                let stated = match kind {
                    Kind::Availability => Stated::Availability { operator: draft.text("operator") },
                    other => other.stated(),
                };
                if !states_of(caller, stated, &place.ground) {
                    refuse(vec![Problem::in_body(
                        scope_pointer(caller, stated, &place.ground),
                        text!("scope.outside/statement", name = &place.name),
                    )]);
                }
                if kind == Kind::Values {
                    let limits = draft.text("indicator").and_then(|code| limits.get(code));
                    if let Err(wrong) = value::check(&mut draft, limits, place) {
                        refuse(wrong);
                    }
                }
                draft.record.insert("unit_id".into(), json!(place.unit_id));
                draft.record.insert("hamlet_id".into(), json!(place.hamlet_id));
            }
        }
        let columns = kind.key().iter().chain(&["unit_id", "hamlet_id"]);
        let key: Vec<_> = columns.map(|column| draft.record.get(*column).cloned().unwrap_or_default()).collect();
        if let Some(first) = firsts.insert(json!(key).to_string(), index) {
            refuse(vec![Problem::in_body("", text!("dup.statement", nth = first + 1))]);
        }
        draft.record.insert("nth".into(), json!(index));
        draft.record.insert("withdrawn".into(), json!(draft.withdrawn));
        rows.push(draft.record.into());
    }
    match problems.as_slice() {
        [] => Ok(rows),
        [outside] if list.is_none() && outside.code == "scope.outside" => Err(Error::Forbidden(Some(outside.clone()))),
        _ => Err(Error::Invalid(problems)),
    }
}

/// The member that lies outside of what a caller may state.
fn scope_pointer(caller: &Caller, stated: Stated<'_>, ground: &Ground) -> &'static str {
    let is_operator = |operator: &str| states_of(caller, Stated::Availability { operator: Some(operator) }, ground);
    let of_others = crate::figures::operators().iter().any(|choice| is_operator(choice.value));
    if matches!(stated, Stated::Availability { .. }) && of_others { "/operator" } else { "/unit" }
}

/// Somebody stated a value of the indicator, or removed it, at the same time.
fn of_reference(error: DieselError) -> Error {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => {
            Error::Conflict(Problem::in_body("", text!("indicator.has_values")))
        }
        error => error.into(),
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Change {
    op: String,
    before: Option<Map<String, Value>>,
    after: Option<Map<String, Value>>,
}

/// What this transaction has changed so far.
async fn changes(conn: &mut AsyncPgConnection, kind: Kind, actor: &str) -> QueryResult<Vec<Change>> {
    let values = [Bind::Text(kind.name().into()), Bind::Text(actor.to_owned())];
    objects(conn, Sql::file(include_str!("sql/changes.sql"), &values)).await
}

fn hash(kind: Kind, given: usize, changes: &[Change]) -> String {
    let mut lines: Vec<_> = changes.iter().map(|change| json!(change).to_string()).collect();
    lines.sort();
    let digest = Sha256::digest(format!("{} {given}\n{}", kind.name(), lines.join("\n")));
    format!("sha256:{}", digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
