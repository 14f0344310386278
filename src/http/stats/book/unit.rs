//! The sheet of one unit: its figures one below the other, in their groups.

use crate::figures::{Figure, Group, Measure, UnitFigures, Value, label_of, unit_label};
use crate::files::export::report::{Page, Put};
use crate::http::stats::book::Sheets;
use crate::http::stats::book::changes::{Amount, amounts};
use crate::http::stats::words;
use crate::texts::text;

pub fn page(sheets: &Sheets<'_>, figures: &UnitFigures) -> Page {
    let published = figures.figures.iter().any(|figure| !figure.published.is_empty());
    let compare = sheets.context.question.compare;
    let mut columns = vec![
        sheets.column(&text!("book.number"), None, 5),
        sheets.column(&text!("book.figure"), None, 52),
        sheets.column(&text!("book.measure"), None, 10),
        sheets.column(&text!("book.value"), None, 10),
        sheets.column(&text!("book.of"), None, 10),
        sheets.column(&text!("book.unknown"), None, 9),
        sheets.column(&text!("book.percent_of"), None, 9),
    ];
    if published {
        columns.push(sheets.column(&text!("book.declared"), None, 10));
    }
    if let Some(day) = compare {
        columns.push(sheets.column(&text!("book.base", day), None, 12));
        columns.push(sheets.column(&text!("book.change"), None, 10));
    }
    columns.push(sheets.column(&text!("book.whence"), None, 16));

    let mut rows = Vec::new();
    for group in Group::ALL {
        let own: Vec<_> = figures.figures.iter().filter(|figure| Group::of(figure.indicator) == group).collect();
        if own.is_empty() {
            continue;
        }
        rows.push(vec![Put::Heading(group.name().say(sheets.context.vietnamese).to_owned())]);
        for (nth, figure) in (1..).zip(own) {
            for amount in amounts(figure) {
                let mut row = vec![if amount.part.is_none() { Put::Number(nth.into()) } else { Put::Nothing }];
                row.extend(start(sheets, figure, &amount));
                if published {
                    row.push(Put::from(amount.published.map(|published| published.value)));
                }
                if compare.is_some() {
                    row.push(Put::from(amount.base));
                    row.push(Put::from(amount.change));
                }
                row.push(Put::Text(sheets.say(&words::basis(figure.basis))));
                rows.push(row);
            }
        }
    }
    let page = sheets.page(&sheets.say(&text!("book.sheet/figures")), &text!("book.title"), columns, rows);
    Page { signatures: Some(sheets.signatures()), ..page }
}

fn start(sheets: &Sheets<'_>, figure: &Figure, amount: &Amount<'_>) -> [Put; 6] {
    let vietnamese = sheets.context.vietnamese;
    let title = match amount.part {
        None => sheets.title(figure.indicator),
        Some(part) => format!("    - {}", label_of(figure.indicator, part).say(vietnamese)),
    };
    let overlapping = matches!(figure.indicator.measure, Measure::Partition { overlapping: true, .. });
    let value = if overlapping && amount.part.is_none() { Put::Nothing } else { Put::from(amount.value) };
    let (total, unknown, share) = match &figure.value {
        Value::Ratio(ratio) => (Some(ratio.total), Some(ratio.unknown), ratio.percent()),
        _ => (None, None, None),
    };
    let number = |number: Option<i64>| Put::from(number.map(|number| number as f64));
    [
        Put::Text(title),
        Put::from(unit_label(figure.indicator.unit).say(vietnamese)),
        value,
        number(total),
        number(unknown),
        share.map_or(Put::Nothing, Put::Percent),
    ]
}
