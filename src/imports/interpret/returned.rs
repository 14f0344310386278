//! The workbook returned to the sender: their cells, the state of each row, and the findings.

use std::collections::HashMap;

use rust_xlsxwriter::{Format, FormatAlign, Workbook as Out, Worksheet, XlsxError};
use serde_json::Value;

use crate::error::Error;
use crate::files::sheet::{self, Cell, Format as FileFormat, Row, Sheet, Workbook};
use crate::imports::interpret::corrected::{self, Corrected};
use crate::imports::interpret::finding::{Finding, Severity};
use crate::imports::interpret::fold::fold;
use crate::imports::interpret::in_place;
use crate::imports::interpret::limits::{LAST_COLUMN, LAST_ROW, SheetNames, short};
use crate::imports::interpret::mapping::Mapping;
use crate::imports::interpret::paint::{LISTS, Lists, MISSING, colour, comment, header};
use crate::imports::interpret::state::state_text;
use crate::imports::interpret::target::Target;
use crate::imports::interpret::template::open;
use crate::layers::Layer;
use crate::texts::text;
use crate::time::today;

/// The header of the state column. Ignored on import.
pub const STATE: &str = "Trạng thái nhập";

/// What happened to a file.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    pub findings: &'a [Finding],
    /// The state of each row, by sheet and row: the operation, and for updates `{field: [before, after]}`.
    pub states: &'a HashMap<(String, u32), (String, Value)>,
    /// Records that the list no longer has: `id`, `code`, `name`.
    pub missing: &'a [Value],
    /// Cells that the sender has corrected since.
    pub corrected: &'a [Corrected],
}

/// Answers with the file as it was sent, edited in place; another format, or a package that cannot be edited, as a new
/// workbook. `mappings` are those of the plan.
///
/// # Errors
/// Those of the reader and the writer.
pub fn answer(
    layer: &'static Layer,
    file: &[u8],
    mappings: &[Mapping],
    outcome: &Outcome<'_>,
) -> Result<Vec<u8>, Error> {
    // KMZ is a package, too, but its sheet has no name.
    if file.starts_with(b"PK") && mappings.iter().all(|mapping| !mapping.sheet.is_empty()) {
        match in_place::write(layer, file, mappings, outcome) {
            Ok(edited) => return Ok(edited),
            Err(error) => tracing::warn!(error = format!("{error:#}"), "a workbook cannot be edited in place"),
        }
    }
    let mut workbook = sheet::read(file).map_err(|problem| Error::Invalid(vec![problem]))?;
    corrected::apply(outcome.corrected, &mut workbook);
    write(layer, &workbook, mappings, outcome, None).map_err(|error| anyhow::Error::new(error).into())
}

/// Writes the workbook. `mark` is a name that the file is to define.
///
/// # Errors
/// Those of the writer. No file that was read is known to cause one.
pub fn write(
    layer: &'static Layer,
    workbook: &Workbook,
    mappings: &[Mapping],
    outcome: &Outcome<'_>,
    mark: Option<&str>,
) -> Result<Vec<u8>, XlsxError> {
    let mut out = Out::new();
    if let Some(mark) = mark {
        out.define_name(mark, "=TRUE")?;
    }
    let mut lists = Lists::new();
    let mut names = SheetNames::without(&[LISTS, MISSING]);
    for sheet in workbook.sheets.iter().filter(|sheet| ![LISTS, MISSING].contains(&sheet.name.as_str())) {
        let worksheet = out.add_worksheet().set_name(names.name(&sheet.name))?;
        let mapping = mappings.iter().find(|mapping| mapping.sheet == sheet.name);
        let page = Page { layer, format: workbook.format, sheet, mapping, outcome };
        page.write(worksheet, &mut lists)?;
    }
    if !outcome.missing.is_empty() {
        write_missing(out.add_worksheet().set_name(MISSING)?, outcome.missing)?;
    }
    lists.write(&mut out)?;
    out.save_to_buffer()
}

