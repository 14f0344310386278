//! Workbooks for people: labels as header, typed cells, a last sheet that describes the export. Rows go to a temporary
//! file as they come, so that memory does not grow with them.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};

use postgis_diesel::types::GeometryContainer;
use rust_xlsxwriter::{Color, Format, FormatAlign, Note, Workbook, Worksheet, XlsxError};

use crate::files::export::{Columns, in_vietnam, text_of};
use crate::files::formula::unmistaken;
use crate::layers::geometry::rounded;
use crate::layers::{Field, Type};
use crate::postgres::row::{Cell, Row};
use crate::texts::{Text, text};

/// The greatest number of rows of a sheet, including the header.
const ROWS: u32 = 1_048_576;
/// The greatest number of characters of a cell (UTF-16 units).
const CHARACTERS: usize = 32_767;

pub struct Xlsx {
    columns: Columns,
    formats: Formats,
    workbook: Workbook,
    sheet: Worksheet,
    sheets: u32,
    next_row: u32,
    rows_per_sheet: u32,
    /// Number of cells that were too long for a sheet and are left empty.
    left_out: u64,
}

/// The lines of the last sheet, each a label and a text.
pub type About = Vec<(Text, String)>;

struct Formats {
    header: Format,
    text: Format,
    date: Format,
    moment: Format,
    coordinate: Format,
}

impl Xlsx {
    /// # Errors
    /// When no temporary file can be created.
    pub fn new(columns: Columns) -> Result<Xlsx, XlsxError> {
        Xlsx::with_rows(columns, ROWS)
    }

