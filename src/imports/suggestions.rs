//! Accepts suggestions: corrects cells of a file that waits to be committed. The file is then planned again.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Error;
use crate::imports::interpret::{Correction, Finding, Instructions, Severity};
use crate::imports::{Import, Mode, Options, Sent, imports, lock, rows};
use crate::layers::{Layer, Problem};
use crate::texts::{Text, text};
use crate::time::today;

/// Which suggestions the sender accepts.
#[derive(Debug, Default)]
pub struct Wish {
    /// Every suggestion about an error or a warning that has one candidate. Not those that join a row with a record.
    pub all: bool,
    /// The suggestions of findings with these codes.
    pub codes: Vec<String>,
    pub cells: Vec<WishedCell>,
}

/// A cell that has a finding, and what it should hold: one of the candidates, or another text.
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
    let not_planned = || Error::Outdated(vec![Problem::in_body("", text!("import.not_planned"))]);
    let import: Import = imports::table.find(id).select(Import::as_select()).for_update().first(conn).await?;
    let file: Option<Vec<u8>> = imports::table.find(id).select(imports::file).first(conn).await?;
    let (Some(file), "planned") = (file, import.status.as_str()) else { return Err(not_planned()) };
    let findings: Vec<Finding> = serde_json::from_value(import.findings).map_err(anyhow::Error::new)?;
    let known: Vec<Correction> = serde_json::from_value(import.corrections).map_err(anyhow::Error::new)?;
    let mut accepted = Accepted::default();
    let corrections = merge(&findings, known.clone(), wish, &mut accepted);
    if corrections == known {
        return Ok(accepted);
    }
    diesel::update(imports::table.find(id))
        .set((imports::status.eq("planning"), imports::corrections.eq(json!(corrections)), imports::done.eq(0)))
        .execute(conn)
        .await?;
    rows::delete(conn, id).await?;
    let options: Options = serde_json::from_value(import.options).map_err(anyhow::Error::new)?;
    let said = [&options.mapping, &options.defaults, &options.values];
    let instructions = Instructions::read(layer, said, today()).map_err(Error::Invalid)?;
    accepted.sent = Some(Sent {
        file: file.into(),
        file_name: import.file_name,
        mode: Mode::of_name(&import.mode).unwrap_or(Mode::Upsert),
        source_org: import.source_org,
        options,
        instructions,
    });
    Ok(accepted)
}

/// The corrections with those wished for. A later correction of a cell replaces an earlier one.
fn merge(
    findings: &[Finding],
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
        match (found, cell.value.as_deref().map(Ok)) {
            (None, _) => accepted.left.push((place, text!("suggestion.no_finding"))),
            (Some(finding), value) => match value.unwrap_or_else(|| candidate(finding)) {
                Ok(value) => add(accepted, correction(finding, cell.row, &cell.field, value)),
                Err(reason) => accepted.left.push((place, reason)),
            },
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

/// The only candidate of a finding.
fn candidate(finding: &Finding) -> Result<&str, Text> {
    match finding.suggestion.as_deref() {
        Some(several) if several.contains("; ") => Err(text!("suggestion.several", candidates = several)),
        Some(one) => Ok(one),
        None => Err(text!("suggestion.none")),
    }
}
