//! SQL text with bound values, for statements whose columns come from a [`Layer`](crate::layers::Layer).
//!
//! Text enters only as `&'static str` or as an identifier; values from outside are always bound. PostgreSQL prepares
//! each statement once: diesel caches it by its text.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, BigInt, Bool, Date, Double, Jsonb, Nullable, Text, Timestamptz, Untyped};
use serde_json::Value;

/// A value that is sent separately from the SQL text.
#[derive(Debug, Clone, PartialEq)]
pub enum Bind {
    Text(String),
    Texts(Vec<String>),
    Integer(i64),
    Integers(Vec<i64>),
    Double(f64),
    Bool(bool),
    Date(NaiveDate),
    Moment(DateTime<Utc>),
    Json(Value),
    NullText,
}

#[derive(Debug, Clone)]
enum Piece {
    Text(&'static str),
    Identifier(&'static str),
    Bind(Bind),
}

/// A statement or part of one.
#[derive(Debug, Clone, Default)]
pub struct Sql {
    pieces: Vec<Piece>,
    /// Clients choose the form of this statement (which filters, in which order), so it is not kept in the cache of
    /// prepared statements, which has no limit.
    uncached: bool,
}

impl Sql {
    pub fn new(text: &'static str) -> Sql {
        Sql { pieces: vec![Piece::Text(text)], uncached: false }
    }

    /// A statement from a `.sql` file, with `$1` … `$9` replaced by the values.
    pub fn file(text: &'static str, values: &[Bind]) -> Sql {
        let mut sql = Sql::default();
        let mut rest = text;
        while let Some((_, below)) = rest.strip_prefix("--").and_then(|comment| comment.split_once('\n')) {
            rest = below;
        }
        while let Some(at) = rest.find('$') {
            let number = rest[at + 1..].chars().next().and_then(|digit| digit.to_digit(10));
            let value = number.and_then(|number| values.get((number as usize).checked_sub(1)?));
            match value {
                Some(value) => sql = sql.text(&rest[..at]).bind(value.clone()),
                None => sql = sql.text(&rest[..=at]),
            }
            rest = &rest[at + if value.is_some() { 2 } else { 1 }..];
        }
        sql.text(rest)
    }

    #[must_use]
    pub fn text(mut self, text: &'static str) -> Sql {
        self.pieces.push(Piece::Text(text));
        self
    }

    /// A quoted name of a table or column.
    #[must_use]
    pub fn name(mut self, name: &'static str) -> Sql {
        self.pieces.push(Piece::Identifier(name));
        self
    }

    #[must_use]
    pub fn bind(mut self, value: Bind) -> Sql {
        self.pieces.push(Piece::Bind(value));
        self
    }

    #[must_use]
    pub fn sql(mut self, other: Sql) -> Sql {
        self.pieces.extend(other.pieces);
        self.uncached |= other.uncached;
        self
    }

    #[must_use]
    pub fn uncached(self) -> Sql {
        Sql { uncached: true, ..self }
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The parts with a separator between them.
    pub fn join(parts: impl IntoIterator<Item = Sql>, separator: &'static str) -> Sql {
        let mut joined = Sql::default();
        for (index, part) in parts.into_iter().enumerate() {
            if index > 0 {
                joined = joined.text(separator);
            }
            joined = joined.sql(part);
        }
        joined
    }

    /// The parts joined by `and`; `true` when there are none.
    pub fn all(parts: impl IntoIterator<Item = Sql>) -> Sql {
        let joined = Sql::join(parts, " and ");
        if joined.is_empty() { Sql::new("true") } else { joined }
    }

    /// The text with numbered placeholders for the values, for tests and logs.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let mut binds = 0;
        for piece in &self.pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Identifier(name) => {
                    let _ = write!(text, "\"{name}\"");
                }
                Piece::Bind(_) => {
                    binds += 1;
                    let _ = write!(text, "${binds}");
                }
            }
        }
        text
    }
}

impl QueryFragment<Pg> for Sql {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if self.uncached {
            out.unsafe_to_cache_prepared();
        }
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_sql(text),
                Piece::Identifier(name) => out.push_identifier(name)?,
                Piece::Bind(Bind::Text(value)) => out.push_bind_param::<Text, _>(value)?,
                Piece::Bind(Bind::Texts(value)) => out.push_bind_param::<Array<Text>, _>(value)?,
                Piece::Bind(Bind::Integer(value)) => out.push_bind_param::<BigInt, _>(value)?,
                Piece::Bind(Bind::Integers(value)) => out.push_bind_param::<Array<BigInt>, _>(value)?,
                Piece::Bind(Bind::Double(value)) => out.push_bind_param::<Double, _>(value)?,
                Piece::Bind(Bind::Bool(value)) => out.push_bind_param::<Bool, _>(value)?,
                Piece::Bind(Bind::Date(value)) => out.push_bind_param::<Date, _>(value)?,
                Piece::Bind(Bind::Moment(value)) => out.push_bind_param::<Timestamptz, _>(value)?,
                Piece::Bind(Bind::Json(value)) => out.push_bind_param::<Jsonb, _>(value)?,
                Piece::Bind(Bind::NullText) => out.push_bind_param::<Nullable<Text>, _>(&None::<String>)?,
            }
        }
        Ok(())
    }
}

impl QueryId for Sql {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Sql {
    type SqlType = Untyped;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_file_are_bound_where_they_stand() {
        let sql = Sql::file("-- $1\nselect $2, $1, '$', $2", &[Bind::Integer(1), Bind::Integer(2)]);
        assert_eq!(sql.to_text(), "select $1, $2, '$', $3");
    }

    #[test]
    fn no_condition_is_true() {
        assert_eq!(Sql::all([]).to_text(), "true");
        assert_eq!(Sql::all([Sql::new("a"), Sql::new("b")]).to_text(), "a and b");
    }
}
