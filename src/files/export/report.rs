//! Workbooks of tables that are printed and handed in: A4 on its side, a title, a header of two rows that every page
//! repeats, numbers as numbers, sums that Excel can check, places for signatures.

use chrono::NaiveDate;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError};

use crate::files::formula::unmistaken;
use crate::files::sheet::letter;

#[derive(Debug, Clone, PartialEq)]
pub enum Put {
    Nothing,
    Text(String),
    Number(f64),
    /// Of 100.
    Percent(f64),
    Date(NaiveDate),
    /// The sum of this column above, with its value.
    Sum(f64),
    /// The heading of the rows below it.
    Heading(String),
}

impl From<&str> for Put {
    fn from(text: &str) -> Put {
        Put::Text(text.to_owned())
    }
}

impl From<Option<f64>> for Put {
    fn from(number: Option<f64>) -> Put {
        number.map_or(Put::Nothing, Put::Number)
    }
}

/// A column. Neighbours of one group share the upper cell of the header; without an item the group has both rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Column {
    pub group: String,
    pub item: String,
    /// In characters.
    pub width: u16,
}

#[derive(Debug, Default)]
pub struct Page {
    pub name: String,
    /// Who hands it in.
    pub agency: String,
    pub title: String,
    /// Which unit, which day.
    pub subtitle: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Put>>,
    /// Who signs on the left and on the right, each with what they do, and the line for the day.
    pub signatures: Option<Signatures>,
}

#[derive(Debug, Clone)]
pub struct Signatures {
    pub left: [String; 2],
    pub right: [String; 2],
    pub day: String,
}

/// The row of the first line of the header; above are agency, title, subtitle and an empty row.
const HEAD: u32 = 4;
const BODY: u32 = HEAD + 2;
/// As many rows as one printed page holds, and as two do.
const ONE_PAGE: usize = 30;
const TWO_PAGES: usize = 100;
const A4: u8 = 9;
const LINE_HEIGHT: f64 = 16.0;

struct Formats {
    text: Format,
    bold: Format,
    head: Format,
    cell: Format,
    whole: Format,
    decimal: Format,
    percent: Format,
    date: Format,
    /// Of the number of a line.
    place: Format,
    sum: Format,
}

impl Formats {
    fn new() -> Formats {
        let text = Format::new().set_font_name("Times New Roman").set_font_size(12);
        let middle = text.clone().set_align(FormatAlign::VerticalCenter);
        let bordered = middle.clone().set_border(FormatBorder::Thin);
        let bold = bordered.clone().set_bold();
        Formats {
            bold: text.clone().set_bold().set_align(FormatAlign::Center).set_text_wrap(),
            head: bold
                .clone()
                .set_text_wrap()
                .set_align(FormatAlign::Center)
                .set_background_color(Color::RGB(0x00DD_EBF7)),
            cell: bordered.clone().set_num_format("@").set_text_wrap(),
            whole: bordered.clone().set_num_format("#,##0"),
            decimal: bordered.clone().set_num_format("#,##0.0##"),
            percent: bordered.clone().set_num_format("0.0%"),
            place: bordered.clone().set_align(FormatAlign::Center),
            date: bordered.set_num_format("dd/mm/yyyy").set_align(FormatAlign::Center),
            sum: bold.set_num_format("#,##0"),
            text,
        }
    }
}

/// Writes sheets to a workbook.
///
/// # Errors
/// What the library rejects.
pub fn write(pages: &[Page]) -> Result<Vec<u8>, XlsxError> {
    let formats = Formats::new();
    let mut book = Workbook::new();
    for page in pages {
        let sheet = book.add_worksheet().set_name(&page.name)?;
        print_setup(sheet, page)?;
        for (column, Column { width, .. }) in (0..).zip(&page.columns) {
            sheet.set_column_width(column, *width)?;
        }
        write_top(sheet, page, &formats)?;
        write_head(sheet, &page.columns, &formats.head)?;
        for (row, cells) in (BODY..).zip(&page.rows) {
            write_row(sheet, row, cells, &page.columns, &formats)?;
        }
        write_signatures(sheet, page, &formats)?;
    }
    book.save_to_buffer()
}

fn print_setup(sheet: &mut Worksheet, page: &Page) -> Result<(), XlsxError> {
    let height = match page.rows.len() {
        rows if rows <= ONE_PAGE => 1,
        rows if rows <= TWO_PAGES => 2,
        _ => 0,
    };
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, height).set_print_center_horizontally(true);
    sheet.set_margins(0.5, 0.4, 0.5, 0.5, 0.3, 0.3).set_footer("&C&\"Times New Roman\"&P/&N");
    sheet.set_repeat_rows(HEAD, HEAD + 1)?.set_freeze_panes(BODY, 0)?;
    Ok(())
}

fn last_column(page: &Page) -> u16 {
    (page.columns.len() as u16).saturating_sub(1)
}

/// A text over several columns of a row.
fn across(sheet: &mut Worksheet, row: u32, columns: [u16; 2], text: &str, format: &Format) -> Result<(), XlsxError> {
    let [first, last] = columns;
    if first == last {
        sheet.write_string_with_format(row, first, text, format)?;
    } else {
        sheet.merge_range(row, first, row, last, text, format)?;
    }
    Ok(())
}

