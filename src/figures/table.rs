//! Figures of units as columns and cells of a table. Uses no database.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use crate::figures::{Change, Figure, FiguresByUnit, Indicator, UnitFigures, Value};
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
const UNWEIGHTED_LABEL: Label = label("số thôn chưa có số hộ, số dân", "hamlets without a count");
const LEVEL_LABELS: [(&str, Label); 5] = [
    ("1", label("số xã cấp độ 1", "communes at level 1")),
    ("2", label("số xã cấp độ 2", "communes at level 2")),
    ("3", label("số xã cấp độ 3", "communes at level 3")),
    ("4", label("số xã cấp độ 4", "communes at level 4")),
    ("5", label("số xã cấp độ 5", "communes at level 5")),
];

/// The label of the communes at a level of information security.
fn label_of_level(level: &str) -> Label {
    let known = LEVEL_LABELS.iter().find(|(known, _)| *known == level);
    known.map_or(label("số xã chưa rõ cấp độ", "communes of unknown level"), |(_, label)| *label)
}

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
        Value::Number(value) => vec![plain(shown(indicator, *value), true)],
        Value::Area(area) => vec![
            plain(json!(area.covered_km2()), true),
            named("total", label("tổng", "total"), json!(area.total_km2()), true),
            named("percent", label("%", "%"), json!(area.percent()), false),
        ],
        rate @ Value::Rate { .. } => vec![plain(json!(rate.rate()), false)],
        Value::Level { own, communes } => {
            let communes = communes.iter().map(|(level, offices)| FlatCell {
                is_part: true,
                ..named(&format!("communes_{level}"), label_of_level(level), json!(offices), true)
            });
            [plain(json!(own), false)].into_iter().chain(communes).collect()
        }
        Value::Partition { values, total } => {
            let values = values.iter().map(|(name, value)| FlatCell {
                is_part: true,
                ..named(name, label_of(indicator, name), shown(indicator, *value), true)
            });
            values.chain([named("total", label("tổng", "total"), shown(indicator, *total), true)]).collect()
        }
        Value::Ratio(ratio) => {
            let unweighted = named("unknown_weights", UNWEIGHTED_LABEL, json!(ratio.unweighted.total), true);
            let all = [
                named("covered", label("có", "covered"), json!(ratio.covered), true),
                named("unknown", UNKNOWN_LABEL, json!(ratio.unknown), true),
                named("total", label("tổng", "total"), json!(ratio.total), true),
                named("percent", label("%", "%"), json!(ratio.percent()), false),
            ];
            all.into_iter().chain(indicator.is_weighted().then_some(unweighted)).collect()
        }
    };
    if let Some(Change::Of(delta)) = &figure.change {
        let change = json!(delta.value.map(|value| number(indicator.shown(value))));
        cells.push(named("delta", label("tăng, giảm", "change"), change, true));
    }
    if let Some(Change::OfRate(change)) = &figure.change {
        cells.push(named("delta", label("tăng, giảm", "change"), json!(change.difference()), false));
    }
    if indicator.is_of_availability() {
        cells.push(named("basis", label("nguồn", "basis"), json!(figure.basis), false));
    }
    cells
}

/// A counted number as JSON, in the unit of its indicator.
pub fn shown(indicator: &Indicator, amount: i64) -> Json {
    let shown = indicator.shown(amount as f64);
    if indicator.is_length() { json!(shown) } else { number(shown) }
}

/// A number as JSON; a whole number has no decimal point.
pub fn number(value: f64) -> Json {
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}
