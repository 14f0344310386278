//! Reads sheets of statements: finds the header, reads the cells, looks up what they name. The statements are then
//! checked and planned as those of the API are.

mod cells;
mod columns;
mod named;
mod rows;
mod template;

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel_async::AsyncPgConnection;
use serde::Serialize;

use crate::access::{Caller, may_state};
use crate::accounts::audit::By;
use crate::error::Error;
use crate::files::sheet;
use crate::imports::interpret::{Finding, Message, Severity};
use crate::layers::Problem;
use crate::layers::problem::Place;
use crate::statements::Kind;
use crate::statements::writing::{self, Outcome, Writing};
use crate::texts::text;
use rows::SheetRow;

pub use template::template;

/// What a file would do, or did.
#[derive(Debug, Default, Serialize)]
pub struct Plan {
    #[serde(flatten)]
    pub outcome: Outcome,
    pub findings: Vec<Finding>,
    /// `None` with errors: then nothing can be written.
    pub plan: Option<String>,
}

/// A file of statements, and who sends it.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    pub kind: Kind,
    pub caller: &'a Caller,
    pub by: &'a By,
    pub today: NaiveDate,
    pub file: &'a [u8],
    /// The hash of the plan to carry out; `None` to plan.
    pub plan: Option<&'a str>,
}

/// Plans a file, or writes what was planned.
///
/// # Errors
/// 401, 403; 422 for a file that cannot be read; 409 for one with errors, or that would do something else than planned.
pub async fn import(conn: &mut AsyncPgConnection, sent: Sent<'_>) -> Result<Plan, Error> {
    may_state(sent.caller, sent.kind.stated())?;
    let workbook = sheet::read(sent.file).map_err(|problem| Error::Invalid(vec![problem]))?;
    let (rows, mut findings) = rows::read(conn, sent.kind, &workbook, sent.today).await?;
    let writing = Writing { kind: sent.kind, caller: sent.caller, by: sent.by, today: sent.today, list: Some("") };
    let drafts = rows.iter().filter(|row| !row.is_broken).map(|row| row.draft(sent.kind, sent.today)).collect();
    let has_errors = |findings: &[Finding]| findings.iter().any(|finding| finding.severity == Severity::Error);
    let good: Vec<&SheetRow> = rows.iter().filter(|row| !row.is_broken).collect();
    let stated = match sent.plan {
        Some(plan) if !has_errors(&findings) => writing::commit(conn, writing, drafts, plan).await,
        _ => writing::plan(conn, writing, drafts).await,
    };
    let outcome = match stated {
        Ok(outcome) => outcome,
        Err(Error::Invalid(problems)) => {
            findings.extend(problems.iter().map(|problem| finding(problem, &good)));
            Outcome::default()
        }
        Err(error) => return Err(error),
    };
    findings.sort_by_key(|finding| (finding.row, finding.column.as_ref().map(|column| (column.len(), column.clone()))));
    if !has_errors(&findings) {
        return Ok(Plan { plan: Some(outcome.plan.clone()), outcome, findings });
    }
    if sent.plan.is_some() {
        let rows: std::collections::BTreeSet<_> =
            findings.iter().filter(|it| it.severity == Severity::Error).map(|it| it.row).collect();
        return Err(Error::Outdated(vec![Problem::in_body("", text!("import.has_errors", count = rows.len()))]));
    }
    Ok(Plan { outcome, findings, plan: None })
}

/// The finding of a problem, whose pointer has the number of a good row.
fn finding(problem: &Problem, rows: &[&SheetRow]) -> Finding {
    let Place::Pointer(pointer) = &problem.place else { return rows::of_file(&problem.text) };
    let mut parts = pointer.trim_start_matches('/').split('/');
    let row = parts.next().and_then(|index| index.parse::<usize>().ok()).and_then(|index| rows.get(index));
    let Some(row) = row else { return rows::of_file(&problem.text) };
    let field = parts.next().unwrap_or_default();
    let cell = row.cells.get(rows::column_of(field, &row.cells));
    Finding {
        sheet: row.sheet.clone(),
        row: Some(row.number),
        column: cell.map(|(column, _)| column.clone()),
        field: (!field.is_empty()).then(|| field.to_owned()),
        code: problem.code.into(),
        severity: Severity::Error,
        message: Message { vi: problem.text.vi(), en: problem.text.en() },
        value: cell.map(|(_, shown)| shown.clone()),
        suggestion: None,
    }
}

/// The cells of a row by column: the letter and what is shown.
type Cells = HashMap<&'static str, (String, String)>;
