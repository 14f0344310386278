//! The workbook of the sender, returned as it was sent: only the state of each row and the findings are added.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::edit::{Book, DropDown, Fill, Look, Mark, Page, SheetEdit};
use crate::files::sheet::index;
use crate::imports::interpret::finding::{Finding, Severity};
use crate::imports::interpret::fold::fold;
use crate::imports::interpret::mapping::Mapping;
use crate::imports::interpret::paint::{HEADER, LISTS, Lists, MISSING, paint, reasons};
use crate::imports::interpret::returned::{Outcome, STATE};
use crate::imports::interpret::state::state_text;
use crate::imports::interpret::target::Target;
use crate::imports::interpret::template::open;
use crate::layers::{Layer, Type};
use crate::texts::text;
use crate::time::today;

/// The width of the state column, in characters.
const WIDTH: f64 = 60.0;
/// The last column of Excel, from 0.
const LAST_COLUMN: u32 = 16_383;
/// A header further down does not stay in sight: it would fill the window.
const FROZEN: u32 = 15;
/// The greatest number of characters of a cell, with room for characters that count twice.
const CHARACTERS: usize = 16_000;
/// At most this many cells get a drop-down of their own candidates.
const CANDIDATES: usize = 1000;

/// Writes the workbook. `mappings` are those of the plan.
///
/// # Errors
/// A package that cannot be edited, because it is damaged or unusual.
pub fn write(
    layer: &'static Layer,
    file: &[u8],
    mappings: &[Mapping],
    outcome: &Outcome<'_>,
) -> anyhow::Result<Vec<u8>> {
    let mut book = Book::open(file)?;
    let mut lists = Lists::on(book.name_of_page(LISTS_MARK, LISTS));
    for mapping in mappings {
        let edit = Returned { layer, mapping, outcome }.edit(&mut book, &mut lists)?;
        book.edit(edit)?;
    }
    let mut pages = Vec::new();
    // The records missing from an earlier list are not those missing from this one.
    if !outcome.missing.is_empty() || book.has_page(MISSING_MARK) {
        pages.push(page(MISSING_MARK, MISSING, missing(outcome)));
    }
    let lists = lists.rows();
    if !lists.is_empty() {
        pages.push(page(LISTS_MARK, LISTS, lists));
    }
    book.finish(&pages)
}

/// The defined names by which a file that comes back shows which sheets are ours.
const LISTS_MARK: &str = "_hatang_lists";
const MISSING_MARK: &str = "_hatang_missing";

fn page(mark: &'static str, title: &'static str, rows: Vec<Vec<String>>) -> Page {
    Page { mark, title, rows, header: HEADER, width: 28 }
}

fn missing(outcome: &Outcome<'_>) -> Vec<Vec<String>> {
    let head = vec!["id".to_owned(), text!("missing.code").vi(), text!("missing.name").vi(), STATE.to_owned()];
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let row = |record: &serde_json::Value| {
        vec![record["id"].to_string(), word(&record["code"]), word(&record["name"]), text!("state.missing").vi()]
    };
    [head].into_iter().chain(outcome.missing.iter().map(row)).collect()
}

/// A sheet that was read as a list.
struct Returned<'a> {
    layer: &'static Layer,
    mapping: &'a Mapping,
    outcome: &'a Outcome<'a>,
}

