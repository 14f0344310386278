//! The figures of several units as a table: GeoJSON for a choropleth map, CSV for a spreadsheet.

use std::collections::HashMap;

use actix_web::HttpResponse;
use serde_json::{Map, Value as Json};

use crate::error::Error;
use crate::figures::{Column, FiguresByUnit, cells, columns};
use crate::http::feature::GEOJSON;
use crate::http::stats::figure::Context;
use crate::http::stats::{unit_json, words};
use crate::postgres::Connection;
use crate::postgres::row::Cell;
use crate::texts::text;
use crate::units::territory;
use crate::units::territory::{Level, Unit};

/// The columns that describe a unit: Vietnamese, English, the name in files.
pub const UNIT_COLUMNS: [[&str; 3]; 6] = [
    ["Mã", "Code", "code"],
    ["Tên", "Name", "name"],
    ["Cấp", "Level", "level"],
    ["Có hiệu lực từ", "Valid from", "valid_from"],
    ["Đến", "To", "valid_to"],
    ["Số liệu ngày", "As of", "as_of"],
];

/// The last column: what there is to say of a unit besides its figures.
const NOTICE: [&str; 3] = ["Lưu ý", "Please note", "notice"];

/// The values of these columns. `unnamed` is the name of a row that is not a unit.
pub fn unit_cells(context: &Context<'_>, unit: Option<&Unit>, unnamed: &str) -> [String; 6] {
    let of_unit = |read: fn(&Unit) -> String| unit.map(read).unwrap_or_default();
    [
        of_unit(|unit| unit.code.clone()),
        unit.map_or(unnamed, |unit| &unit.name).to_owned(),
        match context.labels {
            true => words::level(context.question.scope.level).say(context.vietnamese),
            false => context.question.scope.level.name().to_owned(),
        },
        of_unit(|unit| unit.valid_from.to_string()),
        of_unit(|unit| unit.valid_to.map(|day| day.to_string()).unwrap_or_default()),
        context.question.days.as_of.to_string(),
    ]
}

/// The units with their boundaries. The figures are properties.
pub async fn geojson(
    conn: &mut Connection,
    context: &Context<'_>,
    counted: &FiguresByUnit,
    zoom: Option<u8>,
) -> Result<HttpResponse, Error> {
    let units = &context.question.units;
    let boundaries = territory::boundaries(
        conn,
        context.question.scope.level,
        &units.iter().map(|unit| unit.id).collect::<Vec<_>>(),
        zoom,
    )
    .await?;
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
            properties.insert(column.name.clone(), cells.get(&column.name).cloned().unwrap_or(Json::Null));
        }
        body.extend_from_slice(b",\"properties\":");
        body.extend_from_slice(Json::Object(properties).to_string().as_bytes());
        body.push(b'}');
    }
    body.extend_from_slice(b"]}");
    Ok(HttpResponse::Ok().content_type(GEOJSON).body(body))
}

/// One row per unit, then one without a code for records outside any unit. The byte order mark makes Excel read the
/// file as UTF-8.
pub fn csv(context: &Context<'_>, counted: &FiguresByUnit) -> Result<HttpResponse, Error> {
    let columns = columns(counted);
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let mut write = |start: [String; 6], cells: Vec<String>| {
        writer.write_record(start.into_iter().chain(cells)).map_err(|error| Error::Internal(error.into()))
    };
    let [vi, en, code] = [0, 1, 2];
    let language = if !context.labels {
        code
    } else if context.vietnamese {
        vi
    } else {
        en
    };
    let names = columns.iter().map(|column| head(context, column)).chain([NOTICE[language].to_owned()]).collect();
    write(UNIT_COLUMNS.map(|names| names[language].to_owned()), names)?;
    // Records in no hamlet are those of no row.
    let none = (context.question.scope.level != Level::Hamlet).then_some(None);
    for unit in context.question.units.iter().map(Some).chain(none) {
        let cells = cells(counted.get(&unit.map(|unit| unit.code.clone())));
        let texts = columns.iter().map(|column| cell(context, cells.get(&column.name).unwrap_or(&Json::Null)));
        let notice = unit.map(|unit| context.notice(Some(&unit.code))).unwrap_or_default();
        let unnamed = if context.labels { text!("book.no_unit").say(context.vietnamese) } else { "unassigned".into() };
        write(unit_cells(context, unit, &unnamed), texts.chain([notice]).collect())?;
    }
    let body = writer.into_inner().map_err(|error| Error::Internal(anyhow::anyhow!("{error}")))?;
    Ok(HttpResponse::Ok().content_type("text/csv; charset=utf-8").body(body))
}

/// The code of a column, or its words.
fn head(context: &Context<'_>, column: &Column) -> String {
    if !context.labels {
        return column.name.clone();
    }
    let sentence = column.indicator.sentence.say(context.vietnamese).trim_end_matches('.');
    column.part.map_or(sentence.to_owned(), |part| format!("{sentence}: {}", part.say(context.vietnamese)))
}

/// A value; the only texts among them are bases.
fn cell(context: &Context<'_>, value: &Json) -> String {
    match value {
        Json::String(basis) if context.labels => words::basis(basis).say(context.vietnamese),
        other => text(other),
    }
}

/// A value as CSV text.
pub fn text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
