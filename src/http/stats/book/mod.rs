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
use crate::units::territory::Unit;

/// The figures of several units. `place` is the name of the enclosing unit, empty for the whole country.
pub fn of_units(context: &Context<'_>, place: &str, counted: &FiguresByUnit, declared: &Declared) -> Vec<Page> {
    let sheets = Sheets { context, place };
    let mut rows: Vec<(String, Option<&UnitFigures>)> = Vec::new();
    for unit in &context.question.units {
        rows.push((unit.name.clone(), counted.get(&Some(unit.code.clone()))));
    }
    // A row of what lies in no unit, without which the sums would not be those of the whole.
    let loose = counted.get(&None).filter(|figures| figures.figures.iter().any(|figure| figure.value.number() != 0));
    rows.extend(loose.map(|figures| (sheets.say(&text!("book.no_unit")), Some(figures))));
    let mut pages = units::pages(&sheets, &rows);
    pages.extend(sheets.further(&rows));
    pages.extend(declared::page(&sheets, &context.question.units, declared));
    pages.push(quality::of_units(&sheets, &rows));
    pages.extend(notes::pages(&sheets));
    pages
}

/// The figures of one unit.
pub fn of_unit(context: &Context<'_>, unit: &Unit, figures: &UnitFigures, declared: &Declared) -> Vec<Page> {
    let sheets = Sheets { context, place: &unit.name };
    let rows = [(unit.name.clone(), Some(figures))];
    let mut pages = vec![unit::page(&sheets, figures)];
    pages.extend(sheets.further(&rows));
    pages.extend(declared::page(&sheets, std::slice::from_ref(unit), declared));
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
}

impl Sheets<'_> {
    fn say(&self, text: &Text) -> String {
        text.say(self.context.vietnamese)
    }

    /// Of what was published and of the changes, if there are any.
    fn further(&self, rows: &[Row<'_>]) -> Vec<Page> {
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
        let agency = if self.place.is_empty() { String::new() } else { self.say(&text!("book.agency", unit = &unit)) };
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
