//! Reads a geometry in one cell: GeoJSON, WKT, or the hexadecimal WKB of PostGIS, with the system that it declares.

use std::str::FromStr;
use std::sync::LazyLock;

use geojson::GeometryValue;
use regex::Regex;
use serde_json::{Value, json};
use wkt::Wkt;

use crate::imports::interpret::finding::Note;
use crate::imports::interpret::wkb;
use crate::input::json::parse;
use crate::layers::{Crs, crs};
use crate::texts::text;

/// A geometry as it is written: not yet in WGS 84.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// GeoJSON; null for an empty geometry.
    pub geometry: Value,
    pub crs: Option<Crs>,
    pub has_altitude: bool,
}

/// Reads a text; `None` if it is not meant as a geometry.
pub fn read(text: &str) -> Option<Result<Shape, Note>> {
    let text = text.trim();
    if text.starts_with('{') {
        return Some(of_json(text));
    }
    let bare = text.strip_prefix("0x").or_else(|| text.strip_prefix("\\x")).unwrap_or(text);
    if bare.len() >= 42 && bare.len().is_multiple_of(2) && bare.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let read = wkb::read(bare).ok_or_else(|| Note::error(text!("geo.wkt")));
        return Some(read.and_then(|(geometry, srid)| declared(geometry, srid)));
    }
    of_wkt(text)
}

/// Reads a GeoJSON geometry. PostGIS writes its system into it.
pub fn of_geojson(geometry: &Value) -> Result<Shape, Note> {
    let crs = Crs::of_member(&geometry["crs"]).map_err(|given| unknown(&given))?;
    let has_altitude = crs::has_altitude(geometry);
    Ok(Shape { geometry: geometry.clone(), crs, has_altitude })
}

fn of_json(text: &str) -> Result<Shape, Note> {
    let value: Value = parse(text.as_bytes()).map_err(|_| Note::error(text!("geo.malformed")))?;
    let is_esri = ["x", "rings", "paths", "points"].iter().any(|name| value.get(name).is_some());
    match value["type"].as_str() {
        Some("Feature") => of_geojson(&value["geometry"]),
        Some(_) => of_geojson(&value),
        None if is_esri => Err(Note::error(text!("geo.esri"))),
        None => Err(Note::error(text!("geo.malformed"))),
    }
}

fn of_wkt(text: &str) -> Option<Result<Shape, Note>> {
    static WKT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?is)^(?:SRID\s*=\s*(\d+)\s*;\s*)?((?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION|CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON)\s*(ZM|Z|M)?\s*(\(.*|EMPTY)$",
        )
        .expect("the pattern is valid")
    });
    let found = WKT.captures(text)?;
    let (kind, coordinates) = (found[2].to_uppercase(), &found[4]);
    if coordinates.eq_ignore_ascii_case("EMPTY") {
        return Some(Ok(Shape { geometry: Value::Null, crs: None, has_altitude: false }));
    }
    // Many programs write altitudes without saying so.
    let first = coordinates.trim_start_matches(['(', ' ']).split([',', ')']).next().unwrap_or_default();
    let dimension = found.get(3).map_or_else(
        || match first.split_whitespace().count() {
            3 => "Z".to_owned(),
            4 => "ZM".to_owned(),
            _ => String::new(),
        },
        |dimension| dimension.as_str().to_uppercase(),
    );
    let read = || {
        // No layer takes a collection, and a nested one would exhaust the stack.
        let wkt = (kind != "GEOMETRYCOLLECTION").then(|| format!("{kind} {dimension} {coordinates}"))?;
        let geometry = geo::Geometry::<f64>::try_from(Wkt::from_str(&wkt).ok()?).ok()?;
        let mut written = json!(geojson::Geometry::new(GeometryValue::from(&geometry)));
        if !dimension.is_empty() {
            // Only so that the altitudes, which the conversion leaves out, are counted.
            crs::each_position(&mut written, &mut |position| {
                position.as_array_mut().into_iter().for_each(|numbers| numbers.push(json!(0)));
            });
        }
        Some(written)
    };
    let srid = found.get(1).map(|srid| srid.as_str().parse().unwrap_or(-1));
    Some(read().ok_or_else(|| Note::error(text!("geo.wkt"))).and_then(|geometry| declared(geometry, srid)))
}

