//! Geometries within filters in text form: well-known text, and `BBOX(…)`. Heights are read and left out.

use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};

use crate::conditions::Value;
use crate::conditions::cql::lexer::Word;
use crate::conditions::cql::text::Parser;
use crate::conditions::cql::tree::{Expression, Fault};
use crate::texts::text;

/// Geometries that are no collections.
const KINDS: [&str; 6] = ["point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon"];

impl Parser {
    /// The geometry that a name begins; `None` if it begins none.
    pub fn shape(&mut self, name: &str) -> Result<Option<Expression>, Fault> {
        Ok(Some(match name {
            "bbox" => Expression::Box(self.corners()?),
            "geometrycollection" => {
                self.begins()?;
                let parts = self.list(Parser::part)?;
                Expression::Shape(Geometry::GeometryCollection(GeometryCollection(parts)))
            }
            _ => match self.simple(name)? {
                Some(geometry) => Expression::Shape(geometry),
                None => return Ok(None),
            },
        }))
    }

    fn part(&mut self) -> Result<Geometry, Fault> {
        for kind in KINDS {
            if self.takes_keyword(kind)
                && let Some(geometry) = self.simple(kind)?
            {
                return Ok(geometry);
            }
        }
        Err(self.expected(text!("cql.expected.geometry")))
    }

    /// A geometry that is no collection.
    fn simple(&mut self, name: &str) -> Result<Option<Geometry>, Fault> {
        if !KINDS.contains(&name) {
            return Ok(None);
        }
        self.begins()?;
        Ok(Some(match name {
            "point" => {
                let point = Point(self.position()?);
                self.needs(")")?;
                Geometry::Point(point)
            }
            "linestring" => Geometry::LineString(LineString(self.list(Parser::position)?)),
            "polygon" => Geometry::Polygon(polygon(self.list(Parser::line)?)),
            "multipoint" => Geometry::MultiPoint(MultiPoint(self.list(Parser::point)?)),
            "multilinestring" => Geometry::MultiLineString(MultiLineString(self.list(Parser::line)?)),
            _ => {
                let polygons = self.list(|parser| {
                    parser.needs("(")?;
                    Ok(polygon(parser.list(Parser::line)?))
                })?;
                Geometry::MultiPolygon(MultiPolygon(polygons))
            }
        }))
    }

    fn begins(&mut self) -> Result<(), Fault> {
        self.takes_keyword("z");
        self.needs("(")
    }

    fn line(&mut self) -> Result<LineString, Fault> {
        self.needs("(")?;
        Ok(LineString(self.list(Parser::position)?))
    }

    /// A point of several, with brackets or without.
    fn point(&mut self) -> Result<Point, Fault> {
        if !self.takes("(") {
            return Ok(Point(self.position()?));
        }
        let point = Point(self.position()?);
        self.needs(")")?;
        Ok(point)
    }

    fn position(&mut self) -> Result<Coord, Fault> {
        let (x, y) = (self.ordinate()?, self.ordinate()?);
        let has_height = !matches!(self.peek(), Some(Word::Symbol("," | ")")) | None);
        if has_height {
            self.ordinate()?;
        }
        Ok(Coord { x, y })
    }

    fn corners(&mut self) -> Result<[f64; 4], Fault> {
        self.needs("(")?;
        let place = self.place();
        match self.list(Parser::ordinate)?[..] {
            [west, south, east, north] | [west, south, _, east, north, _] => Ok([west, south, east, north]),
            _ => Err(Fault { place, why: text!("cql.bbox") }),
        }
    }

    fn ordinate(&mut self) -> Result<f64, Fault> {
        let sign = if !self.takes("+") && self.takes("-") { -1.0 } else { 1.0 };
        match self.take_number() {
            Some(Value::Integer(number)) => Ok(sign * number as f64),
            Some(Value::Number(number)) => Ok(sign * number),
            _ => Err(self.expected(text!("expected.number"))),
        }
    }
}

fn polygon(mut rings: Vec<LineString>) -> Polygon {
    // `geo` closes a ring that is open.
    let outer = if rings.is_empty() { LineString(Vec::new()) } else { rings.remove(0) };
    Polygon::new(outer, rings)
}
