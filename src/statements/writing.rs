//! Writes lists of statements, all or none. A plan is a write that is taken back: it says exactly what a write would do.

use chrono::NaiveDate;
use diesel::result::Error as DieselError;
use diesel::result::{DatabaseErrorKind, QueryResult};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::access::{Caller, may_state};
use crate::accounts::audit;
use crate::accounts::audit::By;
use crate::error::Error;
use crate::layers::Problem;
use crate::postgres::sql::{Bind, Sql};
use crate::statements::checking::checked;
use crate::statements::reading::objects;
use crate::statements::{Draft, Kind};
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
/// As [`write()`]; 409 when the write would not do what the plan says.
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
/// As [`write()`].
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
