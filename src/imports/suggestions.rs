//! Accepts suggestions and corrects cells of a file that waits to be committed. The file is then planned again.

use std::collections::{HashMap, HashSet};

use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Error;
use crate::imports::again::{Waiting, plan_again};
use crate::imports::interpret::{Correction, Finding, Severity};
use crate::imports::{Options, Sent, lock, rows};
use crate::layers::Layer;
use crate::texts::{Text, text};

/// Which suggestions the sender accepts.
#[derive(Debug, Default)]
pub struct Wish {
    /// Every suggestion about an error or a warning that has one candidate. Not those that join a row with a record.
    pub all: bool,
    /// The suggestions of findings with these codes.
    pub codes: Vec<String>,
    pub cells: Vec<WishedCell>,
}

/// A cell, and what it should hold: one of the candidates of its finding, or another text. A cell without a finding needs
/// a text.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WishedCell {
    /// May be left out if the file has one sheet.
    pub sheet: Option<String>,
    pub row: u32,
    pub field: String,
    /// May be left out if there is one candidate.
    pub value: Option<String>,
}

/// What became of a wish.
#[derive(Debug, Default)]
pub struct Accepted {
    pub applied: usize,
    /// The cells that stay as they are: `sheet`, `row`, `field`, and the reason.
    pub left: Vec<(Value, Text)>,
    /// The file to plan again, on the same connection: it holds the lock of the planner.
    pub sent: Option<Sent>,
}

/// Stores the corrections of a planned import, and deletes its plan if there are new ones.
///
/// # Errors
/// Conflict when the import does not wait to be committed, or its file is gone.
pub async fn accept(
    conn: &mut AsyncPgConnection,
    layer: &'static Layer,
    id: Uuid,
    wish: &Wish,
) -> Result<Accepted, Error> {
    lock("select pg_advisory_lock", id).execute(conn).await?;
    let accepted = conn.transaction(async |conn| store(conn, layer, id, wish).await).await;
    if !matches!(&accepted, Ok(Accepted { sent: Some(_), .. })) {
        lock("select pg_advisory_unlock", id).execute(conn).await?;
    }
    accepted
}

async fn store(conn: &mut AsyncPgConnection, layer: &'static Layer, id: Uuid, wish: &Wish) -> Result<Accepted, Error> {
    let Waiting { import, file } = Waiting::find(conn, id).await?;
    let findings: Vec<Finding> = serde_json::from_value(import.findings.clone()).map_err(anyhow::Error::new)?;
    let known: Vec<Correction> = serde_json::from_value(import.corrections.clone()).map_err(anyhow::Error::new)?;
    let options: Options = serde_json::from_value(import.options.clone()).map_err(anyhow::Error::new)?;
    let wished: Vec<_> = wish.cells.iter().filter(|cell| cell.value.is_some()).map(|cell| cell.row).collect();
    let planned = if wished.is_empty() { HashSet::new() } else { rows::numbered(conn, id, &wished).await? };
    let mut accepted = Accepted::default();
    let corrections = merge(layer, &findings, &planned, known.clone(), wish, &mut accepted);
    if corrections == known {
        return Ok(accepted);
    }
    accepted.sent = Some(plan_again(conn, layer, Waiting { import, file }, options, &corrections).await?);
    Ok(accepted)
}

