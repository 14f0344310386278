//! Notes on cells: a list of texts, and a drawing that shows each of them.

use std::collections::HashSet;
use std::fmt::Write;

use anyhow::{Context, Result};
use regex::{Captures, Regex};

use crate::files::edit::Mark;
use crate::files::edit::package::Package;
use crate::files::edit::xml::{escaped, insert_before_end};
use crate::files::sheet::letter;
use crate::files::sheet::position;

/// The author by which a later edit knows its notes again.
const AUTHOR: &str = "Hatang";
/// Programs become slow with more notes; the reasons are also in the state column.
const MOST: usize = 10_000;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const COMMENTS_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml";
const DRAWING_TYPE: &str = "application/vnd.openxmlformats-officedocument.vmlDrawing";
const VML: &str = "xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
                   xmlns:x=\"urn:schemas-microsoft-com:office:excel\"";
const BOX: &str = "<v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\">\
                   <v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>";

/// Adds the notes of marks to a sheet whose drawing of notes has this relationship. Notes of others stay, on their cells
/// alone; those of an earlier edit are replaced. Returns the relationship of a new drawing.
pub fn write(package: &mut Package<'_>, sheet: &str, drawing: Option<&str>, marks: &[Mark]) -> Result<Option<String>> {
    let parts = package.relationships(sheet)?;
    let comments = parts.iter().find(|part| part.kind == "comments").map(|part| part.target.clone());
    let drawing = drawing.and_then(|id| parts.iter().find(|part| part.id == id)).map(|part| part.target.clone());
    let noted: Vec<&Mark> = marks.iter().filter(|mark| mark.note.is_some()).take(MOST).collect();
    if noted.is_empty() && comments.is_none() {
        return Ok(None);
    }
    let old = match &comments {
        Some(part) => package.text(part)?,
        None => format!("<comments xmlns=\"{MAIN}\"><authors></authors><commentList></commentList></comments>"),
    };
    let shapes = match &drawing {
        Some(part) => package.text(part)?,
        None => format!("<xml {VML}></xml>"),
    };
    let listed = Listed::of(&old, &noted)?;
    let shapes = drawn(&shapes, &listed)?;
    let nth = (1..).find(|nth| !package.has(&format!("xl/commentsHatang{nth}.xml"))).unwrap_or(1);
    if let Some(part) = comments {
        package.set(&part, listed.xml);
    } else {
        let part = format!("xl/commentsHatang{nth}.xml");
        package.set(&part, listed.xml);
        package.declare(&part, COMMENTS_TYPE)?;
        package.relate(sheet, &format!("{OFFICE}/comments"), &part)?;
    }
    if let Some(part) = drawing {
        package.set(&part, shapes);
        return Ok(None);
    }
    let part = format!("xl/drawings/vmlDrawingHatang{nth}.vml");
    package.set(&part, shapes);
    package.declare(&part, DRAWING_TYPE)?;
    Ok(Some(package.relate(sheet, &format!("{OFFICE}/vmlDrawing"), &part)?))
}

/// The list of texts, and how it changed: rows and columns from 0.
struct Listed {
    xml: String,
    gone: HashSet<(u32, u32)>,
    new: Vec<(u32, u32)>,
}

