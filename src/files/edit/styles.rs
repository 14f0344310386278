//! The looks of cells: each changed look is a copy of the cell's own with another fill, so that its number format, font
//! and borders stay.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use anyhow::{Context, Result, anyhow};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};

use crate::files::edit::xml::{attribute, prefix, with};

/// How a cell is to look, besides how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Look {
    pub fill: Fill,
    pub wrapped: bool,
    pub bold: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Fill {
    #[default]
    Kept,
    None,
    /// Red, green and blue as six hexadecimal digits.
    Of(&'static str),
}

pub struct Styles {
    xml: String,
    prefix: String,
    fills: Children,
    fonts: Children,
    /// The combinations of font, fill, border and number format that cells name by index.
    looks: Children,
    new_fills: Vec<String>,
    new_fonts: Vec<String>,
    new_looks: Vec<String>,
    known: HashMap<(usize, Look), usize>,
    own: HashSet<usize>,
}

/// The element of a list in the text: its start tag, its children, the position of its end tag.
struct Children {
    open: Range<usize>,
    items: Vec<Range<usize>>,
    end: usize,
}

/// The shades that only this program uses, so that it knows its own paint again. Excel's own "bad" and "neutral" differ
/// from them by one.
const OWN: [&str; 2] = ["FFC7CD", "FFEB9B"];

impl Styles {
    pub fn read(xml: String) -> Result<Styles> {
        let [fills, fonts, looks] = ["fills", "fonts", "cellXfs"].map(|name| Children::of(&xml, name));
        let (fills, fonts, looks) = (fills?, fonts?, looks?);
        let prefix =
            prefix(xml[looks.open.clone()].trim_start_matches('<').split([' ', '>']).next().unwrap_or_default());
        let own_fills: HashSet<String> = (0..)
            .zip(&fills.items)
            .filter(|(_, fill)| is_own(&xml[(*fill).clone()]))
            .map(|(nth, _): (usize, _)| nth.to_string())
            .collect();
        let painted = |look: &Range<usize>| {
            let fill = first_tag(&xml[look.clone()]).ok().and_then(|tag| attribute(&tag, "fillId"));
            fill.is_some_and(|fill| own_fills.contains(&fill))
        };
        let own = (0..).zip(&looks.items).filter(|(_, look)| painted(look)).map(|(nth, _)| nth).collect();
        let (new_fills, new_fonts, new_looks) = Default::default();
        let known = HashMap::new();
        Ok(Styles { prefix, fills, fonts, looks, new_fills, new_fonts, new_looks, known, own, xml })
    }

    /// Whether an earlier edit painted cells of this look.
    pub fn is_own(&self, look: usize) -> bool {
        self.own.contains(&look)
    }

    /// The index of a look that differs from another one.
    pub fn restyled(&mut self, base: usize, look: Look) -> Result<usize> {
        if let Some(known) = self.known.get(&(base, look)) {
            return Ok(*known);
        }
        // A cell may name a look that does not exist.
        let from = self.looks.items.get(base).or(self.looks.items.first()).cloned().context("no looks")?;
        let raw = self.xml[from].to_owned();
        let changed = self.copy(&raw, look)?;
        self.new_looks.push(changed);
        let index = self.looks.items.len() + self.new_looks.len() - 1;
        self.known.insert((base, look), index);
        Ok(index)
    }

    fn copy(&mut self, raw: &str, look: Look) -> Result<String> {
        let tag = first_tag(raw)?;
        let under = attribute(&tag, "fillId").and_then(|fill| self.colour_under(fill.parse().ok()?));
        let fill = match (look.fill, under) {
            (Fill::Kept, _) => None,
            (Fill::None, None) => Some("0".to_owned()),
            (Fill::None, Some(under)) => Some(self.fill(&under, "indexed=\"64\"")),
            (Fill::Of(colour), under) => {
                let under = under.unwrap_or_else(|| "indexed=\"64\"".into());
                Some(self.fill(&format!("rgb=\"FF{colour}\""), &under))
            }
        };
        let font = if look.bold { Some(self.bold(&attribute(&tag, "fontId").unwrap_or_default())?) } else { None };
        let mut set: Vec<(&str, &str)> = Vec::new();
        for (id, applies, value) in [("fillId", "applyFill", &fill), ("fontId", "applyFont", &font)] {
            if let Some(value) = value {
                set.extend([(id, value.as_str()), (applies, "1")]);
            }
        }
        if look.wrapped {
            set.push(("applyAlignment", "1"));
        }
        let tag = with(&tag, &[], &set);
        let mut alignment = BytesStart::new(format!("{}alignment", self.prefix));
        let mut rest = Writer::new(Vec::new());
        let mut depth = 0;
        let mut reader = Reader::from_str(raw);
        loop {
            let event = reader.read_event()?;
            match &event {
                Event::Eof => break,
                Event::Start(start) if start.local_name().as_ref() == "alignment" => alignment = start.to_owned(),
                Event::Empty(start) if start.local_name().as_ref() == "alignment" => alignment = start.to_owned(),
                Event::End(end) if end.local_name().as_ref() == "alignment" => {}
                Event::Start(_) => {
                    depth += 1;
                    if depth > 1 {
                        rest.write_event(event)?;
                    }
                }
                Event::End(_) => {
                    depth -= 1;
                    if depth > 0 {
                        rest.write_event(event)?;
                    }
                }
                _ if depth > 0 => rest.write_event(event)?,
                _ => {}
            }
        }
        let mut out = Writer::new(Vec::new());
        out.write_event(Event::Start(tag.borrow()))?;
        if look.wrapped {
            alignment = with(&alignment, &["shrinkToFit"], &[("vertical", "top"), ("wrapText", "1")]);
        }
        if !alignment.attributes_raw().is_empty() {
            out.write_event(Event::Empty(alignment))?;
        }
        out.get_mut().extend(rest.into_inner());
        out.write_event(Event::End(tag.to_end()))?;
        Ok(String::from_utf8(out.into_inner())?)
    }

    /// The index of a solid fill. Nobody sees its background, which keeps the sender's colour under our paint.
    fn fill(&mut self, colour: &str, background: &str) -> String {
        let p = &self.prefix;
        let fill = format!(
            "<{p}fill><{p}patternFill patternType=\"solid\"><{p}fgColor {colour}/><{p}bgColor {background}/></{p}patternFill></{p}fill>"
        );
        added(&mut self.new_fills, fill, self.fills.items.len()).to_string()
    }

    /// The sender's colour of a solid fill, or under our paint: the attributes that name it.
    fn colour_under(&self, fill: usize) -> Option<String> {
        let raw = &self.xml[self.fills.items.get(fill)?.clone()];
        let tag = |name: &str| {
            let mut reader = Reader::from_str(raw);
            loop {
                match reader.read_event().ok()? {
                    Event::Empty(tag) | Event::Start(tag) if tag.local_name().as_ref() == name => return Some(tag),
                    Event::Eof => return None,
                    _ => {}
                }
            }
        };
        tag("patternFill").filter(|pattern| attribute(pattern, "patternType").is_some_and(|it| it == "solid"))?;
        let colour = tag(if is_own(raw) { "bgColor" } else { "fgColor" })?;
        let is_none = attribute(&colour, "indexed").is_some_and(|index| index == "64");
        (!is_none).then(|| colour.attributes_raw().trim().to_owned())
    }

    /// The index of a font like another one, but bold.
    fn bold(&mut self, font: &str) -> Result<String> {
        let from = font.parse().ok().and_then(|nth: usize| self.fonts.items.get(nth)).or(self.fonts.items.first());
        let raw = &self.xml[from.context("no fonts")?.clone()];
        let tag = first_tag(raw)?;
        let inner = raw.find('>').map_or("", |at| &raw[at + 1..]);
        let inner = inner.rfind("</").map_or("", |at| &inner[..at]);
        let (p, name) = (&self.prefix, tag.name().as_ref().to_owned());
        let is_bold = inner.contains(&format!("<{p}b/>")) || inner.contains(&format!("<{p}b "));
        let b = if is_bold { String::new() } else { format!("<{p}b/>") };
        let bold = format!("<{name}>{b}{inner}</{name}>");
        Ok(added(&mut self.new_fonts, bold, self.fonts.items.len()).to_string())
    }

    /// The text with the new looks.
    pub fn finish(self) -> String {
        let mut lists = [(&self.fills, self.new_fills), (&self.fonts, self.new_fonts), (&self.looks, self.new_looks)];
        lists.sort_by_key(|(list, _)| list.open.start);
        let mut out = String::with_capacity(self.xml.len() + 4096);
        let mut from = 0;
        for (list, new) in lists {
            out.push_str(&self.xml[from..list.open.start]);
            let count = (list.items.len() + new.len()).to_string();
            match first_tag(&self.xml[list.open.clone()]) {
                Ok(tag) => out.push_str(&format!("<{}>", &*with(&tag, &[], &[("count", &count)]))),
                Err(_) => out.push_str(&self.xml[list.open.clone()]),
            }
            out.push_str(&self.xml[list.open.end..list.end]);
            out.extend(new);
            from = list.end;
        }
        out.push_str(&self.xml[from..]);
        out
    }
}

/// Whether a fill is our paint.
fn is_own(fill: &str) -> bool {
    let front = fill.split("bgColor").next().unwrap_or_default().to_uppercase();
    OWN.iter().any(|shade| front.contains(shade))
}

/// The index of an item in a list of `before` known ones and new ones.
fn added(new: &mut Vec<String>, item: String, before: usize) -> usize {
    let at = new.iter().position(|known| *known == item).unwrap_or_else(|| {
        new.push(item);
        new.len() - 1
    });
    before + at
}

fn first_tag(xml: &str) -> Result<BytesStart<'_>> {
    let mut reader = Reader::from_str(xml);
    // The text of a start tag alone has no end.
    reader.config_mut().check_end_names = false;
    match reader.read_event()? {
        Event::Start(tag) | Event::Empty(tag) => Ok(tag),
        _ => Err(anyhow!("no tag")),
    }
}

impl Children {
    fn of(xml: &str, name: &str) -> Result<Children> {
        let mut reader = Reader::from_str(xml);
        let mut open: Option<Range<usize>> = None;
        let (mut items, mut depth, mut start) = (Vec::new(), 0, 0);
        loop {
            let before = reader.buffer_position() as usize;
            let event = reader.read_event()?;
            let after = reader.buffer_position() as usize;
            match (&open, event) {
                (_, Event::Eof) => return Err(anyhow!("no {name}")),
                (None, Event::Start(tag)) if tag.local_name().as_ref() == name => open = Some(before..after),
                (None, _) => {}
                (Some(open), Event::End(_)) if depth == 0 => {
                    return Ok(Children { open: open.clone(), items, end: before });
                }
                (Some(_), Event::Start(_)) => {
                    if depth == 0 {
                        start = before;
                    }
                    depth += 1;
                }
                (Some(_), Event::End(_)) => {
                    depth -= 1;
                    if depth == 0 {
                        items.push(start..after);
                    }
                }
                (Some(_), Event::Empty(_)) if depth == 0 => items.push(before..after),
                _ => {}
            }
        }
    }
}
