//! Filters of clients (OGC CQL2 1.0): text or JSON becomes a [`Condition`].
//!
//! The two forms are read to one tree without types (`tree`), which `typed` turns into conditions on the fields that
//! the caller may see. The parser is our own: the crate `cql2` overflows the stack with 500 brackets, and its SQL
//! contains the literals. Here depth, size and the length of patterns are limited, so that no filter is too much for the
//! stack of a thread, or of PostgreSQL.

mod json;
mod lexer;
mod operands;
mod shape;
mod text;
mod time;
mod tree;
mod typed;
mod wkt;

use crate::conditions::Condition;
use crate::layers::{Field, NamedCrs};
use crate::texts::Text;

pub use shape::of_box;
pub use tree::{Fault, Place};

/// The name of the geometry in filters.
pub const GEOM: &str = "geom";

/// How a filter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Text,
    Json,
    /// What GDAL sends: CQL2 as text, without `\'`, and with dates as texts such as `'2022-01-01T'`.
    CqlText,
}

impl Language {
    pub const ALL: [Language; 3] = [Language::Text, Language::Json, Language::CqlText];

    /// The value of `filter-lang`.
    pub const fn name(self) -> &'static str {
        match self {
            Language::Text => "cql2-text",
            Language::Json => "cql2-json",
            Language::CqlText => "cql-text",
        }
    }

    pub fn of_name(name: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.name() == name)
    }
}

/// Reads a filter on these fields. Its geometries are in the system `crs`.
///
/// # Errors
/// The first fault, and its place.
pub fn parse(filter: &str, language: Language, crs: &NamedCrs, fields: &[&'static Field]) -> Result<Condition, Fault> {
    let tree = match language {
        Language::Text => text::parse(filter, true)?,
        Language::CqlText => text::parse(filter, false)?,
        Language::Json => json::parse(filter)?,
    };
    typed::Typing { fields, crs }.condition(&tree)
}

/// A fault in a place.
fn fault<T>(place: &Place, why: Text) -> Result<T, Fault> {
    Err(Fault { place: place.clone(), why })
}

#[cfg(test)]
mod tests;