    fn with_rows(columns: Columns, rows_per_sheet: u32) -> Result<Xlsx, XlsxError> {
        let mut workbook = Workbook::new();
        let sheet = workbook.new_worksheet_with_constant_memory()?;
        let formats = Formats {
            header: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_background_color(Color::RGB(0x00DD_EBF7)),
            // With the prefix a text that looks like a formula stays a text, even when somebody edits the cell.
            text: Format::new().set_num_format("@").set_quote_prefix(),
            date: Format::new().set_num_format("dd/mm/yyyy"),
            moment: Format::new().set_num_format("dd/mm/yyyy hh:mm"),
            coordinate: Format::new().set_num_format("0.0000000"),
        };
        let mut xlsx = Xlsx { columns, formats, workbook, sheet, sheets: 0, next_row: 0, rows_per_sheet, left_out: 0 };
        xlsx.begin_sheet()?;
        Ok(xlsx)
    }

    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let title = self.columns.pick(self.columns.layer.title);
        let name = if self.sheets == 1 { title.to_owned() } else { format!("{title} ({})", self.sheets) };
        self.sheet.set_name(name)?;
        self.sheet.set_freeze_panes(1, 0)?;
        let vietnamese = self.columns.vietnamese;
        let places = match (self.columns.has_place, self.columns.of_points()) {
            (false, _) => Vec::new(),
            (true, true) => vec![
                (text!("place.longitude").say(vietnamese), "lon", 13),
                (text!("place.latitude").say(vietnamese), "lat", 13),
            ],
            (true, false) => vec![("geometry".to_owned(), "GeoJSON", 20)],
        };
        let fields = self.columns.columns.iter().map(|column| column.field);
        let fields = fields.map(|field| (field.heading(vietnamese), field.name, width(field)));
        let all: Vec<_> = [("id".to_owned(), "id", 9)].into_iter().chain(fields).chain(places).collect();
        for (column, (label, name, width)) in (0..).zip(all) {
            self.sheet.set_column_width(column, width)?;
            self.sheet.write_string_with_format(0, column, label, &self.formats.header)?;
            self.sheet.insert_note(0, column, &Note::new(name).add_author_prefix(false))?;
        }
        self.next_row = 1;
        Ok(())
    }

    fn end_sheet(&mut self) -> Result<(), XlsxError> {
        let places = match (self.columns.has_place, self.columns.of_points()) {
            (false, _) => 0,
            (true, true) => 2,
            (true, false) => 1,
        };
        let last = (self.columns.columns.len() + places) as u16;
        self.sheet.autofilter(0, 0, self.next_row - 1, last)?;
        Ok(())
    }

    /// # Errors
    /// When the temporary file cannot be written.
    pub fn row(&mut self, row: &Row) -> Result<(), XlsxError> {
        if self.next_row == self.rows_per_sheet {
            self.end_sheet()?;
            let next = self.workbook.new_worksheet_with_constant_memory()?;
            let full = std::mem::replace(&mut self.sheet, next);
            self.workbook.push_worksheet(full);
            self.begin_sheet()?;
        }
        let at = self.next_row;
        self.next_row += 1;
        if let Cell::Integer(id) = row.cells[0] {
            self.sheet.write_number(at, 0, id as f64)?;
        }
        let mut column = 1;
        for index in 0..self.columns.columns.len() {
            let written = self.columns.columns[index];
            self.write(at, column, written.field, &written.cell(row))?;
            column += 1;
        }
        match (&row.cells[1], self.columns.of_points()) {
            _ if !self.columns.has_place => {}
            (Cell::Geometry(GeometryContainer::Point(point)), true) => {
                for (column, degrees) in [(column, point.x), (column + 1, point.y)] {
                    self.sheet.write_number_with_format(at, column, rounded(degrees), &self.formats.coordinate)?;
                }
            }
            (Cell::Geometry(_), false) => self.write_text(at, column, &text_of(&row.cells[1]).unwrap_or_default())?,
            _ => {}
        }
        Ok(())
    }

    fn write(&mut self, row: u32, column: u16, field: &Field, cell: &Cell) -> Result<(), XlsxError> {
        let label = |value: &str| {
            let choice = field.value.choices().iter().find(|choice| choice.value == value);
            choice.map_or_else(|| value.to_owned(), |choice| self.columns.pick(choice.label).to_owned())
        };
        match cell {
            Cell::Integer(number) => self.sheet.write_number(row, column, *number as f64)?,
            Cell::Double(number) => self.sheet.write_number(row, column, *number)?,
            Cell::Date(date) => self.sheet.write_with_format(row, column, date, &self.formats.date)?,
            Cell::Moment(moment) => {
                let clock = in_vietnam(*moment).naive_local();
                self.sheet.write_with_format(row, column, &clock, &self.formats.moment)?
            }
            Cell::Bool(value) => {
                let word = if *value { text!("yes") } else { text!("no") };
                self.sheet.write_string(row, column, word.say(self.columns.vietnamese))?
            }
            Cell::Null => return Ok(()),
            Cell::Text(text) => return self.write_text(row, column, &label(text)),
            Cell::Texts(texts) => {
                let labels: Vec<_> = texts.iter().flatten().map(|text| label(text)).collect();
                return self.write_text(row, column, &labels.join("; "));
            }
            Cell::Json(_) | Cell::Geometry(_) => {
                return self.write_text(row, column, &text_of(cell).unwrap_or_default());
            }
        };
        Ok(())
    }

    fn write_text(&mut self, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
        if text.encode_utf16().count() > CHARACTERS {
            self.left_out += 1;
            return Ok(());
        }
        self.sheet.write_string_with_format(row, column, unmistaken(text), &self.formats.text)?;
        Ok(())
    }

    /// Adds the last sheet and packs everything into a file that is deleted when its handle is closed.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn finish(mut self, mut about: About) -> Result<File, anyhow::Error> {
        self.end_sheet()?;
        self.workbook.push_worksheet(self.sheet);
        let vietnamese = self.columns.vietnamese;
        if self.left_out > 0 {
            about.push((text!("about.left_out"), format!("{} (CSV, GeoJSON)", self.left_out)));
        }
        let sheet = self.workbook.add_worksheet().set_name(text!("about").say(vietnamese))?;
        sheet.set_column_width(0, 28)?;
        sheet.set_column_width(1, 90)?;
        for (row, (label, text)) in (0..).zip(&about) {
            sheet.write_string_with_format(row, 0, label.say(vietnamese), &self.formats.header)?;
            sheet.write_string_with_format(row, 1, text, &self.formats.text)?;
        }
        let mut file = tempfile::tempfile()?;
        let mut writer = BufWriter::new(&file);
        self.workbook.save_to_writer(&mut writer)?;
        writer.flush()?;
        drop(writer);
        file.rewind()?;
        Ok(file)
    }
}

