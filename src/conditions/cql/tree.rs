//! A filter as it was written, without types. Operators, predicates and functions are all calls, as in CQL2 JSON.

use std::fmt;

use geo::Geometry;

use crate::conditions::Value;
use crate::texts::{self, Text, text};

/// The longest filter, bytes.
pub const LONGEST: usize = 64 * 1024;
/// How deep brackets, NOT and operators may be nested.
pub const DEEPEST: usize = 32;
/// The most operators, names and values.
const MOST_NODES: usize = 5_000;

/// Where something stands in a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The number of the character, from 1.
    Character(usize),
    /// A JSON pointer.
    Pointer(String),
}

/// What is wrong with a filter. `why` is a phrase.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    pub place: Place,
    pub why: Text,
}

impl From<&Place> for texts::Value {
    fn from(place: &Place) -> texts::Value {
        match place {
            Place::Character(at) => text!("cql.character", at = *at).into(),
            Place::Pointer(pointer) if pointer.is_empty() => "/".into(),
            Place::Pointer(pointer) => pointer.into(),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Node {
    pub place: Place,
    pub expression: Expression,
    /// The longest way down, in nodes.
    height: usize,
}

#[derive(Debug, Clone)]
pub enum Expression {
    Property(String),
    Literal(Value),
    /// An operator, predicate or function by its name in lower case, and its arguments.
    Call(String, Vec<Node>),
    List(Vec<Node>),
    /// In the system of the filter, with the axes in its order.
    Shape(Geometry),
    /// Two corners: the lesser values, then the greater ones.
    Box([f64; 4]),
}

/// Makes the nodes of one filter, and counts them.
#[derive(Debug)]
pub struct Budget {
    left: usize,
}

impl Budget {
    pub fn new() -> Budget {
        Budget { left: MOST_NODES }
    }

    /// A node of a tree.
    ///
    /// # Errors
    /// When the tree becomes too large or too deep: a chain such as `1 + 1 + 1` nests as well.
    pub fn node(&mut self, place: Place, expression: Expression) -> Result<Node, Fault> {
        let Some(left) = self.left.checked_sub(1) else {
            return Err(Fault { place, why: text!("cql.many", max = MOST_NODES) });
        };
        self.left = left;
        let below = match &expression {
            Expression::Call(_, parts) | Expression::List(parts) => parts.iter().map(|part| part.height).max(),
            _ => None,
        };
        let height = below.map_or(1, |below| below + 1);
        if height > DEEPEST {
            return Err(too_deep(place));
        }
        Ok(Node { place, expression, height })
    }

    pub fn call(&mut self, place: Place, name: impl Into<String>, arguments: Vec<Node>) -> Result<Node, Fault> {
        self.node(place, Expression::Call(name.into(), arguments))
    }
}

pub fn too_deep(place: Place) -> Fault {
    Fault { place, why: text!("cql.deep", max = DEEPEST) }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Character(at) => write!(f, "{at}"),
            Place::Pointer(pointer) => f.write_str(pointer),
        }
    }
}
