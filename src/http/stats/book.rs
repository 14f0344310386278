//! Figures as a workbook: a row a unit, or a row a figure of one unit, and a sheet of notes and definitions.

use serde_json::Value as Json;

use crate::figures::{Indicator, UnitFigures, percent};
use crate::files::export::book::{Page, Put};
use crate::http::stats::figure::Context;
use crate::http::stats::list;
use crate::http::stats::table::{Column, Counted, cells, columns};
use crate::time::rfc3339;
use crate::units::territory::Unit;

const UNIT_COLUMNS: [[&str; 3]; 6] = [
    ["Mã", "Code", "code"],
    ["Tên", "Name", "name"],
    ["Cấp", "Level", "level"],
    ["Có hiệu lực từ", "Valid from", "valid_from"],
    ["Đến", "To", "valid_to"],
    ["Số liệu ngày", "As of", "as_of"],
];

/// A row a unit, one of what lies in none, one of all: its sums are the figures of the unit that they are within.
pub fn of_units(context: &Context<'_>, counted: &Counted) -> Vec<Page> {
    let columns = columns(counted);
    let head = (0..3).map(|line| {
        let unit = UNIT_COLUMNS.iter().map(move |texts| Put::from(texts[line]));
        unit.chain(columns.iter().map(move |column| Put::Text(head_of(column, line)))).collect()
    });
    let as_of = context.question.days.as_of.to_string();
    let level = context.question.scope.level.name();
    let start = |code: &str, name: &str, from: String, to: String| {
        let texts = [code, name, level, &from, &to, &as_of];
        texts.map(|text| if text.is_empty() { Put::Nothing } else { Put::from(text) })
    };
    let row = |start: [Put; 6], figures: Option<&UnitFigures>| -> Vec<Put> {
        let cells = cells(figures);
        start.into_iter().chain(columns.iter().map(|column| put(cells.get(&column.name)))).collect()
    };
    let units = context.question.units.iter().map(|unit: &Unit| {
        let to = unit.valid_to.map(|day| day.to_string()).unwrap_or_default();
        row(start(&unit.code, &unit.name, unit.valid_from.to_string(), to), counted.get(&Some(unit.code.clone())))
    });
    let none = row(start("", "Chưa rõ đơn vị / in no unit", String::new(), String::new()), counted.get(&None));
    let mut rows: Vec<Vec<Put>> = head.chain(units).chain([none]).collect();
    let sums = sums(&columns, &rows[3..]);
    rows.push(start("", "Tổng / total", String::new(), String::new()).into_iter().chain(sums).collect());
    let widths = [vec![8, 26, 10, 12, 12, 12], vec![14]].concat();
    vec![Page { name: "Số liệu", head: 3, rows, widths }, notes(context, columns.iter().map(|column| column.indicator))]
}

/// A row a figure, and of a partition a row a value.
pub fn of_unit(context: &Context<'_>, unit: &Unit, figures: &UnitFigures) -> Vec<Page> {
    let head = (0..2).map(|line| list::COLUMNS.iter().map(|texts| Put::from(texts[line])).collect());
    let rows = list::rows(context, unit, figures).into_iter().map(|row| row.iter().map(|it| put(Some(it))).collect());
    let mut notes = notes(context, figures.figures.iter().map(|figure| figure.indicator));
    for (name, count) in &figures.quality {
        notes.rows.push(vec![Put::Text(format!("quality: {name}")), Put::Number(*count as f64)]);
    }
    let widths = vec![30, 60, 60, 24, 24, 10, 10, 10, 10, 12, 12, 12, 10, 10, 12, 40, 60];
    vec![Page { name: "Số liệu", head: 2, rows: head.chain(rows).collect(), widths }, notes]
}

fn head_of(column: &Column, line: usize) -> String {
    let part = |pick: fn(crate::layers::Label) -> &'static str| column.part.map_or("", pick);
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

/// What the columns add up to. A percentage is of the sums, never a mean.
fn sums(columns: &[Column], rows: &[Vec<Put>]) -> Vec<Put> {
    let sum = |name: &str| -> Option<f64> {
        let at = columns.iter().position(|column| column.name == name)? + UNIT_COLUMNS.len();
        Some(rows.iter().filter_map(|row| if let Put::Number(number) = row[at] { Some(number) } else { None }).sum())
    };
    let of_column = |column: &Column| match column.name.strip_suffix("_percent") {
        _ if column.adds_up => sum(&column.name).map_or(Put::Nothing, Put::Sum),
        Some(code) => {
            let (covered, total) = (sum(&format!("{code}_covered")), sum(&format!("{code}_total")));
            let counts = covered.zip(total).map(|(covered, total)| (covered as i64, total as i64));
            counts.and_then(|(covered, total)| percent(covered, total)).map_or(Put::Nothing, Put::Number)
        }
        None => Put::Nothing,
    };
    columns.iter().map(of_column).collect()
}

/// What the figures are of, what is to be known of them, and what each of them counts.
fn notes(context: &Context<'_>, indicators: impl Iterator<Item = &'static Indicator>) -> Page {
    let days = context.question.days;
    let text = |text: &str| Put::from(text);
    let mut rows = vec![
        vec![text("Số liệu ngày / as of"), Put::Text(days.as_of.to_string())],
        vec![text("Ghi nhận đến / known at"), days.known_at.map_or(Put::Nothing, |moment| Put::Text(rfc3339(moment)))],
        vec![text("Đơn vị hành chính ngày / units on"), Put::Text(days.unit_date.to_string())],
        vec![
            text("So với / compared with"),
            context.question.compare.map_or(Put::Nothing, |day| Put::Text(day.to_string())),
        ],
        vec![text("Nguồn / source"), Put::Text(format!("{}/stats", context.base))],
        vec![
            text("%"),
            text("Tính từ số đếm, không lấy trung bình; chưa rõ không phải là không có."),
            text("Of the counts, never a mean; unknown is not none."),
        ],
        vec![],
        ["Mã", "Đếm gì", "What is counted", "Đơn vị", "Mẫu số", "Denominator", "Quy tắc", "Lớp"]
            .map(Put::from)
            .to_vec(),
    ];
    let mut told: Vec<&str> = Vec::new();
    for indicator in indicators {
        if told.contains(&indicator.code) {
            continue;
        }
        told.push(indicator.code);
        let denominator = |pick: fn(crate::layers::Label) -> &'static str| indicator.denominator.map_or("", pick);
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
