//! What a reader decided, changed or left out.

use crate::texts::Text;

#[derive(Debug, Clone, PartialEq)]
pub struct Remark {
    /// Empty for the whole file.
    pub sheet: String,
    pub row: Option<u32>,
    /// From 0.
    pub column: Option<u32>,
    pub weight: Weight,
    pub text: Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Info,
    /// The sender must accept it.
    Warning,
    /// With a row: the row cannot be read, but the others can.
    Error,
}

impl Remark {
    pub fn info(text: Text) -> Remark {
        Remark { sheet: String::new(), row: None, column: None, weight: Weight::Info, text }
    }

    pub fn warning(text: Text) -> Remark {
        Remark { weight: Weight::Warning, ..Remark::info(text) }
    }

    pub fn error(text: Text) -> Remark {
        Remark { weight: Weight::Error, ..Remark::info(text) }
    }

    pub fn of_sheet(self, sheet: &str) -> Remark {
        Remark { sheet: sheet.to_owned(), ..self }
    }

    pub fn at_row(self, row: u32) -> Remark {
        Remark { row: Some(row), ..self }
    }

    pub fn in_column(self, column: u32) -> Remark {
        Remark { column: Some(column), ..self }
    }
}
