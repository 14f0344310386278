//! The sheets of what was published beside what is counted, and of the changes with their parts.

use chrono::NaiveDate;

use crate::figures::{Change, Delta, Figure, Part, Published, Value, label_of};
use crate::files::export::report::{Column, Page, Put};
use crate::http::stats::book::{Row, Sheets};
use crate::http::stats::words;
use crate::texts::text;

/// A figure, or one value of a breakdown.
pub struct Amount<'a> {
    pub part: Option<&'static str>,
    pub value: Option<f64>,
    pub base: Option<f64>,
    pub change: Option<f64>,
    pub delta: Option<&'a Delta>,
    pub published: Option<&'a Published>,
}

/// The figure, then the values of its breakdown that count on one of the days or were published.
pub fn amounts(figure: &Figure) -> Vec<Amount<'_>> {
    let shown = |number: i64| figure.indicator.shown(number as f64);
    let whole = match &figure.value {
        Value::Level { own, .. } => own.map(|level| level as f64),
        rate @ Value::Rate { .. } => rate.rate(),
        value => Some(shown(value.number())),
    };
    let [base, change] = match &figure.change {
        Some(Change::Of(delta)) => of_delta(figure, delta),
        Some(Change::OfRate(change)) => [change.base, change.difference()],
        Some(Change::OfLevel(change)) => [change.base.map(|level| level as f64), None],
        _ => [None, None],
    };
    let delta = if let Some(Change::Of(delta)) = &figure.change { Some(delta) } else { None };
    let mut amounts =
        vec![Amount { part: None, value: whole, base, change, delta, published: figure.published_of(None) }];
    if let Value::Partition { values, .. } = &figure.value {
        for (name, value) in values {
            let delta = match &figure.change {
                Some(Change::OfValues { values, .. }) => {
                    values.iter().find(|(of, _)| of == name).map(|(_, delta)| delta)
                }
                _ => None,
            };
            let published = figure.published_of(Some(name));
            if *value != 0 || delta.is_some() || published.is_some() {
                let [base, change] = delta.map_or([None, None], |delta| of_delta(figure, delta));
                amounts.push(Amount { part: Some(name), value: Some(shown(*value)), base, change, delta, published });
            }
        }
    }
    amounts
}

/// The base and the difference, as shown.
fn of_delta(figure: &Figure, delta: &Delta) -> [Option<f64>; 2] {
    [Some(delta.base), delta.value].map(|number| Some(figure.indicator.shown(number?)))
}

fn name(sheets: &Sheets<'_>, figure: &Figure, amount: &Amount<'_>) -> Put {
    let title = sheets.title(figure.indicator);
    Put::Text(match amount.part {
        None => title,
        Some(part) => format!("{title}: {}", label_of(figure.indicator, part).say(sheets.context.vietnamese)),
    })
}

/// Every amount of every row that has something to say, each with the start of its line.
fn lines<'a>(
    sheets: &Sheets<'a>,
    rows: &[Row<'a>],
    further: impl Fn(&'a Figure, &Amount<'a>) -> Option<Vec<Put>>,
) -> Vec<Vec<Put>> {
    let mut lines = Vec::new();
    let whole = sheets.whole.map(|figures| (sheets.place.to_owned(), Some(figures)));
    for (nth, (unit, figures)) in whole.iter().chain(rows).enumerate() {
        for figure in figures.iter().flat_map(|figures| &figures.figures) {
            // Of many units only the figures, not the values of their breakdowns.
            let is_whole = nth == 0 && (whole.is_some() || rows.len() == 1);
            let shown = if is_whole { usize::MAX } else { 1 };
            for amount in amounts(figure).into_iter().take(shown) {
                let Some(rest) = further(figure, &amount) else { continue };
                let start =
                    [Put::Number((lines.len() + 1) as f64), Put::Text(unit.clone()), name(sheets, figure, &amount)];
                lines.push(start.into_iter().chain([Put::from(amount.value)]).chain(rest).collect());
            }
        }
    }
    lines
}

fn start(sheets: &Sheets<'_>) -> Vec<Column> {
    vec![
        sheets.column(&text!("book.number"), None, 5),
        sheets.column(&text!("book.name"), None, 22),
        sheets.column(&text!("book.figure"), None, 40),
        sheets.column(&text!("book.computed"), None, 10),
    ]
}

/// What was published for the day, beside what is counted; `None` if nothing was.
pub fn published<'a>(sheets: &Sheets<'a>, rows: &[Row<'a>]) -> Option<Page> {
    let mut columns = start(sheets);
    columns.push(sheets.column(&text!("book.declared"), None, 10));
    columns.push(sheets.column(&text!("book.difference"), None, 10));
    columns.push(sheets.column(&text!("book.remark"), None, 44));
    columns.push(sheets.column(&text!("book.document"), None, 34));
    let lines = lines(sheets, rows, |_, amount| {
        let published = amount.published?;
        let remark = published.text().say(sheets.context.vietnamese);
        Some(vec![
            Put::Number(published.value),
            Put::Number(published.difference()),
            Put::Text(remark),
            Put::from(&*published.document),
        ])
    });
    let name = sheets.say(&text!("book.sheet/published"));
    (!lines.is_empty()).then(|| sheets.page(&name, &text!("book.title/published"), columns, lines))
}

/// The changes since `base`, with their parts: those of the enclosing unit, where there is one. Its parts have theirs in
/// the sheets of figures, and many pages of them say no more.
pub fn page<'a>(sheets: &Sheets<'a>, rows: &[Row<'a>], base: NaiveDate) -> Page {
    let mut columns = start(sheets);
    let of_base = text!("book.base", day = base);
    columns.push(sheets.column(&of_base, Some(&text!("book.declared")), 10));
    columns.push(sheets.column(&of_base, Some(&text!("book.computed")), 10));
    columns.push(sheets.column(&text!("book.change"), None, 10));
    for part in Part::ALL {
        columns.push(sheets.column(&text!("book.reasons"), Some(&words::part(part)), 9));
    }
    columns.push(sheets.column(&text!("book.remark"), None, 36));
    columns.push(sheets.column(&text!("book.document"), None, 30));
    let rows = if sheets.whole.is_some() { &[] } else { rows };
    let lines = lines(sheets, rows, |figure, amount| {
        let shown = |number: i64| figure.indicator.shown(number as f64);
        // Hamlets are compared as a whole, not one by one.
        let has_parts = figure.indicator.subject().is_none();
        let delta = amount.delta.filter(|delta| delta.says_something())?;
        let declared = amount.base.filter(|_| delta.declared);
        let mut line = vec![Put::from(declared), Put::Number(shown(delta.computed_base)), Put::from(amount.change)];
        let of_part = |part| delta.parts.get(&part).filter(|_| has_parts).map(|amount| shown(*amount));
        line.extend(Part::ALL.map(|part| Put::from(of_part(part))));
        let notes: Vec<_> = delta.notes.iter().map(|note| note.text(sheets.context.vietnamese)).collect();
        line.push(if notes.is_empty() { Put::Nothing } else { Put::Text(notes.join(" ")) });
        line.push(delta.document.as_deref().map_or(Put::Nothing, Put::from));
        Some(line)
    });
    let name = sheets.say(&text!("book.sheet/changes"));
    sheets.page(&name, &text!("book.title/changes"), columns, lines)
}
