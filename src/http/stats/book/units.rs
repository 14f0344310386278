//! The sheets of groups of figures: a row a unit, the columns of the group's figures, a row of totals.

use crate::figures::{Change, Figure, Group, Indicator, Ratio, Unweighted, Value, label_of, unit_label};
use crate::files::export::report::{Column, Page, Put};
use crate::http::stats::book::{Row, Sheets, figure_of};
use crate::texts::text;

/// More columns than this are too small to read on one page.
const COLUMNS_OF_PAGE: usize = 22;
/// Of a column of numbers, in characters.
const WIDTH: u16 = 9;

pub fn pages(sheets: &Sheets<'_>, rows: &[Row<'_>]) -> Vec<Page> {
    Group::ALL.into_iter().flat_map(|group| of_group(sheets, rows, group)).collect()
}

fn of_group(sheets: &Sheets<'_>, rows: &[Row<'_>], group: Group) -> Vec<Page> {
    let indicators = sheets.context.question.indicators.iter().copied();
    let mut pages: Vec<Vec<SheetColumn>> = Vec::new();
    let mut total: Option<SheetColumn> = None;
    for indicator in indicators.filter(|indicator| Group::of(indicator) == group) {
        let mut block = block(sheets, rows, indicator);
        // Figures with one whole in common show it once.
        if let [first, ..] = &block[..]
            && first.read == Read::Of
        {
            if total.as_ref().is_some_and(|total| total.is_same(first, rows)) {
                block.remove(0);
            } else {
                total = Some(block[0].clone());
            }
        }
        match pages.last_mut() {
            Some(page) if page.len() + block.len() <= COLUMNS_OF_PAGE => page.extend(block),
            _ if block.is_empty() => {}
            _ => pages.push(block),
        }
    }
    let name = group.name().say(sheets.context.vietnamese);
    let of_columns = |(nth, columns): (usize, Vec<SheetColumn>)| {
        let sheet = if nth == 0 { name.to_owned() } else { format!("{name} {}", nth + 1) };
        page(sheets, rows, name, &sheet, &columns)
    };
    pages.into_iter().enumerate().map(of_columns).collect()
}