fn write_missing(out: &mut Worksheet, missing: &[Value]) -> Result<(), XlsxError> {
    for (column, title) in (0..).zip(["id", &text!("missing.code").vi(), &text!("missing.name").vi(), STATE]) {
        out.write_string_with_format(0, column, title, &header())?;
        out.set_column_width(column, 24)?;
    }
    for (row, record) in (1..).zip(missing) {
        out.write_string(row, 0, record["id"].to_string())?;
        out.write_string(row, 1, short(record["code"].as_str().unwrap_or_default()))?;
        out.write_string(row, 2, short(record["name"].as_str().unwrap_or_default()))?;
        out.write_string(row, 3, text!("state.missing").vi())?;
    }
    Ok(())
}

struct Page<'a> {
    layer: &'static Layer,
    format: FileFormat,
    sheet: &'a Sheet,
    mapping: Option<&'a Mapping>,
    outcome: &'a Outcome<'a>,
}

impl Page<'_> {
    fn write(&self, out: &mut Worksheet, lists: &mut Lists) -> Result<(), XlsxError> {
        let mut by_row: HashMap<u32, Vec<&Finding>> = HashMap::new();
        for finding in self.outcome.findings.iter().filter(|finding| finding.sheet == self.sheet.name) {
            by_row.entry(finding.row.unwrap_or(u32::MAX)).or_default().push(finding);
        }
        let header_row = self.mapping.and_then(|mapping| mapping.header_rows.last().copied());
        let state_column = self.state_column();
        for row in self.sheet.rows.iter().filter(|row| self.line(row.number) <= LAST_ROW) {
            let findings = by_row.get(&row.number).map_or(&[][..], Vec::as_slice);
            self.write_row(out, row, findings, header_row.is_some_and(|last| row.number <= last))?;
            if let Some(state) = self.outcome.states.get(&(self.sheet.name.clone(), row.number)) {
                let worst = findings.iter().map(|finding| finding.severity).max();
                let format = wrapped();
                let format =
                    worst.and_then(colour).map_or(format.clone(), |colour| format.set_background_color(colour));
                let at = self.line(row.number);
                let text = short(&state_text(self.layer, state, findings));
                out.write_string_with_format(at, state_column, text, &format)?;
                // Findings about the whole row have no cell of their own.
                let whole: Vec<_> = findings.iter().filter(|it| it.column.is_none()).copied().collect();
                if !whole.is_empty() {
                    comment(out, at, state_column, &whole)?;
                }
            } else if let Some(passed) = findings.iter().find(|finding| finding.code.starts_with("row.")) {
                let text = short(&text!("state.passed", why = &passed.message.vi).vi());
                out.write_string_with_format(self.line(row.number), state_column, text, &wrapped())?;
            }
        }
        if let (Some(mapping), Some(header_row)) = (self.mapping, header_row) {
            out.write_string_with_format(self.line(header_row), state_column, STATE, &header())?;
            out.set_column_width(state_column, 60)?;
            out.set_freeze_panes(self.line(header_row) + 1, 0)?;
            let last = self.sheet.rows.last().map_or(0, |row| self.line(row.number)).min(LAST_ROW);
            for column in &mapping.columns {
                let Some(Target::Field(field)) = column.target else { continue };
                let choices = field.value.choices();
                if matches!(field.value, crate::layers::Type::OneOf(_)) && last > self.line(header_row) {
                    let labels = open(choices, today());
                    let rule = lists.drop_down(field.label.vi, labels.map(|choice| choice.label.vi.to_owned()));
                    out.add_data_validation(
                        self.line(header_row) + 1,
                        column.index as u16,
                        last,
                        column.index as u16,
                        &rule,
                    )?;
                }
            }
            self.candidates(out, lists)?;
        }
        Ok(())
    }

    /// Adds drop-downs of the candidates that findings list.
    fn candidates(&self, out: &mut Worksheet, lists: &mut Lists) -> Result<(), XlsxError> {
        let of_sheet = self.outcome.findings.iter().filter(|finding| finding.sheet == self.sheet.name);
        for finding in of_sheet.filter(|finding| finding.code.starts_with("unit.")).take(1000) {
            let (Some(suggestion), Some(row)) = (&finding.suggestion, finding.row) else { continue };
            let column = self.mapping.and_then(|mapping| mapping.column_of_field("declared_commune_code"));
            let Some(column) = column else { continue };
            let values: Vec<String> = suggestion.split("; ").map(str::to_owned).collect();
            let rule = lists.drop_down(finding.value.as_deref().unwrap_or("?"), values);
            let at = self.line(row);
            out.add_data_validation(at, column.index as u16, at, column.index as u16, &rule)?;
        }
        Ok(())
    }

    fn write_row(
        &self,
        out: &mut Worksheet,
        row: &Row,
        findings: &[&Finding],
        is_header: bool,
    ) -> Result<(), XlsxError> {
        let at = self.line(row.number);
        for finding in findings.iter().filter(|finding| finding.severity > Severity::Info) {
            // The finding is about an empty cell.
            if let Some(column) = self.index_of(finding).filter(|column| row.cell(u32::from(*column)).is_none()) {
                let format = colour(finding.severity)
                    .map_or_else(Format::new, |colour| Format::new().set_background_color(colour));
                out.write_blank(at, column, &format)?;
            }
        }
        for (index, cell) in row.cells.iter().filter(|(column, _)| *column <= LAST_COLUMN) {
            let column = *index as u16;
            let here: Vec<_> =
                findings.iter().filter(|finding| self.index_of(finding) == Some(column)).copied().collect();
            let worst = here.iter().map(|finding| finding.severity).max();
            let mut format = if is_header { header() } else { Format::new() };
            if let Some(colour) = worst.and_then(colour) {
                format = format.set_background_color(colour);
            }
            write_cell(out, at, column, cell, format)?;
        }
        let mut commented: Vec<u16> = Vec::new();
        for column in findings.iter().filter_map(|finding| self.index_of(finding)) {
            let here: Vec<_> =
                findings.iter().filter(|finding| self.index_of(finding) == Some(column)).copied().collect();
            if !here.is_empty() && !commented.contains(&column) {
                comment(out, at, column, &here)?;
                commented.push(column);
            }
        }
        Ok(())
    }

    fn index_of(&self, finding: &Finding) -> Option<u16> {
        let letter = finding.column.as_ref()?;
        let mapping = self.mapping?;
        let column = mapping.columns.iter().find(|column| column.column == *letter)?;
        (column.index <= LAST_COLUMN).then_some(column.index as u16)
    }

    /// The state column. Where a workbook already has one, the same; otherwise right of all others.
    fn state_column(&self) -> u16 {
        let known = self
            .mapping
            .into_iter()
            .flat_map(|mapping| &mapping.columns)
            .find(|column| fold(&column.header) == fold(STATE));
        let last = || self.sheet.rows.iter().filter_map(|row| row.cells.last()).map(|(column, _)| *column).max();
        // A sheet that is full to its last column has no room for the states: they replace what stands there.
        known.map_or_else(|| last().map_or(0, |last| last + 1), |column| column.index).min(LAST_COLUMN) as u16
    }

    /// The line of a row in the workbook, from 0. Features are numbered from 1 and have no header row, so they are
    /// below the header.
    fn line(&self, number: u32) -> u32 {
        match self.format {
            FileFormat::Geojson | FileFormat::Kml => number,
            FileFormat::Xlsx | FileFormat::Csv => number.saturating_sub(1),
        }
    }
}

fn wrapped() -> Format {
    Format::new().set_text_wrap().set_align(FormatAlign::Top)
}

fn write_cell(out: &mut Worksheet, row: u32, column: u16, cell: &Cell, format: Format) -> Result<(), XlsxError> {
    match cell {
        Cell::Number(number) => out.write_number_with_format(row, column, *number, &format)?,
        Cell::Bool(value) => out.write_boolean_with_format(row, column, *value, &format)?,
        Cell::Date(date) => {
            let epoch = chrono::NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default();
            let days = date.signed_duration_since(epoch).num_days() as f64;
            out.write_number_with_format(row, column, days, &format.set_num_format("dd/mm/yyyy"))?
        }
        other => out.write_string_with_format(row, column, short(&other.shown()), &format)?,
    };
    Ok(())
}