impl Returned<'_> {
    fn edit(&self, book: &mut Book<'_>, lists: &mut Lists) -> anyhow::Result<SheetEdit> {
        let sheet = &self.mapping.sheet;
        let header = self.mapping.header_rows.last().copied().unwrap_or(1).max(1);
        let scan = book.scan(sheet, header)?;
        let corrected = self.outcome.corrected.iter().filter(|cell| cell.sheet == *sheet);
        let last_column = corrected.clone().map(|cell| cell.column).max().max(scan.last_column);
        let known = self.mapping.columns.iter().find(|column| fold(&column.header).ends_with(&fold(STATE)));
        let state_column = known.map_or(last_column.map_or(0, |last| last + 1), |column| column.index);
        let mut cells: BTreeMap<(u32, u32), Mark> = BTreeMap::new();
        let mut mark = |row: u32, column: u32, change: &dyn Fn(&mut Mark)| {
            change(cells.entry((row, column)).or_insert_with(|| Mark { row, column, ..Mark::default() }));
        };
        for cell in corrected {
            mark(cell.row, cell.column, &|mark| mark.text = Some(cell.text.clone()));
        }
        for ((row, column), findings) in &self.by_cell(header) {
            let worst = findings.iter().map(|finding| finding.severity).max();
            mark(*row, *column, &|mark| {
                mark.look.fill = worst.and_then(paint).map_or(Fill::Kept, Fill::Of);
                mark.note = Some(reasons(findings));
            });
        }
        let states = self.states();
        // A sheet that is full to its last column has no room for the states.
        if state_column <= LAST_COLUMN {
            for (row, state) in &states {
                mark(*row, state_column, &|mark| {
                    mark.look = Look { fill: state.paint.map_or(Fill::Kept, Fill::Of), wrapped: true, bold: false };
                    mark.text = Some(state.text.chars().take(CHARACTERS).collect());
                    mark.note.clone_from(&state.note);
                });
            }
            mark(header, state_column, &|mark| {
                mark.look = Look { fill: Fill::Of(HEADER), wrapped: true, bold: true };
                mark.text = Some(STATE.to_owned());
            });
        }
        let last = states.keys().last().copied().unwrap_or(header);
        let mut drop_downs = self.choices((header + 1, last), lists);
        drop_downs.extend(self.candidates(lists));
        drop_downs.retain(|list| list.rows.0 <= list.rows.1 && !scan.is_validated(list.rows, list.column));
        let has_room = state_column <= LAST_COLUMN;
        Ok(SheetEdit {
            sheet: sheet.clone(),
            marks: cells.into_values().collect(),
            width: (known.is_none() && has_room).then_some((state_column, WIDTH)),
            frozen: if header <= FROZEN { header } else { 0 },
            drop_downs,
            renewed: has_room.then_some((state_column, header)),
        })
    }

    /// The findings of this sheet.
    fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.outcome.findings.iter().filter(|finding| finding.sheet == self.mapping.sheet)
    }

    /// Findings about cells. Those about a whole column are about its header.
    fn by_cell(&self, header: u32) -> BTreeMap<(u32, u32), Vec<&Finding>> {
        let mut by_cell: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for finding in self.findings() {
            if let Some(column) = finding.column.as_deref().and_then(index) {
                by_cell.entry((finding.row.unwrap_or(header), column)).or_default().push(finding);
            }
        }
        by_cell
    }

    /// What each row does, or why it does nothing.
    fn states(&self) -> BTreeMap<u32, RowState> {
        let mut by_row: BTreeMap<u32, Vec<&Finding>> = BTreeMap::new();
        for finding in self.findings() {
            if let Some(row) = finding.row {
                by_row.entry(row).or_default().push(finding);
            }
        }
        let passed = by_row.iter().filter_map(|(row, findings)| {
            let why = findings.iter().find(|finding| finding.code.starts_with("row."))?;
            let text = text!("state.passed", why = &why.message.vi).vi();
            Some((*row, RowState { text, paint: None, note: None }))
        });
        let mut states: BTreeMap<u32, RowState> = passed.collect();
        for ((sheet, row), state) in self.outcome.states {
            if *sheet != self.mapping.sheet {
                continue;
            }
            let findings = by_row.get(row).map_or(&[][..], Vec::as_slice);
            // Findings about the whole row have no cell of their own.
            let whole: Vec<_> = findings.iter().filter(|finding| finding.column.is_none()).copied().collect();
            let state = RowState {
                text: state_text(self.layer, state, findings),
                paint: findings.iter().map(|finding| finding.severity).max().and_then(paint),
                note: (!whole.is_empty()).then(|| reasons(&whole)),
            };
            states.insert(*row, state);
        }
        states
    }

    /// Drop-downs of enumerations.
    fn choices(&self, rows: (u32, u32), lists: &mut Lists) -> Vec<DropDown> {
        let today = today();
        let of_column = |column: &crate::imports::interpret::Column| {
            let Some(Target::Field(field)) = column.target else { return None };
            let Type::OneOf(choices) = field.value else { return None };
            let labels = open(choices, today).map(|choice| choice.label.vi.to_owned());
            Some(DropDown { rows, column: column.index, formula: lists.range(field.label.vi, labels) })
        };
        self.mapping.columns.iter().filter_map(of_column).collect()
    }

    /// Drop-downs of the candidates for single cells.
    fn candidates(&self, lists: &mut Lists) -> Vec<DropDown> {
        let commune = self.mapping.column_of_field("declared_commune_code").map(|column| column.index);
        let of_commune = |finding: &&Finding| finding.code.starts_with("unit.") && finding.severity > Severity::Info;
        let mut known = BTreeSet::new();
        let of_finding = |finding: &Finding| {
            let (Some(suggestion), Some(row), Some(column)) = (&finding.suggestion, finding.row, commune) else {
                return None;
            };
            known.insert(row).then(|| DropDown {
                rows: (row, row),
                column,
                formula: lists
                    .range(finding.value.as_deref().unwrap_or("?"), suggestion.split("; ").map(str::to_owned)),
            })
        };
        self.findings().filter(of_commune).take(CANDIDATES).filter_map(of_finding).collect()
    }
}

/// What the state column says about a row.
struct RowState {
    text: String,
    paint: Option<&'static str>,
    note: Option<String>,
}
