//! Reads KML and KMZ placemarks as rows: name, description, extended data, geometry, and the folder if there are several.

mod balloon;
mod geometry;
mod node;
mod placemark;

use std::collections::{BTreeMap, HashSet};

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value, json};

use crate::files::sheet::archive::document_type;
use crate::files::sheet::geojson::table;
use crate::files::sheet::{Format, MAX_SEPARATORS, Remark, Workbook, archive, encoding, refused, too_large};
use crate::input::measure;
use crate::layers::Problem;
use crate::texts::{Text, text};
use node::{MAX_DEPTH, Node};
use placemark::Titles;

/// What was read so far.
#[derive(Default)]
struct Placemarks {
    rows: Vec<(Map<String, Value>, Option<Value>)>,
    /// The folder of each row.
    folders: Vec<String>,
    seen: Seen,
    separators: usize,
}

/// What was left out or changed, with the first row of each.
#[derive(Default)]
struct Seen {
    /// The placemark that is read, from 1.
    row: u32,
    other_names: Count,
    balloons: Count,
    long: Count,
    tracks: Count,
    models: Count,
    /// Elements that are no placemarks, by name.
    skipped: BTreeMap<&'static str, usize>,
}

#[derive(Default)]
struct Count {
    count: usize,
    first: u32,
}

impl Count {
    fn add(&mut self, row: u32) {
        if self.count == 0 {
            self.first = row;
        }
        self.count += 1;
    }

    fn remark(&self, told: fn(Text) -> Remark, text: Text) -> Option<Remark> {
        (self.count > 0).then(|| told(text.with("count", self.count)).at_row(self.first))
    }
}

/// Features of KML that are no placemarks.
const OTHERS: [&str; 5] = ["NetworkLink", "GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Tour"];

/// Reads a KML document.
///
/// # Errors
/// Document types, elements nested too deep, text that is not KML.
pub fn read(xml: &str) -> Result<Workbook, Problem> {
    let mut placemarks = Placemarks::default();
    placemarks.read(xml)?;
    placemarks.finish(Vec::new())
}

/// Reads every KML of a KMZ, the main one first. One that cannot be read does not refuse the others.
pub fn read_zipped(bytes: &[u8], names: &[String]) -> Result<Workbook, Problem> {
    let mut placemarks = Placemarks::default();
    let mut remarks = Vec::new();
    let mut read = Vec::new();
    for name in names {
        let from = placemarks.rows.len() + 1;
        let part = archive::text(bytes, name).ok_or_else(|| refused(text!("file.damaged")));
        match part.and_then(|part| encoding::decode(&part)).and_then(|(xml, remark)| {
            placemarks.read(&xml)?;
            Ok(remark)
        }) {
            Ok(remark) => {
                remarks.extend(remark);
                read.push(format!("{name} ({from}–{})", placemarks.rows.len()));
            }
            Err(problem) if names.len() == 1 => return Err(problem),
            Err(_) => remarks.push(Remark::warning(text!("kml.files/unread", name = name.as_str()))),
        }
    }
    if names.len() > 1 {
        remarks.push(Remark::info(text!("kml.files", count = read.len(), names = read.join(", "))));
    }
    placemarks.finish(remarks)
}

impl Placemarks {
    fn read(&mut self, xml: &str) -> Result<(), Problem> {
        self.separators += measure::separators(xml.as_bytes());
        if self.separators > MAX_SEPARATORS {
            return Err(too_large());
        }
        let mut reader = Reader::from_str(xml);
        // "A & B" in a name is no reason to refuse a file.
        reader.config_mut().allow_dangling_amp = true;
        let mut titles = Titles::new();
        // The containers around the reader, with their names.
        let mut open: Vec<(bool, String)> = Vec::new();
        let mut is_kml = false;
        loop {
            let event = reader.read_event().map_err(|_| malformed(xml, &reader))?;
            match &event {
                Event::Start(start) => {
                    let local = start.local_name();
                    let name: &str = local.as_ref();
                    is_kml |= matches!(name, "kml" | "Document" | "Folder" | "Placemark");
                    if !is_kml {
                        return Err(refused(text!("file.format/xml", name)));
                    }
                    match name {
                        "kml" | "Document" | "Folder" | "Update" | "Create" | "NetworkLinkControl" => {
                            open.push((name == "Folder", String::new()));
                        }
                        _ => {
                            let name = name.to_owned();
                            let node = Node::read(&mut reader, start).ok_or_else(|| malformed(xml, &reader))?;
                            self.take(&name, node, &mut open, &mut titles);
                        }
                    }
                }
                Event::End(_) => {
                    open.pop();
                }
                Event::DocType(_) => return Err(document_type()),
                Event::Eof if is_kml && open.is_empty() => return Ok(()),
                Event::Eof => return Err(malformed(xml, &reader)),
                _ => {}
            }
            if open.len() > MAX_DEPTH {
                return Err(malformed(xml, &reader));
            }
        }
    }

    fn take(&mut self, name: &str, node: Node, open: &mut [(bool, String)], titles: &mut Titles) {
        match name {
            "Placemark" => {
                self.seen.row = self.rows.len() as u32 + 1;
                let columns = placemark::columns(&node, titles, &mut self.seen);
                let found = geometry::of(&node);
                if found.has_track {
                    self.seen.tracks.add(self.seen.row);
                }
                if found.has_model {
                    self.seen.models.add(self.seen.row);
                }
                let folders = open.iter().filter(|(is_folder, name)| *is_folder && !name.is_empty());
                self.folders.push(folders.map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(" / "));
                self.rows.push((columns, found.geometry));
            }
            "name" => {
                if let Some((_, name)) = open.last_mut() {
                    node.text.trim().clone_into(name);
                }
            }
            "Schema" => titles.extend(placemark::titles(&node)),
            other => {
                if let Some(known) = OTHERS.iter().find(|known| **known == other) {
                    *self.seen.skipped.entry(known).or_default() += 1;
                }
            }
        }
    }

    fn finish(self, mut remarks: Vec<Remark>) -> Result<Workbook, Problem> {
        let Placemarks { mut rows, folders, seen, .. } = self;
        if folders.iter().collect::<HashSet<_>>().len() > 1 {
            for ((columns, _), folder) in rows.iter_mut().zip(folders).filter(|(_, folder)| !folder.is_empty()) {
                columns.entry("folder").or_insert_with(|| json!(folder));
            }
        }
        remarks.extend(seen.remarks());
        Ok(Workbook { format: Format::Kml, sheets: vec![table(rows.into_iter())?], remarks })
    }
}

impl Seen {
    fn remarks(&self) -> Vec<Remark> {
        let counted = [
            self.other_names.remark(Remark::warning, text!("kml.doubled")),
            self.balloons.remark(Remark::info, text!("kml.balloon")),
            self.long.remark(Remark::info, text!("kml.balloon/long")),
            self.tracks.remark(Remark::info, text!("kml.track")),
            self.models.remark(Remark::info, text!("kml.skipped/models")),
        ];
        let skipped = self.skipped.iter().map(|(name, count)| text!("kml.skipped", name = *name, count = *count));
        counted.into_iter().flatten().chain(skipped.map(Remark::info)).collect()
    }
}

/// The problem of XML that cannot be read, with the line.
fn malformed(xml: &str, reader: &Reader<&[u8]>) -> Problem {
    let end = (reader.buffer_position() as usize).min(xml.len());
    refused(text!("file.kml", line = 1 + xml.as_bytes()[..end].iter().filter(|byte| **byte == b'\n').count()))
}

#[cfg(test)]
mod tests;
