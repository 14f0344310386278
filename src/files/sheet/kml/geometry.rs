//! The geometry of a placemark as GeoJSON, without altitudes.

use serde_json::{Value, json};

use crate::files::sheet::kml::node::Node;

type Position = [f64; 2];

/// What is found in a placemark.
#[derive(Debug, Default, PartialEq)]
pub struct Found {
    /// A geometry; a text if its coordinates cannot be read, which makes the row an error.
    pub geometry: Option<Value>,
    pub has_track: bool,
    /// A model, which has no shape on the map.
    pub has_model: bool,
}

/// The geometry of a placemark. Several lines or polygons become one multi geometry, and so does a single one in a
/// `MultiGeometry`.
pub fn of(placemark: &Node) -> Found {
    let mut found = Found::default();
    let mut parts = Vec::new();
    let read = placemark.children.iter().try_for_each(|child| collect(child, &mut parts, &mut found));
    let is_multi = placemark.children.iter().any(|child| matches!(child.name.as_str(), "MultiGeometry" | "MultiTrack"));
    found.geometry = match read {
        Err(coordinates) => Some(Value::String(coordinates)),
        Ok(()) => combined(parts, is_multi),
    };
    found
}

fn collect(node: &Node, parts: &mut Vec<Value>, found: &mut Found) -> Result<(), String> {
    match node.name.as_str() {
        "Point" => match positions(node)?.as_slice() {
            [] => {}
            [position] => parts.push(json!({"type": "Point", "coordinates": position})),
            _ => return Err(coordinates(node)),
        },
        "LineString" | "LinearRing" => {
            let positions = positions(node)?;
            if !positions.is_empty() {
                parts.push(json!({"type": "LineString", "coordinates": positions}));
            }
        }
        "Polygon" => {
            let boundaries = ["outerBoundaryIs", "innerBoundaryIs"].into_iter();
            let of_name = |name| node.children.iter().filter(move |child| child.name == name);
            let rings = boundaries.flat_map(of_name).flat_map(|boundary| &boundary.children).map(ring);
            let rings: Vec<_> = rings.collect::<Result<_, _>>()?;
            if rings.iter().any(|ring| !ring.is_empty()) {
                parts.push(json!({"type": "Polygon", "coordinates": rings}));
            }
        }
        "Track" => {
            found.has_track = true;
            let points = node.children.iter().filter(|child| child.name == "coord");
            let points: Vec<Position> = points.map(|point| position(&point.text, ' ')).collect::<Result<_, _>>()?;
            if !points.is_empty() {
                parts.push(json!({"type": "LineString", "coordinates": points}));
            }
        }
        "MultiGeometry" | "MultiTrack" => {
            node.children.iter().try_for_each(|child| collect(child, parts, found))?;
        }
        "Model" => found.has_model = true,
        _ => {}
    }
    Ok(())
}

fn combined(mut parts: Vec<Value>, is_multi: bool) -> Option<Value> {
    let all = |name: &str| parts.iter().all(|part| part["type"] == name);
    let coordinates = || parts.iter().map(|part| part["coordinates"].clone()).collect::<Vec<_>>();
    match parts.len() {
        0 => None,
        1 if !is_multi || all("Point") => parts.pop(),
        _ if all("LineString") => Some(json!({"type": "MultiLineString", "coordinates": coordinates()})),
        _ if all("Polygon") => Some(json!({"type": "MultiPolygon", "coordinates": coordinates()})),
        _ if all("Point") => Some(json!({"type": "MultiPoint", "coordinates": coordinates()})),
        _ => Some(json!({"type": "GeometryCollection", "geometries": parts})),
    }
}

/// A ring ends where it starts; some tools leave the end out.
fn ring(node: &Node) -> Result<Vec<Position>, String> {
    let mut ring = positions(node)?;
    if let (Some(first), Some(last)) = (ring.first().copied(), ring.last())
        && first != *last
    {
        ring.push(first);
    }
    Ok(ring)
}

fn coordinates(node: &Node) -> String {
    node.text_of("coordinates").unwrap_or_default().chars().take(200).collect()
}

/// Tuples between spaces, tabs and lines. Written by hand, they have spaces behind their commas: `105.7, 19.8, 0`.
fn positions(node: &Node) -> Result<Vec<Position>, String> {
    let text = node.text_of("coordinates").unwrap_or_default();
    let mut tuples = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !tuples.is_empty() && !tuples.ends_with(',') && !word.starts_with(',') {
            tuples.push(' ');
        }
        tuples.push_str(word);
    }
    tuples.split(' ').filter(|tuple| !tuple.is_empty()).map(|tuple| position(tuple, ',')).collect()
}

/// Longitude, latitude and perhaps an altitude.
///
/// # Errors
/// The text, if it is none: a single number, or four of them as decimal commas give.
fn position(tuple: &str, separator: char) -> Result<Position, String> {
    let parts: Vec<&str> = match separator {
        ' ' => tuple.split_whitespace().collect(),
        _ => tuple.split(separator).collect(),
    };
    let number = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite());
    let (longitude, latitude) = match parts[..] {
        [longitude, latitude] | [longitude, latitude, ""] => (longitude, latitude),
        [longitude, latitude, altitude] if number(altitude).is_some() => (longitude, latitude),
        _ => return Err(tuple.chars().take(200).collect()),
    };
    number(longitude).zip(number(latitude)).map(<[f64; 2]>::from).ok_or_else(|| tuple.chars().take(200).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(coordinates: &str) -> Option<Value> {
        let coordinates = Node { name: "coordinates".into(), text: coordinates.into(), ..Node::default() };
        let point = Node { name: "Point".into(), children: vec![coordinates], ..Node::default() };
        of(&Node { children: vec![point], ..Node::default() }).geometry
    }

    #[test]
    fn tuples_may_hold_spaces_and_lines() {
        for text in ["105.7,19.8", " 105.7, 19.8, 12 ", "105.7 ,19.8 ,0", "\n\t105.7,\n19.8,\n0\n", "105.7,19.8,"] {
            assert_eq!(point(text), Some(json!({"type": "Point", "coordinates": [105.7, 19.8]})), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_tuple_stays_a_text() {
        for text in
            ["105.7", "105,7,19,8", "105,733 19,817", "105.7 19.8", "105.7;19.8", "kinh,độ", "NaN,19.8", "1,2,3,4"]
        {
            assert!(matches!(point(text), Some(Value::String(_))), "{text}");
        }
        assert_eq!(point("  "), None);
    }
}
