//! The sheets of a workbook by name, and those that an earlier edit added.

use std::collections::HashMap;

use anyhow::{Context, Result, anyhow};
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;
use regex::Regex;

use crate::files::edit::package::{Package, WORKBOOK};
use crate::files::edit::pages::Page;
use crate::files::edit::styles::Styles;
use crate::files::edit::xml::{attribute, escaped, insert_before_end, namespace, prefix};

const SHEET_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml";

pub struct Names {
    /// Name and part, in order.
    sheets: Vec<(String, String)>,
    /// The part of the styles.
    pub styles: String,
    /// The prefix of ids of relationships, and the namespace of their types.
    relationships: (String, String),
    /// Sheets that an earlier edit added, by the defined name that marks them.
    own: HashMap<String, String>,
    last_id: u32,
}

impl Names {
    pub fn read(package: &mut Package<'_>) -> Result<Names> {
        let xml = package.text(WORKBOOK)?;
        let parts = package.relationships(WORKBOOK)?;
        let target = |id: &str| parts.iter().find(|part| part.id == id).map(|part| part.target.clone());
        let styles = parts.iter().find(|part| part.kind == "styles").context("no styles")?.target.clone();
        let mut reader = Reader::from_str(&xml);
        let (mut sheets, mut relationships, mut last_id) = (Vec::new(), None, 0);
        loop {
            match reader.read_event()? {
                Event::Eof => break,
                Event::Start(tag) if tag.local_name().as_ref() == "workbook" => {
                    relationships = namespace(&tag, "/relationships");
                }
                Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "sheet" => {
                    let part = attribute(&tag, "id").and_then(|id| target(&id));
                    last_id = last_id.max(attribute(&tag, "sheetId").and_then(|id| id.parse().ok()).unwrap_or(0));
                    sheets.extend(attribute(&tag, "name").zip(part));
                }
                _ => {}
            }
        }
        let relationships = relationships.context("no namespace of relationships")?;
        let marks = Regex::new(r#"<(?:[\w.-]+:)?definedName\b[^>]*\bname="(_hatang_\w+)"[^>]*>([^<]*)<"#)?;
        let of_mark = |found: regex::Captures<'_>| {
            let reference = unescape(found.get(2)?.as_str()).ok()?.into_owned();
            let name = reference.rsplit_once('!')?.0.trim_matches('\'').replace("''", "'");
            Some((found[1].to_owned(), name))
        };
        let own = marks.captures_iter(&xml).filter_map(of_mark);
        let own = own.filter(|(_, name)| sheets.iter().any(|(known, _)| known == name)).collect();
        Ok(Names { sheets, styles, relationships, own, last_id })
    }

    /// The part of a sheet. Names that occur twice are an error.
    pub fn part(&self, name: &str) -> Result<&str> {
        let mut found = self.sheets.iter().filter(|(known, _)| known == name);
        match (found.next(), found.next()) {
            (Some((_, part)), None) => Ok(part),
            _ => Err(anyhow!("not one sheet {name:?}")),
        }
    }

    /// How formulas begin that refer to the sheets of an earlier edit.
    pub fn own_references(&self) -> Vec<String> {
        self.own.values().map(|name| reference_to(name)).collect()
    }

    pub fn has_page(&self, mark: &str) -> bool {
        self.own.contains_key(mark)
    }

    /// The name that the page with this mark has or gets.
    pub fn of_page(&self, page: (&str, &str)) -> String {
        let (mark, title) = page;
        if let Some(own) = self.own.get(mark) {
            return own.clone();
        }
        let is_free = |name: &String| self.sheets.iter().all(|(known, _)| known.to_lowercase() != name.to_lowercase());
        let numbered = (2..).map(|nth| format!("{title} ({nth})"));
        [title.to_owned()].into_iter().chain(numbered).find(is_free).unwrap_or_default()
    }

    /// Adds a page, or replaces the one that an earlier edit added.
    pub fn add(&mut self, package: &mut Package<'_>, page: &Page, styles: &mut Styles) -> Result<()> {
        let name = self.of_page((page.mark, page.title));
        let xml = page.xml(styles)?;
        if self.own.contains_key(page.mark) {
            let part = self.part(&name)?.to_owned();
            package.drop_relationships(&part);
            package.set(&part, xml);
            return Ok(());
        }
        let free = (1..).map(|nth| format!("xl/worksheets/hatang{nth}.xml")).find(|part| !package.has(part));
        let part = free.unwrap_or_default();
        package.set(&part, xml);
        package.declare(&part, SHEET_TYPE)?;
        let (own, types) = self.relationships.clone();
        let id = package.relate(WORKBOOK, &format!("{types}/worksheet"), &part)?;
        self.last_id += 1;
        let (shown, number) = (escaped(&name), self.last_id);
        let book = insert_before_end(&package.text(WORKBOOK)?, "sheets", |p| {
            format!("<{p}sheet name=\"{shown}\" sheetId=\"{number}\" {own}:id=\"{id}\"/>")
        })?;
        package.set(WORKBOOK, marked(&book, page.mark, &name)?);
        self.sheets.push((name, part));
        Ok(())
    }
}

/// Adds the defined name by which a later edit knows the sheet again.
fn marked(book: &str, mark: &str, sheet: &str) -> Result<String> {
    let old = Regex::new(&format!(r#"<(?:[\w.-]+:)?definedName\b[^>]*\bname="{mark}"[^>]*>[^<]*</[^>]*>"#))?;
    let book = old.replace_all(book, "");
    let cell = escaped(&format!("{}$A$1", reference_to(sheet)));
    let line = |p: &str| format!("<{p}definedName name=\"{mark}\" hidden=\"1\">{cell}</{p}definedName>");
    if let Ok(added) = insert_before_end(&book, "definedNames", line) {
        return Ok(added);
    }
    let after = ["externalReferences", "functionGroups", "sheets"].into_iter().find_map(|name| {
        Regex::new(&format!(r"</((?:[\w.-]+:)?){name}\s*>"))
            .ok()?
            .find(&book)
            .map(|found| (found.end(), found.as_str()))
    });
    let (at, tag) = after.context("no end of sheets")?;
    let p = prefix(&tag[2..]);
    Ok(format!("{}<{p}definedNames>{}</{p}definedNames>{}", &book[..at], line(&p), &book[at..]))
}

/// `'Danh mục'!`
pub fn reference_to(sheet: &str) -> String {
    format!("'{}'!", sheet.replace('\'', "''"))
}
