//! The rows and cells of a sheet, with the marks of an edit.

use std::io::{BufRead, Write};

use anyhow::{Result, bail};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};

use crate::files::edit::columns::Columns;
use crate::files::edit::scan::column_of;
use crate::files::edit::styles::{Fill, Look, Styles};
use crate::files::edit::xml::{attribute, escaped, with};
use crate::files::edit::{Mark, SheetEdit};
use crate::files::sheet::letter;
use crate::files::sheet::position;

/// The characters of a line in a column of the width that states have.
const LINE: usize = 55;
/// Points. Not every program fits rows to wrapped texts by itself.
const LINE_HEIGHT: f64 = 15.0;
const GREATEST_HEIGHT: f64 = 409.0;

pub struct Cells<'a> {
    /// Sorted. Those of the rows before are cut off.
    marks: &'a [Mark],
    renewed: Option<(u32, u32)>,
    styles: &'a mut Styles,
    columns: &'a [Columns],
    prefix: &'a str,
}

/// The row whose cells are written.
struct Line<'a> {
    number: u32,
    marks: &'a [Mark],
    /// The look of its empty cells.
    look: Option<usize>,
}

impl<'a> Cells<'a> {
    pub fn new(edit: &'a SheetEdit, styles: &'a mut Styles, columns: &'a [Columns], prefix: &'a str) -> Cells<'a> {
        Cells { marks: &edit.marks, renewed: edit.renewed, styles, columns, prefix }
    }

    /// Writes all rows, up to the end of the sheet's data.
    pub fn write<R: BufRead, W: Write>(&mut self, reader: &mut Reader<R>, out: &mut Writer<W>) -> Result<()> {
        let mut buffer = Vec::new();
        let mut last = 0;
        loop {
            let event = reader.read_event_into(&mut buffer)?;
            match event {
                Event::Start(tag) if tag.local_name().as_ref() == "row" => {
                    last = self.write_row(&tag.into_owned(), last, out, Some(&mut *reader))?;
                }
                Event::Empty(tag) if tag.local_name().as_ref() == "row" => {
                    last = self.write_row::<R, W>(&tag.into_owned(), last, out, None)?;
                }
                Event::End(_) => return self.write_rest(out),
                Event::Eof => bail!("the rows have no end"),
                other => out.write_event(other)?,
            }
            buffer.clear();
        }
    }

    /// Writes the marks that are left, in rows of their own.
    pub fn write_rest<W: Write>(&mut self, out: &mut Writer<W>) -> Result<()> {
        self.write_new_rows(u32::MAX, out)
    }

    fn write_new_rows<W: Write>(&mut self, before: u32, out: &mut Writer<W>) -> Result<()> {
        while let Some(number) = self.marks.first().map(|mark| mark.row).filter(|row| *row < before) {
            let line = Line { number, marks: self.take(number), look: None };
            let mut tag = BytesStart::new(format!("{}row", self.prefix));
            tag.push_attribute(("r", number.to_string().as_str()));
            self.write_new_row(&tag, &line, out)?;
        }
        Ok(())
    }

    fn write_new_row<W: Write>(&mut self, tag: &BytesStart<'_>, line: &Line<'_>, out: &mut Writer<W>) -> Result<()> {
        out.write_event(Event::Start(tag.borrow()))?;
        for mark in line.marks {
            self.write_new_cell(line, mark, out)?;
        }
        out.write_event(Event::End(tag.to_end()))?;
        Ok(())
    }

    /// The marks of a row.
    fn take(&mut self, row: u32) -> &'a [Mark] {
        let (own, rest) = self.marks.split_at(self.marks.partition_point(|mark| mark.row <= row));
        self.marks = rest;
        own
    }

    /// Writes a row, and those that are missing before it. Returns its number. Without a reader it has no cells.
    fn write_row<R: BufRead, W: Write>(
        &mut self,
        tag: &BytesStart<'static>,
        last: u32,
        out: &mut Writer<W>,
        reader: Option<&mut Reader<R>>,
    ) -> Result<u32> {
        let number = attribute(tag, "r").map_or(Ok(last + 1), |number| number.parse())?;
        if number <= last {
            bail!("row {number} follows row {last}");
        }
        self.write_new_rows(number, out)?;
        let line = Line { number, marks: self.take(number), look: look_of_row(tag) };
        let mut tag = tag.clone();
        if !line.marks.is_empty() {
            let is_fixed = attribute(&tag, "customHeight").is_some_and(|fixed| fixed != "0" && fixed != "false");
            let height: f64 = attribute(&tag, "ht").and_then(|height| height.parse().ok()).unwrap_or(0.0);
            let wrapped = line.marks.iter().filter(|mark| mark.look.wrapped).filter_map(|mark| mark.text.as_deref());
            let needed = wrapped.map(height_of).fold(0.0, f64::max);
            let needed = (needed > height.max(LINE_HEIGHT) && !is_fixed).then(|| needed.to_string());
            let set: Vec<(&str, &str)> = needed.iter().map(|needed| ("ht", needed.as_str())).collect();
            tag = with(&tag, &["spans"], &set);
        }
        match reader {
            Some(reader) => {
                out.write_event(Event::Start(tag.borrow()))?;
                self.write_cells(&line, reader, out)?;
                out.write_event(Event::End(tag.to_end()))?;
            }
            None if line.marks.is_empty() => out.write_event(Event::Empty(tag))?,
            None => self.write_new_row(&tag, &line, out)?,
        }
        Ok(number)
    }

    fn write_cells<R: BufRead, W: Write>(
        &mut self,
        line: &Line<'_>,
        reader: &mut Reader<R>,
        out: &mut Writer<W>,
    ) -> Result<()> {
        let mut buffer = Vec::new();
        let mut marks = line.marks.iter().peekable();
        let mut before = None;
        loop {
            let event = reader.read_event_into(&mut buffer)?;
            let is_empty = matches!(event, Event::Empty(_));
            match event {
                Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "c" => {
                    let column = column_of(&tag, before);
                    let row = attribute(&tag, "r").and_then(|it| position(&it)).map_or(line.number, |(row, _)| row);
                    if before.is_some_and(|before| column <= before) || row != line.number {
                        bail!("the cells of row {} are out of order", line.number);
                    }
                    before = Some(column);
                    while let Some(mark) = marks.next_if(|mark| mark.column < column) {
                        self.write_new_cell(line, mark, out)?;
                    }
                    let mark = marks.next_if(|mark| mark.column == column);
                    self.write_cell(line, column, &tag.into_owned(), mark, is_empty, reader, out)?;
                }
                Event::End(_) => {
                    for mark in marks {
                        self.write_new_cell(line, mark, out)?;
                    }
                    return Ok(());
                }
                Event::Eof => bail!("a row has no end"),
                other => out.write_event(other)?,
            }
            buffer.clear();
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a cell, its place, its mark, and where it comes from and goes to")]
    fn write_cell<R: BufRead, W: Write>(
        &mut self,
        line: &Line<'_>,
        column: u32,
        tag: &BytesStart<'static>,
        mark: Option<&Mark>,
        is_empty: bool,
        reader: &mut Reader<R>,
        out: &mut Writer<W>,
    ) -> Result<()> {
        let base = attribute(tag, "s").and_then(|look| look.parse().ok()).unwrap_or(0);
        let is_below = self.renewed.is_some_and(|(_, header)| line.number > header);
        let is_emptied = is_below && self.renewed.is_some_and(|(renewed, _)| renewed == column);
        let look = mark.map_or_else(Look::default, |mark| mark.look);
        let style = self.style(base, look, is_below)?;
        let text = mark.map_or(if is_emptied { Some("") } else { None }, |mark| mark.text.as_deref());
        if text.is_none() && style == base {
            out.write_event(if is_empty { Event::Empty(tag.borrow()) } else { Event::Start(tag.borrow()) })?;
            return if is_empty { Ok(()) } else { pass(reader, out, true) };
        }
        let set = style.to_string();
        let Some(text) = text else {
            let tag = with(tag, &[], &[("s", &set)]);
            out.write_event(if is_empty { Event::Empty(tag) } else { Event::Start(tag) })?;
            return if is_empty { Ok(()) } else { pass(reader, out, true) };
        };
        if !is_empty {
            pass(reader, out, false)?;
        }
        // The type belongs to the content, as do the links to data types and formulas of arrays.
        self.write_text(&with(tag, &["t", "cm", "vm"], &[("s", &set)]), text, out)
    }

    fn write_new_cell<W: Write>(&mut self, line: &Line<'_>, mark: &Mark, out: &mut Writer<W>) -> Result<()> {
        let of_column = || self.columns.iter().find_map(|columns| columns.look(mark.column));
        let base = line.look.or_else(of_column).unwrap_or(0);
        let style = self.style(base, mark.look, true)?;
        let mut tag = BytesStart::new(format!("{}c", self.prefix));
        tag.push_attribute(("r", format!("{}{}", letter(mark.column), line.number).as_str()));
        tag.push_attribute(("s", style.to_string().as_str()));
        self.write_text(&tag, mark.text.as_deref().unwrap_or_default(), out)
    }

    /// The look of a cell. Paint of an earlier edit does not stay.
    fn style(&mut self, base: usize, look: Look, is_below: bool) -> Result<usize> {
        let is_painted = look.fill == Fill::Kept && is_below && self.styles.is_own(base);
        let look = if is_painted { Look { fill: Fill::None, ..look } } else { look };
        if look == Look::default() { Ok(base) } else { self.styles.restyled(base, look) }
    }

    fn write_text<W: Write>(&self, tag: &BytesStart<'_>, text: &str, out: &mut Writer<W>) -> Result<()> {
        if text.is_empty() {
            return Ok(out.write_event(Event::Empty(tag.borrow()))?);
        }
        let p = self.prefix;
        let content = if is_number(text) {
            format!("<{p}v>{text}</{p}v>")
        } else {
            format!("<{p}is><{p}t xml:space=\"preserve\">{}</{p}t></{p}is>", escaped(text))
        };
        let tag = if is_number(text) { tag.to_owned() } else { with(tag, &[], &[("t", "inlineStr")]) };
        out.write_event(Event::Start(tag.borrow()))?;
        out.get_mut().write_all(content.as_bytes())?;
        out.write_event(Event::End(tag.to_end()))?;
        Ok(())
    }
}

/// Whether a text is a number and would come back from it as the same text: `42`, not `042`.
fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(|number| number.is_finite() && number.to_string() == text)
}

