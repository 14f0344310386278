//! The sheets of notes and of definitions.

use crate::figures::{Group, unit_label};
use crate::files::export::report::{Page, Put};
use crate::http::stats::book::Sheets;
use crate::texts::{Text, text};
use crate::time::rfc3339;
use crate::units::territory::Level;

pub fn pages(sheets: &Sheets<'_>) -> [Page; 2] {
    [notes(sheets), definitions(sheets)]
}

/// The days and the source of the figures, and what their totals mean.
fn notes(sheets: &Sheets<'_>) -> Page {
    let context = sheets.context;
    let question = context.question;
    let days = question.days;
    let line = |name: Text, put: Put| vec![Put::Text(sheets.say(&name)), put];
    let said = |text: Text| Put::Text(sheets.say(&text));
    let mut rows =
        vec![line(text!("book.as_of"), Put::Date(days.as_of)), line(text!("book.units_on"), Put::Date(days.unit_date))];
    rows.extend(days.known_at.map(|moment| line(text!("book.known_at"), Put::Text(rfc3339(moment)))));
    rows.extend(question.compare.map(|day| line(text!("book.compared"), Put::Date(day))));
    rows.extend(line_of_text(sheets, &text!("book.notice"), Some(context.why.notice(None, context.vietnamese))));
    let territory = context.why.territory().map(|text| sheets.say(&text));
    rows.extend(line_of_text(sheets, &text!("book.territory"), territory));
    rows.extend([
        line(text!("book.source"), Put::Text(format!("{}/stats", sheets.context.base))),
        line(text!("book.percent"), said(text!("book.percent/how"))),
        line(
            text!("book.sums"),
            said(match question.scope.level {
                Level::Hamlet => text!("book.sums/hamlets"),
                _ => text!("book.sums/how"),
            }),
        ),
    ]);
    let columns = vec![sheets.column(&text!("book.notes"), None, 34), sheets.column(&text!("book.remark"), None, 90)];
    sheets.page(&sheets.say(&text!("book.sheet/notes")), &text!("book.title/notes"), columns, rows)
}

/// A line, if there is anything to say.
fn line_of_text(sheets: &Sheets<'_>, name: &Text, said: Option<String>) -> Option<Vec<Put>> {
    said.filter(|said| !said.is_empty()).map(|said| vec![Put::Text(sheets.say(name)), Put::Text(said)])
}

/// What each figure counts.
fn definitions(sheets: &Sheets<'_>) -> Page {
    let vietnamese = sheets.context.vietnamese;
    let columns = vec![
        sheets.column(&text!("book.number"), None, 5),
        sheets.column(&text!("book.definition"), None, 86),
        sheets.column(&text!("book.measure"), None, 12),
        sheets.column(&text!("book.denominator"), None, 26),
        sheets.column(&text!("book.rule"), None, 10),
    ];
    let mut rows = Vec::new();
    for group in Group::ALL {
        let own: Vec<_> =
            sheets.context.question.indicators.iter().filter(|indicator| Group::of(indicator) == group).collect();
        if own.is_empty() {
            continue;
        }
        rows.push(vec![Put::Heading(group.name().say(vietnamese).to_owned())]);
        rows.extend((1..).zip(own).map(|(nth, indicator)| {
            vec![
                Put::Number(nth.into()),
                Put::from(indicator.sentence.say(vietnamese)),
                Put::from(unit_label(indicator.unit).say(vietnamese)),
                indicator.denominator.map_or(Put::Nothing, |whole| Put::from(whole.say(vietnamese))),
                Put::Number(indicator.rule_version.into()),
            ]
        }));
    }
    sheets.page(&sheets.say(&text!("book.sheet/definitions")), &text!("book.title/definitions"), columns, rows)
}
