//! Figures of units as columns and cells of a table. Uses no database.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use crate::figures::{Change, Figure, FiguresByUnit, Indicator, UnitFigures, Value, percent};
use crate::layers::{Label, label};

/// Every column, in the order of the indicators. A partition has the values that occur in at least one unit.
pub fn columns(counted: &FiguresByUnit) -> Vec<Column> {
    let mut used: HashMap<String, bool> = HashMap::new();
    let mut order = Vec::new();
    for cell in counted.values().flat_map(|unit| unit.figures.iter().flat_map(flatten)) {
        if !used.contains_key(&cell.column.name) {
            order.push(cell.column.clone());
        }
        *used.entry(cell.column.name).or_default() |= !cell.is_part || cell.value != json!(0);
    }
    order.retain(|column| used.get(&column.name) == Some(&true));
    order
}

/// The values of a row, by column name.
pub fn cells(figures: Option<&UnitFigures>) -> HashMap<String, Json> {
    figures
        .into_iter()
        .flat_map(|unit| unit.figures.iter().flat_map(flatten))
        .map(|cell| (cell.column.name, cell.value))
        .collect()
}

/// `camera_eyes`; `camera_eyes_by_manager_district_police`; `mobile_hamlets_4g_covered`, `_total`, `_percent` …
#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub indicator: &'static Indicator,
    /// The part of the indicator that the column shows; `None` for the value itself.
    pub part: Option<Label>,
    /// Whether the values of the units add up to the value of the whole.
    pub adds_up: bool,
}

struct FlatCell {
    column: Column,
    value: Json,
    /// Whether it is a value of a partition. Such a column is left out when it is zero everywhere.
    is_part: bool,
}

const UNKNOWN_LABEL: Label = label("chưa rõ", "unknown");

/// The label of a value of a partition.
pub fn label_of(indicator: &Indicator, value: &str) -> Label {
    let choice = indicator.choices().iter().find(|choice| choice.value == value);
    choice.map_or(UNKNOWN_LABEL, |choice| choice.label)
}

fn flatten(figure: &Figure) -> Vec<FlatCell> {
    let indicator = figure.indicator;
    let code = indicator.code;
    let plain = |value: Json, adds_up: bool| {
        let column = Column { name: code.to_owned(), indicator, part: None, adds_up };
        FlatCell { column, value, is_part: false }
    };
    let named = |name: &str, part: Label, value: Json, adds_up: bool| {
        let column = Column { name: format!("{code}_{name}"), indicator, part: Some(part), adds_up };
        FlatCell { column, value, is_part: false }
    };
    let mut cells = match &figure.value {
        Value::Number(value) => vec![plain(json!(value), true)],
        Value::Level(level) => vec![plain(json!(level), false)],
        Value::Partition { values, total } => {
            let values = values.iter().map(|(name, value)| FlatCell {
                is_part: true,
                ..named(name, label_of(indicator, name), json!(value), true)
            });
            values.chain([named("total", label("tổng", "total"), json!(total), true)]).collect()
        }
        Value::Ratio { covered, unknown, total } => vec![
            named("covered", label("có", "covered"), json!(covered), true),
            named("unknown", UNKNOWN_LABEL, json!(unknown), true),
            named("total", label("tổng", "total"), json!(total), true),
            named("percent", label("%", "%"), json!(percent(*covered, *total)), false),
        ],
    };
    if let Some(Change::Of(delta)) = &figure.change {
        let adds_up = !matches!(figure.value, Value::Level(_));
        cells.push(named("delta", label("tăng, giảm", "change"), number(delta.value), adds_up));
    }
    if indicator.is_of_availability() {
        cells.push(named("basis", label("nguồn", "basis"), json!(figure.basis), false));
    }
    cells
}

/// A number as JSON; a whole number has no decimal point.
pub fn number(value: f64) -> Json {
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}
