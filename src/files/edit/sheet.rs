//! Writes a sheet anew as a stream: edited cells are changed, everything else passes as it is.

use std::io::{BufRead, Write};

use anyhow::{Context, Result, bail};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};

use crate::files::edit::cells::Cells;
use crate::files::edit::columns::{Columns, with_width};
use crate::files::edit::styles::Styles;
use crate::files::edit::validations::{kept_rules, new_rules, without_own_rules};
use crate::files::edit::xml::{namespace, prefix, with};
use crate::files::edit::{SheetEdit, panes};

/// The children of a worksheet, in the order that the format demands.
const ORDER: [&str; 38] = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
];

/// Writes an edited sheet. `drawing` is the relationship of a new drawing of notes; `own` are the references to sheets of
/// an earlier edit.
///
/// # Errors
/// XML that is damaged, or cells that are out of order.
pub fn edit<R: BufRead, W: Write>(
    input: R,
    out: W,
    edit: &SheetEdit,
    styles: &mut Styles,
    drawing: Option<&str>,
    own: &[String],
) -> Result<()> {
    let mut reader = Reader::from_reader(input);
    let mut buffer = Vec::new();
    let mut root: Option<BytesStart<'static>> = None;
    let mut sections = Sections { written: 0, edit, drawing, own, prefix: String::new(), relationships: None };
    let mut out = Writer::new(out);
    let mut columns = Vec::new();
    let mut depth = 0;
    loop {
        let event = reader.read_event_into(&mut buffer)?;
        match event {
            Event::Eof if depth == 0 && root.is_some() => return Ok(()),
            Event::Eof => bail!("the sheet ends too early"),
            Event::Start(tag) if depth == 0 => {
                if tag.local_name().as_ref() != "worksheet" {
                    bail!("not a sheet of cells");
                }
                sections.prefix = prefix(tag.name().as_ref());
                sections.relationships = namespace(&tag, "/relationships").map(|(prefix, _)| prefix);
                root = Some(tag.to_owned());
                out.write_event(Event::Start(tag))?;
                depth = 1;
            }
            Event::Start(tag) if depth == 1 => {
                let tag = tag.into_owned();
                sections.write_before(tag.local_name().as_ref(), &mut out)?;
                match tag.local_name().as_ref() {
                    "sheetData" => {
                        out.write_event(Event::Start(tag.borrow()))?;
                        Cells::new(edit, styles, &columns, &sections.prefix).write(&mut reader, &mut out)?;
                        out.write_event(Event::End(tag.to_end()))?;
                    }
                    "dimension" | "sheetViews" | "cols" | "dataValidations" | "extLst" => {
                        let children = content(&mut reader)?;
                        sections.write_changed(&tag, children, &mut columns, &mut out)?;
                    }
                    _ => {
                        out.write_event(Event::Start(tag))?;
                        depth = 2;
                    }
                }
            }
            Event::Empty(tag) if depth == 1 => {
                sections.write_before(tag.local_name().as_ref(), &mut out)?;
                if tag.local_name().as_ref() == "sheetData" {
                    out.write_event(Event::Start(tag.borrow()))?;
                    Cells::new(edit, styles, &columns, &sections.prefix).write_rest(&mut out)?;
                    out.write_event(Event::End(tag.to_end()))?;
                } else if tag.local_name().as_ref() != "dimension" {
                    out.write_event(Event::Empty(tag))?;
                }
            }
            Event::End(tag) if depth == 1 => {
                sections.write_all(&mut out)?;
                out.write_event(Event::End(tag))?;
                depth = 0;
            }
            Event::Start(tag) => {
                depth += 1;
                out.write_event(Event::Start(tag))?;
            }
            Event::End(tag) => {
                depth -= 1;
                out.write_event(Event::End(tag))?;
            }
            other => out.write_event(other)?,
        }
        buffer.clear();
    }
}

/// The events up to the end of the element that has begun, without that end.
fn content<R: BufRead>(reader: &mut Reader<R>) -> Result<Vec<Event<'static>>> {
    let (mut events, mut depth, mut buffer) = (Vec::new(), 0, Vec::new());
    loop {
        let event = reader.read_event_into(&mut buffer)?.into_owned();
        match event {
            Event::Eof => bail!("an element has no end"),
            Event::End(_) if depth == 0 => return Ok(events),
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        events.push(event);
        buffer.clear();
    }
}

