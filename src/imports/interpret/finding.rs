//! What there is to say about a place in a file.

use serde::{Deserialize, Serialize};

use crate::texts::Text;

/// A finding: where, what, how bad, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub sheet: String,
    /// As the sender sees it; `None` for the sheet as a whole.
    pub row: Option<u32>,
    /// The letter of the column.
    pub column: Option<String>,
    /// The field of the layer; `geom` for the place.
    pub field: Option<String>,
    /// Stable, dotted, English: `geo.swapped`.
    pub code: String,
    pub severity: Severity,
    pub message: Message,
    /// What the cell holds.
    pub value: Option<String>,
    /// What to write in its place; several candidates are separated by `; `.
    pub suggestion: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub vi: String,
    pub en: String,
}

/// Errors refuse the commit, warnings must be accepted, the rest is to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Warning,
    Error,
}

/// A finding before its place is known: the sentence with its code, how bad, a suggestion.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    pub code: &'static str,
    pub severity: Severity,
    pub text: Text,
    pub suggestion: Option<String>,
}

impl Note {
    pub fn error(text: Text) -> Note {
        Note { code: text.code(), severity: Severity::Error, text, suggestion: None }
    }
    pub fn warning(text: Text) -> Note {
        Note { severity: Severity::Warning, ..Note::error(text) }
    }
    pub fn info(text: Text) -> Note {
        Note { severity: Severity::Info, ..Note::error(text) }
    }
    pub fn suggest(self, suggestion: impl Into<String>) -> Note {
        Note { suggestion: Some(suggestion.into()), ..self }
    }
}
