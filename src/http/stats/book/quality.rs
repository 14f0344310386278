//! The sheet of records to check.

use crate::figures::{QUALITY, UnitFigures};
use crate::files::export::report::{Page, Put};
use crate::http::stats::book::{Row, Sheets};
use crate::http::stats::words;
use crate::texts::text;

pub fn of_unit(sheets: &Sheets<'_>, figures: &UnitFigures) -> Page {
    let columns = vec![
        sheets.column(&text!("book.number"), None, 5),
        sheets.column(&text!("book.problem"), None, 44),
        sheets.column(&text!("book.count"), None, 12),
        sheets.column(&text!("book.todo"), None, 70),
    ];
    let rows = (1..).zip(&figures.quality).map(|(nth, (name, count))| {
        let [problem, todo] = words::quality(name).map(|text| Put::Text(sheets.say(&text)));
        vec![Put::Number(nth.into()), problem, Put::Number(*count as f64), todo]
    });
    let name = sheets.say(&text!("book.sheet/quality"));
    sheets.page(&name, &text!("book.title/quality"), columns, rows.collect())
}

/// A row a unit.
pub fn of_units(sheets: &Sheets<'_>, rows: &[Row<'_>]) -> Page {
    let mut columns = vec![sheets.column(&text!("book.number"), None, 5), sheets.column(&text!("book.name"), None, 24)];
    columns.extend(QUALITY.map(|name| {
        let [problem, _] = words::quality(name);
        sheets.column(&text!("book.problem"), Some(&problem), 16)
    }));
    let count = |figures: Option<&UnitFigures>, name: &str| {
        let found = figures.into_iter().flat_map(|figures| &figures.quality).find(|(of, _)| *of == name);
        found.map(|(_, count)| *count as f64)
    };
    let lines = (1..).zip(rows).map(|(nth, (unit, figures))| {
        let counts = QUALITY.map(|name| Put::from(count(*figures, name)));
        [Put::Number(nth.into()), Put::Text(unit.clone())].into_iter().chain(counts).collect()
    });
    let sums = QUALITY.map(|name| Put::Sum(rows.iter().filter_map(|(_, figures)| count(*figures, name)).sum()));
    let total = [Put::Nothing, Put::Text(sheets.say(&text!("book.total")))].into_iter().chain(sums).collect();
    let lines = lines.chain([total]).collect();
    let name = sheets.say(&text!("book.sheet/quality"));
    sheets.page(&name, &text!("book.title/quality"), columns, lines)
}
