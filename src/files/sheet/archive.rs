//! Inspects a zip file before a library that trusts it reads it.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::files::sheet::promises::{Promises, TAIL};
use crate::files::sheet::refused;
use crate::layers::Problem;
use crate::texts::{Text, text};

/// The greatest inflated size of a zip file, bytes. 80,000 rows of 25 columns are about 120 MiB of XML.
pub const INFLATED_LIMIT: u64 = 128 << 20;

/// The greatest compression ratio. XML of spreadsheets shrinks to a tenth; only an attack shrinks below this.
const RATIO_LIMIT: u64 = 300;
const SMALL: u64 = 16 << 20;
const ENTRY_LIMIT: usize = 2000;

#[derive(Debug, Default)]
pub struct Archive {
    /// The entries that hold KML: first the one that Google Earth opens, then the others in their order.
    pub kml: Vec<String>,
    pub has_macros: bool,
    /// Whether a sheet has formulas, or hidden rows or columns.
    pub has_details: bool,
}

/// Inflates each part once, keeps nothing and counts the bytes: the sizes that a zip file declares can lie.
///
/// # Errors
/// A zip bomb, a document type (it would allow external entities), another format in a zip.
pub fn inspect(bytes: &[u8]) -> Result<Archive, Problem> {
    let damaged = |_| refused(text!("file.damaged"));
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if zip.len() > ENTRY_LIMIT {
        return Err(bomb());
    }
    let names: Vec<String> = zip.file_names().filter_map(Result::ok).map(Into::into).collect();
    let kml = kml_of(&names);
    if kml.is_empty() && !is_workbook(&names) {
        return Err(refused(other_format(&names)));
    }
    let mut found = Archive { kml, ..Archive::default() };
    let mut total = 0;
    for index in 0..zip.len() {
        let mut promises = Promises::default();
        let mut entry = zip.by_index(index).map_err(|_| refused(text!("file.damaged")))?;
        let name = entry.name().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
        found.has_macros |= name.ends_with("vbaproject.bin");
        // Only XML is searched: a picture may hold any bytes.
        let is_xml = [".xml", ".rels", ".kml"].iter().any(|end| name.ends_with(end));
        let packed = entry.compressed_size().max(1);
        let is_sheet = name.contains("worksheets/");
        let mut size = 0;
        let mut chunk = vec![0; 1 << 16];
        let mut tail = 0;
        loop {
            // Each chunk starts with the end of the last one, so that no word is cut in two.
            let read = entry.read(&mut chunk[tail..]).map_err(|_| refused(text!("file.damaged")))?;
            if read == 0 {
                break;
            }
            let seen = &chunk[..tail + read];
            size += read as u64;
            total += read as u64;
            if total > INFLATED_LIMIT || (size > SMALL && size / packed > RATIO_LIMIT) {
                return Err(bomb());
            }
            if is_xml && (contains(seen, b"<!DOCTYPE") || contains(seen, b"<!ENTITY")) {
                return Err(document_type());
            }
            if is_xml {
                promises.read(&name, seen, tail)?;
            }
            let words: [&[u8]; 4] = [b"<f>", b"<f ", b"hidden=\"1", b"hidden=\"t"];
            found.has_details |= is_sheet && !found.has_details && words.iter().any(|word| contains(seen, word));
            let keep = seen.len().min(TAIL);
            let from = seen.len() - keep;
            chunk.copy_within(from..from + keep, 0);
            tail = keep;
        }
        promises.check(size, entry.size())?;
    }
    Ok(found)
}

/// Google Earth opens `doc.kml`, or else the first file at the root.
fn kml_of(names: &[String]) -> Vec<String> {
    let mut kml: Vec<String> =
        names.iter().filter(|name| name.to_ascii_lowercase().ends_with(".kml")).cloned().collect();
    kml.sort_by_key(|name| (!name.eq_ignore_ascii_case("doc.kml"), name.contains('/')));
    kml
}

fn is_workbook(names: &[String]) -> bool {
    let has = |part: &str| names.iter().any(|name| name.to_ascii_lowercase().ends_with(part));
    has("xl/workbook.xml") || has("[content_types].xml") && has("worksheets/sheet1.xml")
}

/// What an archive is that we do not read.
fn other_format(names: &[String]) -> Text {
    let has = |part: &str| names.iter().any(|name| name.to_ascii_lowercase().ends_with(part));
    let named = [
        ("xl/workbook.bin", ".xlsb"),
        ("content.xml", ".ods"),
        ("word/document.xml", ".docx"),
        ("index/document.iwa", ".numbers"),
    ];
    if let Some((_, name)) = named.iter().find(|(part, _)| has(part)) {
        return text!("file.format/named", name = *name);
    }
    if has(".shp") {
        return text!("file.format/shapefile");
    }
    if [".xlsx", ".csv", ".geojson"].iter().any(|end| has(end)) {
        return text!("file.format/zip");
    }
    text!("file.format/archive")
}

/// The text of a part, after [`inspect`] has accepted the file.
pub fn text(bytes: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut text = Vec::new();
    zip.by_name(name).ok()?.take(INFLATED_LIMIT).read_to_end(&mut text).ok()?;
    Some(text)
}

/// The problem of XML that declares a document type.
pub fn document_type() -> Problem {
    refused(text!("file.document_type"))
}

fn bomb() -> Problem {
    refused(text!("file.bomb", mib = (INFLATED_LIMIT >> 20) as i64))
}

pub(super) fn contains(text: &[u8], word: &[u8]) -> bool {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| *byte == word[0]) {
        if rest[at..].len() >= word.len() && rest[at..at + word.len()].eq_ignore_ascii_case(word) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}
