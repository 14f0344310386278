//! The sheet of declared figures: what documents state of the units, never mixed with what is counted.

use std::collections::HashMap;

use crate::files::export::report::{Page, Put};
use crate::http::stats::book::Sheets;
use crate::statements::declared::DeclaredFigure;
use crate::texts::text;
use crate::units::territory::Unit;

/// Declared figures by the id of the unit.
pub type Declared = HashMap<i64, Vec<DeclaredFigure>>;

/// `None` if nothing was declared of these units.
pub fn page<'a>(
    sheets: &Sheets<'_>,
    units: impl IntoIterator<Item = &'a Unit>,
    declared: &'a Declared,
) -> Option<Page> {
    let vietnamese = sheets.context.vietnamese;
    let columns = vec![
        sheets.column(&text!("book.number"), None, 5),
        sheets.column(&text!("book.name"), None, 22),
        sheets.column(&text!("book.figure"), None, 44),
        sheets.column(&text!("book.value"), None, 10),
        sheets.column(&text!("book.of"), None, 10),
        sheets.column(&text!("book.measure"), None, 12),
        sheets.column(&text!("book.period"), Some(&text!("book.period/from")), 12),
        sheets.column(&text!("book.period"), Some(&text!("book.period/to")), 12),
        sheets.column(&text!("book.document"), None, 40),
        sheets.column(&text!("book.remark"), None, 24),
    ];
    let own = units.into_iter().flat_map(|unit| declared.get(&unit.id).into_iter().flatten().map(move |it| (unit, it)));
    let rows: Vec<_> = (1..)
        .zip(own)
        .map(|(nth, (unit, figure))| {
            vec![
                Put::Number(nth.into()),
                Put::Text(unit.name.clone()),
                Put::from(figure.sentence.say(vietnamese)),
                Put::Number(figure.value),
                Put::from(figure.of),
                Put::from(figure.unit_label.say(vietnamese)),
                Put::Date(figure.from),
                Put::Date(figure.to),
                Put::from(&*figure.source),
                figure.note.as_deref().map_or(Put::Nothing, Put::from),
            ]
        })
        .collect();
    let name = sheets.say(&text!("book.sheet/declared"));
    (!rows.is_empty()).then(|| sheets.page(&name, &text!("book.title/declared"), columns, rows))
}
