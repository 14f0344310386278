//! Reads GeoJSON features as rows: property names as header, and columns for the id and the geometry.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::files::sheet::{Cell, Format, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Row, Sheet, Workbook, refused, too_large};
use crate::layers::{Crs, Problem};
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
    /// JSON-FG states here the system of `place`, which stands beside a geometry in WGS 84.
    #[serde(rename = "coordRefSys")]
    coord_ref_sys: Option<Value>,
    place: Option<Value>,
    /// Esri's JSON has this instead, and other geometries.
    #[serde(rename = "spatialReference")]
    esri: Option<Value>,
}

#[derive(Deserialize)]
struct Feature {
    properties: Option<Map<String, Value>>,
    geometry: Option<Value>,
    id: Option<Value>,
    crs: Option<Value>,
    #[serde(rename = "coordRefSys")]
    coord_ref_sys: Option<Value>,
    place: Option<Value>,
}

/// Reads a feature, a collection, or one feature a line (GeoJSON text sequence).
///
/// # Errors
/// Any other text, with line and column; a `crs` that is not understood, or two that differ.
pub fn read(text: &str) -> Result<Workbook, Problem> {
    let mut features = Vec::new();
    let mut declared: Option<Crs> = None;
    let mut of_places = Vec::new();
    let text = text.replace(SEPARATOR, " ");
    for document in serde_json::Deserializer::from_str(&text).into_iter::<Document>() {
        let document = document.map_err(|error| malformed(&error))?;
        let Document { features: inner, properties, geometry, id, crs, coord_ref_sys, place, esri } = document;
        if esri.is_some() {
            return Err(refused(text!("geo.esri")));
        }
        declare(&mut declared, crs.as_ref())?;
        match inner {
            Some(inner) => features.extend(inner),
            None => features.push(Feature { properties, geometry, id, crs: None, coord_ref_sys: None, place }),
        }
        of_places.extend(coord_ref_sys);
    }
    for feature in &mut features {
        declare(&mut declared, feature.crs.as_ref())?;
        of_places.extend(feature.coord_ref_sys.take());
    }
    if !features.iter().any(|feature| feature.place.is_some()) {
        of_places.iter().try_for_each(|member| declare(&mut declared, Some(member)))?;
    }
    let mut sheet = table(features.into_iter().map(|feature| {
        let mut properties = feature.properties.unwrap_or_default();
        if let Some(id) = feature.id {
            properties.entry("id").or_insert(id);
        }
        (properties, feature.geometry)
    }))?;
    sheet.crs = declared;
    Ok(Workbook { format: Format::Geojson, sheets: vec![sheet], remarks: Vec::new() })
}

/// A sheet with row 0 as header. The features are numbered from 1.
pub(super) fn table(features: impl Iterator<Item = (Map<String, Value>, Option<Value>)>) -> Result<Sheet, Problem> {
    let mut header: Map<String, Value> = Map::new();
    let mut rows = vec![Row::default()];
    let mut cells_read = 0;
    for (index, (properties, geometry)) in features.enumerate() {
        let mut cells = Vec::new();
        if let Some(geometry) = geometry.filter(|geometry| !geometry.is_null()) {
            cells.push((0, Cell::Geometry(Box::new(geometry))));
        }
        for (name, value) in properties {
            // Column 0 is the geometry, also beside a property of that name.
            let next = header.len() as u64 + 1;
            let column = header.entry(name).or_insert(Value::from(next)).as_u64().unwrap_or_default() as u32;
            cells.extend(cell_of(value).map(|cell| (column, cell)));
        }
        cells.sort_by_key(|(column, _)| *column);
        cells_read += cells.len();
        if index >= MAX_ROWS || cells_read > MAX_CELLS || header.len() > MAX_COLUMNS {
            return Err(too_large());
        }
        rows.push(Row { number: index as u32 + 1, cells });
    }
    let names = std::iter::once(GEOMETRY.to_owned()).chain(header.into_iter().map(|(name, _)| name));
    rows[0].cells = (0..).zip(names).filter_map(|(column, name)| Some((column, Cell::text(&name)?))).collect();
    Ok(Sheet { rows, ..Sheet::default() })
}

fn cell_of(value: Value) -> Option<Cell> {
    match value {
        Value::Null => None,
        Value::Bool(value) => Some(Cell::Bool(value)),
        // A double holds integer ids up to 53 bits.
        Value::Number(number) => number.as_f64().map(Cell::Number),
        Value::String(text) => Cell::text(&text),
        Value::Array(values) if values.iter().any(Value::is_object) => Some(Cell::Geometry(Box::new(values.into()))),
        Value::Array(values) => {
            let texts: Vec<_> = values.into_iter().filter_map(cell_of).map(|cell| cell.shown()).collect();
            Cell::text(&texts.join("; "))
        }
        Value::Object(_) => Some(Cell::Geometry(Box::new(value))),
    }
}

/// Takes over the `crs` member of a document or feature.
fn declare(declared: &mut Option<Crs>, member: Option<&Value>) -> Result<(), Problem> {
    let found = Crs::of_member(member.unwrap_or(&Value::Null))
        .map_err(|given| refused(text!("geo.crs", given, known = text!("expected.crs"))))?;
    match (*declared, found) {
        (Some(one), Some(other)) if one != other => {
            return Err(refused(text!("geo.crs/contradictory", one = one.name(), other = other.name())));
        }
        (None, Some(_)) => *declared = found,
        _ => {}
    }
    Ok(())
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
        assert_eq!(sheet.crs, Crs::of_epsg(5897));
        let shown: Vec<Vec<String>> =
            sheet.rows.iter().map(|row| row.cells.iter().map(|(_, cell)| cell.shown()).collect()).collect();
        assert_eq!(shown[0], ["geometry", "name", "tech", "id"]);
        assert_eq!(shown[2], ["4G; 5G", "7"]);
    }

    #[test]
    fn property_called_geometry_stands_beside_the_geometry() {
        let text = r#"{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"geometry": "POINT (3 4)"}}"#;
        let sheet = read(text).unwrap().sheets.remove(0);
        let cells = &sheet.rows[1].cells;
        assert_eq!((cells[0].0, cells[1].0), (0, 1));
        assert!(matches!(cells[0].1, Cell::Geometry(_)) && cells[1].1 == Cell::Text("POINT (3 4)".into()));
        assert_eq!(sheet.rows[0].cells.len(), 2);
    }

    #[test]
    fn systems_that_are_not_understood_or_differ_refuse_the_file() {
        let of = |crs: &str| format!(r#"{{"type": "FeatureCollection", {crs} "features": []}}"#);
        let name = |name: &str| format!(r#""crs": {{"type": "name", "properties": {{"name": "{name}"}}}},"#);
        assert_eq!(read(&of(&name("EPSG:27700"))).unwrap_err().code, "geo.crs");
        let two = of(&name("EPSG:4756")) + &of(&name("EPSG:5897"));
        assert_eq!(read(&two).unwrap_err().code, "geo.crs");
        assert_eq!(read(&of(r#""spatialReference": {"wkid": 4326},"#)).unwrap_err().code, "geo.esri");
        assert!(read(&of(r#""crs": null,"#)).is_ok());
    }

    #[test]
    fn broken_json_names_its_place() {
        assert!(read("{\"features\": [}").unwrap_err().text.en().contains("line 1"));
    }
}
