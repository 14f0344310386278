//! Edits a workbook of Excel in place: paints and fills cells, adds notes, drop-downs and sheets. Every part that it does
//! not touch is copied byte by byte; of a sheet, everything but the edited cells.

mod cells;
mod columns;
mod notes;
mod package;
mod pages;
mod panes;
mod scan;
mod sheet;
mod styles;
mod validations;
mod workbook;
mod xml;

use std::collections::HashMap;
use std::io::{BufReader, BufWriter, Cursor, Write};

use anyhow::{Context, Result};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use package::Package;
use styles::Styles;
use workbook::Names;

pub use pages::Page;
pub use scan::Scan;
pub use styles::{Fill, Look};

/// What to change in a sheet.
#[derive(Debug, Default)]
pub struct SheetEdit {
    pub sheet: String,
    /// The changed cells. Several marks of one cell are not allowed.
    pub marks: Vec<Mark>,
    /// A column from 0, and its width in characters.
    pub width: Option<(u32, f64)>,
    /// The number of rows that stay in sight, unless the sheet has panes already.
    pub frozen: u32,
    pub drop_downs: Vec<DropDown>,
    /// Below this row, cells of this column that have no mark are emptied, and paint of an earlier edit is removed.
    pub renewed: Option<(u32, u32)>,
}

/// A changed cell.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Mark {
    /// From 1.
    pub row: u32,
    /// From 0.
    pub column: u32,
    pub look: Look,
    /// The new content. An empty text empties the cell.
    pub text: Option<String>,
    pub note: Option<String>,
}

/// Cells (rows from 1, columns from 0, inclusive) with a list of values, as a reference to cells.
#[derive(Debug, Clone)]
pub struct DropDown {
    pub rows: (u32, u32),
    pub column: u32,
    pub formula: String,
}

/// An opened workbook.
pub struct Book<'a> {
    package: Package<'a>,
    names: Names,
    edits: HashMap<String, SheetEdit>,
    /// The relationship of the drawing of notes, by part.
    drawings: HashMap<String, Option<String>>,
}

impl<'a> Book<'a> {
    /// # Errors
    /// A package that is damaged or has an unusual structure.
    pub fn open(bytes: &'a [u8]) -> Result<Book<'a>> {
        let mut package = Package::open(bytes)?;
        let names = Names::read(&mut package)?;
        Ok(Book { package, names, edits: HashMap::new(), drawings: HashMap::new() })
    }

    /// What must be known of a sheet before it is edited. `from` is its first row of interest.
    ///
    /// # Errors
    /// An unknown sheet, or one that cannot be read.
    pub fn scan(&mut self, sheet: &str, from: u32) -> Result<Scan> {
        let part = self.names.part(sheet)?.to_owned();
        let own = self.names.own_references();
        let scan = scan::scan(BufReader::with_capacity(1 << 16, self.package.reader(&part)?), &own, from)?;
        self.drawings.insert(part, scan.drawing.clone());
        Ok(scan)
    }

    /// The name that the sheet of this title will have: another one if a sheet of the sender's has it.
    pub fn name_of_page(&self, mark: &str, title: &str) -> String {
        self.names.of_page((mark, title))
    }

    /// Whether an earlier edit added the sheet with this mark.
    pub fn has_page(&self, mark: &str) -> bool {
        self.names.has_page(mark)
    }

    /// Changes a sheet that has been scanned.
    ///
    /// # Errors
    /// An unknown sheet.
    pub fn edit(&mut self, edit: SheetEdit) -> Result<()> {
        let part = self.names.part(&edit.sheet)?.to_owned();
        self.edits.insert(part, edit);
        Ok(())
    }

    /// Writes the edited workbook with these sheets added. Each replaces the one that an earlier edit added.
    ///
    /// # Errors
    /// A package that cannot be edited.
    pub fn finish(mut self, pages: &[Page]) -> Result<Vec<u8>> {
        let styles_part = self.names.styles.clone();
        let mut styles = Styles::read(self.package.text(&styles_part)?)?;
        self.package.drop_what_no_longer_holds()?;
        for page in pages {
            self.names.add(&mut self.package, page, &mut styles)?;
        }
        let own = self.names.own_references();
        let mut edits: Vec<_> = std::mem::take(&mut self.edits).into_iter().collect();
        edits.sort_by(|a, b| a.0.cmp(&b.0));
        let mut new_drawings = HashMap::new();
        for (part, edit) in &mut edits {
            edit.marks.sort_by_key(|mark| (mark.row, mark.column));
            let drawing = self.drawings.get(part).cloned().flatten();
            // Notes that cannot be added leave the package as it is: the reasons stand in the state column, too.
            if let Ok(Some(id)) = notes::write(&mut self.package, part, drawing.as_deref(), &edit.marks) {
                new_drawings.insert(part.clone(), id);
            }
        }
        let edits: HashMap<_, _> = edits.into_iter().collect();
        let mut out = ZipWriter::new(Cursor::new(Vec::with_capacity(self.package.size() + (1 << 20))));
        let options = SimpleFileOptions::default();
        for name in self.package.names() {
            if let Some(edit) = edits.get(&name) {
                out.start_file(name.as_str(), options)?;
                let drawing = new_drawings.get(&name).map(String::as_str);
                let reader = BufReader::with_capacity(1 << 16, self.package.reader(&name)?);
                let mut writer = BufWriter::with_capacity(1 << 16, &mut out);
                sheet::edit(reader, &mut writer, edit, &mut styles, drawing, &own)
                    .with_context(|| format!("the sheet {:?}", edit.sheet))?;
                writer.flush()?;
            } else if name != styles_part {
                self.package.copy(&name, &mut out, options)?;
            }
        }
        // The looks of all sheets are known only now.
        out.start_file(styles_part.as_str(), options)?;
        out.write_all(styles.finish().as_bytes())?;
        Ok(out.finish()?.into_inner())
    }
}

#[cfg(test)]
mod tests;
