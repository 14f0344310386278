//! The figures of units as a table: GeoJSON for a choropleth, CSV for a spreadsheet.

use std::collections::{BTreeMap, HashMap};

use actix_web::HttpResponse;
use serde_json::{Map, Value as Json, json};

use super::figure::{Context, number};
use super::unit_json;
use crate::api::items::GEOJSON;
use crate::error::Error;
use crate::figures::{Change, Figure, UnitFigures, Value, percent};
use crate::store::Connection;
use crate::store::row::Cell;
use crate::store::territory;

type Counted = BTreeMap<Option<String>, UnitFigures>;

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
        for column in &columns {
            properties.insert(column.clone(), cells.get(column).cloned().unwrap_or(Json::Null));
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
    write(&mut writer, head, columns.clone())?;
    let as_of = context.question.days.as_of.to_string();
    let level = context.question.scope.level.name();
    let rows = context.question.units.iter().map(Some).chain([None]);
    for unit in rows {
        let cells = cells(counted.get(&unit.map(|unit| unit.code.clone())));
        let cells = columns.iter().map(|column| match cells.get(column) {
            None | Some(Json::Null) => String::new(),
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
fn columns(counted: &Counted) -> Vec<String> {
    let mut used: HashMap<String, bool> = HashMap::new();
    let mut order = Vec::new();
    for cell in counted.values().flat_map(|unit| unit.figures.iter().flat_map(flatten)) {
        if !used.contains_key(&cell.name) {
            order.push(cell.name.clone());
        }
        *used.entry(cell.name).or_default() |= !cell.is_part || cell.value != json!(0);
    }
    order.retain(|name| used.get(name) == Some(&true));
    order
}

fn cells(figures: Option<&UnitFigures>) -> HashMap<String, Json> {
    figures
        .into_iter()
        .flat_map(|unit| unit.figures.iter().flat_map(flatten))
        .map(|cell| (cell.name, cell.value))
        .collect()
}

/// A value of a row.
struct FlatCell {
    name: String,
    value: Json,
    /// One value of a partition, left out where it is nothing everywhere.
    is_part: bool,
}

/// `camera_eyes`; `camera_eyes_by_manager_district_police`; `mobile_hamlets_4g_covered`, `_total`, `_percent` …
fn flatten(figure: &Figure) -> Vec<FlatCell> {
    let code = figure.indicator.code;
    let plain = |value: Json| FlatCell { name: code.to_owned(), value, is_part: false };
    let named = |name: &str, value: Json| FlatCell { name: format!("{code}_{name}"), value, is_part: false };
    let mut cells = match &figure.value {
        Value::Number(value) => vec![plain(json!(value))],
        Value::Level(level) => vec![plain(json!(level))],
        Value::Partition { values, total } => {
            let values = values.iter().map(|(name, value)| FlatCell { is_part: true, ..named(name, json!(value)) });
            values.chain([named("total", json!(total))]).collect()
        }
        Value::Ratio { covered, unknown, total } => vec![
            named("covered", json!(covered)),
            named("unknown", json!(unknown)),
            named("total", json!(total)),
            named("percent", json!(percent(*covered, *total))),
        ],
    };
    if let Some(Change::Of(delta)) = &figure.change {
        cells.push(named("delta", number(delta.value)));
    }
    cells
}
