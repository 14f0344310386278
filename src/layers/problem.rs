//! A problem with something that a client sent: where it is, a stable code, and a sentence.

use std::fmt;

use crate::texts::Text;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A JSON pointer into the body: `/properties/eye_count`.
    Pointer(String),
    /// The name of a query parameter.
    Parameter(String),
    /// The name of a header.
    Header(&'static str),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Pointer(place) | Place::Parameter(place) => f.write_str(place),
            Place::Header(name) => f.write_str(name),
        }
    }
}

impl Place {
    pub fn field(name: &str) -> Place {
        Place::Pointer(format!("/properties/{name}"))
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub place: Place,
    /// Stable, dotted, English: `geo.swapped`.
    pub code: &'static str,
    pub text: Text,
}

impl Problem {
    /// A problem whose code is that of its text.
    pub fn new(place: Place, text: Text) -> Problem {
        Problem { place, code: text.code(), text }
    }

    pub fn of_field(name: &str, text: Text) -> Problem {
        Problem::new(Place::field(name), text)
    }

    pub fn in_body(pointer: impl Into<String>, text: Text) -> Problem {
        Problem::new(Place::Pointer(pointer.into()), text)
    }

    pub fn of_header(name: &'static str, text: Text) -> Problem {
        Problem::new(Place::Header(name), text)
    }

    pub fn of_parameter(name: &str, text: Text) -> Problem {
        Problem::new(Place::Parameter(name.into()), text)
    }
}