fn write_top(sheet: &mut Worksheet, page: &Page, formats: &Formats) -> Result<(), XlsxError> {
    let all = [0, last_column(page)];
    across(sheet, 0, all, &page.agency, &formats.text.clone().set_bold())?;
    across(sheet, 1, all, &page.title, &formats.bold.clone().set_font_size(14))?;
    across(sheet, 2, all, &page.subtitle, &formats.text.clone().set_italic().set_align(FormatAlign::Center))?;
    sheet.set_row_height(1, lines_of(&page.title, page.columns.iter().map(|column| column.width).sum()) * 20.0)?;
    Ok(())
}

fn write_head(sheet: &mut Worksheet, columns: &[Column], format: &Format) -> Result<(), XlsxError> {
    let mut upper: f64 = 1.0;
    let mut lower: f64 = 1.0;
    let mut both: f64 = 1.0;
    let mut start = 0;
    for group in columns.chunk_by(|a, b| a.group == b.group) {
        let (first, last) = (start as u16, (start + group.len() - 1) as u16);
        let width = group.iter().map(|column| column.width).sum();
        match group {
            [Column { group, item, .. }] if item.is_empty() => {
                sheet.merge_range(HEAD, first, HEAD + 1, first, group, format)?;
                both = both.max(lines_of(group, width));
            }
            _ => {
                across(sheet, HEAD, [first, last], &group[0].group, format)?;
                upper = upper.max(lines_of(&group[0].group, width));
                for (column, Column { item, width, .. }) in (first..).zip(group) {
                    sheet.write_string_with_format(HEAD + 1, column, item, format)?;
                    lower = lower.max(lines_of(item, *width));
                }
            }
        }
        start += group.len();
    }
    lower = lower.max(both - upper);
    sheet.set_row_height(HEAD, upper * LINE_HEIGHT)?.set_row_height(HEAD + 1, lower * LINE_HEIGHT)?;
    Ok(())
}

/// How many lines a text takes in a width of characters: programs do not fit the height of merged cells. Words are not
/// broken, so a line holds less than its width.
fn lines_of(text: &str, width: u16) -> f64 {
    let mut lines = 1.0;
    let mut left = f64::from(width);
    for word in text.split_whitespace() {
        let length = word.chars().count() as f64 * 1.15 + 1.0;
        if length > left {
            lines += 1.0;
            left = f64::from(width);
        }
        left -= length;
    }
    lines
}

fn write_row(
    sheet: &mut Worksheet,
    row: u32,
    cells: &[Put],
    columns: &[Column],
    formats: &Formats,
) -> Result<(), XlsxError> {
    if let [Put::Heading(text)] = cells {
        let last = (columns.len() as u16).saturating_sub(1);
        return across(sheet, row, [0, last], text, &formats.head.clone().set_align(FormatAlign::Left));
    }
    let lines = cells.iter().zip(columns).map(|(cell, column)| match cell {
        Put::Text(text) => lines_of(text, column.width),
        _ => 1.0,
    });
    sheet.set_row_height(row, lines.fold(1.0, f64::max) * LINE_HEIGHT)?;
    let is_total = cells.iter().any(|cell| matches!(cell, Put::Sum(_)));
    let emphasised = |format: &Format| if is_total { format.clone().set_bold() } else { format.clone() };
    for (column, cell) in (0_u16..).zip(cells) {
        match cell {
            Put::Nothing => sheet.write_blank(row, column, &formats.cell)?,
            Put::Text(text) | Put::Heading(text) => {
                sheet.write_string_with_format(row, column, unmistaken(text), &emphasised(&formats.cell))?
            }
            Put::Number(number) if column == 0 => {
                sheet.write_number_with_format(row, column, *number, &formats.place)?
            }
            Put::Number(number) => {
                let format = if number.fract() == 0.0 { &formats.whole } else { &formats.decimal };
                sheet.write_number_with_format(row, column, *number, &emphasised(format))?
            }
            Put::Percent(percent) => {
                // A tenth of a percent is a whole number of thousandths.
                let share = (percent * 10.0).round() / 1000.0;
                sheet.write_number_with_format(row, column, share, &emphasised(&formats.percent))?
            }
            Put::Date(day) => sheet.write_date_with_format(row, column, day, &formats.date)?,
            Put::Sum(number) => {
                let name = letter(column.into());
                let formula = Formula::new(format!("=SUM({name}{}:{name}{row})", BODY + 1));
                let formula = formula.set_result(number.to_string());
                sheet.write_formula_with_format(row, column, formula, &formats.sum)?
            }
        };
    }
    Ok(())
}

fn write_signatures(sheet: &mut Worksheet, page: &Page, formats: &Formats) -> Result<(), XlsxError> {
    let Some(Signatures { left, right, day }) = &page.signatures else { return Ok(()) };
    let last = last_column(page);
    // Half of the width, not of the columns.
    let half = page.columns.iter().map(|column| column.width).sum::<u16>() / 2;
    let mut width = 0;
    let middle = page.columns.iter().take_while(|column| {
        width += column.width;
        width <= half
    });
    let middle = (middle.count() as u16).clamp(1, last.max(1));
    let first = BODY + page.rows.len() as u32 + 1;
    let italic = formats.text.clone().set_italic().set_align(FormatAlign::Center);
    across(sheet, first, [middle, last.max(middle)], day, &italic)?;
    for (columns, [who, how]) in [([0, middle - 1], left), ([middle, last.max(middle)], right)] {
        across(sheet, first + 1, columns, who, &formats.bold)?;
        across(sheet, first + 2, columns, how, &italic)?;
    }
    Ok(())
}
