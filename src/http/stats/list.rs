//! The figures of one unit as a list: a row a figure, and of a partition a row a value.

use serde_json::{Value as Json, json};

use crate::error::Error;
use crate::figures::{Change, Delta, Figure, UnitFigures, Value, percent};
use crate::http::stats::figure::{Context, number};
use crate::http::stats::table::label_of;
use crate::units::territory::Unit;

/// The columns: English as CSV names them, Vietnamese.
pub const COLUMNS: [[&str; 2]; 17] = [
    ["Mã", "code"],
    ["Chỉ tiêu", "vi"],
    ["Chỉ tiêu (tiếng Anh)", "en"],
    ["Nhóm", "group_vi"],
    ["Nhóm (tiếng Anh)", "group_en"],
    ["Giá trị", "value"],
    ["Tổng", "total"],
    ["Chưa rõ", "unknown"],
    ["%", "percent"],
    ["Tính theo", "unit"],
    ["Nguồn", "basis"],
    ["Số liệu ngày", "as_of"],
    ["Tăng, giảm", "delta"],
    ["Số gốc", "base"],
    ["Ngày gốc", "base_on"],
    ["Ghi chú", "notes"],
    ["Các bản ghi", "rows"],
];

/// A cell is null where there is nothing to say.
pub type Row = [Json; 17];

pub fn rows(context: &Context<'_>, unit: &Unit, figures: &UnitFigures) -> Vec<Row> {
    let linked = context.of_unit(&unit.code);
    let mut rows = Vec::new();
    for figure in &figures.figures {
        let all = linked.rows(figure.indicator, &figure.value, None);
        match &figure.value {
            Value::Number(value) => rows.push(row(context, figure, None, json!(value), all)),
            Value::Level(level) => rows.push(row(context, figure, None, json!(level), all)),
            Value::Ratio { covered, unknown, total } => {
                let mut row = row(context, figure, None, json!(covered), all);
                row[6] = json!(total);
                row[7] = json!(unknown);
                row[8] = json!(percent(*covered, *total));
                rows.push(row);
            }
            Value::Partition { values, total } => {
                for (name, value) in values.iter().filter(|(_, value)| *value != 0) {
                    let own = linked.rows(figure.indicator, &figure.value, Some(name));
                    rows.push(row(context, figure, Some(name), json!(value), own));
                }
                rows.push(row(context, figure, Some(TOTAL), json!(total), all));
            }
        }
    }
    rows
}

const TOTAL: &str = "total";

fn row(context: &Context<'_>, figure: &Figure, part: Option<&str>, value: Json, rows: Option<String>) -> Row {
    let Figure { indicator, basis, .. } = figure;
    let label = part.map(|part| {
        if part == TOTAL { crate::layers::Label { vi: "tổng", en: "total" } } else { label_of(indicator, part) }
    });
    let delta = match (&figure.change, part) {
        (Some(Change::Of(delta)), None | Some(TOTAL)) => Some(delta),
        (Some(Change::OfValues { values, .. }), Some(part)) => {
            values.iter().find(|(name, _)| *name == part).map(|(_, delta)| delta)
        }
        _ => None,
    };
    let of_delta = |read: fn(&Delta) -> Json| delta.map_or(Json::Null, read);
    let notes: Vec<_> = delta.iter().flat_map(|delta| &delta.notes).map(|note| note.text(context.vietnamese)).collect();
    [
        json!(indicator.code),
        json!(indicator.sentence.vi),
        json!(indicator.sentence.en),
        json!(label.map(|label| label.vi)),
        json!(label.map(|label| label.en)),
        value,
        Json::Null,
        Json::Null,
        Json::Null,
        json!(indicator.unit),
        json!(basis),
        json!(context.question.days.as_of),
        of_delta(|delta| number(delta.value)),
        of_delta(|delta| number(delta.base)),
        of_delta(|delta| json!(delta.base_on)),
        if notes.is_empty() { Json::Null } else { json!(notes.join("; ")) },
        json!(rows),
    ]
}

/// The list as CSV, with a byte order mark for Excel.
///
/// # Errors
/// None that memory does not give.
pub fn csv(context: &Context<'_>, unit: &Unit, figures: &UnitFigures) -> Result<Vec<u8>, Error> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let failed = |error: csv::Error| Error::Internal(error.into());
    writer.write_record(COLUMNS.map(|texts| texts[1])).map_err(failed)?;
    for row in rows(context, unit, figures) {
        let cells = row.map(|cell| match cell {
            Json::Null => String::new(),
            Json::String(text) => text,
            other => other.to_string(),
        });
        writer.write_record(cells).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Error::Internal(anyhow::anyhow!("{error}")))
}
