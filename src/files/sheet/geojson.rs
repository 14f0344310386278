//! Reads GeoJSON features as rows: property names as header, and columns for the id and the geometry.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::files::sheet::{Cell, Format, MAX_CELLS, MAX_ROWS, Row, Sheet, Workbook, refused, too_large};
use crate::layers::Problem;
use crate::texts::text;

/// Stands before each text of a GeoJSON sequence. JSON itself cannot contain it.
pub const SEPARATOR: char = '\u{1e}';

/// The header of the geometry column.
pub const GEOMETRY: &str = "geometry";

#[derive(Deserialize)]
struct Document {
    features: Option<Vec<Feature>>,
    properties: Option<Map<String, Value>>,
    geometry: Option<Value>,
    id: Option<Value>,
    crs: Option<Value>,
}

#[derive(Deserialize)]
struct Feature {
    properties: Option<Map<String, Value>>,
    geometry: Option<Value>,
    id: Option<Value>,
}

/// Reads a feature, a collection, or one feature a line (GeoJSON text sequence).
///
/// # Errors
/// Any other text, with line and column.
pub fn read(text: &str) -> Result<Workbook, Problem> {
    let mut features = Vec::new();
    let mut epsg = None;
    let text = text.replace(SEPARATOR, " ");
    for document in serde_json::Deserializer::from_str(&text).into_iter::<Document>() {
        let document = document.map_err(|error| malformed(&error))?;
        epsg = epsg.or(document.crs.as_ref().and_then(declared_epsg));
        match document.features {
            Some(inner) => features.extend(inner),
            None => {
                features.push(Feature { properties: document.properties, geometry: document.geometry, id: document.id })
            }
        }
    }
    let mut sheet = table(features.into_iter().map(|feature| {
        let mut properties = feature.properties.unwrap_or_default();
        if let Some(id) = feature.id {
            properties.entry("id").or_insert(id);
        }
        (properties, feature.geometry)
    }))?;
    sheet.epsg = epsg;
    Ok(Workbook { format: Format::Geojson, sheets: vec![sheet], remarks: Vec::new() })
}

/// A sheet with row 0 as header. The features are numbered from 1.
pub(super) fn table(features: impl Iterator<Item = (Map<String, Value>, Option<Value>)>) -> Result<Sheet, Problem> {
    let mut header: Map<String, Value> = Map::new();
    header.insert(GEOMETRY.into(), Value::from(0));
    let mut rows = vec![Row::default()];
    let mut cells_read = 0;
    for (index, (properties, geometry)) in features.enumerate() {
        let mut cells = Vec::new();
        if let Some(geometry) = geometry.filter(|geometry| !geometry.is_null()) {
            cells.push((0, Cell::Geometry(Box::new(geometry))));
        }
        for (name, value) in properties {
            let next = header.len() as u64;
            let column = header.entry(name).or_insert(Value::from(next)).as_u64().unwrap_or_default() as u32;
            cells.extend(cell_of(value).map(|cell| (column, cell)));
        }
        cells.sort_by_key(|(column, _)| *column);
        cells_read += cells.len();
        if index >= MAX_ROWS || cells_read > MAX_CELLS || header.len() > 2000 {
            return Err(too_large());
        }
        rows.push(Row { number: index as u32 + 1, cells });
    }
    rows[0].cells = (0..).zip(header).filter_map(|(column, (name, _))| Some((column, Cell::text(&name)?))).collect();
    Ok(Sheet { rows, ..Sheet::default() })
}

fn cell_of(value: Value) -> Option<Cell> {
    match value {
        Value::Null => None,
        Value::Bool(value) => Some(Cell::Bool(value)),
        // A double holds integer ids up to 53 bits.
        Value::Number(number) => number.as_f64().map(Cell::Number),
        Value::String(text) => Cell::text(&text),
        Value::Array(values) => {
            let texts: Vec<_> = values.into_iter().filter_map(cell_of).map(|cell| cell.shown()).collect();
            Cell::text(&texts.join("; "))
        }
        Value::Object(_) => Cell::text(&value.to_string()),
    }
}

/// The `crs` of GeoJSON 2008, which GDAL still writes.
fn declared_epsg(crs: &Value) -> Option<i32> {
    let name = crs["properties"]["name"].as_str()?;
    let (_, code) = name.rsplit_once(':')?;
    name.to_ascii_uppercase().contains("EPSG").then(|| code.parse().ok()).flatten()
}

fn malformed(error: &serde_json::Error) -> Problem {
    refused(text!("file.geojson", line = error.line(), column = error.column()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_become_rows_below_their_names() {
        let text = r#"{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::5897"}},
            "features": [
              {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"name": "A"}},
              {"type": "Feature", "id": 7, "geometry": null, "properties": {"tech": ["4G", "5G"], "name": null}}]}"#;
        let sheet = read(text).unwrap().sheets.remove(0);
        assert_eq!(sheet.epsg, Some(5897));
        let shown: Vec<Vec<String>> =
            sheet.rows.iter().map(|row| row.cells.iter().map(|(_, cell)| cell.shown()).collect()).collect();
        assert_eq!(shown[0], ["geometry", "name", "tech", "id"]);
        assert_eq!(shown[2], ["4G; 5G", "7"]);
    }

    #[test]
    fn broken_json_names_its_place() {
        assert!(read("{\"features\": [}").unwrap_err().text.en().contains("line 1"));
    }
}
