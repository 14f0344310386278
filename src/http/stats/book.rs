//! Figures as a workbook: a sheet of figures, and a sheet of notes and definitions.

use std::collections::HashMap;

use serde_json::Value as Json;

use crate::figures::{Column, FiguresByUnit, Indicator, Ratio, UnitFigures, Unweighted, cells, columns};
use crate::files::export::book::{Page, Put};
use crate::http::stats::figure::Context;
use crate::http::stats::list;
use crate::http::stats::table::{UNIT_COLUMNS, unit_cells};
use crate::layers::Label;
use crate::texts::{Text, text};
use crate::time::rfc3339;
use crate::units::territory::Unit;

/// One row per unit, one for records outside any unit, and one of totals, which are the figures of the enclosing unit.
pub fn of_units(context: &Context<'_>, counted: &FiguresByUnit) -> Vec<Page> {
    let columns = columns(counted);
    let head = (0..3).map(|line| {
        let unit = UNIT_COLUMNS.iter().map(move |texts| Put::from(texts[line]));
        unit.chain(columns.iter().map(move |column| Put::Text(head_of(column, line)))).collect()
    });
    let start = |unit, unnamed: &str| {
        unit_cells(context, unit, unnamed).map(|text| if text.is_empty() { Put::Nothing } else { Put::Text(text) })
    };
    let all: Vec<_> = context.question.units.iter().map(Some).chain([None]).collect();
    let all: Vec<_> =
        all.into_iter().map(|unit| (unit, cells(counted.get(&unit.map(|unit| unit.code.clone()))))).collect();
    let rows = all.iter().map(|(unit, cells)| -> Vec<Put> {
        let cells = columns.iter().map(|column| put(cells.get(&column.name)));
        start(*unit, &both(text!("book.no_unit"))).into_iter().chain(cells).collect()
    });
    let sums = columns.iter().map(|column| sum(column, all.iter().map(|(_, cells)| cells)));
    let total = start(None, &both(text!("book.total"))).into_iter().chain(sums).collect();
    let rows = head.chain(rows).chain([total]).collect();
    let widths = [vec![8, 26, 10, 12, 12, 12], vec![14]].concat();
    vec![Page { name: "Số liệu", head: 3, rows, widths }, notes(context, columns.iter().map(|column| column.indicator))]
}

/// One row per figure; a partition has one row per value and one for the total.
pub fn of_unit(context: &Context<'_>, unit: &Unit, figures: &UnitFigures) -> Vec<Page> {
    let head = [list::COLUMNS.map(|column| column.vi), list::COLUMNS.map(|column| column.en)];
    let head = head.map(|names| names.map(Put::from).to_vec());
    let rows = list::rows(context, unit, figures).into_iter();
    let rows = rows.map(|row| list::COLUMNS.map(|column| put(Some(&(column.cell)(&row)))).to_vec());
    let mut notes = notes(context, figures.figures.iter().map(|figure| figure.indicator));
    for (name, count) in &figures.quality {
        notes.rows.push(vec![Put::Text(format!("quality: {name}")), Put::Number(*count as f64)]);
    }
    let widths = list::COLUMNS.map(|column| column.width).to_vec();
    vec![Page { name: "Số liệu", head: 2, rows: head.into_iter().chain(rows).collect(), widths }, notes]
}

fn both(text: Text) -> String {
    format!("{} / {}", text.vi(), text.en())
}

fn head_of(column: &Column, line: usize) -> String {
    let part = |pick: fn(Label) -> &'static str| column.part.map_or("", pick);
    let (sentence, part) = match line {
        0 => (column.indicator.sentence.vi, part(|label| label.vi)),
        1 => (column.indicator.sentence.en, part(|label| label.en)),
        _ => return column.name.clone(),
    };
    let sentence = sentence.trim_end_matches('.');
    if part.is_empty() { sentence.to_owned() } else { format!("{sentence}: {part}") }
}

fn put(value: Option<&Json>) -> Put {
    match value {
        Some(Json::Number(number)) => number.as_f64().map_or(Put::Nothing, Put::Number),
        Some(Json::String(text)) if !text.is_empty() => Put::from(text.as_str()),
        _ => Put::Nothing,
    }
}

/// The total of a column. A percentage is computed from the totals, never averaged.
fn sum<'a>(column: &Column, rows: impl Iterator<Item = &'a HashMap<String, Json>> + Clone) -> Put {
    let sum_of = |name: &str| rows.clone().filter_map(|cells| cells.get(name)?.as_f64()).sum::<f64>();
    match column.name.strip_suffix("_percent") {
        // Where one unit's change is unknown, so is that of the whole.
        None if column.name.ends_with("_delta") && !rows.clone().all(|cells| cells.contains_key(&column.name)) => {
            Put::Nothing
        }
        _ if column.adds_up => Put::Sum(sum_of(&column.name)),
        Some(code) => {
            let sum_of = |part| sum_of(&format!("{code}_{part}")) as i64;
            let unweighted = Unweighted { total: sum_of("unknown_weights"), ..Unweighted::default() };
            let (covered, unknown, total) = (sum_of("covered"), sum_of("unknown"), sum_of("total"));
            Ratio { covered, unknown, total, unweighted }.percent().map_or(Put::Nothing, Put::Number)
        }
        None => Put::Nothing,
    }
}

/// The sheet of notes: the dates and the source of the figures, then the definition of each figure.
fn notes(context: &Context<'_>, indicators: impl Iterator<Item = &'static Indicator>) -> Page {
    let days = context.question.days;
    let text = |text: &str| Put::from(text);
    let mut rows = vec![
        vec![Put::Text(both(text!("book.as_of"))), Put::Text(days.as_of.to_string())],
        vec![
            Put::Text(both(text!("book.known_at"))),
            days.known_at.map_or(Put::Nothing, |moment| Put::Text(rfc3339(moment))),
        ],
        vec![Put::Text(both(text!("book.units_on"))), Put::Text(days.unit_date.to_string())],
        vec![
            Put::Text(both(text!("book.compared"))),
            context.question.compare.map_or(Put::Nothing, |day| Put::Text(day.to_string())),
        ],
        vec![Put::Text(both(text!("book.source"))), Put::Text(format!("{}/stats", context.base))],
        vec![text("%"), Put::Text(text!("book.percent").vi()), Put::Text(text!("book.percent").en())],
        vec![],
        [
            text!("book.code").vi(),
            text!("book.counted").vi(),
            text!("book.counted").en(),
            text!("book.unit").vi(),
            text!("book.denominator").vi(),
            text!("book.denominator").en(),
            text!("book.rule").vi(),
            text!("book.layer").vi(),
        ]
        .map(Put::Text)
        .to_vec(),
    ];
    let mut listed: Vec<&str> = Vec::new();
    for indicator in indicators {
        if listed.contains(&indicator.code) {
            continue;
        }
        listed.push(indicator.code);
        let denominator = |pick: fn(Label) -> &'static str| indicator.denominator.map_or("", pick);
        rows.push(vec![
            text(indicator.code),
            text(indicator.sentence.vi),
            text(indicator.sentence.en),
            text(indicator.unit),
            text(denominator(|label| label.vi)),
            text(denominator(|label| label.en)),
            Put::Number(indicator.rule_version.into()),
            text(indicator.layer.collection),
        ]);
    }
    Page { name: "Ghi chú", head: 0, rows, widths: vec![34, 70, 70, 12, 24, 24, 8, 16] }
}
