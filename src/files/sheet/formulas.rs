//! Finds the cells of a sheet whose formula has no computed value. Our cell reader cannot tell them from empty cells.
//! It could read the formulas, but it trusts the numbers of shared ones and allocates as much memory as they say.

use std::collections::{HashMap, HashSet};

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attribute;

use crate::files::sheet::archive;

/// Cells (row from 1, column from 0) with a formula and no value, in the XML of a worksheet.
pub fn uncomputed(xml: &[u8]) -> HashSet<(u32, u32)> {
    let mut reader = Reader::from_reader(xml);
    let mut found = HashSet::new();
    let mut at = None;
    let (mut formula, mut value, mut in_value) = (false, false, false);
    let mut buffer = Vec::new();
    while let Ok(event) = reader.read_event_into(&mut buffer) {
        match event {
            Event::Start(element) => match element.local_name().as_ref() {
                "c" => {
                    let reference = element.try_get_attribute("r").ok().flatten();
                    at = reference.and_then(|reference| position(reference.value.as_ref()));
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
                        found.insert(at);
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

/// `B7` as row 7, column 1.
fn position(reference: &str) -> Option<(u32, u32)> {
    let digits = reference.find(|c: char| c.is_ascii_digit())?;
    let column = reference[..digits].bytes().try_fold(0_u32, |column, letter| {
        let letter = u32::from(letter.to_ascii_uppercase().checked_sub(b'A')?);
        (letter < 26).then_some(column.checked_mul(26)?.checked_add(letter + 1)?)
    })?;
    Some((reference[digits..].parse().ok()?, column.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_formulas_without_a_value_are_found() {
        let xml = br#"<sheetData><row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="AB2"><f>1+1</f></c>
            <c r="E2" t="str"><f>A1</f><v></v></c>
            <c r="C2"><v>3</v></c><c r="D2"/></row></sheetData>"#;
        assert_eq!(uncomputed(xml), HashSet::from([(2, 27), (2, 4)]));
    }
}
