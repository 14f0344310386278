//! The parts of a package, the relationships between them, and their types.

use std::collections::{BTreeMap, HashSet};
use std::io::{Cursor, Read, Write};

use anyhow::{Context, Result, anyhow};
use quick_xml::Reader;
use quick_xml::events::Event;
use regex::Regex;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::files::edit::xml::{attribute, escaped, insert_before_end};

pub const CONTENT_TYPES: &str = "[Content_Types].xml";
pub const WORKBOOK: &str = "xl/workbook.xml";
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const MAIN_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
/// No part that is edited as text is larger, bytes.
const TEXT_LIMIT: u64 = 64 << 20;

pub struct Package<'a> {
    bytes: &'a [u8],
    zip: ZipArchive<Cursor<&'a [u8]>>,
    order: Vec<String>,
    changed: BTreeMap<String, String>,
    dropped: HashSet<String>,
}

/// A part that another one refers to.
#[derive(Debug, Clone)]
pub struct Relationship {
    pub id: String,
    /// The last word of its type: `worksheet`, `comments`.
    pub kind: String,
    pub target: String,
}

impl<'a> Package<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Package<'a>> {
        let zip = ZipArchive::new(Cursor::new(bytes))?;
        let order = zip.file_names().map(|name| name.map(|name| name.into_owned())).collect::<Result<_, _>>()?;
        Ok(Package { bytes, zip, order, changed: BTreeMap::new(), dropped: HashSet::new() })
    }

    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The parts that the edited package has, the new ones last.
    pub fn names(&self) -> Vec<String> {
        let new = self.changed.keys().filter(|name| !self.order.contains(name));
        self.order.iter().filter(|name| !self.dropped.contains(*name)).chain(new).cloned().collect()
    }

    pub fn has(&self, name: &str) -> bool {
        self.changed.contains_key(name) || self.order.iter().any(|known| known == name)
    }

    /// The content of a part as it was sent.
    pub fn reader(&mut self, name: &str) -> Result<impl Read + '_> {
        self.zip.by_name(name).with_context(|| name.to_owned())
    }

    /// The text of a part as it is so far.
    pub fn text(&mut self, name: &str) -> Result<String> {
        if let Some(changed) = self.changed.get(name) {
            return Ok(changed.clone());
        }
        let mut text = String::new();
        self.reader(name)?.take(TEXT_LIMIT).read_to_string(&mut text)?;
        Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }

    pub fn set(&mut self, name: &str, text: String) {
        self.dropped.remove(name);
        self.changed.insert(name.to_owned(), text);
    }

    /// Copies a part: as it is, or with its changes.
    pub fn copy<W: Write + std::io::Seek>(
        &mut self,
        name: &str,
        out: &mut ZipWriter<W>,
        options: SimpleFileOptions,
    ) -> Result<()> {
        if let Some(changed) = self.changed.get(name) {
            out.start_file(name, options)?;
            out.write_all(changed.as_bytes())?;
        } else {
            let index = self.zip.index_for_name(name).ok_or_else(|| anyhow!("no part {name}"))?;
            out.raw_copy_file(self.zip.by_index_raw(index)?)?;
        }
        Ok(())
    }

    pub fn relationships(&mut self, part: &str) -> Result<Vec<Relationship>> {
        let name = relationships_of(part);
        if !self.has(&name) || self.dropped.contains(&name) {
            return Ok(Vec::new());
        }
        let xml = self.text(&name)?;
        let mut reader = Reader::from_str(&xml);
        let mut found = Vec::new();
        loop {
            match reader.read_event()? {
                Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "Relationship" => {
                    let kind = attribute(&tag, "Type").unwrap_or_default();
                    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                    let (Some(id), Some(target)) = (attribute(&tag, "Id"), attribute(&tag, "Target")) else { continue };
                    if attribute(&tag, "TargetMode").is_none_or(|mode| mode != "External") {
                        found.push(Relationship { id, kind, target: resolved(part, &target) });
                    }
                }
                Event::Eof => return Ok(found),
                _ => {}
            }
        }
    }

    /// Adds a relationship and returns its id.
    pub fn relate(&mut self, part: &str, kind: &str, target: &str) -> Result<String> {
        let name = relationships_of(part);
        let is_new = !self.has(&name) || self.dropped.contains(&name);
        let mut xml = if is_new { String::new() } else { self.text(&name)? };
        if !xml.contains("Relationships>") {
            // No relationships yet, or an empty tag.
            xml = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Relationships xmlns=\"{RELATIONSHIPS}\"></Relationships>"
            );
        }
        let free = (1..).map(|nth| format!("rIdHatang{nth}")).find(|id| !xml.contains(&format!("\"{id}\"")));
        let id = free.unwrap_or_default();
        let (kind, target) = (escaped(kind), escaped(target));
        let xml = insert_before_end(&xml, "Relationships", |prefix| {
            format!("<{prefix}Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"/{target}\"/>")
        })?;
        self.set(&name, xml);
        Ok(id)
    }

    /// Says what type a new part has.
    pub fn declare(&mut self, part: &str, content_type: &str) -> Result<()> {
        let xml = self.text(CONTENT_TYPES)?;
        if xml.contains(&format!("PartName=\"/{part}\"")) {
            return Ok(());
        }
        let xml = insert_before_end(&xml, "Types", |prefix| {
            format!("<{prefix}Override PartName=\"/{part}\" ContentType=\"{content_type}\"/>")
        })?;
        self.set(CONTENT_TYPES, xml);
        Ok(())
    }

    /// Drops signatures, which would no longer hold, the order of calculation, which Excel finds again, and macros, which
    /// a file called .xlsx must not have.
    pub fn drop_what_no_longer_holds(&mut self) -> Result<()> {
        let is_dropped = |name: &str| {
            let name = name.to_ascii_lowercase();
            name.starts_with("_xmlsignatures/") || name == "xl/calcchain.xml" || name.contains("vbaproject")
        };
        let dropped: Vec<String> = self.order.iter().filter(|name| is_dropped(name)).cloned().collect();
        let mut types = self.text(CONTENT_TYPES)?;
        for wrong in [
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            "application/vnd.ms-excel.template.macroEnabled.main+xml",
        ] {
            types = types.replace(wrong, MAIN_TYPE);
        }
        types = types.replace("spreadsheetml.template.main+xml", "spreadsheetml.sheet.main+xml");
        for name in &dropped {
            let line =
                Regex::new(&format!(r#"<(?:[\w.-]+:)?Override\b[^>]*PartName="/{}"[^>]*/>"#, regex::escape(name)))?;
            types = line.replace_all(&types, "").into_owned();
        }
        self.set(CONTENT_TYPES, types);
        let lines = Regex::new(r"<(?:[\w.-]+:)?Relationship\b[^>]*/>")?;
        for part in ["_rels/.rels", "xl/_rels/workbook.xml.rels"] {
            let gone = ["digital-signature", "/calcChain\"", "/vbaProject\""];
            let xml = self.text(part)?;
            let kept = lines.replace_all(&xml, |line: &regex::Captures<'_>| {
                if gone.iter().any(|word| line[0].contains(word)) { String::new() } else { line[0].to_owned() }
            });
            if kept != xml {
                self.set(part, kept.into_owned());
            }
        }
        self.dropped.extend(dropped);
        Ok(())
    }

    /// Drops the relationships of a part whose content is replaced.
    pub fn drop_relationships(&mut self, part: &str) {
        let name = relationships_of(part);
        self.changed.remove(&name);
        self.dropped.insert(name);
    }
}

/// `xl/worksheets/_rels/sheet1.xml.rels` of `xl/worksheets/sheet1.xml`.
fn relationships_of(part: &str) -> String {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    format!("{folder}/_rels/{name}.rels").trim_start_matches('/').to_owned()
}

/// The name of a part that another part calls `../comments1.xml` or `/xl/comments1.xml`.
fn resolved(part: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut folders: Vec<&str> = part.split('/').collect();
    folders.pop();
    for step in target.split('/') {
        match step {
            ".." => drop(folders.pop()),
            "." | "" => {}
            step => folders.push(step),
        }
    }
    folders.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_found_from_where_they_are_named() {
        assert_eq!(resolved("xl/worksheets/sheet1.xml", "../comments1.xml"), "xl/comments1.xml");
        assert_eq!(resolved("xl/workbook.xml", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolved("xl/workbook.xml", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(relationships_of("xl/workbook.xml"), "xl/_rels/workbook.xml.rels");
    }
}
