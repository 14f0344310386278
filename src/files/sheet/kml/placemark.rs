//! The columns of a placemark: its name, its description, its extended data.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::files::sheet::kml::node::Node;
use crate::files::sheet::kml::{Seen, balloon};
use crate::files::sheet::markup;

/// The longest description that is read as a note, characters.
const LONGEST: usize = 2000;

/// A file with more columns is refused, so further ones are not compared.
const MOST_COLUMNS: usize = 2000;

/// Children of a placemark that say more about it than its look.
const NOT_READ: [&str; 3] = ["TimeStamp", "TimeSpan", "author"];

/// The titles of the columns of schemas, by their names.
pub type Titles = HashMap<String, String>;

/// The columns of a placemark with its name first. `seen` counts what is left out.
pub fn columns(placemark: &Node, titles: &Titles, seen: &mut Seen) -> Map<String, Value> {
    let mut columns = Map::new();
    let mut names = placemark.children.iter().filter(|child| child.name == "name").map(|child| child.text.trim());
    if let Some(name) = names.find(|name| !name.is_empty()) {
        columns.insert("name".into(), json!(name));
        if names.any(|other| !other.is_empty() && other != name) {
            seen.other_names.add(seen.row);
        }
    }
    for tag in ["address", "phoneNumber"] {
        if let Some(text) = placemark.text_of(tag) {
            columns.insert(tag.into(), json!(text));
        }
    }
    for tag in NOT_READ.iter().filter(|tag| placemark.children.iter().any(|child| child.name == **tag)) {
        *seen.skipped.entry(tag).or_default() += 1;
    }
    for child in placemark.children.iter().filter(|child| child.name == "ExtendedData") {
        extended(child, titles, &mut columns, seen);
    }
    if let Some(text) = placemark.text_of("description") {
        describe(text, &mut columns, seen);
    }
    columns
}

/// Reads `Data` with a `value` inside, `SimpleData`, and elements of other namespaces.
fn extended(node: &Node, titles: &Titles, columns: &mut Map<String, Value>, seen: &mut Seen) {
    for child in &node.children {
        let title = child.key.as_deref().unwrap_or_default();
        match child.name.as_str() {
            "Data" => {
                let title = if title.is_empty() { child.text_of("displayName").unwrap_or_default() } else { title };
                add(title, child.text_of("value").unwrap_or_default(), columns, seen);
            }
            "SimpleData" => {
                let title = titles.get(title).map_or(title, String::as_str);
                add(title, child.text.trim(), columns, seen);
            }
            "SchemaData" => extended(child, titles, columns, seen),
            _ if child.children.is_empty() => add(&child.name, child.text.trim(), columns, seen),
            _ => {}
        }
    }
}

/// Adds a column unless the placemark has it. The name of the placemark is the one that maps show.
fn add(title: &str, value: &str, columns: &mut Map<String, Value>, seen: &mut Seen) {
    if title.is_empty() || value.is_empty() || columns.len() > MOST_COLUMNS {
        return;
    }
    match columns.iter().find(|(known, _)| known.eq_ignore_ascii_case(title)) {
        None => {
            columns.insert(title.into(), json!(value));
        }
        Some((_, known)) if known == value => {}
        Some(_) => seen.other_names.add(seen.row),
    }
}

/// Reads a balloon into columns that the placemark does not have, and any other text as a description.
fn describe(text: &str, columns: &mut Map<String, Value>, seen: &mut Seen) {
    if !markup::is_markup(text) {
        return note(text, columns, seen);
    }
    let pairs = balloon::pairs(text);
    if pairs.is_empty() {
        return note(&markup::plain(text), columns, seen);
    }
    seen.balloons.add(seen.row);
    for (title, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        if columns.len() <= MOST_COLUMNS && !columns.keys().any(|known| known.eq_ignore_ascii_case(title)) {
            columns.insert(title.clone(), json!(value));
        }
    }
}

fn note(text: &str, columns: &mut Map<String, Value>, seen: &mut Seen) {
    if text.chars().count() > LONGEST {
        seen.long.add(seen.row);
    } else if !text.is_empty() {
        add("description", text, columns, seen);
    }
}

/// The titles of a schema. A title replaces a name that a machine made, such as FIELD_3.
pub fn titles(schema: &Node) -> impl Iterator<Item = (String, String)> {
    schema.children.iter().filter(|field| field.name == "SimpleField").filter_map(|field| {
        let (name, title) = (field.key.clone()?, markup::plain(field.text_of("displayName")?));
        let is_made = name.contains(|c: char| c.is_ascii_digit()) || name.to_ascii_uppercase() == name;
        (is_made && !title.is_empty()).then_some((name, title))
    })
}
