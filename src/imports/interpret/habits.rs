//! What the cells of a column show together about how their writer writes numbers and dates.

use crate::files::sheet::{Cell, Sheet};
use crate::imports::interpret::date;
use crate::imports::interpret::finding::Note;
use crate::imports::interpret::fold::fold;
use crate::imports::interpret::mapping::{Column, Mapping};
use crate::imports::interpret::number::{Decimal, Digits, split};
use crate::imports::interpret::outlier::{Outlier, outlier};
use crate::imports::interpret::quantity::{self, Unit};
use crate::imports::interpret::scale::{is_own_word, multiple};
use crate::imports::interpret::target::Target;
use crate::layers::{Field, Type};
use crate::texts::{Text, text};

/// What holds for all cells of a column. The default is a column that shows nothing.
#[derive(Debug, Clone, Default)]
pub struct Habits {
    /// The notation of its numbers.
    pub decimal: Option<Decimal>,
    /// The unit of its header, if it is not the field's.
    pub unit: Option<&'static Unit>,
    /// What its header says a count is multiplied by: "Số hộ (nghìn hộ)".
    pub times: Option<f64>,
    pub outlier: Option<Outlier>,
    pub days: date::Habit,
}

/// The habits of each column of a mapping, with notes about the columns.
pub fn of_columns(sheet: &Sheet, mapping: &Mapping) -> (Vec<Habits>, Vec<(Column, Note)>) {
    let rows = mapping.split(sheet).1;
    let fields: Vec<_> = mapping.columns.iter().map(field_of).collect();
    let cells = |column: &Column| {
        let index = column.index;
        rows.iter().filter_map(move |row| row.cell(index))
    };
    let shown: Vec<_> =
        mapping.columns.iter().zip(&fields).map(|(column, field)| notation(column, *field, cells(column))).collect();
    let orders: Vec<_> = mapping
        .columns
        .iter()
        .zip(&fields)
        .map(|(column, field)| if is_day(*field) { date::Order::of(texts(cells(column))) } else { date::Order::Untold })
        .collect();
    // A column that shows nothing is written like the others of its sheet.
    let of_sheet = shown.iter().fold(Shown::default(), |all, shown| all.and(*shown));
    let order_of_sheet = orders.iter().fold(date::Order::Untold, |all, order| all.and(*order));
    let mut notes = Vec::new();
    let mut all = Vec::new();
    for (nth, column) in mapping.columns.iter().enumerate() {
        let mut habits = Habits::default();
        if let Some(field) = fields[nth] {
            habits.decimal = if shown[nth].is_any() { shown[nth].decimal() } else { of_sheet.decimal() };
            habits.days.since_1904 = sheet.date_1904;
            if is_day(Some(field)) {
                let own = order_of_header(&column.header).unwrap_or(orders[nth]);
                habits.days.order = if own == date::Order::Untold { order_of_sheet } else { own };
                habits.days.is_swapped = is_swapped(cells(column));
                if habits.days.order == date::Order::MonthFirst {
                    notes.push((column.clone(), Note::warning(text!("date.month_first", header = &column.header))));
                }
            }
            if is_number(field) {
                notes.extend(unit_of_header(field, &column.header, &mut habits).map(|note| (column.clone(), note)));
            }
            if matches!(field.unit, Some(unit) if unit != "Mbit/s" && unit != "deg") {
                habits.outlier = outlier(cells(column).filter_map(|cell| plain_number(cell, &habits)).collect());
            }
        }
        all.push(habits);
    }
    (all, notes)
}

fn field_of(column: &Column) -> Option<&'static Field> {
    match column.target {
        Some(Target::Field(field)) => Some(field),
        _ => None,
    }
}

fn is_day(field: Option<&Field>) -> bool {
    field.is_some_and(|field| matches!(field.value, Type::Date | Type::Timestamp))
}

fn is_number(field: &Field) -> bool {
    matches!(field.value, Type::Integer { .. } | Type::Number { .. })
}