/// The parts of a sheet besides its cells.
struct Sections<'a> {
    edit: &'a SheetEdit,
    drawing: Option<&'a str>,
    own: &'a [String],
    prefix: String,
    /// The prefix of the ids of relationships.
    relationships: Option<String>,
    /// How far in the order everything that is missing has been written.
    written: usize,
}

impl Sections<'_> {
    /// Writes what belongs before an element and is not there. What has no place in the order moves nothing.
    fn write_before<W: Write>(&mut self, name: &str, out: &mut Writer<W>) -> Result<()> {
        let Some(rank) = ORDER.iter().position(|known| *known == name) else { return Ok(()) };
        for missing in ORDER.iter().take(rank).skip(self.written) {
            self.write_missing(missing, out)?;
        }
        self.written = self.written.max(rank + 1);
        Ok(())
    }

    fn write_all<W: Write>(&mut self, out: &mut Writer<W>) -> Result<()> {
        for missing in ORDER.iter().skip(self.written) {
            self.write_missing(missing, out)?;
        }
        Ok(())
    }

    fn write_missing<W: Write>(&self, name: &str, out: &mut Writer<W>) -> Result<()> {
        let p = &self.prefix;
        let xml = match name {
            "sheetViews" if self.edit.frozen > 0 => {
                let pane = panes::pane(self.edit.frozen, p);
                format!("<{p}sheetViews><{p}sheetView workbookViewId=\"0\">{pane}</{p}sheetView></{p}sheetViews>")
            }
            "cols" => self.edit.width.map_or_else(String::new, |(column, width)| {
                let columns = with_width(&[], column, width, p);
                let tags: String = columns.iter().map(|columns| format!("<{}/>", &*columns.tag())).collect();
                format!("<{p}cols>{tags}</{p}cols>")
            }),
            "dataValidations" if !self.edit.drop_downs.is_empty() => {
                let count = self.edit.drop_downs.len();
                let rules = new_rules(&self.edit.drop_downs, p);
                format!("<{p}dataValidations count=\"{count}\">{rules}</{p}dataValidations>")
            }
            "legacyDrawing" => self.drawing.map_or_else(String::new, |id| match &self.relationships {
                Some(r) => format!("<{p}legacyDrawing {r}:id=\"{id}\"/>"),
                None => format!(
                    "<{p}legacyDrawing xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" r:id=\"{id}\"/>"
                ),
            }),
            _ => return Ok(()),
        };
        Ok(out.get_mut().write_all(xml.as_bytes())?)
    }

    /// Writes an element that the edit changes.
    fn write_changed<W: Write>(
        &self,
        tag: &BytesStart<'static>,
        children: Vec<Event<'static>>,
        columns: &mut Vec<Columns>,
        out: &mut Writer<W>,
    ) -> Result<()> {
        let mut tag = tag.clone();
        let children = match tag.local_name().as_ref() {
            "sheetViews" => panes::frozen(children, self.edit.frozen, &self.prefix)?,
            "cols" => {
                *columns = children
                    .iter()
                    .filter_map(|event| match event {
                        Event::Start(tag) | Event::Empty(tag) => Columns::read(tag),
                        _ => None,
                    })
                    .collect();
                if let Some((column, width)) = self.edit.width {
                    *columns = with_width(columns, column, width, &self.prefix);
                }
                columns.iter().map(|columns| format!("<{}/>", &*columns.tag())).collect()
            }
            "dataValidations" => {
                let (rules, count) = kept_rules(children, self.own)?;
                let count = count + self.edit.drop_downs.len();
                if count == 0 {
                    return Ok(());
                }
                tag = with(&tag, &[], &[("count", &count.to_string())]);
                rules + &new_rules(&self.edit.drop_downs, &self.prefix)
            }
            "extLst" => without_own_rules(text(children)?, self.own)?,
            // The dimension would not hold any more, and may be absent.
            _ => return Ok(()),
        };
        if children.is_empty() {
            return Ok(());
        }
        out.write_event(Event::Start(tag.borrow()))?;
        out.get_mut().write_all(children.as_bytes())?;
        out.write_event(Event::End(tag.to_end()))?;
        Ok(())
    }
}

/// Events as text.
pub fn text(events: impl IntoIterator<Item = Event<'static>>) -> Result<String> {
    let mut out = Writer::new(Vec::new());
    for event in events {
        out.write_event(event)?;
    }
    String::from_utf8(out.into_inner()).context("text")
}
