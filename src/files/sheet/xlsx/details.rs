//! What our cell reader does not tell of a sheet: hidden rows and columns, and formulas without a computed value, which
//! it cannot tell from empty cells. It could read formulas, but it trusts the numbers of shared ones and allocates as much
//! memory as they say.

use std::collections::{BTreeSet, HashMap, HashSet};

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};

use crate::files::sheet::{Cell, archive, position};

#[derive(Debug, Default)]
pub struct Details {
    /// Cells (row from 1, column from 0) with a formula and no value.
    uncomputed: HashSet<(u32, u32)>,
    pub hidden_rows: HashSet<u32>,
    /// From 0.
    pub hidden_columns: BTreeSet<u32>,
}

impl Details {
    pub fn uncomputed(&self, row: u32, column: u32) -> Option<Cell> {
        self.uncomputed.contains(&(row, column)).then_some(Cell::Uncomputed)
    }
}

/// The details in the XML of a worksheet.
pub fn of(xml: &[u8]) -> Details {
    let mut reader = Reader::from_reader(xml);
    let mut found = Details::default();
    let mut at = None;
    let (mut formula, mut value, mut in_value) = (false, false, false);
    let mut buffer = Vec::new();
    while let Ok(event) = reader.read_event_into(&mut buffer) {
        match &event {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "row" if is_hidden(element) => found.hidden_rows.extend(number(element, "r")),
                "col" if is_hidden(element) => {
                    let last = number(element, "max").map(|last| last.min(super::MAX_COLUMN + 1));
                    let columns = number(element, "min").zip(last).map(|(first, last)| first.max(1) - 1..last);
                    found.hidden_columns.extend(columns.into_iter().flatten());
                }
                _ => {}
            },
            _ => {}
        }
        match event {
            Event::Start(element) => match element.local_name().as_ref() {
                "c" => {
                    at = attribute(&element, "r").and_then(|reference| position(&reference));
                    (formula, value, in_value) = (false, false, false);
                }
                "f" => (formula, in_value) = (true, false),
                "v" | "t" => in_value = true,
                _ => {}
            },
            Event::Text(_) | Event::GeneralRef(_) | Event::CData(_) => value |= in_value,
            Event::Empty(element) if element.local_name().as_ref() == "f" => formula = true,
            Event::End(element) => match element.local_name().as_ref() {
                "v" | "t" => in_value = false,
                "c" => {
                    if let Some(at) = at.filter(|_| formula && !value) {
                        found.uncomputed.insert(at);
                    }
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    found
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    Some(element.try_get_attribute(name).ok().flatten()?.value.into_owned())
}

fn number(element: &BytesStart<'_>, name: &str) -> Option<u32> {
    attribute(element, name)?.parse().ok()
}

fn is_hidden(element: &BytesStart<'_>) -> bool {
    matches!(attribute(element, "hidden").as_deref(), Some("1" | "true"))
}

/// The path of each sheet in the archive, by sheet name.
pub fn parts(bytes: &[u8]) -> HashMap<String, String> {
    let targets: HashMap<String, String> =
        attributes(bytes, "xl/_rels/workbook.xml.rels", "Relationship", ["Id", "Target"]).into_iter().collect();
    let path = |target: &String| match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("xl/{target}"),
    };
    let sheets = attributes(bytes, "xl/workbook.xml", "sheet", ["name", "id"]);
    sheets.into_iter().filter_map(|(name, id)| Some((name, path(targets.get(&id)?)))).collect()
}

/// Two attributes, by local name, of every element with this name.
fn attributes(bytes: &[u8], part: &str, element: &str, names: [&str; 2]) -> Vec<(String, String)> {
    let xml = archive::text(bytes, part).unwrap_or_default();
    let mut reader = Reader::from_reader(xml.as_slice());
    let mut found = Vec::new();
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag) | Event::Empty(tag)) if tag.local_name().as_ref() == element => {
                let value = |name: &str| {
                    let of_name = |attribute: &Attribute<'_>| attribute.key.local_name().as_ref() == name;
                    let attribute = tag.attributes().filter_map(Result::ok).find(of_name)?;
                    unescape(attribute.value.as_ref()).ok().map(|value| value.into_owned())
                };
                found.extend(value(names[0]).zip(value(names[1])));
            }
            Ok(Event::Eof) | Err(_) => return found,
            Ok(_) => {}
        }
        buffer.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_formulas_without_a_value_are_found() {
        let xml = br#"<sheetData><row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="AB2"><f>1+1</f></c>
            <c r="E2" t="str"><f>A1</f><v></v></c>
            <c r="C2"><v>3</v></c><c r="D2"/></row></sheetData>"#;
        assert_eq!(of(xml).uncomputed, HashSet::from([(2, 27), (2, 4)]));
    }

    #[test]
    fn hidden_rows_and_columns_are_found() {
        let xml = br#"<cols><col min="2" max="3" hidden="1"/></cols><sheetData><row r="2" hidden="1"><c r="A2"/></row>
            <row r="3" hidden="0"/><row r="4" hidden="true"/></sheetData>"#;
        let found = of(xml);
        assert_eq!((found.hidden_rows, found.hidden_columns), (HashSet::from([2, 4]), BTreeSet::from([1, 2])));
    }
}
