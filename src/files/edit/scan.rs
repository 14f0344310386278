//! Looks through a sheet before it is edited.

use std::io::BufRead;

use anyhow::Result;
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::files::edit::xml::{Area, areas, attribute};
use crate::files::sheet::position;

/// What an edit must know of a sheet.
#[derive(Debug, Default)]
pub struct Scan {
    /// The last column with content, or covered by merged cells at or below the row of interest.
    pub last_column: Option<u32>,
    /// Where cells have drop-downs or other rules of the sender's.
    validated: Vec<Area>,
    /// The relationship of the drawing that shows notes.
    pub drawing: Option<String>,
}

impl Scan {
    /// Whether a rule of the sender's covers one of these cells.
    pub fn is_validated(&self, rows: (u32, u32), column: u32) -> bool {
        self.validated.iter().any(|area| {
            area.columns.0 <= column && column <= area.columns.1 && area.rows.0 <= rows.1 && rows.0 <= area.rows.1
        })
    }
}

/// Reads the XML of a sheet. Rules that refer to the sheets of an earlier edit (`own`) do not count.
pub fn scan(input: impl BufRead, own: &[String], from: u32) -> Result<Scan> {
    let mut reader = Reader::from_reader(input);
    let mut buffer = Vec::new();
    let mut scan = Scan::default();
    // The cell before, from 0; the row starts before the first one.
    let mut column: Option<u32> = None;
    let mut rule: Option<Rule> = None;
    loop {
        match reader.read_event_into(&mut buffer)? {
            Event::Eof => return Ok(scan),
            Event::Start(tag) => match tag.local_name().as_ref() {
                "row" => column = None,
                "c" => column = Some(column_of(&tag, column)),
                "v" | "f" | "is" if rule.is_none() => scan.last_column = scan.last_column.max(column),
                "dataValidation" => {
                    rule = Some(Rule { cells: attribute(&tag, "sqref").unwrap_or_default(), ..Rule::default() });
                }
                "sqref" => rule.iter_mut().for_each(|rule| rule.in_cells = true),
                _ => {}
            },
            Event::Empty(tag) => match tag.local_name().as_ref() {
                "row" => column = None,
                "c" => column = Some(column_of(&tag, column)),
                "f" => scan.last_column = scan.last_column.max(column),
                "mergeCell" => {
                    let merged = areas(&attribute(&tag, "ref").unwrap_or_default());
                    let reaches = merged.iter().filter(|area| area.rows.1 >= from).map(|area| area.columns.1).max();
                    // Nobody looks for the state beyond merged cells of a whole row.
                    scan.last_column = scan.last_column.max(reaches.filter(|last| *last < 500));
                }
                "dataValidation" => scan.validated.extend(areas(&attribute(&tag, "sqref").unwrap_or_default())),
                "legacyDrawing" => scan.drawing = attribute(&tag, "id"),
                _ => {}
            },
            Event::Text(text) => {
                if let Some(rule) = &mut rule {
                    rule.text(&text.xml10_content());
                }
            }
            // An apostrophe may be written as an entity.
            Event::GeneralRef(entity) => {
                if let Some(rule) = rule.as_mut().filter(|_| &*entity == "apos" || &*entity == "#39") {
                    rule.text("'");
                }
            }
            Event::End(tag) => match tag.local_name().as_ref() {
                "sqref" => rule.iter_mut().for_each(|rule| rule.in_cells = false),
                "dataValidation" => {
                    if let Some(rule) = rule.take().filter(|rule| !own.iter().any(|own| rule.text.contains(own))) {
                        scan.validated.extend(areas(&rule.cells));
                    }
                }
                _ => {}
            },
            _ => {}
        }
        buffer.clear();
    }
}

#[derive(Default)]
struct Rule {
    cells: String,
    text: String,
    in_cells: bool,
}

impl Rule {
    fn text(&mut self, text: &str) {
        if self.in_cells { self.cells.push_str(text) } else { self.text.push_str(text) }
    }
}

/// The column of a cell. A cell without a reference stands right of the cell before.
pub fn column_of(tag: &quick_xml::events::BytesStart<'_>, before: Option<u32>) -> u32 {
    let named = attribute(tag, "r").and_then(|reference| position(&reference)).map(|(_, column)| column);
    named.unwrap_or_else(|| before.map_or(0, |before| before.saturating_add(1)))
}
