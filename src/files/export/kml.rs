//! KML: a folder for the layer, a placemark for each row, the fields as extended data.

use std::borrow::Cow;
use std::fmt::Write;

use postgis_diesel::types::{GeometryContainer, Point, Polygon};
use quick_xml::escape::escape;

use crate::files::export::{Columns, text_of};
use crate::layers::geometry::rounded;
use crate::postgres::row::{Cell, Row};

pub struct Kml {
    columns: Columns,
}

impl Kml {
    pub fn new(columns: Columns) -> Kml {
        Kml { columns }
    }

    pub fn head(&self, out: &mut Vec<u8>) {
        let title = xml(self.columns.pick(self.columns.layer.title));
        let head = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>\
             <name>{title}</name>\
             <Style id=\"layer\"><LineStyle><color>ff9a5f1d</color><width>2</width></LineStyle>\
             <PolyStyle><color>4d9a5f1d</color></PolyStyle></Style>\
             <Folder><name>{title}</name>\n"
        );
        out.extend_from_slice(head.as_bytes());
    }

    pub fn row(&self, out: &mut Vec<u8>, row: &Row) {
        let mut text = String::from("<Placemark>");
        let mut data = String::new();
        let fields = self.columns.columns.iter().map(|column| (column.name(), column.cell(row)));
        for (name, cell) in [("id".into(), Cow::Borrowed(&row.cells[0]))].into_iter().chain(fields) {
            let Some(value) = text_of(&cell) else { continue };
            if name == "name" {
                let _ = write!(text, "<name>{}</name>", xml(&value));
            } else {
                let _ = write!(data, "<Data name=\"{name}\"><value>{}</value></Data>", xml(&value));
            }
        }
        let _ = write!(text, "<styleUrl>#layer</styleUrl><ExtendedData>{data}</ExtendedData>");
        if let Cell::Geometry(geometry) = &row.cells[1] {
            write_geometry(&mut text, geometry);
        }
        text.push_str("</Placemark>\n");
        out.extend_from_slice(text.as_bytes());
    }

    pub fn tail(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"</Folder></Document></kml>\n");
    }
}

/// Escaped, without the control characters that XML cannot hold.
fn xml(text: &str) -> String {
    let kept = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}') || matches!(c, '\t' | '\n' | '\r');
    escape(text.chars().filter(kept).collect::<String>()).into_owned()
}

fn write_geometry(out: &mut String, geometry: &GeometryContainer<Point>) {
    match geometry {
        GeometryContainer::Point(point) => element(out, "Point", std::slice::from_ref(point)),
        GeometryContainer::LineString(line) => element(out, "LineString", &line.points),
        GeometryContainer::Polygon(polygon) => write_polygon(out, polygon),
        GeometryContainer::MultiPoint(multi) => {
            many(out, &multi.points, |out, point| element(out, "Point", std::slice::from_ref(point)));
        }
        GeometryContainer::MultiLineString(multi) => {
            many(out, &multi.lines, |out, line| element(out, "LineString", &line.points));
        }
        GeometryContainer::MultiPolygon(multi) => many(out, &multi.polygons, write_polygon),
        // No column holds a collection.
        GeometryContainer::GeometryCollection(_) => {}
    }
}

fn many<T>(out: &mut String, parts: &[T], write: fn(&mut String, &T)) {
    out.push_str("<MultiGeometry>");
    parts.iter().for_each(|part| write(out, part));
    out.push_str("</MultiGeometry>");
}

fn write_polygon(out: &mut String, polygon: &Polygon<Point>) {
    out.push_str("<Polygon>");
    for (index, ring) in polygon.rings.iter().enumerate() {
        let boundary = if index == 0 { "outerBoundaryIs" } else { "innerBoundaryIs" };
        let _ = write!(out, "<{boundary}>");
        element(out, "LinearRing", ring);
        let _ = write!(out, "</{boundary}>");
    }
    out.push_str("</Polygon>");
}

fn element(out: &mut String, name: &str, points: &[Point]) {
    let _ = write!(out, "<{name}><coordinates>");
    for (index, point) in points.iter().enumerate() {
        let space = if index == 0 { "" } else { " " };
        let _ = write!(out, "{space}{},{}", rounded(point.x), rounded(point.y));
    }
    let _ = write!(out, "</coordinates></{name}>");
}

#[cfg(test)]
mod tests {
    use super::xml;

    #[test]
    fn markup_and_control_characters_do_no_harm() {
        assert_eq!(xml("a<b>&\"c\"\u{1}\u{b}\n"), "a&lt;b&gt;&amp;&quot;c&quot;\n");
    }
}