impl Listed {
    fn of(old: &str, noted: &[&Mark]) -> Result<Listed> {
        let authors = Regex::new(r"<(?:[\w.-]+:)?author\b[^>]*?(?:/>|>([^<]*)<)")?;
        let authors: Vec<_> = authors.captures_iter(old).map(|it| it.get(1).map_or("", |name| name.as_str())).collect();
        let own = authors.iter().position(|name| *name == AUTHOR);
        let author = own.unwrap_or(authors.len());
        let mut xml = if own.is_some() {
            old.to_owned()
        } else {
            // A list without authors may be one empty tag.
            let open = Regex::new(r"<((?:[\w.-]+:)?)(authors|commentList)\s*/>")?;
            let old = open.replace_all(old, "<$1$2></$1$2>");
            insert_before_end(&old, "authors", |p| format!("<{p}author>{AUTHOR}</{p}author>"))?
        };
        let comments = Regex::new(r"(?s)<(?:[\w.-]+:)?comment\s[^>]*>.*?</(?:[\w.-]+:)?comment>")?;
        let (reference, by) = (Regex::new(r#"\sref="([^"]*)""#)?, Regex::new(r#"\sauthorId="(\d+)""#)?);
        let (mut gone, mut taken) = (HashSet::new(), HashSet::new());
        xml = comments
            .replace_all(&xml, |comment: &Captures<'_>| {
                let comment = &comment[0];
                let value = |of: &Regex| of.captures(comment).map(|found| found[1].to_owned());
                let at = value(&reference).and_then(|it| position(&it)).map(|(row, column)| (row - 1, column));
                if own.is_some() && value(&by).is_some_and(|by| by == author.to_string()) {
                    gone.extend(at);
                    return String::new();
                }
                taken.extend(at);
                comment.to_owned()
            })
            .into_owned();
        let mut new = Vec::new();
        let mut added = Vec::new();
        for mark in noted.iter().filter(|mark| !taken.contains(&(mark.row - 1, mark.column))) {
            let cell = format!("{}{}", letter(mark.column), mark.row);
            let note: String = mark.note.iter().flat_map(|note| note.chars().take(2000)).collect();
            added.push((cell, escaped(&note)));
            new.push((mark.row - 1, mark.column));
        }
        let xml = insert_before_end(&xml, "commentList", |p| {
            let one = |(cell, note): &(String, String)| {
                format!(
                    "<{p}comment ref=\"{cell}\" authorId=\"{author}\"><{p}text><{p}t xml:space=\"preserve\">{note}</{p}t></{p}text></{p}comment>"
                )
            };
            added.iter().map(one).collect()
        })?;
        Ok(Listed { xml, gone, new })
    }
}

/// The drawing without the shapes that are gone and with the new ones.
fn drawn(old: &str, listed: &Listed) -> Result<String> {
    let shapes = Regex::new(r"(?s)<v:shape\s.*?</v:shape>")?;
    let at = Regex::new(r"(?s)<x:Row>\s*(\d+)\s*</x:Row>.*?<x:Column>\s*(\d+)\s*</x:Column>")?;
    let kept = shapes.replace_all(old, |shape: &Captures<'_>| {
        let place = at.captures(&shape[0]).and_then(|it| Some((it[1].parse().ok()?, it[2].parse().ok()?)));
        let is_gone =
            place.is_some_and(|place| listed.gone.contains(&place)) && shape[0].contains("ObjectType=\"Note\"");
        if is_gone { String::new() } else { shape[0].to_owned() }
    });
    let ids = Regex::new(r"_x0000_s(\d+)")?;
    let last = ids.captures_iter(&kept).filter_map(|id| id[1].parse::<u32>().ok()).max().unwrap_or(1024);
    // Another program may have named the namespaces otherwise.
    let names =
        if kept.contains("xmlns:v=\"urn:schemas-microsoft-com:vml\"") { String::new() } else { format!(" {VML}") };
    let mut added = if kept.contains("id=\"_x0000_t202\"") {
        String::new()
    } else {
        BOX.replacen(" id=", &format!("{names} id="), 1)
    };
    for (id, (row, column)) in (last.saturating_add(1)..).zip(&listed.new) {
        let (to_column, to_row) = (column + 4, row + 5);
        write!(
            added,
            "<v:shape{names} id=\"_x0000_s{id}\" type=\"#_x0000_t202\" style=\"position:absolute;margin-left:60pt;margin-top:2pt;\
             width:240pt;height:90pt;z-index:1;visibility:hidden\" fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/>\
             <v:shadow on=\"t\" color=\"black\" obscured=\"t\"/><v:path o:connecttype=\"none\"/>\
             <v:textbox style=\"mso-direction-alt:auto\"><div style=\"text-align:left\"></div></v:textbox>\
             <x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/>\
             <x:Anchor>{}, 15, {row}, 2, {to_column}, 31, {to_row}, 1</x:Anchor><x:AutoFill>False</x:AutoFill>\
             <x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>",
            column + 1
        )?;
    }
    let end = kept.rfind("</xml>").context("no end of the drawing")?;
    Ok(format!("{}{added}{}", &kept[..end], &kept[end..]))
}
