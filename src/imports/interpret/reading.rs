//! What reading a file gives: columns, records and findings.

use std::collections::HashMap;

use crate::files::sheet::{Cell, Workbook};
use crate::imports::interpret::answers::Answers;
use crate::imports::interpret::defaults::Filling;
use crate::imports::interpret::finding::{Finding, Message, Note, Severity};
use crate::imports::interpret::{Mapping, Record};
use crate::layers::Layer;
use crate::texts::text;

/// The result of reading a file.
#[derive(Debug, Default)]
pub struct Reading {
    pub mappings: Vec<Mapping>,
    pub records: Vec<Record>,
    pub findings: Vec<Finding>,
    /// What is said for rows that leave a field open.
    pub fillings: Vec<Filling>,
    /// How often each answer of the sender was used: by field and text.
    pub(super) answered: HashMap<(&'static str, String), usize>,
    /// How often each note was made: by sheet, column and code.
    told: HashMap<(String, String, &'static str), usize>,
}

/// At most this many infos with the same code are reported for a column; the rest are only counted. Errors and warnings
/// are all reported.
const TOLD: usize = 1000;

impl Reading {
    /// An empty reading, with values for what rows leave open.
    pub(super) fn with(fillings: Vec<Filling>) -> Reading {
        Reading { fillings, ..Reading::default() }
    }

    /// Adds a finding.
    pub fn note(
        &mut self,
        sheet: &str,
        row: Option<u32>,
        column: Option<String>,
        field: Option<&str>,
        value: Option<String>,
        note: Note,
    ) {
        if let (Severity::Info, Some(_), Some(column)) = (note.severity, row, &column) {
            let told = self.told.entry((sheet.to_owned(), column.clone(), note.code)).or_default();
            *told += 1;
            if *told > TOLD {
                return;
            }
        }
        let value = value.map(shown);
        self.findings.push(Finding {
            sheet: sheet.to_owned(),
            row,
            column,
            field: field.map(str::to_owned),
            code: note.code.into(),
            severity: note.severity,
            message: Message { vi: note.text.vi(), en: note.text.en() },
            value,
            suggestion: note.suggestion,
        });
    }

    /// Notes which answers were used, and in how many rows.
    pub(super) fn note_answered(&mut self, layer: &'static Layer, answers: &Answers) {
        let mut answered: Vec<_> = std::mem::take(&mut self.answered).into_iter().collect();
        answered.sort();
        for ((name, given), count) in answered {
            let Some(field) = layer.field(name) else { continue };
            let Some(answer) = answers.about(field, &Cell::Text(given.clone())) else { continue };
            let meant = answer.cell.as_ref().map_or_else(|| "–".to_owned(), Cell::shown);
            let text = match answer.remembered {
                true => text!("cell.answered/remembered"),
                false => text!("cell.answered"),
            };
            let text = text.with("given", &given).with("field", field.label).with("meant", meant).with("count", count);
            self.note("", None, None, Some(name), Some(given), Note::info(text));
        }
    }

    /// Adds the number of findings left out.
    pub fn note_rest(&mut self) {
        let mut told: Vec<_> = std::mem::take(&mut self.told).into_iter().filter(|(_, count)| *count > TOLD).collect();
        told.sort();
        for ((sheet, column, _), count) in told {
            let note = Note::info(text!("finding.more", count = count - TOLD));
            self.note(&sheet, None, Some(column), None, None, note);
        }
    }

    /// Adds a finding about a field of a record, in the column that holds it.
    pub fn note_record(&mut self, workbook: &Workbook, record: &Record, field: Option<&str>, note: Note) {
        let mapping = &self.mappings[record.mapping];
        let column = field.and_then(|field| mapping.column_of_field(field));
        let sheet = workbook.sheets.iter().find(|sheet| sheet.name == mapping.sheet);
        let row = sheet.and_then(|sheet| sheet.row(record.row));
        let shown = column.and_then(|column| row?.cell(column.index)).map(Cell::shown);
        let (name, letter) = (mapping.sheet.clone(), column.map(|column| column.column.clone()));
        self.note(&name, Some(record.row), letter, field, shown, note);
    }
}

/// A cell as a finding shows it: of a long one, its start.
fn shown(mut cell: String) -> String {
    const LONGEST: usize = 2000;
    if let Some((end, _)) = cell.char_indices().nth(LONGEST) {
        cell.truncate(end);
        cell.push('…');
    }
    cell
}