fn texts<'a>(cells: impl Iterator<Item = &'a Cell>) -> impl Iterator<Item = &'a str> {
    cells.filter_map(|cell| match cell {
        Cell::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

/// Which notations cells can only be written in.
#[derive(Debug, Clone, Copy, Default)]
struct Shown {
    comma: bool,
    point: bool,
}

impl Shown {
    fn and(self, other: Shown) -> Shown {
        Shown { comma: self.comma || other.comma, point: self.point || other.point }
    }
    fn is_any(self) -> bool {
        self.comma || self.point
    }
    /// `None` if nothing tells, or both occur.
    fn decimal(self) -> Option<Decimal> {
        match (self.comma, self.point) {
            (true, false) => Some(Decimal::Comma),
            (false, true) => Some(Decimal::Point),
            _ => None,
        }
    }
}

fn notation<'a>(column: &Column, field: Option<&Field>, cells: impl Iterator<Item = &'a Cell>) -> Shown {
    let mut shown = Shown::default();
    match (column.target, field) {
        (_, Some(field)) if is_number(field) => {
            // Headers that are names of fields come from programs.
            shown.point = column.header == field.name;
            let digits = texts(cells).filter_map(|text| Digits::read(split(text)?.1)?.shows());
            for decimal in digits {
                shown.comma |= decimal == Decimal::Comma;
                shown.point |= decimal == Decimal::Point;
            }
        }
        // A point in coordinates tells little, since they are copied from maps.
        (Some(Target::Longitude | Target::Latitude | Target::Coordinate), _) => {
            shown.comma = texts(cells).any(|text| text.contains(',') && Digits::read(text).is_some());
        }
        _ => {}
    }
    shown
}

/// A cell that is only a number.
fn plain_number(cell: &Cell, habits: &Habits) -> Option<f64> {
    match cell {
        Cell::Number(number) => Some(*number),
        Cell::Text(text) => {
            let digits = Digits::read(text)?;
            Some(habits.decimal.map_or(digits.readings().0, |decimal| digits.with(decimal)))
        }
        _ => None,
    }
}

/// Excel in English takes 01/02/2023 for 2 January, and leaves 13/02/2023 as text.
fn is_swapped<'a>(cells: impl Iterator<Item = &'a Cell>) -> bool {
    use chrono::Datelike;
    let (mut dates, mut texts) = (0, 0);
    for cell in cells {
        match cell {
            Cell::Date(date) if date.day() > 12 => return false,
            Cell::Date(_) => dates += 1,
            Cell::Text(text) => match date::numbers(text) {
                Some((first, second)) if first > 12 && second <= 12 => texts += 1,
                Some(_) => return false,
                None => {}
            },
            _ => {}
        }
    }
    dates > 0 && texts > 0
}

/// Takes the unit out of a header: "Chiều cao (ft)", "height_ft". A word in brackets that is no unit is complained of.
/// "Ngày lắp (mm/dd/yyyy)" says the order of day and month.
fn order_of_header(header: &str) -> Option<date::Order> {
    let folded = format!(" {} ", fold(header));
    let has = |orders: &[&str]| orders.iter().any(|order| folded.contains(order));
    if has(&[" mm dd ", " m d y", " thang ngay nam "]) {
        Some(date::Order::MonthFirst)
    } else if has(&[" dd mm ", " d m y", " ngay thang nam "]) {
        Some(date::Order::DayFirst)
    } else {
        None
    }
}

fn unit_of_header(field: &Field, header: &str, habits: &mut Habits) -> Option<Note> {
    let brackets = in_brackets(header);
    let own = field.unit.and_then(quantity::of_field);
    let Some(own) = own else {
        let times = brackets.iter().map(|words| multiple(words).0).find(|times| *times > 1.0)?;
        habits.times = Some(times);
        return Some(Note::info(text!("column.times", header, times)));
    };
    let last = header.trim_end().rsplit([' ', '_', ',', '/']).next().filter(|last| last.len() < header.trim().len());
    if let Some(given) = brackets.iter().find(|words| quantity::is_bytes(words)) {
        let unit = Text::new(field.unit.unwrap_or_default());
        return Some(Note::error(text!("column.unit/unknown", header, given, unit)));
    }
    let mut words = brackets.iter().map(String::as_str).chain(last);
    if let Some(unit) = words.find_map(|words| quantity::named(words, own.dimension)) {
        habits.unit = Some(unit).filter(|unit| !unit.is(own));
        return habits
            .unit
            .map(|_| Note::info(text!("column.unit", header, unit = Text::new(field.unit.unwrap_or_default()))));
    }
    let is_remark = |words: &str| {
        is_own_word(field, words)
            || words.chars().all(|c| !c.is_alphabetic() && c != '%')
            || REMARKS.contains(&fold(words).as_str())
    };
    let unknown = brackets.iter().find(|words| !is_remark(words))?;
    let unit = Text::new(field.unit.unwrap_or_default());
    let text = text!("column.unit/unknown", header, given = unknown, unit);
    // A unit of something else makes all numbers wrong.
    let is_other = quantity::of_any_dimension(unknown).is_some() || unknown.contains('%');
    Some(if is_other { Note::error(text) } else { Note::warning(text) })
}

/// Words in the brackets of headers that are no units.
const REMARKS: &[&str] = &[
    "uoc tinh",
    "du kien",
    "neu co",
    "bat buoc",
    "tuy chon",
    "khong bat buoc",
    "danh nghia",
    "thuc te",
    "toi da",
    "toi thieu",
    "estimate",
    "estimated",
    "nominal",
    "optional",
    "required",
    "max",
    "min",
    "height",
    "radius",
    "so voi mat dat",
    "tinh tu mat dat",
];

fn in_brackets(header: &str) -> Vec<String> {
    let parts = header.split(['(', '[']).skip(1);
    parts
        .filter_map(|part| part.split_once([')', ']']))
        .map(|(inner, _)| inner.trim().to_owned())
        .filter(|it| !it.is_empty())
        .collect()
}
