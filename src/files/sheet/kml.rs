//! Reads KML and KMZ placemarks as rows: name, description, extended data, geometry.

use kml::types::{Element, Geometry as KmlGeometry, Placemark};
use kml::{Kml, KmlReader};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value, json};

use crate::files::sheet::archive::{Archive, document_type};
use crate::files::sheet::geojson::table;
use crate::files::sheet::{Format, Workbook, archive, refused};
use crate::layers::Problem;
use crate::texts::text;

/// The KML reader recurses. No honest file nests folders deeper than this.
const MAX_DEPTH: usize = 60;

/// Reads the KML in a KMZ.
pub fn read_zipped(bytes: &[u8], archive: &Archive) -> Result<Workbook, Problem> {
    let name = archive.kml.as_deref().unwrap_or_default();
    let xml = archive::text(bytes, name).and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(malformed)?;
    read(&xml)
}

/// Reads a KML document.
///
/// # Errors
/// Document types, elements nested too deep, text that is not KML.
pub fn read(xml: &str) -> Result<Workbook, Problem> {
    check(xml)?;
    let document: Kml<f64> = KmlReader::from_string(xml).read().map_err(|_| malformed())?;
    let mut placemarks = Vec::new();
    collect(document, &mut placemarks);
    let sheet = table(placemarks.into_iter().map(|placemark| {
        let mut properties = Map::new();
        for (name, value) in [("name", &placemark.name), ("description", &placemark.description)] {
            if let Some(value) = value {
                properties.insert(name.into(), json!(value));
            }
        }
        placemark.children.iter().for_each(|element| extended_data(element, &mut properties));
        (properties, placemark.geometry.and_then(geometry))
    }))?;
    Ok(Workbook { format: Format::Kml, sheets: vec![sheet], remarks: Vec::new() })
}

/// Checks depth and document types before the recursive reader sees the text.
fn check(xml: &str) -> Result<(), Problem> {
    let mut reader = Reader::from_str(xml);
    let mut depth = 0_usize;
    loop {
        match reader.read_event().map_err(|_| malformed())? {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::DocType(_) => return Err(document_type()),
            Event::Eof => return if depth == 0 { Ok(()) } else { Err(malformed()) },
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(malformed());
        }
    }
}

fn collect(node: Kml<f64>, placemarks: &mut Vec<Placemark<f64>>) {
    match node {
        Kml::Placemark(placemark) => placemarks.push(placemark),
        Kml::KmlDocument(document) => document.elements.into_iter().for_each(|node| collect(node, placemarks)),
        Kml::Document { elements, .. } => elements.into_iter().for_each(|node| collect(node, placemarks)),
        Kml::Folder(folder) => folder.elements.into_iter().for_each(|node| collect(node, placemarks)),
        _ => {}
    }
}

/// Reads `Data` with a `value` inside, and `SimpleData`.
fn extended_data(element: &Element, properties: &mut Map<String, Value>) {
    let value = match element.name.as_str() {
        "Data" => element.children.iter().find(|child| child.name == "value").and_then(|child| child.content.clone()),
        "SimpleData" => element.content.clone(),
        _ => None,
    };
    if let (Some(name), Some(value)) = (element.attrs.get("name"), value) {
        properties.insert(name.clone(), json!(value));
    }
    element.children.iter().for_each(|child| extended_data(child, properties));
}

/// The geometry as GeoJSON, without altitudes. Several lines or polygons become one multi geometry.
fn geometry(given: KmlGeometry<f64>) -> Option<Value> {
    let geometry = geo_of(given)?;
    let value = match &geometry {
        // A single point becomes a point, but a single line or polygon becomes a multi geometry of one.
        geo::Geometry::GeometryCollection(parts) if matches!(&parts.0[..], [geo::Geometry::Point(_)]) => {
            return geojson_of(&parts.0[0]);
        }
        geo::Geometry::GeometryCollection(parts) => {
            let lines: Vec<_> = parts.iter().filter_map(|part| part.clone().try_into().ok()).collect();
            let polygons: Vec<_> = parts.iter().filter_map(|part| part.clone().try_into().ok()).collect();
            if lines.len() == parts.len() {
                geo::Geometry::MultiLineString(geo::MultiLineString(lines))
            } else if polygons.len() == parts.len() {
                geo::Geometry::MultiPolygon(geo::MultiPolygon(polygons))
            } else {
                geometry
            }
        }
        _ => geometry,
    };
    geojson_of(&value)
}

fn geo_of(given: KmlGeometry<f64>) -> Option<geo::Geometry<f64>> {
    geo::Geometry::try_from(given).ok()
}

fn geojson_of(geometry: &geo::Geometry<f64>) -> Option<Value> {
    serde_json::to_value(geojson::Geometry::new(geojson::GeometryValue::from(geometry))).ok()
}

fn malformed() -> Problem {
    refused(text!("file.kml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(xml: &str) -> Vec<Vec<String>> {
        let sheet = read(xml).unwrap().sheets.remove(0);
        sheet.rows.iter().map(|row| row.cells.iter().map(|(_, cell)| cell.shown()).collect()).collect()
    }

    #[test]
    fn placemarks_of_every_folder_become_rows() {
        let xml = r#"<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>
            <Placemark><name>BTS 1</name><ExtendedData><Data name="operator"><value>Viettel</value></Data></ExtendedData>
              <Point><coordinates>105.7,19.8,12</coordinates></Point></Placemark></Folder>
            <Placemark><name>Tuyến</name><MultiGeometry>
              <LineString><coordinates>105.7,19.8 105.71,19.8</coordinates></LineString>
              <LineString><coordinates>105.8,19.8 105.81,19.8</coordinates></LineString></MultiGeometry></Placemark>
            </Document></kml>"#;
        let rows = rows(xml);
        assert_eq!(rows[0], ["geometry", "name", "operator"]);
        assert_eq!(rows[1], [r#"{"type":"Point","coordinates":[105.7,19.8]}"#, "BTS 1", "Viettel"]);
        assert!(rows[2][0].starts_with(r#"{"type":"MultiLineString""#), "{}", rows[2][0]);
    }

    #[test]
    fn document_types_and_deep_nesting_are_refused() {
        let entity = r#"<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml>&x;</kml>"#;
        assert_eq!(read(entity).unwrap_err().code, "file.document_type");
        let deep = format!("<kml>{}{}</kml>", "<Folder>".repeat(100_000), "</Folder>".repeat(100_000));
        assert_eq!(read(&deep).unwrap_err().code, "file.kml");
    }
}