fn width(field: &Field) -> u16 {
    match field.value {
        Type::Text { max } if max > 100 => 32,
        Type::Text { .. } | Type::OneOf(_) | Type::SomeOf(_) | Type::Url | Type::Phone | Type::Resolution => 20,
        Type::Date | Type::CommuneCode => 12,
        Type::Timestamp => 17,
        _ => 11,
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use calamine::{Data, Reader, Xlsx as Opened};

    use super::*;
    use crate::layers::{ALL, CAMERA};

    fn columns(layer: &'static crate::layers::Layer, fields: &[&str]) -> Columns {
        Columns::new(layer, fields.iter().map(|name| layer.field(name).unwrap()), true)
    }

    fn row(id: i64, cells: Vec<Cell>) -> Row {
        Row { cells: [Cell::Integer(id), Cell::Null].into_iter().chain(cells).collect() }
    }

    #[test]
    fn rows_beyond_a_sheet_go_to_further_sheets() {
        let mut xlsx = Xlsx::with_rows(columns(&CAMERA, &["code"]), 4).unwrap();
        for id in 1..=7 {
            xlsx.row(&row(id, vec![Cell::Text(format!("00{id}"))])).unwrap();
        }
        let file = xlsx.finish(vec![(text!("about.rows"), "7".into())]).unwrap();
        let mut opened: Opened<_> = Opened::new(BufReader::new(file)).unwrap();
        let names = opened.sheet_names();
        assert_eq!(names.len(), 4, "{names:?}");
        let mut codes = Vec::new();
        for name in &names[..3] {
            let range = opened.worksheet_range(name).unwrap();
            assert_eq!(range.get_value((0, 1)), Some(&Data::String("Mã".into())));
            codes.extend(range.rows().skip(1).map(|row| row[1].to_string()));
        }
        assert_eq!(codes, ["001", "002", "003", "004", "005", "006", "007"]);
        assert_eq!(names[3], "Thông tin");
    }

    #[test]
    fn cells_have_types_labels_and_what_looks_like_a_formula_stays_text() {
        let fields = ["name", "managing_level", "eye_count", "installed_on"];
        let mut xlsx = Xlsx::new(columns(&CAMERA, &fields)).unwrap();
        let day = "2023-09-20".parse().unwrap();
        let cells =
            vec![Cell::Text("=1+1".into()), Cell::Text("commune_police".into()), Cell::Integer(2), Cell::Date(day)];
        xlsx.row(&row(1, cells)).unwrap();
        let mut opened: Opened<_> = Opened::new(BufReader::new(xlsx.finish(Vec::new()).unwrap())).unwrap();
        let range = opened.worksheet_range_at(0).unwrap().unwrap();
        let cell = |column| range.get_value((1, column)).unwrap();
        assert_eq!(cell(1), &Data::String("=1+1".into()));
        assert_eq!(cell(2), &Data::String("Công an xã".into()));
        assert_eq!(cell(3), &Data::Float(2.0));
        assert!(matches!(cell(4), Data::DateTime(date) if date.as_datetime().unwrap().date() == day), "{:?}", cell(4));
    }

    #[test]
    fn every_layer_can_name_its_sheets() {
        for layer in ALL {
            for vietnamese in [true, false] {
                let columns = Columns::new(layer, layer.fields(), vietnamese);
                Xlsx::new(columns).unwrap().finish(Vec::new()).unwrap();
            }
        }
    }
}
