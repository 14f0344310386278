//! Filters in JSON form (OGC 21-065r2, clause 8.3).

use geo::Geometry;
use serde_json::Value as Json;

use crate::conditions::Value;
use crate::conditions::cql::tree::{Budget, DEEPEST, Expression, Fault, LONGEST, Node, Place, too_deep};
use crate::input::json;
use crate::texts::{Text, text};

/// Reads a filter.
///
/// # Errors
/// The first fault.
pub fn parse(filter: &str) -> Result<Node, Fault> {
    let place = Place::Pointer(String::new());
    if filter.len() > LONGEST {
        return Err(Fault { place, why: text!("cql.long", max = LONGEST / 1024) });
    }
    match json::parse(filter.as_bytes()) {
        Ok(value) => Reader { budget: Budget::new() }.node(&value, "", 0),
        Err(malformed) => {
            Err(Fault { place, why: text!("cql.json", line = malformed.line, column = malformed.column) })
        }
    }
}

struct Reader {
    budget: Budget,
}

impl Reader {
    fn node(&mut self, value: &Json, pointer: &str, depth: usize) -> Result<Node, Fault> {
        let place = Place::Pointer(pointer.to_owned());
        if depth > DEEPEST {
            return Err(too_deep(place));
        }
        let literal = |value| Expression::Literal(value);
        let expression = match value {
            Json::String(text) => literal(Value::Text(text.clone())),
            Json::Bool(value) => literal(Value::Boolean(*value)),
            Json::Number(number) => literal(match (number.as_i64(), number.as_f64()) {
                (Some(integer), _) => Value::Integer(integer),
                (_, Some(number)) => Value::Number(number),
                _ => return Err(wrong(place)),
            }),
            Json::Array(values) => Expression::List(self.nodes(values, pointer, depth)?),
            Json::Object(_) => return self.object(value, place, pointer, depth),
            Json::Null => return Err(wrong(place)),
        };
        self.budget.node(place, expression)
    }

    fn nodes(&mut self, values: &[Json], pointer: &str, depth: usize) -> Result<Vec<Node>, Fault> {
        let mut nodes = Vec::new();
        for (nth, value) in values.iter().enumerate() {
            nodes.push(self.node(value, &format!("{pointer}/{nth}"), depth + 1)?);
        }
        Ok(nodes)
    }

    fn object(&mut self, value: &Json, place: Place, pointer: &str, depth: usize) -> Result<Node, Fault> {
        if let (Some(name), Some(arguments)) = (value["op"].as_str(), value["args"].as_array()) {
            let arguments = self.nodes(arguments, &format!("{pointer}/args"), depth)?;
            return self.budget.call(place, name.to_ascii_lowercase(), arguments);
        }
        for instant in ["date", "timestamp"] {
            if let Some(text) = value[instant].as_str() {
                let inner = Place::Pointer(format!("{pointer}/{instant}"));
                let text = self.budget.node(inner, Expression::Literal(Value::Text(text.to_owned())))?;
                return self.budget.call(place, instant, vec![text]);
            }
        }
        if let Some(ends) = value["interval"].as_array() {
            let ends = self.nodes(ends, &format!("{pointer}/interval"), depth)?;
            return self.budget.call(place, "interval", ends);
        }
        let expression = if let Some(name) = value["property"].as_str() {
            Expression::Property(name.to_owned())
        } else if let Some(corners) = value["bbox"].as_array() {
            let numbers: Option<Vec<f64>> = corners.iter().map(Json::as_f64).collect();
            match numbers.as_deref() {
                Some([west, south, east, north] | [west, south, _, east, north, _]) => {
                    Expression::Box([*west, *south, *east, *north])
                }
                _ => return Err(Fault { place, why: text!("cql.bbox") }),
            }
        } else if value.get("type").is_some() {
            Expression::Shape(shape(value).ok_or_else(|| needed(place.clone(), text!("cql.expected.geometry")))?)
        } else {
            return Err(wrong(place));
        };
        self.budget.node(place, expression)
    }
}

fn shape(value: &Json) -> Option<Geometry> {
    let geometry: geojson::Geometry = serde_json::from_value(value.clone()).ok()?;
    Geometry::try_from(geometry).ok()
}

fn wrong(place: Place) -> Fault {
    needed(place, text!("cql.expected.node"))
}

fn needed(place: Place, expected: Text) -> Fault {
    Fault { place, why: text!("cql.needed", expected) }
}
