//! Checks statements before they are written: whether their places exist, whether their writer may state them, and what
//! their indicators allow.

use std::collections::HashMap;

use diesel::result::QueryResult;
use diesel_async::AsyncPgConnection;
use serde_json::{Value, json};

use crate::access::{Caller, Ground, Stated, states_of};
use crate::error::Error;
use crate::figures;
use crate::layers::Problem;
use crate::statements::indicator::{Limits, limits, with_values};
use crate::statements::places::Found;
use crate::statements::writing::Writing;
use crate::statements::{Draft, Kind, Place, places, value};
use crate::texts::text;

/// The rows to write.
///
/// # Errors
/// Every problem of every draft; 403 for a single statement about a place that is not the caller's.
pub async fn checked(
    conn: &mut AsyncPgConnection,
    writing: Writing<'_>,
    drafts: Vec<Result<Draft, Error>>,
) -> Result<Vec<Value>, Error> {
    let known = Known::of(conn, writing, &drafts).await?;
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    let mut firsts = HashMap::new();
    for (index, draft) in drafts.into_iter().enumerate() {
        let again = |draft: Draft| match firsts.insert(key(writing.kind, &draft), index) {
            None => Ok(draft),
            Some(first) => Err(Error::Invalid(vec![Problem::in_body("", text!("dup.statement", nth = first + 1))])),
        };
        match draft.and_then(|draft| known.check(writing, draft)).and_then(again) {
            Ok(mut draft) => {
                draft.record.insert("withdrawn".into(), json!(draft.withdrawn));
                rows.push(draft.record.into());
            }
            Err(error) => {
                let pointer = writing.list.map_or_else(String::new, |list| format!("{list}/{index}"));
                problems.extend(error.problems_at(&pointer));
            }
        }
    }
    match problems.as_slice() {
        [] => Ok(rows),
        [outside] if writing.list.is_none() && outside.code == "scope.outside" => {
            Err(Error::Forbidden(Some(outside.clone())))
        }
        _ => Err(Error::Invalid(problems)),
    }
}

/// What tells a statement apart from others of its kind.
fn key(kind: Kind, draft: &Draft) -> String {
    let columns = kind.key().iter().chain(&["unit_id", "hamlet_id"]);
    columns.map(|column| draft.record.get(*column).cloned().unwrap_or_default()).collect::<Value>().to_string()
}

/// What the register knows of the places and the indicators of some statements.
struct Known {
    places: HashMap<Place, Found>,
    limits: HashMap<String, Limits>,
    /// The codes of indicators with values.
    used: Vec<String>,
}

impl Known {
    async fn of(
        conn: &mut AsyncPgConnection,
        writing: Writing<'_>,
        drafts: &[Result<Draft, Error>],
    ) -> QueryResult<Known> {
        let read = || drafts.iter().filter_map(|draft| draft.as_ref().ok());
        let is_limited = writing.caller.grants().iter().any(|grant| !grant.is_of_everything());
        let codes = |column: &str| read().filter_map(|draft| Some(draft.text(column)?.to_owned())).collect();
        let (defined, used) = match writing.kind {
            Kind::Indicators => (limits(conn, codes("code")).await?, with_values(conn, codes("code")).await?),
            Kind::Values => (limits(conn, codes("indicator")).await?, Vec::new()),
            Kind::Baselines | Kind::Availability => (HashMap::new(), Vec::new()),
        };
        Ok(Known { places: places::find(conn, read(), writing.today, is_limited).await?, limits: defined, used })
    }

    fn check(&self, writing: Writing<'_>, mut draft: Draft) -> Result<Draft, Error> {
        let Some(place) = &draft.place else { return self.check_definition(draft) };
        let found = self.places.get(place).ok_or_else(|| Error::Invalid(vec![no_such(place)]))?;
        let mut problems = Vec::new();
        let stated = match writing.kind {
            Kind::Availability => Stated::Availability { operator: draft.text("operator") },
            other => other.stated(),
        };
        if !states_of(writing.caller, stated, &found.ground) {
            let text = text!("scope.outside/statement", name = &found.name);
            problems.push(Problem::in_body(outside(writing.caller, stated, &found.ground), text));
        }
        if writing.kind == Kind::Values {
            let limits = draft.text("indicator").and_then(|code| self.limits.get(code));
            problems.extend(value::check(&mut draft, limits, found).err().unwrap_or_default());
        }
        draft.record.insert("unit_id".into(), json!(found.unit_id));
        draft.record.insert("hamlet_id".into(), json!(found.hamlet_id));
        if problems.is_empty() { Ok(draft) } else { Err(Error::Invalid(problems)) }
    }

    /// An indicator with values is not removed, and keeps its kind.
    fn check_definition(&self, draft: Draft) -> Result<Draft, Error> {
        let code = draft.text("code").unwrap_or_default();
        let is_used = self.used.iter().any(|used| used == code);
        let keeps_kind = self.limits.get(code).is_none_or(|known| draft.text("kind") == Some(&known.kind));
        if is_used && (draft.withdrawn || !keeps_kind) {
            return Err(Error::Invalid(vec![Problem::in_body("/code", text!("indicator.has_values"))]));
        }
        Ok(draft)
    }
}

fn no_such(place: &Place) -> Problem {
    match place {
        Place::Unit { code, on } => Problem::in_body("/unit", text!("unit.not_valid/none", code, on = *on)),
        Place::Hamlet(_) => Problem::in_body("/hamlet", text!("reference.unknown")),
    }
}

/// The member that lies outside of what a caller may state.
fn outside(caller: &Caller, stated: Stated<'_>, ground: &Ground) -> &'static str {
    let is_own = |operator: &str| states_of(caller, Stated::Availability { operator: Some(operator) }, ground);
    let is_of_another = || figures::operators().iter().any(|choice| is_own(choice.value));
    if matches!(stated, Stated::Availability { .. }) && is_of_another() { "/operator" } else { "/unit" }
}
