//! What holds for all places of a sheet: declared systems, the unit of most rows, the language of compass letters. One
//! cell alone does not tell.

use std::collections::HashMap;

use crate::files::sheet::{Cell, Row, Sheet};
use crate::imports::interpret::cell::is_placeholder;
use crate::imports::interpret::coordinate;
use crate::imports::interpret::finding::{Note, Severity};
use crate::imports::interpret::fold::fold;
use crate::imports::interpret::mapping::{ColumnNotes, Mapping};
use crate::imports::interpret::meridian::central_meridian;
use crate::imports::interpret::place::first_number;
use crate::imports::interpret::sign::{is_english, is_vietnamese};
use crate::imports::interpret::{Options, link, shape};
use crate::layers::Crs;
use crate::texts::text;

/// How many rows tell what the columns hold.
const SAMPLE: usize = 2000;

#[derive(Debug, Default, Clone)]
pub struct Frame {
    /// The system that the file itself declares for its geometries.
    pub file: Option<Crs>,
    /// The system that the sender declares.
    pub sender: Option<Crs>,
    /// The zone of coordinates in metres that declare nothing else.
    pub grid: Option<Crs>,
    /// The systems that headers name, by the index of the column.
    pub headers: HashMap<u32, Crs>,
    /// Whether N is "nam", south.
    pub is_vietnamese: bool,
    /// Whether most numbers are metres. `None` if that is open.
    pub in_metres: Option<bool>,
    /// Columns without a single coordinate, such as "Point" in a column "Shape".
    pub unread: Vec<u32>,
    /// The declarations contradict each other or are not understood, so no place can be read.
    pub is_contradictory: bool,
}

/// Whether a column holds only the minutes or the seconds of an angle: "Vĩ độ (phút)", but not "Vĩ độ (độ phút giây)".
fn is_part(header: &str) -> bool {
    let folded = fold(header);
    let words: Vec<&str> = folded.split(' ').collect();
    let part =
        |word: &&str| matches!(*word, "phut" | "giay" | "minute" | "minutes" | "second" | "seconds" | "min" | "sec");
    let degrees = folded.strip_prefix("vi do").or(folded.strip_prefix("kinh do")).unwrap_or(&folded).contains("do");
    words.iter().filter(|word| part(word)).count() == 1 && !degrees && !folded.contains("degree")
}

/// Whether a header names a datum, a grid or a notation that is not read: "Vĩ độ (HN-72)", "X (UTM)", "Vĩ độ (DD.MMSS)",
/// or the southern or western half of the earth.
fn declares_other(header: &str) -> bool {
    const OTHERS: [&str; 12] =
        ["hn 72", "hn72", "hanoi 72", "indian", "mui 6", "6 do", "dd mmss", "ddmmss", "ddmm", "dd mm mmm", "km", "cm"];
    let folded = format!(" {} ", fold(header));
    let has = |words: &str| folded.contains(&format!(" {words} "));
    let is_utm = has("utm") && Crs::named(header, false).is_none();
    let is_far = ["s", "w", "nam", "tay", "south", "west"].iter().any(|half| folded.ends_with(&format!(" {half} ")));
    OTHERS.iter().any(|words| has(words)) || is_utm || is_far
}

fn is_refused(notes: &ColumnNotes) -> bool {
    notes.iter().any(|(_, note)| note.severity == Severity::Error)
}

impl Frame {
    /// Reads the rows of a sheet below its header. Contradictions become notes about the sheet or its columns.
    pub fn of(sheet: &Sheet, mapping: &Mapping, options: &Options) -> (Frame, ColumnNotes) {
        let (titles, rows) = mapping.split(sheet);
        let shown = titles.iter().flat_map(|row| &row.cells).map(|(_, cell)| cell.shown());
        let title = shown.filter_map(|text| central_meridian(&text)).find_map(Crs::of_meridian);
        let meridian = options.grid.and_then(Crs::of_epsg);
        let mut frame = Frame {
            file: sheet.crs,
            sender: options.epsg.and_then(Crs::of_epsg),
            grid: meridian.or(title),
            ..Frame::default()
        };
        let mut notes = frame.contradictions(meridian, title);
        frame.survey(mapping, &rows[..rows.len().min(SAMPLE)], &mut notes);
        frame.is_contradictory = is_refused(&notes);
        (frame, notes)
    }