fn declared(geometry: Value, srid: Option<i32>) -> Result<Shape, Note> {
    let crs = match srid {
        None | Some(0) => None,
        Some(srid) => Some(Crs::of_epsg(srid).ok_or_else(|| unknown(&format!("SRID={srid}")))?),
    };
    let has_altitude = crs::has_altitude(&geometry);
    Ok(Shape { geometry, crs, has_altitude })
}

/// The system that a geometry declares is not understood.
fn unknown(given: &str) -> Note {
    Note::error(text!("geo.crs", given, known = text!("expected.crs")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Result<(Value, Option<i32>, bool), &'static str> {
        let shape = read(text).unwrap().map_err(|note| note.code)?;
        let flat = Crs::WGS84.geometry_to_wgs84(&shape.geometry).unwrap();
        Ok((flat, shape.crs.map(Crs::epsg), shape.has_altitude))
    }

    #[test]
    fn wkt_is_read_with_its_system_and_without_altitudes() {
        let point = || json!({"type": "Point", "coordinates": [105.71, 19.82]});
        for (text, epsg, high) in [
            ("POINT (105.71 19.82)", None, false),
            ("point(105.71 19.82)", None, false),
            ("SRID=4326;POINT(105.71 19.82)", Some(4326), false),
            ("SRID=4756; POINT Z (105.71 19.82 7)", Some(4756), true),
            ("POINTZ(105.71 19.82 7)", None, true),
            ("POINT (105.71 19.82 7)", None, true),
            ("POINT ZM (105.71 19.82 7 1)", None, true),
        ] {
            assert_eq!(shape(text), Ok((point(), epsg, high)), "{text}");
        }
        let line = json!({"type": "LineString", "coordinates": [[105.71, 19.82], [105.72, 19.83]]});
        assert_eq!(shape("LINESTRING(105.71 19.82, 105.72 19.83)"), Ok((line, None, false)));
        let ring = json!([[105.7, 19.8], [105.8, 19.8], [105.8, 19.9], [105.7, 19.8]]);
        let area = json!({"type": "MultiPolygon", "coordinates": [[ring]]});
        let text = "MultiPolygon (((105.7 19.8, 105.8 19.8, 105.8 19.9, 105.7 19.8)))";
        assert_eq!(shape(text), Ok((area, None, false)));
    }

    #[test]
    fn what_is_no_geometry_says_what_it_is() {
        let deep = "GEOMETRYCOLLECTION(".repeat(100_000);
        for (text, code) in [
            ("POINT (105.71, 19.82)", "geo.wkt"),
            ("POLYGON ((105.7 19.8", "geo.wkt"),
            (&deep, "geo.wkt"),
            ("SRID=2000;POINT (1 2)", "geo.crs"),
            ("{\"x\": 105.7, \"y\": 19.8, \"spatialReference\": {\"wkid\": 4326}}", "geo.esri"),
            ("{", "geo.malformed"),
        ] {
            assert_eq!(shape(text), Err(code), "{}", &text[..text.len().min(40)]);
        }
        assert_eq!(read("Point"), None);
        assert_eq!(read("19.817, 105.733"), None);
        assert_eq!(read("POINT EMPTY").unwrap().unwrap().geometry, Value::Null);
    }

    #[test]
    fn geojson_in_a_cell_may_declare_its_system() {
        let crs = json!({"type": "name", "properties": {"name": "EPSG:5897"}});
        let text = json!({"type": "Point", "coordinates": [576_000, 2_192_000, 4], "crs": crs}).to_string();
        let read = read(&text).unwrap().unwrap();
        assert_eq!((read.crs, read.has_altitude), (Crs::of_epsg(5897), true));
    }
}