fn page(sheets: &Sheets<'_>, rows: &[Row<'_>], group: &str, name: &str, columns: &[SheetColumn]) -> Page {
    let heads = [sheets.column(&text!("book.number"), None, 5), sheets.column(&text!("book.name"), None, 24)];
    let heads = heads.into_iter().chain(columns.iter().map(|column| column.head.clone())).collect();
    let of_row = |(nth, row): (u32, &Row<'_>)| {
        let start = [Put::Number(nth.into()), Put::Text(row.0.clone())];
        start.into_iter().chain(columns.iter().map(|column| column.put(row))).collect()
    };
    let mut lines: Vec<Vec<Put>> = (1..).zip(rows).map(of_row).collect();
    let start = [Put::Nothing, Put::Text(sheets.say(&text!("book.total")))];
    lines.push(start.into_iter().chain(columns.iter().map(|column| column.total(sheets, rows))).collect());
    let page = sheets.page(name, &text!("book.title/group", group), heads, lines);
    Page { signatures: Some(sheets.signatures()), ..page }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Read {
    Number,
    Rate,
    Area,
    Level,
    Value(&'static str),
    Total,
    Of,
    Covered,
    Unknown,
    Percent,
    Declared,
    Change,
}

#[derive(Debug, Clone)]
struct SheetColumn {
    head: Column,
    indicator: &'static Indicator,
    read: Read,
}

/// The columns of a figure that has something to show.
fn block(sheets: &Sheets<'_>, rows: &[Row<'_>], indicator: &'static Indicator) -> Vec<SheetColumn> {
    let vietnamese = sheets.context.vietnamese;
    let figures: Vec<_> = rows.iter().filter_map(|row| figure_of(row, indicator.code)).collect();
    let title = sheets.title(indicator);
    let column = |item: String, read: Read| SheetColumn {
        head: Column { group: title.clone(), item, width: WIDTH },
        indicator,
        read,
    };
    let say = |text| sheets.say(&text);
    let any = |read: Read| figures.iter().any(|figure| read_number(figure, read).is_some_and(|number| number != 0.0));
    let mut columns = Vec::new();
    match figures.first().map(|figure| &figure.value) {
        None => {}
        Some(Value::Number(_)) => columns.push(column(say(text!("book.value")), Read::Number)),
        Some(Value::Rate { .. }) => columns.push(column(say(text!("book.value")), Read::Rate)),
        Some(Value::Area(_)) => {
            columns.push(column(capital(unit_label(indicator.unit).say(vietnamese)), Read::Area));
            columns.push(column(say(text!("book.percent_of")), Read::Percent));
        }
        Some(Value::Level { .. }) => columns.push(column(say(text!("book.value")), Read::Level)),
        Some(Value::Partition { values, .. }) => {
            for (name, _) in values.iter().filter(|(name, _)| any(Read::Value(name))) {
                let label = label_of(indicator, name).say(vietnamese);
                columns.push(column(label.to_owned(), Read::Value(name)));
            }
            if indicator.part_of.is_none() && !columns.is_empty() {
                columns.push(column(say(text!("book.all")), Read::Total));
            }
        }
        Some(Value::Ratio(_)) if !any(Read::Of) => {}
        Some(Value::Ratio(_)) => {
            let what =
                indicator.denominator.map_or(say(text!("book.of")), |whole| say(text!("book.of/what", what = whole)));
            columns.push(SheetColumn {
                head: Column { group: what, item: String::new(), width: WIDTH },
                indicator,
                read: Read::Of,
            });
            columns.push(column(capital(unit_label(indicator.unit).say(vietnamese)), Read::Covered));
            if any(Read::Unknown) {
                columns.push(column(say(text!("book.unknown")), Read::Unknown));
            }
            columns.push(column(say(text!("book.percent_of")), Read::Percent));
        }
    }
    if !columns.is_empty() {
        if figures
            .iter()
            .copied()
            .chain(sheets.of_whole(indicator))
            .any(|figure| read_number(figure, Read::Declared).is_some())
        {
            columns.push(column(say(text!("book.declared")), Read::Declared));
        }
        // The changes of shares have their own sheet.
        if any(Read::Change) && !columns.iter().any(|column| column.read == Read::Covered) {
            columns.push(column(say(text!("book.change")), Read::Change));
        }
    }
    // A figure of one column needs no line for its parts.
    if let [only] = &mut columns[..] {
        only.head.item.clear();
    }
    columns
}

fn read_number(figure: &Figure, read: Read) -> Option<f64> {
    let whole = |number: i64| Some(figure.indicator.shown(number as f64));
    match (read, &figure.value) {
        (Read::Number, Value::Number(number)) => whole(*number),
        (Read::Rate, rate) => rate.rate(),
        (Read::Level, Value::Level { own, .. }) => whole((*own)?),
        (Read::Value(of), Value::Partition { values, .. }) => {
            values.iter().find(|(name, _)| *name == of).and_then(|(_, number)| whole(*number))
        }
        (Read::Total, Value::Partition { total, .. }) => whole(*total),
        (Read::Of, Value::Ratio(ratio)) => whole(ratio.total),
        (Read::Covered, Value::Ratio(ratio)) => whole(ratio.covered),
        (Read::Unknown, Value::Ratio(ratio)) => whole(ratio.unknown),
        (Read::Percent, Value::Ratio(ratio)) => ratio.percent(),
        (Read::Area, Value::Area(area)) => area.covered_km2(),
        (Read::Percent, Value::Area(area)) => area.percent(),
        (Read::Declared, _) => figure.published_of(None).map(|published| published.value),
        (Read::Change, _) => match &figure.change {
            Some(Change::Of(delta)) => delta.value.map(|value| figure.indicator.shown(value)),
            Some(Change::OfRate(change)) => change.difference(),
            _ => None,
        },
        _ => None,
    }
}

impl SheetColumn {
    fn number(&self, row: &Row<'_>) -> Option<f64> {
        read_number(figure_of(row, self.indicator.code)?, self.read)
    }

    fn put(&self, row: &Row<'_>) -> Put {
        match self.read {
            Read::Percent => self.number(row).map_or(Put::Nothing, Put::Percent),
            _ => Put::from(self.number(row)),
        }
    }

    /// Whether another figure has the same whole in every row.
    fn is_same(&self, other: &SheetColumn, rows: &[Row<'_>]) -> bool {
        self.head == other.head && rows.iter().all(|row| self.number(row) == other.number(row))
    }

    fn is_rate(&self, row: &Row<'_>) -> bool {
        figure_of(row, self.indicator.code).is_some_and(|figure| matches!(figure.value, Value::Rate { .. }))
    }

    /// The total. A percentage is computed from the totals, never averaged.
    fn total(&self, sheets: &Sheets<'_>, rows: &[Row<'_>]) -> Put {
        let sum = |read: Read| {
            let numbers = rows.iter().map(|row| read_number(figure_of(row, self.indicator.code)?, read));
            numbers.collect::<Option<Vec<_>>>().map(|numbers| numbers.iter().sum::<f64>())
        };
        match self.read {
            // Rates and what was published do not add up: those of the whole are its own.
            Read::Level => Put::Nothing,
            Read::Rate | Read::Declared => {
                Put::from(sheets.of_whole(self.indicator).and_then(|figure| read_number(figure, self.read)))
            }
            Read::Percent => {
                let ratios = rows.iter().filter_map(|row| match &figure_of(row, self.indicator.code)?.value {
                    Value::Ratio(ratio) => Some(ratio),
                    _ => None,
                });
                let whole = ratios.fold(Ratio::default(), |sum, ratio| Ratio {
                    covered: sum.covered + ratio.covered,
                    unknown: sum.unknown + ratio.unknown,
                    total: sum.total + ratio.total,
                    unweighted: Unweighted {
                        total: sum.unweighted.total + ratio.unweighted.total,
                        ..Unweighted::default()
                    },
                });
                whole.percent().map_or(Put::Nothing, Put::Percent)
            }
            // Changes of rates do not add up.
            Read::Change if rows.iter().any(|row| self.is_rate(row)) => {
                Put::from(sheets.of_whole(self.indicator).and_then(|figure| read_number(figure, self.read)))
            }
            // Where one unit's number is unknown, so is that of the whole.
            read => sum(read).map_or(Put::Nothing, Put::Sum),
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