/// The height of a wrapped text, in points.
fn height_of(text: &str) -> f64 {
    let lines: usize = text.lines().map(|line| line.chars().count().div_ceil(LINE).max(1)).sum();
    (lines as f64 * LINE_HEIGHT).min(GREATEST_HEIGHT)
}

fn look_of_row(tag: &BytesStart<'_>) -> Option<usize> {
    let applies = attribute(tag, "customFormat").is_some_and(|applies| applies != "0" && applies != "false");
    if applies { attribute(tag, "s")?.parse().ok() } else { None }
}

/// Reads to the end of the element that has begun, and writes what it reads if asked.
fn pass<R: BufRead, W: Write>(reader: &mut Reader<R>, out: &mut Writer<W>, writes: bool) -> Result<()> {
    let mut buffer = Vec::new();
    let mut depth = 0;
    loop {
        let event = reader.read_event_into(&mut buffer)?;
        let is_last = matches!(event, Event::End(_)) && depth == 0;
        match event {
            Event::Eof => bail!("a cell has no end"),
            Event::Start(ref tag) if !writes && tag.local_name().as_ref() == "f" && attribute(tag, "ref").is_some() => {
                bail!("other cells share the formula of a cell that is replaced");
            }
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        if writes {
            out.write_event(event)?;
        }
        if is_last {
            return Ok(());
        }
        buffer.clear();
    }
}
