//! The figures of units as a table: GeoJSON for a choropleth, CSV for a spreadsheet.

use std::collections::{BTreeMap, HashMap};

use actix_web::HttpResponse;
use serde_json::{Map, Value as Json, json};

use crate::error::Error;
use crate::figures::{Change, Figure, Indicator, UnitFigures, Value, percent};
use crate::http::items::GEOJSON;
use crate::http::stats::figure::{Context, number};
use crate::http::stats::unit_json;
use crate::layers::Label;
use crate::postgres::Connection;
use crate::postgres::row::Cell;
use crate::units::territory;

pub type Counted = BTreeMap<Option<String>, UnitFigures>;

/// The units with their boundaries, and the figures as properties.
pub async fn geojson(conn: &mut Connection, context: &Context<'_>, counted: &Counted) -> Result<HttpResponse, Error> {
    let units = &context.question.units;
    let boundaries = territory::boundaries(conn, &units.iter().map(|unit| unit.id).collect::<Vec<_>>()).await?;
    let boundaries: HashMap<i64, Cell> = boundaries.into_iter().collect();
    let columns = columns(counted);
    let mut body = format!(
        "{{\"type\":\"FeatureCollection\",\"as_of\":\"{}\",\"units_on\":\"{}\",\"numberReturned\":{},\"features\":[",
        context.question.days.as_of,
        context.question.days.unit_date,
        units.len()
    )
    .into_bytes();
    for (index, unit) in units.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(format!("{{\"type\":\"Feature\",\"id\":{},\"geometry\":", unit.id).as_bytes());
        boundaries.get(&unit.id).unwrap_or(&Cell::Null).write_json(&mut body);
        let mut properties = match unit_json(unit) {
            Json::Object(properties) => properties,
            _ => Map::new(),
        };
        let cells = cells(counted.get(&Some(unit.code.clone())));
        for Column { name, .. } in &columns {
            properties.insert(name.clone(), cells.get(name).cloned().unwrap_or(Json::Null));
        }
        body.extend_from_slice(b",\"properties\":");
        body.extend_from_slice(Json::Object(properties).to_string().as_bytes());
        body.push(b'}');
    }
    body.extend_from_slice(b"]}");
    Ok(HttpResponse::Ok().content_type(GEOJSON).body(body))
}

/// A row a unit, and a last one without a code of what lies in none. With a byte order mark: Excel takes the file for
/// something else than UTF-8 without it.
pub fn csv(context: &Context<'_>, counted: &Counted) -> Result<HttpResponse, Error> {
    let columns = columns(counted);
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let head = ["code", "name", "level", "valid_from", "valid_to", "as_of"].map(str::to_owned);
    let write = |writer: &mut csv::Writer<Vec<u8>>, head: [String; 6], cells: Vec<String>| {
        writer.write_record(head.into_iter().chain(cells)).map_err(|error| Error::Internal(error.into()))
    };
    write(&mut writer, head, columns.iter().map(|column| column.name.clone()).collect())?;
    let as_of = context.question.days.as_of.to_string();
    let level = context.question.scope.level.name();
    let rows = context.question.units.iter().map(Some).chain([None]);
    for unit in rows {
        let cells = cells(counted.get(&unit.map(|unit| unit.code.clone())));
        let cells = columns.iter().map(|column| match cells.get(&column.name) {
            None | Some(Json::Null) => String::new(),
            Some(Json::String(text)) => text.clone(),
            Some(value) => value.to_string(),
        });
        let head = match unit {
            Some(unit) => [
                unit.code.clone(),
                unit.name.clone(),
                level.to_owned(),
                unit.valid_from.to_string(),
                unit.valid_to.map(|day| day.to_string()).unwrap_or_default(),
                as_of.clone(),
            ],
            None => [String::new(), "unassigned".into(), level.into(), String::new(), String::new(), as_of.clone()],
        };
        write(&mut writer, head, cells.collect())?;
    }
    let body = writer.into_inner().map_err(|error| Error::Internal(anyhow::anyhow!("{error}")))?;
    Ok(HttpResponse::Ok().content_type("text/csv; charset=utf-8").body(body))
}

/// Every column, in the order of the indicators; of a partition, the values that occur in some unit.
pub fn columns(counted: &Counted) -> Vec<Column> {
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

/// The values of a row, by the names of their columns.
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
    /// What it says of the indicator: nothing of a value itself.
    pub part: Option<Label>,
    /// Whether the values of the units add up to that of all.
    pub adds_up: bool,
}

/// A value of a row.
struct FlatCell {
    column: Column,
    value: Json,
    /// One value of a partition, left out where it is nothing everywhere.
    is_part: bool,
}

const fn label(vi: &'static str, en: &'static str) -> Label {
    Label { vi, en }
}

pub const UNKNOWN_LABEL: Label = label("chưa rõ", "unknown");

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
        cells.push(named("delta", label("tăng, giảm", "change"), number(delta.value), true));
    }
    if indicator.is_of_availability() {
        cells.push(named("basis", label("nguồn", "basis"), json!(figure.basis), false));
    }
    cells
}