    fn contradictions(&self, meridian: Option<Crs>, title: Option<Crs>) -> ColumnNotes {
        let grid = |crs: Option<Crs>| crs.filter(|crs| crs.is_grid());
        let pairs = [(self.sender, self.file), (grid(self.sender), meridian), (grid(self.sender).or(meridian), title)];
        let pairs = pairs.into_iter().chain([(grid(self.file), meridian)]);
        let differ =
            |(one, other): (Option<Crs>, Option<Crs>)| Some((one?, other?)).filter(|(one, other)| one != other);
        let note = |(one, other): (Crs, Crs)| {
            let text = text!("geo.crs/contradictory", one = one.name(), other = other.name());
            (None, Note::error(text))
        };
        pairs.filter_map(differ).next().map(note).into_iter().collect()
    }

    /// The frame of a row whose own cell names its system, or the central meridian of its zone.
    ///
    /// # Errors
    /// The cell is not understood, or says another system than the file.
    pub fn of_row(&self, cell: &Cell) -> Result<Frame, Note> {
        let given = cell.shown();
        let meridian = || central_meridian(&format!("KTT {given}")).and_then(Crs::of_meridian);
        let own = Crs::read(&given).or_else(meridian);
        let own = own.ok_or_else(|| Note::error(text!("geo.crs", given, known = text!("expected.crs"))))?;
        let grid = self.grid.filter(|_| own.is_grid());
        if let Some(other) = self.file.or(self.sender).or(grid).filter(|other| *other != own) {
            return Err(Note::error(text!("geo.crs/contradictory", one = other.name(), other = own.name())));
        }
        let frame = self.clone();
        Ok(if own.is_grid() { Frame { grid: Some(own), ..frame } } else { Frame { file: Some(own), ..frame } })
    }

    /// A sender who declares a system in metres for degrees, or the reverse, has taken the wrong one.
    fn other_unit(&self, metres: usize, degrees: usize) -> Option<Note> {
        let sender = self.sender?;
        let (fitting, other) = if sender.is_degrees() { (degrees, metres) } else { (metres, degrees) };
        (fitting == 0 && other > 0).then(|| Note::error(text!("geo.crs/other_unit", declared = sender.name())))
    }

    fn survey(&mut self, mapping: &Mapping, rows: &[Row], notes: &mut ColumnNotes) {
        let (mut metres, mut degrees) = (0, 0);
        let mut has_place = false;
        let mut has_english = false;
        for column in mapping.columns.iter().filter(|column| column.target.is_some_and(|target| target.is_place())) {
            if declares_other(&column.header) {
                notes.push((Some(column.column.clone()), Note::error(text!("geo.header", header = &column.header))));
            }
            if is_part(&column.header) {
                notes.push((Some(column.column.clone()), Note::error(text!("geo.split", header = &column.header))));
            }
            if let Some(crs) = Crs::named(&column.header, false) {
                self.headers.insert(column.index, crs);
            }
            let (mut read, mut filled) = (0, 0);
            for cell in rows.iter().filter_map(|row| row.cell(column.index)) {
                let sizes = match cell {
                    Cell::Text(text) if is_placeholder(text) => continue,
                    Cell::Text(text) if shape::read(text).is_some() || link::read(text).is_some() => Vec::new(),
                    Cell::Text(text) => {
                        self.is_vietnamese |= is_vietnamese(text);
                        has_english |= is_english(text);
                        match coordinate::read(text).into_iter().next() {
                            Some(angles) => angles.iter().map(|angle| angle.value).collect(),
                            None => {
                                filled += 1;
                                continue;
                            }
                        }
                    }
                    Cell::Number(number) => vec![*number],
                    Cell::Geometry(geometry) => first_number(&geometry["coordinates"]).into_iter().collect(),
                    _ => Vec::new(),
                };
                (filled, read) = (filled + 1, read + 1);
                metres += sizes.iter().filter(|size| size.abs() >= 100_000.0).count();
                degrees += sizes.iter().filter(|size| size.abs() <= 180.0).count();
            }
            has_place |= read > 0;
            if filled > 0 && read == 0 {
                self.unread.push(column.index);
                let note = Note::info(text!("column.no_place", header = &column.header));
                notes.push((Some(column.column.clone()), note));
            }
        }
        self.is_vietnamese &= !has_english;
        if !is_refused(notes) {
            notes.extend(self.other_unit(metres, degrees).map(|note| (None, note)));
        }
        if !has_place {
            // Otherwise a list whose only column of places is unreadable would lose them without an error.
            self.unread.clear();
            notes.retain(|(_, note)| note.code != "column.no_place");
        }
        self.in_metres = if metres > 2 * degrees {
            Some(true)
        } else if degrees > 2 * metres {
            Some(false)
        } else {
            None
        };
    }
}
