//! Findings: what there is to report about a place in a file.

use serde::{Deserialize, Serialize};

use crate::texts::Text;

/// A finding: where it is, what it is, how bad it is, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub sheet: String,
    /// The row number that the sender sees; `None` for the whole sheet.
    pub row: Option<u32>,
    /// The letter of the column.
    pub column: Option<String>,
    /// The field of the layer; `geom` for the place.
    pub field: Option<String>,
    /// Stable, dotted and English: `geo.swapped`.
    pub code: String,
    pub severity: Severity,
    pub message: Message,
    /// What the cell holds.
    pub value: Option<String>,
    /// What to write instead. Several candidates are separated by `; `.
    pub suggestion: Option<String>,
}

impl Finding {
    /// A finding about the whole file.
    pub fn of_file(note: &Note) -> Finding {
        Finding {
            sheet: String::new(),
            row: None,
            column: None,
            field: None,
            code: note.code.into(),
            severity: note.severity,
            message: Message { vi: note.text.vi(), en: note.text.en() },
            value: None,
            suggestion: note.suggestion.clone(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub vi: String,
    pub en: String,
}

/// Errors prevent the commit, warnings must be accepted, and infos only inform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Warning,
    Error,
}

/// A finding whose place is not known yet: the sentence with its code, the severity and a suggestion.
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
