//! The one place that decides. Every read carries a [`View`]; every write asks [`may_write`].

use serde_json::Value;

use super::Caller;
use crate::error::Error;
use crate::kinds::{Class, Field, Kind, Properties, Storage};
use crate::store::sql::Sql;

/// What a caller sees of a layer: which fields, from which columns, and of which rows.
///
/// Strangers read the stored public columns only, so that no question of theirs (a shrinking bbox, a filter, a sort)
/// can find what they may not see.
#[derive(Debug, Clone, Copy)]
pub struct View {
    pub kind: &'static Kind,
    /// The highest class of field that is shown.
    class: Class,
}

impl View {
    pub fn new(caller: &Caller, kind: &'static Kind) -> View {
        let class = match caller {
            Caller::Stranger => Class::Public,
            Caller::Administrator { .. } => Class::Restricted,
        };
        View { kind, class }
    }

    /// What the same caller sees of another layer.
    #[must_use]
    pub fn of(self, kind: &'static Kind) -> View {
        View { kind, ..self }
    }

    fn is_public(&self) -> bool {
        self.class == Class::Public
    }

    /// The fields shown, in order. What is not among them can be neither filtered nor sorted by.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> + use<> {
        let View { kind, class } = *self;
        kind.fields().filter(move |field| kind.class(field) <= class)
    }

    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.name == name)
    }

    /// Whether what is shown includes restricted fields, whose reading is logged.
    pub fn shows_restricted(&self) -> bool {
        self.fields().any(|field| self.kind.class(field) == Class::Restricted)
    }

    /// The column that a field is read from.
    pub fn column(&self, field: &'static Field) -> &'static str {
        field.public_column.filter(|_| self.is_public()).unwrap_or(field.name)
    }

    /// The column of the geometry.
    pub fn geom(&self) -> &'static str {
        if self.is_public() && self.kind.is_writable() { "public_geom" } else { "geom" }
    }

    /// The column of the commune in force today.
    pub fn commune_column(&self) -> &'static str {
        if self.is_public() { "public_commune_code" } else { "commune_code" }
    }

    /// The column of the folded text that a search reads.
    pub fn search_column(&self) -> &'static str {
        if self.is_public() && self.kind.is_writable() { "public_search" } else { "search" }
    }

    /// The column that counts what this caller can see change; `None` where rows have no versions.
    pub fn version_column(&self) -> Option<&'static str> {
        match self.kind.storage {
            Storage::Assets { .. } if self.is_public() => Some("public_version"),
            Storage::Assets { .. } => Some("version"),
            Storage::Units { .. } => None,
        }
    }

    /// The rows shown, as a condition on the table under the alias `t`.
    pub fn visible(&self) -> Sql {
        match self.kind.storage {
            Storage::Units { .. } => Sql::new("true"),
            Storage::Assets { .. } if self.is_public() => Sql::new("t.public and t.deleted_at is null"),
            Storage::Assets { .. } => Sql::new("t.deleted_at is null"),
        }
    }

    /// The rows whose history is shown: insiders see that of deleted records too.
    pub fn visible_past(&self) -> Sql {
        if self.is_public() { self.visible() } else { Sql::new("true") }
    }

    /// Whether a version is shown, given the columns of the record as it then was.
    pub fn shows_version(&self, record: &Properties) -> bool {
        !self.is_public() || record.get("public") == Some(&Value::Bool(true))
    }

    /// Whether the whole change feed is shown, or the public one.
    pub fn feed_is_public(caller: &Caller) -> bool {
        caller.is_stranger()
    }
}

/// Whether a caller may write records of a layer.
///
/// # Errors
/// 401 without an account.
pub fn may_write(caller: &Caller, _kind: &'static Kind) -> Result<(), Error> {
    match caller {
        Caller::Stranger => Err(Error::Unauthorized),
        Caller::Administrator { .. } => Ok(()),
    }
}
