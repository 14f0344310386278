//! Reads GeoJSON features as rows: property names as header, and columns for the id and the geometry.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::files::sheet::{
    Cell, Format, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Remark, Row, Sheet, Workbook, refused, too_large,
};
use crate::input::json::{Malformed, Reader};
use crate::layers::{Crs, Problem};
use crate::texts::text;

/// Stands before each text of a GeoJSON sequence. JSON itself cannot contain it.
pub const SEPARATOR: char = '\u{1e}';

/// The header of the geometry column.
pub const GEOMETRY: &str = "geometry";

/// Members of a feature or collection that are read, or say nothing about its records.
const KNOWN: [&str; 14] = [
    "type",
    "properties",
    "geometry",
    "id",
    "crs",
    "bbox",
    "features",
    "coordRefSys",
    "place",
    "links",
    "name",
    "xy_coordinate_resolution",
    "timeStamp",
    "conformsTo",
];

/// Reads a feature, a collection, an array of features, or one feature a line (GeoJSON text sequence).
///
/// # Errors
/// Any other text, with line and column; a `crs` that is not understood, or two that differ.
pub fn read(text: &str) -> Result<Workbook, Problem> {
    let mut found = Found::default();
    let text = text.replace(SEPARATOR, " ");
    let (values, mut reader) = (Reader::new(true), serde_json::Deserializer::from_str(&text));
    while reader.end().is_err() {
        let broken = |it: Malformed| {
            let told = text!("file.geojson", line = it.line, column = it.column);
            refused(it.or(told))
        };
        found.add(values.next(&mut reader).map_err(broken)?)?;
    }
    // JSON-FG states the system of `place`, which stands beside a geometry in WGS 84.
    if !found.has_place {
        for member in std::mem::take(&mut found.of_places) {
            found.declare(Some(&member))?;
        }
    }
    let mut remarks = Vec::new();
    if found.is_part {
        remarks.push(Remark::info(text!("file.part")));
    }
    if !found.members.is_empty() {
        let names: Vec<_> = found.members.iter().map(String::as_str).collect();
        remarks.push(Remark::info(text!("geojson.members", names = names.join(", "))));
    }
    remarks.extend(found.broken.iter().map(|row| Remark::error(text!("geojson.broken")).at_row(*row)));
    let mut sheet = table(found.features.into_iter())?;
    sheet.crs = found.declared;
    Ok(Workbook { format: Format::Geojson, sheets: vec![sheet], remarks })
}

/// What the documents of a file hold.
#[derive(Default)]
struct Found {
    features: Vec<(Map<String, Value>, Option<Value>)>,
    /// The numbers of those that are no features.
    broken: Vec<u32>,
    declared: Option<Crs>,
    of_places: Vec<Value>,
    has_place: bool,
    /// Whether the source has more pages.
    is_part: bool,
    /// Names of members that are not read; only some, since the content of a file decides how many there are.
    members: BTreeSet<String>,
}

impl Found {
    fn add(&mut self, document: Value) -> Result<(), Problem> {
        match document {
            Value::Array(features) => features.into_iter().try_for_each(|feature| self.feature(feature)),
            Value::Object(mut document) if document.contains_key("features") => {
                let features = document.shift_remove("features").unwrap_or_default();
                self.is_part |= is_part(&document);
                self.common(&mut document)?;
                let Value::Array(features) = features else { return Err(refused(text!("geo.malformed"))) };
                features.into_iter().try_for_each(|feature| self.feature(feature))
            }
            other => self.feature(other),
        }
    }

    fn feature(&mut self, feature: Value) -> Result<(), Problem> {
        let Value::Object(mut feature) = feature else { return self.broken() };
        self.common(&mut feature)?;
        let mut properties = match feature.shift_remove("properties") {
            Some(Value::Object(properties)) => properties,
            None | Some(Value::Null) => Map::new(),
            Some(_) => return self.broken(),
        };
        if let Some(id) = feature.shift_remove("id") {
            properties.entry("id").or_insert(id);
        }
        self.features.push((properties, feature.shift_remove("geometry")));
        Ok(())
    }

    /// A row without cells, so that the others keep their numbers.
    fn broken(&mut self) -> Result<(), Problem> {
        self.features.push((Map::new(), None));
        self.broken.push(self.features.len() as u32);
        Ok(())
    }

    /// What features and collections may both have.
    fn common(&mut self, object: &mut Map<String, Value>) -> Result<(), Problem> {
        // Esri's JSON has this instead of `crs`, and other geometries.
        if object.contains_key("spatialReference") {
            return Err(refused(text!("geo.esri")));
        }
        self.declare(object.get("crs"))?;
        self.of_places.extend(object.shift_remove("coordRefSys"));
        self.has_place |= object.get("place").is_some_and(|place| !place.is_null());
        let is_known = |name: &str| KNOWN.contains(&name) || name.starts_with("number") || name.starts_with('@');
        let unknown =
            object.keys().filter(|name| !is_known(name)).take(MOST_MEMBERS.saturating_sub(self.members.len()));
        self.members.extend(unknown.cloned());
        Ok(())
    }

    /// Takes over the declaration of a system.
    fn declare(&mut self, member: Option<&Value>) -> Result<(), Problem> {
        let found = Crs::of_member(member.unwrap_or(&Value::Null))
            .map_err(|given| refused(text!("geo.crs", given, known = text!("expected.crs"))))?;
        if let Some((one, other)) = self.declared.zip(found).filter(|(one, other)| one != other) {
            return Err(refused(text!("geo.crs/contradictory", one = one.name(), other = other.name())));
        }
        self.declared = self.declared.or(found);
        Ok(())
    }
}

/// The most names of members that are told.
const MOST_MEMBERS: usize = 20;

/// Whether a collection is a page of a longer answer (OGC API Features, Esri).
fn is_part(document: &Map<String, Value>) -> bool {
    let number = |name: &str| document.get(name).and_then(Value::as_u64);
    let has_next = |links: &Value| links.as_array().into_iter().flatten().any(|link| link["rel"] == "next");
    document.get("links").is_some_and(has_next)
        || document.get("exceededTransferLimit") == Some(&Value::Bool(true))
        || number("numberMatched").zip(number("numberReturned")).is_some_and(|(matched, returned)| matched > returned)
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
