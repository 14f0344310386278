//! Figures as a workbook that an officer prints, signs and hands in: a sheet a group of figures, then what was
//! published, the changes, the records to check, notes and definitions. It has words, no codes.

mod changes;
mod declared;
mod notes;
mod quality;
mod unit;
mod units;

use crate::figures::{Figure, FiguresByUnit, Indicator, UnitFigures};
use crate::files::export::report::{Column, Page, Put, Signatures};
use crate::http::stats::book::declared::Declared;
use crate::http::stats::figure::Context;
use crate::texts::{Text, text};
use crate::units::territory::{Level, Unit};

/// The figures of several units. `whole`: those of the unit that encloses them.
pub fn of_units(
    context: &Context<'_>,
    counted: &FiguresByUnit,
    whole: Option<&UnitFigures>,
    declared: &Declared,
) -> Vec<Page> {
    // Empty for the whole country.
    let place = context.question.within.as_ref().map_or("", |unit| &unit.name);
    let sheets = Sheets { context, place, whole };
    let mut rows: Vec<(String, Option<&UnitFigures>)> = Vec::new();
    for unit in &context.question.units {
        rows.push((unit.name.clone(), counted.get(&Some(unit.code.clone()))));
    }
    // A row of what lies in no unit, without which the sums would not be those of the whole.
    let loose = counted.get(&None).filter(|figures| figures.figures.iter().any(|figure| figure.value.number() != 0));
    rows.extend(loose.map(|figures| (sheets.say(&text!("book.no_unit")), Some(figures))));
    let mut pages = units::pages(&sheets, &rows);
    pages.extend(sheets.further(&rows));
    let units = context.question.units.iter().filter(|unit| unit.level != Level::Hamlet);
    let named = context.question.within.iter().filter(|_| whole.is_some()).chain(units);
    pages.extend(declared::page(&sheets, named, declared));
    // What is to check is counted for communes.
    if context.question.scope.level != Level::Hamlet {
        pages.push(quality::of_units(&sheets, &rows));
    }
    pages.extend(notes::pages(&sheets));
    pages
}

/// The figures of one unit.
pub fn of_unit(context: &Context<'_>, unit: &Unit, figures: &UnitFigures, declared: &Declared) -> Vec<Page> {
    let sheets = Sheets { context, place: &unit.name, whole: None };
    let rows = [(unit.name.clone(), Some(figures))];
    let mut pages = vec![unit::page(&sheets, figures)];
    pages.extend(sheets.further(&rows));
    pages.extend(declared::page(&sheets, [unit], declared));
    pages.push(quality::of_unit(&sheets, figures));
    pages.extend(notes::pages(&sheets));
    pages
}

/// A unit, or what lies in none, with its figures.
type Row<'a> = (String, Option<&'a UnitFigures>);

/// What all sheets have in common.
#[derive(Clone, Copy)]
struct Sheets<'a> {
    context: &'a Context<'a>,
    place: &'a str,
    /// The figures of the enclosing unit, where the rows are its parts.
    whole: Option<&'a UnitFigures>,
}

impl Sheets<'_> {
    fn say(&self, text: &Text) -> String {
        text.say(self.context.vietnamese)
    }

    /// Of what was published and of the changes, if there are any.
    fn further<'a>(&'a self, rows: &[Row<'a>]) -> Vec<Page> {
        let published = changes::published(self, rows);
        let changes = self.context.question.compare.map(|base| changes::page(self, rows, base));
        published.into_iter().chain(changes).collect()
    }

    fn page(&self, name: &str, title: &Text, columns: Vec<Column>, rows: Vec<Vec<Put>>) -> Page {
        let unit = match self.place {
            "" => self.say(&text!("book.everywhere")),
            place => place.to_owned(),
        };
        let day = self.context.question.days.as_of;
        // The country and a group have no committee of their own.
        let has_agency = self.context.question.within.as_ref().is_some_and(|unit| unit.level >= Level::Province);
        let agency = if has_agency { self.say(&text!("book.agency", unit = &unit)) } else { String::new() };
        let subtitle = match self.context.question.compare {
            None => text!("book.subtitle", unit = &unit, day),
            Some(base) => text!("book.subtitle/compared", unit = &unit, day, base),
        };
        Page {
            name: name.to_owned(),
            agency: agency.to_uppercase(),
            title: self.say(title).to_uppercase(),
            subtitle: self.say(&subtitle),
            columns,
            rows,
            signatures: None,
        }
    }

    /// A figure of the enclosing unit.
    fn of_whole(&self, indicator: &Indicator) -> Option<&Figure> {
        self.whole?.figures.iter().find(|figure| figure.indicator == indicator)
    }

    fn signatures(&self) -> Signatures {
        let say = |text: Text| self.say(&text);
        Signatures {
            left: [say(text!("book.signed/left")), say(text!("book.signed/left_how"))],
            right: [say(text!("book.signed/right")), say(text!("book.signed/right_how"))],
            day: say(text!("book.signed/day")),
        }
    }

    /// The name of a figure: its sentence without what explains it.
    fn title(&self, indicator: &Indicator) -> String {
        let sentence = indicator.sentence.say(self.context.vietnamese);
        let end = [":", ";", " (", ", mỗi "].iter().filter_map(|mark| sentence.find(mark)).min();
        sentence[..end.unwrap_or(sentence.len())].trim_end_matches('.').to_owned()
    }

    fn column(&self, group: &Text, item: Option<&Text>, width: u16) -> Column {
        Column { group: self.say(group), item: item.map(|item| self.say(item)).unwrap_or_default(), width }
    }
}

/// The figure of an indicator in a row.
fn figure_of<'a>(row: &Row<'a>, code: &str) -> Option<&'a Figure> {
    row.1?.figures.iter().find(|figure| figure.indicator.code == code)
}