/// The corrections with those wished for. A later correction of a cell replaces an earlier one. `planned` are the rows
/// that a wish may name although there is no finding about the cell.
fn merge(
    layer: &'static Layer,
    findings: &[Finding],
    planned: &HashSet<(String, u32)>,
    mut corrections: Vec<Correction>,
    wish: &Wish,
    accepted: &mut Accepted,
) -> Vec<Correction> {
    let cell_of = |it: &Correction| (it.sheet.clone(), it.row, it.field.clone());
    let mut known: HashMap<_, usize> = corrections.iter().map(cell_of).zip(0..).collect();
    let mut add = |accepted: &mut Accepted, correction: Correction| {
        accepted.applied += 1;
        let next = corrections.len();
        match *known.entry(cell_of(&correction)).or_insert(next) {
            new if new == next => corrections.push(correction),
            index => corrections[index].value = correction.value,
        }
    };
    for cell in &wish.cells {
        let is_asked = |finding: &&Finding| {
            finding.row == Some(cell.row)
                && finding.field.as_ref() == Some(&cell.field)
                && cell.sheet.as_ref().is_none_or(|sheet| *sheet == finding.sheet)
        };
        // A suggestion says more than another finding about the cell.
        let found = findings.iter().filter(is_asked).max_by_key(|finding| finding.suggestion.is_some());
        let place = json!({"sheet": cell.sheet, "row": cell.row, "field": cell.field});
        let made = match (found, cell.value.as_deref()) {
            (Some(finding), value) => value
                .map_or_else(|| candidate(finding), Ok)
                .map(|value| correction(finding, cell.row, &cell.field, value)),
            (None, None) => Err(text!("suggestion.no_finding")),
            (None, Some(value)) => corrected(layer, cell, value, planned).ok_or_else(|| text!("suggestion.no_cell")),
        };
        match made {
            Ok(correction) => add(accepted, correction),
            Err(reason) => accepted.left.push((place, reason)),
        }
    }
    let is_named = |finding: &Finding| wish.codes.contains(&finding.code);
    let is_general = |finding: &Finding| {
        wish.all && finding.severity > Severity::Info && finding.suggestion.is_some() && finding.code != "snapshot.pair"
    };
    let wished: HashSet<_> = wish.cells.iter().map(|cell| (cell.row, cell.field.as_str())).collect();
    let mut seen = HashSet::new();
    for finding in findings.iter().filter(|finding| is_named(finding) || is_general(finding)) {
        let (Some(row), Some(field)) = (finding.row, &finding.field) else { continue };
        if wished.contains(&(row, field.as_str())) || !seen.insert((&finding.sheet, row, field)) {
            continue;
        }
        match candidate(finding) {
            Ok(value) => add(accepted, correction(finding, row, field, value)),
            Err(reason) => {
                accepted.left.push((json!({"sheet": finding.sheet, "row": row, "field": field}), reason));
            }
        }
    }
    corrections
}

fn correction(finding: &Finding, row: u32, field: &str, value: &str) -> Correction {
    let (sheet, before) = (finding.sheet.clone(), finding.value.clone());
    Correction { sheet, row, field: field.to_owned(), value: value.to_owned(), before }
}

/// The correction of a cell without a finding; `None` if there is no such row or field, or if several sheets have the row.
fn corrected(
    layer: &'static Layer,
    cell: &WishedCell,
    value: &str,
    planned: &HashSet<(String, u32)>,
) -> Option<Correction> {
    let is_own = |sheet: &String| cell.sheet.as_ref().is_none_or(|named| named == sheet);
    let mut sheets = planned.iter().filter(|(sheet, row)| *row == cell.row && is_own(sheet));
    let (Some((sheet, row)), None) = (sheets.next(), sheets.next()) else { return None };
    is_correctable(layer, &cell.field).then(|| Correction {
        sheet: sheet.clone(),
        row: *row,
        field: cell.field.clone(),
        value: value.to_owned(),
        before: None,
    })
}

/// Whether a correction may name this field.
pub(super) fn is_correctable(layer: &'static Layer, field: &str) -> bool {
    matches!(field, "geom" | "id") || layer.field(field).is_some_and(|field| field.writable)
}

/// The only candidate of a finding.
fn candidate(finding: &Finding) -> Result<&str, Text> {
    match finding.suggestion.as_deref() {
        Some(several) if several.contains("; ") => Err(text!("suggestion.several", candidates = several)),
        Some(one) => Ok(one),
        None => Err(text!("suggestion.none")),
    }
}
