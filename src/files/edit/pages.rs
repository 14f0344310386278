//! Sheets that an edit adds: a header and rows of texts.

use std::fmt::Write;

use anyhow::Result;

use crate::files::edit::styles::{Fill, Look, Styles};
use crate::files::edit::xml::escaped;
use crate::files::sheet::letter;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// A sheet to add.
#[derive(Debug, Clone)]
pub struct Page {
    /// The defined name that marks the sheet, so that a later edit replaces it: `_hatang_` and a word.
    pub mark: &'static str,
    pub title: &'static str,
    /// The first row is the header. An empty text is no cell.
    pub rows: Vec<Vec<String>>,
    pub header: &'static str,
    pub width: u32,
}

impl Page {
    pub fn xml(&self, styles: &mut Styles) -> Result<String> {
        let header = styles.restyled(0, Look { fill: Fill::Of(self.header), wrapped: true, bold: true })?;
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut xml =
            format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"{MAIN}\">");
        if columns > 0 {
            let width = self.width;
            write!(xml, "<cols><col min=\"1\" max=\"{columns}\" width=\"{width}\" customWidth=\"1\"/></cols>")?;
        }
        xml.push_str("<sheetData>");
        for (number, row) in (1..).zip(&self.rows) {
            write!(xml, "<row r=\"{number}\">")?;
            let style = if number == 1 { header } else { 0 };
            for (column, text) in (0..).zip(row).filter(|(_, text)| !text.is_empty()) {
                let (name, text) = (letter(column), escaped(text));
                write!(
                    xml,
                    "<c r=\"{name}{number}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"
                )?;
            }
            xml.push_str("</row>");
        }
        xml.push_str("</sheetData></worksheet>");
        Ok(xml)
    }
}
